//! A function that another process serves, invoked as AWS SDKs invoke one: by the call `Invoke` of Lambda's API, which
//! `cargo lambda watch` answers.

use std::time::Duration;

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;

/// What says, in an answer of status 200, that the function failed.
const FUNCTION_ERROR: &str = "x-amz-function-error";
/// The longest answer that Lambda takes from a function.
const ANSWER_BYTES_MAX: usize = 6 << 20;
/// How much of an answer that is an error is quoted.
const QUOTED_CHARS: usize = 500;
/// A server on this machine accepts at once, or it is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Invokes one function. Cheap to clone.
#[derive(Debug, Clone)]
pub struct RemoteFunction {
    client: Client<HttpConnector, Full<Bytes>>,
    uri: Uri,
}

/// Why nobody knows what became of a batch.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// The event cannot be sent.
    #[error("the event is no JSON: {0}")]
    Event(serde_json::Error),
    /// The request cannot be made.
    #[error("the request cannot be made: {0}")]
    Request(#[from] http::Error),
    /// Nobody answers.
    #[error("{url} does not answer: {source}")]
    Unreachable {
        /// Who was asked.
        url: String,
        /// What went wrong.
        source: hyper_util::client::legacy::Error,
    },
    /// The answer broke off, or is longer than a function's may be.
    #[error("the answer broke off: {0}")]
    BrokenOff(Box<dyn std::error::Error + Send + Sync>),
    /// The function, or who serves it, answers with an error.
    #[error("status {status}: {answer}")]
    Failed {
        /// With which status.
        status: StatusCode,
        /// What it says.
        answer: String,
    },
    /// The answer is not one to a batch.
    #[error("the answer is not understood: {0}")]
    NotUnderstood(serde_json::Error),
}

/// As Lambda reads what a function answers: who names no failure has none.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    batch_item_failures: Option<Vec<BatchItemFailure>>,
}

impl RemoteFunction {
    /// The function `name` of the server at `url` (`http://host:port`).
    pub fn new(url: &str, name: &str) -> Result<Self, http::uri::InvalidUri> {
        let url = url.trim_end_matches('/');
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            uri: format!("{url}/2015-03-31/functions/{name}/invocations").parse()?,
        })
    }

    /// Hands the event over and waits for what the function says, as long as the caller likes.
    pub async fn invoke(&self, event: &SqsEvent) -> Result<SqsBatchResponse, InvokeError> {
        let event = serde_json::to_vec(event).map_err(InvokeError::Event)?;
        let request = Request::post(&self.uri)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::from(event))?;
        let response = self.client.request(request).await;
        let response = response.map_err(|source| InvokeError::Unreachable {
            url: self.uri.to_string(),
            source,
        })?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(InvokeError::BrokenOff)?.to_bytes();
        if head.status.is_success() && !says_failed(&head.headers) {
            understand(&body)
        } else {
            let answer = String::from_utf8_lossy(&body);
            Err(InvokeError::Failed {
                status: head.status,
                answer: answer.chars().take(QUOTED_CHARS).collect(),
            })
        }
    }
}

fn says_failed(headers: &HeaderMap) -> bool {
    headers.contains_key(FUNCTION_ERROR)
}

fn understand(body: &[u8]) -> Result<SqsBatchResponse, InvokeError> {
    let mut response = SqsBatchResponse::default();
    if body.trim_ascii().is_empty() {
        return Ok(response);
    }
    let answer: Option<Answer> =
        serde_json::from_slice(body).map_err(InvokeError::NotUnderstood)?;
    response.batch_item_failures = answer
        .and_then(|answer| answer.batch_item_failures)
        .unwrap_or_default();
    Ok(response)
}
