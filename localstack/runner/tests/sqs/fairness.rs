//! Who comes first when senders name groups. AWS promises no order; these are our own queues'
//! rules.

use local::sqs::Storage;

use super::world::{World, bodies};

#[tokio::test]
async fn a_quiet_group_does_not_wait_behind_a_noisy_one() {
    let world = World::ours(Storage::Memory).await;
    let queue = world.queue().await;
    for number in 0..30 {
        send(&world, &queue, "noisy", &format!("noisy {number}")).await;
    }
    assert_eq!(world.receive(&queue, 300).await.len(), 10);
    send(&world, &queue, "quiet", "quiet").await;
    let next = world.receive(&queue, 300).await;
    assert!(bodies(&next)[..2].contains(&"quiet"), "{:?}", bodies(&next));
}

#[tokio::test]
async fn groups_with_a_backlog_are_served_in_rotation() {
    let world = World::ours(Storage::Memory).await;
    let queue = world.queue().await;
    for group in ["a", "b", "c"] {
        for number in 0..5 {
            send(&world, &queue, group, &format!("{group}{number}")).await;
        }
    }
    let received = world.receive(&queue, 300).await;
    assert_eq!(
        bodies(&received),
        ["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2", "a3"]
    );
}

async fn send(world: &World, queue: &str, group: &str, body: &str) {
    let send = world
        .client
        .send_message()
        .queue_url(queue)
        .message_body(body);
    send.message_group_id(group).send().await.unwrap();
}
