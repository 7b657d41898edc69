//! What becomes of batches, with functions that behave in every way.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_sqs::types::MessageAttributeValue;
use jiff::Timestamp;
use local::mapping::Mapping;
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::world::{HUNG, World};

#[tokio::test]
async fn what_succeeded_is_deleted_and_what_failed_comes_back() {
    let world = World::new().await;
    world.send(&["good", "bad", "fine"]).await;

    let outcome = |event: SqsEvent| {
        let mut response = SqsBatchResponse::default();
        for record in event.records {
            if record.body.as_deref() == Some("bad") {
                response.add_failure(record.message_id.unwrap());
            }
        }
        Ok::<_, Infallible>(response)
    };
    world.run_until_handled(3, outcome).await;

    assert_eq!(world.left().await, ["bad"]);
}

#[tokio::test]
async fn an_error_leaves_the_whole_batch() {
    let world = World::new().await;
    world.send(&["a", "b"]).await;
    world.run_until_handled(2, |_| Err("no table")).await;
    assert_eq!(world.left().await, ["a", "b"]);
}

#[tokio::test]
async fn a_panic_leaves_the_whole_batch_and_the_mapping_goes_on() {
    let world = World::new().await;
    world.send(&["poison"]).await;
    let outcome = |event: SqsEvent| {
        assert_ne!(
            event.records[0].body.as_deref(),
            Some("poison"),
            "on purpose"
        );
        Ok::<_, Infallible>(SqsBatchResponse::default())
    };

    let (mapping, mut handled) = world.start(outcome);
    handled.recv().await.unwrap();
    world.send(&["food"]).await;
    handled.recv().await.unwrap();
    mapping.stop().await;
    assert_eq!(world.left().await, ["poison"]);
}

#[tokio::test]
async fn a_reported_failure_of_no_message_leaves_the_whole_batch() {
    for id in ["", "someone-elses"] {
        let world = World::new().await;
        world.send(&["a", "b"]).await;
        let outcome = move |_| {
            let mut response = SqsBatchResponse::default();
            response.add_failure(id);
            Ok::<_, Infallible>(response)
        };
        world.run_until_handled(2, outcome).await;
        assert_eq!(world.left().await, ["a", "b"], "reported `{id}`");
    }
}

#[tokio::test]
async fn an_invocation_that_takes_too_long_leaves_the_whole_batch() {
    let world = World::new().await;
    world.send(&["slow"]).await;
    let mapping = Mapping {
        function_timeout: Duration::from_millis(1),
        ..world.mapping()
    };
    let (started, mut starts) = mpsc::unbounded_channel();
    let mapping = world.run(mapping, move |_, _| {
        started.send(()).unwrap();
        pending::<Result<_, Infallible>>()
    });

    starts.recv().await.unwrap();
    mapping.stop().await;

    assert_eq!(world.left().await, ["slow"]);
}

#[tokio::test]
async fn an_event_is_what_lambda_would_hand_over() {
    let world = World::new().await;
    let attribute = MessageAttributeValue::builder()
        .data_type("String")
        .string_value("blue")
        .build()
        .unwrap();
    let sent = world
        .sqs
        .send_message()
        .queue_url(&world.queue.url)
        .message_body("hello")
        .message_attributes("colour", attribute)
        .send()
        .await
        .unwrap();
    let before = world.clock.now();
    let (seen, mut events) = mpsc::unbounded_channel();
    let mapping = world.run(world.mapping(), move |event, deadline| {
        seen.send((event, deadline)).unwrap();
        async { Ok::<_, Infallible>(SqsBatchResponse::default()) }
    });
    let (event, deadline): (SqsEvent, Timestamp) = events.recv().await.unwrap();
    mapping.stop().await;

    let [record] = &event.records[..] else {
        panic!("one message: {event:?}")
    };
    assert_eq!(record.message_id, sent.message_id);
    assert_eq!(record.body.as_deref(), Some("hello"));
    assert_eq!(
        record.md5_of_body.as_deref(),
        Some("5d41402abc4b2a76b9719d911017c592")
    );
    assert_eq!(
        record.md5_of_message_attributes,
        sent.md5_of_message_attributes
    );
    assert_eq!(
        record.message_attributes["colour"].string_value.as_deref(),
        Some("blue")
    );
    assert_eq!(record.attributes["ApproximateReceiveCount"], "1");
    let sent_at: i64 = record.attributes["SentTimestamp"].parse().unwrap();
    assert!(
        (sent_at - before.as_millisecond()).abs() < 60_000,
        "{sent_at}"
    );
    assert_eq!(record.event_source.as_deref(), Some("aws:sqs"));
    assert_eq!(record.event_source_arn.as_deref(), Some(&*world.queue.arn));
    assert_eq!(record.aws_region.as_deref(), Some("us-east-1"));
    assert!(!record.receipt_handle.as_deref().unwrap().is_empty());
    assert!(deadline >= before + world.mapping().function_timeout);
}

