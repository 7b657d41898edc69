//! Receives that wait for a message.

use std::time::Duration;

use aws_sdk_sqs::types::{Message, QueueAttributeName};
use local::sqs::Storage;
use tokio::time::timeout;

use super::world::{World, bodies, handle};

/// As long as a receive may wait.
const WAIT_S: i32 = 20;
/// Well before a receive that slept through its message would look for the last time.
const PROMPT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_long_poll_is_answered_the_moment_a_message_arrives() {
    let world = World::new().await;
    let queue = world.queue().await;
    let (received, ()) = poll_while(&world, &queue, world.send(&queue, "x")).await;
    assert_eq!(bodies(&received), ["x"]);
}

#[tokio::test]
async fn a_long_poll_without_a_message_ends_empty() {
    let world = World::new().await;
    let queue = world.queue().await;
    let receive = world
        .client
        .receive_message()
        .queue_url(&queue)
        .wait_time_seconds(1);
    assert_eq!(receive.send().await.unwrap().messages(), []);
}

#[tokio::test]
async fn the_queues_wait_is_used_when_none_is_asked_for() {
    let world = World::new().await;
    let wait = (QueueAttributeName::ReceiveMessageWaitTimeSeconds, "2");
    let queue = world.queue_with(&[wait]).await;
    let send = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("later");
    send.delay_seconds(1).send().await.unwrap();
    let receive = || world.client.receive_message().queue_url(&queue);
    // Not when zero is asked for.
    let at_once = receive().wait_time_seconds(0).send().await.unwrap();
    assert_eq!(at_once.messages(), []);
    let received = receive().send().await.unwrap();
    assert_eq!(bodies(received.messages()), ["later"]);
}

#[tokio::test]
async fn a_long_poll_gets_a_delayed_message_when_its_delay_has_passed() {
    let world = World::new().await;
    let queue = world.queue().await;
    let send = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("x");
    let send = send.delay_seconds(1).send();
    let (received, sent) = tokio::join!(timeout(PROMPT, poll(&world, &queue)), send);
    sent.unwrap();
    assert_eq!(received.unwrap().len(), 1);
}

#[tokio::test]
async fn a_long_poll_gets_a_message_whose_visibility_timeout_has_passed() {
    let world = World::new().await;
    let queue = world.queue().await;
    world.send(&queue, "x").await;
    world.receive_one(&queue, 1).await;
    assert_eq!(
        timeout(PROMPT, poll(&world, &queue)).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn a_long_poll_gets_a_message_that_is_given_back() {
    let world = World::new().await;
    for seconds in [0, 1] {
        let queue = world.queue().await;
        world.send(&queue, "x").await;
        let held = world.receive_one(&queue, 300).await;
        let change = world
            .client
            .change_message_visibility()
            .queue_url(&queue)
            .receipt_handle(handle(&held))
            .visibility_timeout(seconds);
        let (received, changed) = poll_while(&world, &queue, change.send()).await;
        changed.unwrap();
        assert_eq!(bodies(&received), ["x"]);
    }
}

#[tokio::test]
async fn a_long_poll_on_the_dead_letter_queue_gets_what_is_moved_there() {
    let world = World::new().await;
    let dead_letters = world.queue().await;
    let queue = world.queue_with_dead_letters(&dead_letters, 1).await;
    world.send(&queue, "poison").await;
    world.receive_one(&queue, 0).await;
    let receive = world.receive(&queue, 0);
    let (received, nothing) = poll_while(&world, &dead_letters, receive).await;
    assert_eq!(bodies(&received), ["poison"]);
    assert_eq!(bodies(&nothing), [""; 0]);
}

#[tokio::test]
async fn two_messages_go_to_two_long_polls() {
    let world = World::new().await;
    let queue = world.queue().await;
    let one = || {
        let receive = world.client.receive_message().queue_url(&queue);
        receive.wait_time_seconds(WAIT_S).send()
    };
    let send = async {
        others_first(&world, &queue).await;
        world.send(&queue, "a").await;
        world.send(&queue, "b").await;
    };
    let polls = async { tokio::join!(one(), one(), send) };
    let (first, second, ()) = timeout(PROMPT, polls).await.unwrap();
    let mut received = [first, second].map(|received| {
        let received = received.unwrap();
        assert_eq!(received.messages().len(), 1);
        received.messages()[0].body().unwrap().to_owned()
    });
    received.sort();
    assert_eq!(received, ["a", "b"]);
}

#[tokio::test]
async fn a_long_poll_notices_that_the_clock_was_moved() {
    let world = World::ours(Storage::Memory).await;
    let queue = world.queue().await;
    let send = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("x");
    send.delay_seconds(900).send().await.unwrap();
    let (received, ()) = poll_while(&world, &queue, world.pass(900)).await;
    assert_eq!(bodies(&received), ["x"]);
}

#[tokio::test]
async fn a_long_poll_on_a_queue_that_is_deleted_says_so() {
    let world = World::ours(Storage::Memory).await;
    let queue = world.queue().await;
    let receive = world.client.receive_message().queue_url(&queue);
    let receive = receive.wait_time_seconds(WAIT_S).send();
    let delete = async {
        others_first(&world, &queue).await;
        let delete = world.client.delete_queue().queue_url(&queue);
        delete.send().await.unwrap();
    };
    let (received, ()) = tokio::join!(timeout(PROMPT, receive), delete);
    let refused = received.unwrap().unwrap_err().into_service_error();
    assert!(refused.is_queue_does_not_exist());
}

#[tokio::test]
async fn long_polls_end_when_the_service_stops_waiting() {
    let world = World::ours(Storage::Memory).await;
    let queue = world.queue().await;
    let queues = world.ours.as_ref().unwrap().queues.clone();
    let stop = async { queues.stop_waiting() };
    let (received, ()) = poll_while(&world, &queue, stop).await;
    assert_eq!(received, []);
    let later = timeout(PROMPT, poll(&world, &queue)).await.unwrap();
    assert_eq!(later, []);
}

/// What a receive gets that is waiting when something else happens.
async fn poll_while<T>(
    world: &World,
    queue: &str,
    event: impl Future<Output = T>,
) -> (Vec<Message>, T) {
    let event = async {
        others_first(world, queue).await;
        event.await
    };
    let (received, happened) = tokio::join!(timeout(PROMPT, poll(world, queue)), event);
    (received.unwrap(), happened)
}

/// Other requests, one after the other: a receive that was sent before them is waiting after them.
async fn others_first(world: &World, queue: &str) {
    for _ in 0..20 {
        world.counts(queue).await;
    }
}

async fn poll(world: &World, queue: &str) -> Vec<Message> {
    let receive = world
        .client
        .receive_message()
        .queue_url(queue)
        .wait_time_seconds(WAIT_S);
    receive.send().await.unwrap().messages.unwrap_or_default()
}
