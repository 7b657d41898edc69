//! Releases meet in the queue and in the table: what the first one wrote is done, what this one writes the first one understands, and
//! what a later one may write is harmed by nobody and still comes to an end.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use http::{Method, StatusCode};
use job::{Delivery, JobKey, State, Status, Tenant};
use serde_json::json;
use store::{Error, Message, Retried, StoredResult, TraceParent};
use testkit::Stack;

use crate::version_1::{self, Attributes, number, text};

fn key() -> JobKey {
    JobKey::new(
        testkit::tenant(Tenant::DEFAULT),
        version_1::JOB.parse().unwrap(),
    )
}

async fn put(stack: &Stack, item: Attributes) {
    let put = stack.clients.dynamodb.put_item().table_name("jobs");
    put.set_item(Some(item)).send().await.unwrap();
}

/// All that the table holds but counts and letters.
async fn items(stack: &Stack) -> Vec<Attributes> {
    let scan = stack.clients.dynamodb.scan().table_name("jobs");
    let mut items = scan.send().await.unwrap().items.unwrap();
    items.retain(|item| {
        item["pk"]
            .as_s()
            .is_ok_and(|pk| !pk.ends_with("#U") && !pk.ends_with("#D"))
    });
    items
}

/// The one item that the table holds.
async fn item(stack: &Stack) -> Attributes {
    let mut items = items(stack).await;
    assert_eq!(items.len(), 1, "{items:?}");
    items.remove(0)
}

async fn queue(stack: &Stack) -> String {
    let url = stack.clients.sqs.get_queue_url().queue_name("jobs");
    url.send().await.unwrap().queue_url.unwrap()
}

async fn send(stack: &Stack, body: impl Into<String>) {
    let message = stack.clients.sqs.send_message().message_body(body);
    let message = message.queue_url(queue(stack).await);
    message.send().await.unwrap();
}

/// The bodies of all messages that are visible.
async fn bodies(stack: &Stack) -> Vec<String> {
    let receive = stack.clients.sqs.receive_message();
    let receive = receive.queue_url(queue(stack).await);
    let answer = receive.max_number_of_messages(10).send().await.unwrap();
    let bodies = answer.messages().iter();
    bodies.filter_map(|message| message.body.clone()).collect()
}

async fn look(stack: &Stack) -> job::Job {
    let job = stack.store.get(&key(), stack.clock.now()).await.unwrap();
    job.expect("the job is there")
}

async fn retry(stack: &Stack) {
    let retried = stack.store.retry(&key(), None, stack.clock.now()).await;
    assert!(matches!(retried.unwrap(), Retried::Done(_)));
}

/// Asserts that the job was done: its address was found.
async fn assert_done(stack: &Stack) {
    let job = look(stack).await;
    assert_eq!(job.status(), Status::Completed, "{job:?}");
    let Some(StoredResult::Here(result)) = stack.store.result(&job).await.unwrap() else {
        panic!("no result")
    };
    let result: serde_json::Value = serde_json::from_slice(&result).unwrap();
    assert_eq!(result["records"][0]["email"], "a@test.com");
}

#[tokio::test]
async fn a_job_and_a_message_of_the_first_release_are_done() {
    for (item, attempt) in [
        (version_1::pending(), 1),
        (version_1::released(), 2),
        (version_1::running(), 2),
    ] {
        let stack = Stack::start().await;
        put(&stack, item).await;
        send(&stack, version_1::MESSAGE).await;
        assert_eq!(stack.work_once().await, 1);
        assert_done(&stack).await;
        assert_eq!(look(&stack).await.attempt, attempt);
    }
}

