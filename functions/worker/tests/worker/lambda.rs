//! The worker's binary as Lambda runs it: what it answers, logs and tells of itself.

use std::collections::BTreeSet;
use std::time::Duration;

use http::Request;
use serde_json::{Value, json};
use testkit::{Fault, Lambda, Output, Stack};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// Accepts a job in a trace of the test's: the job's id.
async fn start(stack: &Stack, content_type: &str, body: &'static str) -> String {
    let request = Request::post("/api/v1/scan/start/")
        .header("content-type", content_type)
        .header("traceparent", format!("00-{TRACE}-{CALLER}-01"))
        .body(body.into())
        .unwrap();
    stack.send(request).await.job_id()
}

/// The log lines of one invocation.
fn of<'a>(log: &'a [Value], request_id: &str) -> Vec<&'a Value> {
    let lines = log.iter().filter(|line| line["request_id"] == request_id);
    lines.collect()
}

#[tokio::test]
async fn each_line_names_the_job_the_invocation_and_the_trace_of_the_request_that_asked_for_it() {
    let stack = Stack::start().await;
    let worker = Lambda::start(env!("CARGO_BIN_EXE_worker"), &stack).await;
    let done = start(&stack, "text/plain", "Write to a@test.com.").await;
    assert_eq!(stack.work_once_on(&worker, "first").await, 1);
    let broken = start(&stack, "application/pdf", "%PDF-1.7 broken").await;
    assert_eq!(stack.work_once_on(&worker, "second").await, 1);
    let Output { log, .. } = worker.stop().await;

    for (request_id, job_id, message) in [
        ("first", &done, "Job done"),
        ("second", &broken, "Job failed"),
    ] {
        let lines = of(&log, request_id);
        let messages: BTreeSet<_> = lines.iter().map(|line| line["message"].as_str()).collect();
        assert!(messages.contains(&Some(message)), "{lines:?}");
        for line in lines {
            assert!(
                line["timestamp"]
                    .as_str()
                    .unwrap()
                    .parse::<jiff::Timestamp>()
                    .is_ok()
            );
            assert_eq!(line["level"], "INFO");
            assert_eq!(line["function"], "worker");
            assert_eq!(line["cold_start"], request_id == "first");
            assert_eq!(line["job_id"], **job_id);
            assert_eq!(line["tenant"], "default");
            assert_eq!(
                (&line["generation"], &line["attempt"]),
                (&json!(0), &json!(1))
            );
            assert_eq!(line["trace_id"], TRACE);
            let span = line["span_id"].as_str().unwrap();
            assert!(span.len() == 16 && span != CALLER, "{span}");
            let is_flat = |value: &Value| !value.is_object() && !value.is_array();
            assert!(line.as_object().unwrap().values().all(is_flat), "{line}");
        }
    }
}

