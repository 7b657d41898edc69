//! Several messages in one request.

use aws_sdk_sqs::types::{
    BatchResultErrorEntry, DeleteMessageBatchRequestEntry, SendMessageBatchRequestEntry,
    SendMessageBatchResultEntry,
};

use super::world::{World, bodies, handle};

#[tokio::test]
async fn each_entry_of_a_batch_has_its_own_outcome() {
    let world = World::new().await;
    let queue = world.queue().await;
    if world.differs_elsewhere("ministack takes any delay") {
        return;
    }
    let sent = world
        .client
        .send_message_batch()
        .queue_url(&queue)
        .entries(entry("a", "first"))
        .entries(entry("b", "\u{1}"))
        .entries(
            SendMessageBatchRequestEntry::builder()
                .id("c")
                .message_body("late")
                .delay_seconds(901)
                .build()
                .unwrap(),
        )
        .entries(entry("d", "second"))
        .send()
        .await
        .unwrap();
    let ids: Vec<_> = sent
        .successful()
        .iter()
        .map(SendMessageBatchResultEntry::id)
        .collect();
    assert_eq!(ids, ["a", "d"]);
    let failed: Vec<_> = sent
        .failed()
        .iter()
        .map(|entry| (entry.id(), entry.code()))
        .collect();
    assert_eq!(
        failed,
        [
            ("b", "InvalidMessageContents"),
            ("c", "InvalidParameterValue")
        ]
    );
    assert!(
        sent.failed()
            .iter()
            .all(BatchResultErrorEntry::sender_fault)
    );
    assert_eq!(
        bodies(&world.receive(&queue, 30).await),
        ["first", "second"]
    );
}

#[tokio::test]
async fn ten_messages_are_sent_received_and_deleted_together() {
    let world = World::new().await;
    let queue = world.queue().await;
    let mut send = world.client.send_message_batch().queue_url(&queue);
    for number in 0..10 {
        send = send.entries(entry(&format!("id_{number}-x"), &number.to_string()));
    }
    let sent = send.send().await.unwrap();
    assert_eq!((sent.successful().len(), sent.failed().len()), (10, 0));

    let received = world.receive(&queue, 30).await;
    assert_eq!(received.len(), 10);
    let mut delete = world.client.delete_message_batch().queue_url(&queue);
    for (number, message) in received.iter().enumerate() {
        delete = delete.entries(delete_entry(&number.to_string(), handle(message)));
    }
    let deleted = delete.send().await.unwrap();
    assert_eq!(
        (deleted.successful().len(), deleted.failed().len()),
        (10, 0)
    );
    assert_eq!(world.counts(&queue).await, ["0", "0", "0"]);
}

#[tokio::test]
async fn a_wrong_handle_fails_alone() {
    let world = World::new().await;
    let queue = world.queue().await;
    world.send(&queue, "x").await;
    let held = world.receive_one(&queue, 30).await;
    let delete = world.client.delete_message_batch().queue_url(&queue);
    let delete = delete.entries(delete_entry("wrong", "nonsense"));
    let deleted = delete
        .entries(delete_entry("right", handle(&held)))
        .send()
        .await
        .unwrap();
    assert_eq!(deleted.successful()[0].id(), "right");
    assert_eq!(world.counts(&queue).await, ["0", "0", "0"]);
    assert_eq!(deleted.failed()[0].id(), "wrong");
    assert_eq!(deleted.failed()[0].code(), "ReceiptHandleIsInvalid");
}

#[tokio::test]
async fn an_empty_batch_is_refused() {
    let world = World::new().await;
    let queue = world.queue().await;
    let client = &world.client;
    let send = client
        .send_message_batch()
        .queue_url(&queue)
        .set_entries(Some(vec![]));
    let refused = send.send().await.unwrap_err().into_service_error();
    assert!(refused.is_empty_batch_request());
    let delete = client
        .delete_message_batch()
        .queue_url(&queue)
        .set_entries(Some(vec![]));
    let refused = delete.send().await.unwrap_err().into_service_error();
    assert!(refused.is_empty_batch_request());
    let change = client.change_message_visibility_batch().queue_url(&queue);
    let refused = change
        .set_entries(Some(vec![]))
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(refused.is_empty_batch_request());
}

#[tokio::test]
async fn a_batch_of_eleven_is_refused() {
    let world = World::new().await;
    let queue = world.queue().await;
    let mut send = world.client.send_message_batch().queue_url(&queue);
    let mut delete = world.client.delete_message_batch().queue_url(&queue);
    for number in 0..11 {
        send = send.entries(entry(&number.to_string(), "x"));
        delete = delete.entries(delete_entry(&number.to_string(), "x"));
    }
    let refused = send.send().await.unwrap_err().into_service_error();
    assert!(refused.is_too_many_entries_in_batch_request());
    let refused = delete.send().await.unwrap_err().into_service_error();
    assert!(refused.is_too_many_entries_in_batch_request());
    assert!(world.is_empty(&queue).await);
}

#[tokio::test]
async fn a_batch_with_an_id_twice_is_refused() {
    let world = World::new().await;
    let queue = world.queue().await;
    let send = world.client.send_message_batch().queue_url(&queue);
    let send = send.entries(entry("a", "x")).entries(entry("a", "y"));
    let refused = send.send().await.unwrap_err().into_service_error();
    assert!(refused.is_batch_entry_ids_not_distinct());
    assert!(world.is_empty(&queue).await);
}

#[tokio::test]
async fn a_batch_with_an_id_that_is_none_is_refused() {
    let world = World::new().await;
    let queue = world.queue().await;
    if world.differs_elsewhere("LocalStack takes letters of any alphabet") {
        return;
    }
    for id in ["", "a b", "a.b", "ä", &"a".repeat(81)] {
        let send = world
            .client
            .send_message_batch()
            .queue_url(&queue)
            .entries(entry(id, "x"));
        let refused = send.send().await.unwrap_err().into_service_error();
        assert!(refused.is_invalid_batch_entry_id(), "{id:?}");
    }
    assert!(world.is_empty(&queue).await);
}

#[tokio::test]
async fn a_batch_of_a_mebibyte_is_taken_and_a_longer_one_is_not() {
    let world = World::new().await;
    let queue = world.queue().await;
    let half = "a".repeat(524_288);
    let send = |last: &str| {
        let send = world.client.send_message_batch().queue_url(&queue);
        send.entries(entry("a", &half))
            .entries(entry("b", last))
            .send()
    };
    assert_eq!(send(&half).await.unwrap().successful().len(), 2);
    let refused = send(&format!("{half}a"))
        .await
        .unwrap_err()
        .into_service_error();
    assert!(refused.is_batch_request_too_long());
    assert_eq!(world.counts(&queue).await, ["2", "0", "0"]);
}

fn entry(id: &str, body: &str) -> SendMessageBatchRequestEntry {
    SendMessageBatchRequestEntry::builder()
        .id(id)
        .message_body(body)
        .build()
        .unwrap()
}

fn delete_entry(id: &str, handle: &str) -> DeleteMessageBatchRequestEntry {
    let entry = DeleteMessageBatchRequestEntry::builder().id(id);
    entry.receipt_handle(handle).build().unwrap()
}
