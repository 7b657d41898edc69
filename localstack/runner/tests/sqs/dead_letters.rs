//! Messages that were received too often.

use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::QueueAttributeName::{self, MessageRetentionPeriod, RedrivePolicy};
use aws_sdk_sqs::types::{MessageAttributeValue, MessageSystemAttributeName as Name};
use local::sqs::Storage;

use super::world::{World, name, system};

#[tokio::test]
async fn the_eleventh_receive_moves_it_to_the_dead_letter_queue() {
    let world = World::new().await;
    let dead_letters = world.queue().await;
    let queue = world.queue_with_dead_letters(&dead_letters, 10).await;
    world.send(&queue, "poison").await;
    for count in 1..=10 {
        let received = world.receive_one(&queue, 0).await;
        let said = system(&received, &Name::ApproximateReceiveCount);
        assert_eq!(said, Some(count.to_string().as_str()));
    }
    assert!(world.is_empty(&dead_letters).await);
    assert!(world.is_empty(&queue).await);
    assert_eq!(world.counts(&queue).await, ["0", "0", "0"]);
    assert_eq!(
        world.receive_one(&dead_letters, 30).await.body(),
        Some("poison")
    );
}

#[tokio::test]
async fn a_dead_letter_stays_what_it_was() {
    let world = World::new().await;
    let dead_letters = world.queue().await;
    let queue = world.queue_with_dead_letters(&dead_letters, 1).await;
    let value = MessageAttributeValue::builder()
        .data_type("String")
        .string_value("v");
    let send = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("poison");
    let send = send
        .message_attributes("n", value.build().unwrap())
        .message_group_id("group");
    send.send().await.unwrap();
    let alive = world.receive_one(&queue, 0).await;
    assert!(world.is_empty(&queue).await);

    let dead = world.receive_one(&dead_letters, 30).await;
    assert_eq!(dead.message_id(), alive.message_id());
    assert_eq!(dead.body(), alive.body());
    assert_eq!(dead.message_attributes(), alive.message_attributes());
    assert_eq!(
        dead.md5_of_message_attributes(),
        alive.md5_of_message_attributes()
    );
    for same in [Name::SentTimestamp, Name::MessageGroupId] {
        assert_eq!(system(&dead, &same), system(&alive, &same));
    }
    let arn = world.attribute(&queue, QueueAttributeName::QueueArn).await;
    assert_eq!(
        system(&dead, &Name::DeadLetterQueueSourceArn),
        Some(arn.as_str())
    );
}

#[tokio::test]
async fn receives_are_counted_across_queues() {
    let world = World::ours(Storage::Memory).await;
    let dead_letters = world.queue().await;
    let queue = world.queue_with_dead_letters(&dead_letters, 2).await;
    world.send(&queue, "poison").await;
    for _ in 0..2 {
        world.receive_one(&queue, 0).await;
    }
    assert!(world.is_empty(&queue).await);
    let dead = world.receive_one(&dead_letters, 0).await;
    assert_eq!(system(&dead, &Name::ApproximateReceiveCount), Some("3"));
}

#[tokio::test]
async fn a_message_behind_a_poisonous_one_is_received_all_the_same() {
    let world = World::new().await;
    let dead_letters = world.queue().await;
    let queue = world.queue_with_dead_letters(&dead_letters, 1).await;
    for _ in 0..3 {
        world.send(&queue, "poison").await;
    }
    assert_eq!(world.receive(&queue, 0).await.len(), 3);
    world.send(&queue, "sound").await;
    let receive = world
        .client
        .receive_message()
        .queue_url(&queue)
        .max_number_of_messages(1);
    let received = receive.send().await.unwrap();
    assert_eq!(received.messages()[0].body(), Some("sound"));
    assert_eq!(world.receive(&dead_letters, 30).await.len(), 3);
}

#[tokio::test]
async fn a_dead_letter_is_as_old_as_it_is() {
    let world = World::ours(Storage::Memory).await;
    let dead_letters = world.queue_with(&[(MessageRetentionPeriod, "100")]).await;
    let queue = world.queue_with_dead_letters(&dead_letters, 1).await;
    world.send(&queue, "poison").await;
    world.receive_one(&queue, 0).await;
    world.pass(60).await;
    assert!(world.is_empty(&queue).await);
    assert_eq!(world.counts(&dead_letters).await, ["1", "0", "0"]);
    world.pass(40).await;
    assert_eq!(world.counts(&dead_letters).await, ["0", "0", "0"]);
}

#[tokio::test]
async fn without_its_dead_letter_queue_a_queue_keeps_its_messages() {
    let world = World::new().await;
    let dead_letters = world.queue().await;
    let queue = world.queue_with_dead_letters(&dead_letters, 1).await;
    world
        .client
        .delete_queue()
        .queue_url(&dead_letters)
        .send()
        .await
        .unwrap();
    if world.differs_elsewhere("LocalStack then refuses to receive") {
        return;
    }
    world.send(&queue, "poison").await;
    for _ in 0..3 {
        world.receive_one(&queue, 0).await;
    }
}

#[tokio::test]
async fn a_redrive_policy_can_be_taken_away() {
    let world = World::new().await;
    let dead_letters = world.queue().await;
    let queue = world.queue_with_dead_letters(&dead_letters, 1).await;
    assert!(
        world
            .attribute(&queue, RedrivePolicy)
            .await
            .contains("deadLetterTargetArn")
    );
    let set = world
        .client
        .set_queue_attributes()
        .queue_url(&queue)
        .attributes(RedrivePolicy, "");
    set.send().await.unwrap();
    world.send(&queue, "x").await;
    for _ in 0..3 {
        world.receive_one(&queue, 0).await;
    }
    assert_eq!(world.attributes(&queue).await.get(&RedrivePolicy), None);
}

#[tokio::test]
async fn a_redrive_policy_that_cannot_work_is_refused() {
    let world = World::new().await;
    let dead_letters = world.queue().await;
    let arn = world
        .attribute(&dead_letters, QueueAttributeName::QueueArn)
        .await;
    if world.differs_elsewhere("ministack says InvalidAttributeValue") {
        return;
    }
    let missing = format!("{arn}-missing");
    for policy in [
        "[]",
        r#"{"maxReceiveCount":3}"#,
        &format!(r#"{{"deadLetterTargetArn":"{arn}"}}"#),
        &format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":0}}"#),
        &format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":1001}}"#),
        &format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":"many"}}"#),
        &format!(r#"{{"deadLetterTargetArn":"{missing}","maxReceiveCount":3}}"#),
        r#"{"deadLetterTargetArn":"jobs-dead","maxReceiveCount":3}"#,
    ] {
        let make = world.client.create_queue().queue_name(name());
        let refused = make
            .attributes(RedrivePolicy, policy)
            .send()
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Some("InvalidParameterValue"), "{policy}");
        assert!(
            refused
                .message()
                .unwrap()
                .contains("RedrivePolicy is invalid"),
            "{refused:?}"
        );
    }
    let text = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":"5"}}"#);
    world.queue_with(&[(RedrivePolicy, &text)]).await;
}
