//! Dead letters, as whoever decides on them sees them.

use std::collections::BTreeSet;
use std::time::Duration;

use http::{Method, StatusCode};
use job::{JobKey, Status};
use serde_json::Value;
use testkit::{Fault, Stack};

use crate::support;

const LETTERS: &str = "/api/v1/dead-letters/";

/// A job that the queue has given up on.
async fn give_up(stack: &Stack) -> JobKey {
    let key = stack.job().pending().await.key;
    // Of each delivery the claim and the addition to what is used, as often as they are tried.
    for _ in 0..2 * 4 * 10 {
        stack.dynamodb.break_next("UpdateItem", Fault::ServerError);
    }
    while !is_failed(stack, &key).await {
        stack.work_once().await;
        stack.reap_once().await;
        stack.clock.advance(Duration::from_mins(10));
    }
    stack.dynamodb.mend();
    key
}

async fn is_failed(stack: &Stack, key: &JobKey) -> bool {
    // Not through the API, which now and then adds what was used, and so would meet a fault.
    let job = stack.store.get(key, stack.clock.now()).await.unwrap();
    job.unwrap().status() == Status::Failed
}

async fn status(stack: &Stack, key: &JobKey) -> String {
    let status = stack.get(&format!("/api/v1/scan/status/{}/", key.id)).await;
    status.json()["status"].as_str().unwrap().to_owned()
}

/// Puts a message that is no job's where letters are taken from.
async fn send_garbage(stack: &Stack, body: &str) {
    let send = stack.clients.sqs.send_message();
    let url = stack
        .environment()
        .into_iter()
        .find(|(name, _)| *name == "DEAD_LETTER_QUEUE_URL")
        .unwrap()
        .1;
    let send = send.queue_url(url);
    send.message_body(body).send().await.unwrap();
    stack.clock.advance(Duration::from_secs(1));
}

async fn page(stack: &Stack, query: &str) -> Value {
    let answer = stack.get(&format!("{LETTERS}?{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json()
}

async fn letters(stack: &Stack) -> Vec<Value> {
    page(stack, "").await["dead_letters"]
        .as_array()
        .unwrap()
        .clone()
}

async fn redrive(stack: &Stack, letter: &Value) -> testkit::Answer {
    let id = letter["id"].as_str().unwrap();
    stack.post(&format!("{LETTERS}{id}/redrive/")).await
}

#[tokio::test]
async fn a_letter_says_why_it_is_one_and_whose() {
    let stack = Stack::start().await;
    assert_eq!(letters(&stack).await, [Value::Null; 0]);
    let key = give_up(&stack).await;
    send_garbage(&stack, "hello").await;
    stack.reap_once().await;
    let found = letters(&stack).await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0]["reason"], "unreadable_message");
    assert_eq!(found[0]["body"], "hello");
    assert!(found[0].get("job_id").is_none());
    assert_eq!(found[1]["reason"], "undeliverable");
    assert_eq!(found[1]["job_id"], key.id.to_string());
    assert!(found[1]["sent_at"].is_string() && found[1].get("body").is_none());
}

