//! What can be sent, and that it arrives as it was sent.

use std::collections::HashSet;

use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::primitives::Blob;
use aws_sdk_sqs::types::{
    MessageAttributeValue, MessageSystemAttributeName, MessageSystemAttributeNameForSends,
    MessageSystemAttributeValue, QueueAttributeName,
};
use local::sqs::Storage;

use super::world::{World, bodies, handle, system};

const MESSAGE_BYTES_MAX: usize = 1_048_576;

#[tokio::test]
async fn a_message_arrives_as_it_was_sent() {
    let world = World::new().await;
    let queue = world.queue().await;
    let body = "{\"text\":\"hello \\u0000\"}\t\r\n ünï \u{1F980} \u{E000}\u{FFFD}<&>";
    let send = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body(body);
    let sent = send.send().await.unwrap();
    let received = world.receive_one(&queue, 30).await;
    assert_eq!(received.body(), Some(body));
    assert_eq!(received.message_id(), sent.message_id());
    assert_eq!(received.md5_of_body(), sent.md5_of_message_body());
    assert_eq!(received.message_attributes(), None);
    assert_eq!(received.md5_of_message_attributes(), None);
}

#[tokio::test]
async fn each_message_has_an_id_of_its_own() {
    let world = World::new().await;
    let queue = world.queue().await;
    let mut ids = HashSet::new();
    for _ in 0..5 {
        let send = world
            .client
            .send_message()
            .queue_url(&queue)
            .message_body("same");
        ids.insert(send.send().await.unwrap().message_id.unwrap());
    }
    assert_eq!(ids.len(), 5);
}

#[tokio::test]
async fn the_sum_of_the_body_is_its_md5() {
    let world = World::new().await;
    let queue = world.queue().await;
    let send = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("hello");
    let sent = send.send().await.unwrap();
    assert_eq!(
        sent.md5_of_message_body(),
        Some("5d41402abc4b2a76b9719d911017c592")
    );
}

/// The expected sums were computed by another program from the published description.
#[tokio::test]
async fn attributes_arrive_with_the_right_sums() {
    let world = World::new().await;
    let queue = world.queue().await;
    let attributes = [
        ("job.kind", text("String", "scan")),
        ("job.size", text("Number.int", "42")),
        ("digest", binary(&[0, 1, 255])),
    ];
    let mut send = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("x");
    for (name, value) in attributes.clone() {
        send = send.message_attributes(name, value);
    }
    let sent = send.send().await.unwrap();
    let all = "055f7c9b5adb093973fea0d241fb0a29";
    assert_eq!(sent.md5_of_message_attributes(), Some(all));

    let received = world.receive_one(&queue, 0).await;
    assert_eq!(received.md5_of_message_attributes(), Some(all));
    let found = received.message_attributes().unwrap();
    assert_eq!(found.len(), 3);
    for (name, value) in attributes {
        assert_eq!(found[name], value);
    }

    let receive = world
        .client
        .receive_message()
        .queue_url(&queue)
        .visibility_timeout(0);
    let some = receive
        .message_attribute_names("job.*")
        .send()
        .await
        .unwrap();
    let some = &some.messages()[0];
    assert_eq!(some.message_attributes().unwrap().len(), 2);
    assert_eq!(
        some.md5_of_message_attributes(),
        Some("cf08d3718c94efde199448202b1ad208")
    );
}

#[tokio::test]
async fn a_trace_header_arrives() {
    let world = World::new().await;
    let queue = world.queue().await;
    let header = "Root=1-5759e988-bd862e3fe1be46a994272793";
    let value = MessageSystemAttributeValue::builder()
        .data_type("String")
        .string_value(header);
    let send = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("x");
    let send = send.message_system_attributes(
        MessageSystemAttributeNameForSends::AwsTraceHeader,
        value.build().unwrap(),
    );
    let sent = send.send().await.unwrap();
    let received = world.receive_one(&queue, 30).await;
    assert_eq!(
        system(&received, &MessageSystemAttributeName::AwsTraceHeader),
        Some(header)
    );
    if !world.differs_elsewhere("ministack gives no sum of system attributes") {
        let sum = sent.md5_of_message_system_attributes();
        assert_eq!(sum, Some("62a56dd927315f2b2e12832b84617ea5"));
    }
}

#[tokio::test]
async fn a_group_is_kept_on_a_standard_queue() {
    let world = World::new().await;
    let queue = world.queue().await;
    let send = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("x");
    send.message_group_id("tenant-1").send().await.unwrap();
    let received = world.receive_one(&queue, 30).await;
    assert_eq!(
        system(&received, &MessageSystemAttributeName::MessageGroupId),
        Some("tenant-1")
    );
}

