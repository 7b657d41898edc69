//! What a receiver gets.

use std::collections::HashSet;

use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::{MessageAttributeValue, MessageSystemAttributeName as Name};
use local::sqs::Storage;

use super::world::{World, bodies, handle, system};

#[tokio::test]
async fn an_empty_queue_gives_nothing() {
    let world = World::new().await;
    let queue = world.queue().await;
    let received = world
        .client
        .receive_message()
        .queue_url(&queue)
        .send()
        .await
        .unwrap();
    assert_eq!(received.messages(), []);
}

#[tokio::test]
async fn one_message_is_given_unless_more_are_asked_for() {
    let world = World::new().await;
    let queue = world.queue().await;
    for number in 0..12 {
        world.send(&queue, &number.to_string()).await;
    }
    let receive = || world.client.receive_message().queue_url(&queue);
    assert_eq!(receive().send().await.unwrap().messages().len(), 1);
    let ten = receive().max_number_of_messages(10).send().await.unwrap();
    assert_eq!(ten.messages().len(), 10);
    let rest = receive().max_number_of_messages(10).send().await.unwrap();
    assert_eq!(rest.messages().len(), 1);
}

#[tokio::test]
async fn numbers_out_of_range_are_refused() {
    let world = World::new().await;
    let queue = world.queue().await;
    if world.differs_elsewhere("ministack takes some of them") {
        return;
    }
    let receive = || world.client.receive_message().queue_url(&queue);
    for request in [
        receive().max_number_of_messages(0),
        receive().max_number_of_messages(11),
        receive().visibility_timeout(-1),
        receive().visibility_timeout(43_201),
        receive().wait_time_seconds(-1),
        receive().wait_time_seconds(21),
    ] {
        let refused = request.send().await.unwrap_err();
        assert_eq!(refused.code(), Some("InvalidParameterValue"));
    }
}

#[tokio::test]
async fn messages_come_in_the_order_in_which_they_were_sent() {
    let world = World::ours(Storage::Memory).await;
    let queue = world.queue().await;
    for number in 0..10 {
        world.send(&queue, &number.to_string()).await;
    }
    let received = world.receive(&queue, 30).await;
    assert_eq!(
        bodies(&received),
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
    );
}

#[tokio::test]
async fn a_message_tells_when_and_how_often_it_was_received() {
    let world = World::new().await;
    let queue = world.queue().await;
    world.send(&queue, "x").await;
    let first = world.receive_one(&queue, 0).await;
    world.pass(1).await;
    let second = world.receive_one(&queue, 0).await;

    assert_eq!(system(&first, &Name::ApproximateReceiveCount), Some("1"));
    assert_eq!(system(&second, &Name::ApproximateReceiveCount), Some("2"));
    let time = |message, name| system(message, &name).unwrap().parse::<i64>().unwrap();
    for same in [Name::SentTimestamp, Name::ApproximateFirstReceiveTimestamp] {
        assert_eq!(time(&first, same.clone()), time(&second, same));
    }
    let sent_at = time(&first, Name::SentTimestamp);
    assert!(sent_at > 1_700_000_000_000);
    assert!(time(&first, Name::ApproximateFirstReceiveTimestamp) >= sent_at);
    assert!(system(&first, &Name::SenderId).is_some());
    assert_eq!(system(&first, &Name::DeadLetterQueueSourceArn), None);
    assert_eq!(system(&first, &Name::MessageGroupId), None);
}

#[tokio::test]
async fn only_the_system_attributes_asked_for_are_told() {
    let world = World::new().await;
    let queue = world.queue().await;
    world.send(&queue, "x").await;
    let receive = || {
        world
            .client
            .receive_message()
            .queue_url(&queue)
            .visibility_timeout(0)
    };
    let none = receive().send().await.unwrap();
    assert_eq!(none.messages()[0].attributes(), None);
    let one = receive().message_system_attribute_names(Name::SentTimestamp);
    let one = one.send().await.unwrap();
    assert_eq!(one.messages()[0].attributes().unwrap().len(), 1);
    assert!(system(&one.messages()[0], &Name::SentTimestamp).is_some());
    #[expect(deprecated, reason = "older clients still send the older name")]
    let older = receive().attribute_names("ApproximateReceiveCount".into());
    let older = older.send().await.unwrap();
    assert_eq!(
        system(&older.messages()[0], &Name::ApproximateReceiveCount),
        Some("3")
    );

    if world.differs_elsewhere("ministack knows any name") {
        return;
    }
    let unknown = receive()
        .message_system_attribute_names("Colour".into())
        .send()
        .await;
    assert_eq!(unknown.unwrap_err().code(), Some("InvalidAttributeName"));
}

