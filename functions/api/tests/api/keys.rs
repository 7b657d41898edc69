//! Keys, as their tenant's admins make, see, rotate and revoke them.

use std::time::Duration;

use access::{ApiKey, Scope};
use api::AuthSettings;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};
use testkit::{Answer, Fault, Gate, Options, Stack};

use crate::support;

const KEYS: &str = "/api/v1/keys/";
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// A minute, which is how long what was read of a key holds.
const HOLDS: Duration = Duration::from_mins(1);

/// Calls that are made of one operation before it is given up.
const CALLS: usize = 10;

/// A stack that asks for keys, and a key of an admin of this tenant.
async fn with_keys(tenant: &str) -> (Stack, String) {
    let options = Options {
        auth: AuthSettings::Keys,
        ..Options::default()
    };
    let stack = Stack::with(options).await;
    let admin = key_of(&stack, tenant, Scope::Admin).await;
    (stack, admin)
}

async fn key_of(stack: &Stack, tenant: &str, scope: Scope) -> String {
    stack.key(tenant, [scope]).await
}

async fn call(stack: &Stack, key: &str, method: Method, path: &str, body: &Value) -> Answer {
    let body = match body {
        Value::Null => Body::empty(),
        body => Body::from(body.to_string()),
    };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("x-api-key", key);
    stack.send(request.body(body).unwrap()).await
}

async fn get(stack: &Stack, key: &str, path: &str) -> Answer {
    call(stack, key, Method::GET, path, &Value::Null).await
}

async fn post(stack: &Stack, key: &str, path: &str, body: Value) -> Answer {
    call(stack, key, Method::POST, path, &body).await
}

async fn delete(stack: &Stack, key: &str, id: &str) -> Answer {
    let path = format!("{KEYS}{id}/");
    call(stack, key, Method::DELETE, &path, &Value::Null).await
}

async fn rotate(stack: &Stack, key: &str, id: &str, body: Value) -> Answer {
    post(stack, key, &format!("{KEYS}{id}/rotate/"), body).await
}

