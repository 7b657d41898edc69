//! A call that is repeated with its `Idempotency-Key` has one effect and one answer, whatever went wrong before.

use std::time::Duration;

use axum::body::Body;
use http::{Method, Request, StatusCode};
use job::{JobKey, Status, Tenant};
use testkit::{Answer, Fault, Gate, Stack, Wire};

use crate::support::START;

const TEXT: &str = "Write to a@test.com.";

/// How often the SDK tries a call.
const TRIES: usize = 4;

/// A call of the product's to AWS: on which wire, of which operation, and how many such there were before.
pub(crate) type Step = (fn(&Stack) -> &Wire, &'static str, usize);

pub(crate) fn table(stack: &Stack) -> &Wire {
    &stack.dynamodb
}

pub(crate) fn queue(stack: &Stack) -> &Wire {
    &stack.sqs
}

fn bucket(stack: &Stack) -> &Wire {
    &stack.s3
}

/// What goes wrong at a step.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Blow {
    /// The function dies before it.
    Death,
    /// The function dies while it is under way, and it may still take effect.
    DeathWithin,
    /// It takes effect, also when it is tried again, and none of its answers arrives.
    AnswersLost,
    /// It never arrives, however often it is tried.
    CallsLost,
    /// It is answered with an error, however often it is tried.
    Refused,
    /// It takes effect twice.
    Twice,
}

pub(crate) const BLOWS: [Blow; 6] = [
    Blow::Death,
    Blow::DeathWithin,
    Blow::AnswersLost,
    Blow::CallsLost,
    Blow::Refused,
    Blow::Twice,
];

/// Makes a call to which something happens at a step. Its answer, if the function lived to give one.
pub(crate) async fn strike(
    stack: &Stack,
    step: Step,
    blow: Blow,
    request: Request<Body>,
) -> Option<Answer> {
    let (wire, operation, before) = step;
    let wire = wire(stack);
    let gate = Gate::new();
    let faults = match blow {
        Blow::Death | Blow::DeathWithin => vec![Fault::Hold(gate.clone())],
        Blow::AnswersLost => vec![Fault::DropAnswer; TRIES],
        Blow::CallsLost => vec![Fault::DropRequest; TRIES],
        Blow::Refused => vec![Fault::ServerError; TRIES],
        Blow::Twice => vec![Fault::Twice],
    };
    for (index, fault) in faults.into_iter().enumerate() {
        wire.break_after(if index == 0 { before } else { 0 }, operation, fault);
    }
    tokio::select! {
        answer = stack.send(request) => Some(answer),
        () = gate.arrival() => {
            if matches!(blow, Blow::DeathWithin) {
                gate.open();
            }
            None
        }
    }
}

/// Repeats a call until it is answered with success, as a client does that was told nothing.
pub(crate) async fn insist(stack: &Stack, request: impl Fn() -> Request<Body>) -> Answer {
    for _ in 0..8 {
        let answer = stack.send(request()).await;
        match answer.status {
            StatusCode::ACCEPTED | StatusCode::OK => return answer,
            StatusCode::CONFLICT => {
                assert_eq!(answer.json()["type"], "urn:problem:idempotency_key_in_use");
                assert_eq!(answer.header("retry-after"), "1");
                // It may take its time, too.
                stack.clock.advance(Duration::from_secs(10));
            }
            StatusCode::SERVICE_UNAVAILABLE => {}
            _ => panic!("{answer:?}"),
        }
    }
    panic!("no answer, however often it is asked for")
}

fn start(key: &str, text: &str) -> Request<Body> {
    Request::post(START)
        .header("idempotency-key", key)
        .header("content-type", "text/plain")
        .body(text.to_owned().into())
        .unwrap()
}

fn retry(key: &str, id: &str) -> Request<Body> {
    Request::post(format!("/api/v1/scan/retry/{id}/"))
        .header("idempotency-key", key)
        .body(Body::empty())
        .unwrap()
}

/// The ids of all jobs that there are.
pub(crate) async fn jobs(stack: &Stack) -> Vec<String> {
    let scanned = stack
        .clients
        .dynamodb
        .scan()
        .table_name("jobs")
        .send()
        .await;
    let items = scanned.unwrap().items.unwrap_or_default();
    let ids = items.iter().filter_map(|item| {
        let sk = item.get("sk")?.as_s().ok()?;
        Some(sk.strip_prefix("J#")?.to_owned())
    });
    ids.collect()
}

async fn look(stack: &Stack, id: &str) -> job::Job {
    let key = JobKey::new(testkit::tenant(Tenant::DEFAULT), id.parse().unwrap());
    stack
        .store
        .get(&key, stack.clock.now())
        .await
        .unwrap()
        .unwrap()
}

fn assert_replayed(answer: &Answer, first: &Answer) {
    assert_eq!(answer.header("idempotency-replayed"), "true", "{answer:?}");
    assert_eq!((answer.status, &answer.body), (first.status, &first.body));
    assert_eq!(answer.header("location"), first.header("location"));
    assert_eq!(answer.header("content-type"), "application/json");
}

