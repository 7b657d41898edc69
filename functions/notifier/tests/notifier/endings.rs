//! Each end of a job is told, whoever brings it about, and whoever dies on the way.

use http::Method;
use job::{JobKey, Status};
use serde_json::json;
use standardwebhooks::Webhook as Verifier;
use store::Message;
use testkit::{Fault, Gate};

use crate::{Scene, event_id, headers};

/// More than the SDK's own retries bear.
const OUTAGE: usize = 4;

fn path(operation: &str, key: &JobKey) -> String {
    format!("/api/v1/scan/{operation}/{}/", key.id)
}

/// What is told when this job has ended once.
fn once(key: &JobKey, status: Status) -> Vec<(String, String)> {
    vec![(event_id(key, 0), format!("job.{status}"))]
}

#[tokio::test]
async fn a_completed_job_is_told_as_standard_webhooks_have_it() {
    let scene = Scene::new().await;
    let job = scene.job().pending().await;
    scene.stack.drain_queue().await;

    let [webhook] = &scene.receiver.webhooks()[..] else {
        panic!("not told once");
    };
    let verifier = Verifier::from_bytes(scene.secret.key.clone()).unwrap();
    verifier.verify(&webhook.body, headers(webhook)).unwrap();
    assert_eq!(webhook.path, "/hook");
    assert_eq!(webhook.header("content-type"), "application/json");
    assert_eq!(webhook.header("webhook-id"), event_id(&job.key, 0));
    let event = webhook.json();
    let id = job.key.id;
    let data = &event["data"];
    assert_eq!(event["type"], "job.completed");
    assert_eq!(event["timestamp"], data["finished_at"]);
    assert_eq!(data["job_id"], id.to_string());
    assert_eq!(data["result_url"], format!("/api/v1/scan/result/{id}/"));
    assert_eq!(data["created_at"], json!(job.created_at));
}

#[tokio::test]
async fn a_failed_job_is_told_with_its_reason() {
    let scene = Scene::new().await;
    scene.job().text("").pending().await;
    scene.stack.drain_queue().await;
    let event = scene.receiver.webhooks()[0].json();
    assert_eq!(event["type"], "job.failed");
    assert_eq!(event["data"]["error"]["type"], "urn:problem:empty");
    assert_eq!(event["data"]["result_url"], json!(null));
}

#[tokio::test]
async fn a_cancelled_job_is_told_at_once() {
    let scene = Scene::new().await;
    let key = scene.job().pending().await.key;
    assert_eq!(scene.stack.post(&path("cancel", &key)).await.status, 200);
    scene.stack.notify_once().await;
    assert_eq!(scene.told(), once(&key, Status::Cancelled));
    scene.stack.drain_queue().await;
    assert_eq!(scene.told(), once(&key, Status::Cancelled));
}

#[tokio::test]
async fn nothing_is_told_before_the_end_nor_of_jobs_that_nobody_asks_about() {
    let scene = Scene::new().await;
    scene.job().pending().await;
    let _running = scene.job().running().await;
    scene.stack.job().completed().await;
    assert_eq!(scene.stack.notify_once().await, 0);
    assert!(scene.receiver.webhooks().is_empty());
}

#[tokio::test]
async fn a_worker_that_dies_between_finishing_and_sending_loses_no_event() {
    let scene = Scene::new().await;
    let stack = &scene.stack;
    let key = scene.job().pending().await.key;
    let gate = Gate::new();
    stack
        .sqs
        .break_next("SendMessage", Fault::Hold(gate.clone()));
    tokio::select! {
        _ = stack.work_once() => panic!("the worker came to its end"),
        () = gate.arrival() => {}
    }
    let job = stack.store.get(&key, stack.clock.now()).await.unwrap();
    assert_eq!(job.unwrap().status(), Status::Completed);
    assert_eq!(stack.notify_once().await, 0);

    stack.drain_queue().await;
    assert_eq!(scene.told(), once(&key, Status::Completed));
}

#[tokio::test]
async fn an_end_that_was_left_by_a_retry_before_it_was_told_is_told() {
    let scene = Scene::new().await;
    let stack = &scene.stack;
    let key = scene.job().text("").pending().await.key;
    let gate = Gate::new();
    stack
        .sqs
        .break_next("SendMessage", Fault::Hold(gate.clone()));
    tokio::select! {
        _ = stack.work_once() => panic!("the worker came to its end"),
        () = gate.arrival() => {}
    }
    assert_eq!(stack.post(&path("retry", &key)).await.status, 202);
    stack.drain_queue().await;
    let mut told = scene.told();
    told.sort();
    let failed = "job.failed".to_owned();
    let both = [event_id(&key, 0), event_id(&key, 1)].map(|id| (id, failed.clone()));
    assert_eq!(told, both);
}

