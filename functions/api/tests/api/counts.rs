//! What a tenant uses, as it is told.

use std::time::Duration;

use access::Scope;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use testkit::{Fault, Stack};

use crate::support;

const USAGE: &str = "/api/v1/usage/";

async fn usage(stack: &Stack) -> Value {
    let answer = stack.get(USAGE).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json()
}

async fn start(stack: &Stack, body: &str) -> String {
    let request = json!({"source": {"base64": body}}).to_string();
    stack.start_job("application/json", request).await.job_id()
}

async fn start_failing(stack: &Stack) -> String {
    // The beginning of a PDF, and no more.
    start(stack, "JVBERi0xLjcK").await
}

async fn start_good(stack: &Stack) -> String {
    start(stack, "Zmlyc3Q=").await
}

/// These counts of those that are told.
fn only(counts: &Value, names: &[&str]) -> Value {
    names.iter().map(|name| counts[name].clone()).collect()
}

#[tokio::test]
async fn jobs_are_counted_by_status_and_by_the_day_on_which_they_ended() {
    let stack = Stack::start().await;
    let none = json!({
        "pending": 0, "running": 0, "in_flight": 0, "completed": 0, "failed": 0, "cancelled": 0,
    });
    let unused = usage(&stack).await;
    assert_eq!((&unused["jobs"], &unused["days"]), (&none, &json!([])));

    let first = stack.clock.now().to_string()[..10].to_owned();
    for _ in 0..3 {
        start_good(&stack).await;
    }
    start_failing(&stack).await;
    stack.drain_queue().await;
    stack.clock.advance(Duration::from_hours(48));
    let last = stack.clock.now().to_string()[..10].to_owned();
    let id = start_good(&stack).await;
    stack.post(&format!("/api/v1/scan/cancel/{id}/")).await;
    start_good(&stack).await;

    let counted = usage(&stack).await;
    // Of the cancelled one there still is a message.
    let jobs = json!({
        "pending": 2, "running": 0, "in_flight": 1, "completed": 3, "failed": 1, "cancelled": 1,
    });
    assert_eq!(counted["jobs"], jobs);
    let names = ["date", "accepted", "completed", "failed", "cancelled"];
    let days = counted["days"].as_array().unwrap().iter();
    let days: Vec<Value> = days.map(|day| only(day, &names)).collect();
    assert_eq!(
        days,
        [json!([last, 2, 0, 0, 1]), json!([first, 4, 3, 1, 0])]
    );
    let today = stack.get("/api/v1/usage?days=1").await.json();
    assert_eq!(today["days"].as_array().unwrap().len(), 1, "{today}");
    assert_eq!(today["total"]["completed"], 0);
    assert_eq!(today["jobs"]["in_flight"], 1);
}

#[tokio::test]
async fn what_a_job_takes_is_told_with_what_it_costs() {
    // At the pace of production: of a look that is broken off nobody hears what it took.
    let mut options = testkit::Options::default();
    options.worker.cancel_look = Duration::from_secs(2);
    let stack = Stack::with(options).await;
    let id = start(&stack, "V3JpdGUgdG8gYUB0ZXN0LmNvbQ==").await;
    stack.work_once().await;
    for operation in ["status", "result"] {
        let path = format!("/api/v1/scan/{operation}/{id}/");
        assert_eq!(stack.get(&path).await.status, StatusCode::OK);
    }
    let (read, written) = (stack.dynamodb.read_units(), stack.dynamodb.write_units());
    let total = &usage(&stack).await["total"];
    let names = ["requests", "accepted", "completed", "messages", "documents"];
    assert_eq!(only(total, &names), json!([3, 1, 1, 1, 1]), "{total}");
    let names = ["pages", "bytes", "records"];
    assert_eq!(only(total, &names), json!([0, 19, 1]), "{total}");
    assert!(total["compute_ms"].as_u64() > Some(0), "{total}");
    // Each unit that the table asks for is on somebody's account.
    assert_eq!(total["read_units"], read);
    assert_eq!(total["write_units"], written);
    assert!(
        total["estimated_cost_usd"].as_f64() > Some(10e-6),
        "{total}"
    );
}

#[tokio::test]
async fn a_batch_of_jobs_is_counted_by_one_write() {
    let stack = Stack::start().await;
    for _ in 0..10 {
        start_good(&stack).await;
    }
    stack.dynamodb.reset_counts();
    stack.work_once().await;
    // A claim and a completion for each, and one for all of them.
    assert_eq!(stack.dynamodb.count("UpdateItem"), 21);
    assert_eq!(usage(&stack).await["jobs"]["completed"], 10);
}

#[tokio::test]
async fn requests_are_counted_by_one_write_for_many_and_a_start_alone_by_none() {
    let stack = Stack::start().await;
    for _ in 1..25 {
        start_good(&stack).await;
        assert_eq!(stack.dynamodb.count("UpdateItem"), 0);
    }
    start_good(&stack).await;
    assert_eq!(stack.dynamodb.count("UpdateItem"), 1);
    // What is for everybody is on nobody's account.
    stack.get("/api/v1/health/").await;
    let total = &usage(&stack).await["total"];
    assert_eq!(only(total, &["requests", "accepted"]), json!([25, 25]));
    assert_eq!(total["write_units"], stack.dynamodb.write_units());
    assert_eq!(stack.dynamodb.count("UpdateItem"), 1);
}

