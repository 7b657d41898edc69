//! Where payloads lie, and that they go with their job.

use job::{Place, State};
use store::{Finished, StoredResult};
use testkit::Stack;

/// A JSON text of this many bytes that gzip cannot make much smaller.
fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let digits = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        b'!' + u8::try_from((state >> 33) % 90).unwrap()
    });
    digits
        .filter(|&byte| byte != b'"' && byte != b'\\')
        .take(bytes)
        .collect()
}

async fn place_of_result(stack: &Stack, result: Vec<u8>) -> Place {
    let claim = stack.job().running().await;
    let key = claim.job().key.clone();
    let now = stack.clock.now();
    let finished = stack
        .store
        .complete(claim, result.clone(), now)
        .await
        .unwrap();
    assert_eq!(finished, Finished::Written);
    let job = stack.store.get(&key, now).await.unwrap().unwrap();
    match stack.store.result(&job).await.unwrap().unwrap() {
        StoredResult::Here(bytes) => assert_eq!(bytes, result),
        StoredResult::Elsewhere(_) => assert!(result.len() > 4 << 20),
    }
    let State::Completed { result, .. } = job.state else {
        panic!("not completed")
    };
    result.place
}

#[tokio::test]
async fn a_small_result_lies_in_its_jobs_item_and_costs_no_more_than_one_write_unit() {
    let stack = Stack::start().await;
    let claim = stack.job().running().await;
    stack.dynamodb.reset_counts();
    stack
        .store
        .complete(claim, noise(300), stack.clock.now())
        .await
        .unwrap();
    assert!((stack.dynamodb.write_units() - 1.0).abs() < f64::EPSILON);
    assert!(matches!(
        place_of_result(&stack, noise(300)).await,
        Place::Inline(_)
    ));
}

#[tokio::test]
async fn a_larger_result_gets_an_item_of_its_own_and_a_large_one_an_object() {
    let stack = Stack::start().await;
    assert_eq!(place_of_result(&stack, noise(4_000)).await, Place::Item);
    assert_eq!(stack.objects().await.len(), 0);
    assert_eq!(place_of_result(&stack, noise(100_000)).await, Place::Object);
    assert_eq!(stack.objects().await.len(), 1);
}

#[tokio::test]
async fn a_result_too_big_for_the_api_lies_unpacked_in_an_object() {
    let stack = Stack::start().await;
    assert_eq!(
        place_of_result(&stack, vec![b' '; (4 << 20) + 1]).await,
        Place::Object
    );
}

#[tokio::test]
async fn a_request_of_any_size_comes_back_as_it_was_sent() {
    let stack = Stack::start().await;
    for bytes in [0, 10, 400, 5_000, 200_000, 5 << 20] {
        let text = String::from_utf8(noise(bytes)).unwrap();
        let job = stack.job().text(&text).pending().await;
        let request = stack.store.request(&job).await.unwrap();
        assert_eq!(
            request.documents[0].content,
            job::Content::Bytes(text.into_bytes())
        );
    }
}

#[tokio::test]
async fn removing_a_job_leaves_none_of_its_bytes() {
    let stack = Stack::start().await;
    for bytes in [5_000, 200_000] {
        let text = String::from_utf8(noise(bytes)).unwrap();
        let claim = stack.job().text(text).running().await;
        let key = claim.job().key.clone();
        stack
            .store
            .complete(claim, noise(bytes), stack.clock.now())
            .await
            .unwrap();
        assert!(stack.store.remove(&key, stack.clock.now()).await.unwrap());
        assert!(!stack.store.remove(&key, stack.clock.now()).await.unwrap());
    }
    assert_eq!((stack.items().await, stack.objects().await), (0, vec![]));
}

#[tokio::test]
async fn a_removal_that_died_halfway_is_finished_by_the_next_one() {
    let stack = Stack::start().await;
    let text = String::from_utf8(noise(200_000)).unwrap();
    let key = stack.job().text(text).pending().await.key;
    for _ in 0..4 {
        stack.s3.break_next("GET", testkit::Fault::ServerError);
    }
    assert!(stack.store.remove(&key, stack.clock.now()).await.is_err());
    assert_eq!((stack.items().await, stack.objects().await.len()), (0, 1));
    assert!(!stack.store.remove(&key, stack.clock.now()).await.unwrap());
    assert_eq!(stack.objects().await.len(), 0);
}