#[tokio::test]
async fn a_job_whose_end_cannot_be_told_is_not_retried_and_can_be_when_it_can() {
    let scene = Scene::new().await;
    let stack = &scene.stack;
    let key = scene.job().failed().await;
    for _ in 0..OUTAGE {
        stack.sqs.break_next("SendMessage", Fault::ServerError);
    }
    assert_eq!(stack.post(&path("retry", &key)).await.status, 503);
    let job = stack.store.get(&key, stack.clock.now()).await.unwrap();
    assert_eq!(job.unwrap().status(), Status::Failed);
    assert_eq!(stack.post(&path("retry", &key)).await.status, 202);
    stack.drain_queue().await;
    let told = scene.told();
    assert!(told.contains(&(event_id(&key, 0), "job.failed".into())));
    assert!(told.contains(&(event_id(&key, 1), "job.completed".into())));
    assert_eq!(told.len(), 2);
}

#[tokio::test]
async fn a_cancel_that_could_not_be_told_is_acknowledged_and_told_later() {
    let scene = Scene::new().await;
    let stack = &scene.stack;
    let key = scene.job().pending().await.key;
    for _ in 0..OUTAGE {
        stack.sqs.break_next("SendMessage", Fault::ServerError);
    }
    assert_eq!(stack.post(&path("cancel", &key)).await.status, 200);
    assert_eq!(stack.notify_once().await, 0);
    stack.drain_queue().await;
    assert_eq!(scene.told(), once(&key, Status::Cancelled));
}

#[tokio::test]
async fn a_job_that_the_queue_gave_up_on_is_told_also_if_the_reaper_dies_first() {
    let scene = Scene::new().await;
    let stack = &scene.stack;
    let key = scene.job().pending().await.key;
    // The worker never gets to it; its message is among the dead letters at once.
    let letter = Message {
        key: key.clone(),
        version: 3,
        generation: 0,
        traceparent: None,
    };
    let (_, url) = stack
        .environment()
        .into_iter()
        .find(|(name, _)| *name == "DEAD_LETTER_QUEUE_URL")
        .unwrap();
    let letters = store::Queue::new(stack.clients.sqs.clone(), url);
    letters.send(&letter).await.unwrap();
    let gate = Gate::new();
    stack
        .sqs
        .break_next("SendMessage", Fault::Hold(gate.clone()));
    tokio::select! {
        _ = stack.reap_once() => panic!("the reaper came to its end"),
        () = gate.arrival() => {}
    }
    stack.drain_queue().await;
    assert_eq!(scene.told(), once(&key, Status::Failed));
}

#[tokio::test]
async fn a_removed_job_is_told_no_more_and_leaves_nothing() {
    let scene = Scene::new().await;
    let stack = &scene.stack;
    let empty = stack.items().await;
    let key = scene.job().completed().await;
    let told = scene.job().completed().await;
    scene.receiver.answer([500, 500]);
    stack.notify_once().await;
    let before = scene.receiver.webhooks().len();
    for key in [&key, &told] {
        let removed = stack.call(Method::DELETE, &path("remove", key)).await;
        assert_eq!(removed.status, 204);
    }
    stack.drain_queue().await;
    assert_eq!(scene.receiver.webhooks().len(), before);
    assert_eq!(stack.items().await, empty);
}

#[tokio::test]
async fn a_job_removed_while_its_end_is_being_told_leaves_nothing() {
    let scene = Scene::new().await;
    let stack = &scene.stack;
    let empty = stack.items().await;
    let key = scene.job().completed().await;
    // The delivery is there, and the job is gone before the notifier looks.
    let gate = Gate::new();
    stack
        .dynamodb
        .break_next("GetItem", Fault::Hold(gate.clone()));
    tokio::join!(stack.notify_once(), async {
        gate.arrival().await;
        stack.store.remove(&key, stack.clock.now()).await.unwrap();
        gate.open();
    });
    stack.drain_queue().await;
    assert!(scene.receiver.webhooks().is_empty());
    assert_eq!(stack.items().await, empty);
}