#[tokio::test]
async fn only_the_attributes_asked_for_are_told() {
    let world = World::new().await;
    let queue = world.queue().await;
    let mut send = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("x");
    for name in ["job", "job.kind", "jobs", "other"] {
        let value = MessageAttributeValue::builder()
            .data_type("String")
            .string_value("v");
        send = send.message_attributes(name, value.build().unwrap());
    }
    send.send().await.unwrap();
    for (asked, told) in [
        (&[][..], &[][..]),
        (&["other"], &["other"]),
        (&["job", "nothing"], &["job"]),
        (&["job.*"], &["job", "job.kind", "jobs"]),
        (&["All"], &["job", "job.kind", "jobs", "other"]),
        (&[".*"], &["job", "job.kind", "jobs", "other"]),
    ] {
        let mut receive = world
            .client
            .receive_message()
            .queue_url(&queue)
            .visibility_timeout(0);
        for name in asked {
            receive = receive.message_attribute_names(*name);
        }
        let received = receive.send().await.unwrap();
        let found = received.messages()[0]
            .message_attributes()
            .cloned()
            .unwrap_or_default();
        let mut found: Vec<_> = found.keys().map(String::as_str).collect();
        found.sort_unstable();
        assert_eq!(found, told, "{asked:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_receivers_never_get_the_same_message() {
    const MESSAGES: usize = 100;
    let world = World::new().await;
    let queue = world.queue().await;
    for batch in 0..MESSAGES / 10 {
        let mut send = world.client.send_message_batch().queue_url(&queue);
        for entry in 0..10 {
            let entry = aws_sdk_sqs::types::SendMessageBatchRequestEntry::builder()
                .id(entry.to_string())
                .message_body(format!("{batch}-{entry}"));
            send = send.entries(entry.build().unwrap());
        }
        assert_eq!(send.send().await.unwrap().successful().len(), 10);
    }
    let receivers = (0..8).map(|_| {
        let client = world.client.clone();
        let queue = queue.clone();
        tokio::spawn(async move {
            let mut bodies = Vec::new();
            loop {
                let receive = client
                    .receive_message()
                    .queue_url(&queue)
                    .visibility_timeout(300);
                let received = receive.max_number_of_messages(3).send().await.unwrap();
                if received.messages().is_empty() {
                    return bodies;
                }
                for message in received.messages() {
                    bodies.push(message.body().unwrap().to_owned());
                }
            }
        })
    });
    let mut received = Vec::new();
    for receiver in receivers.collect::<Vec<_>>() {
        received.extend(receiver.await.unwrap());
    }
    assert_eq!(received.len(), MESSAGES);
    assert_eq!(received.into_iter().collect::<HashSet<_>>().len(), MESSAGES);
}

#[tokio::test]
async fn a_deleted_message_does_not_come_back() {
    let world = World::new().await;
    let queue = world.queue().await;
    world.send(&queue, "x").await;
    let received = world.receive_one(&queue, 1).await;
    let delete = || {
        let delete = world.client.delete_message().queue_url(&queue);
        delete.receipt_handle(handle(&received)).send()
    };
    delete().await.unwrap();
    world.pass(2).await;
    assert!(world.is_empty(&queue).await);
    if world.differs_elsewhere("ministack forgets the handle of a deleted message") {
        return;
    }
    // Again, for the answer may have been lost.
    delete().await.unwrap();
}

#[tokio::test]
async fn a_message_can_be_deleted_after_its_visibility_timeout() {
    let world = World::new().await;
    let queue = world.queue().await;
    world.send(&queue, "x").await;
    let received = world.receive_one(&queue, 1).await;
    world.pass(2).await;
    let delete = world.client.delete_message().queue_url(&queue);
    delete
        .receipt_handle(handle(&received))
        .send()
        .await
        .unwrap();
    assert!(world.is_empty(&queue).await);
}

#[tokio::test]
async fn an_older_handle_deletes_nothing_and_is_no_error() {
    let world = World::ours(Storage::Memory).await;
    let queue = world.queue().await;
    world.send(&queue, "x").await;
    let older = world.receive_one(&queue, 0).await;
    let latest = world.receive_one(&queue, 0).await;
    let delete = |message| {
        let delete = world.client.delete_message().queue_url(&queue);
        delete.receipt_handle(handle(message)).send()
    };
    delete(&older).await.unwrap();
    assert_eq!(world.counts(&queue).await, ["1", "0", "0"]);
    delete(&latest).await.unwrap();
    assert_eq!(world.counts(&queue).await, ["0", "0", "0"]);
}

#[tokio::test]
async fn a_handle_that_this_queue_did_not_give_is_refused() {
    let world = World::new().await;
    let [queue, other] = [world.queue().await, world.queue().await];
    world.send(&other, "x").await;
    let foreign = world.receive_one(&other, 30).await;
    for handle in [handle(&foreign), "nonsense", "AQ=="] {
        let delete = world
            .client
            .delete_message()
            .queue_url(&queue)
            .receipt_handle(handle);
        let refused = delete.send().await.unwrap_err().into_service_error();
        assert!(refused.is_receipt_handle_is_invalid());
        let change = world.client.change_message_visibility().queue_url(&queue);
        let change = change.receipt_handle(handle).visibility_timeout(0);
        let refused = change.send().await.unwrap_err().into_service_error();
        assert!(refused.is_receipt_handle_is_invalid());
    }
    if world.differs_elsewhere("LocalStack answers with an internal error") {
        return;
    }
    let missing = world.client.delete_message().queue_url(&queue).send().await;
    assert_eq!(missing.unwrap_err().code(), Some("MissingParameter"));
}
