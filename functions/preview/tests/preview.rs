//! Previews from outside: in a whole stack, and by the function's own binary as Lambda runs it.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

use std::collections::BTreeMap;

use access::Scope::{ScanRead, ScanWrite};
use api::AuthSettings;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use testkit::{Answer, Lambda, Options, Output, Stack};

const PATH: &str = "/api/v1/extractors/preview/";

async fn preview(stack: &Stack, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    let request = Request::post(PATH).header("content-type", content_type);
    stack.send(request.body(body.into().into()).unwrap()).await
}

fn problem(answer: &Answer) -> (u16, Value) {
    assert_eq!(answer.header("content-type"), "application/problem+json");
    (answer.status.as_u16(), answer.json()["type"].clone())
}

#[tokio::test]
async fn a_preview_is_what_the_result_of_a_job_would_be_and_leaves_nothing_behind() {
    let stack = Stack::start().await;
    let body = json!({"source": {"text": "Write to a@test.com."}, "extract": ["entities", "text"]});
    let previewed = preview(&stack, "application/json", body.to_string()).await;
    assert_eq!(previewed.status, StatusCode::OK, "{}", previewed.text());
    assert_eq!(previewed.header("content-type"), "application/json");
    assert_eq!(previewed.json()["records"][0]["email"], "a@test.com");
    assert_eq!((stack.items().await, stack.objects().await.len()), (0, 0));
    assert_eq!(stack.sqs.count("SendMessage"), 0);

    let id = stack
        .start_job("application/json", body.to_string())
        .await
        .job_id();
    stack.drain_queue().await;
    let result = stack.get(&format!("/api/v1/scan/result/{id}/")).await;
    assert_eq!(previewed.body, result.body);
}

#[tokio::test]
async fn a_preview_takes_whatever_form_a_start_takes() {
    let stack = Stack::start().await;
    let form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n\
                Write to a@test.com.\r\n--b--\r\n";
    for (content_type, body) in [
        ("text/plain", "Write to a@test.com."),
        ("multipart/form-data; boundary=b", form),
    ] {
        let answer = preview(&stack, content_type, body).await;
        let record = &answer.json()["records"][0];
        assert_eq!(record["email"], "a@test.com", "{content_type}");
    }
    let sample = stack.post("/api/v1/extractors/preview").await;
    assert_eq!(sample.json()["documents"][0]["name"], "sample.txt");
}

#[tokio::test]
async fn a_document_that_is_too_long_is_shown_the_way_through_a_job() {
    let stack = Stack::start().await;
    let fits = preview(&stack, "text/plain", "a ".repeat(128 << 10)).await;
    assert_eq!(fits.status, StatusCode::OK);
    for length in [(256 << 10) + 1, 3 << 20] {
        let answer = preview(&stack, "text/plain", "a".repeat(length)).await;
        assert_eq!(
            problem(&answer),
            (413, "urn:problem:request_too_large".into())
        );
        let detail = answer.json()["detail"].to_string();
        assert!(detail.contains("/api/v1/scan/start/"), "{detail}");
    }
}

#[tokio::test]
async fn a_document_that_cannot_be_extracted_is_the_problem_that_its_job_would_fail_with() {
    let stack = Stack::start().await;
    let answer = preview(&stack, "application/pdf", "%PDF-1.7 broken").await;
    assert_eq!(problem(&answer), (422, "urn:problem:malformed".into()));
    let several = json!({"sources": [{"text": "a"}, {"text": "b"}]});
    let answer = preview(&stack, "application/json", several.to_string()).await;
    assert_eq!(
        problem(&answer),
        (422, "urn:problem:invalid_request".into())
    );
    let unknown = json!({"source": {"text": "a"}, "extract": ["everything"]});
    let answer = preview(&stack, "application/json", unknown.to_string()).await;
    assert_eq!(answer.json()["errors"][0]["pointer"], "/extract/0");
}

#[tokio::test]
async fn the_function_answers_and_logs_no_document_and_no_more_than_its_metrics() {
    let stack = Stack::start().await;
    let function = Lambda::start_talkative(env!("CARGO_BIN_EXE_preview"), &stack).await;
    let headers = [("content-type", "text/plain")];
    let answer = function
        .request("first", "POST", PATH, &headers, "Quetzalcoatlus@test.com")
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let found = answer.json()["records"][0]["email"].to_string();
    assert!(found.starts_with("\"quetzalcoatlus") || found.starts_with("\"Quetzalcoatlus"));
    let refused = function
        .request("second", "POST", PATH, &headers, "\u{1}Quetzalcoatlus\0")
        .await;
    assert_eq!(refused.status.as_u16() / 100, 4);
    let elsewhere = function
        .request("third", "GET", "/api/v1/health/", &[], "")
        .await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
    let output = function.stop().await;
    assert_eq!(output.reveals("Quetzalcoatlus"), None, "{}", output.text);
    let Output { metrics, .. } = output;
    let first = metrics.iter().find(|line| line["request_id"] == "first");
    let first = first.unwrap();
    assert!(first["extraction_text"].is_number() && first["api_requests_2xx"].is_number());
}

#[tokio::test]
async fn the_function_asks_for_keys_and_reads_nothing_else() {
    let auth = AuthSettings::Keys;
    let stack = Stack::with(Options {
        auth,
        ..Options::default()
    })
    .await;
    let writes = stack.key("acme", [ScanWrite]).await;
    let reads = stack.key("acme", [ScanRead]).await;
    stack.dynamodb.reset_counts();
    let function = Lambda::start(env!("CARGO_BIN_EXE_preview"), &stack).await;
    for (key, wanted) in [
        (None, StatusCode::UNAUTHORIZED),
        (Some(&reads), StatusCode::FORBIDDEN),
        (Some(&writes), StatusCode::OK),
        (Some(&writes), StatusCode::OK),
    ] {
        let mut headers = vec![("content-type", "text/plain")];
        headers.extend(key.map(|key| ("x-api-key", key.as_str())));
        let answer = function.request("r", "POST", PATH, &headers, "Write to a@test.com.");
        let answer = answer.await;
        assert_eq!(answer.status, wanted, "{}", answer.text());
    }
    function.stop().await;
    // Each key once, and the day on which it was used.
    let of_keys = [("GetItem", 2), ("UpdateItem", 2)].map(|(it, count)| (it.to_owned(), count));
    assert_eq!(stack.dynamodb.calls(), BTreeMap::from(of_keys));
    let others = [&stack.s3, &stack.sqs].map(|wire| wire.calls().len());
    assert_eq!(others, [0; 2]);
}
