//! What stands between the product and one endpoint: passes calls on, counts them, and breaks those it is told to break.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// Writes, as DynamoDB names them; all else reads.
const WRITES: [&str; 5] = [
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
];

/// A way for a call to go wrong.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The call takes effect, but its answer is lost: the connection closes.
    DropAnswer,
    /// The call takes effect, but its answer lacks its end.
    CutAnswer,
    /// The call never arrives: the connection closes.
    DropRequest,
    /// The call takes effect twice; the second answer is the one that is seen.
    Twice,
    /// The endpoint answers 500 and does nothing.
    ServerError,
    /// The endpoint answers that it is throttled and does nothing.
    Throttle,
    /// The call waits until the gate opens, and then takes effect.
    Hold(Gate),
}

/// Holds a call until the test lets it go.
#[derive(Debug, Clone)]
pub struct Gate {
    arrived: Arc<Semaphore>,
    opened: Arc<Semaphore>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            arrived: Arc::new(Semaphore::new(0)),
            opened: Arc::new(Semaphore::new(0)),
        }
    }
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits until a call has arrived at the gate.
    pub async fn arrival(&self) {
        self.arrived.acquire().await.unwrap().forget();
    }

    /// Lets a call go on.
    pub fn open(&self) {
        self.opened.add_permits(1);
    }

    async fn pass(&self) {
        self.arrived.add_permits(1);
        self.opened.acquire().await.unwrap().forget();
    }
}

/// A wire to one endpoint.
pub struct Wire {
    /// Where to reach the endpoint through this wire.
    pub url: String,
    state: Arc<State>,
    server: JoinHandle<()>,
}

struct State {
    target: Uri,
    client: Client<HttpConnector, Full<Bytes>>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// Faults to come: the operation, how many calls of it pass unharmed first, and the fault.
    faults: VecDeque<(String, usize, Fault)>,
    calls: BTreeMap<String, usize>,
    read_units: f64,
    write_units: f64,
}

impl Wire {
    /// A wire to the endpoint at this URL.
    pub async fn to(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            target: target.parse().unwrap(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            seen: Mutex::default(),
        });
        let server = tokio::spawn(serve(listener, state.clone()));
        Self { url, state, server }
    }

    /// Breaks the next call of this operation: DynamoDB's or SQS's name of it (`UpdateItem`, `SendMessage`), or for S3 the
    /// method (`PUT`).
    pub fn break_next(&self, operation: &str, fault: Fault) {
        self.break_after(0, operation, fault);
    }

    /// Breaks a call of this operation after so many that pass unharmed.
    pub fn break_after(&self, unharmed: usize, operation: &str, fault: Fault) {
        let mut seen = self.state.seen.lock().unwrap();
        seen.faults
            .push_back((operation.to_owned(), unharmed, fault));
    }

    /// Forgets the faults that no call has met.
    pub fn mend(&self) {
        self.state.seen.lock().unwrap().faults.clear();
    }

    /// How often each operation was called.
    pub fn calls(&self) -> BTreeMap<String, usize> {
        self.state.seen.lock().unwrap().calls.clone()
    }

    /// How often this operation was called.
    pub fn count(&self, operation: &str) -> usize {
        self.calls().get(operation).copied().unwrap_or_default()
    }

    /// Write units that the endpoint said it consumed.
    pub fn write_units(&self) -> f64 {
        self.state.seen.lock().unwrap().write_units
    }

    /// Read units that the endpoint said it consumed.
    pub fn read_units(&self) -> f64 {
        self.state.seen.lock().unwrap().read_units
    }

    /// Forgets what was counted.
    pub fn reset_counts(&self) {
        let mut seen = self.state.seen.lock().unwrap();
        seen.calls.clear();
        (seen.read_units, seen.write_units) = (0.0, 0.0);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let state = state.clone();
        let service = service_fn(move |request| handle(state.clone(), request));
        // Ends with an error where a fault closes the connection, as it should.
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

/// Why a connection closes without an answer.
#[derive(Debug)]
struct Closed;

impl std::fmt::Display for Closed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("the connection was closed")
    }
}

