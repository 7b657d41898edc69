//! The answer to a lost answer is the same answer: a write that took effect is not taken for another's.

use job::{Change, Delivery, Status};
use store::{Claimed, Finished, Message, Outcome, Retried};
use testkit::{Fault, Stack};

#[tokio::test]
async fn a_start_whose_put_was_answered_into_the_void_is_accepted() {
    let stack = Stack::start().await;
    stack.dynamodb.break_next("PutItem", Fault::DropAnswer);
    let job = stack.job().pending().await;
    assert_eq!(stack.dynamodb.count("PutItem"), 2);
    assert_eq!(
        stack.store.get(&job.key, stack.clock.now()).await.unwrap(),
        Some(job)
    );
}

#[tokio::test]
async fn a_worker_recognises_its_own_claim() {
    let stack = Stack::start().await;
    let job = stack.job().pending().await;
    stack.dynamodb.break_next("UpdateItem", Fault::DropAnswer);
    let message = Message {
        key: job.key,
        version: 1,
        generation: 0,
        traceparent: None,
    };
    let now = stack.clock.now();
    let lease_ends_at = now + std::time::Duration::from_mins(1);
    let claimed = stack
        .store
        .claim(&message, Delivery(7), now, lease_ends_at)
        .await
        .unwrap();
    let Claimed::Won(claim) = claimed else {
        panic!("{claimed:?}")
    };
    assert_eq!(
        (claim.job().attempt, stack.dynamodb.count("UpdateItem")),
        (1, 2)
    );
}

#[tokio::test]
async fn a_worker_recognises_its_own_completion_and_does_not_delete_the_live_result() {
    let stack = Stack::start().await;
    let claim = stack.job().running().await;
    let key = claim.job().key.clone();
    let now = stack.clock.now();
    stack.dynamodb.break_next("UpdateItem", Fault::DropAnswer);
    let result = vec![b' '; 5 << 20];
    let finished = stack.store.complete(claim, result, now).await.unwrap();
    assert_eq!(finished, Finished::Written);
    assert_eq!(stack.objects().await.len(), 1);
    let job = stack.store.get(&key, now).await.unwrap().unwrap();
    assert_eq!(job.status(), Status::Completed);
}

#[tokio::test]
async fn a_cancel_that_is_sent_twice_finds_the_job_cancelled() {
    let stack = Stack::start().await;
    let job = stack.job().pending().await;
    stack.dynamodb.break_next("UpdateItem", Fault::Twice);
    let outcome = stack
        .store
        .cancel(&job.key, stack.clock.now())
        .await
        .unwrap();
    let Outcome::Refused(Some(found)) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(found.status(), Status::Cancelled);
}

#[tokio::test]
async fn a_retry_that_is_sent_twice_has_taken_place() {
    let stack = Stack::start().await;
    let key = stack.job().failed().await;
    stack.dynamodb.break_next("UpdateItem", Fault::Twice);
    let Retried::Done(job) = stack
        .store
        .retry(&key, None, stack.clock.now())
        .await
        .unwrap()
    else {
        panic!("not retried")
    };
    assert_eq!((job.generation, job.status()), (1, Status::Pending));
}

#[tokio::test]
async fn a_remove_that_is_sent_twice_says_that_there_was_a_job() {
    let stack = Stack::start().await;
    let key = stack.job().completed().await;
    stack.dynamodb.break_next("DeleteItem", Fault::DropAnswer);
    assert!(stack.store.remove(&key, stack.clock.now()).await.unwrap());
}

#[tokio::test]
async fn a_worker_that_lost_its_attempt_cannot_end_it_and_takes_its_result_with_it() {
    let stack = Stack::start().await;
    let claim = stack.job().running().await;
    let key = claim.job().key.clone();
    stack.clock.advance(std::time::Duration::from_mins(2));
    let now = stack.clock.now();
    let message = Message {
        key: key.clone(),
        version: 1,
        generation: 0,
        traceparent: None,
    };
    let lease_ends_at = now + std::time::Duration::from_mins(1);
    let second = stack
        .store
        .claim(&message, Delivery(8), now, lease_ends_at)
        .await
        .unwrap();
    let Claimed::Won(second) = second else {
        panic!("{second:?}")
    };

    let finished = stack
        .store
        .complete(claim, vec![b' '; 5 << 20], now)
        .await
        .unwrap();
    assert_eq!(finished, Finished::Lost { settled: false });
    assert_eq!(stack.objects().await.len(), 0);

    assert_eq!(
        stack
            .store
            .complete(second, b"{}".to_vec(), now)
            .await
            .unwrap(),
        Finished::Written
    );
    let change = Change::Cancel { now };
    let outcome = stack.store.change(&key, &change).await.unwrap();
    let Outcome::Refused(Some(job)) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!((job.status(), job.attempt), (Status::Completed, 2));
}
