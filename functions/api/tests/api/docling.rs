//! The dialect of docling-serve.

use std::time::Duration;

use axum::body::Body;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{Answer, Fault, Stack};

use crate::support::{self, ID, request};

const SOURCE: &str = "/v1/convert/source/async";
const FILE: &str = "/v1/convert/file/async";

/// A form of these parts; one with a file name is a file.
fn form(parts: &[(&str, Option<&str>, &str)]) -> Body {
    let parts = parts.iter().map(|(name, file, content)| {
        let file = file.map_or_else(String::new, |file| format!("; filename=\"{file}\""));
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n")
    });
    let body = parts.collect::<Vec<_>>().concat();
    (body + "--x--\r\n").into()
}

async fn send_form(stack: &Stack, parts: &[(&str, Option<&str>, &str)]) -> Answer {
    let request = request(Method::POST, FILE)
        .header("content-type", "multipart/form-data; boundary=x")
        .header("x-api-key", "secret")
        .body(form(parts))
        .unwrap();
    stack.send(request).await
}

/// A task of this page in all outputs; says its id.
async fn submitted(stack: &Stack, page: &str) -> String {
    let mut parts = vec![
        ("files", Some("page.html"), page),
        ("target_type", None, "inbody"),
    ];
    parts.extend(["md", "text", "html", "json"].map(|format| ("to_formats", None, format)));
    let answer = send_form(stack, &parts).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json()["task_id"].as_str().unwrap().to_owned()
}

async fn get(stack: &Stack, path: &str, id: &str) -> Answer {
    stack.get(&format!("{path}{id}")).await
}

async fn refused(source: &Value) -> (Vec<String>, String) {
    let request = request(Method::POST, SOURCE)
        .header("content-type", "application/json")
        .body(source.to_string().into())
        .unwrap();
    let answer = support::send(request).await;
    assert_eq!(
        answer.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{answer:?}"
    );
    (answer.places(), answer.detail())
}

fn request_with(options: &Value) -> Value {
    json!({"sources": [{"kind": "file", "base64_string": "YQ==", "filename": "a.txt"}], "options": options})
}

#[tokio::test]
async fn a_task_goes_from_pending_to_success_and_gives_its_outputs() {
    let stack = Stack::start().await;
    let id = submitted(&stack, "<h1>Title</h1><p>Some <b>words</b>.").await;
    let task = get(&stack, "/v1/status/poll/", &id).await;
    assert_eq!(
        task.json(),
        json!({
            "task_id": id, "task_type": "convert", "task_status": "pending", "task_position": null,
            "task_meta": {"num_docs": 1, "num_processed": 0, "num_succeeded": 0, "num_partially_succeeded": 0, "num_failed": 0},
            "error_message": null, "failure": null,
        })
    );
    let early = get(&stack, "/v1/result/", &id).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND);
    assert_eq!(
        early.json()["detail"],
        "Task result not found. Please wait for a completion status."
    );

    stack.drain_queue().await;
    let task = get(&stack, "/v1/status/poll/", &format!("{id}?wait=1.5"))
        .await
        .json();
    assert_eq!(
        (&task["task_status"], &task["task_meta"]["num_succeeded"]),
        (&json!("success"), &json!(1))
    );
    let result = get(&stack, "/v1/result/", &id).await.json();
    assert_eq!(
        (&result["status"], &result["errors"]),
        (&json!("success"), &json!([]))
    );
    assert!(result["processing_time"].is_number());
    let document = &result["document"];
    assert_eq!(document["filename"], "page.html");
    assert_eq!(document["md_content"], "# Title\n\nSome **words**.");
    assert_eq!(document["text_content"], "Title\n\nSome words.");
    assert!(
        document["html_content"]
            .as_str()
            .unwrap()
            .contains("<h1>Title</h1>")
    );
    assert_eq!(document["json_content"]["schema_name"], "DoclingDocument");
    assert_eq!(document["json_content"]["texts"][0]["text"], "Title");
    // A job like any other.
    let status = get(&stack, "/api/v1/scan/status/", &id).await.json();
    assert_eq!(status["status"], "completed");
}

#[tokio::test]
async fn without_a_format_there_is_markdown_alone() {
    let stack = Stack::start().await;
    let answer = send_form(&stack, &[("files", Some("a.txt"), "words")]).await;
    let id = answer.json()["task_id"].as_str().unwrap().to_owned();
    stack.drain_queue().await;
    let document = get(&stack, "/v1/result/", &id).await.json()["document"].clone();
    assert_eq!(document["md_content"], "words");
    for other in [
        "json_content",
        "html_content",
        "text_content",
        "doctags_content",
    ] {
        assert_eq!(document[other], Value::Null, "{other}");
    }
}