#[tokio::test]
async fn what_could_not_be_counted_is_counted_with_the_next() {
    let stack = Stack::start().await;
    let id = start_good(&stack).await;
    // The first two are the claim and the completion; then the count, as often as it is tried.
    stack
        .dynamodb
        .break_after(2, "UpdateItem", Fault::ServerError);
    for _ in 0..20 {
        stack.dynamodb.break_next("UpdateItem", Fault::ServerError);
    }
    stack.work_once().await;
    let status = stack.get(&format!("/api/v1/scan/status/{id}/")).await;
    assert_eq!(status.json()["status"], "completed");
    stack.dynamodb.mend();
    start_good(&stack).await;
    stack.work_once().await;
    assert_eq!(usage(&stack).await["jobs"]["completed"], 2);
}

#[tokio::test]
async fn a_job_that_is_retried_is_accepted_again_and_one_that_is_removed_is_in_flight_no_more() {
    let stack = Stack::start().await;
    let id = start_failing(&stack).await;
    stack.drain_queue().await;
    stack.post(&format!("/api/v1/scan/retry/{id}/")).await;
    let again = usage(&stack).await;
    let names = ["accepted", "failed"];
    assert_eq!(only(&again["total"], &names), json!([2, 1]));
    assert_eq!(again["jobs"]["in_flight"], 1);
    stack.drain_queue().await;
    assert_eq!(only(&usage(&stack).await["total"], &names), json!([2, 2]));

    let id = start_good(&stack).await;
    let remove = format!("/api/v1/scan/remove/{id}/");
    stack.call(Method::DELETE, &remove).await;
    let counted = usage(&stack).await;
    let names = ["accepted", "failed", "cancelled"];
    assert_eq!(only(&counted["total"], &names), json!([3, 2, 1]));
    assert_eq!(counted["jobs"]["in_flight"], 0);
}

const COLUMNS: &str = "date,requests,accepted,completed,failed,cancelled,messages,documents,pages,bytes,\
    records,compute_ms,read_units,write_units,estimated_cost_usd\r\n";

#[tokio::test]
async fn it_can_be_read_as_a_table() {
    let stack = Stack::start().await;
    let read = async |accept: &str| {
        let request = Request::get(USAGE).header("accept", accept);
        stack.send(request.body(Body::empty()).unwrap()).await
    };
    let empty = read("text/csv").await;
    let content_type = "text/csv; charset=utf-8; header=present";
    assert_eq!(empty.header("content-type"), content_type);
    assert_eq!(empty.header("vary"), "accept");
    assert_eq!(empty.text(), COLUMNS);

    start_good(&stack).await;
    stack.work_once().await;
    stack.clock.advance(Duration::from_hours(24));
    start_good(&stack).await;
    let days = usage(&stack).await["days"].clone();
    let csv = read("text/*, application/json;q=0.5").await.text();
    let rows: Vec<&str> = csv.strip_prefix(COLUMNS).unwrap().lines().collect();
    assert_eq!(rows.len(), 2, "{csv}");
    // That of the day before has not changed since.
    let day = &days[1];
    let cost = format!("{:.6}", day["estimated_cost_usd"].as_f64().unwrap());
    let cells = day.as_object().unwrap().values();
    let mut cells: Vec<String> = cells.map(|it| it.to_string().replace('"', "")).collect();
    *cells.last_mut().unwrap() = cost;
    assert_eq!(rows[1], cells.join(","));

    assert_eq!(read("*/*").await.header("content-type"), "application/json");
    let refused = read("text/markdown").await;
    assert_eq!(refused.status, StatusCode::NOT_ACCEPTABLE);
    assert!(refused.text().contains("application/json, text/csv"));
}

#[tokio::test]
async fn each_tenant_is_told_its_own_and_the_queue_is_for_operators() {
    let stack = Stack::with(testkit::Options {
        auth: api::AuthSettings::Keys,
        ..Default::default()
    })
    .await;
    let some = [Scope::ScanRead, Scope::ScanWrite];
    let acme = stack.key("acme", some).await;
    let admin = stack.key("acme", Scope::ALL).await;
    let operator = stack.key("default", Scope::ALL).await;

    let send = async |method: &str, path: &str, key: &str, tenant: Option<&str>| {
        let request = Request::builder().method(method).uri(path);
        let mut request = request.header("x-api-key", key);
        if let Some(tenant) = tenant {
            request = request.header("x-tenant", tenant);
        }
        stack.send(request.body(Body::empty()).unwrap()).await
    };
    for (key, tenant) in [(&acme, None), (&operator, Some("acme")), (&operator, None)] {
        let started = send("POST", support::START, key, tenant).await;
        assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
    }
    // Whoever is not let in is nobody.
    send("POST", support::START, "dx_nonsense", None).await;

    let of_acme = send("GET", USAGE, &acme, None).await.json();
    let names = ["requests", "accepted"];
    assert_eq!(only(&of_acme["total"], &names), json!([2, 2]));
    for key in [&acme, &admin] {
        let jobs = &send("GET", USAGE, key, None).await.json()["jobs"];
        assert!(jobs.get("pending").is_none() && jobs.get("running").is_none());
        assert_eq!(jobs["in_flight"], 2);
    }
    let of_default = send("GET", USAGE, &operator, None).await.json();
    assert_eq!(only(&of_default["total"], &names), json!([1, 1]));
    assert_eq!(of_default["jobs"]["pending"], 3);
}

#[tokio::test]
async fn a_wrong_number_of_days_is_refused() {
    for query in ["days=0", "days=91", "days=week", "since=1"] {
        let answer = support::get(&format!("{USAGE}?{query}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
    let unreachable = support::get(USAGE).await;
    assert_eq!(unreachable.status, StatusCode::SERVICE_UNAVAILABLE);
}
