//! What becomes of an event that is to be told.

use std::time::Duration;

use job::Tenant;
use job::limits::{MAX_WEBHOOK_ATTEMPTS, WEBHOOK_SECRET_OVERLAP, WEBHOOK_WAITS};
use store::Notice;
use store::webhooks::DeliveryState;
use testkit::{Fault, Gate, Options, Receiver, Stack};

use crate::{Scene, add_secret, event_id, is_signed_by};

#[tokio::test]
async fn an_event_is_told_again_at_growing_gaps_under_the_same_id_until_it_is_taken() {
    let scene = Scene::new().await;
    let key = scene.job().completed().await;
    scene.receiver.answer([500, 302, 404, 429, 503, 301, 400]);
    scene.stack.drain_queue().await;

    let webhooks = scene.receiver.webhooks();
    assert_eq!(webhooks.len(), MAX_WEBHOOK_ATTEMPTS);
    assert!(scene.told().iter().all(|(id, _)| *id == event_id(&key, 0)));
    assert!(webhooks.iter().all(|it| it.body == webhooks[0].body));

    let delivery = scene.delivery(&key).await;
    assert_eq!(delivery.state, DeliveryState::Delivered);
    let outcomes: Vec<_> = delivery.log.iter().map(|it| it.outcome.clone()).collect();
    let wanted = [500, 302, 404, 429, 503, 301, 400, 204].map(Ok);
    assert_eq!(outcomes, wanted);
    for (pair, wait) in delivery.log.windows(2).zip(WEBHOOK_WAITS) {
        let gap = Duration::try_from(pair[1].at.duration_since(pair[0].at)).unwrap();
        let (least, most) = (
            wait.mul_f64(0.9),
            wait.mul_f64(1.1) + Duration::from_mins(1),
        );
        assert!(gap >= least && gap <= most, "{gap:?} for {wait:?}");
    }
}

#[tokio::test]
async fn an_event_that_nobody_takes_for_a_day_is_given_up_and_can_be_replayed() {
    let scene = Scene::new().await;
    let key = scene.job().completed().await;
    scene.receiver.answer([500; MAX_WEBHOOK_ATTEMPTS]);
    let began = scene.stack.clock.now();
    scene.stack.drain_queue().await;
    let took = scene.stack.clock.now().duration_since(began);
    assert!(took.as_hours() >= 21, "{took:?}");
    assert_eq!(scene.delivery(&key).await.state, DeliveryState::Failed);
    assert_eq!(scene.receiver.webhooks().len(), MAX_WEBHOOK_ATTEMPTS);

    let job = scene.stack.store.get(&key, scene.stack.clock.now()).await;
    let job = job.unwrap().unwrap();
    let notice = scene.stack.store.replay(&job, None).await.unwrap();
    assert_eq!(notice.unwrap().event_id(), event_id(&key, 0));
    scene.stack.drain_queue().await;
    assert_eq!(scene.delivery(&key).await.state, DeliveryState::Delivered);
    assert_eq!(scene.receiver.webhooks().len(), MAX_WEBHOOK_ATTEMPTS + 1);
}

#[tokio::test]
async fn notices_that_come_twice_are_told_once_and_a_late_one_does_not_undo_a_replay() {
    let scene = Scene::new().await;
    let stack = &scene.stack;
    let key = scene.job().completed().await;
    let job = stack
        .store
        .get(&key, stack.clock.now())
        .await
        .unwrap()
        .unwrap();
    let notice = Notice::of(&job).unwrap();
    for _ in 0..3 {
        stack.store.webhooks().send_notice(&notice).await.unwrap();
    }
    stack.drain_queue().await;
    assert_eq!(scene.receiver.webhooks().len(), 1);

    stack.store.replay(&job, None).await.unwrap();
    stack.drain_queue().await;
    stack.store.webhooks().send_notice(&notice).await.unwrap();
    stack.drain_queue().await;
    assert_eq!(scene.receiver.webhooks().len(), 2);
    assert_eq!(scene.delivery(&key).await.state, DeliveryState::Delivered);
}