#[tokio::test]
async fn a_poll_that_waits_is_answered_when_the_task_ends() {
    let stack = Stack::start().await;
    let id = submitted(&stack, "words").await;
    let waiting = format!("{id}?wait=20");
    let waits = get(&stack, "/v1/status/poll/", &waiting);
    let (task, ()) = tokio::join!(waits, stack.drain_queue());
    assert_eq!(task.json()["task_status"], "success");
}

#[tokio::test]
async fn a_task_that_cannot_be_read_says_why() {
    let stack = Stack::start().await;
    let id = submitted(&stack, "%PDF-1.7\nnothing more").await;
    stack.drain_queue().await;
    let task = get(&stack, "/v1/status/poll/", &id).await.json();
    assert_eq!(task["task_status"], "failure");
    assert_eq!(task["failure"]["category"], "backend_failure");
    assert_eq!(task["failure"]["details"]["code"], "malformed", "{task}");
    assert_eq!(task["error_message"], task["failure"]["message"]);
    let result = get(&stack, "/v1/result/", &id).await;
    assert_eq!(result.status, StatusCode::OK);
    assert_eq!(
        result.json(),
        json!({"kind": "TaskFailureResult", "failure": task["failure"]})
    );

    let id = submitted(&stack, "words").await;
    stack.post(&format!("/api/v1/scan/cancel/{id}/")).await;
    let task = get(&stack, "/v1/status/poll/", &id).await.json();
    assert_eq!(
        (&task["task_status"], &task["error_message"]),
        (&json!("failure"), &json!("The task was cancelled."))
    );
}

#[tokio::test]
async fn a_task_that_is_not_there_is_told_in_the_words_that_clients_look_for() {
    let stack = Stack::start().await;
    for path in ["/v1/status/poll/", "/v1/result/"] {
        for id in [ID, "no-id"] {
            let answer = get(&stack, path, id).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
            assert_eq!(answer.json()["detail"], "Task not found.");
        }
    }
}

#[tokio::test]
async fn a_source_in_base64_is_a_document() {
    let stack = Stack::start().await;
    let source = json!({
        "sources": [{"kind": "file", "base64_string": "IyBIZWxsbw==", "filename": "a.md"}],
        "options": {
            "to_formats": ["md", "md"], "do_ocr": true, "force_ocr": false, "ocr_lang": ["en"], "image_export_mode": "placeholder",
            "page_range": [1, i64::MAX], "pipeline": "standard", "table_mode": "fast", "from_formats": ["pdf"], "chunking_preset": null,
        },
        "target": {"kind": "inbody"}, "callbacks": [],
    });
    let request = request(Method::POST, &format!("{SOURCE}/"))
        .header("content-type", "application/json")
        .body(source.to_string().into())
        .unwrap();
    let answer = stack.send(request).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let id = answer.json()["task_id"].as_str().unwrap().to_owned();
    stack.drain_queue().await;
    let document = get(&stack, "/v1/result/", &id).await.json()["document"].clone();
    assert_eq!(
        (&document["filename"], &document["md_content"]),
        (&json!("a.md"), &json!("# Hello"))
    );
}

