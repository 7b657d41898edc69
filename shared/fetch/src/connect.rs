//! The only place that opens a connection.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower::Service;

use crate::{FetchError, Policy, Resolve};

/// Connects to where the policy lets it. What TLS wraps, and what the client connects by.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    policy: Arc<Policy>,
    resolver: Arc<dyn Resolve>,
    connect_time: Duration,
}

/// An address that the policy permits. Only [`Guard::look_up`] makes one, and only of one can a connection be had.
struct Vetted(SocketAddr);

impl Guard {
    pub(crate) fn new(
        policy: Arc<Policy>,
        resolver: Arc<dyn Resolve>,
        connect_time: Duration,
    ) -> Self {
        Self {
            policy,
            resolver,
            connect_time,
        }
    }

    async fn connect(self, uri: Uri) -> Result<TcpStream, FetchError> {
        let mut last = FetchError::Unreachable("its name has no address.");
        for address in self.look_up(&uri).await? {
            match self.open(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// The addresses of a URL's host, looked up once and each looked at. A name with a forbidden address among others is refused
    /// as a whole: there is no honest reason for it.
    async fn look_up(&self, uri: &Uri) -> Result<Vec<Vetted>, FetchError> {
        let host = uri.host().unwrap_or_default();
        let default = if uri.scheme_str() == Some("http") {
            80
        } else {
            443
        };
        let port = uri.port_u16().unwrap_or(default);
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let addresses = match bare.parse::<IpAddr>() {
            Ok(address) => vec![address],
            Err(_) => match timeout(self.connect_time, self.resolver.resolve(bare)).await {
                Ok(Ok(addresses)) => addresses,
                _ => {
                    return Err(FetchError::Unreachable("its name cannot be resolved."));
                }
            },
        };
        let vet = |address| {
            let address = SocketAddr::new(address, port);
            let permitted = self.policy.permits(host, address);
            permitted.then_some(Vetted(address))
        };
        let vetted: Option<Vec<_>> = addresses.into_iter().map(vet).collect();
        vetted.ok_or(FetchError::ForbiddenAddress)
    }

    /// Whether nobody is there or nobody answers is not told apart.
    async fn open(&self, Vetted(address): Vetted) -> Result<TcpStream, FetchError> {
        match timeout(self.connect_time, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => Ok(stream),
            _ => Err(FetchError::Unreachable("nobody answers there.")),
        }
    }
}

impl Service<Uri> for Guard {
    type Response = TokioIo<TcpStream>;
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let guard = self.clone();
        Box::pin(async move { guard.connect(uri).await.map(TokioIo::new) })
    }
}