#[tokio::test]
async fn a_letter_that_is_redriven_has_its_job_done_and_is_gone() {
    let stack = Stack::start().await;
    let key = give_up(&stack).await;
    let letter = letters(&stack).await.remove(0);
    // The job is pending again, and then the answer to the letter's end is lost.
    for _ in 0..10 {
        stack.dynamodb.break_next("DeleteItem", Fault::ServerError);
    }
    let interrupted = redrive(&stack, &letter).await;
    assert_eq!(interrupted.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(letters(&stack).await.len(), 1);
    stack.dynamodb.mend();
    let again = redrive(&stack, &letter).await;
    assert_eq!(again.status, StatusCode::NO_CONTENT, "{again:?}");
    assert_eq!(letters(&stack).await, [Value::Null; 0]);
    assert_eq!(redrive(&stack, &letter).await.status, StatusCode::NOT_FOUND);
    stack.drain_queue().await;
    assert_eq!(status(&stack, &key).await, "completed");
}

#[tokio::test]
async fn a_letter_whose_job_cannot_be_retried_stays_until_it_is_discarded() {
    let stack = Stack::start().await;
    let key = give_up(&stack).await;
    stack.store.remove(&key, stack.clock.now()).await.unwrap();
    let letter = letters(&stack).await.remove(0);
    let refused = redrive(&stack, &letter).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(refused.json()["type"], "urn:problem:cannot_redrive");
    let all = stack.post("/api/v1/dead-letters/redrive/").await.json();
    assert_eq!(all["redriven"], 0);
    assert_eq!(all["refused"][0]["id"], letter["id"]);

    let path = format!("{LETTERS}{}/", letter["id"].as_str().unwrap());
    let discarded = stack.call(Method::DELETE, &path).await;
    assert_eq!(discarded.status, StatusCode::NO_CONTENT);
    assert_eq!(letters(&stack).await, [Value::Null; 0]);
    let again = stack.call(Method::DELETE, &path).await;
    assert_eq!(again.json()["type"], "urn:problem:letter_not_found");
}

#[tokio::test]
async fn all_letters_of_a_reason_are_redriven_or_discarded_and_no_others() {
    let stack = Stack::start().await;
    let keys = [give_up(&stack).await, give_up(&stack).await];
    for body in ["one", "two", "three"] {
        send_garbage(&stack, body).await;
    }
    stack.reap_once().await;
    assert_eq!(letters(&stack).await.len(), 5);

    let redriven = stack
        .post(&format!("{LETTERS}redrive/?reason=undeliverable"))
        .await;
    assert_eq!(redriven.json()["redriven"], 2, "{redriven:?}");
    assert_eq!(letters(&stack).await.len(), 3);
    stack.work_once().await;
    for key in &keys {
        assert_eq!(status(&stack, key).await, "completed");
    }
    let path = format!("{LETTERS}?reason=unreadable_message&limit=2");
    let first = stack.call(Method::DELETE, &path).await.json();
    assert_eq!(first["discarded"], 2);
    let next = first["next"].as_str().unwrap();
    let rest = stack
        .call(Method::DELETE, &format!("{path}&cursor={next}"))
        .await
        .json();
    assert_eq!(
        (&rest["discarded"], &rest["next"]),
        (&1.into(), &Value::Null)
    );
    assert_eq!(letters(&stack).await, [Value::Null; 0]);
}

#[tokio::test]
async fn a_message_that_is_no_jobs_is_sent_again_as_it_was() {
    let stack = Stack::start().await;
    send_garbage(&stack, "hello").await;
    stack.reap_once().await;
    let letter = letters(&stack).await.remove(0);
    assert_eq!(
        redrive(&stack, &letter).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(letters(&stack).await, [Value::Null; 0]);
    // It is still no job's, so it comes back.
    stack.drain_queue().await;
    assert_eq!(letters(&stack).await[0]["body"], "hello");
}

#[tokio::test]
async fn pages_of_letters_give_each_once_and_the_newest_first() {
    let stack = Stack::start().await;
    for number in 0..7 {
        send_garbage(&stack, &format!("number {number}")).await;
    }
    give_up(&stack).await;
    stack.reap_once().await;
    let whole = letters(&stack).await;
    assert_eq!(whole.len(), 8);
    for limit in 1..9 {
        let mut at = page(&stack, &format!("limit={limit}")).await;
        let mut found = at["dead_letters"].as_array().unwrap().clone();
        while let Some(cursor) = at["next"].as_str() {
            at = page(&stack, &format!("limit={limit}&cursor={cursor}")).await;
            found.extend(at["dead_letters"].as_array().unwrap().clone());
        }
        assert_eq!(found, whole, "{limit}");
    }
    let times: Vec<&str> = whole
        .iter()
        .map(|it| it["sent_at"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted_by(|one, other| one >= other), "{times:?}");
    let ids: BTreeSet<String> = whole.iter().map(|it| it["id"].to_string()).collect();
    assert_eq!(ids.len(), 8);
}

#[tokio::test]
async fn an_id_that_was_never_given_names_no_letter() {
    for id in [
        "x",
        "%ff",
        "SjIwMjY",
        "01990a5d-ac96-774b-8cce-b302099a8057",
    ] {
        let answer = support::call(Method::DELETE, &format!("{LETTERS}{id}/")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
        assert_eq!(answer.json()["type"], "urn:problem:letter_not_found");
    }
    for query in ["limit=0", "limit=101", "cursor=x", "because=1"] {
        let answer = support::get(&format!("{LETTERS}?{query}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
}
