//! What a tenant's calls leave behind, and what another makes of it.

use access::Scope;
use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use testkit::Answer;

use crate::calls::call_of;
use crate::described::operations;
use crate::world::{OTHER, OWNER, World, names, tenant_of};

const START: &str = "/api/v1/scan/start/";

/// As many numbers as no item holds, however they are packed: they go into the bucket.
const NUMBERS: u32 = 200_000;

/// A product, and the key of another tenant than the one whose all it is.
async fn two_tenants() -> (World, String) {
    let world = World::start().await;
    let other = world.stack.key(OTHER, Scope::ALL).await;
    (world, other)
}

async fn start(world: &World, key: &str, body: Value) -> Answer {
    world.post(key, START, &body).await
}

fn assert_refused_at(answer: &Answer, pointer: &str) {
    assert_eq!(
        answer.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{answer:?}"
    );
    assert_eq!(answer.json()["errors"][0]["pointer"], pointer, "{answer:?}");
}

#[tokio::test]
async fn all_that_calls_leave_behind_says_whose_it_is() {
    let world = World::start().await;
    for operation in operations() {
        let call = call_of(&operation.id, &world).await.unwrap();
        call.by(Some(&world.key), &operation, &world).await;
    }
    let secret = world.post(&world.key, "/api/v1/webhooks/secrets/", &Value::Null);
    assert_eq!(secret.await.status, StatusCode::CREATED);
    let webhook = json!({"url": "https://example.org/hook"});
    let number = |it: u32| it.wrapping_mul(2_654_435_761).to_string();
    let large = (0..NUMBERS).map(number).collect::<Vec<_>>().join(" ");
    for sources in [
        json!([{"text": large}]),
        json!([{"upload": world.upload().await}]),
        json!([{"text": "one"}, {"text": "two"}]),
    ] {
        let body = json!({"sources": sources, "webhook": webhook, "extract": ["text"]});
        let request = Request::post(START)
            .header("content-type", "application/json")
            .header("idempotency-key", sources.to_string().len().to_string());
        let started = world.ask(&world.key, request, body.to_string()).await;
        assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
        // What is to be told of those that are done stays in its queue, as do the last one and its parts.
        if sources[1].is_null() {
            world.stack.work_once().await;
        }
    }

    let left = world.all().await;
    let kinds = [
        "T#acme#",
        "H#acme",
        "K#T#acme",
        "jobs/acme/",
        "uploads/acme/",
    ];
    for kind in kinds {
        let found = left.keys().any(|key| key.starts_with(kind));
        assert!(found, "nothing begins with {kind}: {:?}", left.keys());
    }
    for (key, item) in &left {
        assert_eq!(tenant_of(key, item).as_deref(), Some(OWNER), "{key} {item}");
    }
    let messages = world.messages().await;
    assert!(messages.len() > 2, "{messages:?}");
    for message in messages {
        assert_eq!(message["tenant"], OWNER, "{message}");
    }
}

#[tokio::test]
async fn nothing_of_two_tenants_goes_by_the_same_name() {
    let (world, other) = two_tenants().await;
    for key in [&world.key, &other] {
        for body in ["one", "two"] {
            let started = start(&world, key, json!({"source": {"text": body}})).await;
            assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
        }
        world
            .post(key, "/api/v1/uploads/", &json!({"bytes": 10}))
            .await;
    }
    let (own, others) = (world.all_of(OWNER).await, world.all_of(OTHER).await);
    let (own, others) = (names(&own), names(&others));
    assert!(own.len() >= 3 && others.len() >= 3, "{own:?} {others:?}");
    assert!(own.is_disjoint(&others), "{own:?} {others:?}");
}

#[tokio::test]
async fn another_tenants_idempotency_key_is_another_key() {
    let (world, other) = two_tenants().await;
    for (path, body, made) in [
        (
            START,
            json!({"source": {"text": "one"}}),
            StatusCode::ACCEPTED,
        ),
        (
            "/api/v1/uploads/",
            json!({"bytes": 10}),
            StatusCode::CREATED,
        ),
    ] {
        let call = async |key: &str| {
            let request = Request::post(path)
                .header("content-type", "application/json")
                .header("idempotency-key", format!("the same of {path}"));
            let answer = world.ask(key, request, body.to_string()).await;
            assert_eq!(answer.status, made, "{answer:?}");
            answer
        };
        let (one, two) = (call(&world.key).await, call(&other).await);
        assert_ne!(one.header("location"), two.header("location"));
        assert_eq!(two.header("idempotency-replayed"), "");
        let again = call(&world.key).await;
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.body, one.body);
    }
}

