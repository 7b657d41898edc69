//! Messages come twice, late, out of order, or too early.

use std::time::Duration;

use job::{Status, limits};
use store::Message;
use testkit::Stack;

use crate::{look, result};

#[tokio::test]
async fn a_job_is_done_and_its_message_consumed() {
    let stack = Stack::start().await;
    let job = stack.job().text("Write to a@test.com.").pending().await;
    assert_eq!(stack.work_once().await, 1);
    let result = result(&stack, &job.key).await;
    assert_eq!(result["records"][0]["email"], "a@test.com");
    assert_eq!(stack.work_once().await, 0);
}

#[tokio::test]
async fn a_message_that_comes_twice_is_done_once() {
    let stack = Stack::start().await;
    let job = stack.job().pending().await;
    let message = Message {
        key: job.key.clone(),
        version: 1,
        generation: 0,
        traceparent: None,
    };
    // In one batch with the first, and again afterwards.
    stack.store.queue().send(&message).await.unwrap();
    stack.drain_queue().await;
    stack.store.queue().send(&message).await.unwrap();
    stack.drain_queue().await;
    let job = look(&stack, &job.key).await;
    assert_eq!((job.status(), job.attempt), (Status::Completed, 1));
}

#[tokio::test]
async fn a_message_that_runs_ahead_of_its_job_waits_for_it() {
    let mut options = testkit::Options::default();
    options.worker.look_again = Duration::from_secs(30);
    let stack = Stack::with(options).await;
    let gate = testkit::Gate::new();
    stack
        .dynamodb
        .break_next("PutItem", testkit::Fault::Hold(gate.clone()));
    let submit = stack.job().pending();
    let work = async {
        gate.arrival().await;
        // The worker gets the message while the API's put is still under way.
        let work = stack.work_once();
        let open = async {
            while stack.dynamodb.count("GetItem") == 0 {
                tokio::task::yield_now().await;
            }
            gate.open();
        };
        tokio::join!(work, open).0
    };
    let (job, messages) = tokio::join!(submit, work);
    assert_eq!(messages, 1);
    stack.drain_queue().await;
    assert_eq!(look(&stack, &job.key).await.status(), Status::Completed);
}

#[tokio::test]
async fn a_message_whose_job_was_never_put_is_dropped_after_a_minute_and_leaves_nothing() {
    let stack = Stack::start().await;
    let key = stack.job().completed().await;
    stack.store.remove(&key, stack.clock.now()).await.unwrap();
    let sent = stack.clock.now();
    stack
        .store
        .queue()
        .send(&Message {
            key: key.clone(),
            version: 1,
            generation: 0,
            traceparent: None,
        })
        .await
        .unwrap();
    stack.drain_queue().await;
    assert!(stack.clock.now() >= sent + limits::ORPHAN_AGE);
    assert_eq!(stack.items().await, 0);
}

#[tokio::test]
async fn a_retry_that_died_before_its_write_leaves_the_job_as_it_was() {
    let stack = Stack::start().await;
    let key = stack.job().cancelled().await;
    stack.drain_queue().await;
    stack
        .store
        .queue()
        .send(&Message {
            key: key.clone(),
            version: 1,
            generation: 1,
            traceparent: None,
        })
        .await
        .unwrap();
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    assert_eq!(
        (job.status(), job.generation, job.attempt),
        (Status::Cancelled, 0, 0)
    );
}

#[tokio::test]
async fn an_old_message_does_not_touch_a_newer_submission() {
    let stack = Stack::start().await;
    let key = stack.job().failed().await;
    stack
        .store
        .retry(&key, None, stack.clock.now())
        .await
        .unwrap();
    // The first submission's message is still there, and comes first.
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    assert_eq!(
        (job.status(), job.generation, job.attempt),
        (Status::Completed, 1, 2)
    );
}

#[tokio::test]
async fn a_job_that_has_to_wait_is_not_claimed_before_its_time() {
    let stack = Stack::start().await;
    let claim = stack.job().running().await;
    let key = claim.job().key.clone();
    let not_before = stack.clock.now() + Duration::from_secs(30);
    stack.store.release(claim, None, not_before).await.unwrap();
    stack.work_once().await;
    assert_eq!(look(&stack, &key).await.status(), Status::Pending);
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    let job::State::Completed { started_at, .. } = job.state else {
        panic!("{job:?}")
    };
    assert!(started_at >= not_before);
}
