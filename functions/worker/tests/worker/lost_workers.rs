//! Workers die at any moment, or lose their lease and go on regardless.

use std::time::Duration;

use job::{Status, limits};
use testkit::{Fault, Gate, Stack};

use crate::{big_text, look, result};

/// Starts the worker and kills it as it is about to write its result.
async fn kill_before_the_end(stack: &Stack) {
    let gate = Gate::new();
    stack
        .dynamodb
        .break_after(1, "UpdateItem", Fault::Hold(gate.clone()));
    tokio::select! {
        _ = stack.work_once() => panic!("the worker came to its end"),
        () = gate.arrival() => {}
    }
}

#[tokio::test]
async fn a_job_whose_worker_was_killed_is_done_by_another() {
    let stack = Stack::start().await;
    let key = stack.job().pending().await.key;
    kill_before_the_end(&stack).await;
    assert_eq!(look(&stack, &key).await.status(), Status::Running);
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    assert_eq!((job.status(), job.attempt), (Status::Completed, 2));
}

#[tokio::test]
async fn a_killed_workers_job_comes_back_when_its_lease_ends_and_not_much_later() {
    let stack = Stack::start().await;
    let key = stack.job().pending().await.key;
    kill_before_the_end(&stack).await;
    let job = look(&stack, &key).await;
    let job::State::Running { lease_ends_at, .. } = job.state else {
        panic!("{job:?}")
    };
    stack.drain_queue().await;
    let job::State::Completed { started_at, .. } = look(&stack, &key).await.state else {
        panic!("not completed")
    };
    assert!(started_at > lease_ends_at);
    assert!(started_at < lease_ends_at + Duration::from_secs(15));
}

#[tokio::test]
async fn a_result_written_by_a_killed_worker_goes_with_its_job() {
    let stack = Stack::start().await;
    let key = stack.job().text(big_text()).pending().await.key;
    kill_before_the_end(&stack).await;
    stack.drain_queue().await;
    assert!(
        stack
            .objects()
            .await
            .iter()
            .any(|object| object.ends_with("result/2"))
    );
    assert_eq!(
        result(&stack, &key).await["records"]
            .as_array()
            .unwrap()
            .len(),
        3_000
    );
    stack.store.remove(&key, stack.clock.now()).await.unwrap();
    assert_eq!((stack.items().await, stack.objects().await), (0, vec![]));
}

#[tokio::test]
async fn a_job_that_kills_every_worker_fails_when_its_attempts_are_used() {
    let stack = Stack::start().await;
    let key = stack.job().pending().await.key;
    for attempt in 1..=limits::MAX_ATTEMPTS {
        kill_before_the_end(&stack).await;
        assert_eq!(look(&stack, &key).await.attempt, attempt);
        // Past the lease and the visibility, which ends ten seconds later.
        stack.clock.advance(Duration::from_mins(6));
    }
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    assert_eq!(
        (job.status(), job.attempt),
        (Status::Failed, limits::MAX_ATTEMPTS)
    );
    assert_eq!(job.failure().unwrap().code, "worker_lost");
}

#[tokio::test]
async fn a_worker_past_its_lease_cannot_overwrite_the_next_attempts_result() {
    let stack = Stack::start().await;
    let key = stack.job().text(big_text()).pending().await.key;
    let gate = Gate::new();
    stack
        .dynamodb
        .break_after(1, "UpdateItem", Fault::Hold(gate.clone()));
    tokio::join!(stack.work_once(), async {
        gate.arrival().await;
        stack.clock.advance(Duration::from_mins(6));
        stack.work_once().await;
        assert_eq!(look(&stack, &key).await.status(), Status::Completed);
        gate.open();
    });
    stack.drain_queue().await;
    assert_eq!(look(&stack, &key).await.attempt, 2);
    assert_eq!(
        result(&stack, &key).await["records"]
            .as_array()
            .unwrap()
            .len(),
        3_000
    );
    let results = stack
        .objects()
        .await
        .into_iter()
        .filter(|object| object.contains("result"));
    assert_eq!(results.count(), 1);
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_gives_the_message_back_while_the_job_is_not_final() {
    let stack = Stack::start().await;
    let key = stack.job().pending().await.key;
    let (first, second) = (Gate::new(), Gate::new());
    stack
        .dynamodb
        .break_after(1, "UpdateItem", Fault::Hold(first.clone()));
    tokio::join!(stack.work_once(), async {
        first.arrival().await;
        stack.clock.advance(Duration::from_mins(6));
        // Another worker takes over and is killed; the first one's message must not be consumed now.
        stack
            .dynamodb
            .break_after(1, "UpdateItem", Fault::Hold(second.clone()));
        tokio::select! {
            _ = stack.work_once() => panic!("the worker came to its end"),
            () = second.arrival() => {}
        }
        first.open();
    });
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    assert_eq!((job.status(), job.attempt), (Status::Completed, 3));
}

#[tokio::test]
async fn a_worker_that_has_to_stop_releases_its_job() {
    let stack = Stack::start().await;
    let text = (big_text() + " ").repeat(100);
    let key = stack.job().text(text).pending().await.key;
    let stop_when_running = async {
        while look(&stack, &key).await.status() != Status::Running {
            tokio::task::yield_now().await;
        }
        stack.worker.stop();
    };
    tokio::join!(stack.work_once(), stop_when_running);
    let job = look(&stack, &key).await;
    assert_eq!((job.status(), job.attempt), (Status::Pending, 1));
    assert_eq!(job.failure().unwrap().code, "out_of_time");
}
