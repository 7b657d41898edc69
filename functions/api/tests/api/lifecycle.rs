//! Jobs from start to end, as their clients see them.

use std::time::Duration;

use http::{Method, Request, StatusCode};
use job::{JobKey, Progress, limits};
use serde_json::{Value, json};
use testkit::{Answer, Fault, Gate, Stack, exchange};

use crate::support::{ID, START};

fn path(operation: &str, id: &str) -> String {
    format!("/api/v1/scan/{operation}/{id}/")
}

async fn status(stack: &Stack, id: &str) -> Value {
    stack.get(&path("status", id)).await.json()
}

fn assert_refused(answer: &Answer, error: &str) {
    assert_eq!(answer.status, StatusCode::CONFLICT, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.json()["error"], error);
}

fn assert_not_found(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{answer:?}");
    assert_eq!(answer.json()["error"], "Job not found");
}

#[tokio::test]
async fn a_job_without_a_document_finds_the_two_addresses_of_the_bundled_one() {
    let stack = Stack::start().await;
    let started = stack.post(START).await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
    assert_eq!(started.json()["status"], "pending");
    assert_eq!(started.header("retry-after"), "1");
    let id = started.job_id();
    assert_eq!(started.header("location"), path("status", &id));
    assert_eq!(started.json()["result_url"], path("result", &id));

    let waiting = stack.get(started.header("location")).await;
    assert_eq!(waiting.json()["status"], "pending");
    assert_eq!(waiting.header("retry-after"), "1");
    assert_eq!(waiting.header("cache-control"), "no-store");

    stack.drain_queue().await;
    let completed = stack.get(&path("status", &id)).await;
    assert_eq!(completed.json()["status"], "completed");
    assert_eq!(completed.header("retry-after"), "");
    for time in ["created_at", "started_at", "finished_at", "expires_at"] {
        assert!(completed.json()[time].is_string(), "{time}: {completed:?}");
    }

    let result = stack.get(&path("result", &id)).await;
    assert_eq!(result.status, StatusCode::OK);
    assert_eq!(result.header("content-type"), "application/json");
    let found: Vec<Value> = result.json()["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["email"].clone())
        .collect();
    assert_eq!(found, ["a@test.com", "b@test.com"]);
    assert_eq!(stack.get(&path("result", &id)).await.body, result.body);
}

#[tokio::test]
async fn each_form_of_a_request_reaches_the_worker_whole() {
    let stack = Stack::start().await;
    let form = "--x\r\ncontent-disposition: form-data; name=file; filename=\"one.txt\"\r\n\r\nfirst\r\n--x\r\ncontent-disposition: form-data; name=file; filename=\"two.csv\"\r\ncontent-type: text/csv\r\n\r\na,b\r\n1,2\r\n\r\n--x\r\ncontent-disposition: form-data; name=extract\r\n\r\ntext\r\n--x--\r\n";
    let request = json!({
        "sources": [{"text": "grüße"}, {"base64": "Zmlyc3Q=", "name": "one.txt"}],
        "extract": ["text"],
    });
    for (kind, body, names, texts) in [
        (
            "application/json",
            request.to_string(),
            [Value::Null, json!("one.txt")],
            ["grüße", "first"],
        ),
        (
            "multipart/form-data; boundary=x",
            form.to_owned(),
            [json!("one.txt"), json!("two.csv")],
            ["first", "a"],
        ),
    ] {
        let started = stack.start_job(kind, body).await;
        assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
        stack.drain_queue().await;
        let result = stack.get(&path("result", &started.job_id())).await.json();
        assert_eq!(result["records"], json!([]));
        for (index, document) in result["documents"].as_array().unwrap().iter().enumerate() {
            assert_eq!(document["name"], names[index], "{result}");
            let text = document["text"].as_str().unwrap();
            assert!(text.starts_with(texts[index]), "{result}");
            assert!(document.get("metadata").is_none(), "{result}");
        }
        assert_eq!(result["documents"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_result_answers_as_it_is_documented() {
    let stack = Stack::start().await;
    let request = json!({"source": {"text": "Write to a@test.com."}});
    let started = stack
        .start_job("application/json", request.to_string())
        .await;
    stack.drain_queue().await;
    let result = stack.get(&path("result", &started.job_id())).await.json();
    let description = api::openapi();
    let example = &description["paths"]["/api/v1/scan/result/{job_id}/"]["get"]["responses"]["200"]
        ["content"]["application/json"]["examples"]["result"]["value"];
    assert_eq!(&result, example);
}

#[tokio::test]
async fn what_is_not_completed_has_no_result() {
    let stack = Stack::start().await;
    let pending = stack.job().pending().await.key.id.to_string();
    let answer = stack.get(&path("result", &pending)).await;
    assert_refused(&answer, "Job not completed");
    assert_eq!(answer.header("retry-after"), "1");

    let failed = stack.job().failed().await.id.to_string();
    let answer = stack.get(&path("result", &failed)).await;
    assert_refused(&answer, "Job not completed");
    assert_eq!(answer.json()["detail"], "The job failed: It is damaged.");
    assert_eq!(answer.header("retry-after"), "");

    let cancelled = stack.job().cancelled().await.id.to_string();
    let answer = stack.get(&path("result", &cancelled)).await;
    assert_refused(&answer, "Job not completed");
}

#[tokio::test]
async fn a_failed_job_says_why() {
    let stack = Stack::start().await;
    let id = stack.job().failed().await.id.to_string();
    let status = status(&stack, &id).await;
    assert_eq!(status["status"], "failed");
    assert_eq!(
        status["error"],
        json!({
            "type": "urn:problem:malformed",
            "title": "Malformed",
            "detail": "It is damaged.",
            "retryable": false,
            "phase": "extract",
        })
    );
    assert_eq!(status["attempt"], 1);
    assert_eq!(status["max_attempts"], limits::MAX_ATTEMPTS);
}

#[tokio::test]
async fn a_released_job_says_why_and_when_it_is_tried_again() {
    let stack = Stack::start().await;
    let claim = stack.job().running().await;
    let id = claim.job().key.id.to_string();
    let failure = job::Failure::new("unavailable", job::Phase::Store, true, "No answer.");
    let later = stack.clock.now() + Duration::from_secs(90);
    let released = stack.store.release(claim, Some(failure), later).await;
    released.unwrap();

    let answer = stack.get(&path("status", &id)).await;
    let status = answer.json();
    assert_eq!(status["status"], "pending");
    assert_eq!(status["last_error"]["type"], "urn:problem:unavailable");
    assert_eq!(status["next_attempt_at"], later.to_string());
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=90).contains(&seconds), "{seconds}");
    assert!(status.get("error").is_none());
}

#[tokio::test]
async fn a_job_can_be_cancelled_until_it_is_final() {
    let stack = Stack::start().await;
    let pending = stack.job().pending().await.key.id.to_string();
    let running = stack.job().running().await.job().key.id.to_string();
    for id in [&pending, &running] {
        for _again in 0..2 {
            let answer = stack.post(&path("cancel", id)).await;
            assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
            assert_eq!(answer.json(), json!({"job_id": id, "status": "cancelled"}));
        }
    }
    stack.drain_queue().await;
    for id in [&pending, &running] {
        assert_eq!(status(&stack, id).await["status"], "cancelled");
    }
    let completed = stack.job().completed().await.id.to_string();
    let answer = stack.post(&path("cancel", &completed)).await;
    assert_refused(&answer, "Cannot cancel completed job");
    let failed = stack.job().failed().await.id.to_string();
    let answer = stack.post(&path("cancel", &failed)).await;
    assert_refused(&answer, "Cannot cancel failed job");
}

#[tokio::test]
async fn a_job_that_failed_or_was_cancelled_can_be_retried() {
    let stack = Stack::start().await;
    let failed = stack.job().failed().await.id.to_string();
    let cancelled = stack.job().cancelled().await.id.to_string();
    for id in [failed, cancelled] {
        let answer = stack.post(&path("retry", &id)).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
        assert_eq!(answer.json()["status"], "pending");
        assert_eq!(answer.header("location"), path("status", &id));
        let answer = stack.post(&path("retry", &id)).await;
        assert_refused(&answer, "Cannot retry pending job");
        stack.drain_queue().await;
        assert_eq!(status(&stack, &id).await["status"], "completed");
        let answer = stack.post(&path("retry", &id)).await;
        assert_refused(&answer, "Cannot retry completed job");
    }
}

#[tokio::test]
async fn a_removed_job_is_gone_for_every_operation() {
    let stack = Stack::start().await;
    let pending = stack.job().pending().await.key.id.to_string();
    let completed = stack.job().completed().await.id.to_string();
    for id in [pending, completed, ID.to_owned()] {
        if id != ID {
            let answer = stack.call(Method::DELETE, &path("remove", &id)).await;
            assert_eq!(answer.status, StatusCode::NO_CONTENT, "{answer:?}");
            assert!(answer.body.is_empty());
        }
        for (method, operation) in [
            (Method::DELETE, "remove"),
            (Method::GET, "status"),
            (Method::GET, "result"),
            (Method::POST, "cancel"),
            (Method::POST, "retry"),
        ] {
            assert_not_found(&stack.call(method, &path(operation, &id)).await);
        }
    }
    assert_eq!(stack.items().await, 0);
}

#[tokio::test]
async fn a_job_whose_time_is_over_is_gone() {
    let stack = Stack::start().await;
    let id = stack.job().completed().await.id.to_string();
    stack.clock.advance(limits::KEEP_FINISHED);
    for (method, operation) in [
        (Method::GET, "status"),
        (Method::GET, "result"),
        (Method::POST, "cancel"),
        (Method::POST, "retry"),
        (Method::DELETE, "remove"),
    ] {
        assert_not_found(&stack.call(method, &path(operation, &id)).await);
    }
}

#[tokio::test]
async fn a_result_that_is_too_big_is_fetched_from_where_it_lies() {
    let stack = Stack::start().await;
    let claim = stack.job().running().await;
    let id = claim.job().key.id.to_string();
    let result = json!({"records": [], "documents": [{"text": "x".repeat(5_000_000)}]});
    let result = result.to_string().into_bytes();
    let now = stack.clock.now();
    stack
        .store
        .complete(claim, result.clone(), now)
        .await
        .unwrap();

    let answer = stack.get(&path("result", &id)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{:?}", answer.headers);
    let link = answer.header("location");
    assert!(link.starts_with("http") && link.contains("X-Amz-Signature"));
    assert_eq!(answer.json(), json!({"location": link}));

    let told = stack
        .get(&format!("{}?link=true", path("result", &id)))
        .await;
    assert_eq!(told.status, StatusCode::OK, "{:?}", told.headers);
    for absent in ["location", "etag"] {
        assert_eq!(told.header(absent), "", "{told:?}");
    }
    let told = told.json()["location"].as_str().unwrap().to_owned();
    let unsigned = |link: &str| link.split_once('?').unwrap().0.to_owned();
    assert_eq!(unsigned(&told), unsigned(link));
    let told = exchange(Request::get(told).body("").unwrap()).await;
    assert_eq!(told.body, result);

    let whole = exchange(Request::get(link).body("").unwrap()).await;
    assert_eq!(
        (whole.status, whole.body.len()),
        (StatusCode::OK, result.len())
    );
    assert_eq!(whole.header("content-type"), "application/json");
    let rest = Request::get(link).header("range", "bytes=4000000-");
    let rest = exchange(rest.body("").unwrap()).await;
    assert_eq!(rest.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(rest.body, &result[4_000_000..]);
}

#[tokio::test]
async fn a_result_that_is_small_is_answered_itself_also_to_who_would_take_a_link() {
    let stack = Stack::start().await;
    let result = path("result", &stack.job().completed().await.id.to_string());
    let plain = stack.get(&result).await;
    for query in ["link=true", "link=false"] {
        let answer = stack.get(&format!("{result}?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        assert_eq!(answer.body, plain.body, "{query}");
        assert_eq!(answer.header("etag"), plain.header("etag"), "{query}");
    }
    let answer = stack.get(&format!("{result}?link=yes")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.json()["errors"][0]["parameter"], "link");
}

/// A completed job whose result lies in an item of its own.
async fn completed_with_an_item(stack: &Stack) -> JobKey {
    let claim = stack.job().running().await;
    let key = claim.job().key.clone();
    let noise: Vec<u64> = (1..400_u64)
        .map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .collect();
    let result = json!({"records": [], "documents": noise}).to_string();
    let now = stack.clock.now();
    let completed = stack.store.complete(claim, result.into_bytes(), now).await;
    completed.unwrap();
    key
}

#[tokio::test]
async fn a_result_removed_while_it_is_read_is_not_found() {
    let stack = Stack::start().await;
    let key = completed_with_an_item(&stack).await;
    let gate = Gate::new();
    stack
        .dynamodb
        .break_after(1, "GetItem", Fault::Hold(gate.clone()));
    let result = path("result", &key.id.to_string());
    let (answer, ()) = tokio::join!(stack.get(&result), async {
        gate.arrival().await;
        stack.store.remove(&key, stack.clock.now()).await.unwrap();
        gate.open();
    });
    assert_not_found(&answer);
}

#[tokio::test]
async fn a_result_that_cannot_be_read_does_not_make_its_job_vanish() {
    let stack = Stack::start().await;
    let key = completed_with_an_item(&stack).await;
    stack.store.purge(&key).await.unwrap();
    let answer = stack.get(&path("result", &key.id.to_string())).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{answer:?}");
    assert_eq!(answer.header("retry-after"), "2");
}

#[tokio::test]
async fn the_status_repeats_what_was_said_of_the_job() {
    let stack = Stack::start().await;
    let request = json!({
        "sources": [{"text": "a", "media_type": "text/plain; charset=utf-8"}, {"text": "b"}],
        "tags": {"batch": "7", "owner": "Zoë"},
    });
    let started = stack
        .start_job("application/json", request.to_string())
        .await;
    let status = stack.get(&path("status", &started.job_id())).await.json();
    assert_eq!(status["tags"], json!({"batch": "7", "owner": "Zoë"}));
    assert_eq!(status["media_type"], "text/plain");
    assert_eq!(status["documents"], 2);

    let plain = stack.post(START).await;
    let status = stack.get(&path("status", &plain.job_id())).await.json();
    assert_eq!(status["documents"], 1);
    for absent in ["tags", "extractor", "progress"] {
        assert!(status.get(absent).is_none(), "{status}");
    }
}

#[tokio::test]
async fn a_job_between_two_of_its_steps_is_running() {
    let stack = Stack::start().await;
    let claim = stack.job().running().await;
    let id = claim.job().key.id.to_string();
    let now = stack.clock.now();
    let progress = Progress {
        done: 61,
        failed: 2,
        total: Some(100),
        cursor: Some("the worker's own".into()),
    };
    let soon = now + Duration::from_secs(1);
    let continued = stack
        .store
        .continue_job(claim, progress, None, now, soon)
        .await
        .unwrap();
    let status = stack.get(&path("status", &id)).await;
    assert_eq!(status.json()["status"], "running", "{continued:?}");
    assert_eq!(
        status.json()["progress"],
        json!({"done": 61, "failed": 2, "total": 100})
    );
    assert!(status.json().get("next_attempt_at").is_none(), "{status:?}");
    assert_eq!(status.header("retry-after"), "1");
}
