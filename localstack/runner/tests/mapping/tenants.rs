//! Whose message comes next while a tenant floods the queue.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use local::mapping::Mapping;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use crate::world::{HUNG, Running, World};

/// Far more than run at once.
const FLOOD: usize = 30;

#[tokio::test]
async fn a_quiet_tenant_s_message_is_handled_as_soon_as_one_of_the_flood_is_done() {
    let world = World::new().await;
    for _ in 0..FLOOD {
        send(&world, "noisy").await;
    }
    let (mapping, mut starts, leave) = held_one_by_one(&world, 3);
    for _ in 0..3 {
        assert_eq!(next(&mut starts).await, ["noisy"]);
    }

    send(&world, "quiet").await;
    leave.add_permits(1);
    assert_eq!(next(&mut starts).await, ["quiet"]);

    leave.add_permits(FLOOD);
    for _ in 3..FLOOD {
        assert_eq!(next(&mut starts).await, ["noisy"]);
    }
    mapping.stop().await;
    assert!(world.left().await.is_empty());
}

#[tokio::test]
async fn what_is_received_at_once_is_handed_out_to_all_who_have_room() {
    let world = World::new().await;
    let bodies = ["a", "b", "c", "d"];
    world.send(&bodies).await;
    let (mapping, mut starts, leave) = held_one_by_one(&world, 4);
    let mut handled = BTreeSet::new();
    for _ in bodies {
        handled.extend(next(&mut starts).await);
    }
    assert!(handled.iter().eq(&bodies), "{handled:?}");
    leave.add_permits(bodies.len());
    mapping.stop().await;
    assert!(world.left().await.is_empty());
}

/// Invocations of one message each, so many at once, of a function that is held until it may leave. Tells what each was given.
fn held_one_by_one(
    world: &World,
    concurrency: usize,
) -> (
    Running,
    mpsc::UnboundedReceiver<Vec<String>>,
    Arc<Semaphore>,
) {
    let leave = Arc::new(Semaphore::new(0));
    let (started, starts) = mpsc::unbounded_channel();
    let may_leave = Arc::clone(&leave);
    let function = move |event: SqsEvent, _| {
        let bodies = event.records.into_iter().filter_map(|record| record.body);
        started.send(bodies.collect()).unwrap();
        let may_leave = Arc::clone(&may_leave);
        async move {
            may_leave.acquire().await.unwrap().forget();
            Ok::<_, Infallible>(SqsBatchResponse::default())
        }
    };
    let mapping = Mapping {
        batch_size: 1,
        concurrency,
        ..world.mapping()
    };
    (world.run(mapping, function), starts, leave)
}

async fn next(starts: &mut mpsc::UnboundedReceiver<Vec<String>>) -> Vec<String> {
    timeout(HUNG, starts.recv()).await.unwrap().unwrap()
}

async fn send(world: &World, group: &str) {
    let send = world.sqs.send_message().queue_url(&world.queue.url);
    let send = send.message_group_id(group).message_body(group);
    send.send().await.unwrap();
}
