//! What belongs to another tenant is not there: whoever asks for it cannot tell it from what nobody has.

use std::collections::BTreeMap;

use access::Scope;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use job::{JobId, Tenant};
use serde_json::{Value, json};
use store::{Delivered, Message};
use testkit::{Answer, Stack};

/// The operations that make what they name: there is nothing to be hidden from whoever asks.
const MAKING: [(&str, &str); 1] = [("put", "/api/v1/extractors/{name}/")];

/// What a parameter of a path may be: something of another tenant's, and something of the same form that nobody has.
type Named = BTreeMap<&'static str, [String; 2]>;

fn acme() -> Tenant {
    testkit::tenant("acme")
}

async fn as_acme(stack: &Stack, method: Method, path: &str, body: Value) -> Value {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("x-tenant", "acme")
        .header("content-type", "application/json");
    let answer = stack.send(request.body(body.to_string().into()).unwrap());
    let answer = answer.await;
    assert!(answer.status.is_success(), "{path}: {}", answer.text());
    answer.json()
}

/// Gives another tenant something of everything that has a name.
async fn furnish(stack: &Stack) -> Named {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let post = |path, body| as_acme(stack, Method::POST, path, body);
    let secret = post("/api/v1/webhooks/secrets/", json!({})).await;
    let upload = post("/api/v1/uploads/", json!({"name": "a.txt", "bytes": 3})).await;
    let extractor = json!({"extract": ["entities"]});
    as_acme(stack, Method::PUT, "/api/v1/extractors/theirs/", extractor).await;
    let endpoint = "https://example.org/hook";
    let job = json!({"source": {"text": "a@test.com"}, "webhook": {"url": endpoint}});
    let job = post("/api/v1/scan/start/", job).await;
    let now = stack.clock.now();
    let tenant = acme();
    let disabled = stack.store.disable_endpoint(&tenant, endpoint, now);
    disabled.await.unwrap();
    let disabled = "/api/v1/webhooks/disabled/";
    let disabled = as_acme(stack, Method::GET, disabled, json!({})).await;
    let job_id = text(&job["job_id"]);
    let key = stack.key("acme", Scope::ALL).await;
    BTreeMap::from([
        ("{job_id}", [job_id.clone(), another()]),
        ("{task_id}", [job_id, another()]),
        ("{upload_id}", [text(&upload["upload"]), another()]),
        ("{secret_id}", [text(&secret["id"]), another()]),
        (
            "{key_id}",
            [key[3..19].to_owned(), "0123456789abcdef".to_owned()],
        ),
        ("{name}", ["theirs".to_owned(), "nobody".to_owned()]),
        (
            "{endpoint_id}",
            [
                text(&disabled["endpoints"][0]["id"]),
                "5d41402abc4b2a76b9719d911017c592".to_owned(),
            ],
        ),
        (
            "{letter_id}",
            [
                letter(stack).await,
                "SjIwMjYtMDktMDFUMTI6MDA6MDAuMTIzWiMx".to_owned(),
            ],
        ),
    ])
}

/// An id that nothing has.
fn another() -> String {
    JobId::new(service::Clock::system().now()).to_string()
}

/// A dead letter of the other tenant's.
async fn letter(stack: &Stack) -> String {
    let now = stack.clock.now();
    let key = stack.job().of("acme").failed().await;
    let job = stack.store.get(&key, now).await.unwrap().unwrap();
    let message = Message {
        key,
        version: job.version,
        generation: job.generation,
        traceparent: None,
    };
    let delivered = Delivered {
        message_id: job.key.id.to_string(),
        body: message.to_body(),
        receives: 10,
        sent_at: now,
    };
    let kept = stack
        .store
        .keep_dead_letter(&delivered, "undeliverable", "It was given up.");
    kept.await.unwrap();
    let page = as_acme(stack, Method::GET, "/api/v1/dead-letters/", json!({})).await;
    page["dead_letters"][0]["id"].as_str().unwrap().to_owned()
}

/// What a client can see of an answer, with what it named itself, the length of that, and the request's own id left out.
fn seen(answer: &Answer, named: &str) -> (StatusCode, BTreeMap<String, String>, String) {
    let headers = answer.headers.iter();
    let headers =
        headers.filter(|(name, _)| !["x-request-id", "content-length"].contains(&name.as_str()));
    let headers = headers.map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.to_string(), value.into_owned())
    });
    let body = answer.text().replace(named, "…");
    (answer.status, headers.collect(), body)
}

/// What was asked of table, bucket and queues since the last look. Usage is noted by an update whenever it is due.
fn calls(stack: &Stack) -> [BTreeMap<String, usize>; 3] {
    [&stack.dynamodb, &stack.s3, &stack.sqs].map(|wire| {
        let mut calls = wire.calls();
        calls.remove("UpdateItem");
        wire.reset_counts();
        calls
    })
}

async fn send(stack: &Stack, method: &Method, path: &str, body: &str) -> Answer {
    let request = Request::builder()
        .method(method.clone())
        .uri(path)
        .header("content-type", "application/json");
    stack
        .send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

#[tokio::test]
async fn what_another_tenant_has_is_answered_as_what_nobody_has() {
    let stack = Stack::start().await;
    let named = furnish(&stack).await;
    // What is remembered of a tenant for a while is read by its first request.
    send(&stack, &Method::GET, "/api/v1/limits/", "").await;
    let description = api::openapi();
    let mut asked = 0;
    for (path, item) in description["paths"].as_object().unwrap() {
        let Some((parameter, names)) = named.iter().find(|(name, _)| path.contains(**name)) else {
            assert!(!path.contains('{'), "nobody has what {path} names");
            continue;
        };
        for method in item.as_object().unwrap().keys() {
            if MAKING.contains(&(method, path)) {
                continue;
            }
            let method: Method = method.to_uppercase().parse().unwrap();
            let mut answers = Vec::new();
            for name in names {
                calls(&stack);
                let answer = send(&stack, &method, &path.replace(parameter, name), "").await;
                answers.push((seen(&answer, name), calls(&stack)));
            }
            let [theirs, nobodys] = &answers[..] else {
                unreachable!("there are two names");
            };
            assert_eq!(theirs, nobodys, "{method} {path}");
            assert_eq!(theirs.0.0, StatusCode::NOT_FOUND, "{method} {path}");
            asked += 1;
        }
    }
    assert!(asked >= 20, "{asked}");
}

#[tokio::test]
async fn neither_can_a_request_tell_them_that_names_them_in_its_body() {
    let stack = Stack::start().await;
    let named = furnish(&stack).await;
    send(&stack, &Method::GET, "/api/v1/limits/", "").await;
    for (parameter, body) in [
        ("{upload_id}", r#"{"source": {"upload": "NAME"}}"#),
        (
            "{name}",
            r#"{"source": {"text": "x"}, "extractor": "NAME"}"#,
        ),
    ] {
        let mut answers = Vec::new();
        for name in &named[parameter] {
            calls(&stack);
            let body = body.replace("NAME", name);
            let answer = send(&stack, &Method::POST, "/api/v1/scan/start/", &body).await;
            answers.push((seen(&answer, name), calls(&stack)));
        }
        assert_eq!(answers[0], answers[1], "{body}");
        assert!(answers[0].0.0.is_client_error(), "{answers:?}");
    }
}
