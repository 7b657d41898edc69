//! One request and its answer.

use std::error::Error;
use std::io;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::header::USER_AGENT;
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::Error as HyperError;
use hyper_util::rt::TokioExecutor;
use url::Url;

use crate::connect::Guard;
use crate::target;
use crate::{FetchError, Limits, Policy, Resolve};

/// What sites are told who asks; the part before the slash is what their `robots.txt` may name.
const AGENT: &str = concat!("data-extraction/", env!("CARGO_PKG_VERSION"));

/// Most headers of an answer, and most bytes of them.
const MAX_HEADERS: usize = 100;
const MAX_HEADER_BYTES: usize = 64 << 10;

/// Sends requests, each on a connection of its own: none is found open later that was vetted for something else.
#[derive(Debug)]
pub(crate) struct Client {
    policy: Arc<Policy>,
    guard: Guard,
    /// Made with the first request: the system's certificates take a while to be read, and most workers never need them.
    https: OnceLock<HyperClient<HttpsConnector<Guard>, Full<Bytes>>>,
}

/// A way through redirects.
#[derive(Debug)]
pub(crate) struct Way {
    /// Where it has come to.
    pub(crate) url: Url,
    left: usize,
    max: usize,
}

impl Way {
    pub(crate) fn from(url: Url, max: usize) -> Self {
        Self {
            url,
            left: max,
            max,
        }
    }
}

impl Client {
    pub(crate) fn new(policy: Arc<Policy>, limits: &Limits, resolver: Arc<dyn Resolve>) -> Self {
        Self {
            guard: Guard::new(policy.clone(), resolver, limits.connect_time),
            policy,
            https: OnceLock::new(),
        }
    }

    /// Asks for where a way has come to. None: it goes on, and `way` says where.
    pub(crate) async fn step(
        &self,
        way: &mut Way,
        headers: &HeaderMap,
    ) -> Result<Option<Response<Incoming>>, FetchError> {
        let response = self
            .send(Method::GET, &way.url, headers.clone(), Bytes::new())
            .await?;
        let Some(next) = target::redirect(&way.url, &response, &self.policy)? else {
            return Ok(Some(response));
        };
        way.left = way
            .left
            .checked_sub(1)
            .ok_or(FetchError::TooManyRedirects(way.max))?;
        way.url = next;
        Ok(None)
    }

    /// Sends one request. The URL has been looked at; where it leads, the guard looks at.
    pub(crate) async fn send(
        &self,
        method: Method,
        url: &Url,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response<Incoming>, FetchError> {
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        let request = Request::builder()
            .method(method)
            .uri(url.as_str().split('#').next().unwrap_or_default())
            .body(Full::new(body));
        let mut request =
            request.map_err(|_| FetchError::ForbiddenUrl("it is not a valid URL."))?;
        *request.headers_mut() = headers;
        let sent = self.https()?.request(request).await;
        sent.map_err(|error| failure(&error))
    }

    fn https(&self) -> Result<&HyperClient<HttpsConnector<Guard>, Full<Bytes>>, FetchError> {
        if let Some(client) = self.https.get() {
            return Ok(client);
        }
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|error| {
                tracing::error!(%error, "The system's certificates cannot be read");
                FetchError::Unreachable("no secure connection can be made from here.")
            })?
            .https_or_http()
            .enable_http1()
            .wrap_connector(self.guard.clone());
        let client = HyperClient::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .http1_max_headers(MAX_HEADERS)
            .http1_max_buf_size(MAX_HEADER_BYTES)
            .build(connector);
        Ok(self.https.get_or_init(|| client))
    }
}

/// What became of a request that has no answer.
fn failure(error: &HyperError) -> FetchError {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(it) = cause {
        if let Some(error) = it.downcast_ref::<FetchError>() {
            return error.clone();
        }
        if let Some(error) = it.downcast_ref::<hyper::Error>()
            && error.is_parse()
        {
            return FetchError::Malformed("it is not HTTP.");
        }
        if let Some(error) = it.downcast_ref::<io::Error>()
            && is_of_tls(error)
        {
            return FetchError::Untrusted;
        }
        cause = it.source();
    }
    FetchError::Unreachable("the connection broke off.")
}

/// TLS says of what it refuses that it is invalid data, wrapped once more by the connector.
fn is_of_tls(error: &io::Error) -> bool {
    let inner = error
        .get_ref()
        .and_then(|it| it.downcast_ref::<io::Error>());
    inner.unwrap_or(error).kind() == io::ErrorKind::InvalidData
}
