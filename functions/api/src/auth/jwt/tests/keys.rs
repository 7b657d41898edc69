use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use testkit::{Issuer, SigningKey};

use super::super::{Jwt, Refused};
use super::{World, read, words};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

#[tokio::test]
async fn keys_are_fetched_for_the_first_token_and_then_once_an_hour() {
    let world = World::start().await;
    assert_eq!(world.issuer.fetches(), 0);
    for _ in 0..3 {
        assert!(world.lets_in(&world.key).await);
    }
    assert_eq!(world.issuer.fetches(), 1);
    world.pass(HOUR - MINUTE);
    assert!(world.lets_in(&world.key).await);
    assert_eq!(world.issuer.fetches(), 1);
    world.pass(MINUTE);
    assert!(world.lets_in(&world.key).await);
    assert!(world.lets_in(&world.key).await);
    assert_eq!(world.issuer.fetches(), 2);
}

#[tokio::test]
async fn requests_that_come_together_fetch_keys_once() {
    let world = World::start().await;
    let token = world.token(json!({}));
    let calls = (0..20).map(|_| world.jwt.identify(&token));
    let answers = futures::future::join_all(calls).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(world.issuer.fetches(), 1);

    world.pass(2 * MINUTE);
    let next = SigningKey::other_rsa("second");
    world.issuer.publish(&[&world.key, &next]);
    let token = next.sign(&world.claims(json!({})));
    let calls = (0..20).map(|_| world.jwt.identify(&token));
    let answers = futures::future::join_all(calls).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(world.issuer.fetches(), 2);
}

#[tokio::test]
async fn a_new_key_is_good_at_once_and_one_that_was_withdrawn_within_the_hour_no_more() {
    let world = World::start().await;
    let next = SigningKey::other_rsa("second");
    assert!(world.lets_in(&world.key).await);
    world.pass(2 * MINUTE);
    world.issuer.publish(&[&next]);
    assert!(world.lets_in(&next).await);
    assert!(!world.lets_in(&world.key).await);

    world.issuer.publish(&[]);
    assert!(world.lets_in(&next).await);
    world.pass(HOUR);
    assert!(!world.lets_in(&next).await);
}

#[tokio::test]
async fn tokens_with_made_up_keys_make_no_flood() {
    let world = World::start().await;
    assert!(world.lets_in(&world.key).await);
    let fetches = || world.issuer.fetches();
    for round in 1..=3 {
        world.pass(MINUTE);
        for i in 0..30 {
            let made_up = SigningKey::other_rsa(&format!("made-up-{i}"));
            assert!(!world.lets_in(&made_up).await);
            assert!(world.lets_in(&world.key).await);
        }
        assert_eq!(fetches(), 1 + round);
    }
    // Nor where there is nothing to be had.
    world.issuer.fail(500);
    world.pass(MINUTE);
    for i in 0..30 {
        assert!(
            !world
                .lets_in(&SigningKey::other_rsa(&format!("made-up-{i}")))
                .await
        );
    }
    assert_eq!(fetches(), 5);
}

