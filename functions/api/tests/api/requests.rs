//! What was asked of a job, as its client reads it again.

use std::time::Duration;

use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use testkit::{Answer, Fault, Gate, Stack};

/// Longer than what goes into an item, whatever it is packed to.
const LARGE: usize = 4_400_000;

fn path(id: &str) -> String {
    format!("/api/v1/scan/request/{id}/")
}

async fn started(stack: &Stack, body: &Value) -> String {
    let started = stack.start_job("application/json", body.to_string()).await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
    started.job_id()
}

async fn asked(stack: &Stack, id: &str) -> Answer {
    let answer = stack.get(&path(id)).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer
}

#[tokio::test]
async fn a_request_is_told_as_it_was_made_but_for_the_bytes() {
    let stack = Stack::start().await;
    let secret = stack.post("/api/v1/webhooks/secrets/").await;
    assert_eq!(secret.status, StatusCode::CREATED);
    let extract = json!(["text", {"fields": {"total": {"label": "Total", "type": "money"}}}]);
    let url = "https://example.org/a.pdf?key=1";
    let id = started(
        &stack,
        &json!({
            "sources": [
                {"text": "quetzalcoatlus", "name": "é.txt"},
                {"base64": "cXVldHphbA==", "media_type": "application/pdf"},
                {"url": url, "etag": "\"1\"", "last_modified": "Mon, 09 Mar 2026 10:00:00 GMT"},
                {"s3": "s3://documents/in/a b%20.pdf", "name": "b.pdf"},
            ],
            "extract": extract,
            "tags": {"batch": "7"},
            "webhook": {"url": "https://example.org/hook"},
        }),
    )
    .await;
    let answer = asked(&stack, &id).await;
    assert_eq!(
        answer.json(),
        json!({
            "job_id": id,
            "extract": extract,
            "tags": {"batch": "7"},
            "webhook": {"url": "https://example.org/hook"},
            "documents": [
                {"kind": "inline", "name": "é.txt", "media_type": "text/plain; charset=utf-8", "bytes": 14},
                {"kind": "inline", "media_type": "application/pdf", "bytes": 7},
                {"kind": "url", "url": url, "etag": "\"1\"", "last_modified": "Mon, 09 Mar 2026 10:00:00 GMT"},
                {"kind": "s3", "s3": "s3://documents/in/a b%20.pdf", "name": "b.pdf"},
            ],
        })
    );
    assert!(!answer.text().contains("quetzal"), "{answer:?}");
}

#[tokio::test]
async fn it_says_what_is_extracted_where_the_request_said_it_by_a_name_or_not_at_all() {
    let stack = Stack::start().await;
    let put = async |extract: Value| {
        let body = json!({"extract": extract}).to_string();
        let request = Request::put("/api/v1/extractors/invoice/").body(body.into());
        stack.send(request.unwrap()).await
    };
    put(json!(["tables"])).await;
    let saved = json!({"source": {"text": "a"}, "extractor": "invoice"});
    let saved = started(&stack, &saved).await;
    // What becomes of the extractor does not matter to the job.
    put(json!(["links"])).await;
    let request = asked(&stack, &saved).await.json();
    assert_eq!(request["extract"], json!(["tables"]));
    let version = json!({"name": "invoice", "version": 1});
    assert_eq!(request["extractor"], version);

    let plain = started(&stack, &json!({"source": {"text": "a"}})).await;
    let request = asked(&stack, &plain).await.json();
    let standard = json!(["entities", "text", "metadata"]);
    assert_eq!(request["extract"], standard);
    for absent in ["extractor", "tags", "webhook", "collection"] {
        assert!(request.get(absent).is_none(), "{absent}: {request}");
    }
}