#[tokio::test]
async fn one_line_of_metrics_tells_what_came_of_an_invocation() {
    let stack = Stack::start().await;
    let worker = Lambda::start(env!("CARGO_BIN_EXE_worker"), &stack).await;
    start(&stack, "text/plain", "Write to a@test.com.").await;
    start(&stack, "application/pdf", "%PDF-1.7 broken").await;
    stack.dynamodb.reset_counts();
    assert_eq!(stack.work_once_on(&worker, "first").await, 2);
    let units = stack.dynamodb.write_units();
    assert_eq!(stack.work_once_on(&worker, "none").await, 0);
    start(&stack, "text/html", "<p>Write to b@test.com.</p>").await;
    assert_eq!(stack.work_once_on(&worker, "second").await, 1);
    let Output { metrics, .. } = worker.stop().await;

    let [first, second] = &metrics[..] else {
        panic!("one line for each invocation: {metrics:?}");
    };
    assert_eq!(first["request_id"], "first");
    assert_eq!(first["cold_starts"], 1.0);
    assert_eq!(first["attempts"], 2.0);
    assert_eq!(first["jobs_completed"], 1.0);
    assert_eq!(first["jobs_failed"], 1.0);
    assert_eq!(first["failures_document"], 1.0);
    assert!(first["extraction_text"].is_number() && first["extraction_unread"].is_number());
    assert!((sum(&first["write_units"]) - units).abs() < f64::EPSILON);
    assert_eq!(first["queue_wait"].as_array().unwrap().len(), 2);

    assert_eq!(second["request_id"], "second");
    assert_eq!(second["cold_starts"], Value::Null);
    assert_eq!(second["jobs_completed"], 1.0);
    assert_eq!(second["jobs_failed"], Value::Null);
    assert!(second["extraction_html"].is_number());

    for line in [first, second] {
        let stamp = line["_aws"]["Timestamp"].as_i64().unwrap();
        let age = stack.clock.now().as_millisecond() - stamp;
        assert!((0..600_000).contains(&age), "{age} ms");
        let [directive] = &line["_aws"]["CloudWatchMetrics"].as_array().unwrap()[..] else {
            panic!("one directive: {line}");
        };
        assert_eq!(directive["Namespace"], "DataExtraction");
        assert_eq!(directive["Dimensions"], json!([[]]));
        for metric in directive["Metrics"].as_array().unwrap() {
            assert!(["Count", "Seconds", "Bytes"].contains(&metric["Unit"].as_str().unwrap()));
            let value = &line[metric["Name"].as_str().unwrap()];
            assert!(value.is_number() || value.is_array(), "{line}");
        }
    }
}

#[tokio::test]
async fn an_event_that_is_no_batch_is_an_error_and_its_metrics_are_told_all_the_same() {
    let stack = Stack::start().await;
    let worker = Lambda::start(env!("CARGO_BIN_EXE_worker"), &stack).await;
    let event = json!({"Records": 7});
    let deadline = stack.clock.now() + Duration::from_mins(1);
    let error = worker.invoke("first", &event, deadline).await;
    assert!(error.is_err(), "{error:?}");
    start(&stack, "text/plain", "Write to a@test.com.").await;
    assert_eq!(stack.work_once_on(&worker, "second").await, 1);
    let Output { metrics, .. } = worker.stop().await;

    let first = metrics.iter().find(|line| line["request_id"] == "first");
    assert_eq!(first.unwrap()["cold_starts"], 1.0);
    let second = metrics.iter().find(|line| line["request_id"] == "second");
    assert_eq!(second.unwrap()["jobs_completed"], 1.0);
}

/// A value of a metric, or all of them together.
fn sum(value: &Value) -> f64 {
    match value {
        Value::Array(values) => values.iter().map(sum).sum(),
        value => value.as_f64().unwrap_or_default(),
    }
}

#[tokio::test]
async fn nothing_of_a_document_is_ever_logged() {
    let stack = Stack::start().await;
    let worker = Lambda::start_talkative(env!("CARGO_BIN_EXE_worker"), &stack).await;
    start(&stack, "text/plain", "Quetzalcoatlus@test.com").await;
    start(&stack, "application/pdf", "%PDF-1.7 Quetzalcoatlus").await;
    start(&stack, "text/csv", "Quetzalcoatlus;\0").await;
    stack.work_once_on(&worker, "first").await;
    // The answers to a claim hold the document, and cannot be understood.
    start(&stack, "text/plain", "Quetzalcoatlus@test.com").await;
    stack.dynamodb.break_next("UpdateItem", Fault::CutAnswer);
    stack.work_once_on(&worker, "second").await;
    let output = worker.stop().await;

    let said = |request_id, message| {
        of(&output.log, request_id)
            .iter()
            .any(|line| line["message"] == message)
    };
    assert!(
        said("first", "Job done") && said("first", "Job failed"),
        "{}",
        output.text
    );
    assert!(said("second", "Job not claimed"), "{}", output.text);
    assert_eq!(output.reveals("Quetzalcoatlus"), None, "{}", output.text);
}
