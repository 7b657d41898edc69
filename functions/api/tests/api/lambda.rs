//! The API's binary as Lambda runs it: what it answers, logs and tells of itself.

use http::StatusCode;
use serde_json::{Value, json};
use testkit::{Fault, Gate, Lambda, Output, Stack};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

async fn start() -> (Stack, Lambda) {
    let stack = Stack::start().await;
    let api = Lambda::start(env!("CARGO_BIN_EXE_api"), &stack).await;
    (stack, api)
}

#[tokio::test]
async fn a_request_leaves_a_line_and_its_trace_goes_on_with_the_message() {
    let (stack, api) = start().await;
    let headers = [("content-type", "text/plain"), ("traceparent", CALLER)];
    let path = "/api/v1/scan/start/";
    let answer = api
        .request("r-1", "POST", path, &headers, "Write to a@test.com.")
        .await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
    assert_eq!(answer.header("x-request-id"), "r-1");
    let job_id = answer.job_id();
    let status = format!("/api/v1/scan/status/{job_id}/");
    let answer = api.request("r-2", "GET", &status, &[], "").await;
    assert_eq!(answer.json()["status"], "pending");
    let Output { log, metrics, text } = api.stop().await;

    assert!(!text.contains("a@test.com"), "{text}");
    let [start, status] = &log[..] else {
        panic!("one line for each request: {log:?}");
    };
    assert_eq!(start["message"], "POST /api/v1/scan/start 202");
    assert_eq!(
        (&start["level"], &start["function"]),
        (&json!("INFO"), &json!("api"))
    );
    assert_eq!(
        (&start["status"], &start["method"]),
        (&json!(202), &json!("POST"))
    );
    assert_eq!(
        (&start["request_id"], &start["cold_start"]),
        (&json!("r-1"), &json!(true))
    );
    assert_eq!(
        (&start["job_id"], &start["tenant"]),
        (&json!(job_id), &json!("default"))
    );
    assert_eq!(start["trace_id"], TRACE);
    assert_eq!(
        (&status["request_id"], &status["cold_start"]),
        (&json!("r-2"), &json!(false))
    );
    assert_eq!(status["job_id"], *job_id);
    // Nobody named a trace, so it is the one that AWS says.
    assert_eq!(status["trace_id"], "5759e988bd862e3fe1be46a994272793");

    let position = start["span_id"].as_str().unwrap();
    assert_eq!(
        sent(&stack).await["traceparent"],
        format!("00-{TRACE}-{position}-01")
    );

    let [start, status] = &metrics[..] else {
        panic!("one line for each request: {metrics:?}");
    };
    assert_eq!(start["request_id"], "r-1");
    assert_eq!(
        (&start["jobs_accepted"], &start["request_bytes"]),
        (&json!(1.0), &json!(20.0))
    );
    assert_eq!(
        (&start["api_requests_2xx"], &start["write_units"]),
        (&json!(1.0), &json!(1.0))
    );
    assert!(start["api_latency"].is_number() && start["cold_starts"].is_number());
    assert_eq!(
        (&status["jobs_accepted"], &status["cold_starts"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        (&status["api_requests_2xx"], &status["read_units"]),
        (&json!(1.0), &json!(1.0))
    );
}

/// The body of the message in the queue of jobs.
async fn sent(stack: &Stack) -> Value {
    let environment = stack.environment();
    let (_, queue) = environment
        .iter()
        .find(|(name, _)| *name == "QUEUE_URL")
        .unwrap();
    let received = stack.clients.sqs.receive_message().queue_url(queue).send();
    let messages = received.await.unwrap().messages.unwrap();
    serde_json::from_str(messages[0].body().unwrap()).unwrap()
}

#[tokio::test]
async fn what_is_refused_is_counted_too_and_a_body_is_not_logged() {
    let (_stack, api) = start().await;
    let json = [("content-type", "application/json")];
    let body = r#"{"source": {"text": "Quetzalcoatlus", "Quetzalcoatlus": 1}}"#;
    let answer = api
        .request("r-1", "POST", "/api/v1/scan/start/", &json, body)
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = api.request("r-2", "GET", "/Quetzalcoatlus/", &[], "").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let output = api.stop().await;

    let Output { log, metrics, text } = &output;
    assert_eq!((log.len(), metrics.len()), (2, 2), "{text}");
    assert!(metrics.iter().all(|line| line["api_requests_4xx"] == 1.0));
    assert_eq!(output.reveals("Quetzalcoatlus"), None, "{text}");
}

#[tokio::test]
async fn nothing_of_a_document_is_ever_logged() {
    let stack = Stack::start().await;
    let api = Lambda::start_talkative(env!("CARGO_BIN_EXE_api"), &stack).await;
    let headers = [("content-type", "text/plain")];
    let path = "/api/v1/scan/start/";
    let body = "Quetzalcoatlus@test.com";
    let answer = api.request("r-1", "POST", path, &headers, body).await;
    stack.drain_queue().await;
    let result = format!("/api/v1/scan/result/{}/", answer.job_id());
    let answer = api.request("r-2", "GET", &result, &[], "").await;
    assert!(answer.text().contains(body), "{}", answer.text());
    let output = api.stop().await;

    assert!(
        output.log.iter().any(|line| line["level"] == "DEBUG"),
        "{}",
        output.text
    );
    assert_eq!(output.reveals("Quetzalcoatlus"), None, "{}", output.text);
}

#[tokio::test]
async fn a_request_that_waits_for_aws_is_answered_before_the_function_is_killed() {
    let (stack, api) = start().await;
    let gate = Gate::new();
    stack
        .sqs
        .break_next("SendMessage", Fault::Hold(gate.clone()));
    let soon = service::Clock::system().now() + std::time::Duration::from_millis(2_500);
    let answer = api
        .request_until("r-1", "POST", "/api/v1/scan/start/", &[], "", soon)
        .await;
    gate.open();
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json()["type"], "urn:problem:unavailable");
    assert_eq!(answer.header("x-request-id"), "r-1");
    assert!(!answer.header("retry-after").is_empty());
    let Output { log, .. } = api.stop().await;
    assert_eq!(log[0]["cause"], "the function's time ran out");
}

#[tokio::test]
async fn a_wait_ends_while_there_is_time_to_answer() {
    let (stack, api) = start().await;
    let id = stack.job().pending().await.key.id;
    let status = format!("/api/v1/scan/status/{id}/");
    let soon = service::Clock::system().now() + std::time::Duration::from_millis(5_300);
    let answer = api
        .request_until("r-1", "GET", &status, &[("prefer", "wait=20")], "", soon)
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.json()["status"], "pending");
    let Output { metrics, .. } = api.stop().await;
    // The time that a client wished to wait is no latency.
    assert_eq!(metrics[0]["api_requests_2xx"], 1.0);
    assert_eq!(metrics[0]["api_latency"], Value::Null);
}

#[tokio::test]
async fn events_end_after_the_present_state_where_they_cannot_be_streamed() {
    let (stack, api) = start().await;
    let id = stack.job().pending().await.key.id;
    let events = format!("/api/v1/scan/events/{id}/");
    let answer = api.request("r-1", "GET", &events, &[], "").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "text/event-stream");
    let text = answer.text();
    assert!(text.contains("data: {\"job_id\":"), "{text}");
    assert!(text.contains("retry: 1000\n"), "{text}");
    let last = text.lines().find_map(|line| line.strip_prefix("id: "));
    let last = [("last-event-id", last.unwrap())];

    // Nothing new: it is only told when to come back.
    let answer = api.request("r-2", "GET", &events, &last, "").await;
    assert_eq!(answer.text(), "retry: 1000\n\n");
    stack.drain_queue().await;
    let answer = api.request("r-3", "GET", &events, &last, "").await;
    assert!(
        answer.text().contains("\"status\":\"completed\""),
        "{}",
        answer.text()
    );
    api.stop().await;
}