#[tokio::test]
async fn without_any_key_nobody_is_let_in_and_the_issuer_is_left_in_peace() {
    let world = World::start().await;
    let failures: [fn(&Issuer); 5] = [
        |issuer| issuer.fail(503),
        |issuer| issuer.redirect(&format!("{}/keys", issuer.url)),
        |issuer| issuer.publish_text("<html>"),
        |issuer| issuer.publish_text(r#"{"keys": {}}"#),
        |issuer| issuer.publish_text(format!(r#"{{"keys": [{}1]}}"#, " ".repeat(256 << 10))),
    ];
    for (count, fail) in failures.into_iter().enumerate() {
        fail(&world.issuer);
        for _ in 0..10 {
            let refused = world.identify(json!({})).await;
            assert!(
                matches!(refused, Err(Refused::Unavailable(_))),
                "{refused:?}"
            );
        }
        assert_eq!(world.issuer.fetches(), count + 1);
        world.pass(6);
    }
    world.issuer.publish(&[&world.key]);
    assert!(world.lets_in(&world.key).await);
}

#[tokio::test]
async fn an_issuer_that_cannot_be_reached_is_no_fault_of_the_caller() {
    let world = World::start().await;
    let token = world.token(json!({}));
    drop(world.issuer);
    let Err(Refused::Unavailable(cause)) = world.jwt.identify(&token).await else {
        panic!("there are no keys")
    };
    assert!(cause.contains("refused"), "{cause}");
}

#[tokio::test]
async fn the_keys_there_are_serve_for_a_day_while_no_others_can_be_had() {
    let world = World::start().await;
    assert!(world.lets_in(&world.key).await);
    world.issuer.fail(500);
    for hour in 1..24 {
        world.pass(HOUR);
        assert!(world.lets_in(&world.key).await, "{hour}");
        assert!(world.lets_in(&world.key).await, "{hour}");
        assert_eq!(world.issuer.fetches(), 1 + hour);
    }
    world.pass(HOUR);
    let refused = world.identify(json!({})).await;
    assert!(matches!(refused, Err(Refused::Unavailable(_))));
    world.pass(MINUTE);
    world.issuer.publish(&[&world.key]);
    assert!(world.lets_in(&world.key).await);
}

#[tokio::test]
async fn nobody_waits_for_others_while_there_are_keys() {
    let world = World::start().await;
    assert!(world.lets_in(&world.key).await);
    world.pass(HOUR);
    let held = world.issuer.hold().await;
    let (jwt, token) = (world.jwt.clone(), world.token(json!({})));
    let refreshes = tokio::spawn(async move { jwt.identify(&token).await });
    world.issuer.asked(2).await;
    assert!(world.lets_in(&world.key).await);
    assert!(!refreshes.is_finished());
    drop(held);
    assert!(refreshes.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_request_that_is_given_up_takes_no_keys_from_others() {
    let world = World::start().await;
    let held = world.issuer.hold().await;
    let (jwt, token) = (world.jwt.clone(), world.token(json!({})));
    let given_up = tokio::spawn(async move { jwt.identify(&token).await });
    world.issuer.asked(1).await;
    given_up.abort();
    drop(held);
    assert!(world.lets_in(&world.key).await);
    assert_eq!(world.issuer.fetches(), 1);
}

#[tokio::test]
async fn keys_are_found_where_the_issuer_says_and_nowhere_else() {
    let world = World::start().await;
    let url = world.issuer.url.clone();
    let keys = format!("{url}/keys");
    for description in [
        json!({"issuer": format!("{url}/"), "jwks_uri": keys}),
        json!({"issuer": "https://another.example", "jwks_uri": keys}),
        json!({"issuer": url}),
        json!({"issuer": url, "jwks_uri": "file:///etc/keys"}),
        json!({"issuer": url, "jwks_uri": "http://169.254.169.254/keys"}),
        json!({"issuer": url, "jwks_uri": "http://127.0.0.1@keys.example/"}),
        json!([]),
    ] {
        world.issuer.describe(description);
        let refused = world.identify(json!({})).await;
        assert!(
            matches!(refused, Err(Refused::Unavailable(_))),
            "{refused:?}"
        );
        world.pass(6);
    }
    assert_eq!(world.issuer.fetches(), 0);

    // Where configuration says it, nobody else is asked.
    let settings = [
        ("JWT_JWKS_URL", keys.as_str()),
        ("JWT_ISSUER", "accounts.example.com"),
    ];
    let jwt = Jwt::new(read(&world.issuer, &settings), world.clock.clone());
    let token = world.token(json!({"iss": "accounts.example.com"}));
    assert!(jwt.identify(&token).await.is_ok());
}

#[tokio::test]
async fn a_token_need_not_name_its_key_where_there_is_but_one() {
    let world = World::start().await;
    let nameless = |key: &SigningKey| {
        let mut header = key.header();
        header["kid"] = Value::Null;
        key.sign_as(&header, &world.claims(json!({})))
    };
    assert!(world.jwt.identify(&nameless(&world.key)).await.is_ok());

    // What does not fit may be signed with the next one.
    let next = SigningKey::other_rsa("second");
    world.issuer.publish(&[&next]);
    world.pass(MINUTE);
    assert!(world.jwt.identify(&nameless(&next)).await.is_ok());

    world.issuer.publish(&[&world.key, &next]);
    world.pass(HOUR);
    let why = words(world.jwt.identify(&nameless(&next)).await);
    assert!(why.contains("`kid`"), "{why}");
}

#[tokio::test]
async fn keys_that_cannot_be_used_are_passed_over_and_fifty_are_enough() {
    let world = World::start().await;
    let others = (0..60).map(|i| SigningKey::p256(&format!("other-{i}")).jwk());
    let mut keys: Vec<Value> = others.collect();
    keys.extend([
        json!(7),
        json!({}),
        json!({"kty": "new", "kid": "first"}),
        world.key.jwk(),
    ]);
    world
        .issuer
        .publish_text(json!({"keys": keys, "more": 1}).to_string());
    assert!(world.lets_in(&world.key).await);

    let named = |i: usize| SigningKey::rsa(&format!("key-{i}"), Algorithm::RS256);
    let keys: Vec<Value> = (0..60).map(|i| named(i).jwk()).collect();
    world
        .issuer
        .publish_text(json!({ "keys": keys }).to_string());
    world.pass(HOUR);
    assert!(world.lets_in(&named(49)).await);
    assert!(!world.lets_in(&named(50)).await);
}
