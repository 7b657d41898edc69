//! Answers that wait for their job, say when to ask again, and are not sent twice; and a job followed as it goes on.

use std::time::Duration;

use axum::body::Body;
use http::{Method, Request, StatusCode};
use job::{Delivery, Failure, Job, JobKey, Phase, Tenant};
use serde_json::{Value, json};
use store::{Claim, Claimed, Message};
use testkit::{Answer, Fault, Gate, Stack};

use crate::idempotency::{BLOWS, Step, insist, jobs, queue, strike, table};
use crate::support::{START, start};

const TEXT: &str = "Write to a@test.com.";

fn path(operation: &str, id: &str) -> String {
    format!("/api/v1/scan/{operation}/{id}/")
}

fn get(path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

fn start_waiting(key: &str) -> Request<Body> {
    Request::post(START)
        .header("prefer", "wait=20")
        .header("content-type", "text/plain")
        .header("idempotency-key", key)
        .body(TEXT.into())
        .unwrap()
}

/// The answer to a request, while workers do what there is to do.
async fn while_working<T>(stack: &Stack, answer: impl Future<Output = T>) -> T {
    let work = async {
        loop {
            stack.work_once().await;
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        answer = answer => answer,
        () = work => unreachable!("workers never rest"),
    }
}

/// The answer to a request that has looked at its job so often when something happens.
async fn meanwhile(
    stack: &Stack,
    request: Request<Body>,
    looks: usize,
    happening: impl AsyncFnOnce(),
) -> Answer {
    let before = stack.dynamodb.count("GetItem");
    let (answer, ()) = tokio::join!(stack.send(request), async {
        while stack.dynamodb.count("GetItem") < before + looks {
            tokio::task::yield_now().await;
        }
        happening().await;
    });
    answer
}

/// Lets a worker take a job.
async fn claim(stack: &Stack, job: &Job) -> Claim {
    let message = Message {
        key: job.key.clone(),
        version: job.version,
        generation: job.generation,
        traceparent: None,
    };
    let now = stack.clock.now();
    let lease_ends_at = now + Duration::from_mins(10);
    let claimed = stack.store.claim(&message, Delivery(1), now, lease_ends_at);
    match claimed.await.unwrap() {
        Claimed::Won(claim) => claim,
        refused @ Claimed::Refused { .. } => panic!("{refused:?}"),
    }
}

fn assert_applied(answer: &Answer, seconds: u64) {
    let applied = format!("wait={seconds}");
    assert_eq!(answer.header("preference-applied"), applied, "{answer:?}");
}

#[tokio::test]
async fn a_start_that_waits_is_answered_with_the_job_and_its_result() {
    let stack = Stack::start().await;
    let answer = while_working(&stack, stack.send(start_waiting("k"))).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_applied(&answer, 20);
    assert_eq!(answer.header("retry-after"), "");
    let id = answer.job_id();
    let mut expected = stack.get(&path("status", &id)).await.json();
    expected["status_url"] = path("status", &id).into();
    expected["result_url"] = path("result", &id).into();
    expected["result"] = stack.get(&path("result", &id)).await.json();
    assert_eq!(answer.json(), expected);
    assert_eq!(answer.json()["status"], "completed");
    assert_eq!(answer.json()["result"]["records"][0]["email"], "a@test.com");

    let again = stack.send(start_waiting("k")).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!((again.status, again.body), (answer.status, answer.body));
}

#[tokio::test]
async fn a_start_that_waits_is_told_why_its_job_failed() {
    let stack = Stack::start().await;
    let request = Request::post(format!("{START}?wait=20&as=document"))
        .header("content-type", "application/pdf")
        .body("%PDF-1.7 and no more".into())
        .unwrap();
    let answer = while_working(&stack, stack.send(request)).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let ended = answer.json();
    assert_eq!(ended["status"], "failed");
    assert!(ended["error"]["type"].is_string() && ended.get("result").is_none());
}

#[tokio::test]
async fn a_start_whose_time_is_over_is_answered_as_one_that_does_not_wait() {
    let stack = Stack::start().await;
    let request = Request::post(START).header("prefer", "respond-async, wait=100");
    let request = request.body(Body::empty()).unwrap();
    let answer = meanwhile(&stack, request, 2, async || {
        stack.clock.advance(Duration::from_secs(20));
    });
    let answer = answer.await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    assert_applied(&answer, 20);
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(answer.header("location"), path("status", &answer.job_id()));
}

#[tokio::test]
async fn a_status_waits_for_the_end_and_says_then_what_it_is() {
    let stack = Stack::start().await;
    let job = stack.job().pending().await;
    let waiting = format!("{}?wait=20", path("status", &job.key.id.to_string()));
    let ended = meanwhile(&stack, get(&waiting, &[]), 2, async || {
        let claim = claim(&stack, &job).await;
        let failure = Failure::new("malformed", Phase::Extract, false, "It is damaged.");
        let now = stack.clock.now();
        stack.store.fail(claim, failure, now).await.unwrap();
    });
    let ended = ended.await;
    assert_eq!(ended.json()["status"], "failed");
    assert_applied(&ended, 20);

    // What is over is not waited for.
    let again = stack.get(&waiting).await;
    assert_eq!(again.body, ended.body);
    assert_applied(&again, 20);
}

#[tokio::test]
async fn a_status_whose_time_is_over_says_how_the_job_stands_then() {
    let stack = Stack::start().await;
    let job = stack.job().pending().await;
    let waiting = get(
        &path("status", &job.key.id.to_string()),
        &[("prefer", "wait=20")],
    );
    let answer = meanwhile(&stack, waiting, 2, async || {
        claim(&stack, &job).await;
        stack.clock.advance(Duration::from_secs(20));
    });
    let answer = answer.await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["status"], "running");
    assert_applied(&answer, 20);
    assert_ne!(answer.header("retry-after"), "");
}

#[tokio::test]
async fn a_status_whose_time_ends_while_its_job_is_looked_at_is_not_that_of_before_the_wait() {
    let stack = Stack::start().await;
    let answer = begun_while_looked_at(&stack, || {
        stack.clock.advance(Duration::from_secs(20));
    });
    let answer = answer.await;
    assert_eq!(answer.json()["status"], "running");
    assert_applied(&answer, 20);
}

#[tokio::test]
async fn a_wait_that_a_stopping_process_ends_says_how_the_job_stands_then() {
    let stack = Stack::start().await;
    let answer = begun_while_looked_at(&stack, || stack.stop.cancel()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["status"], "running");
}

/// A status that is waited for, of a job that begins to run, and whose wait ends, while it is looked at.
async fn begun_while_looked_at(stack: &Stack, end: impl FnOnce()) -> Answer {
    let job = stack.job().pending().await;
    let look = Gate::new();
    let second = Fault::Hold(look.clone());
    stack.dynamodb.break_after(1, "GetItem", second);
    let status = path("status", &job.key.id.to_string());
    let waiting = stack.send(get(&status, &[("prefer", "wait=20")]));
    let meanwhile = async {
        look.arrival().await;
        claim(stack, &job).await;
        end();
        look.open();
    };
    tokio::join!(waiting, meanwhile).0
}

#[tokio::test]
async fn a_job_that_is_removed_meanwhile_is_not_waited_for() {
    let stack = Stack::start().await;
    for operation in ["status", "result"] {
        let job = stack.job().pending().await;
        let waiting = get(
            &path(operation, &job.key.id.to_string()),
            &[("prefer", "wait=20")],
        );
        let answer = meanwhile(&stack, waiting, 2, async || {
            stack
                .store
                .remove(&job.key, stack.clock.now())
                .await
                .unwrap();
        });
        assert_eq!(answer.await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_status_is_not_sent_again_and_who_waits_is_told_of_any_change() {
    let stack = Stack::start().await;
    let job = stack.job().pending().await;
    let status = path("status", &job.key.id.to_string());
    let pending = stack.get(&status).await;
    let tag = pending.header("etag");
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 20);
    for known in [tag.to_owned(), format!("\"x\", W/{tag}"), "*".to_owned()] {
        let same = stack.send(get(&status, &[("if-none-match", &known)])).await;
        assert_eq!(same.status, StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!((same.header("etag"), &*same.body), (tag, &b""[..]));
        assert_eq!(same.header("retry-after"), "1");
    }

    let waiting = get(&status, &[("if-none-match", tag), ("prefer", "wait=20")]);
    let running = meanwhile(&stack, waiting, 2, async || {
        claim(&stack, &job).await;
    });
    let running = running.await;
    assert_eq!(running.json()["status"], "running");
    assert_ne!(running.header("etag"), tag);

    let tag = running.header("etag");
    let waiting = get(&status, &[("if-none-match", tag), ("prefer", "wait=20")]);
    let same = meanwhile(&stack, waiting, 2, async || {
        stack.clock.advance(Duration::from_secs(20));
    });
    let same = same.await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
    assert_applied(&same, 20);

    // It knows another state than the one there is: nothing to wait for.
    let waiting = get(
        &status,
        &[
            ("if-none-match", pending.header("etag")),
            ("prefer", "wait=20"),
        ],
    );
    assert_eq!(stack.send(waiting).await.body, running.body);
}

#[tokio::test]
async fn a_result_is_waited_for() {
    let stack = Stack::start().await;
    let job = stack.job().pending().await;
    let result = path("result", &job.key.id.to_string());
    let early = meanwhile(
        &stack,
        get(&result, &[("prefer", "wait=20")]),
        2,
        async || {
            stack.clock.advance(Duration::from_secs(20));
        },
    );
    let early = early.await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    assert_applied(&early, 20);
    assert_eq!(early.header("retry-after"), "1");

    let request = get(&format!("{result}?wait=20&limit=1"), &[]);
    let answer = while_working(&stack, stack.send(request)).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_applied(&answer, 20);
    assert_eq!(answer.json()["records"][0]["email"], "a@test.com");
}

#[tokio::test]
async fn a_result_is_not_sent_again_in_a_form_and_page_that_its_client_has() {
    let stack = Stack::start().await;
    let text = "Write to a@test.com or b@test.com.";
    let id = stack.job().text(text).pending().await.key.id.to_string();
    stack.drain_queue().await;
    let result = path("result", &id);
    let mut tags = Vec::new();
    for (query, accept) in [
        ("", "application/json"),
        ("", "text/csv"),
        ("", "application/x-ndjson"),
        ("?limit=1", "application/json"),
        ("?limit=2", "application/json"),
    ] {
        let path = format!("{result}{query}");
        let answer = stack.send(get(&path, &[("accept", accept)])).await;
        let tag = answer.header("etag");
        let again = [("accept", accept), ("if-none-match", tag)];
        let reads = stack.dynamodb.count("GetItem");
        let again = stack.send(get(&path, &again)).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{query} {accept}");
        assert_eq!((again.header("vary"), &*again.body), ("accept", &b""[..]));
        assert_eq!(stack.dynamodb.count("GetItem"), reads + 1);
        assert!(!tags.contains(&tag.to_owned()), "{query} {accept}");
        tags.push(tag.to_owned());
    }
}

#[tokio::test]
async fn when_to_ask_again_follows_from_the_queue() {
    let stack = Stack::start().await;
    let mut last = None;
    for _ in 0..12 {
        last = Some(stack.job().pending().await);
    }
    let job = last.unwrap();
    let status = path("status", &job.key.id.to_string());
    for _ in 0..2 {
        assert_eq!(stack.get(&status).await.header("retry-after"), "12");
    }
    assert_eq!(stack.sqs.count("GetQueueAttributes"), 1);
    // A start goes by what is known.
    assert_eq!(stack.post(START).await.header("retry-after"), "12");
    assert_eq!(stack.sqs.count("GetQueueAttributes"), 1);
    stack.clock.advance(Duration::from_secs(5));
    assert_eq!(stack.get(&status).await.header("retry-after"), "13");
    assert_eq!(stack.post(START).await.header("retry-after"), "13");
    let result = path("result", &job.key.id.to_string());
    assert_eq!(stack.get(&result).await.header("retry-after"), "13");

    // A job that runs is asked for less and less often.
    claim(&stack, &job).await;
    assert_eq!(stack.get(&status).await.header("retry-after"), "1");
    stack.clock.advance(Duration::from_secs(20));
    assert_eq!(stack.get(&status).await.header("retry-after"), "11");
    stack.clock.advance(Duration::from_secs(200));
    assert_eq!(stack.get(&status).await.header("retry-after"), "30");
}

#[tokio::test]
async fn a_queue_that_cannot_be_looked_at_delays_no_status() {
    let stack = Stack::start().await;
    let id = stack.job().pending().await.key.id.to_string();
    for _ in 0..4 {
        stack
            .sqs
            .break_next("GetQueueAttributes", Fault::ServerError);
    }
    let answer = stack.get(&path("status", &id)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("retry-after"), "1");
}

#[tokio::test]
async fn a_time_that_is_none_is_refused_as_a_parameter_and_left_alone_as_a_preference() {
    let stack = Stack::start().await;
    let id = stack.job().pending().await.key.id.to_string();
    let status = path("status", &id);
    for value in ["soon", "-1", "1.5", ""] {
        for path in [&status, &path("result", &id)] {
            let answer = stack.get(&format!("{path}?wait={value}")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{value}");
            assert_eq!(answer.json()["errors"][0]["parameter"], "wait");
        }
        let answer = start(&format!("{START}?wait={value}"), &[], "").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{value}");
        let prefer = format!("wait={value}");
        let answer = stack.send(get(&status, &[("prefer", &prefer)])).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("preference-applied"), "");
    }
    let preview = stack.post("/api/v1/extractors/preview/?wait=1").await;
    assert_eq!(preview.json()["errors"][0]["parameter"], "wait");
}

#[tokio::test]
async fn a_start_that_waits_makes_one_job_whatever_happens_at_any_of_its_steps() {
    let steps: &[Step] = &[
        (table, "PutItem", 0),
        (queue, "SendMessage", 0),
        (table, "UpdateItem", 0),
        // Looks at the job: one for sure, then glances.
        (table, "GetItem", 0),
        (table, "GetItem", 1),
        (table, "GetItem", 3),
    ];
    let stack = Stack::start().await;
    for (&step, blow) in steps.iter().flat_map(|step| BLOWS.map(|blow| (step, blow))) {
        let key = format!("{blow:?} at {} {}", step.1, step.2);
        let call = || start_waiting(&key);
        let first = strike(&stack, step, blow, call());
        let first = meanwhile_passes(&stack, first).await;
        let ended = while_working(&stack, insist(&stack, call)).await;
        assert_eq!(ended.status, StatusCode::OK, "{key}: {ended:?}");
        assert_eq!(ended.json()["status"], "completed", "{key}");
        let id = ended.job_id();
        if let Some(first) = first.filter(|first| first.status.is_success()) {
            assert_eq!(first.job_id(), id, "{key}");
        }
        stack.drain_queue().await;
        assert_eq!(jobs(&stack).await, std::slice::from_ref(&id), "{key}");
        let job = JobKey::new(testkit::tenant(Tenant::DEFAULT), id.parse().unwrap());
        stack.store.remove(&job, stack.clock.now()).await.unwrap();
    }
}

/// What comes of a call while nobody works, once its wait is over.
async fn meanwhile_passes<T>(stack: &Stack, call: impl Future<Output = T>) -> T {
    let before = stack.dynamodb.count("GetItem");
    let pass = async {
        while stack.dynamodb.count("GetItem") < before + 5 {
            tokio::task::yield_now().await;
        }
        stack.clock.advance(Duration::from_secs(20));
        std::future::pending::<()>().await;
    };
    tokio::select! {
        answer = call => answer,
        () = pass => unreachable!("it is pending"),
    }
}

/// The events of an answer: their names, ids and data.
fn events(answer: &Answer) -> Vec<(String, String, Value)> {
    assert_eq!(answer.header("content-type"), "text/event-stream");
    assert_eq!(answer.header("cache-control"), "no-store");
    let text = answer.text();
    let events = text.split("\n\n").filter(|event| event.contains("data:"));
    events
        .map(|event| {
            let field = |name: &str| {
                let line = event.lines().find_map(|line| line.strip_prefix(name));
                line.unwrap_or_default().trim().to_owned()
            };
            let data = serde_json::from_str(&field("data:")).unwrap();
            (field("event:"), field("id:"), data)
        })
        .collect()
}

#[tokio::test]
async fn a_job_is_followed_until_it_is_final() {
    let stack = Stack::start().await;
    let job = stack.job().pending().await;
    let id = job.key.id.to_string();
    let follow = path("events", &id);
    let stream = meanwhile(&stack, get(&follow, &[]), 2, async || {
        let claim = claim(&stack, &job).await;
        let looks = stack.dynamodb.count("GetItem");
        while stack.dynamodb.count("GetItem") < looks + 2 {
            tokio::task::yield_now().await;
        }
        let now = stack.clock.now();
        let result = br#"{"records":[],"documents":[]}"#.to_vec();
        stack.store.complete(claim, result, now).await.unwrap();
    });
    let stream = stream.await;
    assert_eq!(stream.status, StatusCode::OK);
    let events = events(&stream);
    let statuses: Vec<&str> = events
        .iter()
        .map(|(name, _, data)| {
            assert_eq!(name, "status");
            data["status"].as_str().unwrap()
        })
        .collect();
    assert_eq!(statuses, ["pending", "running", "completed"]);
    let status = stack.get(&path("status", &id)).await;
    let (_, last, data) = events.last().unwrap();
    assert_eq!(status.header("etag"), format!("\"{last}\""));
    assert_eq!(&status.json(), data);

    // Who comes back is not told again, and then knows that there is no more to come.
    let over = stack.send(get(&follow, &[("last-event-id", last)])).await;
    assert_eq!(
        (over.status, &*over.body),
        (StatusCode::NO_CONTENT, &b""[..])
    );
    let (_, first, _) = &events[0];
    let missed = stack.send(get(&follow, &[("last-event-id", first)])).await;
    assert_eq!(self::events(&missed), events[2..]);
}

#[tokio::test]
async fn the_events_of_a_job_end_when_it_is_removed() {
    let stack = Stack::start().await;
    let job = stack.job().pending().await;
    let follow = path("events", &job.key.id.to_string());
    let stream = meanwhile(&stack, get(&follow, &[]), 2, async || {
        let now = stack.clock.now();
        stack.store.remove(&job.key, now).await.unwrap();
    });
    assert_eq!(events(&stream.await).len(), 1);
    assert_eq!(stack.get(&follow).await.status, StatusCode::NOT_FOUND);
    let head = stack.call(Method::HEAD, &follow).await;
    assert_eq!(head.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_limits_of_waiting_are_published() {
    let stack = Stack::start().await;
    let limits = stack.get("/api/v1/limits/").await.json();
    for (name, value) in [
        ("max_wait_seconds", 20),
        ("max_waited_result_bytes", 1_000_000),
        ("max_idempotency_key_chars", 255),
        ("keep_idempotency_key_seconds", 86_400),
    ] {
        assert_eq!(limits[name], json!(value), "{name}");
    }
}