/// A new key as the answer shows it.
async fn made(stack: &Stack, admin: &str, body: Value) -> Value {
    let answer = post(stack, admin, KEYS, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()
}

async fn listed(stack: &Stack, admin: &str) -> Vec<Value> {
    let answer = get(stack, admin, KEYS).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["keys"].as_array().unwrap().clone()
}

async fn whoami(stack: &Stack, key: &str) -> StatusCode {
    get(stack, key, "/api/v1/whoami/").await.status
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn time(value: &Value) -> Timestamp {
    text(value).parse().unwrap()
}

fn importer() -> Value {
    json!({"name": "nightly import", "scopes": ["scan:write", "scan:read"]})
}

#[tokio::test]
async fn a_key_is_shown_once_and_permits_what_was_asked_for() {
    let (stack, admin) = with_keys("acme").await;
    let answer = post(&stack, &admin, KEYS, importer()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    let new = answer.json();
    let (key, id) = (text(&new["key"]), text(&new["id"]));
    assert_eq!(answer.header("location"), format!("{KEYS}{id}/"));
    assert!(key.starts_with(&format!("dx_{id}_")), "{key}");
    assert_eq!(new["scopes"], json!(["scan:read", "scan:write"]));
    assert_eq!(new["state"], "active");
    assert!(text(&new["created_by"]).starts_with("key:"));
    assert!(new.get("expires_at").is_none());

    let started = post(&stack, key, "/api/v1/scan/start/", Value::Null).await;
    assert_eq!(started.status, StatusCode::ACCEPTED);
    assert_eq!(get(&stack, key, KEYS).await.status, StatusCode::FORBIDDEN);

    let read = get(&stack, &admin, &format!("{KEYS}{id}/")).await;
    let mut expected = new.clone();
    expected.as_object_mut().unwrap().remove("key");
    let today = stack.clock.now().to_string();
    expected["last_used"] = json!(today[..10]);
    assert_eq!(read.json(), expected);
    for answer in [read, get(&stack, &admin, KEYS).await] {
        assert!(!answer.text().contains(&key[20..]), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_key_lives_as_long_as_was_asked_for() {
    let (stack, admin) = with_keys("acme").await;
    let now = stack.clock.now();
    let end = now + HOUR;
    let body = json!({"name": "a", "scopes": ["scan:read"], "expires_at": end.to_string()});
    let hour = made(&stack, &admin, body).await;
    assert_eq!(time(&hour["expires_at"]), end);
    let body =
        json!({"name": "b", "scopes": ["scan:read"], "expires_in_days": 2, "expires_at": null});
    let days = made(&stack, &admin, body).await;
    assert!(
        time(&days["expires_at"])
            .duration_since(now + 2 * DAY)
            .as_secs()
            < 60
    );

    let (hour, days) = (text(&hour["key"]), text(&days["key"]));
    assert_eq!(whoami(&stack, hour).await, StatusCode::OK);
    stack.clock.advance(HOUR);
    assert_eq!(whoami(&stack, hour).await, StatusCode::UNAUTHORIZED);
    assert_eq!(whoami(&stack, days).await, StatusCode::OK);
    let states = listed(&stack, &admin).await;
    let states: Vec<&str> = states.iter().map(|it| text(&it["state"])).collect();
    assert_eq!(states, ["active", "expired", "active"]);
}

#[tokio::test]
async fn a_wrong_request_for_a_key_says_where() {
    let scopes = json!(["scan:read"]);
    for (body, places) in [
        (json!({}), &["pointer /name", "pointer /scopes"][..]),
        (
            json!({"name": "", "scopes": []}),
            &["pointer /name", "pointer /scopes"],
        ),
        (
            json!({"name": "x".repeat(101), "scopes": scopes}),
            &["pointer /name"],
        ),
        (
            json!({"name": "a\nb", "scopes": scopes}),
            &["pointer /name"],
        ),
        (
            json!({"name": 1, "scopes": "admin"}),
            &["pointer /name", "pointer /scopes"],
        ),
        (
            json!({"name": "a", "scopes": ["scan:read", "scan", 2]}),
            &["pointer /scopes/1", "pointer /scopes/2"],
        ),
        (
            json!({"name": "a", "scopes": scopes, "tenant": "b"}),
            &["pointer /tenant"],
        ),
        (
            json!({"name": "a", "scopes": scopes, "expires_at": "tomorrow"}),
            &["pointer /expires_at"],
        ),
        (
            json!({"name": "a", "scopes": scopes, "expires_at": "2020-01-01T00:00:00Z"}),
            &["pointer /expires_at"],
        ),
        (
            json!({"name": "a", "scopes": scopes, "expires_at": "9020-01-01T00:00:00Z"}),
            &["pointer /expires_at"],
        ),
        (
            json!({"name": "a", "scopes": scopes, "expires_in_days": 0}),
            &["pointer /expires_in_days"],
        ),
        (
            json!({"name": "a", "scopes": scopes, "expires_in_days": 3651}),
            &["pointer /expires_in_days"],
        ),
        (
            json!({"name": "a", "scopes": scopes, "expires_in_days": 1, "expires_at": "2090-01-01T00:00:00Z"}),
            &["pointer /expires_in_days"],
        ),
    ] {
        let request = support::request(Method::POST, KEYS).body(Body::from(body.to_string()));
        let answer = support::send(request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(answer.places(), places, "{body}");
    }
    for body in ["", "x", "[]", "\"admin\""] {
        let request = support::request(Method::POST, KEYS).body(Body::from(body));
        let answer = support::send(request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
    }
    let long = format!("{{\"name\": \"{}\"}}", "x".repeat(20_000));
    let request = support::request(Method::POST, KEYS).body(Body::from(long));
    let answer = support::send(request.unwrap()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_tenant_has_so_many_active_keys_and_no_more() {
    let (stack, admin) = with_keys("acme").await;
    // The admin's own is one of them, and the next one the last.
    for _ in 2..100 {
        key_of(&stack, "acme", Scope::ScanRead).await;
    }
    let last = made(&stack, &admin, importer()).await;
    let refused = post(&stack, &admin, KEYS, importer()).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(refused.json()["type"], "urn:problem:too_many_keys");
    // A key and its successor are one, so that all can be rotated.
    let id = text(&last["id"]);
    let rotated = rotate(&stack, &admin, id, Value::Null).await;
    assert_eq!(rotated.status, StatusCode::CREATED);
    let refused = post(&stack, &admin, KEYS, importer()).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    delete(&stack, &admin, text(&rotated.json()["id"])).await;
    made(&stack, &admin, importer()).await;
    // It is no other tenant's concern.
    let other = key_of(&stack, "other", Scope::Admin).await;
    made(&stack, &other, importer()).await;
}

#[tokio::test]
async fn a_revoked_key_is_good_for_nothing_a_minute_later_and_stays_listed() {
    let (stack, admin) = with_keys("acme").await;
    let new = made(&stack, &admin, importer()).await;
    let (key, id) = (text(&new["key"]), text(&new["id"]));
    assert_eq!(whoami(&stack, key).await, StatusCode::OK);
    let revoked_at = stack.clock.now();
    for _ in 0..2 {
        let revoked = delete(&stack, &admin, id).await;
        assert_eq!(revoked.status, StatusCode::NO_CONTENT);
        stack.clock.advance(HOLDS);
        assert_eq!(whoami(&stack, key).await, StatusCode::UNAUTHORIZED);
    }
    let found = get(&stack, &admin, &format!("{KEYS}{id}/")).await.json();
    assert_eq!(found["state"], "revoked");
    let since = time(&found["revoked_at"]).duration_since(revoked_at);
    assert!(since.as_secs() < 30, "{found}");
    assert_eq!(listed(&stack, &admin).await.len(), 2);
}

#[tokio::test]
async fn a_key_of_another_tenant_is_none_in_every_byte() {
    let (stack, acme) = with_keys("acme").await;
    let other = key_of(&stack, "other", Scope::Admin).await;
    let new = made(&stack, &acme, importer()).await;
    let (key, id) = (text(&new["key"]), text(&new["id"]));
    let none = ApiKey::draw().id().to_string();
    for (method, end, body) in [
        (Method::GET, "", Value::Null),
        (Method::DELETE, "", Value::Null),
        (Method::POST, "rotate/", json!({"overlap_seconds": 0})),
    ] {
        let mut answers = Vec::new();
        for id in [id, &none, "no-id", "%ff", "5F1D0C7A9E3B2468"] {
            let path = format!("{KEYS}{id}/{end}");
            let answer = call(&stack, &other, method.clone(), &path, &body).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            let mut headers = answer.headers.clone();
            headers.remove("x-request-id");
            // It follows from the body.
            headers.remove("content-length");
            answers.push((answer.text().replace(&path, ""), headers));
        }
        assert!(
            answers.windows(2).all(|two| two[0] == two[1]),
            "{answers:?}"
        );
    }
    stack.clock.advance(HOLDS);
    assert_eq!(whoami(&stack, key).await, StatusCode::OK);
    assert!(listed(&stack, &other).await.iter().all(|it| it["id"] != id));
}

#[tokio::test]
async fn an_operator_makes_keys_for_a_tenant_and_nobody_else_does() {
    let (stack, operator) = with_keys("default").await;
    let make = |key: String| {
        let request = Request::post(KEYS)
            .header("authorization", format!("Bearer {key}"))
            .header("x-tenant", "acme");
        let body = json!({"name": "the first", "scopes": ["admin"]}).to_string();
        stack.send(request.body(Body::from(body)).unwrap())
    };
    let first = make(operator.clone()).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
    let first = first.json();
    let key = text(&first["key"]);
    let me = get(&stack, key, "/api/v1/whoami/").await.json();
    assert_eq!(
        me,
        json!({
            "actor": format!("key:{}", text(&first["id"])),
            "tenant": "acme",
            "scopes": ["admin"],
            "operator": false,
        })
    );
    assert_eq!(listed(&stack, key).await.len(), 1);
    assert_eq!(listed(&stack, &operator).await.len(), 1);

    let other = key_of(&stack, "other", Scope::Admin).await;
    assert_eq!(make(other).await.status, StatusCode::FORBIDDEN);
    let reader = key_of(&stack, "default", Scope::ScanRead).await;
    assert_eq!(make(reader).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn everybody_is_told_who_they_are_whatever_they_may_do() {
    let (stack, operator) = with_keys("default").await;
    for scope in Scope::ALL {
        let key = key_of(&stack, "acme", scope).await;
        let me = get(&stack, &key, "/api/v1/whoami/").await.json();
        assert_eq!(me["scopes"], json!([scope.name()]));
        assert_eq!(
            (&me["tenant"], &me["operator"]),
            (&json!("acme"), &json!(false))
        );
    }
    let me = get(&stack, &operator, "/api/v1/whoami/").await.json();
    assert_eq!(
        (&me["tenant"], &me["operator"]),
        (&json!("default"), &json!(true))
    );
    let nobody = stack.get("/api/v1/whoami/").await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);

    let open = Stack::start().await;
    let me = open.get("/api/v1/whoami/").await.json();
    assert_eq!(
        (&me["actor"], &me["operator"]),
        (&json!("anybody"), &json!(true))
    );
}

#[tokio::test]
async fn both_keys_hold_until_the_overlap_ends() {
    let (stack, admin) = with_keys("acme").await;
    let old = made(&stack, &admin, importer()).await;
    let (old_key, id) = (text(&old["key"]), text(&old["id"]));
    let answer = rotate(&stack, &admin, id, json!({"overlap_seconds": 3600})).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    let new = answer.json();
    let new_key = text(&new["key"]);
    assert_eq!(
        answer.header("location"),
        format!("{KEYS}{}/", text(&new["id"]))
    );
    assert_eq!(
        (&new["name"], &new["scopes"]),
        (&old["name"], &old["scopes"])
    );
    for key in [old_key, new_key] {
        assert_eq!(whoami(&stack, key).await, StatusCode::OK);
    }
    let found = get(&stack, &admin, &format!("{KEYS}{id}/")).await.json();
    assert_eq!(
        (&found["replaced_by"], &found["state"]),
        (&new["id"], &json!("active"))
    );

    let again = rotate(&stack, &admin, id, Value::Null).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(again.json()["type"], "urn:problem:cannot_rotate");
    assert!(text(&again.json()["detail"]).contains(text(&new["id"])));

    stack.clock.advance(HOUR);
    assert_eq!(whoami(&stack, old_key).await, StatusCode::UNAUTHORIZED);
    assert_eq!(whoami(&stack, new_key).await, StatusCode::OK);
}

#[tokio::test]
async fn a_successor_lives_as_long_as_its_predecessor_was_to() {
    let (stack, admin) = with_keys("acme").await;
    let body = json!({"name": "a", "scopes": ["scan:read"], "expires_in_days": 10});
    let old = made(&stack, &admin, body).await;
    let end = time(&old["expires_at"]);
    stack.clock.advance(9 * DAY + 12 * HOUR);
    // The day of the overlap would end after the key itself.
    let new = rotate(&stack, &admin, text(&old["id"]), Value::Null)
        .await
        .json();
    let life = time(&new["expires_at"]).duration_since(time(&new["created_at"]));
    assert_eq!(life.as_hours(), 240);
    let path = format!("{KEYS}{}/", text(&old["id"]));
    let found = get(&stack, &admin, &path).await.json();
    assert_eq!(time(&found["expires_at"]), end);

    stack.clock.advance(DAY);
    let over = rotate(&stack, &admin, text(&old["id"]), Value::Null).await;
    assert_eq!(over.status, StatusCode::CONFLICT);
    assert!(text(&over.json()["detail"]).contains("expired"));
    // A successor has one in its turn.
    let next = rotate(&stack, &admin, text(&new["id"]), json!({})).await;
    assert_eq!(next.status, StatusCode::CREATED);
    delete(&stack, &admin, text(&next.json()["id"])).await;
    let revoked = rotate(&stack, &admin, text(&next.json()["id"]), Value::Null).await;
    assert!(text(&revoked.json()["detail"]).contains("revoked"));
}

#[tokio::test]
async fn a_wrong_overlap_is_refused() {
    let path = format!("{KEYS}5f1d0c7a9e3b2468/rotate/");
    for body in [
        json!({"overlap_seconds": -1}),
        json!({"overlap_seconds": 604_801}),
        json!({"overlap_seconds": 1.5}),
        json!({"overlap_seconds": "3600"}),
    ] {
        let request = support::request(Method::POST, &path).body(Body::from(body.to_string()));
        let answer = support::send(request.unwrap()).await;
        assert_eq!(answer.places(), ["pointer /overlap_seconds"], "{body}");
    }
}

#[tokio::test]
async fn a_rotation_that_dies_in_between_leaves_the_old_key_as_it_was() {
    for (operation, unharmed) in [("PutItem", 0), ("PutItem", 1), ("UpdateItem", 0)] {
        let (stack, admin) = with_keys("acme").await;
        let old = made(&stack, &admin, importer()).await;
        let (key, id) = (text(&old["key"]), text(&old["id"]));
        assert_eq!(whoami(&stack, key).await, StatusCode::OK);
        stack
            .dynamodb
            .break_after(unharmed, operation, Fault::ServerError);
        for _ in 1..CALLS {
            stack.dynamodb.break_next(operation, Fault::ServerError);
        }
        let died = rotate(&stack, &admin, id, json!({"overlap_seconds": 0})).await;
        assert_eq!(died.status, StatusCode::SERVICE_UNAVAILABLE, "{operation}");
        assert!(!died.text().contains("dx_"), "{}", died.text());
        stack.dynamodb.mend();
        stack.clock.advance(HOLDS);
        assert_eq!(whoami(&stack, key).await, StatusCode::OK, "{operation}");
        let path = format!("{KEYS}{id}/");
        let found = get(&stack, &admin, &path).await.json();
        assert_eq!(found["state"], "active");
        assert!(found.get("replaced_by").is_none(), "{operation} {found}");

        let again = rotate(&stack, &admin, id, json!({"overlap_seconds": 0})).await;
        assert_eq!(again.status, StatusCode::CREATED, "{operation}");
        let found = get(&stack, &admin, &path).await.json();
        assert_eq!(found["replaced_by"], again.json()["id"], "{operation}");
    }
}

#[tokio::test]
async fn a_successor_whose_answer_was_lost_is_rotated_in_its_turn() {
    let (stack, admin) = with_keys("acme").await;
    let old = made(&stack, &admin, importer()).await;
    let id = text(&old["id"]);
    // Nobody sees this answer.
    rotate(&stack, &admin, id, Value::Null).await;
    let found = get(&stack, &admin, &format!("{KEYS}{id}/")).await.json();
    let lost = text(&found["replaced_by"]);
    let again = rotate(&stack, &admin, lost, json!({"overlap_seconds": 0})).await;
    assert_eq!(again.status, StatusCode::CREATED);
    let key = again.json();
    assert_eq!(whoami(&stack, text(&key["key"])).await, StatusCode::OK);
}

#[tokio::test]
async fn of_two_rotations_at_once_one_makes_the_successor() {
    let (stack, admin) = with_keys("acme").await;
    let old = made(&stack, &admin, importer()).await;
    let id = text(&old["id"]);
    get(&stack, &admin, KEYS).await;
    let gate = Gate::new();
    let hold = Fault::Hold(gate.clone());
    stack.dynamodb.break_next("UpdateItem", hold);
    let slow = async { rotate(&stack, &admin, id, Value::Null).await };
    let fast = async {
        gate.arrival().await;
        let won = rotate(&stack, &admin, id, Value::Null).await;
        gate.open();
        won
    };
    let (lost, won) = tokio::join!(slow, fast);
    assert_eq!(won.status, StatusCode::CREATED, "{}", won.text());
    assert_eq!(lost.status, StatusCode::CONFLICT, "{}", lost.text());
    let won = won.json();
    assert_eq!(whoami(&stack, text(&won["key"])).await, StatusCode::OK);
    let keys = listed(&stack, &admin).await;
    let of_state = |state| keys.iter().filter(|it| it["state"] == state).count();
    // The admin's, the old one and its successor; and that of the slower one, which nobody was told.
    assert_eq!((of_state("active"), of_state("revoked")), (3, 1));
}

#[tokio::test]
async fn a_key_is_made_or_not_whatever_becomes_of_the_answers() {
    for fault in [
        Fault::DropAnswer,
        Fault::DropRequest,
        Fault::Twice,
        Fault::Throttle,
    ] {
        let (stack, admin) = with_keys("acme").await;
        for unharmed in 0..3 {
            stack
                .dynamodb
                .break_after(unharmed, "PutItem", fault.clone());
        }
        let new = made(&stack, &admin, importer()).await;
        assert_eq!(whoami(&stack, text(&new["key"])).await, StatusCode::OK);
        assert_eq!(listed(&stack, &admin).await.len(), 2, "{fault:?}");
    }
}