#[tokio::test]
async fn a_notifier_that_dies_while_it_tells_is_followed_by_another() {
    let scene = Scene::new().await;
    let stack = &scene.stack;
    let key = scene.job().completed().await;
    // Told, and dead before that was noted.
    let gate = Gate::new();
    stack
        .dynamodb
        .break_after(1, "PutItem", Fault::Hold(gate.clone()));
    tokio::select! {
        _ = stack.notify_once() => panic!("the notifier came to its end"),
        () = gate.arrival() => {}
    }
    assert_eq!(scene.receiver.webhooks().len(), 1);
    stack.drain_queue().await;
    let told = scene.told();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0], told[1]);
    let delivery = scene.delivery(&key).await;
    assert_eq!(
        (delivery.state, delivery.attempts),
        (DeliveryState::Delivered, 2)
    );
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_told_nothing_until_it_is_enabled() {
    let scene = Scene::new().await;
    let stack = &scene.stack;
    let (tenant, url) = (
        testkit::tenant(Tenant::DEFAULT),
        scene.receiver.url("/hook"),
    );
    let first = scene.job().completed().await;
    scene.receiver.answer([410]);
    stack.drain_queue().await;
    let second = scene.job().completed().await;
    let elsewhere = stack.job().webhook(scene.receiver.url("/other"));
    elsewhere.completed().await;
    stack.drain_queue().await;
    let paths: Vec<_> = scene
        .receiver
        .webhooks()
        .into_iter()
        .map(|it| it.path)
        .collect();
    assert_eq!(paths, ["/hook", "/other"]);
    for key in [&first, &second] {
        assert_eq!(scene.delivery(key).await.state, DeliveryState::Disabled);
    }

    let disabled = stack.store.disabled_endpoints(&tenant, None, 10).await;
    let disabled = disabled.unwrap().endpoints;
    assert_eq!((disabled.len(), &disabled[0].url), (1, &url));
    let enabled = stack.store.enable_endpoint(&tenant, &disabled[0].id).await;
    assert!(enabled.unwrap());
    let job = stack.store.get(&second, stack.clock.now()).await.unwrap();
    stack.store.replay(&job.unwrap(), None).await.unwrap();
    stack.drain_queue().await;
    assert_eq!(scene.told()[2].0, event_id(&second, 0));
}

#[tokio::test]
async fn an_address_that_is_not_public_is_told_nothing() {
    // On loopback, as the receiver is, and not on the list.
    let (receiver, listed) = (Receiver::start().await, Receiver::start().await);
    let stack = Stack::with(Options {
        policy: listed.policy(),
        ..Options::default()
    })
    .await;
    add_secret(&stack).await;
    let key = stack.job().webhook(receiver.url("/")).completed().await;
    stack.drain_queue().await;
    assert!(receiver.webhooks().is_empty());
    let [delivery] = &stack.store.deliveries(&key).await.unwrap()[..] else {
        panic!("not one delivery");
    };
    assert_eq!(delivery.state, DeliveryState::Failed);
    let words = delivery.log[0].outcome.clone().unwrap_err();
    assert!(!words.contains("127.0.0.1"), "{words}");
}

#[tokio::test]
async fn a_secret_that_was_replaced_signs_along_for_a_day() {
    let scene = Scene::new().await;
    let stack = &scene.stack;
    let new = add_secret(stack).await;
    scene.job().completed().await;
    stack.drain_queue().await;
    let [both] = &scene.receiver.webhooks()[..] else {
        panic!("not told once");
    };
    assert!(is_signed_by(both, &scene.secret) && is_signed_by(both, &new));

    stack.clock.advance(WEBHOOK_SECRET_OVERLAP);
    scene.job().completed().await;
    stack.drain_queue().await;
    let later = scene.receiver.webhooks().pop().unwrap();
    assert!(is_signed_by(&later, &new) && !is_signed_by(&later, &scene.secret));
}

#[tokio::test]
async fn nothing_leaves_unsigned() {
    let receiver = Receiver::start().await;
    let stack = Stack::with(Options {
        policy: receiver.policy(),
        ..Options::default()
    })
    .await;
    stack.job().webhook(receiver.url("/")).completed().await;
    stack.drain_queue().await;
    assert!(receiver.webhooks().is_empty());
}

#[tokio::test]
async fn what_is_no_notice_ends_among_the_dead_letters_and_harms_no_neighbour() {
    let scene = Scene::new().await;
    let stack = &scene.stack;
    let (_, url) = stack
        .environment()
        .into_iter()
        .find(|(name, _)| *name == "WEBHOOK_QUEUE_URL")
        .unwrap();
    for body in ["hello", r#"{"v":99}"#] {
        let send = stack.clients.sqs.send_message().queue_url(&url);
        send.message_body(body).send().await.unwrap();
    }
    scene.job().completed().await;
    stack.drain_queue().await;
    assert_eq!(scene.receiver.webhooks().len(), 1);
    let letters = format!(
        "{}-webhook-dead-letters",
        url.strip_suffix("-webhooks").unwrap()
    );
    let letters = stack.clients.sqs.receive_message().queue_url(letters);
    let letters = letters.max_number_of_messages(10).send().await.unwrap();
    assert_eq!(letters.messages().len(), 2);
}