fn assert_problem(answer: &Answer, status: StatusCode, code: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.json()["type"], format!("urn:problem:{code}"));
}

#[tokio::test]
async fn a_start_makes_one_job_and_has_one_answer_whatever_happens_at_any_of_its_steps() {
    let small: &[Step] = &[
        (table, "PutItem", 0),
        (queue, "SendMessage", 0),
        (table, "PutItem", 1),
        (table, "UpdateItem", 0),
    ];
    let large: &[Step] = &[(bucket, "PUT", 0)];
    // Random, so that no packing makes it small.
    let noise: String = (0..40_000).map(|_| rand::random_range('a'..='z')).collect();
    let noise = format!("{TEXT} {noise}");
    let stack = Stack::start().await;
    for (text, steps) in [(TEXT, small), (&noise, large)] {
        for (&step, blow) in steps.iter().flat_map(|step| BLOWS.map(|blow| (step, blow))) {
            let what = format!("{blow:?} at {} {} of {}", step.1, step.2, text.len());
            let call = || start(&what, text);
            let first = strike(&stack, step, blow, call()).await;
            let again = insist(&stack, call).await;
            if let Some(first) = first.filter(|first| first.status == StatusCode::ACCEPTED) {
                assert_replayed(&again, &first);
            }
            assert_replayed(&stack.send(call()).await, &again);

            stack.drain_queue().await;
            let id = again.job_id();
            assert_eq!(jobs(&stack).await, std::slice::from_ref(&id), "{what}");
            let job = look(&stack, &id).await;
            assert_eq!(
                (job.status(), job.attempt),
                (Status::Completed, 1),
                "{what}"
            );
            assert_replayed(&stack.send(call()).await, &again);

            let path = format!("/api/v1/scan/remove/{id}/");
            stack.call(Method::DELETE, &path).await;
            assert_replayed(&stack.send(call()).await, &again);
            stack.drain_queue().await;
            assert!(jobs(&stack).await.is_empty(), "{what}: the job is reborn");
        }
    }
}

#[tokio::test]
async fn a_retry_submits_once_and_has_one_answer_whatever_happens_at_any_of_its_steps() {
    let steps: &[Step] = &[
        (table, "GetItem", 0),
        (table, "PutItem", 0),
        (queue, "SendMessage", 0),
        (table, "UpdateItem", 0),
        (table, "UpdateItem", 1),
    ];
    let stack = Stack::start().await;
    for (&step, blow) in steps.iter().flat_map(|step| BLOWS.map(|blow| (step, blow))) {
        for ends_before_it_is_repeated in [false, true] {
            let what = format!("{blow:?} at {} {}", step.1, step.2);
            let id = stack.job().failed().await.id.to_string();
            let key = format!("{what} {ends_before_it_is_repeated}");
            let call = || retry(&key, &id);
            stack.drain_queue().await;
            let first = strike(&stack, step, blow, call()).await;
            if ends_before_it_is_repeated {
                // In its new submission, if the retry got so far: a repeated call must not begin another.
                stack.post(&format!("/api/v1/scan/cancel/{id}/")).await;
            }
            let again = insist(&stack, call).await;
            if let Some(first) = first.filter(|first| first.status == StatusCode::ACCEPTED) {
                assert_replayed(&again, &first);
            }
            assert_replayed(&stack.send(call()).await, &again);

            stack.drain_queue().await;
            let job = look(&stack, &id).await;
            assert_eq!(job.generation, 1, "{what}");
            assert!(job.status().is_final(), "{what}: {job:?}");
            assert_replayed(&stack.send(call()).await, &again);
            assert_eq!(look(&stack, &id).await, job, "{what}");
        }
    }
}

/// Else the steps above would leave some out.
#[tokio::test]
async fn a_start_takes_four_calls_and_a_retry_five() {
    let stack = Stack::start().await;
    let calls = || {
        let wires = [&stack.dynamodb, &stack.sqs, &stack.s3];
        wires.map(|wire| wire.calls().values().sum::<usize>())
    };
    stack.send(start("k", TEXT)).await;
    assert_eq!(calls(), [3, 1, 0]);
    let id = stack.job().cancelled().await.id.to_string();
    let before = calls();
    stack.send(retry("l", &id)).await;
    assert_eq!(calls(), [before[0] + 4, before[1] + 1, 0]);
}

#[tokio::test]
async fn a_call_without_a_key_keeps_nothing() {
    let stack = Stack::start().await;
    let (one, other) = (stack.post(START).await, stack.post(START).await);
    assert_ne!(one.job_id(), other.job_id());
    assert_eq!(stack.items().await, 2);
    assert!(!one.headers.contains_key("idempotency-replayed"));
}

#[tokio::test]
async fn a_key_is_good_for_one_request_alone() {
    let stack = Stack::start().await;
    let started = stack.send(start("k", TEXT)).await;
    let other = stack.send(start("k", "Write to b@test.com.")).await;
    assert_problem(
        &other,
        StatusCode::UNPROCESSABLE_ENTITY,
        "idempotency_key_reused",
    );
    let id = stack.job().cancelled().await.id.to_string();
    let retried = stack.send(retry("k", &id)).await;
    assert_problem(
        &retried,
        StatusCode::UNPROCESSABLE_ENTITY,
        "idempotency_key_reused",
    );
    assert_eq!(look(&stack, &id).await.generation, 0);
    assert_ne!(
        stack.send(start("l", TEXT)).await.job_id(),
        started.job_id()
    );
}