#[tokio::test]
async fn a_finished_job_of_the_first_release_is_served_as_it_was() {
    let stack = Stack::start().await;
    put(&stack, version_1::completed()).await;
    let job = look(&stack).await;
    let Some(StoredResult::Here(result)) = stack.store.result(&job).await.unwrap() else {
        panic!("no result")
    };
    assert_eq!(result, br#"{"records":[],"documents":[]}"#);

    for item in [version_1::failed(), version_1::cancelled()] {
        put(&stack, item).await;
        retry(&stack).await;
        stack.drain_queue().await;
        assert_done(&stack).await;
    }
}

#[tokio::test]
async fn the_first_release_understands_every_message_and_item_of_this_one() {
    let stack = Stack::start().await;
    let traceparent: TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        .parse()
        .unwrap();
    let now = stack.clock.now();
    stack.job().pending().await;
    stack.job().running().await;
    stack.job().text("x".repeat(500_000)).completed().await;
    stack.job().failed().await;
    stack.job().cancelled().await;
    let released = stack.job().running().await;
    stack.store.release(released, None, now).await.unwrap();
    let retried = stack.job().failed().await;
    let trace = Some(traceparent);
    stack.store.retry(&retried, trace, now).await.unwrap();

    let bodies = bodies(&stack).await;
    assert_eq!(bodies.len(), 8);
    assert!(bodies.iter().any(|body| body.contains("traceparent")));
    for body in bodies {
        assert!(version_1::understands_message(&body), "{body}");
    }
    let items = items(&stack).await;
    let jobs = |item: &&Attributes| item["sk"].as_s().unwrap().starts_with("J#");
    assert_eq!(items.iter().filter(jobs).count(), 7);
    for item in items.iter().filter(jobs) {
        assert!(version_1::understands_item(item.clone()), "{item:?}");
    }
}

#[tokio::test]
async fn only_a_job_that_the_first_release_cannot_do_waits_for_a_newer_worker() {
    for (extract, version) in [
        (
            json!(["entities", "text", "metadata", "links", "tables"]),
            1,
        ),
        (json!(["entities", "markdown"]), 2),
        (json!(["text", {"tables": {"records": true}}]), 2),
        (json!([{"text": {}}]), 2),
        (json!(["text", "html"]), 3),
        (json!([{"docling": {}}]), 3),
    ] {
        let stack = Stack::start().await;
        let job = stack.job().extract(extract.clone()).failed().await;
        let trace = None;
        let now = stack.clock.now();
        stack.store.retry(&job, trace, now).await.unwrap();
        let bodies = bodies(&stack).await;
        assert_eq!(bodies.len(), 2, "of its start and of its retry");
        let first_can = version == 1;
        for body in bodies {
            assert!(body.contains(&format!("\"v\":{version},")), "{body}");
            assert_eq!(version_1::understands_message(&body), first_can, "{body}");
        }
        let item = item(&stack).await;
        assert_eq!(item["v"], number(version));
        let job = stack.store.get(&job, now).await.unwrap().unwrap();
        let request = stack.store.request(&job).await.unwrap();
        assert_eq!(request.extract, extract);
    }
}

/// Members that no release knows yet, in a message that asks for a newer worker.
fn newer_message() -> String {
    let body = json!({
        "later": {"a": [1]}, "v": 4, "tenant": "default", "job": version_1::JOB, "generation": 0,
        "traceparent": {"of another": "shape"},
    });
    body.to_string()
}

#[tokio::test]
async fn a_message_for_a_newer_worker_is_given_back_and_changes_nothing() {
    let stack = Stack::start().await;
    put(&stack, version_1::pending()).await;
    send(&stack, newer_message()).await;
    assert_eq!(stack.work_once().await, 1);
    assert_eq!(item(&stack).await, version_1::pending());

    // It comes back: for the worker of a newer release, if there is one by now.
    stack.clock.advance(job::limits::BACKOFF_CAP);
    assert_eq!(bodies(&stack).await, [newer_message()]);
}

#[tokio::test]
async fn a_job_whose_message_no_worker_ever_understands_ends_failed_and_can_be_retried() {
    let stack = Stack::start().await;
    put(&stack, version_1::pending()).await;
    send(&stack, newer_message()).await;
    stack.drain_queue().await;
    let job = look(&stack).await;
    let State::Failed { failure, .. } = &job.state else {
        panic!("{job:?}")
    };
    assert_eq!((&*failure.code, failure.retryable), ("undeliverable", true));
    assert_eq!(
        stack.items().await,
        2,
        "the job, and the letter that says why"
    );

    retry(&stack).await;
    stack.drain_queue().await;
    assert_done(&stack).await;
}

/// A job that takes a newer worker, with what no release knows yet wherever there may be such a thing.
fn newer_item() -> Attributes {
    let mut item = version_1::pending();
    let (place, failure) = (
        text("elsewhere"),
        text(r#"{"code":"new","phase":"unheard_of"}"#),
    );
    let request = [("n".into(), number(3)), ("p".into(), place)];
    item.extend([
        ("v".into(), number(4)),
        ("later".into(), AttributeValue::Ss(vec!["a".into()])),
        ("req".into(), AttributeValue::M(request.into())),
        ("err".into(), failure),
    ]);
    item
}

#[tokio::test]
async fn a_job_for_a_newer_worker_is_not_begun_and_loses_no_attempt() {
    let stack = Stack::start().await;
    put(&stack, newer_item()).await;
    let message = Message::from_body(version_1::MESSAGE).unwrap();
    let now = stack.clock.now();
    let lease_ends_at = now + Duration::from_mins(1);
    let claim = stack.store.claim(&message, Delivery(7), now, lease_ends_at);
    assert!(matches!(claim.await, Err(Error::Unreadable { .. })));

    send(&stack, version_1::MESSAGE).await;
    for _ in 0..3 {
        assert_eq!(stack.work_once().await, 1);
        assert_eq!(item(&stack).await, newer_item());
        stack.clock.advance(job::limits::BACKOFF_CAP);
    }
    assert_eq!(bodies(&stack).await, [version_1::MESSAGE]);
}

#[tokio::test]
async fn a_job_that_no_worker_ever_knows_ends_failed_and_keeps_what_is_not_known() {
    let stack = Stack::start().await;
    put(&stack, newer_item()).await;
    send(&stack, version_1::MESSAGE).await;
    stack.drain_queue().await;
    assert_eq!(look(&stack).await.status(), Status::Failed);
    let (found, newer) = (item(&stack).await, newer_item());
    for unchanged in ["v", "later", "req", "att"] {
        assert_eq!(found[unchanged], newer[unchanged], "{unchanged}");
    }
}

#[tokio::test]
async fn a_job_for_a_newer_worker_is_shown_cancelled_and_removed_as_any_other() {
    let stack = Stack::start().await;
    put(&stack, newer_item()).await;
    send(&stack, version_1::MESSAGE).await;
    let id = version_1::JOB;
    let status = stack.get(&format!("/api/v1/scan/status/{id}/")).await;
    assert_eq!(
        (status.status, &status.json()["status"]),
        (StatusCode::OK, &json!("pending"))
    );
    let cancelled = stack.post(&format!("/api/v1/scan/cancel/{id}/")).await;
    assert_eq!(cancelled.status, StatusCode::OK);
    assert_eq!(look(&stack).await.status(), Status::Cancelled);
    assert_eq!(stack.work_once().await, 1);
    stack.clock.advance(job::limits::BACKOFF_CAP);
    assert_eq!(stack.work_once().await, 0);
    assert_eq!(item(&stack).await["later"], newer_item()["later"]);

    let path = format!("/api/v1/scan/remove/{id}/");
    let removed = stack.call(Method::DELETE, &path).await;
    assert!(removed.status.is_success());
    assert_eq!(stack.items().await, 0);
}

#[tokio::test]
async fn an_attribute_that_is_not_known_outlives_every_change() {
    let stack = Stack::start().await;
    let mut newer = version_1::pending();
    newer.insert("later".into(), text("kept"));
    put(&stack, newer).await;
    send(&stack, version_1::MESSAGE).await;
    let now = stack.clock.now();
    stack.store.cancel(&key(), now).await.unwrap();
    retry(&stack).await;
    stack.drain_queue().await;
    assert_done(&stack).await;
    assert_eq!(item(&stack).await["later"], text("kept"));
}

#[tokio::test]
async fn a_status_that_is_not_known_is_touched_by_nobody() {
    let stack = Stack::start().await;
    let mut newer = version_1::pending();
    newer.insert("st".into(), text("paused"));
    put(&stack, newer.clone()).await;
    send(&stack, version_1::MESSAGE).await;
    // Until its message is a dead letter, which is kept for a newer reaper.
    for _ in 0..20 {
        stack.work_once().await;
        stack.reap_once().await;
        stack.clock.advance(job::limits::BACKOFF_CAP);
    }
    assert!(stack.store.cancel(&key(), stack.clock.now()).await.is_err());
    assert_eq!(item(&stack).await, newer);
    assert_eq!(stack.work_once().await, 0);
    assert_eq!(stack.reap_once().await, 1);
}