#[tokio::test]
async fn what_only_a_fifo_queue_has_is_refused() {
    let world = World::new().await;
    let queue = world.queue().await;
    if world.differs_elsewhere("ministack takes it without a word") {
        return;
    }
    let send = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("x");
    let refused = send.message_deduplication_id("1").send().await.unwrap_err();
    assert_eq!(refused.code(), Some("InvalidParameterValue"));
}

#[tokio::test]
async fn a_group_with_a_space_is_refused() {
    let world = World::new().await;
    let queue = world.queue().await;
    if world.differs_elsewhere("ministack checks no group") {
        return;
    }
    for group in ["a b", "", &"g".repeat(129)] {
        let send = world
            .client
            .send_message()
            .queue_url(&queue)
            .message_body("x");
        let refused = send.message_group_id(group).send().await.unwrap_err();
        assert_eq!(refused.code(), Some("InvalidParameterValue"), "{group:?}");
    }
}

#[tokio::test]
async fn a_message_of_a_mebibyte_is_taken_and_a_longer_one_is_not() {
    let world = World::new().await;
    let queue = world.queue().await;
    let largest = "a".repeat(MESSAGE_BYTES_MAX);
    world.send(&queue, &largest).await;
    let received = world.receive_one(&queue, 30).await;
    assert_eq!(received.body().map(str::len), Some(MESSAGE_BYTES_MAX));

    let send = |body: String| {
        world
            .client
            .send_message()
            .queue_url(&queue)
            .message_body(body)
    };
    let refused = send(largest + "a").send().await.unwrap_err();
    assert_eq!(refused.code(), Some("InvalidParameterValue"));
    assert!(
        refused
            .message()
            .unwrap()
            .contains("must be shorter than 1048576 bytes")
    );

    if world.differs_elsewhere("ministack does not count attributes") {
        return;
    }
    // Bytes count, not characters, and so do names, types and values of attributes.
    let refused = send("ä".repeat(MESSAGE_BYTES_MAX / 2) + "a")
        .send()
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Some("InvalidParameterValue"));
    let attribute = || text("String", "v");
    let room = "n".len() + "String".len() + "v".len();
    let fits = send("a".repeat(MESSAGE_BYTES_MAX - room));
    fits.message_attributes("n", attribute())
        .send()
        .await
        .unwrap();
    let too_long = send("a".repeat(MESSAGE_BYTES_MAX - room + 1));
    let refused = too_long
        .message_attributes("n", attribute())
        .send()
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Some("InvalidParameterValue"));
}

#[tokio::test]
async fn a_queue_may_want_shorter_messages() {
    let world = World::new().await;
    let queue = world
        .queue_with(&[(QueueAttributeName::MaximumMessageSize, "1024")])
        .await;
    world.send(&queue, &"a".repeat(1024)).await;
    let send = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("a".repeat(1025));
    let refused = send.send().await.unwrap_err();
    assert_eq!(refused.code(), Some("InvalidParameterValue"));
    assert!(refused.message().unwrap().contains("1024"), "{refused:?}");
}

#[tokio::test]
async fn characters_that_xml_cannot_carry_are_refused() {
    let world = World::new().await;
    let queue = world.queue().await;
    for body in ["\u{0}", "a\u{8}", "\u{B}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"] {
        let send = world
            .client
            .send_message()
            .queue_url(&queue)
            .message_body(body);
        let refused = send.send().await.unwrap_err().into_service_error();
        assert!(refused.is_invalid_message_contents(), "{body:?}");
    }
    world
        .send(
            &queue,
            "\t\n\r \u{7F}\u{D7FF}\u{E000}\u{FFFD}\u{10000}\u{10FFFF}",
        )
        .await;
}

#[tokio::test]
async fn a_message_without_a_body_is_refused() {
    let world = World::new().await;
    let queue = world.queue().await;
    let empty = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("")
        .send()
        .await;
    assert_eq!(empty.unwrap_err().code(), Some("MissingParameter"));
    if world.differs_elsewhere("LocalStack answers with an internal error") {
        return;
    }
    let missing = world.client.send_message().queue_url(&queue).send().await;
    assert_eq!(missing.unwrap_err().code(), Some("MissingParameter"));
}

