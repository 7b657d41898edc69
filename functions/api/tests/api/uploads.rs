//! Documents that go into the bucket themselves, as their clients see them.

use http::{Method, Request, StatusCode};
use job::limits;
use serde_json::{Value, json};
use testkit::{Answer, Fault, Stack, exchange};

use crate::support::{ID, START};

const UPLOADS: &str = "/api/v1/uploads/";

/// `a@test.com`, of ten bytes and this SHA-256.
const ANN_SHA256: &str = "2ca85939294aefb09b481ef700f681f26f741ba8d626917f5295ed582aee16b0";

async fn create(stack: &Stack, body: &Value) -> Answer {
    let request = Request::post(UPLOADS).body(body.to_string().into());
    stack.send(request.unwrap()).await
}

/// An upload that must be allowed.
async fn allowed(stack: &Stack, body: &Value) -> Value {
    let created = create(stack, body).await;
    assert_eq!(created.status, StatusCode::CREATED, "{created:?}");
    created.json()
}

/// Sends bytes to where an upload says, as it says.
async fn put(upload: &Value, bytes: &'static str) -> StatusCode {
    assert_eq!(upload["method"], "PUT");
    let mut request = Request::put(upload["url"].as_str().unwrap());
    for (name, value) in upload["headers"].as_object().unwrap() {
        // The client says how long it really is.
        if name != "content-length" {
            request = request.header(name, value.as_str().unwrap());
        }
    }
    exchange(request.body(bytes).unwrap()).await.status
}

fn path(upload: &Value) -> String {
    format!("{UPLOADS}{}/", upload["upload"].as_str().unwrap())
}

async fn start(stack: &Stack, body: Value) -> Answer {
    stack.start_job("application/json", body.to_string()).await
}

async fn result(stack: &Stack, started: &Answer) -> Answer {
    assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
    stack.drain_queue().await;
    let path = format!("/api/v1/scan/result/{}/", started.job_id());
    stack.get(&path).await
}

/// The reason for which a job failed.
async fn failure(stack: &Stack, started: &Answer) -> Value {
    stack.drain_queue().await;
    let path = format!("/api/v1/scan/status/{}/", started.job_id());
    stack.get(&path).await.json()["error"].clone()
}

#[tokio::test]
async fn an_uploaded_document_is_extracted_like_one_that_was_sent() {
    let stack = Stack::start().await;
    let about = json!({"name": "a.csv", "media_type": "text/csv", "bytes": 19});
    let created = create(&stack, &about).await;
    assert_eq!(created.status, StatusCode::CREATED, "{created:?}");
    let upload = created.json();
    assert_eq!(created.header("location"), path(&upload));
    assert_eq!(put(&upload, "name,mail\nAnn,a@b.c").await, StatusCode::OK);

    let id = &upload["upload"];
    let named = json!({"upload": id, "name": "b.txt", "media_type": "text/plain"});
    let request = json!({
        "sources": [{"upload": id}, {"text": "in between"}, named],
        "extract": ["text"],
    });
    let started = start(&stack, request).await;
    let result = result(&stack, &started).await.json();
    let said = |member: &str| {
        let documents = result["documents"].as_array().unwrap();
        let said: Vec<_> = documents.iter().map(|it| it[member].clone()).collect();
        said
    };
    assert_eq!(said("name"), [json!("a.csv"), Value::Null, json!("b.txt")]);
    assert_eq!(said("bytes"), [19, 10, 19]);
    let types = ["text/csv", "text/plain", "text/plain"];
    assert_eq!(said("media_type"), types);
}

#[tokio::test]
async fn no_job_starts_from_bytes_that_are_not_there() {
    let stack = Stack::start().await;
    let upload = allowed(&stack, &json!({"bytes": 10})).await;
    let request = json!({"source": {"upload": upload["upload"]}, "extract": ["entities"]});
    assert_eq!(stack.get(&path(&upload)).await.json()["status"], "waiting");

    let refused = start(&stack, request.clone()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json()["type"], "urn:problem:upload_missing");
    let detail = refused.json()["detail"].to_string();
    assert!(
        detail.contains(upload["upload"].as_str().unwrap()),
        "{detail}"
    );
    assert_eq!(stack.items().await, 1, "only the upload");
    assert_eq!(stack.work_once().await, 0);

    assert_eq!(put(&upload, "a@test.com").await, StatusCode::OK);
    let seen = stack.get(&path(&upload)).await;
    assert_eq!(seen.json()["status"], "arrived", "{seen:?}");
    let started = start(&stack, request).await;
    let found = result(&stack, &started).await;
    assert_eq!(found.json()["records"][0]["email"], "a@test.com");
}

#[tokio::test]
async fn bytes_that_were_not_announced_do_not_arrive() {
    let stack = Stack::start().await;
    let sized = allowed(&stack, &json!({"bytes": 10})).await;
    for other in ["a@test.co", "a@test.com!"] {
        assert_eq!(put(&sized, other).await, StatusCode::FORBIDDEN);
    }
    let summed = allowed(&stack, &json!({"bytes": 10, "sha256": ANN_SHA256})).await;
    assert_eq!(put(&summed, "b@test.com").await, StatusCode::BAD_REQUEST);
    for upload in [&sized, &summed] {
        assert_eq!(stack.get(&path(upload)).await.json()["status"], "waiting");
        assert_eq!(put(upload, "a@test.com").await, StatusCode::OK);
        assert_eq!(stack.get(&path(upload)).await.json()["status"], "arrived");
    }
}

