//! Jobs of many documents, done in parts.

use job::{JobKey, Status};
use serde_json::Value;
use testkit::Stack;

use crate::documents::submit;
use crate::{look, result};

/// A batch of so many documents, of which every tenth cannot be read.
pub(crate) async fn batch(stack: &Stack, count: usize) -> JobKey {
    let documents: Vec<(String, Vec<u8>)> = (0..count)
        .map(|n| match n % 10 {
            7 => (format!("{n}.pdf"), b"%PDF-1.7 broken".to_vec()),
            _ => (
                format!("{n}.txt"),
                format!("user{n}@example.com").into_bytes(),
            ),
        })
        .collect();
    let documents: Vec<(&str, &[u8])> = documents
        .iter()
        .map(|(name, bytes)| (&**name, &**bytes))
        .collect();
    submit(stack, &documents).await
}

/// Asserts that a batch has its result, whole and in order.
pub(crate) fn assert_whole(result: &Value, count: usize) {
    let documents = result["documents"].as_array().unwrap();
    assert_eq!(documents.len(), count);
    for (n, document) in documents.iter().enumerate() {
        let name = document["name"].as_str().unwrap();
        assert_eq!(name.split_once('.').unwrap().0, n.to_string());
        assert_eq!(document.get("error").is_some(), n % 10 == 7, "{document}");
    }
    let found: Vec<(u64, &str)> = result["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| {
            let document = record["source"]["document"].as_u64().unwrap();
            (document, record["email"].as_str().unwrap())
        })
        .collect();
    let expected: Vec<(u64, String)> = (0..count as u64)
        .filter(|n| n % 10 != 7)
        .map(|n| (n, format!("user{n}@example.com")))
        .collect();
    assert!(
        found
            .iter()
            .map(|(n, email)| (*n, *email))
            .eq(expected.iter().map(|(n, email)| (*n, &**email))),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_batch_of_a_hundred_documents_is_one_result_in_their_order() {
    let stack = Stack::start().await;
    let key = batch(&stack, 100).await;
    stack.drain_queue().await;
    assert_whole(&result(&stack, &key).await, 100);
    let progress = look(&stack, &key).await.progress.unwrap();
    assert_eq!(
        (progress.done, progress.failed, progress.total),
        (90, 10, Some(100))
    );
}

#[tokio::test]
async fn a_batch_says_how_far_it_is_while_it_runs() {
    let stack = Stack::start().await;
    let key = batch(&stack, 12).await;
    stack.work_once().await;
    let lost = lose_a_worker(&stack, &key.of_part(3)).await;
    // All others, and looks at them.
    for _ in 0..6 {
        stack.work_once().await;
        stack.clock.advance(std::time::Duration::from_secs(5));
    }
    let progress = look(&stack, &key).await.progress.unwrap();
    assert_eq!(
        (progress.done, progress.failed, progress.total),
        (10, 1, Some(12))
    );
    stack.clock.advance(lost);
    stack.drain_queue().await;
    let progress = look(&stack, &key).await.progress.unwrap();
    assert_eq!((progress.done, progress.failed), (11, 1));
}

/// Lets a worker take a part and never be heard of again; says for how long it holds it.
async fn lose_a_worker(stack: &Stack, part: &JobKey) -> std::time::Duration {
    let lease = std::time::Duration::from_mins(2);
    let message = store::Message {
        key: part.clone(),
        version: 3,
        generation: 0,
        traceparent: None,
    };
    let now = stack.clock.now();
    let claimed = stack
        .store
        .claim(&message, job::Delivery(7), now, now + lease)
        .await;
    assert!(matches!(claimed, Ok(store::Claimed::Won(_))));
    lease
}

#[tokio::test]
async fn a_batch_of_which_nothing_can_be_read_fails_and_says_how_many_those_were() {
    let stack = Stack::start().await;
    let broken: (&str, &[u8]) = ("a.pdf", b"%PDF-1.7 broken");
    let key = submit(&stack, &[broken, broken, broken]).await;
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    assert_eq!(job.status(), Status::Failed);
    assert_eq!(job.failure().unwrap().code, "malformed");
    let progress = job.progress.unwrap();
    assert_eq!(
        (progress.done, progress.failed, progress.total),
        (0, 3, Some(3))
    );
}

#[tokio::test]
async fn a_cancelled_batch_stops_and_a_retry_does_what_was_left() {
    let stack = Stack::start().await;
    let key = batch(&stack, 30).await;
    // The step that makes the parts, and then some of them.
    stack.work_once().await;
    stack.work_once().await;
    stack.store.cancel(&key, stack.clock.now()).await.unwrap();
    stack.drain_queue().await;
    assert_eq!(look(&stack, &key).await.status(), Status::Cancelled);
    let parts = stack.store.parts(&key, 0, usize::MAX).await.unwrap();
    let in_state = |status| parts.iter().filter(|part| part.status() == status).count();
    let (done, cancelled) = (in_state(Status::Completed), in_state(Status::Cancelled));
    assert!(
        done > 0 && cancelled > 0 && done + cancelled == 30,
        "{done} {cancelled}"
    );

    stack
        .store
        .retry(&key, None, stack.clock.now())
        .await
        .unwrap();
    stack.drain_queue().await;
    assert_whole(&result(&stack, &key).await, 30);
    let again = stack.store.parts(&key, 0, usize::MAX).await.unwrap();
    for (before, after) in parts.iter().zip(&again) {
        if before.status() == Status::Completed {
            assert_eq!(before.attempt, after.attempt, "what was done stays done");
        }
    }
}

#[tokio::test]
async fn a_removed_batch_leaves_nothing_behind() {
    let stack = Stack::start().await;
    let key = batch(&stack, 12).await;
    stack.work_once().await;
    stack.work_once().await;
    assert!(stack.store.remove(&key, stack.clock.now()).await.unwrap());
    stack.drain_queue().await;
    assert_eq!(stack.items().await, 0);
    assert!(stack.objects().await.is_empty());
}

#[tokio::test]
async fn a_part_that_comes_to_nothing_costs_its_own_document() {
    let stack = Stack::start().await;
    let key = batch(&stack, 3).await;
    stack.work_once().await;
    let part = key.of_part(1);
    let bury = job::Change::Bury {
        generation: 0,
        now: stack.clock.now(),
        failure: job::Failure::new("worker_lost", job::Phase::Extract, true, "It was lost."),
    };
    stack.store.change(&part, &bury).await.unwrap();
    stack.drain_queue().await;
    let result = result(&stack, &key).await;
    assert_eq!(result["documents"][1]["error"]["code"], "worker_lost");
    assert_eq!(result["documents"][1]["name"], "1.txt");
    assert_eq!(result["records"].as_array().unwrap().len(), 2);
}
