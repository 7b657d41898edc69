//! How long a received message is hidden from others.

use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, ChangeMessageVisibilityBatchResultEntry, Message,
    QueueAttributeName,
};
use local::sqs::Storage;

use super::world::{World, handle};

#[tokio::test]
async fn a_message_not_deleted_comes_back_after_its_visibility_timeout() {
    let world = World::new().await;
    let queue = world.queue().await;
    world.send(&queue, "x").await;
    let first = world.receive_one(&queue, world.moment()).await;
    assert!(world.is_empty(&queue).await);
    world.pass(world.moment()).await;
    let second = world.receive_one(&queue, 30).await;
    assert_eq!(first.message_id(), second.message_id());
    assert_ne!(handle(&first), handle(&second));
}

#[tokio::test]
async fn the_queues_visibility_timeout_is_used_when_none_is_asked_for() {
    let world = World::new().await;
    let timeout = world.moment().to_string();
    let queue = world
        .queue_with(&[(QueueAttributeName::VisibilityTimeout, &timeout)])
        .await;
    world.send(&queue, "x").await;
    let receive = world.client.receive_message().queue_url(&queue);
    assert_eq!(receive.send().await.unwrap().messages().len(), 1);
    assert!(world.is_empty(&queue).await);
    world.pass(world.moment()).await;
    assert!(!world.is_empty(&queue).await);
}

#[tokio::test]
async fn a_message_received_with_a_timeout_of_zero_stays_visible() {
    let world = World::new().await;
    let queue = world.queue().await;
    world.send(&queue, "x").await;
    // One at a time, not the same one twice in an answer.
    assert_eq!(world.receive(&queue, 0).await.len(), 1);
    assert_eq!(world.receive(&queue, 0).await.len(), 1);
    assert_eq!(world.counts(&queue).await, ["1", "0", "0"]);
}

#[tokio::test]
async fn visibility_zero_makes_it_visible_at_once() {
    let world = World::new().await;
    let queue = world.queue().await;
    world.send(&queue, "x").await;
    let held = world.receive_one(&queue, 300).await;
    assert!(world.is_empty(&queue).await);
    change(&world, &queue, &held, 0).await.unwrap();
    assert!(!world.is_empty(&queue).await);
}

#[tokio::test]
async fn a_longer_visibility_counts_from_now_on() {
    let world = World::ours(Storage::Memory).await;
    let queue = world.queue().await;
    world.send(&queue, "x").await;
    let held = world.receive_one(&queue, 30).await;
    world.pass(20).await;
    change(&world, &queue, &held, 60).await.unwrap();
    world.pass(30).await;
    assert!(world.is_empty(&queue).await);
    world.pass(30).await;
    assert!(!world.is_empty(&queue).await);
}

#[tokio::test]
async fn a_message_that_is_visible_again_cannot_be_hidden() {
    let world = World::new().await;
    let queue = world.queue().await;
    if world.differs_elsewhere("ministack hides it again") {
        return;
    }
    world.send(&queue, "x").await;
    let held = world.receive_one(&queue, 1).await;
    world.pass(2).await;
    change(&world, &queue, &held, 60).await.unwrap();
    assert!(!world.is_empty(&queue).await);
}

#[tokio::test]
async fn a_message_that_is_deleted_or_held_by_another_cannot_be_hidden() {
    let world = World::new().await;
    let queue = world.queue().await;
    if world.differs_elsewhere("ministack says ReceiptHandleIsInvalid") {
        return;
    }
    world.send(&queue, "x").await;
    let older = world.receive_one(&queue, 0).await;
    let latest = world.receive_one(&queue, 30).await;
    let refused = change(&world, &queue, &older, 60).await.unwrap_err();
    assert_eq!(refused.code(), Some("InvalidParameterValue"));
    let delete = world.client.delete_message().queue_url(&queue);
    delete.receipt_handle(handle(&latest)).send().await.unwrap();
    let refused = change(&world, &queue, &latest, 60).await.unwrap_err();
    assert_eq!(refused.code(), Some("InvalidParameterValue"));
}

#[tokio::test]
async fn a_message_is_hidden_for_twelve_hours_in_all_at_most() {
    let world = World::ours(Storage::Memory).await;
    let queue = world.queue().await;
    world.send(&queue, "x").await;
    let held = world.receive_one(&queue, 30).await;
    change(&world, &queue, &held, 43_000).await.unwrap();
    world.pass(3_600).await;
    let refused = change(&world, &queue, &held, 43_200).await.unwrap_err();
    assert_eq!(refused.code(), Some("InvalidParameterValue"));
    assert!(
        refused
            .message()
            .unwrap()
            .contains("Total VisibilityTimeout"),
        "{refused:?}"
    );
    change(&world, &queue, &held, 39_000).await.unwrap();
}

#[tokio::test]
async fn a_visibility_out_of_range_is_refused() {
    let world = World::new().await;
    let queue = world.queue().await;
    if world.differs_elsewhere("ministack takes any number") {
        return;
    }
    world.send(&queue, "x").await;
    let held = world.receive_one(&queue, 30).await;
    for seconds in [-1, 43_201] {
        let refused = change(&world, &queue, &held, seconds).await.unwrap_err();
        assert_eq!(refused.code(), Some("InvalidParameterValue"));
    }
    let missing = world.client.change_message_visibility().queue_url(&queue);
    let missing = missing.receipt_handle(handle(&held)).send().await;
    assert_eq!(missing.unwrap_err().code(), Some("MissingParameter"));
}

#[tokio::test]
async fn the_visibility_of_several_is_changed_each_with_its_own_outcome() {
    let world = World::new().await;
    let queue = world.queue().await;
    world.send(&queue, "a").await;
    world.send(&queue, "b").await;
    let held = world.receive(&queue, 300).await;
    let [a, b] = &held[..] else {
        panic!("{held:?}")
    };
    let entry = |id, handle, seconds| {
        let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id(id);
        entry
            .receipt_handle(handle)
            .visibility_timeout(seconds)
            .build()
            .unwrap()
    };
    let result = world
        .client
        .change_message_visibility_batch()
        .queue_url(&queue)
        .entries(entry("visible", handle(a), 0))
        .entries(entry("hidden", handle(b), 600))
        .entries(entry("wrong", "nonsense", 0))
        .send()
        .await
        .unwrap();
    let ids: Vec<_> = result
        .successful()
        .iter()
        .map(ChangeMessageVisibilityBatchResultEntry::id)
        .collect();
    assert_eq!(ids, ["visible", "hidden"]);
    let [failed] = result.failed() else {
        panic!("{result:?}")
    };
    assert_eq!(failed.id(), "wrong");
    assert_eq!(failed.code(), "ReceiptHandleIsInvalid");
    assert_eq!(world.counts(&queue).await, ["1", "1", "0"]);
    if world.differs_elsewhere("LocalStack takes the fault upon itself") {
        return;
    }
    assert!(failed.sender_fault());
}

type Refused = aws_sdk_sqs::operation::change_message_visibility::ChangeMessageVisibilityError;

async fn change(
    world: &World,
    queue: &str,
    message: &Message,
    seconds: i32,
) -> Result<(), Refused> {
    let change = world.client.change_message_visibility().queue_url(queue);
    let change = change
        .receipt_handle(handle(message))
        .visibility_timeout(seconds)
        .send()
        .await;
    change.map(drop).map_err(SdkError::into_service_error)
}