#[tokio::test]
async fn what_is_not_offered_is_refused_where_it_is_asked_for() {
    for (options, place) in [
        (
            json!({"to_formats": ["md", "doctags"]}),
            "pointer /options/to_formats",
        ),
        (json!({"force_ocr": true}), "pointer /options/force_ocr"),
        (
            json!({"image_export_mode": "embedded"}),
            "pointer /options/image_export_mode",
        ),
        (json!({"pipeline": "vlm"}), "pointer /options/pipeline"),
        (json!({"page_range": [2, 3]}), "pointer /options/page_range"),
        (
            json!({"do_picture_description": true}),
            "pointer /options/do_picture_description",
        ),
        (
            json!({"vlm_pipeline_preset": "x"}),
            "pointer /options/vlm_pipeline_preset",
        ),
        (json!({"colour": "red"}), "pointer /options/colour"),
        (json!([]), "pointer /options"),
    ] {
        let (places, _) = refused(&request_with(&options)).await;
        assert_eq!(places, [place], "{options}");
    }
    let source = |source: Value| json!({"sources": [source]});
    let http = |more: &Value| {
        let mut source = json!({"kind": "http", "url": "https://example.org/a.pdf"});
        source
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        source
    };
    for (request, place) in [
        (json!({}), "pointer /sources"),
        (json!({"sources": []}), "pointer /sources"),
        (
            json!({"sources": [http(&json!({})), http(&json!({}))]}),
            "pointer /sources",
        ),
        (source(json!({"kind": "s3"})), "pointer /sources/0/kind"),
        (source(json!({"kind": "http"})), "pointer /sources/0/url"),
        (
            source(json!({"kind": "http", "url": "ftp://a/b"})),
            "pointer /sources/0/url",
        ),
        (
            source(json!({"kind": "file"})),
            "pointer /sources/0/base64_string",
        ),
        (
            source(json!({"kind": "file", "base64_string": "@"})),
            "pointer /sources/0/base64_string",
        ),
        (
            source(json!({"kind": "file", "base64_string": ""})),
            "pointer /sources/0/base64_string",
        ),
        (
            source(http(&json!({"headers": {"Authorization": "x"}}))),
            "pointer /sources/0/headers",
        ),
        (
            json!({"sources": [http(&json!({}))], "target": {"kind": "s3"}}),
            "pointer /target",
        ),
        (
            json!({"sources": [http(&json!({}))], "target": {"kind": "zip"}}),
            "pointer /target",
        ),
        (
            json!({"sources": [http(&json!({}))], "callbacks": [{"url": "https://a.b/"}]}),
            "pointer /callbacks",
        ),
        (
            json!({"sources": [http(&json!({}))], "colour": "red"}),
            "pointer /colour",
        ),
    ] {
        let (places, _) = refused(&request).await;
        assert_eq!(places, [place], "{request}");
    }
    let presigned = json!({"sources": [http(&json!({}))], "target": {"kind": "presigned_url"}});
    let (_, detail) = refused(&presigned).await;
    assert!(
        detail.contains("artifact storage to be configured"),
        "{detail}"
    );
}

#[tokio::test]
async fn parts_of_a_form_are_told_by_their_names() {
    let stack = Stack::start().await;
    let file = ("files", Some("a.txt"), "words");
    for (parts, place) in [
        (vec![], "files"),
        (vec![file, file], "files"),
        (vec![("files", Some("a.txt"), "")], "files"),
        (vec![file, ("target_type", None, "zip")], "target_type"),
        (vec![file, ("callbacks", None, "https://a.b/")], "callbacks"),
        (vec![file, ("force_ocr", None, "True")], "force_ocr"),
        (vec![file, ("to_formats", None, "yaml")], "to_formats"),
        (
            vec![file, ("page_range", None, "1"), ("page_range", None, "3")],
            "page_range",
        ),
    ] {
        let answer = send_form(&stack, &parts).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{parts:?}");
        assert_eq!(answer.json()["errors"][0]["field"], place, "{parts:?}");
    }
    let parts = [
        file,
        ("page_range", None, "1"),
        ("page_range", None, "9223372036854775807"),
        ("do_ocr", None, "true"),
        ("do_table_structure", None, "True"),
        ("md_page_break_placeholder", None, ""),
    ];
    let answer = send_form(&stack, &parts).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
}

#[tokio::test]
async fn clearing_removes_old_finished_tasks_and_nothing_else() {
    let stack = Stack::start().await;
    let old = submitted(&stack, "old").await;
    let other = stack.job().completed().await.id.to_string();
    stack.drain_queue().await;
    stack.clock.advance(Duration::from_secs(100));
    let new = submitted(&stack, "new").await;
    stack.drain_queue().await;
    let pending = submitted(&stack, "pending").await;
    stack.clock.advance(Duration::from_secs(100));
    let there = async |id: &str| {
        let answer = get(&stack, "/api/v1/scan/status/", id).await;
        answer.status == StatusCode::OK
    };

    assert_eq!(
        stack.get("/v1/clear/results").await.json(),
        json!({"status": "ok"})
    );
    assert!(there(&old).await, "an hour is the default");
    stack.get("/v1/clear/results?older_then=150").await;
    assert!(!there(&old).await);
    for id in [&other, &new, &pending] {
        assert!(there(id).await);
    }
    stack.get("/v1/clear/results?older_then=0").await;
    assert!(!there(&new).await);
    assert!(there(&other).await && there(&pending).await);
    let wrong = stack.get("/v1/clear/results?older_then=-1").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn clearing_again_ends_what_was_cut_short() {
    let stack = Stack::start().await;
    let id = submitted(&stack, "words").await;
    stack.drain_queue().await;
    for fault in [Fault::DropRequest, Fault::DropAnswer] {
        stack.dynamodb.break_next("DeleteItem", fault);
        stack.get("/v1/clear/results?older_then=0").await;
    }
    stack.get("/v1/clear/results?older_then=0").await;
    let answer = get(&stack, "/v1/status/poll/", &id).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
