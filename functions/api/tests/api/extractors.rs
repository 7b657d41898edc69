//! Saved extractors, as their clients see them.

use axum::body::Body;
use futures::future::join_all;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{Answer, Fault, Stack};

use crate::support::{START, request};

const INVOICE: &str = "/api/v1/extractors/invoice/";

async fn save(stack: &Stack, path: &str, headers: &[(&str, &str)], extract: &Value) -> Answer {
    let mut request = request(Method::PUT, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = json!({ "extract": extract }).to_string();
    stack.send(request.body(Body::from(body)).unwrap()).await
}

async fn start(stack: &Stack, extractor: &str) -> Answer {
    let body = json!({"source": {"text": "Total: 7.50 EUR"}, "extractor": extractor});
    stack.start_job("application/json", body.to_string()).await
}

/// A list that gives one record, `{name: "7.50"}`.
fn total(name: &str) -> Value {
    json!([{"fields": {name: {"label": "Total"}}}])
}

async fn record(stack: &Stack, id: &str) -> Value {
    let result = stack.get(&format!("/api/v1/scan/result/{id}/")).await;
    result.json()["records"][0].clone()
}

/// The numbers of the versions, as they are listed.
async fn versions(stack: &Stack) -> Vec<u64> {
    let listed = stack.get(&format!("{INVOICE}versions/")).await.json();
    let versions = listed["versions"].as_array().cloned().unwrap_or_default();
    versions
        .iter()
        .map(|it| it["version"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn a_job_keeps_to_the_version_that_it_was_submitted_with() {
    let stack = Stack::start().await;
    let created = save(&stack, INVOICE, &[], &total("first")).await;
    assert_eq!(created.status, StatusCode::CREATED, "{created:?}");
    assert_eq!(created.header("location"), INVOICE);
    let before = start(&stack, "invoice").await;
    assert_eq!(before.status, StatusCode::ACCEPTED, "{before:?}");

    let changed = save(&stack, INVOICE, &[], &total("second")).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_eq!(changed.json()["version"], 2);
    let (after, old) = (
        start(&stack, "invoice").await,
        start(&stack, "invoice@1").await,
    );
    let removed = stack.call(Method::DELETE, INVOICE).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);

    stack.drain_queue().await;
    for (started, field) in [(before, "first"), (after, "second"), (old, "first")] {
        let record = record(&stack, &started.job_id()).await;
        assert!(
            record[field].as_str().unwrap().starts_with("7.50"),
            "{record}"
        );
    }
}

#[tokio::test]
async fn it_is_named_wherever_a_list_can_be() {
    let stack = Stack::start().await;
    save(&stack, INVOICE, &[], &total("total")).await;
    let form = "--x\r\ncontent-disposition: form-data; name=file\r\n\r\nTotal: 7.50 EUR\r\n--x\r\ncontent-disposition: form-data; name=extractor\r\n\r\ninvoice@1\r\n--x--\r\n";
    let raw = request(Method::POST, &format!("{START}?extractor=invoice%401"));
    let started = [
        start(&stack, "invoice@1").await,
        stack
            .start_job("multipart/form-data; boundary=x", form)
            .await,
        stack
            .send(raw.body("Total: 7.50 EUR".into()).unwrap())
            .await,
    ];
    stack.drain_queue().await;
    for started in started {
        assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
        let record = record(&stack, &started.job_id()).await;
        assert!(record["total"].is_string(), "{record}");
    }
}

#[tokio::test]
async fn what_is_not_saved_is_said_where_it_is_named() {
    let stack = Stack::start().await;
    save(&stack, INVOICE, &[], &total("total")).await;
    for name in [
        "other",
        "invoice@2",
        "invoice@0",
        "invoice@01",
        "invoice@",
        "invoice@+1",
        "@1",
        "Invoice",
        "",
        "invoice@99999999999",
    ] {
        let refused = start(&stack, name).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert_eq!(
            refused.json()["errors"][0]["pointer"],
            "/extractor",
            "{name}"
        );
    }
    let raw = request(Method::POST, &format!("{START}?extractor=other"));
    let refused = stack.send(raw.body("Total: 7".into()).unwrap()).await;
    assert_eq!(refused.json()["errors"][0]["parameter"], "extractor");
    let form = "--x\r\ncontent-disposition: form-data; name=file\r\n\r\na\r\n--x\r\ncontent-disposition: form-data; name=extractor\r\n\r\nother\r\n--x--\r\n";
    let refused = stack
        .start_job("multipart/form-data; boundary=x", form)
        .await;
    assert_eq!(refused.json()["errors"][0]["field"], "extractor");
    assert_eq!(stack.items().await, 1, "nothing was submitted");
}

#[tokio::test]
async fn a_list_and_a_saved_one_are_not_given_together() {
    let stack = Stack::start().await;
    save(&stack, INVOICE, &[], &total("total")).await;
    let both = json!({"source": {"text": "a"}, "extract": ["text"], "extractor": "invoice"});
    let refused = stack.start_job("application/json", both.to_string()).await;
    assert_eq!(refused.json()["errors"][0]["pointer"], "/extractor");
    for query in [
        "extract=text&extractor=invoice",
        "extractor=invoice&extractor=invoice",
    ] {
        let raw = request(Method::POST, &format!("{START}?{query}"));
        let refused = stack.send(raw.body("a".into()).unwrap()).await;
        assert_eq!(
            refused.json()["errors"][0]["parameter"],
            "extractor",
            "{query}"
        );
    }
    let named = json!({"source": {"text": "a"}, "extractor": "invoice"}).to_string();
    let raw = request(Method::POST, &format!("{START}?extractor=invoice"))
        .header("content-type", "application/json");
    let refused = stack.send(raw.body(named.into()).unwrap()).await;
    assert_eq!(refused.json()["errors"][0]["parameter"], "extractor");
}

#[tokio::test]
async fn only_a_definition_that_differs_is_a_new_version() {
    let stack = Stack::start().await;
    let (ab, ba) = (
        json!([{"fields": {"a": {"css": "a"}, "b": {"css": "b"}}}]),
        json!([{"fields": {"b": {"css": "b"}, "a": {"css": "a"}}}]),
    );
    let first = save(&stack, INVOICE, &[], &ab).await;
    let again = save(&stack, INVOICE, &[], &ab).await;
    assert_eq!(
        (first.status, again.status),
        (StatusCode::CREATED, StatusCode::OK)
    );
    assert_eq!(first.body, again.body);
    assert_eq!(first.header("etag"), again.header("etag"));
    // The order of fields is that of the columns.
    assert_eq!(save(&stack, INVOICE, &[], &ba).await.json()["version"], 2);
    assert_eq!(save(&stack, INVOICE, &[], &ab).await.json()["version"], 3);

    for (query, version, extract) in [("", 3, &ab), ("?version=2", 2, &ba), ("?version=1", 1, &ab)]
    {
        let read = stack.get(&format!("{INVOICE}{query}")).await;
        assert_eq!(read.json()["version"], version);
        assert_eq!(read.json()["extract"].to_string(), extract.to_string());
        let known = request(Method::GET, &format!("{INVOICE}{query}"))
            .header("if-none-match", read.header("etag"));
        let known = stack.send(known.body(Body::empty()).unwrap()).await;
        assert_eq!(known.status, StatusCode::NOT_MODIFIED);
        assert!(known.body.is_empty());
    }
    for missing in ["4", "4294967295"] {
        let read = stack.get(&format!("{INVOICE}?version={missing}")).await;
        assert_eq!(read.status, StatusCode::NOT_FOUND, "{missing}");
    }
    for wrong in ["0", "x", "-1"] {
        let read = stack.get(&format!("{INVOICE}?version={wrong}")).await;
        assert_eq!(read.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn who_wants_no_surprises_gets_none() {
    let stack = Stack::start().await;
    let new = [("if-none-match", "*")];
    let missing = save(&stack, INVOICE, &[("if-match", "*")], &total("a")).await;
    assert_eq!(missing.status, StatusCode::PRECONDITION_FAILED);
    let first = save(&stack, INVOICE, &new, &total("a")).await;
    assert_eq!(first.status, StatusCode::CREATED);
    let second = save(&stack, INVOICE, &new, &total("b")).await;
    assert_eq!(second.status, StatusCode::PRECONDITION_FAILED);

    let seen = [("if-match", first.header("etag"))];
    let changed = save(&stack, INVOICE, &seen, &total("b")).await;
    assert_eq!(changed.json()["version"], 2);
    let late = save(&stack, INVOICE, &seen, &total("c")).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    // The same once more, because its answer was lost.
    let repeated = save(&stack, INVOICE, &seen, &total("b")).await;
    assert_eq!(
        (repeated.status, repeated.body),
        (StatusCode::OK, changed.body)
    );

    let late = request(Method::DELETE, INVOICE).header("if-match", first.header("etag"));
    let late = stack.send(late.body(Body::empty()).unwrap()).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(versions(&stack).await, [2, 1]);
    let odd = save(&stack, INVOICE, &[("if-match", "2")], &total("c")).await;
    assert_eq!(odd.json()["errors"][0]["header"], "if-match");
}

#[tokio::test]
async fn a_name_made_anew_goes_on_counting() {
    let stack = Stack::start().await;
    for name in ["a", "b", "c"] {
        save(&stack, INVOICE, &[], &total(name)).await;
    }
    let removed = stack.call(Method::DELETE, INVOICE).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    for path in [
        INVOICE.to_owned(),
        format!("{INVOICE}?version=1"),
        format!("{INVOICE}versions/"),
    ] {
        let gone = stack.get(&path).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(gone.json()["type"], "urn:problem:extractor_not_found");
    }
    let again = stack.call(Method::DELETE, INVOICE).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let listed = stack.get("/api/v1/extractors/").await;
    assert_eq!(listed.json(), json!({"extractors": [], "next": null}));
    assert_eq!(stack.items().await, 1, "no version is left, but the count");

    let anew = save(&stack, INVOICE, &[("if-none-match", "*")], &total("a")).await;
    assert_eq!(anew.status, StatusCode::CREATED);
    assert_eq!(anew.json()["version"], 4);
    assert_eq!(
        save(&stack, INVOICE, &[], &total("b")).await.json()["version"],
        5
    );
    assert_eq!(versions(&stack).await, [5, 4]);
    let before = stack.get(&format!("{INVOICE}?version=3")).await;
    assert_eq!(before.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn lists_come_in_pages_that_miss_nothing() {
    let stack = Stack::start().await;
    let names = ["a", "a-b", "a0", "a_b", "aa", "b", "z"];
    for name in names {
        save(
            &stack,
            &format!("/api/v1/extractors/{name}/"),
            &[],
            &total(name),
        )
        .await;
    }
    stack.call(Method::DELETE, "/api/v1/extractors/aa/").await;
    for version in 0..6 {
        save(
            &stack,
            "/api/v1/extractors/b/",
            &[],
            &total(&format!("v{version}")),
        )
        .await;
    }
    for limit in 1..=8 {
        let listed = pages(&stack, "/api/v1/extractors/", "extractors", limit).await;
        let listed: Vec<&str> = listed
            .iter()
            .map(|it| it["name"].as_str().unwrap())
            .collect();
        assert_eq!(listed, ["a", "a-b", "a0", "a_b", "b", "z"], "{limit}");
        let listed = pages(&stack, "/api/v1/extractors/b/versions/", "versions", limit).await;
        let listed: Vec<u64> = listed
            .iter()
            .map(|it| it["version"].as_u64().unwrap())
            .collect();
        assert_eq!(listed, [7, 6, 5, 4, 3, 2, 1], "{limit}");
    }
    for query in [
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=%23",
        "colour=red",
    ] {
        let refused = stack.get(&format!("/api/v1/extractors/?{query}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
}

async fn pages(stack: &Stack, path: &str, member: &str, limit: usize) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = stack
            .get(&format!("{path}?limit={limit}{cursor}"))
            .await
            .json();
        let entries = page[member].as_array().unwrap();
        assert!(entries.len() <= limit);
        all.extend(entries.iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

#[tokio::test]
async fn what_cannot_be_extracted_cannot_be_saved() {
    let stack = Stack::start().await;
    let wrong = save(
        &stack,
        INVOICE,
        &[],
        &json!(["text", {"chunks": {"max_chars": "8"}}]),
    )
    .await;
    let places = &wrong.json()["errors"];
    assert_eq!(
        places[0]["pointer"], "/extract/1/chunks/max_chars",
        "{wrong:?}"
    );
    for (body, status, pointer) in [
        ("", 400, Value::Null),
        ("{", 400, Value::Null),
        ("[]", 422, json!("")),
        ("{}", 422, json!("")),
        (r#"{"extract": null}"#, 422, json!("")),
        (
            r#"{"extract": ["text"], "colour": "red"}"#,
            422,
            json!("/colour"),
        ),
    ] {
        let request = request(Method::PUT, INVOICE).body(Body::from(body));
        let refused = stack.send(request.unwrap()).await;
        assert_eq!(refused.status, status, "{body}");
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer, "{body}");
    }
    for name in [
        "preview",
        "schema",
        "Invoice",
        "a.b",
        "a%23b",
        "-a",
        &"a".repeat(65),
    ] {
        let path = format!("/api/v1/extractors/{name}/");
        let refused = save(&stack, &path, &[], &total("a")).await;
        let is_refused = [405, 422].contains(&refused.status.as_u16());
        assert!(is_refused, "{name}: {refused:?}");
    }
    assert_eq!(stack.items().await, 0);
}

#[tokio::test]
async fn a_preview_knows_no_saved_ones() {
    let stack = Stack::start().await;
    save(&stack, INVOICE, &[], &total("a")).await;
    let body = json!({"source": {"text": "a"}, "extractor": "invoice"}).to_string();
    let preview = request(Method::POST, "/api/v1/extractors/preview/")
        .header("content-type", "application/json");
    let refused = stack.send(preview.body(body.into()).unwrap()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json()["errors"][0]["pointer"], "/extractor");
}

#[tokio::test]
async fn every_fault_leaves_one_version_for_each_definition() {
    for fault in [
        Fault::DropAnswer,
        Fault::DropRequest,
        Fault::Twice,
        Fault::ServerError,
        Fault::CutAnswer,
    ] {
        for (after, operation) in [(0, "PutItem"), (1, "PutItem"), (0, "GetItem")] {
            let stack = Stack::start().await;
            save(&stack, INVOICE, &[], &total("a")).await;
            stack.dynamodb.break_after(after, operation, fault.clone());
            let mut changed = save(&stack, INVOICE, &[], &total("b")).await;
            if changed.status == StatusCode::SERVICE_UNAVAILABLE {
                changed = save(&stack, INVOICE, &[], &total("b")).await;
            }
            assert_eq!(changed.status, StatusCode::OK, "{fault:?} {operation}");
            assert_eq!(versions(&stack).await, [2, 1], "{fault:?} {operation}");
        }
        let stack = Stack::start().await;
        save(&stack, INVOICE, &[], &total("a")).await;
        stack.dynamodb.break_next("UpdateItem", fault.clone());
        let removed = stack.call(Method::DELETE, INVOICE).await;
        if removed.status == StatusCode::SERVICE_UNAVAILABLE {
            stack.call(Method::DELETE, INVOICE).await;
        } else {
            assert_eq!(removed.status, StatusCode::NO_CONTENT, "{fault:?}");
        }
        assert_eq!(stack.get(INVOICE).await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            save(&stack, INVOICE, &[], &total("a")).await.json()["version"],
            2
        );
    }
}

#[tokio::test]
async fn of_several_at_once_each_gets_a_version_and_one_is_the_first() {
    let stack = Stack::start().await;
    let names: Vec<String> = (0..6).map(|n| format!("n{n}")).collect();
    let saved = join_all(names.iter().map(|name| {
        let stack = &stack;
        async move { save(stack, INVOICE, &[], &total(name)).await }
    }))
    .await;
    let mut numbers: Vec<u64> = saved
        .iter()
        .map(|it| it.json()["version"].as_u64().unwrap())
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    for answer in &saved {
        let version = &answer.json()["version"];
        let read = stack.get(&format!("{INVOICE}?version={version}")).await;
        assert_eq!(read.body, answer.body);
        assert_eq!(answer.status == StatusCode::CREATED, *version == 1);
    }

    let path = "/api/v1/extractors/other/";
    let saved = join_all(names.iter().map(|name| {
        let stack = &stack;
        async move {
            save(stack, path, &[("if-none-match", "*")], &total(name))
                .await
                .status
        }
    }))
    .await;
    let created = saved
        .iter()
        .filter(|status| **status == StatusCode::CREATED);
    assert_eq!(created.count(), 1, "{saved:?}");
}
