//! A cancelled job stays cancelled, and a removed one stays gone.

use job::{JobKey, Status};
use testkit::{Fault, Gate, Stack};

use crate::{big_text, look};

/// Starts the worker on a job and calls `meanwhile` when the worker is about to write its result.
async fn before_the_end<M: Future>(stack: &Stack, meanwhile: impl FnOnce() -> M) {
    let gate = Gate::new();
    // The first is the claim.
    stack
        .dynamodb
        .break_after(1, "UpdateItem", Fault::Hold(gate.clone()));
    tokio::join!(stack.work_once(), async {
        gate.arrival().await;
        meanwhile().await;
        gate.open();
    });
}

async fn cancel(stack: &Stack, key: &JobKey) {
    stack.store.cancel(key, stack.clock.now()).await.unwrap();
}

#[tokio::test]
async fn a_job_cancelled_before_it_runs_never_runs() {
    let stack = Stack::start().await;
    let key = stack.job().cancelled().await;
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    assert_eq!((job.status(), job.attempt), (Status::Cancelled, 0));
}

#[tokio::test]
async fn a_job_cancelled_while_it_runs_does_not_complete_and_keeps_no_result() {
    let stack = Stack::start().await;
    let key = stack.job().text(big_text()).pending().await.key;
    before_the_end(&stack, || cancel(&stack, &key)).await;
    stack.drain_queue().await;
    assert_eq!(look(&stack, &key).await.status(), Status::Cancelled);
    let results = stack
        .objects()
        .await
        .into_iter()
        .filter(|key| key.contains("result"));
    assert_eq!(results.count(), 0);
}

#[tokio::test]
async fn the_worker_stops_early_when_its_job_is_cancelled() {
    let stack = Stack::start().await;
    // Long enough that the extraction is not over before the worker has looked.
    let text = (big_text() + " ").repeat(100);
    let key = stack.job().text(text).pending().await.key;
    let cancel_when_running = async {
        while look(&stack, &key).await.status() != Status::Running {
            tokio::task::yield_now().await;
        }
        cancel(&stack, &key).await;
    };
    tokio::join!(stack.work_once(), cancel_when_running);
    assert_eq!(look(&stack, &key).await.status(), Status::Cancelled);
    // Claim, cancel, and its count: the worker did not even try to write a result.
    assert_eq!(stack.dynamodb.count("UpdateItem"), 3);
    assert_eq!(stack.drain_queue().await, ());
}

#[tokio::test]
async fn a_job_removed_before_it_runs_is_gone() {
    let stack = Stack::start().await;
    let key = stack.job().text(big_text()).pending().await.key;
    stack.store.remove(&key, stack.clock.now()).await.unwrap();
    stack.drain_queue().await;
    assert_eq!((stack.items().await, stack.objects().await), (0, vec![]));
}

#[tokio::test]
async fn a_job_removed_while_it_runs_leaves_no_bytes_and_does_not_come_back() {
    let stack = Stack::start().await;
    let key = stack.job().text(big_text()).pending().await.key;
    before_the_end(&stack, || stack.store.remove(&key, stack.clock.now())).await;
    stack.drain_queue().await;
    assert_eq!((stack.items().await, stack.objects().await), (0, vec![]));
}

#[tokio::test]
async fn a_job_cancelled_and_retried_while_a_worker_runs_it_ends_with_the_new_attempts_result() {
    let stack = Stack::start().await;
    let key = stack.job().pending().await.key;
    let both = || async {
        cancel(&stack, &key).await;
        stack
            .store
            .retry(&key, None, stack.clock.now())
            .await
            .unwrap();
    };
    Box::pin(before_the_end(&stack, both)).await;
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    assert_eq!(
        (job.status(), job.generation, job.attempt),
        (Status::Completed, 1, 2)
    );
}