#[tokio::test]
async fn collections_and_uploads_are_told_by_where_they_are() {
    let stack = Stack::start().await;
    let body = json!({"bytes": 10, "name": "a.zip"}).to_string();
    let upload = Request::post("/api/v1/uploads/").body(body.into());
    let upload = stack.send(upload.unwrap()).await.json();
    let mut put = Request::put(upload["url"].as_str().unwrap());
    for (name, value) in upload["headers"].as_object().unwrap() {
        if name != "content-length" {
            put = put.header(name, value.as_str().unwrap());
        }
    }
    let put = testkit::exchange(put.body("a@test.com").unwrap()).await;
    assert_eq!(put.status, StatusCode::OK);
    let id = &upload["upload"];

    let named = started(&stack, &json!({"source": {"upload": id}})).await;
    let documents = asked(&stack, &named).await.json()["documents"].clone();
    assert_eq!(
        documents,
        json!([{"kind": "upload", "upload": id, "name": "a.zip"}])
    );
    for (collection, told) in [
        (
            json!({"s3": "s3://documents/in/"}),
            json!({"kind": "prefix", "s3": "s3://documents/in/"}),
        ),
        (
            json!({"archive": {"s3": "s3://documents/all.zip"}}),
            json!({"kind": "archive", "s3": "s3://documents/all.zip"}),
        ),
        (
            json!({"archive": {"upload": id}}),
            json!({"kind": "archive", "upload": id}),
        ),
    ] {
        let all = started(&stack, &json!({"collection": collection})).await;
        let request = asked(&stack, &all).await.json();
        assert_eq!(request["collection"], told);
        assert_eq!(request["documents"], json!([]));
    }
}

#[tokio::test]
async fn it_never_changes_so_whoever_has_it_is_told_so() {
    let stack = Stack::start().await;
    let id = stack.job().failed().await.id.to_string();
    let tag = asked(&stack, &id).await.header("etag").to_owned();
    stack.post(&format!("/api/v1/scan/retry/{id}/")).await;
    stack.drain_queue().await;
    let known = Request::get(path(&id)).header("if-none-match", &tag);
    let answer = stack.send(known.body("".into()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::NOT_MODIFIED, "{answer:?}");
    assert_eq!(answer.header("etag"), tag);
}

#[tokio::test]
async fn a_large_request_is_told_as_long_as_it_is_kept() {
    let stack = Stack::start().await;
    let id = stack.job().text("a ".repeat(LARGE / 2)).failed().await.id;
    let id = id.to_string();
    let documents = asked(&stack, &id).await.json()["documents"].clone();
    assert_eq!(documents[0]["bytes"], LARGE);

    let day = Duration::from_hours(24);
    stack.clock.advance(6 * day);
    let retried = stack.post(&format!("/api/v1/scan/retry/{id}/")).await;
    assert_eq!(retried.status, StatusCode::ACCEPTED, "{retried:?}");
    // As the bucket's lifecycle has it, 30 days after it was put.
    stack.clock.advance(24 * day);
    stack.delete_objects().await;
    let answer = stack.get(&path(&id)).await;
    assert_eq!(answer.status, StatusCode::GONE, "{answer:?}");
    assert_eq!(answer.json()["type"], "urn:problem:request_expired");
    assert!(answer.json()["detail"].to_string().contains("30 days"));
}

#[tokio::test]
async fn a_request_that_cannot_be_read_now_is_not_taken_for_one_that_is_gone() {
    let stack = Stack::start().await;
    let job = stack.job().text("a ".repeat(LARGE / 2)).pending().await;
    stack.delete_objects().await;
    let answer = stack.get(&path(&job.key.id.to_string())).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{answer:?}");
}

#[tokio::test]
async fn a_job_removed_while_its_request_is_read_is_not_found() {
    let stack = Stack::start().await;
    let job = stack.job().text("a ".repeat(LARGE / 2)).pending().await;
    let gate = Gate::new();
    stack.s3.break_next("GET", Fault::Hold(gate.clone()));
    let request = path(&job.key.id.to_string());
    let (answer, ()) = tokio::join!(stack.get(&request), async {
        gate.arrival().await;
        let now = stack.clock.now();
        stack.store.remove(&job.key, now).await.unwrap();
        gate.open();
    });
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{answer:?}");
    assert_eq!(answer.json()["error"], "Job not found");
    let removed = stack.call(Method::GET, &request).await;
    assert_eq!(removed.body, answer.body);
}