#[tokio::test]
async fn a_form_is_the_same_with_another_boundary() {
    let stack = Stack::start().await;
    let form = |boundary: &str, text: &str| {
        let head = "content-disposition: form-data; name=file; filename=\"a.txt\"";
        Request::post(START)
            .header("idempotency-key", "k")
            .header(
                "content-type",
                format!("multipart/form-data; boundary={boundary}"),
            )
            .body(Body::from(format!(
                "--{boundary}\r\n{head}\r\n\r\n{text}\r\n--{boundary}--\r\n"
            )))
            .unwrap()
    };
    let first = stack.send(form("one", TEXT)).await;
    assert_replayed(&stack.send(form("two", TEXT)).await, &first);
    let other = stack.send(form("two", "something else")).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let stack = Stack::start().await;
    let first = stack.send(start("k", TEXT)).await;
    stack
        .clock
        .advance(Duration::from_hours(24) - Duration::from_secs(10));
    assert_replayed(&stack.send(start("k", TEXT)).await, &first);
    stack.clock.advance(Duration::from_secs(10));
    let next = stack.send(start("k", TEXT)).await;
    assert_eq!(next.status, StatusCode::ACCEPTED);
    assert_ne!(next.job_id(), first.job_id());
}

#[tokio::test]
async fn of_two_calls_at_once_one_is_told_to_come_again() {
    let stack = Stack::start().await;
    let gate = Gate::new();
    stack
        .sqs
        .break_next("SendMessage", Fault::Hold(gate.clone()));
    let (first, ()) = tokio::join!(stack.send(start("k", TEXT)), async {
        gate.arrival().await;
        let second = stack.send(start("k", TEXT)).await;
        assert_problem(&second, StatusCode::CONFLICT, "idempotency_key_in_use");
        assert_eq!(second.header("retry-after"), "1");
        gate.open();
    });
    assert_eq!(first.status, StatusCode::ACCEPTED);
    assert_replayed(&stack.send(start("k", TEXT)).await, &first);
    assert_eq!(jobs(&stack).await.len(), 1);
}

#[tokio::test]
async fn a_call_that_was_merely_slow_answers_as_the_one_that_took_over() {
    let stack = Stack::start().await;
    for step in ["PutItem", "UpdateItem"] {
        let gate = Gate::new();
        let before = usize::from(step == "PutItem");
        stack
            .dynamodb
            .break_after(before, step, Fault::Hold(gate.clone()));
        let (slow, quick) = tokio::join!(stack.send(start(step, TEXT)), async {
            gate.arrival().await;
            stack.clock.advance(Duration::from_secs(31));
            let quick = stack.send(start(step, TEXT)).await;
            gate.open();
            quick
        });
        assert_eq!((slow.status, &slow.body), (quick.status, &quick.body));
        assert_eq!(slow.status, StatusCode::ACCEPTED);
    }
    stack.drain_queue().await;
    assert_eq!(jobs(&stack).await.len(), 2);
}

#[tokio::test]
async fn what_a_call_was_refused_with_is_not_kept() {
    let stack = Stack::start().await;
    let job = stack.job().pending().await;
    let id = job.key.id.to_string();
    let refused = stack.send(retry("k", &id)).await;
    assert_problem(&refused, StatusCode::CONFLICT, "cannot_retry");
    stack
        .store
        .cancel(&job.key, stack.clock.now())
        .await
        .unwrap();
    let retried = stack.send(retry("k", &id)).await;
    assert_eq!(retried.status, StatusCode::ACCEPTED, "{retried:?}");

    let malformed = Request::post(START)
        .header("idempotency-key", "l")
        .header("content-type", "application/json");
    let malformed = malformed.body("{\"source\": 7}".into()).unwrap();
    let refused = stack.send(malformed).await;
    assert_problem(
        &refused,
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid_request",
    );
    let started = stack.send(start("l", TEXT)).await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() {
    let stack = Stack::start().await;
    for key in ["", "schlüssel", &"k".repeat(256)] {
        let answer = stack.send(start(key, TEXT)).await;
        assert_problem(&answer, StatusCode::UNPROCESSABLE_ENTITY, "invalid_request");
        assert_eq!(answer.json()["errors"][0]["header"], "idempotency-key");
    }
    let twice = Request::post(START)
        .header("idempotency-key", "k")
        .header("idempotency-key", "l");
    let answer = stack.send(twice.body(Body::empty()).unwrap()).await;
    assert_problem(&answer, StatusCode::UNPROCESSABLE_ENTITY, "invalid_request");
    assert_eq!(stack.items().await, 0);
    let longest = "k".repeat(255);
    let answer = stack.send(start(&longest, TEXT)).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
}
