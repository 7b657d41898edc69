//! Queues as a whole: making, finding, changing, emptying, removing them.

use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::QueueAttributeName::{
    self, CreatedTimestamp, DelaySeconds, LastModifiedTimestamp, MaximumMessageSize,
    MessageRetentionPeriod, QueueArn, ReceiveMessageWaitTimeSeconds, RedrivePolicy,
    VisibilityTimeout,
};
use local::sqs::Storage;

use super::world::{World, handle, name};

#[tokio::test]
async fn a_queue_is_found_by_its_name() {
    let world = World::new().await;
    let name = name();
    let created = world
        .client
        .create_queue()
        .queue_name(&name)
        .send()
        .await
        .unwrap();
    let found = world
        .client
        .get_queue_url()
        .queue_name(&name)
        .send()
        .await
        .unwrap();
    assert_eq!(found.queue_url(), created.queue_url());
    assert!(
        created
            .queue_url()
            .unwrap()
            .ends_with(&format!("/000000000000/{name}"))
    );
}

#[tokio::test]
async fn a_queue_that_does_not_exist_is_said_not_to() {
    let world = World::new().await;
    let existing = world.queue().await;
    let (base, _) = existing.rsplit_once('/').unwrap();
    let url = format!("{base}/{}", name());
    let client = &world.client;

    let found = client.get_queue_url().queue_name(name()).send().await;
    assert!(
        found
            .unwrap_err()
            .into_service_error()
            .is_queue_does_not_exist()
    );
    let sent = client
        .send_message()
        .queue_url(&url)
        .message_body("x")
        .send()
        .await;
    assert!(
        sent.unwrap_err()
            .into_service_error()
            .is_queue_does_not_exist()
    );
    let received = client
        .receive_message()
        .queue_url(&url)
        .wait_time_seconds(1)
        .send()
        .await;
    assert!(
        received
            .unwrap_err()
            .into_service_error()
            .is_queue_does_not_exist()
    );
    let deleted = client
        .delete_message()
        .queue_url(&url)
        .receipt_handle("x")
        .send()
        .await;
    assert!(
        deleted
            .unwrap_err()
            .into_service_error()
            .is_queue_does_not_exist()
    );
    let changed = client
        .change_message_visibility()
        .queue_url(&url)
        .receipt_handle("x");
    let changed = changed.visibility_timeout(0).send().await;
    assert!(
        changed
            .unwrap_err()
            .into_service_error()
            .is_queue_does_not_exist()
    );
    let asked = client.get_queue_attributes().queue_url(&url).send().await;
    assert!(
        asked
            .unwrap_err()
            .into_service_error()
            .is_queue_does_not_exist()
    );
    let set = client
        .set_queue_attributes()
        .queue_url(&url)
        .attributes(DelaySeconds, "1");
    assert!(
        set.send()
            .await
            .unwrap_err()
            .into_service_error()
            .is_queue_does_not_exist()
    );
    let purged = client.purge_queue().queue_url(&url).send().await;
    assert!(
        purged
            .unwrap_err()
            .into_service_error()
            .is_queue_does_not_exist()
    );
    let removed = client.delete_queue().queue_url(&url).send().await;
    assert!(
        removed
            .unwrap_err()
            .into_service_error()
            .is_queue_does_not_exist()
    );
}

