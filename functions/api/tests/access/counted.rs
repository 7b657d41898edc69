//! What it costs to know who calls.

use std::time::Duration;

use access::{ApiKey, Scope};
use api::{App, Auth, AuthSettings};
use axum::Router;
use axum::body::Body;
use futures::future::join_all;
use http::{Request, StatusCode};
use testkit::{Fault, Stack};
use tower::ServiceExt;

use crate::world::{OWNER, World};

/// An operation that reads nothing.
const PATH: &str = "/api/v1/limits/";

const A_MINUTE: Duration = Duration::from_mins(1);

/// Requests whose usage is added by one write.
const REQUESTS_A_WRITE: usize = store::MAX_ASKED as usize;

/// More than any call is tried.
const FOR_LONG: usize = 20;

fn request(key: &str) -> Request<Body> {
    let request = Request::get(PATH).header("x-api-key", key);
    request.body(Body::empty()).unwrap()
}

async fn asked(stack: &Stack, key: &str) -> StatusCode {
    stack.send(request(key)).await.status
}

/// Reads of keys, and writes: of their last use, and of what was used, which is one for [`REQUESTS_A_WRITE`].
fn costs(stack: &Stack) -> (usize, usize) {
    let Stack { dynamodb, .. } = stack;
    (dynamodb.count("GetItem"), dynamodb.count("UpdateItem"))
}

/// What another instance of the API's function would be.
pub(crate) fn another_instance(stack: &Stack) -> Router {
    let (store, clock) = (stack.store.clone(), stack.clock.clone());
    let auth = Auth::new(AuthSettings::Keys, store.api_keys(), clock.clone());
    api::router(App::new(store, clock, auth, 1_000_000))
}

#[tokio::test]
async fn a_key_in_use_is_read_once_a_minute_and_written_once_a_day() {
    let World { stack, key } = World::start().await;
    // Not near the end of a day, nor of a minute.
    stack.dynamodb.reset_counts();
    for _ in 0..50 {
        assert_eq!(asked(&stack, &key).await, StatusCode::OK);
    }
    assert_eq!(costs(&stack), (1, 1 + 50 / REQUESTS_A_WRITE));
    stack.clock.advance(A_MINUTE / 2);
    assert_eq!(asked(&stack, &key).await, StatusCode::OK);
    assert_eq!(stack.dynamodb.count("GetItem"), 1);
    for minute in 1..=5 {
        stack.clock.advance(A_MINUTE);
        for _ in 0..3 {
            assert_eq!(asked(&stack, &key).await, StatusCode::OK);
        }
        assert_eq!(stack.dynamodb.count("GetItem"), 1 + minute);
    }
    let before = stack.dynamodb.count("UpdateItem");
    stack.clock.advance(Duration::from_hours(24));
    for _ in 0..3 {
        asked(&stack, &key).await;
    }
    // Its use, and what had not been written the day before.
    assert_eq!(costs(&stack), (7, before + 2));
}

#[tokio::test]
async fn a_hundred_calls_at_once_read_a_key_once() {
    let World { stack, key } = World::start().await;
    stack.dynamodb.reset_counts();
    let answers = join_all((0..100).map(|_| asked(&stack, &key))).await;
    assert_eq!(answers, [StatusCode::OK; 100]);
    assert_eq!(costs(&stack), (1, 1 + 100 / REQUESTS_A_WRITE));
}

#[tokio::test]
async fn who_guesses_makes_nobody_read_more_and_nothing_written() {
    let world = World::start().await;
    let stack = &world.stack;
    let now = stack.clock.now();
    let wrong = stack.key_but(OWNER, Scope::ALL, |it| it.hash = ApiKey::draw().hash());
    let expired = stack.key_but(OWNER, Scope::ALL, |it| it.expires_at = Some(now));
    let revoked = stack.key_but(OWNER, Scope::ALL, |it| it.revoked_at = Some(now));
    let malformed = world.key[1..].to_owned();
    for (what, key, reads) in [
        ("a wrong secret", wrong.await, 1),
        ("an unknown id", ApiKey::draw().reveal(), 1),
        ("an expired key", expired.await, 1),
        ("a revoked key", revoked.await, 1),
        ("no key at all", malformed, 0),
    ] {
        stack.dynamodb.reset_counts();
        let answers = join_all((0..100).map(|_| asked(stack, &key))).await;
        assert_eq!(answers, [StatusCode::UNAUTHORIZED; 100], "{what}");
        assert_eq!(costs(stack), (reads, 0), "{what}");
    }
}

#[tokio::test]
async fn each_instance_reads_for_itself_and_one_writes() {
    let World { stack, key } = World::start().await;
    let other = another_instance(&stack);
    stack.dynamodb.reset_counts();
    for _ in 0..3 {
        assert_eq!(asked(&stack, &key).await, StatusCode::OK);
        let answer = other.clone().oneshot(request(&key)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }
    assert_eq!(costs(&stack), (2, 1));
}

#[tokio::test]
async fn where_nobody_is_asked_it_costs_nothing() {
    let stack = Stack::start().await;
    assert_eq!(asked(&stack, "any").await, StatusCode::OK);
    assert_eq!(costs(&stack), (0, 0));
}

#[tokio::test]
async fn what_cannot_be_read_is_not_believed() {
    let World { stack, key } = World::start().await;
    let unused = stack.key(OWNER, [Scope::Admin]).await;
    assert_eq!(asked(&stack, &key).await, StatusCode::OK);
    let breaks = || {
        for _ in 0..FOR_LONG {
            stack.dynamodb.break_next("GetItem", Fault::ServerError);
        }
    };
    breaks();
    let answer = stack.send(request(&unused)).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{answer:?}");
    assert_eq!(answer.json()["type"], "urn:problem:unavailable");
    assert_ne!(answer.header("retry-after"), "");
    // What was read within the minute holds, and no longer.
    assert_eq!(asked(&stack, &key).await, StatusCode::OK);
    stack.clock.advance(A_MINUTE);
    for _ in 0..2 {
        assert_eq!(asked(&stack, &key).await, StatusCode::SERVICE_UNAVAILABLE);
    }
    stack.dynamodb.mend();
    for key in [&key, &unused] {
        assert_eq!(asked(&stack, key).await, StatusCode::OK);
    }
}

#[tokio::test]
async fn nobody_is_refused_because_a_use_cannot_be_noted() {
    let World { stack, key } = World::start().await;
    for _ in 0..FOR_LONG {
        stack.dynamodb.break_next("UpdateItem", Fault::Throttle);
    }
    assert_eq!(asked(&stack, &key).await, StatusCode::OK);
    stack.dynamodb.mend();
    // It is made up for with the next read.
    stack.clock.advance(A_MINUTE);
    stack.dynamodb.reset_counts();
    assert_eq!(asked(&stack, &key).await, StatusCode::OK);
    assert_eq!(costs(&stack), (1, 1));
}