#[tokio::test]
async fn attributes_that_aws_would_not_take_are_refused() {
    let world = World::new().await;
    let queue = world.queue().await;
    if world.differs_elsewhere("ministack checks no attributes") {
        return;
    }
    let fine = || text("String", "v");
    let both = MessageAttributeValue::builder()
        .data_type("String")
        .string_value("v")
        .binary_value(Blob::new([1]));
    let too_long = "n".repeat(257);
    for (name, value) in [
        ("", fine()),
        ("a b", fine()),
        (".a", fine()),
        ("a.", fine()),
        ("a..b", fine()),
        ("AWS.a", fine()),
        ("amazon.a", fine()),
        (&too_long, fine()),
        ("n", text("Text", "v")),
        ("n", text("", "v")),
        ("n", text("String", "")),
        ("n", text("Binary", "v")),
        ("n", text("Number", "seven")),
        ("n", text("Number", "inf")),
        ("n", text("Number", &"1".repeat(39))),
        ("n", binary(&[])),
        ("n", both.build().unwrap()),
    ] {
        let send = world
            .client
            .send_message()
            .queue_url(&queue)
            .message_body("x");
        let refused = send
            .message_attributes(name, value.clone())
            .send()
            .await
            .unwrap_err();
        assert_eq!(
            refused.code(),
            Some("InvalidParameterValue"),
            "{name} {value:?}"
        );
    }
    let mut eleven = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("x");
    for number in 0..11 {
        eleven = eleven.message_attributes(format!("n{number}"), fine());
    }
    assert_eq!(
        eleven.send().await.unwrap_err().code(),
        Some("InvalidParameterValue")
    );
    let illegal = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("x");
    let illegal = illegal.message_attributes("n", text("String", "\u{1}"));
    let refused = illegal.send().await.unwrap_err().into_service_error();
    assert!(refused.is_invalid_message_contents());
    assert!(world.is_empty(&queue).await);
}

#[tokio::test]
async fn a_delayed_message_is_hidden_until_its_delay_has_passed() {
    let world = World::new().await;
    let queue = world.queue().await;
    let send = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("later");
    send.delay_seconds(world.moment()).send().await.unwrap();
    assert!(world.is_empty(&queue).await);
    world.pass(world.moment()).await;
    assert_eq!(bodies(&world.receive(&queue, 30).await), ["later"]);
}

#[tokio::test]
async fn a_message_says_otherwise_than_its_queue_how_long_it_is_delayed() {
    let world = World::new().await;
    let queue = world
        .queue_with(&[(QueueAttributeName::DelaySeconds, "900")])
        .await;
    world.send(&queue, "delayed by the queue").await;
    let send = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("at once");
    send.delay_seconds(0).send().await.unwrap();
    assert_eq!(bodies(&world.receive(&queue, 30).await), ["at once"]);
}

#[tokio::test]
async fn a_delay_out_of_range_is_refused() {
    let world = World::new().await;
    let queue = world.queue().await;
    if world.differs_elsewhere("ministack takes any delay") {
        return;
    }
    for delay in [-1, 901] {
        let send = world
            .client
            .send_message()
            .queue_url(&queue)
            .message_body("x");
        let refused = send.delay_seconds(delay).send().await.unwrap_err();
        assert_eq!(refused.code(), Some("InvalidParameterValue"));
    }
}

#[tokio::test]
async fn a_message_vanishes_when_its_queue_has_kept_it_long_enough() {
    let world = World::ours(Storage::Memory).await;
    let queue = world
        .queue_with(&[(QueueAttributeName::MessageRetentionPeriod, "60")])
        .await;
    world.send(&queue, "in flight").await;
    let held = world.receive_one(&queue, 3600).await;
    world.send(&queue, "visible").await;
    world.pass(30).await;
    assert_eq!(world.counts(&queue).await, ["1", "1", "0"]);
    world.pass(30).await;
    assert_eq!(world.counts(&queue).await, ["0", "0", "0"]);
    // To delete it now is no error, to hold on to it is.
    let delete = world.client.delete_message().queue_url(&queue);
    delete.receipt_handle(handle(&held)).send().await.unwrap();
    let change = world.client.change_message_visibility().queue_url(&queue);
    let change = change.receipt_handle(handle(&held)).visibility_timeout(60);
    assert_eq!(
        change.send().await.unwrap_err().code(),
        Some("InvalidParameterValue")
    );
}

fn text(data_type: &str, value: &str) -> MessageAttributeValue {
    let value = MessageAttributeValue::builder()
        .data_type(data_type)
        .string_value(value);
    value.build().unwrap()
}

fn binary(bytes: &[u8]) -> MessageAttributeValue {
    let value = MessageAttributeValue::builder().data_type("Binary");
    value.binary_value(Blob::new(bytes)).build().unwrap()
}