#[tokio::test]
async fn a_queue_is_made_once_however_often_it_is_asked_for() {
    let world = World::new().await;
    let name = name();
    let make = || {
        world
            .client
            .create_queue()
            .queue_name(&name)
            .attributes(DelaySeconds, "7")
    };
    let first = make().send().await.unwrap();
    world.send(first.queue_url().unwrap(), "kept").await;
    let second = make().send().await.unwrap();
    assert_eq!(first.queue_url(), second.queue_url());
    assert_eq!(
        world.counts(second.queue_url().unwrap()).await,
        ["0", "0", "1"]
    );
    // What is not said is not compared.
    let third = world
        .client
        .create_queue()
        .queue_name(&name)
        .send()
        .await
        .unwrap();
    assert_eq!(first.queue_url(), third.queue_url());
    world
        .client
        .delete_queue()
        .queue_url(first.queue_url().unwrap())
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_queue_that_exists_with_another_attribute_is_not_made() {
    let world = World::new().await;
    let name = name();
    let make = |delay| {
        world
            .client
            .create_queue()
            .queue_name(&name)
            .attributes(DelaySeconds, delay)
    };
    make("7").send().await.unwrap();
    let refused = make("8").send().await.unwrap_err().into_service_error();
    assert!(refused.is_queue_name_exists());
    assert!(
        refused.message().unwrap().contains("DelaySeconds"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_name_that_no_queue_may_have_is_refused() {
    let world = World::new().await;
    if world.differs_elsewhere("ministack takes any name") {
        return;
    }
    let too_long = "a".repeat(81);
    for name in ["a b", "a.b", "ä", "a/b", &too_long] {
        let refused = world
            .client
            .create_queue()
            .queue_name(name)
            .send()
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Some("InvalidParameterValue"), "{name}");
    }
    world
        .client
        .create_queue()
        .queue_name("a".repeat(80))
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_fifo_queue_is_refused_in_clear_words() {
    let world = World::ours(Storage::Memory).await;
    let request = world.client.create_queue().queue_name("jobs.fifo");
    let request = request.attributes(QueueAttributeName::FifoQueue, "true");
    let refused = request.send().await.unwrap_err().into_service_error();
    assert!(refused.is_unsupported_operation());
    assert!(
        refused
            .message()
            .unwrap()
            .contains("FIFO queues are not supported")
    );
}

#[tokio::test]
async fn a_deleted_queue_is_gone_with_its_messages() {
    let world = World::new().await;
    let name = name();
    let make = || world.client.create_queue().queue_name(&name);
    let queue = make().send().await.unwrap().queue_url.unwrap();
    world.send(&queue, "gone").await;
    world
        .client
        .delete_queue()
        .queue_url(&queue)
        .send()
        .await
        .unwrap();
    let sent = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("x")
        .send()
        .await;
    assert!(
        sent.unwrap_err()
            .into_service_error()
            .is_queue_does_not_exist()
    );
    make().send().await.unwrap();
    assert!(world.is_empty(&queue).await);
}

#[tokio::test]
async fn queues_are_listed_by_prefix_a_page_at_a_time() {
    let world = World::new().await;
    let prefix = name();
    for suffix in ["a", "b", "c"] {
        let name = format!("{prefix}-{suffix}");
        world
            .client
            .create_queue()
            .queue_name(name)
            .send()
            .await
            .unwrap();
    }
    let list = || world.client.list_queues().queue_name_prefix(&prefix);
    let all = list().send().await.unwrap();
    assert_eq!(all.queue_urls().len(), 3);
    assert_eq!(all.next_token(), None);

    let first = list().max_results(2).send().await.unwrap();
    assert_eq!(first.queue_urls().len(), 2);
    let token = first.next_token().unwrap();
    let second = list()
        .max_results(2)
        .next_token(token)
        .send()
        .await
        .unwrap();
    assert_eq!(second.next_token(), None);
    assert_eq!(
        [first.queue_urls(), second.queue_urls()].concat(),
        all.queue_urls()
    );

    let none = world
        .client
        .list_queues()
        .queue_name_prefix(name())
        .send()
        .await
        .unwrap();
    assert_eq!(none.queue_urls().len(), 0);
}

#[tokio::test]
async fn a_new_queue_has_the_attributes_that_aws_gives_it() {
    let world = World::new().await;
    let queue = world.queue().await;
    let attributes = world.attributes(&queue).await;
    assert_eq!(attributes[&VisibilityTimeout], "30");
    assert_eq!(attributes[&DelaySeconds], "0");
    assert_eq!(attributes[&MessageRetentionPeriod], "345600");
    assert_eq!(attributes[&ReceiveMessageWaitTimeSeconds], "0");
    assert_eq!(attributes.get(&RedrivePolicy), None);
    let (_, name) = queue.rsplit_once('/').unwrap();
    assert_eq!(
        attributes[&QueueArn],
        format!("arn:aws:sqs:us-east-1:000000000000:{name}")
    );
    assert!(attributes[&CreatedTimestamp].parse::<u64>().unwrap() > 1_700_000_000);
    assert_eq!(
        attributes[&CreatedTimestamp],
        attributes[&LastModifiedTimestamp]
    );
    assert_eq!(attributes[&MaximumMessageSize], "1048576");
}

#[tokio::test]
async fn only_the_attributes_asked_for_are_told() {
    let world = World::new().await;
    let queue = world.queue().await;
    let ask = || world.client.get_queue_attributes().queue_url(&queue);
    let one = ask()
        .attribute_names(DelaySeconds)
        .send()
        .await
        .unwrap()
        .attributes
        .unwrap();
    assert_eq!(one.len(), 1);
    assert_eq!(one[&DelaySeconds], "0");
    if world.differs_elsewhere("ministack tells all when none is asked for, and knows any name") {
        return;
    }
    let none = ask().send().await.unwrap().attributes.unwrap_or_default();
    assert_eq!(none.len(), 0);
    let unknown = ask()
        .attribute_names("Colour".into())
        .send()
        .await
        .unwrap_err();
    assert!(unknown.into_service_error().is_invalid_attribute_name());
}

#[tokio::test]
async fn attributes_can_be_changed() {
    let world = World::new().await;
    let queue = world.queue().await;
    let changes = [
        (VisibilityTimeout, "43200"),
        (DelaySeconds, "900"),
        (MessageRetentionPeriod, "1209600"),
        (ReceiveMessageWaitTimeSeconds, "20"),
        (MaximumMessageSize, "1024"),
    ];
    let mut request = world.client.set_queue_attributes().queue_url(&queue);
    for (name, value) in &changes {
        request = request.attributes(name.clone(), *value);
    }
    request.send().await.unwrap();
    let attributes = world.attributes(&queue).await;
    for (name, value) in changes {
        assert_eq!(attributes[&name], value);
    }
}

#[tokio::test]
async fn an_attribute_out_of_its_range_is_refused() {
    let world = World::new().await;
    let queue = world.queue().await;
    if world.differs_elsewhere("LocalStack takes some of them") {
        return;
    }
    for (attribute, value) in [
        (VisibilityTimeout, "-1"),
        (VisibilityTimeout, "43201"),
        (VisibilityTimeout, "ten"),
        (DelaySeconds, "901"),
        (MessageRetentionPeriod, "59"),
        (MessageRetentionPeriod, "1209601"),
        (ReceiveMessageWaitTimeSeconds, "21"),
        (MaximumMessageSize, "1023"),
        (MaximumMessageSize, "1048577"),
        (MaximumMessageSize, ""),
    ] {
        let set = world.client.set_queue_attributes().queue_url(&queue);
        let refused = set
            .attributes(attribute.clone(), value)
            .send()
            .await
            .unwrap_err();
        assert!(
            refused.into_service_error().is_invalid_attribute_value(),
            "{attribute} {value}"
        );
        let made = world.client.create_queue().queue_name(name());
        let refused = made
            .attributes(attribute.clone(), value)
            .send()
            .await
            .unwrap_err();
        assert!(
            refused.into_service_error().is_invalid_attribute_value(),
            "{attribute} {value}"
        );
    }
    assert_eq!(world.attribute(&queue, VisibilityTimeout).await, "30");
}

#[tokio::test]
async fn an_attribute_that_no_queue_has_is_refused() {
    let world = World::new().await;
    let queue = world.queue().await;
    if world.differs_elsewhere("ministack keeps attributes of any name") {
        return;
    }
    let set = world.client.set_queue_attributes().queue_url(&queue);
    let refused = set
        .attributes("Colour".into(), "red")
        .send()
        .await
        .unwrap_err();
    assert!(refused.into_service_error().is_invalid_attribute_name());
}

#[tokio::test]
async fn an_attribute_without_an_effect_here_is_refused() {
    let world = World::ours(Storage::Memory).await;
    let made = world.client.create_queue().queue_name(name());
    let refused = made
        .attributes(QueueAttributeName::KmsMasterKeyId, "k")
        .send()
        .await;
    assert!(
        refused
            .unwrap_err()
            .into_service_error()
            .is_unsupported_operation()
    );
}

#[tokio::test]
async fn a_queue_counts_what_is_visible_in_flight_and_delayed() {
    let world = World::new().await;
    let queue = world.queue().await;
    for _ in 0..3 {
        world.send(&queue, "visible").await;
    }
    let delayed = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("delayed");
    delayed.delay_seconds(900).send().await.unwrap();
    assert_eq!(world.counts(&queue).await, ["3", "0", "1"]);

    let receive = world
        .client
        .receive_message()
        .queue_url(&queue)
        .max_number_of_messages(2);
    let received = receive.send().await.unwrap();
    let [held, given_back] = received.messages() else {
        panic!("{received:?}")
    };
    assert_eq!(world.counts(&queue).await, ["1", "2", "1"]);

    let change = world.client.change_message_visibility().queue_url(&queue);
    let change = change
        .receipt_handle(handle(given_back))
        .visibility_timeout(0);
    change.send().await.unwrap();
    assert_eq!(world.counts(&queue).await, ["2", "1", "1"]);

    let delete = world.client.delete_message().queue_url(&queue);
    delete.receipt_handle(handle(held)).send().await.unwrap();
    assert_eq!(world.counts(&queue).await, ["2", "0", "1"]);
}

#[tokio::test]
async fn a_purged_queue_has_no_messages() {
    let world = World::new().await;
    let queue = world.queue().await;
    world.send(&queue, "in flight").await;
    world.receive_one(&queue, 30).await;
    world.send(&queue, "visible").await;
    let delayed = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("delayed");
    delayed.delay_seconds(900).send().await.unwrap();
    world
        .client
        .purge_queue()
        .queue_url(&queue)
        .send()
        .await
        .unwrap();
    assert_eq!(world.counts(&queue).await, ["0", "0", "0"]);
}

#[tokio::test]
async fn a_queue_carries_tags() {
    let world = World::new().await;
    let name = name();
    let made = world
        .client
        .create_queue()
        .queue_name(name)
        .tags("a", "1")
        .send()
        .await
        .unwrap();
    let queue = made.queue_url().unwrap();
    let tag = world
        .client
        .tag_queue()
        .queue_url(queue)
        .tags("a", "2")
        .tags("b", "3");
    tag.send().await.unwrap();
    let untag = world.client.untag_queue().queue_url(queue).tag_keys("b");
    untag.send().await.unwrap();
    let tags = world
        .client
        .list_queue_tags()
        .queue_url(queue)
        .send()
        .await
        .unwrap();
    let tags = tags.tags().unwrap();
    assert_eq!(tags.len(), 1);
    assert_eq!(tags["a"], "2");
}
