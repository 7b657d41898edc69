//! How many jobs there are, as their client is told.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use testkit::{Fault, Stack};

use crate::support;

const USAGE: &str = "/api/v1/usage/";

async fn usage(stack: &Stack) -> Value {
    let answer = stack.get(USAGE).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json()
}

async fn start(stack: &Stack, body: &str) -> String {
    let request = json!({"source": {"base64": body}}).to_string();
    stack.start_job("application/json", request).await.job_id()
}

async fn start_failing(stack: &Stack) -> String {
    // The beginning of a PDF, and no more.
    start(stack, "JVBERi0xLjcK").await
}

async fn start_good(stack: &Stack) -> String {
    start(stack, "Zmlyc3Q=").await
}

#[tokio::test]
async fn jobs_are_counted_by_status_and_by_the_day_on_which_they_ended() {
    let stack = Stack::start().await;
    let none = json!({"pending": 0, "running": 0, "completed": 0, "failed": 0, "cancelled": 0});
    assert_eq!(usage(&stack).await, json!({"jobs": none, "days": []}));

    let first = stack.clock.now().to_string()[..10].to_owned();
    for _ in 0..3 {
        start_good(&stack).await;
    }
    start_failing(&stack).await;
    stack.drain_queue().await;
    stack.clock.advance(Duration::from_hours(48));
    let last = stack.clock.now().to_string()[..10].to_owned();
    let id = start_good(&stack).await;
    stack.post(&format!("/api/v1/scan/cancel/{id}/")).await;
    start_good(&stack).await;

    let counted = usage(&stack).await;
    assert_eq!(counted["jobs"]["completed"], 3, "{counted}");
    assert_eq!(counted["jobs"]["failed"], 1);
    assert_eq!(counted["jobs"]["cancelled"], 1);
    // Of the cancelled one there still is a message.
    assert_eq!(counted["jobs"]["pending"], 2);
    assert_eq!(
        counted["days"],
        json!([
            {"date": last, "completed": 0, "failed": 0, "cancelled": 1},
            {"date": first, "completed": 3, "failed": 1, "cancelled": 0},
        ])
    );
    let today = stack.get("/api/v1/usage?days=1").await.json();
    assert_eq!(today["days"].as_array().unwrap().len(), 1, "{today}");
    assert_eq!(today["jobs"]["completed"], 0);
}

#[tokio::test]
async fn a_batch_of_jobs_is_counted_by_one_write() {
    let stack = Stack::start().await;
    for _ in 0..10 {
        start_good(&stack).await;
    }
    stack.dynamodb.reset_counts();
    stack.work_once().await;
    // A claim and a completion for each, and one for all of them.
    assert_eq!(stack.dynamodb.count("UpdateItem"), 21);
    assert_eq!(usage(&stack).await["jobs"]["completed"], 10);
}

#[tokio::test]
async fn what_could_not_be_counted_is_counted_with_the_next() {
    let stack = Stack::start().await;
    let id = start_good(&stack).await;
    // The first two are the claim and the completion; then the count, as often as it is tried.
    stack
        .dynamodb
        .break_after(2, "UpdateItem", Fault::ServerError);
    for _ in 0..20 {
        stack.dynamodb.break_next("UpdateItem", Fault::ServerError);
    }
    stack.work_once().await;
    let status = stack.get(&format!("/api/v1/scan/status/{id}/")).await;
    assert_eq!(status.json()["status"], "completed");
    assert_eq!(usage(&stack).await["jobs"]["completed"], 0);
    stack.dynamodb.mend();
    let id = start_good(&stack).await;
    stack.work_once().await;
    stack.post(&format!("/api/v1/scan/cancel/{id}/")).await;
    assert_eq!(usage(&stack).await["jobs"]["completed"], 2);
}

#[tokio::test]
async fn a_wrong_number_of_days_is_refused() {
    for query in ["days=0", "days=91", "days=week", "since=1"] {
        let answer = support::get(&format!("{USAGE}?{query}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
    let unreachable = support::get(USAGE).await;
    assert_eq!(unreachable.status, StatusCode::SERVICE_UNAVAILABLE);
}