#[tokio::test]
async fn a_backlog_comes_in_batches_of_ten() {
    let world = World::new().await;
    world.send(&["x"; 10]).await;
    world.send(&["x"; 10]).await;
    let (sizes, mut batches) = mpsc::unbounded_channel();
    let mapping = world.run(world.mapping(), move |event, _| {
        sizes.send(event.records.len()).unwrap();
        async { Ok::<_, Infallible>(SqsBatchResponse::default()) }
    });
    assert_eq!(batches.recv().await, Some(10));
    assert_eq!(batches.recv().await, Some(10));
    mapping.stop().await;
    assert!(world.left().await.is_empty());
}

#[tokio::test]
async fn no_more_invocations_than_allowed_run_at_once() {
    let world = World::new().await;
    for _ in 0..4 {
        world.send(&["x"; 10]).await;
    }
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (leave, left) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (started, mut starts) = mpsc::unbounded_channel();
    let function = {
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        let (leave, left) = (Arc::clone(&leave), Arc::clone(&left));
        move |_, _| {
            let (now, leave, left) = (Arc::clone(&now), Arc::clone(&leave), Arc::clone(&left));
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            started.send(()).unwrap();
            async move {
                leave.acquire().await.unwrap().forget();
                now.fetch_sub(1, Ordering::SeqCst);
                left.add_permits(1);
                Ok::<_, Infallible>(SqsBatchResponse::default())
            }
        }
    };
    let mapping = world.run(
        Mapping {
            batch_size: 10,
            concurrency: 2,
            ..world.mapping()
        },
        function,
    );
    starts.recv().await.unwrap();
    starts.recv().await.unwrap();

    // Time enough for a third, if it were allowed: each of these is a request to the same server.
    for _ in 0..20 {
        world.sqs.list_queues().send().await.unwrap();
    }
    assert!(
        starts.try_recv().is_err(),
        "a third invocation runs beside the two"
    );

    leave.add_permits(4);
    left.acquire_many(4).await.unwrap().forget();
    mapping.stop().await;
    assert_eq!(most.load(Ordering::SeqCst), 2);
    assert!(world.left().await.is_empty());
}

#[tokio::test]
async fn stopping_waits_for_what_is_running_and_takes_nothing_new() {
    let world = World::new().await;
    world.send(&["running"]).await;
    let (started, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let function = {
        let (started, finish) = (Arc::clone(&started), Arc::clone(&finish));
        move |_, _| {
            let (started, finish) = (Arc::clone(&started), Arc::clone(&finish));
            async move {
                started.notify_one();
                finish.notified().await;
                Ok::<_, Infallible>(SqsBatchResponse::default())
            }
        }
    };
    let mapping = world.run(world.mapping(), function);
    started.notified().await;

    mapping.stop.cancel();
    world.send(&["too late"]).await;
    assert!(!mapping.task.is_finished());
    finish.notify_one();
    mapping.stop().await;

    assert_eq!(world.left().await, ["too late"]);
}

#[tokio::test]
async fn what_outlasts_the_grace_period_is_dropped_and_comes_back() {
    let world = World::new().await;
    world.send(&["endless"]).await;
    let started = Arc::new(Notify::new());
    let function = {
        let started = Arc::clone(&started);
        move |_, _| {
            started.notify_one();
            pending::<Result<_, Infallible>>()
        }
    };
    let mapping = Mapping {
        grace: Duration::from_millis(1),
        ..world.mapping()
    };
    let mapping = world.run(mapping, function);
    started.notified().await;
    mapping.stop().await;
    assert_eq!(world.left().await, ["endless"]);
}

#[tokio::test]
async fn an_idle_mapping_stops_without_waiting_out_its_long_poll() {
    let world = World::new().await;
    world.send(&["first"]).await;
    let (mapping, mut handled) = world.start(|_| Ok::<_, Infallible>(SqsBatchResponse::default()));
    handled.recv().await.unwrap();
    mapping.stop().await;
}

#[tokio::test]
async fn a_queue_that_does_not_answer_is_asked_again() {
    let world = World::new().await;
    let (mapping, ports) = (world.mapping(), world.ports());
    world.endpoints.shutdown().await;
    let (started, mut starts) = mpsc::unbounded_channel();
    let stop = CancellationToken::new();
    let function = move |event: SqsEvent, _| {
        started.send(event.records.len()).unwrap();
        async { Ok::<_, Infallible>(SqsBatchResponse::default()) }
    };
    let running = tokio::spawn(mapping.run(function, stop.clone()));

    let back = World::at(ports).await;
    back.send(&["at last"]).await;

    assert_eq!(timeout(HUNG, starts.recv()).await.unwrap(), Some(1));
    stop.cancel();
    back.endpoints.queues.stop_waiting();
    running.await.unwrap();
}