impl std::error::Error for Closed {}

async fn handle(
    state: Arc<State>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Closed> {
    let operation = operation(&request);
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
    let pass = || state.pass(&operation, &head, &body);
    match state.fault(&operation) {
        None => pass().await,
        Some(Fault::DropAnswer) => {
            pass().await?;
            Err(Closed)
        }
        Some(Fault::CutAnswer) => {
            let (mut head, body) = pass().await?.into_parts();
            let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
            let most = body.slice(..body.len().saturating_sub(1));
            head.headers.insert(CONTENT_LENGTH, most.len().into());
            Ok(Response::from_parts(head, Full::new(most)))
        }
        Some(Fault::DropRequest) => Err(Closed),
        Some(Fault::Twice) => {
            pass().await?;
            pass().await
        }
        Some(Fault::ServerError) => Ok(error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalServerError",
        )),
        Some(Fault::Throttle) => Ok(error(
            StatusCode::BAD_REQUEST,
            "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
        )),
        Some(Fault::Hold(gate)) => {
            gate.pass().await;
            pass().await
        }
    }
}

impl State {
    /// The fault that this call meets, if any.
    fn fault(&self, operation: &str) -> Option<Fault> {
        let mut seen = self.seen.lock().unwrap();
        let index = seen
            .faults
            .iter()
            .position(|(broken, _, _)| broken == operation)?;
        if seen.faults[index].1 > 0 {
            seen.faults[index].1 -= 1;
            return None;
        }
        seen.faults.remove(index).map(|(_, _, fault)| fault)
    }

    async fn pass(
        &self,
        operation: &str,
        head: &http::request::Parts,
        body: &Bytes,
    ) -> Result<Response<Full<Bytes>>, Closed> {
        let mut uri = head.uri.clone().into_parts();
        uri.scheme = self.target.scheme().cloned();
        uri.authority = self.target.authority().cloned();
        let mut request = Request::new(Full::new(body.clone()));
        *request.method_mut() = head.method.clone();
        *request.uri_mut() = Uri::from_parts(uri).map_err(|_| Closed)?;
        // The host too stays as it was: it is part of what the client signed.
        *request.headers_mut() = head.headers.clone();
        let (mut head, body) = self
            .client
            .request(request)
            .await
            .map_err(|_| Closed)?
            .into_parts();
        let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
        head.headers.remove(http::header::TRANSFER_ENCODING);
        if !head.headers.contains_key(CONTENT_LENGTH) {
            head.headers.insert(CONTENT_LENGTH, body.len().into());
        }
        self.count(operation, &body);
        Ok(Response::from_parts(head, Full::new(body)))
    }

    fn count(&self, operation: &str, answer: &Bytes) {
        let consumed = serde_json::from_slice::<Value>(answer).ok();
        let units = consumed
            .as_ref()
            .map_or(0.0, |answer| match &answer["ConsumedCapacity"] {
                Value::Array(tables) => tables
                    .iter()
                    .filter_map(|table| table["CapacityUnits"].as_f64())
                    .sum(),
                table => table["CapacityUnits"].as_f64().unwrap_or_default(),
            });
        let mut seen = self.seen.lock().unwrap();
        *seen.calls.entry(operation.to_owned()).or_default() += 1;
        if WRITES.contains(&operation) {
            seen.write_units += units;
        } else {
            seen.read_units += units;
        }
    }
}

/// The operation's name: in the JSON protocols a header's, else the method.
fn operation(request: &Request<Incoming>) -> String {
    let target = request
        .headers()
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok());
    match target.and_then(|target| target.rsplit('.').next()) {
        Some(operation) => operation.to_owned(),
        None => request.method().to_string(),
    }
}

fn error(status: StatusCode, kind: &str) -> Response<Full<Bytes>> {
    let body = format!(r#"{{"__type":"{kind}","message":"injected"}}"#);
    let response = Response::builder()
        .status(status)
        .header("content-type", "application/x-amz-json-1.0");
    response.body(Full::new(Bytes::from(body))).unwrap()
}