#[tokio::test]
async fn nobody_starts_from_another_tenants_upload() {
    let (world, other) = two_tenants().await;
    let upload = world.upload().await;
    let body = json!({"source": {"upload": upload}});
    let refused = start(&world, &other, body.clone()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json()["type"], "urn:problem:upload_missing");
    let never = "01990a5d-ac96-774b-8cce-b302099a8057";
    let of_none = start(&world, &other, json!({"source": {"upload": never}})).await;
    let of_none = of_none.text().replace(never, &upload);
    assert_eq!(refused.text(), of_none, "it says no more than of none");
    let started = start(&world, &world.key, body).await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
}

#[tokio::test]
async fn nobody_uses_another_tenants_extractor() {
    let (world, other) = two_tenants().await;
    let name = world.extractor("invoice").await;
    for extractor in [name.clone(), format!("{name}@1")] {
        let body = json!({"source": {"text": "a"}, "extractor": extractor});
        assert_refused_at(&start(&world, &other, body.clone()).await, "/extractor");
        let started = start(&world, &world.key, body).await;
        assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
    }
}

#[tokio::test]
async fn nobody_has_webhooks_signed_with_another_tenants_secret() {
    let (world, other) = two_tenants().await;
    world.secret().await;
    let body = json!({"source": {"text": "a"}, "webhook": {"url": "https://example.org/"}});
    assert_refused_at(&start(&world, &other, body.clone()).await, "/webhook");
    let started = start(&world, &world.key, body).await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
}

#[tokio::test]
async fn a_cursor_of_another_tenants_list_leads_to_nothing_of_it() {
    let (world, other) = two_tenants().await;
    for _ in 0..2 {
        world.letter().await;
        world.stack.job().of(OWNER).pending().await;
    }
    for name in ["quetzalcoatlus-a", "quetzalcoatlus-b"] {
        world.extractor(name).await;
    }
    let all = world.all_of(OWNER).await;
    for path in [
        "/api/v1/scan/",
        "/api/v1/dead-letters/",
        "/api/v1/extractors/",
    ] {
        let first = world.get(&world.key, &format!("{path}?limit=1")).await;
        let first = first.json();
        let cursor = first["next"].as_str().unwrap();
        let next = format!("{path}?limit=1&cursor={cursor}");
        let second = world.get(&world.key, &next).await.text();
        let shown = |text: &str| names(&all).into_iter().any(|name| text.contains(name));
        assert!(shown(&second), "{second}");
        let others = world.get(&other, &next).await;
        assert_eq!(others.status, StatusCode::OK, "{others:?}");
        assert!(!shown(&others.text()), "{others:?}");
        assert_eq!(others.json()["next"], Value::Null, "{others:?}");
    }
}

#[tokio::test]
async fn a_start_tells_no_result_to_who_may_not_read_it() {
    let world = World::start().await;
    let writes = world.stack.key(OWNER, [Scope::ScanWrite]).await;
    let both = [Scope::ScanRead, Scope::ScanWrite];
    let both = world.stack.key(OWNER, both).await;
    let ask = |key: &str| {
        let request = Request::post(START).header("prefer", "wait=20");
        let request = request.header("idempotency-key", "k");
        let request = request.header("x-api-key", key).body(Body::empty());
        world.stack.send(request.unwrap())
    };
    let started = ask(&writes).await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
    assert_eq!(started.header("preference-applied"), "");
    world.stack.work_once().await;
    // Nor does it once it is there.
    let again = ask(&writes).await;
    assert_eq!(again.status, StatusCode::ACCEPTED, "{again:?}");
    assert_eq!(again.body, started.body);
    let read = ask(&both).await;
    assert_eq!(read.status, StatusCode::OK, "{read:?}");
    assert_eq!(read.json()["status"], "completed");
}
