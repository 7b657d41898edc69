//! What a client wants extracted: said in three places, in one language.

use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answer, START, start};

/// An item of a list that is right.
fn right() -> Value {
    json!({"chunks": {"max_chars": 800}})
}

/// The same with a fault in it.
fn wrong() -> Value {
    json!({"chunks": {"max_chars": "800"}})
}

async fn in_json(extract: &Value) -> Answer {
    let body = json!({"source": {"text": "a"}, "extract": extract});
    let json = [("content-type", "application/json")];
    start(START, &json, body.to_string()).await
}

async fn in_query(extract: &[&str]) -> Answer {
    let pairs = extract.iter().map(|list| ("extract", *list));
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    start(&format!("{START}?{query}"), &[], "hello").await
}

async fn in_form(extract: &[&str]) -> Answer {
    let part = |name: &str, body: &str| {
        format!("--x\r\ncontent-disposition: form-data; name={name}\r\n\r\n{body}\r\n")
    };
    let parts: String = extract.iter().map(|list| part("extract", list)).collect();
    let form = [("content-type", "multipart/form-data; boundary=x")];
    let body = format!("{}{parts}--x--\r\n", part("file", "hello"));
    start(START, &form, body).await
}

#[tokio::test]
async fn options_are_taken_wherever_a_client_says_what_it_wants() {
    let list = json!(["text", right()]);
    let text = list.to_string();
    assert!(in_json(&list).await.is_taken());
    for lists in [
        &[text.as_str()][..],
        &["links, tables", &text],
        &[" [\"text\"]"],
    ] {
        assert!(in_query(lists).await.is_taken(), "{lists:?}");
        assert!(in_form(lists).await.is_taken(), "{lists:?}");
    }
}

#[tokio::test]
async fn a_fault_in_what_is_wanted_is_pointed_at() {
    let list = json!(["text", wrong(), {"links": 1}]);
    let answer = in_json(&list).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let places = [
        "pointer /extract/1/chunks/max_chars",
        "pointer /extract/2/links",
    ];
    assert_eq!(answer.places(), places);

    let text = list.to_string();
    for (answer, kind) in [
        (in_query(&[&text]).await, "parameter"),
        (in_form(&[&text]).await, "field"),
    ] {
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let errors = &answer.json()["errors"];
        for (index, pointer) in ["/1/chunks/max_chars", "/2/links"].iter().enumerate() {
            assert_eq!(errors[index][kind], "extract");
            assert_eq!(errors[index]["pointer"], *pointer);
        }
    }
    let answer = in_query(&["text", &json!([wrong()]).to_string()]).await;
    let errors = &answer.json()["errors"];
    assert_eq!(errors[0]["pointer"], "/1/chunks/max_chars", "{answer:?}");
}

#[tokio::test]
async fn a_list_that_is_no_json_is_refused_where_it_stands() {
    for list in ["[\"text\"", "[text]", "[\"text\"] x", "[\"\\ud800\"]"] {
        assert_eq!(in_query(&[list]).await.places(), ["parameter extract"]);
        assert_eq!(in_form(&[list]).await.places(), ["field extract"]);
    }
    let body = r#"{"source": {"text": "a"}, "extract": ["\ud800"]}"#;
    let json = [("content-type", "application/json")];
    let answer = start(START, &json, body).await;
    assert_eq!(answer.places(), ["pointer /extract"]);
}

#[tokio::test]
async fn a_list_that_is_too_long_is_refused_before_it_is_read() {
    let answer = in_json(&json!(vec![0; 40_000])).await;
    assert_eq!(answer.places(), ["pointer /extract"]);
    assert!(answer.detail().contains("65536"), "{answer:?}");
    let answer = in_form(&["text,".repeat(8_000).as_str(); 2]).await;
    assert_eq!(answer.places(), ["field extract"]);
}

#[tokio::test]
async fn fields_are_taken_and_their_faults_are_pointed_at() {
    let fields = |total: Value| json!(["text", {"name": "invoice", "fields": {"total": total}}]);
    let right = fields(json!({"label": "Total", "type": "money", "locale": "de-AT"}));
    assert!(in_json(&right).await.is_taken());
    assert!(in_query(&[&right.to_string()]).await.is_taken());

    let wrong = fields(json!({"jsonpath": "$.a[", "type": "monney"}));
    let answer = in_json(&wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let places = ["jsonpath", "type"].map(|name| format!("pointer /extract/1/fields/total/{name}"));
    assert_eq!(answer.places(), places);
    let detail = &answer.json()["errors"][1]["detail"];
    assert!(
        detail.as_str().unwrap().contains("did you mean `money`"),
        "{detail}"
    );

    let answer = in_form(&[&wrong.to_string()]).await;
    let error = &answer.json()["errors"][0];
    assert_eq!(error["pointer"], "/1/fields/total/jsonpath");
}

#[tokio::test]
async fn an_answer_does_not_grow_with_what_is_wrong() {
    let name = "x".repeat(30_000);
    let answer = in_json(&json!([{ &name: 1 }, {"fields": {&name: {&name: 1}}}])).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.len() < 10_000, "{}", answer.body.len());
}
