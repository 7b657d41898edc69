//! From when on a key is good, and until when.

use std::time::Duration;

use access::{ApiKey, KeyId, Scope};
use api::AuthSettings;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::json;
use testkit::{Answer, Issuer, Options, SigningKey, Stack};
use tower::ServiceExt;

use crate::counted::another_instance;
use crate::world::{OWNER, World};

/// How long what was read of a key may hold, and less than a wait takes.
const A_MINUTE: Duration = Duration::from_mins(1);
const A_WHILE: Duration = Duration::from_secs(10);

fn get(path: &str, key: &str) -> Request<Body> {
    let request = Request::get(path).header("x-api-key", key);
    request.body(Body::empty()).unwrap()
}

async fn revoke(stack: &Stack, key: &str) {
    let id: KeyId = key.parse::<ApiKey>().unwrap().id();
    let (tenant, now) = (testkit::tenant(OWNER), stack.clock.now());
    let revoked = stack.store.api_keys().revoke(&tenant, id, now).await;
    assert!(revoked.unwrap());
}

/// The answer to a request that has looked at its job twice when something happens.
async fn meanwhile(stack: &Stack, request: Request<Body>, happening: impl AsyncFnOnce()) -> Answer {
    let before = stack.dynamodb.count("GetItem");
    let (answer, ()) = tokio::join!(stack.send(request), async {
        while stack.dynamodb.count("GetItem") < before + 2 {
            tokio::task::yield_now().await;
        }
        happening().await;
    });
    answer
}

#[tokio::test]
async fn a_key_is_good_at_once_and_a_revoked_one_for_a_minute_at_most_everywhere() {
    let World { stack, key: admin } = World::start().await;
    let instances = [stack.api.clone(), another_instance(&stack)];
    let key = stack.key(OWNER, [Scope::ScanRead]).await;
    let ask = async |key: &str| {
        let mut found = Vec::new();
        for instance in &instances {
            let answer = instance.clone().oneshot(get("/api/v1/limits/", key)).await;
            found.push(answer.unwrap().status());
        }
        found
    };
    assert_eq!(ask(&key).await, [StatusCode::OK; 2]);
    revoke(&stack, &key).await;
    stack.clock.advance(A_MINUTE);
    assert_eq!(ask(&key).await, [StatusCode::UNAUTHORIZED; 2]);
    let refused = stack.send(get("/api/v1/limits/", &key)).await;
    assert!(refused.json()["detail"].to_string().contains("revoked"));
    assert_eq!(ask(&admin).await, [StatusCode::OK; 2], "others are good");
}

#[tokio::test]
async fn a_key_expires_to_the_moment() {
    let World { stack, .. } = World::start().await;
    let end = stack.clock.now() + A_MINUTE / 2;
    let key = stack.key_but(OWNER, [Scope::ScanRead], |it| it.expires_at = Some(end));
    let key = key.await;
    let status = async || stack.send(get("/api/v1/limits/", &key)).await.status;
    assert_eq!(status().await, StatusCode::OK);
    // It is not looked at anew, and yet is over.
    stack.clock.advance(A_MINUTE / 2);
    assert_eq!(status().await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_wait_ends_with_the_key_of_who_waits() {
    for operation in ["status", "result"] {
        let World { stack, .. } = World::start().await;
        let job = stack.job().of(OWNER).pending().await.key.id;
        let key = stack.key(OWNER, [Scope::ScanRead]).await;
        // So that what is known of the key is no longer fresh before the wait is over.
        stack.send(get("/api/v1/limits/", &key)).await;
        stack.clock.advance(A_MINUTE.saturating_sub(A_WHILE));
        let path = format!("/api/v1/scan/{operation}/{job}/?wait=20");
        let answer = meanwhile(&stack, get(&path, &key), async || {
            revoke(&stack, &key).await;
            stack.clock.advance(A_WHILE);
        });
        let answer = answer.await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{answer:?}");
        assert_ne!(answer.header("www-authenticate"), "");
    }
}

#[tokio::test]
async fn a_start_that_waits_is_accepted_and_tells_no_more_to_a_key_that_ends() {
    let World { stack, .. } = World::start().await;
    let end = stack.clock.now() + A_WHILE;
    let scopes = [Scope::ScanRead, Scope::ScanWrite];
    let key = stack.key_but(OWNER, scopes, |it| it.expires_at = Some(end));
    let key = key.await;
    let request = Request::post("/api/v1/scan/start/?wait=20").header("x-api-key", &key);
    let request = request.body(Body::empty()).unwrap();
    let answer = meanwhile(&stack, request, async || {
        stack.clock.advance(A_WHILE);
    });
    let answer = answer.await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
}

#[tokio::test]
async fn a_stream_of_events_ends_with_the_key_of_who_follows() {
    let World { stack, key: admin } = World::start().await;
    let job = stack.job().of(OWNER).pending().await.key;
    let key = stack.key(OWNER, [Scope::ScanRead]).await;
    let path = format!("/api/v1/scan/events/{}/", job.id);
    let mut streams = Vec::new();
    for key in [&key, &admin] {
        let response = stack.api.clone().oneshot(get(&path, key)).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let mut body = response.into_body();
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        let first = String::from_utf8(first.to_vec()).unwrap();
        assert!(first.contains("pending"), "{first}");
        streams.push(body);
    }
    revoke(&stack, &key).await;
    stack.clock.advance(A_MINUTE);
    stack.store.cancel(&job, stack.clock.now()).await.unwrap();
    let mut rest = Vec::new();
    for stream in streams {
        let bytes = stream.collect().await.unwrap().to_bytes();
        rest.push(String::from_utf8(bytes.to_vec()).unwrap());
    }
    assert_eq!(rest[0], "", "its key is revoked");
    assert!(rest[1].contains("cancelled"), "{}", rest[1]);
}

#[tokio::test]
async fn a_wait_ends_with_the_token_of_who_waits() {
    let signer = SigningKey::other_rsa("first");
    let issuer = Issuer::start(&[&signer]).await;
    let mut settings = issuer.settings();
    settings.push(("AUTH_MODE", "keys+jwt".to_owned()));
    let get_setting = |name: &str| {
        let found = settings.iter().find(|(setting, _)| *setting == name);
        found.map(|(_, value)| value.clone())
    };
    let auth = AuthSettings::read(get_setting, AuthSettings::Keys).unwrap();
    let stack = Stack::with(Options {
        auth,
        ..Options::default()
    })
    .await;
    let job = stack.job().of(OWNER).pending().await.key;
    let claims = issuer.claims(stack.clock.now(), json!({"tenant": OWNER}));
    let token = format!("Bearer {}", signer.sign(&claims));
    let get = |path: String| {
        let request = Request::get(path).header("authorization", &token);
        request.body(Body::empty()).unwrap()
    };
    // Shortly before its end, with what clocks may differ by.
    stack
        .clock
        .advance(6 * A_MINUTE.saturating_sub(A_WHILE / 6));
    let waiting = get(format!("/api/v1/scan/status/{}/?wait=20", job.id));
    let answer = meanwhile(&stack, waiting, async || stack.clock.advance(A_WHILE)).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{answer:?}");
}
