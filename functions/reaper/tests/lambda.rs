//! The reaper's binary as Lambda runs it: what it answers, logs and tells of itself.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

use job::Status;
use serde_json::json;
use store::{Message, TraceParent};
use testkit::{Lambda, Output, Stack};

#[tokio::test]
async fn what_became_of_dead_letters_is_logged_and_told() {
    let stack = Stack::start().await;
    let reaper = Lambda::start(env!("CARGO_BIN_EXE_reaper"), &stack).await;
    let job = stack.job().pending().await;
    let trace: TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        .parse()
        .unwrap();
    let letter = Message {
        key: job.key.clone(),
        version: 1,
        generation: 0,
        traceparent: Some(trace),
    };
    send(&stack, &letter.to_body()).await;
    send(&stack, "Quetzalcoatlus").await;
    stack.clock.advance(std::time::Duration::from_mins(2));
    assert_eq!(stack.reap_once_on(&reaper, "first").await, 2);
    let Output { log, metrics, text } = reaper.stop().await;

    let ended = stack.store.get(&job.key, stack.clock.now()).await.unwrap();
    assert_eq!(ended.unwrap().status(), Status::Failed);
    let line = |message: &str| {
        let found = log
            .iter()
            .find(|line| line["message"].as_str().unwrap().starts_with(message));
        found.unwrap_or_else(|| panic!("{message} in {log:?}"))
    };
    let buried = line("Job failed");
    assert_eq!(buried["job_id"], job.key.id.to_string());
    assert_eq!(buried["trace_id"], trace.trace_id());
    assert_eq!(
        (&buried["request_id"], &buried["cold_start"]),
        (&json!("first"), &json!(true))
    );
    assert!(line("Dead letter kept")["message_id"].is_string());
    assert!(!text.contains("Quetzalcoatlus"), "{text}");

    let [metrics] = &metrics[..] else {
        panic!("one line for each invocation: {metrics:?}");
    };
    assert_eq!(
        (&metrics["jobs_failed"], &metrics["dead_letters_kept"]),
        (&json!(1.0), &json!(1.0))
    );
    assert_eq!(metrics["failures_undeliverable"], 1.0);
}

/// Puts a body into the queue of dead letters.
async fn send(stack: &Stack, body: &str) {
    let environment = stack.environment();
    let (_, queue) = environment
        .iter()
        .find(|(name, _)| *name == "DEAD_LETTER_QUEUE_URL")
        .unwrap();
    let letters = stack.clients.sqs.send_message().queue_url(queue);
    letters.message_body(body).send().await.unwrap();
}
