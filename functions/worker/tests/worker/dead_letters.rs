//! What the queue gives up on ends as failed, and what belongs to no job is kept.

use job::Status;
use testkit::{Fault, Stack};

use crate::look;

#[tokio::test]
async fn a_job_that_can_never_be_claimed_ends_failed_and_can_be_retried() {
    let stack = Stack::start().await;
    let key = stack.job().pending().await.key;
    // Of each delivery the claim and the addition to the counts, as often as they are tried.
    for _ in 0..2 * 4 * 10 {
        stack.dynamodb.break_next("UpdateItem", Fault::ServerError);
    }
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    assert_eq!((job.status(), job.attempt), (Status::Failed, 0));
    assert_eq!(job.failure().unwrap().code, "undeliverable");

    stack
        .store
        .retry(&key, None, stack.clock.now())
        .await
        .unwrap();
    stack.drain_queue().await;
    assert_eq!(look(&stack, &key).await.status(), Status::Completed);
}

#[tokio::test]
async fn a_message_that_is_no_jobs_is_kept_as_a_dead_letter_and_harms_no_neighbour() {
    let stack = Stack::start().await;
    let queue = stack
        .clients
        .sqs
        .get_queue_url()
        .queue_name("jobs")
        .send()
        .await
        .unwrap();
    let url = queue.queue_url.unwrap();
    for body in ["hello", "{}", r#"{"v":99,"new":true}"#] {
        stack
            .clients
            .sqs
            .send_message()
            .queue_url(&url)
            .message_body(body)
            .send()
            .await
            .unwrap();
    }
    let key = stack.job().pending().await.key;
    stack.drain_queue().await;
    assert_eq!(look(&stack, &key).await.status(), Status::Completed);
    // The job and three letters.
    assert_eq!(stack.items().await, 4);
}

#[tokio::test]
async fn a_dead_letter_of_a_final_or_removed_job_changes_nothing() {
    let stack = Stack::start().await;
    let completed = stack.job().completed().await;
    let removed = stack.job().completed().await;
    stack
        .store
        .remove(&removed, stack.clock.now())
        .await
        .unwrap();
    let letters = dead_letter_queue(&stack).await;
    for key in [&completed, &removed] {
        let message = store::Message {
            key: key.clone(),
            version: 1,
            generation: 0,
            traceparent: None,
        };
        letters.send(&message).await.unwrap();
    }
    stack.drain_queue().await;
    assert_eq!(look(&stack, &completed).await.status(), Status::Completed);
    assert_eq!(stack.items().await, 1);
}

#[tokio::test]
async fn a_dead_letter_waits_for_the_live_lease_of_its_job() {
    let stack = Stack::start().await;
    let claim = stack.job().running().await;
    let key = claim.job().key.clone();
    let letters = dead_letter_queue(&stack).await;
    letters
        .send(&store::Message {
            key: key.clone(),
            version: 1,
            generation: 0,
            traceparent: None,
        })
        .await
        .unwrap();
    stack.reap_once().await;
    assert_eq!(look(&stack, &key).await.status(), Status::Running);
    stack
        .store
        .complete(claim, b"{}".to_vec(), stack.clock.now())
        .await
        .unwrap();
    stack.drain_queue().await;
    assert_eq!(look(&stack, &key).await.status(), Status::Completed);
}

async fn dead_letter_queue(stack: &Stack) -> store::Queue {
    let sqs = stack.clients.sqs.clone();
    let queue = sqs
        .get_queue_url()
        .queue_name("jobs-dead-letters")
        .send()
        .await
        .unwrap();
    store::Queue::new(sqs, queue.queue_url.unwrap())
}
