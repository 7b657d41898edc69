//! The services that a worker needs fail for a while.

use job::Status;
use testkit::{Fault, Stack};

use crate::{big_text, look, result};

/// More than the SDK's own retries bear.
const OUTAGE: usize = 4;

#[tokio::test]
async fn a_job_whose_request_cannot_be_read_is_given_back_with_the_reason_and_done_later() {
    let stack = Stack::start().await;
    let key = stack.job().text(big_text().repeat(5)).pending().await.key;
    for _ in 0..OUTAGE {
        stack.s3.break_next("GET", Fault::ServerError);
    }
    stack.work_once().await;
    let job = look(&stack, &key).await;
    assert_eq!((job.status(), job.attempt), (Status::Pending, 1));
    assert_eq!(job.failure().unwrap().code, "storage_unavailable");
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    assert_eq!(
        (job.status(), job.attempt, job.failure()),
        (Status::Completed, 2, None)
    );
}

#[tokio::test]
async fn a_job_whose_request_can_never_be_read_fails_with_the_reason() {
    let stack = Stack::start().await;
    let key = stack.job().text(big_text().repeat(5)).pending().await.key;
    for _ in 0..OUTAGE * 5 {
        stack.s3.break_next("GET", Fault::ServerError);
    }
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    assert_eq!((job.status(), job.attempt), (Status::Failed, 5));
    let failure = job.failure().unwrap();
    assert_eq!(
        (&*failure.code, failure.retryable),
        ("storage_unavailable", true)
    );
}

#[tokio::test]
async fn a_job_whose_request_is_gone_fails_at_once() {
    let stack = Stack::start().await;
    let key = stack.job().text(big_text().repeat(5)).pending().await.key;
    stack.delete_objects().await;
    stack.work_once().await;
    let job = look(&stack, &key).await;
    assert_eq!((job.status(), job.attempt), (Status::Failed, 1));
    assert_eq!(job.failure().unwrap().code, "request_unreadable");
}

#[tokio::test]
async fn a_table_that_throttles_delays_a_job_and_loses_nothing() {
    let stack = Stack::start().await;
    let key = stack.job().pending().await.key;
    for _ in 0..OUTAGE {
        stack.dynamodb.break_next("UpdateItem", Fault::Throttle);
    }
    stack.work_once().await;
    assert_eq!(look(&stack, &key).await.status(), Status::Pending);
    stack.drain_queue().await;
    assert_eq!(look(&stack, &key).await.status(), Status::Completed);
}

#[tokio::test]
async fn a_result_that_cannot_be_written_is_made_again() {
    let stack = Stack::start().await;
    let key = stack.job().pending().await.key;
    for _ in 0..OUTAGE {
        stack
            .dynamodb
            .break_after(1, "UpdateItem", Fault::ServerError);
    }
    stack.drain_queue().await;
    assert_eq!(look(&stack, &key).await.status(), Status::Completed);
    assert_eq!(
        result(&stack, &key).await["records"][0]["email"],
        "a@test.com"
    );
}

#[tokio::test]
async fn answers_lost_after_each_write_change_nothing() {
    let stack = Stack::start().await;
    for operation in ["PutItem", "UpdateItem", "UpdateItem"] {
        stack.dynamodb.break_next(operation, Fault::DropAnswer);
    }
    stack.sqs.break_next("SendMessage", Fault::DropAnswer);
    stack
        .sqs
        .break_next("ChangeMessageVisibilityBatch", Fault::DropAnswer);
    let key = stack.job().pending().await.key;
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    assert_eq!((job.status(), job.attempt), (Status::Completed, 1));
}
