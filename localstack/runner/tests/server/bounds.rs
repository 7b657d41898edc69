//! What a client can keep waiting, and for how long.

use std::time::Duration;

use futures::future::join_all;
use local::server::Bounds;
use tokio::time::Instant;

use crate::world::World;

/// Clients at once: more than a system holds where a listener does not say how many.
const BURST: usize = 1_000;

const SHORT: Duration = Duration::from_millis(100);

const HEALTH: &str = "GET /api/v1/health/ HTTP/1.1\r\nhost: localhost\r\n\r\n";

const LAST: &str = "GET /api/v1/health/ HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

fn start(length: usize) -> String {
    format!(
        "POST /api/v1/scan/start/ HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n"
    )
}

#[tokio::test]
async fn a_head_that_never_ends_is_not_waited_for() {
    let world = World::with(Bounds {
        head_time: SHORT,
        ..Bounds::default()
    })
    .await;
    for begun in [
        "",
        "GET",
        "GET / HTTP/1.1\r\nhost: localhost\r\nx-one: 1\r\n",
    ] {
        let answers = world.say(begun).await;
        assert!(answers.is_empty(), "{begun}: {answers:?}");
    }
    // So is the next one on a connection that has had its answer.
    let answers = world.say(HEALTH).await;
    assert_eq!(answers.len(), 1, "{answers:?}");
    let answers = world.say(format!("{HEALTH}GET /api/v1")).await;
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_has_no_longer() {
    let world = World::with(Bounds {
        head_time: SHORT,
        ..Bounds::default()
    })
    .await;
    let mut peer = world.connect().await;
    let begun = Instant::now();
    while begun.elapsed() < 3 * SHORT {
        peer.send("G").await;
        tokio::time::sleep(SHORT / 10).await;
    }
    assert!(peer.rest().await.is_empty());
}

#[tokio::test]
async fn a_body_that_stops_is_answered_with_what_is_wrong() {
    let world = World::with(Bounds {
        body_pause: SHORT,
        ..Bounds::default()
    })
    .await;
    let chunked = "POST /api/v1/scan/start/ HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n";
    for stopped in [
        start(10),
        format!("{}abc", start(10)),
        chunked.to_owned(),
        format!("{chunked}5\r\nab"),
        format!("{chunked}5\r\nabcde\r\n"),
    ] {
        let answers = world.say(&stopped).await;
        let [answer] = &answers[..] else {
            panic!("{stopped}: {answers:?}");
        };
        assert_eq!(answer.status, 408, "{answer:?}");
        assert!(
            answer.body.contains("urn:problem:request_timeout"),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn a_body_that_comes_byte_by_byte_has_its_time_in_all() {
    let world = World::with(Bounds {
        body_time: SHORT,
        ..Bounds::default()
    })
    .await;
    let mut peer = world.connect().await;
    peer.send(start(1_000)).await;
    let begun = Instant::now();
    while begun.elapsed() < 3 * SHORT {
        peer.send("x").await;
        tokio::time::sleep(SHORT / 10).await;
    }
    // A reset may overtake the answer, for what is sent after it is not read.
    let answers = peer.rest().await;
    assert!(
        answers.iter().all(|answer| answer.status == 408),
        "{answers:?}"
    );
    assert!(world.is_well().await);
}

#[tokio::test]
async fn whoever_takes_nothing_of_the_answers_is_given_up() {
    let world = World::with(Bounds {
        write_pause: SHORT,
        max_connections: 1,
        ..Bounds::default()
    })
    .await;
    // More than the buffers of two sockets hold.
    let greedy =
        "GET /api/docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(20);
    let mut peer = world.connect().await;
    peer.send(greedy).await;
    // There is room for one connection alone: this one comes once the other was given up.
    assert!(world.is_well().await);
    drop(peer);
}

#[tokio::test]
async fn connections_beyond_the_bound_wait_for_one_that_ends() {
    let world = World::with(Bounds {
        max_connections: 2,
        ..Bounds::default()
    })
    .await;
    let (mut busy, mut idle) = (world.connect().await, world.connect().await);
    idle.send(HEALTH).await;
    assert_eq!(idle.answer().await.status, 200);
    busy.send(start(3)).await;
    let mut third = world.connect().await;
    third.send(LAST).await;
    // What is under way is not disturbed.
    busy.send("ab").await;
    drop(idle);
    assert_eq!(third.rest().await[0].status, 200);
    busy.send("c").await;
    assert_eq!(busy.answer().await.status, 202);
}

#[tokio::test]
async fn while_a_connection_waits_for_room_an_answer_ends_its_own() {
    let world = World::with(Bounds {
        max_connections: 1,
        ..Bounds::default()
    })
    .await;
    let mut first = world.connect().await;
    first.send(HEALTH).await;
    let answer = first.answer().await;
    assert!(!answer.says_it_closes(), "{answer:?}");
    let mut second = world.connect().await;
    second.send(HEALTH).await;
    loop {
        // It is answered as long as nobody is seen to wait.
        first.send(HEALTH).await;
        let answer = first.answer().await;
        assert_eq!(answer.status, 200);
        if answer.says_it_closes() {
            break;
        }
    }
    assert!(first.rest().await.is_empty());
    let answer = second.answer().await;
    assert!(!answer.says_it_closes(), "{answer:?}");
}

#[tokio::test]
async fn a_burst_far_beyond_the_bound_is_answered_to_the_last() {
    let world = World::with(Bounds {
        max_connections: 2,
        ..Bounds::default()
    })
    .await;
    let peers = join_all((0..BURST).map(|_| async {
        let mut peer = world.connect().await;
        peer.send(HEALTH).await;
        peer
    }));
    // They keep their connections, as clients do.
    let answers = join_all(peers.await.into_iter().map(|mut peer| async move {
        let answer = peer.answer().await;
        (answer.status, peer)
    }));
    for (status, _peer) in answers.await {
        assert_eq!(status, 200);
    }
}

#[tokio::test]
async fn what_is_under_way_at_the_end_is_answered_and_nothing_new_is_taken() {
    let world = World::start().await;
    let (mut busy, mut idle) = (world.connect().await, world.connect().await);
    idle.send(HEALTH).await;
    assert_eq!(idle.answer().await.status, 200);
    busy.send(start(3)).await;
    busy.send("ab").await;
    // It is answered by now, so the other was read.
    idle.send(HEALTH).await;
    assert_eq!(idle.answer().await.status, 200);

    let World { product, .. } = world;
    let shutdown = tokio::spawn(product.shutdown());
    assert!(idle.rest().await.is_empty());
    busy.send("c").await;
    let answers = busy.rest().await;
    assert_eq!(answers[0].status, 202, "{answers:?}");
    shutdown.await.unwrap();
}
