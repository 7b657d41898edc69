//! A result in each of its forms, and page by page.

use axum::body::Body;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{Answer, Stack};

use crate::support::{START, request};

/// Has a text extracted; says where its result is.
async fn extracted(stack: &Stack, extract: &str, text: impl Into<Body>) -> String {
    let start = request(Method::POST, &format!("{START}?extract={extract}"))
        .header("content-type", "text/plain; charset=utf-8")
        .body(text.into())
        .unwrap();
    let started = stack.send(start).await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
    stack.drain_queue().await;
    format!("/api/v1/scan/result/{}/", started.job_id())
}

async fn read(stack: &Stack, path: &str, accept: &str) -> Answer {
    let get = request(Method::GET, path)
        .header("accept", accept)
        .body(Body::empty())
        .unwrap();
    stack.send(get).await
}

/// So many addresses, one a line.
fn addresses(count: usize) -> String {
    let lines = (0..count).map(|number| format!("a{number}@test.com\n"));
    lines.collect::<Vec<_>>().concat()
}

fn emails(records: &Value) -> Vec<String> {
    let records = records.as_array().unwrap().iter();
    records
        .map(|record| record["email"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn records_are_given_one_a_line() {
    let stack = Stack::start().await;
    let path = extracted(&stack, "entities", addresses(2)).await;
    let answer = read(&stack, &path, "application/x-ndjson").await;
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    assert_eq!(answer.header("vary"), "accept");
    let lines: Vec<Value> = answer
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let whole = stack.get(&path).await.json();
    assert_eq!(Value::from(lines), whole["records"]);
}

#[tokio::test]
async fn the_texts_of_the_documents_are_given_as_such() {
    let stack = Stack::start().await;
    let path = extracted(&stack, "text,entities", "grüße an a@test.com").await;
    let answer = read(&stack, &path, "text/plain").await;
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(answer.text(), "grüße an a@test.com");

    let without = read(&stack, &path, "text/markdown").await;
    assert_eq!(without.status, StatusCode::NOT_ACCEPTABLE);
    assert!(
        without.json()["detail"]
            .as_str()
            .unwrap()
            .contains("`markdown`")
    );
}

#[tokio::test]
async fn a_form_that_is_not_offered_is_refused_with_those_that_are() {
    let stack = Stack::start().await;
    let path = extracted(&stack, "entities", addresses(1)).await;
    let answer = read(&stack, &path, "image/png").await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
    let problem = answer.json();
    assert_eq!(problem["type"], "urn:problem:not_acceptable");
    assert!(problem["detail"].as_str().unwrap().contains("text/csv"));
}

#[tokio::test]
async fn pages_give_every_record_once_and_in_order() {
    let stack = Stack::start().await;
    let path = extracted(&stack, "entities", addresses(25)).await;
    let whole = emails(&stack.get(&path).await.json()["records"]);
    assert_eq!(whole.len(), 25);
    for limit in [1, 7, 24, 25, 26] {
        let mut found = Vec::new();
        let mut next = Some(format!("{path}?limit={limit}"));
        while let Some(page) = next {
            let answer = stack.get(&page).await;
            let json = answer.json();
            let records = emails(&json["records"]);
            assert!(records.len() <= limit, "{json}");
            found.extend(records);
            assert!(json.get("documents").is_none());
            next = json["next"]
                .as_str()
                .map(|cursor| format!("{path}?limit={limit}&cursor={cursor}"));
            let link = next.as_ref().map(|next| format!("<{next}>; rel=\"next\""));
            assert_eq!(answer.header("link"), link.unwrap_or_default());
        }
        assert_eq!(found, whole, "in pages of {limit}");
    }
}

#[tokio::test]
async fn pages_of_rows_have_the_same_columns() {
    let stack = Stack::start().await;
    let path = extracted(&stack, "entities", "a@test.com\n$5.00\nb@test.com\n").await;
    let all = read(&stack, &path, "text/csv").await.text();
    let header = all.lines().next().unwrap();
    assert!(header.starts_with("kind,value,raw,valid,"), "{header}");
    assert!(header.contains("currency"), "{header}");
    let first = read(&stack, &format!("{path}?limit=1"), "text/csv").await;
    let cursor = first
        .header("link")
        .split(['&', '>'])
        .nth(1)
        .unwrap()
        .to_owned();
    let second = read(&stack, &format!("{path}?limit=1&{cursor}"), "text/csv").await;
    for page in [&first, &second] {
        assert_eq!(page.text().lines().next(), Some(header));
        assert_eq!(page.text().lines().count(), 2);
    }
}

#[tokio::test]
async fn a_result_that_is_too_big_for_one_answer_is_read_in_pages() {
    let stack = Stack::start().await;
    // More than 4 MB of records.
    let path = extracted(&stack, "entities", addresses(80_000)).await;
    assert_eq!(stack.get(&path).await.status, StatusCode::SEE_OTHER);
    for accept in ["application/x-ndjson", "text/csv"] {
        let answer = read(&stack, &path, accept).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{accept}");
        assert_eq!(answer.json()["errors"][0]["parameter"], "limit");
    }
    let text = read(&stack, &path, "text/plain").await;
    assert_eq!(text.status, StatusCode::NOT_ACCEPTABLE);

    let mut lines = 0;
    let mut next = Some(format!("{path}?limit=9999"));
    while let Some(page) = next {
        let answer = read(&stack, &page, "application/x-ndjson").await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        let text = answer.text();
        for line in text.lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            assert_eq!(record["email"], format!("a{lines}@test.com"));
            lines += 1;
        }
        next = answer
            .header("link")
            .strip_prefix('<')
            .and_then(|link| link.split('>').next())
            .map(str::to_owned);
    }
    assert_eq!(lines, 80_000);
}

#[tokio::test]
async fn a_page_that_cannot_be_is_refused() {
    let stack = Stack::start().await;
    let path = extracted(&stack, "entities,text", addresses(3)).await;
    for (query, parameter) in [
        ("limit=0", "limit"),
        ("limit=10001", "limit"),
        ("limit=many", "limit"),
        ("cursor=", "cursor"),
        // Of another attempt, and in the midst of a record.
        ("cursor=Ny4xODA", "cursor"),
        ("cursor=MS41", "cursor"),
        ("cursor=MS45OTk5OTk5", "cursor"),
        ("colour=red", "colour"),
    ] {
        let answer = stack.get(&format!("{path}?{query}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert_eq!(
            answer.json()["errors"][0]["parameter"],
            parameter,
            "{query}"
        );
    }
    let answer = read(&stack, &format!("{path}?limit=1"), "text/plain").await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn a_result_without_records_is_an_empty_page() {
    let stack = Stack::start().await;
    let path = extracted(&stack, "entities", "nothing here").await;
    let page = stack.get(&format!("{path}?limit=5")).await.json();
    assert_eq!(page, json!({"records": [], "next": null}));
    assert_eq!(read(&stack, &path, "application/x-ndjson").await.text(), "");
    assert_eq!(
        read(&stack, &path, "text/csv").await.text().lines().count(),
        1
    );
}
#[tokio::test]
async fn records_are_given_as_rows_that_a_spreadsheet_takes_for_text() {
    let stack = Stack::start().await;
    let csv = "name,formula\r\n\"Zoë, the \"\"first\"\"\",=1+1\r\n";
    let body = json!({
        "source": {"text": csv, "media_type": "text/csv"},
        "extract": [{"tables": {"records": true}}],
    });
    let started = stack.start_job("application/json", body.to_string()).await;
    stack.drain_queue().await;
    let path = format!("/api/v1/scan/result/{}/", started.job_id());
    let answer = read(&stack, &path, "text/csv").await;
    assert_eq!(
        answer.header("content-type"),
        "text/csv; charset=utf-8; header=present"
    );
    let text = answer.text();
    let (header, row) = text.split_once("\r\n").unwrap();
    assert_eq!(
        header,
        "kind,table,name,formula,problems,document,page,start,end"
    );
    assert!(
        row.starts_with("row,0,\"Zoë, the \"\"first\"\"\",'=1+1,,0,,"),
        "{row}"
    );
}
