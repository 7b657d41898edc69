//! Real documents, and hostile ones: each comes to a clear end, and the next job runs as before.

use bytes::Bytes;
use serde_json::Value;

use crate::product::Product;

macro_rules! data {
    ($name:literal) => {
        Bytes::from_static(include_bytes!(concat!(
            "../../../../shared/extract/fixtures/",
            $name
        )))
    };
}

/// Sees that each record is where it says it is: `text[start..end]` is what was found.
fn assert_places(result: &Value) {
    for record in result["records"].as_array().unwrap() {
        let source = &record["source"];
        let offset = |name: &str| usize::try_from(source[name].as_u64().unwrap()).unwrap();
        let text = &result["documents"][offset("document")]["text"];
        let found: String = text
            .as_str()
            .unwrap()
            .chars()
            .skip(offset("start"))
            .take(offset("end") - offset("start"))
            .collect();
        if record["kind"] != "card" {
            assert_eq!(record["raw"], found, "{record}");
        }
        let kind = record["kind"].as_str().unwrap();
        assert_eq!(record[kind], record["value"], "{record}");
    }
}

fn found(result: &Value, kind: &str) -> Vec<String> {
    let records = result["records"].as_array().unwrap();
    records
        .iter()
        .filter_map(|record| record[kind].as_str())
        .map(ToOwned::to_owned)
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn real_documents_of_each_format_give_records_with_their_places() {
    let data = tempfile::tempdir().unwrap();
    let product = Product::start(data.path()).await;
    let documents = [
        ("application/pdf", data!("pdf/invoice.pdf")),
        (
            "text/html",
            Bytes::from("<title>A</title><p>Call <b>+1 212-555-0142</b> or ann@example.com"),
        ),
        ("text/csv", data!("csv/people.csv")),
        ("message/rfc822", data!("eml/mail.eml")),
        ("application/json", data!("json/people.json")),
        ("application/xml", data!("xml/feed.xml")),
        ("text/markdown", data!("markdown/notes.md")),
    ];
    for (media_type, bytes) in documents {
        let (status, result) = product.extract(media_type, bytes).await;
        assert_eq!(status["status"], "completed", "{media_type}: {status}");
        assert_eq!(result["documents"][0]["media_type"], media_type);
        assert!(
            !result["records"].as_array().unwrap().is_empty(),
            "{media_type}: {result}"
        );
        assert_places(&result);
    }
    product.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_documents_come_to_a_clear_end_and_the_next_job_runs_as_before() {
    let data = tempfile::tempdir().unwrap();
    let product = Product::start(data.path()).await;
    let pdf = data!("pdf/invoice.pdf");
    let nested = "[".repeat(10_000) + &"]".repeat(10_000);
    // What is sent, and what comes of it: the code of the job's failure, or the status of a refusal.
    let documents = [
        ("application/pdf", data!("pdf/password.pdf"), "encrypted"),
        ("application/pdf", pdf.slice(..pdf.len() / 2), "malformed"),
        (
            "application/pdf",
            Bytes::from_static(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
            "unsupported_format",
        ),
        ("text/plain", Bytes::new(), "422"),
        (
            "application/json",
            Bytes::from_static(b"{\"a\": [1, 2"),
            "400",
        ),
        ("application/json", Bytes::from(nested), "422"),
    ];
    for (media_type, bytes, expected) in documents {
        let (status, result) = product.extract(media_type, bytes).await;
        let outcome = match &status["error"]["type"] {
            Value::String(kind) => kind.trim_start_matches("urn:problem:").to_owned(),
            _ => status["status"].to_string(),
        };
        assert_eq!(outcome, expected, "{media_type}: {status} {result}");
        assert!(
            !status["detail"].is_null() || !status["error"]["detail"].is_null(),
            "{status}"
        );

        let (status, result) = product
            .extract("text/plain", Bytes::from("a@test.com"))
            .await;
        assert_eq!(status["status"], "completed");
        assert_eq!(found(&result, "email"), ["a@test.com"]);
    }
    product.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_of_twenty_megabytes_is_extracted_and_so_is_a_file_that_lies_about_its_type() {
    let data = tempfile::tempdir().unwrap();
    let product = Product::start(data.path()).await;
    let line = "The quick brown fox jumps over the lazy dog, and writes to nobody. ";
    let text = line.repeat((20 << 20) / line.len()) + "Only at the end to a@test.com.";
    let path = "scan/start/?extract=entities";
    let (status, answer) = product
        .send(http::Method::POST, path, "text/plain", Bytes::from(text))
        .await;
    assert_eq!(status, 202, "{answer}");
    let id = answer["job_id"].as_str().unwrap().to_owned();
    product.wait_until_final(std::slice::from_ref(&id)).await;
    let (_, result) = product
        .call(http::Method::GET, &format!("scan/result/{id}/"))
        .await;
    assert_eq!(found(&result, "email"), ["a@test.com"]);

    let (status, result) = product
        .extract("application/pdf", Bytes::from("a@test.com"))
        .await;
    assert_eq!(status["status"], "completed", "{status}");
    assert_eq!(result["documents"][0]["media_type"], "text/plain");
    assert!(
        !result["documents"][0]["warnings"]
            .as_array()
            .unwrap()
            .is_empty(),
        "{result}"
    );
    product.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_too_big_for_an_answer_lies_behind_a_link() {
    let data = tempfile::tempdir().unwrap();
    let product = Product::start(data.path()).await;
    let text = "Write to a@test.com. ".to_owned() + &"All is quiet. ".repeat(400_000);
    let path = "scan/start/?extract=entities,text";
    let body = Bytes::from(text.clone());
    let (_, answer) = product
        .send(http::Method::POST, path, "text/plain", body)
        .await;
    let id = answer["job_id"].as_str().unwrap().to_owned();
    product.wait_until_final(std::slice::from_ref(&id)).await;
    let (status, answer) = product
        .call(http::Method::GET, &format!("scan/result/{id}/"))
        .await;
    assert_eq!(status, 303);
    let result = product.follow(answer["location"].as_str().unwrap()).await;
    assert_eq!(found(&result, "email"), ["a@test.com"]);
    assert_eq!(result["documents"][0]["text"], text);
    product.stop().await;
}