#[tokio::test]
async fn bytes_that_are_replaced_after_the_start_are_not_extracted_in_the_place_of_the_first() {
    let stack = Stack::start().await;
    let upload = allowed(&stack, &json!({"bytes": 10})).await;
    let source = json!({"upload": upload["upload"]});
    assert_eq!(put(&upload, "a@test.com").await, StatusCode::OK);
    let alone = start(&stack, json!({"source": source})).await;
    let request = json!({"sources": [{"text": "c@test.com"}, source]});
    let among_others = start(&stack, request).await;
    assert_eq!(put(&upload, "b@test.com").await, StatusCode::OK);

    let error = failure(&stack, &alone).await;
    assert_eq!(error["type"], "urn:problem:changed", "{error}");
    let result = result(&stack, &among_others).await.json();
    assert_eq!(result["records"][0]["email"], "c@test.com");
    assert_eq!(result["documents"][1]["error"]["code"], "changed");

    // A job that is started now has seen them.
    let later = start(&stack, json!({"source": source})).await;
    let found = self::result(&stack, &later).await;
    assert_eq!(found.json()["records"][0]["email"], "b@test.com");
}

#[tokio::test]
async fn an_upload_that_is_removed_leaves_neither_bytes_nor_item() {
    let stack = Stack::start().await;
    let upload = allowed(&stack, &json!({"bytes": 10})).await;
    let request = json!({"source": {"upload": upload["upload"]}});
    assert_eq!(put(&upload, "a@test.com").await, StatusCode::OK);
    let started = start(&stack, request.clone()).await;

    let removed = stack.call(Method::DELETE, &path(&upload)).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(stack.objects().await, Vec::<String>::new());
    let again = stack.call(Method::DELETE, &path(&upload)).await;
    assert_eq!(again.json()["type"], "urn:problem:upload_not_found");
    let refused = start(&stack, request).await;
    assert_eq!(refused.json()["type"], "urn:problem:upload_missing");
    let error = failure(&stack, &started).await;
    assert_eq!(error["type"], "urn:problem:missing", "{error}");
}

#[tokio::test]
async fn an_upload_can_be_used_until_its_time_is_over() {
    let stack = Stack::start().await;
    let upload = allowed(&stack, &json!({"bytes": 10})).await;
    assert_eq!(put(&upload, "a@test.com").await, StatusCode::OK);
    let seen = stack.get(&path(&upload)).await.json();
    assert_eq!(seen["kept_until"], upload["kept_until"]);
    let time =
        |member: &str| -> jiff::Timestamp { seen[member].as_str().unwrap().parse().unwrap() };
    let kept = time("kept_until").duration_since(time("created_at"));
    let day = 24 * 3600;
    let is_a_day = (day - 1..=day).contains(&kept.as_secs());
    assert!(is_a_day, "a day, but for a part of a second: {kept:?}");

    stack.clock.advance(limits::KEEP_UPLOAD);
    let gone = stack.get(&path(&upload)).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND, "{gone:?}");
    let refused = start(&stack, json!({"source": {"upload": upload["upload"]}})).await;
    assert_eq!(refused.json()["type"], "urn:problem:upload_missing");
}

#[tokio::test]
async fn an_upload_that_is_asked_for_again_with_its_key_is_the_same() {
    let stack = Stack::start().await;
    let ask = async |bytes: u64| {
        let request = Request::post(UPLOADS).header("idempotency-key", "one");
        let body = json!({"name": "a.txt", "bytes": bytes}).to_string();
        stack.send(request.body(body.into()).unwrap()).await
    };
    // The first is allowed, after its key was put, and never hears of it, however often the SDK tries.
    stack.dynamodb.break_after(1, "PutItem", Fault::DropAnswer);
    for _ in 1..4 {
        stack.dynamodb.break_next("PutItem", Fault::DropAnswer);
    }
    assert_eq!(ask(10).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let first = ask(10).await;
    assert_eq!(first.status, StatusCode::CREATED, "{first:?}");
    assert_eq!(first.header("location"), path(&first.json()));
    let again = ask(10).await;
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(ask(11).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(stack.items().await, 2, "an upload and its key");
}

#[tokio::test]
async fn what_is_wrong_with_an_upload_is_named_with_its_place() {
    let stack = Stack::start().await;
    let long = "x".repeat(20_000);
    for (body, place) in [
        (json!({}), "/bytes"),
        (json!({"bytes": 0}), "/bytes"),
        (json!({"bytes": 500_000_001}), "/bytes"),
        (json!({"bytes": 1.5}), "/bytes"),
        (json!({"bytes": 1, "sha256": "e3b0"}), "/sha256"),
        (json!({"bytes": 1, "name": ""}), "/name"),
        (json!({"bytes": 1, "media_type": 7}), "/media_type"),
        (json!({"bytes": 1, "size": 1}), "/size"),
    ] {
        let refused = create(&stack, &body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(refused.json()["errors"][0]["pointer"], place, "{body}");
    }
    let malformed = create(&stack, &json!([1])).await;
    assert_eq!(malformed.status, StatusCode::BAD_REQUEST);
    let document = create(&stack, &json!({"name": long, "bytes": 1})).await;
    assert_eq!(document.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(stack.items().await, 0);

    for id in [ID, "no-id"] {
        let unknown = stack.get(&format!("{UPLOADS}{id}/")).await;
        assert_eq!(unknown.json()["type"], "urn:problem:upload_not_found");
    }
}

#[tokio::test]
async fn who_sends_too_much_is_told_of_uploads() {
    let answer = crate::support::start(
        START,
        &[("content-type", "text/plain")],
        "x".repeat(crate::support::MAX_BYTES + 1),
    )
    .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.detail().contains("/api/v1/uploads/"));
    let limits = crate::support::get("/api/v1/limits/").await.json();
    assert_eq!(limits["max_upload_bytes"], 500_000_000);
}
