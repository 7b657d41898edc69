//! What is left after the process has ended, in whatever way.

use std::path::{Path, PathBuf};

use aws_sdk_sqs::types::QueueAttributeName;
use local::sqs::{OpenError, Queues, Storage};
use service::Clock;
use tempfile::TempDir;

use super::world::{World, bodies, handle};

#[tokio::test]
async fn messages_survive_a_restart() {
    let folder = TempDir::new().unwrap();
    let world = open(&folder).await;
    let dead_letters = world.queue().await;
    let queue = world.queue_with_dead_letters(&dead_letters, 5).await;
    world.send(&queue, "in flight").await;
    let held = world.receive_one(&queue, 300).await;
    world.send(&queue, "visible").await;
    let send = world
        .client
        .send_message()
        .queue_url(&queue)
        .message_body("delayed");
    send.delay_seconds(900).send().await.unwrap();
    let before = world.attributes(&queue).await;
    world.ours.unwrap().end().await;

    let world = open(&folder).await;
    assert_eq!(world.attributes(&queue).await, before);
    assert_eq!(world.counts(&queue).await, ["1", "1", "1"]);
    assert_eq!(bodies(&world.receive(&queue, 300).await), ["visible"]);
    // A handle from before is as good as ever.
    let change = world.client.change_message_visibility().queue_url(&queue);
    let change = change.receipt_handle(handle(&held)).visibility_timeout(0);
    change.send().await.unwrap();
    assert_eq!(bodies(&world.receive(&queue, 300).await), ["in flight"]);
    world.pass(900).await;
    let rest = world.receive(&queue, 0).await;
    assert!(bodies(&rest).contains(&"delayed"));
}

#[tokio::test]
async fn deleted_messages_stay_deleted() {
    let folder = TempDir::new().unwrap();
    let world = open(&folder).await;
    let queue = world.queue().await;
    world.send(&queue, "x").await;
    let held = world.receive_one(&queue, 300).await;
    let delete = world.client.delete_message().queue_url(&queue);
    delete.receipt_handle(handle(&held)).send().await.unwrap();
    world.ours.unwrap().end().await;
    let world = open(&folder).await;
    assert_eq!(world.counts(&queue).await, ["0", "0", "0"]);
}

/// The files as a process that was killed leaves them: copied while it runs, between two of its
/// writes.
#[tokio::test]
async fn what_was_answered_is_there_after_a_crash() {
    let [folder, crashed] = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let world = open(&folder).await;
    let queue = world.queue().await;
    for number in 0..20 {
        world.send(&queue, &number.to_string()).await;
    }
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), crashed.path().join(entry.file_name())).unwrap();
    }
    let world = open(&crashed).await;
    assert_eq!(world.counts(&queue).await, ["20", "0", "0"]);
}

#[tokio::test]
async fn a_second_process_is_told_that_the_file_is_in_use() {
    let folder = TempDir::new().unwrap();
    let _world = open(&folder).await;
    let second = Queues::open(Storage::File(file(folder.path())), Clock::system());
    assert!(matches!(second, Err(OpenError::InUse { .. })));
}

#[test]
fn a_file_of_another_kind_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let file = file(folder.path());
    let text = "this is no database ".repeat(100);
    std::fs::write(&file, &text).unwrap();
    let refused = Queues::open(Storage::File(file.clone()), Clock::system());
    let Err(OpenError::Sqlite { path, .. }) = refused else {
        panic!("it was opened")
    };
    assert_eq!(path, file);
    assert_eq!(std::fs::read_to_string(file).unwrap(), text);
}

#[test]
fn a_file_of_a_later_version_is_refused() {
    let folder = TempDir::new().unwrap();
    let file = file(folder.path());
    let database = rusqlite::Connection::open(&file).unwrap();
    database.pragma_update(None, "user_version", 1_000).unwrap();
    drop(database);
    let refused = Queues::open(Storage::File(file), Clock::system());
    assert!(matches!(
        refused,
        Err(OpenError::Layout { found: 1_000, .. })
    ));
}

#[tokio::test]
async fn the_queues_tell_their_state_without_a_request() {
    let world = World::ours(Storage::Memory).await;
    let ours = world.ours.as_ref().unwrap();
    let queue = world
        .queue_with(&[(QueueAttributeName::DelaySeconds, "60")])
        .await;
    let (_, name) = queue.rsplit_once('/').unwrap();
    assert_eq!(ours.queues.next_change().await.unwrap(), None);
    let sent_at = ours.clock.now();
    world.send(&queue, "x").await;
    let next = ours.queues.next_change().await.unwrap().unwrap();
    assert!(next.duration_since(sent_at).as_secs() >= 60);
    assert_eq!(ours.queues.counts(name).await.unwrap().delayed, 1);
    world.pass(61).await;
    let passed = ours.queues.next_change().await.unwrap().unwrap();
    assert!(passed <= ours.clock.now());
    assert_eq!(ours.queues.counts(name).await.unwrap().visible, 1);
}

async fn open(folder: &TempDir) -> World {
    World::ours(Storage::File(file(folder.path()))).await
}

fn file(folder: &Path) -> PathBuf {
    folder.join("queues.sqlite")
}
