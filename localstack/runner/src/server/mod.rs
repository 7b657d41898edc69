//! The API's port, fit to face a network: HTTP/1.1, and bounds on all that a client could keep waiting.

mod body;
mod room;
mod socket;

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use futures::FutureExt as _;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use self::body::Paced;
use self::room::Room;
use self::socket::Patient;

/// Most headers that are parsed. The API refuses fewer with an answer that says so; beyond this one it is a bare 431.
const MAX_HEADERS: usize = 200;

/// Longest head of a request that is parsed, in bytes: likewise.
const MAX_HEAD_BYTES: usize = 64 << 10;

/// Pause before the next connection is taken after one could not be, as when there are no more descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// What clients may take up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Connections at once. Those beyond wait until one ends. While one waits, each answer ends its connection: a client that
    /// rests on its own does not keep another out.
    pub max_connections: usize,
    /// How long a connection may be open without a whole head of a request having come: from its beginning, or from the answer
    /// before. It is then closed.
    pub head_time: Duration,
    /// How long nothing more of a body may come. Its request is then answered 408.
    pub body_pause: Duration,
    /// How long a whole body may take.
    pub body_time: Duration,
    /// How long a client may take nothing of its answer. Its connection is then closed.
    pub write_pause: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            max_connections: 512,
            head_time: Duration::from_secs(10),
            body_pause: Duration::from_secs(30),
            body_time: Duration::from_mins(15),
            write_pause: Duration::from_secs(30),
        }
    }
}

/// Serves until `stop`. Then nothing new is taken, and what is under way ends within `grace` or is cut off.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    grace: Duration,
    stop: CancellationToken,
) {
    let room = Room::new(bounds.max_connections);
    let mut connections = JoinSet::new();
    loop {
        let socket = tokio::select! {
            socket = next(&listener, &room) => socket,
            () = stop.cancelled() => break,
        };
        let place = tokio::select! {
            place = room.enter() => place,
            () = stop.cancelled() => break,
        };
        let connection = converse(socket, router.clone(), bounds, room.clone(), stop.clone());
        connections.spawn(async move {
            connection.await;
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    if timeout(grace, ended).await.is_err() {
        tracing::warn!("Requests were cut off at the end");
    }
}

/// The next connection.
async fn next(listener: &TcpListener, room: &Room) -> TcpStream {
    loop {
        let waiting = listener.accept().now_or_never();
        let accepted = if let Some(accepted) = waiting {
            accepted
        } else {
            room.is_enough();
            listener.accept().await
        };
        match accepted {
            Ok((socket, _peer)) => return socket,
            // That client alone has gone.
            Err(error) if is_of_one_client(&error) => {}
            Err(error) => {
                tracing::error!(%error, "A connection could not be taken");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn is_of_one_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}

/// Answers the requests of one connection, one after another.
async fn converse(
    socket: TcpStream,
    router: Router,
    bounds: Bounds,
    room: Room,
    stop: CancellationToken,
) {
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "A connection ended at once");
        return;
    }
    let service = service_fn(move |request: Request<Incoming>| {
        let request = request.map(|body| Paced::new(body, bounds.body_pause, bounds.body_time));
        let answered = router.clone().oneshot(request);
        let room = room.clone();
        async move {
            let mut answer = answered.await?;
            if room.is_wanted() {
                let close = HeaderValue::from_static("close");
                answer.headers_mut().insert(CONNECTION, close);
            }
            Ok::<_, Infallible>(answer)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.head_time)
        .max_headers(MAX_HEADERS)
        .max_header_size(MAX_HEAD_BYTES)
        .serve_connection(
            TokioIo::new(Patient::new(socket, bounds.write_pause)),
            service,
        );
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "A connection was given up");
    }
}
