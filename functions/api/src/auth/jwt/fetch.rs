//! Reads what an issuer publishes.

use std::error::Error;

use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use bytes::Bytes;
use http::header::{ACCEPT, USER_AGENT};
use http::{StatusCode, Uri};
use http_body_util::{BodyExt as _, Limited};

/// Longest answer that is read, in bytes.
const MAX_BODY_BYTES: usize = 256 << 10;

const AGENT: &str = concat!("data-extraction/", env!("CARGO_PKG_VERSION"));

/// What is at this URL, or in words for the log why it cannot be read. No redirect is followed, and no header of the answer believed.
pub(super) async fn get(url: &Uri) -> Result<Bytes, String> {
    let mut request = HttpRequest::get(url.to_string()).map_err(|error| chain(&error))?;
    let headers = request.headers_mut();
    headers.insert(ACCEPT.as_str(), "application/json");
    headers.insert(USER_AGENT.as_str(), AGENT);
    let response = service::http_connector().call(request).await;
    let response = response.map_err(|error| chain(&error))?;
    let status = response.status().as_u16();
    if status != StatusCode::OK.as_u16() {
        return Err(format!("the answer has the status {status}"));
    }
    let body = Limited::new(response.into_body(), MAX_BODY_BYTES);
    let body = body.collect().await.map_err(|error| chain(&*error))?;
    Ok(body.to_bytes())
}

/// An error and what led to it: the first says only that a request failed.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}
