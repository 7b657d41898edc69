//! What admins did, as other admins see it, and as the log has it.

use std::time::Duration;

use access::Scope;
use api::AuthSettings;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use testkit::{Answer, Fault, Lambda, Options, Stack};

use crate::support;

const AUDIT: &str = "/api/v1/audit/";
const KEYS: &str = "/api/v1/keys/";
const SCANS: &str = "/api/v1/scan/";
const SECRETS: &str = "/api/v1/webhooks/secrets/";
const LETTERS: &str = "/api/v1/dead-letters/";

/// Calls that are made of one operation before it is given up.
const CALLS: usize = 10;

async fn page(stack: &Stack, query: &str) -> Value {
    let answer = stack.get(&format!("{AUDIT}?{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

async fn events(stack: &Stack, query: &str) -> Vec<Value> {
    page(stack, query).await["events"]
        .as_array()
        .unwrap()
        .clone()
}

/// What happened, oldest first.
async fn names(stack: &Stack) -> Vec<String> {
    let events = events(stack, "").await;
    let names = events.iter().rev().map(|it| it["event"].as_str().unwrap());
    names.map(ToOwned::to_owned).collect()
}

async fn make_key(stack: &Stack, tenant: &str) -> Answer {
    let request = Request::post(KEYS).header("x-tenant", tenant);
    let body = json!({"name": "nightly import", "scopes": ["scan:read"]}).to_string();
    let answer = stack.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    // So that what comes next is younger.
    stack.clock.advance(Duration::from_millis(1));
    answer
}

async fn then(stack: &Stack, method: Method, path: &str) -> Answer {
    let answer = stack.call(method, path).await;
    assert!(answer.status.is_success(), "{path} {}", answer.text());
    stack.clock.advance(Duration::from_millis(1));
    answer
}

/// Letters of no job.
async fn plant_letters(stack: &Stack, count: usize) {
    let url = stack.environment();
    let url = url
        .iter()
        .find(|(name, _)| *name == "DEAD_LETTER_QUEUE_URL");
    let (_, url) = url.unwrap();
    for number in 0..count {
        let send = stack.clients.sqs.send_message().queue_url(url);
        let send = send.message_body(format!("number {number}")).send();
        send.await.unwrap();
    }
    stack.clock.advance(Duration::from_secs(1));
    stack.reap_once().await;
}

#[tokio::test]
async fn what_is_done_to_keys_and_secrets_is_noted_with_who_did_it() {
    let stack = Stack::start().await;
    let made = make_key(&stack, "default").await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let rotated = then(&stack, Method::POST, &format!("{KEYS}{id}/rotate/")).await;
    for _ in 0..2 {
        then(&stack, Method::DELETE, &format!("{KEYS}{id}/")).await;
    }
    let secret = then(&stack, Method::POST, SECRETS).await.json();
    then(&stack, Method::POST, SECRETS).await;
    let path = format!("{SECRETS}{}/", secret["id"].as_str().unwrap());
    then(&stack, Method::DELETE, &path).await;

    let names = names(&stack).await;
    assert_eq!(
        names,
        [
            "key_created",
            "key_rotated",
            "key_revoked",
            "key_revoked",
            "webhook_secret_created",
            "webhook_secret_created",
            "webhook_secret_removed",
        ]
    );
    let events = events(&stack, "").await;
    let oldest = &events[6];
    assert_eq!(
        (&oldest["actor"], &oldest["subject"]),
        (&json!("anybody"), &json!(id))
    );
    assert_eq!(oldest["details"]["name"], "nightly import");
    assert_eq!(oldest["details"]["scopes"], json!(["scan:read"]));
    assert_eq!(oldest["request_id"], made.header("x-request-id"));
    assert!(oldest.get("actor_tenant").is_none());
    assert_eq!(events[5]["details"]["replaced_by"], rotated.json()["id"]);
    let repeated = |it: &Value| it["details"]["repeated"].clone();
    assert_eq!(
        (repeated(&events[4]), repeated(&events[3])),
        (json!(false), json!(true))
    );
    assert_eq!(events[0]["subject"], secret["id"]);
}

#[tokio::test]
async fn what_is_done_to_dead_letters_is_noted_with_how_many_they_were() {
    let stack = Stack::start().await;
    plant_letters(&stack, 5).await;
    let letters = stack.get(LETTERS).await.json()["dead_letters"].clone();
    let id = |at: usize| letters[at]["id"].as_str().unwrap().to_owned();
    then(
        &stack,
        Method::POST,
        &format!("{LETTERS}{}/redrive/", id(0)),
    )
    .await;
    then(&stack, Method::DELETE, &format!("{LETTERS}{}/", id(1))).await;
    then(&stack, Method::POST, &format!("{LETTERS}redrive/?limit=1")).await;
    then(
        &stack,
        Method::DELETE,
        &format!("{LETTERS}?reason=unreadable_message"),
    )
    .await;
    let events = events(&stack, "").await;
    let [all_discarded, all_redriven, discarded, redriven] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(
        (&redriven["event"], &redriven["subject"]),
        (&json!("dead_letter_redriven"), &json!(id(0)))
    );
    assert_eq!(
        (&discarded["event"], &discarded["subject"]),
        (&json!("dead_letter_discarded"), &json!(id(1)))
    );
    assert_eq!(all_redriven["event"], "dead_letters_redriven");
    assert_eq!(all_redriven["details"]["redriven"], 1);
    assert_eq!(all_discarded["event"], "dead_letters_discarded");
    assert_eq!(
        all_discarded["details"],
        json!({"discarded": 2, "reason": "unreadable_message"})
    );
}

#[tokio::test]
async fn what_was_done_before_something_failed_is_noted_too() {
    let stack = Stack::start().await;
    plant_letters(&stack, 3).await;
    stack
        .dynamodb
        .break_after(1, "DeleteItem", Fault::ServerError);
    for _ in 1..CALLS {
        stack.dynamodb.break_next("DeleteItem", Fault::ServerError);
    }
    let failed = stack.call(Method::DELETE, LETTERS).await;
    assert_eq!(failed.status, StatusCode::SERVICE_UNAVAILABLE);
    stack.dynamodb.mend();
    let events = events(&stack, "").await;
    assert_eq!(events[0]["details"]["discarded"], 1, "{events:?}");
}

#[tokio::test]
async fn what_is_refused_or_fails_is_not_noted_as_done() {
    let stack = Stack::start().await;
    for (method, path) in [
        (Method::POST, KEYS),
        (Method::DELETE, "/api/v1/keys/5f1d0c7a9e3b2468/"),
        (Method::POST, "/api/v1/keys/5f1d0c7a9e3b2468/rotate/"),
        (Method::DELETE, "/api/v1/dead-letters/SjIwMjY/"),
    ] {
        let answer = stack.call(method, path).await;
        assert!(answer.status.is_client_error(), "{path}");
    }
    assert_eq!(names(&stack).await, [""; 0]);
}

#[tokio::test]
async fn the_tenant_that_was_acted_for_sees_who_acted_for_it() {
    let stack = Stack::start().await;
    make_key(&stack, "acme").await;
    assert_eq!(names(&stack).await, [""; 0]);
    let request = Request::get(AUDIT).header("x-tenant", "acme");
    let answer = stack
        .send(request.body(Body::empty()).unwrap())
        .await
        .json();
    let [event] = &answer["events"].as_array().unwrap()[..] else {
        panic!("{answer}");
    };
    assert_eq!(
        (&event["actor"], &event["actor_tenant"]),
        (&json!("anybody"), &json!("default"))
    );
}

#[tokio::test]
async fn an_operation_stands_whose_entry_cannot_be_written() {
    let stack = Stack::start().await;
    // A key and what finds it are two writes.
    stack.dynamodb.break_after(2, "PutItem", Fault::ServerError);
    for _ in 1..CALLS {
        stack.dynamodb.break_next("PutItem", Fault::ServerError);
    }
    make_key(&stack, "default").await;
    stack.dynamodb.mend();
    assert_eq!(names(&stack).await, [""; 0]);
    assert_eq!(
        stack.get(KEYS).await.json()["keys"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn pages_and_filters_find_each_event_once() {
    let stack = Stack::start().await;
    let begin = stack.clock.now();
    for _ in 0..5 {
        make_key(&stack, "default").await;
        then(&stack, Method::POST, SECRETS).await;
        stack.clock.advance(Duration::from_hours(25));
    }
    let whole = events(&stack, "").await;
    assert_eq!(whole.len(), 10);
    for limit in 1..=11 {
        let mut at = page(&stack, &format!("limit={limit}")).await;
        let mut found = at["events"].as_array().unwrap().clone();
        while let Some(cursor) = at["next"].as_str() {
            at = page(&stack, &format!("limit={limit}&cursor={cursor}")).await;
            found.extend(at["events"].as_array().unwrap().clone());
        }
        assert_eq!(found, whole, "{limit}");
    }
    assert_eq!(events(&stack, "event=key_created").await.len(), 5);
    assert_eq!(
        events(&stack, "event=key_created&actor=anybody")
            .await
            .len(),
        5
    );
    assert_eq!(events(&stack, "actor=key:5f1d0c7a9e3b2468").await.len(), 0);
    let day_after = begin + Duration::from_hours(24);
    assert_eq!(
        events(&stack, &format!("created_before={day_after}"))
            .await
            .len(),
        2
    );
    assert_eq!(
        events(&stack, &format!("created_after={day_after}"))
            .await
            .len(),
        8
    );

    let answer = stack
        .get(&format!("{AUDIT}?limit=4&event=key_created"))
        .await;
    let link = answer.header("link");
    assert!(
        link.contains("rel=\"next\"") && link.contains("event=key_created"),
        "{link}"
    );
}

#[tokio::test]
async fn a_wrong_question_says_where() {
    for query in [
        "event=key_lost",
        "limit=0",
        "limit=201",
        "cursor=x",
        "created_after=yesterday",
        "colour=red",
        "actor=a&actor=b",
    ] {
        let answer = support::get(&format!("{AUDIT}?{query}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        let (name, _) = query.split_once('=').unwrap();
        assert_eq!(answer.places(), [format!("parameter {name}")]);
    }
}

#[tokio::test]
async fn no_key_is_in_the_log_and_what_was_done_with_it_is() {
    let stack = Stack::with(Options {
        auth: AuthSettings::Keys,
        ..Options::default()
    })
    .await;
    let (admin, reader) = (
        stack.key("default", [Scope::Admin]).await,
        stack.key("acme", [Scope::ScanRead]).await,
    );
    let api = Lambda::start_talkative(env!("CARGO_BIN_EXE_api"), &stack).await;
    let by_admin = [("x-api-key", &*admin)];
    let body = r#"{"name": "Quetzalcoatlus", "scopes": ["admin"]}"#;
    let made = api.request("r-1", "POST", KEYS, &by_admin, body).await;
    let made = made.json();
    let (key, id) = (made["key"].as_str().unwrap(), made["id"].as_str().unwrap());
    let rotate = format!("{KEYS}{id}/rotate/");
    let next = api.request("r-2", "POST", &rotate, &by_admin, "").await;
    let next = next.json();
    let next = next["key"].as_str().unwrap();
    let bearer = format!("Bearer {next}");
    let by_next = [("authorization", &*bearer)];
    let revoke = format!("{KEYS}{id}/");
    let revoked = api.request("r-3", "DELETE", &revoke, &by_next, "").await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    // What is not permitted, and what is good for nothing.
    let by_reader = [("x-api-key", &*reader)];
    let refused = api.request("r-4", "GET", KEYS, &by_reader, "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let elsewhere = [("x-api-key", &*reader), ("x-tenant", "other")];
    let refused = api.request("r-5", "GET", SCANS, &elsewhere, "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let wrong = format!("{}0", &key[..key.len() - 1]);
    for shown in [key, &wrong, ""] {
        let shown = [("x-api-key", shown)];
        let refused = api.request("r-6", "GET", KEYS, &shown, "").await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    }
    let output = api.stop().await;

    for key in [&admin, &reader, key, next] {
        assert_eq!(output.reveals(&key[20..84]), None, "{}", output.text);
    }
    assert_eq!(output.reveals("Quetzalcoatlus"), None, "{}", output.text);
    let noted = output.log.iter().filter(|it| !it["audit"].is_null());
    let actor_of = |key: &str| format!("key:{}", &key[3..19]);
    let noted: Vec<(&str, &str)> = noted
        .map(|it| (it["audit"].as_str().unwrap(), it["actor"].as_str().unwrap()))
        .collect();
    let (admin, next, reader) = (actor_of(&admin), actor_of(next), actor_of(&reader));
    assert_eq!(
        noted,
        [
            ("key_created", &*admin),
            ("key_rotated", &*admin),
            ("key_revoked", &*next),
            ("refused", &*reader),
            ("refused", &*reader),
        ]
    );
    let counted = output
        .metrics
        .iter()
        .filter(|it| it["unauthenticated"] == 1.0);
    assert_eq!(counted.count(), 3);
}
