//! The AWS JSON 1.0 protocol: POST, the operation in a header, JSON in and out.
//!
//! Signatures are not looked at: this service listens on the loopback interface of its owner.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::sqs::limits::REQUEST_BYTES_MAX;
use crate::sqs::{Error, Queues, operations};

/// Any path is taken, for some clients send a request to the address of its queue.
pub(super) fn router(queues: Queues, base_url: &str) -> Router {
    let base_url = base_url.trim_end_matches('/').into();
    Router::new()
        .fallback(answer)
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .with_state(Endpoint { queues, base_url })
}

#[derive(Clone)]
struct Endpoint {
    queues: Queues,
    base_url: Arc<str>,
}

const TARGET: HeaderName = HeaderName::from_static("x-amz-target");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const QUERY_ERROR: HeaderName = HeaderName::from_static("x-amzn-query-error");
const JSON: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.0");

async fn answer(
    State(endpoint): State<Endpoint>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let request_id = Uuid::new_v4();
    let mut response = match endpoint.perform(&headers, body).await {
        Ok(json) => json.into_response(),
        Err(error) => refusal(&error, request_id),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, JSON);
    let request_id = request_id.to_string();
    headers.insert(
        REQUEST_ID,
        request_id.parse().expect("an id is hexadecimal"),
    );
    response
}

impl Endpoint {
    async fn perform(
        &self,
        headers: &HeaderMap,
        body: Result<Bytes, BytesRejection>,
    ) -> Result<Vec<u8>, Error> {
        let Self { queues, base_url } = self;
        let operation = operation(headers)?;
        let body = body.map_err(|rejection| unreadable(&rejection))?;
        match operation {
            "CreateQueue" => json(operations::create_queue(queues, base_url, read(&body)?).await),
            "GetQueueUrl" => json(operations::get_queue_url(queues, base_url, read(&body)?).await),
            "ListQueues" => json(operations::list_queues(queues, base_url, read(&body)?).await),
            "DeleteQueue" => json(operations::delete_queue(queues, read(&body)?).await),
            "PurgeQueue" => json(operations::purge_queue(queues, read(&body)?).await),
            "GetQueueAttributes" => {
                json(operations::get_queue_attributes(queues, read(&body)?).await)
            }
            "SetQueueAttributes" => {
                json(operations::set_queue_attributes(queues, read(&body)?).await)
            }
            "ListQueueTags" => json(operations::list_queue_tags(queues, read(&body)?).await),
            "TagQueue" => json(operations::tag_queue(queues, read(&body)?).await),
            "UntagQueue" => json(operations::untag_queue(queues, read(&body)?).await),
            "SendMessage" => json(operations::send_message(queues, read(&body)?).await),
            "SendMessageBatch" => json(operations::send_message_batch(queues, read(&body)?).await),
            "ReceiveMessage" => json(operations::receive_message(queues, read(&body)?).await),
            "DeleteMessage" => json(operations::delete_message(queues, read(&body)?).await),
            "DeleteMessageBatch" => {
                json(operations::delete_message_batch(queues, read(&body)?).await)
            }
            "ChangeMessageVisibility" => {
                json(operations::change_message_visibility(queues, read(&body)?).await)
            }
            "ChangeMessageVisibilityBatch" => {
                json(operations::change_message_visibility_batch(queues, read(&body)?).await)
            }
            operation if KNOWN_ELSEWHERE.contains(&operation) => Err(Error::UnsupportedOperation(
                format!("The operation {operation} is not supported by this endpoint."),
            )),
            operation => Err(Error::UnknownOperation(format!(
                "The action {operation} is not valid for this endpoint."
            ))),
        }
    }
}

/// Operations of Amazon SQS that this service does not have.
const KNOWN_ELSEWHERE: [&str; 6] = [
    "AddPermission",
    "CancelMessageMoveTask",
    "ListDeadLetterSourceQueues",
    "ListMessageMoveTasks",
    "RemovePermission",
    "StartMessageMoveTask",
];

fn operation(headers: &HeaderMap) -> Result<&str, Error> {
    headers
        .get(TARGET)
        .and_then(|target| target.to_str().ok()?.strip_prefix("AmazonSQS."))
        .ok_or_else(|| {
            Error::UnknownOperation(format!(
                "This endpoint speaks the AWS JSON 1.0 protocol: the header {TARGET} must be \
                 AmazonSQS. and the name of an operation."
            ))
        })
}

fn unreadable(rejection: &BytesRejection) -> Error {
    let reason = rejection.body_text();
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let reason = format!("A request can have at most {REQUEST_BYTES_MAX} bytes: {reason}");
        return Error::RequestEntityTooLarge(reason);
    }
    Error::Serialization(reason)
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    // Else an array would be read as the members in their order.
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(Error::Serialization(
            "the body must be a JSON object".to_owned(),
        ));
    }
    serde_json::from_slice(body).map_err(|error| Error::Serialization(error.to_string()))
}

fn json<T: Serialize>(answer: Result<T, Error>) -> Result<Vec<u8>, Error> {
    let answer = answer?;
    serde_json::to_vec(&answer).map_err(|error| Error::Internal(error.to_string()))
}

fn refusal(error: &Error, request_id: Uuid) -> Response {
    let wire = error.wire();
    let fault = if error.is_senders_fault() {
        "Sender"
    } else {
        tracing::error!(%request_id, %error, "a request to the queues failed");
        "Receiver"
    };
    let status = StatusCode::from_u16(wire.status).expect("the statuses are constants");
    let query_error = format!("{};{fault}", wire.code);
    let query_error = HeaderValue::from_str(&query_error).expect("the codes are constants");
    let body = serde_json::json!({ "__type": wire.shape, "message": error.to_string() });
    (status, [(QUERY_ERROR, query_error)], body.to_string()).into_response()
}
