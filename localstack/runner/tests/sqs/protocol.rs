//! The protocol itself, with requests that no SDK would send.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use local::sqs::{Queues, Storage};
use serde_json::{Value, json};
use service::Clock;
use tower::ServiceExt;

#[tokio::test]
async fn an_error_has_the_form_that_sdks_read() {
    let answer = ask("GetQueueUrl", &json!({"QueueName": "none"}).to_string()).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body["__type"], "com.amazonaws.sqs#QueueDoesNotExist");
    assert_eq!(
        answer.body["message"],
        "The specified queue does not exist."
    );
    assert_eq!(
        answer.query_error,
        "AWS.SimpleQueueService.NonExistentQueue;Sender"
    );
    assert_eq!(answer.content_type, "application/x-amz-json-1.0");
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    for body in ["", "{", "[]", "\"x\"", "{\"QueueName\": 7}", "\u{0}"] {
        let answer = ask("CreateQueue", body).await;
        assert_eq!(answer.status, 400, "{body}");
        let kind = &answer.body["__type"];
        assert_eq!(
            kind, "com.amazon.coral.service#SerializationException",
            "{body}"
        );
    }
}

#[tokio::test]
async fn deeply_nested_json_is_refused() {
    let body = format!("{{\"Attributes\":{}", "[".repeat(1_000_000));
    assert_eq!(ask("CreateQueue", &body).await.status, 400);
    assert_eq!(ask("SendMessage", &body).await.status, 400);
}

#[tokio::test]
async fn a_request_larger_than_any_may_be_is_refused() {
    let answer = ask("SendMessage", &"x".repeat(8 * 1_048_576 + 1)).await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.query_error, "RequestEntityTooLarge;Sender");
}

#[tokio::test]
async fn an_operation_that_does_not_exist_is_refused() {
    let answer = ask("SendMassage", "{}").await;
    assert_eq!(
        answer.body["__type"],
        "com.amazon.coral.service#UnknownOperationException"
    );
    let answer = send(&router(), Request::post("/").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 400);
    assert!(
        answer.body["message"]
            .as_str()
            .unwrap()
            .contains("x-amz-target")
    );
}

#[tokio::test]
async fn an_operation_that_only_aws_has_is_said_to_be_unsupported() {
    let answer = ask("StartMessageMoveTask", "{}").await;
    assert_eq!(
        answer.body["__type"],
        "com.amazonaws.sqs#UnsupportedOperation"
    );
}

#[tokio::test]
async fn a_missing_member_is_named() {
    for (operation, missing) in [
        ("CreateQueue", "QueueName"),
        ("GetQueueUrl", "QueueName"),
        ("SendMessage", "QueueUrl"),
        ("SendMessageBatch", "QueueUrl"),
        ("ReceiveMessage", "QueueUrl"),
        ("DeleteMessage", "QueueUrl"),
        ("DeleteQueue", "QueueUrl"),
    ] {
        let answer = ask(operation, "{}").await;
        assert_eq!(answer.query_error, "MissingParameter;Sender", "{operation}");
        let message = answer.body["message"].as_str().unwrap();
        assert_eq!(
            message,
            format!("The request must contain the parameter {missing}.")
        );
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_refused() {
    let answer = ask("DeleteQueue", &json!({"QueueUrl": "jobs"}).to_string()).await;
    assert_eq!(answer.body["__type"], "com.amazonaws.sqs#InvalidAddress");
}

#[tokio::test]
async fn list_values_are_refused() {
    let router = router();
    let made = send(&router, request("CreateQueue", r#"{"QueueName":"jobs"}"#)).await;
    let message = json!({
        "QueueUrl": made.body["QueueUrl"],
        "MessageBody": "x",
        "MessageAttributes": {"n": {"DataType": "String", "StringListValues": ["a"]}},
    });
    let answer = send(&router, request("SendMessage", &message.to_string())).await;
    assert_eq!(
        answer.body["__type"],
        "com.amazonaws.sqs#UnsupportedOperation"
    );
}

#[tokio::test]
async fn a_receiver_that_left_takes_no_message() {
    let router = router();
    let made = send(&router, request("CreateQueue", r#"{"QueueName":"jobs"}"#)).await;
    let url = &made.body["QueueUrl"];
    let receive = json!({"QueueUrl": url, "WaitTimeSeconds": 20}).to_string();
    let mut waiting = Box::pin(send(&router, request("ReceiveMessage", &receive)));
    assert!(futures::poll!(&mut waiting).is_pending());
    drop(waiting);

    let message = json!({"QueueUrl": url, "MessageBody": "x"}).to_string();
    send(&router, request("SendMessage", &message)).await;
    let receive = json!({"QueueUrl": url}).to_string();
    let received = send(&router, request("ReceiveMessage", &receive)).await;
    assert_eq!(received.body["Messages"][0]["Body"], "x");
}

struct Answer {
    status: u16,
    content_type: String,
    query_error: String,
    body: Value,
}

async fn ask(operation: &str, body: &str) -> Answer {
    send(&router(), request(operation, body)).await
}

fn router() -> Router {
    let queues = Queues::open(Storage::Memory, Clock::system()).unwrap();
    queues.router("http://127.0.0.1:9324")
}

fn request(operation: &str, body: &str) -> Request<Body> {
    Request::post("/")
        .header("X-Amz-Target", format!("AmazonSQS.{operation}"))
        .header("Content-Type", "application/x-amz-json-1.0")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let header = |name| {
        let value = response.headers().get(name);
        value
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap_or_default()
    };
    let status = response.status().as_u16();
    let content_type = header("content-type");
    let query_error = header("x-amzn-query-error");
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let body = serde_json::from_slice(&body).unwrap();
    Answer {
        status,
        content_type,
        query_error,
        body,
    }
}
