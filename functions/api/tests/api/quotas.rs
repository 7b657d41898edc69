//! What a tenant may have, and what it is told where it asks for more.

use std::time::Duration;

use api::{App, Auth, AuthSettings, Cors, Preview, Previewed, QuotaSettings, Quotas};
use axum::Router;
use axum::body::Body;
use http::request::Builder;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use job::Tenant;
use serde_json::{Value, json};
use store::{Quota, Usage};
use testkit::{Answer, Fault, Options, Stack};
use tower::ServiceExt;

const QUOTAS: &str = "/api/v1/quotas/";

/// An operation that reads nothing but what the gate does.
const CHEAP: &str = "/api/v1/limits/";

const INVOICE: &[u8] = include_bytes!("../../../../shared/extract/fixtures/pdf/invoice.pdf");

const UNLIMITED: QuotaSettings = QuotaSettings::UNLIMITED;

async fn stack(quotas: QuotaSettings) -> Stack {
    let stack = Stack::with(Options {
        quotas: Some(quotas),
        ..Options::default()
    })
    .await;
    next_window(&stack);
    stack
}

fn requests(per_second: u64) -> QuotaSettings {
    QuotaSettings {
        requests_per_second: Quota::AtMost(per_second),
        ..UNLIMITED
    }
}

fn jobs(in_flight: u64) -> QuotaSettings {
    QuotaSettings {
        jobs_in_flight: Quota::AtMost(in_flight),
        ..UNLIMITED
    }
}

/// Moves the clock to the beginning of a window, so that a test has all of it.
fn next_window(stack: &Stack) {
    let ms = stack.clock.now().as_millisecond().rem_euclid(10_000);
    let rest = Duration::from_millis(10_000 - ms.unsigned_abs());
    stack.clock.advance(rest);
}

/// Moves the clock to the middle of the next day: far from any midnight.
fn next_noon(stack: &Stack) {
    let seconds = stack.clock.now().as_second().rem_euclid(86_400);
    let rest = 86_400 + 43_200 - seconds.unsigned_abs();
    stack.clock.advance(Duration::from_secs(rest));
}

/// Another instance of the API, on the same table.
fn instance(stack: &Stack, quotas: QuotaSettings) -> Router {
    let (store, clock) = (stack.store.clone(), stack.clock.clone());
    let app = App::new(store, clock, Auth::open(), 1_000_000).limited_by(quotas);
    api::router(app)
}

async fn send(api: &Router, request: Request<Body>) -> Answer {
    let (head, body) = api.clone().oneshot(request).await.unwrap().into_parts();
    Answer {
        status: head.status,
        headers: head.headers,
        body: body.collect().await.unwrap().to_bytes(),
    }
}

fn empty(request: Builder) -> Request<Body> {
    request.body(Body::empty()).unwrap()
}

async fn get_as(api: &Router, tenant: &str, path: &str) -> Answer {
    let request = Request::get(path).header("x-tenant", tenant);
    send(api, empty(request)).await
}

async fn set(api: &Router, tenant: &str, quotas: &Value) -> Answer {
    let request = Request::put(QUOTAS).header("x-tenant", tenant);
    let body = Body::from(quotas.to_string());
    send(api, request.body(body).unwrap()).await
}

async fn start(stack: &Stack, text: &str) -> Answer {
    let body = json!({"source": {"text": text}, "extract": ["entities"]});
    stack.start_job("application/json", body.to_string()).await
}

fn code(answer: &Answer) -> String {
    let kind = answer.json()["type"].clone();
    let kind = kind.as_str().unwrap_or_default();
    kind.trim_start_matches("urn:problem:").to_owned()
}

/// Requests that are let through until one is not.
async fn pass_until_refused(api: &Router) -> usize {
    for passed in 0..1_000 {
        if get_as(api, "default", CHEAP).await.status == StatusCode::TOO_MANY_REQUESTS {
            return passed;
        }
    }
    panic!("nobody is refused");
}

#[tokio::test]
async fn ten_seconds_worth_of_requests_may_come_at_once_and_the_next_window_has_as_many() {
    let stack = stack(requests(1)).await;
    for left in (0..10).rev() {
        let answer = stack.get(CHEAP).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        assert_eq!(answer.header("ratelimit-policy"), r#""requests";q=10;w=10"#);
        let is = answer.header("ratelimit");
        assert!(
            is.starts_with(&format!(r#""requests";r={left};t="#)),
            "{is}"
        );
    }
    let refused = stack.get(CHEAP).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    let problem = refused.json();
    assert_eq!(problem["type"], "urn:problem:too_many_requests");
    assert_eq!(
        problem["detail"],
        "The tenant may send 10 requests in 10 seconds."
    );
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=10).contains(&wait), "{wait}");
    assert_eq!(
        refused.header("ratelimit"),
        format!(r#""requests";r=0;t={wait}"#)
    );
    // Whoever waits as long as it is told is let through.
    stack.clock.advance(Duration::from_secs(wait));
    assert_eq!(stack.get(CHEAP).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_for_everybody_counts_for_nobody_and_where_nothing_is_limited_nothing_is_said() {
    let limited = stack(requests(1)).await;
    for _ in 0..12 {
        let answer = limited.get("/api/v1/health/").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("ratelimit"), "");
    }
    let unlimited = stack(UNLIMITED).await;
    let answer = unlimited.get(CHEAP).await;
    assert_eq!(
        (
            answer.header("ratelimit"),
            answer.header("ratelimit-policy")
        ),
        ("", "")
    );
}

#[tokio::test]
async fn instances_together_let_through_the_quota_and_a_second_s_worth_each_at_most() {
    let stack = stack(requests(2)).await;
    let instances = [instance(&stack, requests(2)), instance(&stack, requests(2))];
    let (mut passed, mut refused) = (0, 0);
    for turn in 0..60 {
        // Unevenly, so that one learns of the other's.
        let api = &instances[usize::from(turn % 3 == 0)];
        match get_as(api, "default", CHEAP).await.status {
            StatusCode::OK => passed += 1,
            _ => refused += 1,
        }
    }
    assert!((20..=24).contains(&passed), "{passed}");
    assert_eq!(passed + refused, 60);
    // One that has just come up knows of none, and learns of all after its first second's worth.
    let third = instance(&stack, requests(2));
    assert_eq!(pass_until_refused(&third).await, 2);
}

#[tokio::test]
async fn a_tenant_below_its_rate_costs_one_read_a_minute_and_no_write() {
    // Few enough that usage is not written meanwhile.
    let stack = stack(requests(20)).await;
    stack.dynamodb.reset_counts();
    for _ in 0..19 {
        assert_eq!(stack.get(CHEAP).await.status, StatusCode::OK);
    }
    let query = [("Query".to_owned(), 1)];
    assert_eq!(stack.dynamodb.calls(), query.clone().into());
    assert!(stack.dynamodb.read_units() <= 1.0);
    // A second's worth has come together.
    stack.get(CHEAP).await;
    assert_eq!(stack.dynamodb.count("UpdateItem"), 1);
    assert!((stack.dynamodb.write_units() - 1.0).abs() < f64::EPSILON);

    stack.dynamodb.reset_counts();
    stack.clock.advance(Duration::from_secs(61));
    for _ in 0..3 {
        stack.get(CHEAP).await;
    }
    assert_eq!(stack.dynamodb.calls(), query.into());
}

#[tokio::test]
async fn many_requests_at_once_read_once() {
    let stack = stack(requests(50)).await;
    stack.dynamodb.reset_counts();
    let all = (0..20).map(|_| stack.get(CHEAP));
    futures::future::join_all(all).await;
    assert_eq!(stack.dynamodb.count("Query"), 1);
}

#[tokio::test]
async fn one_tenant_s_flood_is_nothing_to_the_others() {
    let stack = stack(requests(1)).await;
    while get_as(&stack.api, "acme", CHEAP).await.status == StatusCode::OK {}
    assert_eq!(stack.get(CHEAP).await.status, StatusCode::OK);
    // Nor to whoever is to end it.
    for _ in 0..3 {
        let answer = get_as(&stack.api, "acme", "/api/v1/webhooks/secrets/").await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    let quotas = json!({"requests_per_second": 100});
    assert_eq!(
        set(&stack.api, "acme", &quotas).await.status,
        StatusCode::OK
    );
    assert_eq!(
        get_as(&stack.api, "acme", CHEAP).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn jobs_in_flight_are_no_more_than_may_be_and_make_room_as_they_end() {
    let stack = stack(jobs(2)).await;
    let first = start(&stack, "a@test.com").await;
    assert_eq!(
        first.header("ratelimit-policy"),
        r#""jobs";q=2;qu="concurrent-jobs""#
    );
    assert_eq!(first.header("ratelimit"), r#""jobs";r=1"#);
    start(&stack, "b@test.com").await;
    let writes = stack.dynamodb.write_units();
    let refused = start(&stack, "c@test.com").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{refused:?}");
    assert_eq!(code(&refused), "quota_exceeded");
    assert_eq!(refused.header("retry-after"), "10");
    assert_eq!(refused.header("ratelimit"), r#""jobs";r=0"#);
    assert!((stack.dynamodb.write_units() - writes).abs() < f64::EPSILON);
    assert_eq!(stack.sqs.count("SendMessage"), 2);

    stack.work_once().await;
    let result = format!("/api/v1/scan/result/{}/", first.job_id());
    assert_eq!(stack.get(&result).await.status, StatusCode::OK);
    stack.clock.advance(Duration::from_secs(10));
    assert_eq!(
        start(&stack, "c@test.com").await.status,
        StatusCode::ACCEPTED
    );
}

#[tokio::test]
async fn a_call_that_is_repeated_is_told_what_it_did_also_when_nothing_more_may_be_done() {
    let stack = stack(jobs(1)).await;
    let call = |key: &str| {
        let request = Request::post("/api/v1/scan/start/").header("idempotency-key", key);
        stack.send(empty(request))
    };
    let first = call("one").await;
    assert_eq!(first.status, StatusCode::ACCEPTED);
    let again = call("one").await;
    assert_eq!(again.status, StatusCode::ACCEPTED, "{again:?}");
    assert_eq!(again.job_id(), first.job_id());
    let other = call("other").await;
    assert_eq!(code(&other), "quota_exceeded");
    // The replays took no room that the next one needs.
    stack.work_once().await;
    stack.clock.advance(Duration::from_secs(10));
    assert_eq!(call("other").await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_start_that_fails_takes_no_room() {
    let stack = stack(jobs(1)).await;
    for _ in 0..10 {
        stack.sqs.break_next("SendMessage", Fault::ServerError);
    }
    let failed = start(&stack, "a@test.com").await;
    assert_eq!(failed.status, StatusCode::SERVICE_UNAVAILABLE);
    stack.sqs.mend();
    assert_eq!(
        start(&stack, "a@test.com").await.status,
        StatusCode::ACCEPTED
    );
}

#[tokio::test]
async fn whatever_starts_work_asks_and_nothing_else_does() {
    let stack = stack(jobs(1)).await;
    let failed = stack.job().failed().await;
    let cancelled = stack.job().cancelled().await;
    assert_eq!(
        start(&stack, "a@test.com").await.status,
        StatusCode::ACCEPTED
    );

    let retry = stack
        .post(&format!("/api/v1/scan/retry/{}/", failed.id))
        .await;
    assert_eq!(code(&retry), "quota_exceeded", "{retry:?}");
    let source =
        json!({"sources": [{"kind": "file", "filename": "a.txt", "base64_string": "YQ=="}]});
    let convert = Request::post("/v1/convert/source/async")
        .header("content-type", "application/json")
        .body(Body::from(source.to_string()));
    let convert = stack.send(convert.unwrap()).await;
    assert_eq!(code(&convert), "quota_exceeded", "{convert:?}");

    for path in ["status", "result", "remove"] {
        let method = if path == "remove" {
            Method::DELETE
        } else {
            Method::GET
        };
        let path = format!("/api/v1/scan/{path}/{}/", cancelled.id);
        let answer = stack.call(method, &path).await;
        assert_ne!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
    }
}

#[tokio::test]
async fn bytes_and_pages_of_a_day_are_used_up_until_midnight() {
    let quotas = QuotaSettings {
        bytes_per_day: Quota::AtMost(100),
        pages_per_day: Quota::AtMost(3),
        ..UNLIMITED
    };
    let stack = stack(quotas).await;
    next_noon(&stack);
    let used = |bytes, pages| Usage {
        bytes,
        pages,
        ..Usage::default()
    };
    let (acme, default) = (testkit::tenant("acme"), testkit::tenant(Tenant::DEFAULT));
    stack.store.note(&acme, used(1_000, 1_000));
    stack.store.note(&default, used(60, 3));
    stack.store.add_usage(stack.clock.now()).await;

    let refused = start(&stack, "a").await;
    assert_eq!(code(&refused), "quota_exceeded", "{refused:?}");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((43_000..=43_200).contains(&wait), "{wait}");
    assert!(
        refused.json()["detail"]
            .as_str()
            .unwrap()
            .contains("3 pages")
    );
    let told = refused.header("ratelimit");
    assert_eq!(
        told,
        format!(r#""bytes";r=40;t={wait}, "pages";r=0;t={wait}"#)
    );
    assert_eq!(
        refused.header("ratelimit-policy"),
        r#""bytes";q=100;qu="content-bytes";w=86400, "pages";q=3;qu="pages";w=86400"#
    );
    // What is there already can be read all the same.
    assert_eq!(stack.get("/api/v1/scan/").await.status, StatusCode::OK);

    stack.clock.advance(Duration::from_secs(wait));
    assert_eq!(
        start(&stack, &"a".repeat(60)).await.status,
        StatusCode::ACCEPTED
    );
    // What this instance has accepted since it looked counts as well.
    let too_much = start(&stack, &"a".repeat(60)).await;
    assert!(
        too_much.json()["detail"]
            .as_str()
            .unwrap()
            .contains("100 bytes")
    );
    assert_eq!(
        start(&stack, &"a".repeat(40)).await.status,
        StatusCode::ACCEPTED
    );
}

#[tokio::test]
async fn what_documents_take_of_a_day_is_what_they_have() {
    let bytes = INVOICE.len() as u64;
    let quotas = QuotaSettings {
        bytes_per_day: Quota::AtMost(2 * bytes),
        pages_per_day: Quota::AtMost(1_000),
        ..UNLIMITED
    };
    let stack = stack(quotas).await;
    next_noon(&stack);
    let used = async || {
        let seen = stack.get(QUOTAS).await.json();
        let used = |name: &str| seen[name]["used"].as_u64().unwrap();
        (used("bytes_per_day"), used("pages_per_day"))
    };
    let first = stack.start_job("application/pdf", INVOICE).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{first:?}");
    assert_eq!(used().await, (bytes, 0));
    stack.work_once().await;
    stack.clock.advance(Duration::from_mins(1));
    let (read, pages) = used().await;
    assert_eq!(read, bytes);
    assert!(pages > 1, "{pages}");

    let second = stack.start_job("application/pdf", INVOICE).await;
    assert_eq!(second.status, StatusCode::ACCEPTED, "{second:?}");
    assert_eq!(code(&start(&stack, "a").await), "quota_exceeded");
    let result = format!("/api/v1/scan/result/{}/", first.job_id());
    assert_eq!(stack.get(&result).await.status, StatusCode::OK);
    let all = json!({"bytes_per_day": "unlimited", "pages_per_day": pages});
    set(&stack.api, "default", &all).await;
    let refused = start(&stack, "a").await;
    assert!(
        refused.json()["detail"].as_str().unwrap().contains("pages"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn quotas_can_be_seen_set_and_reset_for_each_tenant() {
    let stack = stack(jobs(7)).await;
    let see = async |tenant: &str| get_as(&stack.api, tenant, QUOTAS).await.json();
    let before = see("acme").await;
    assert_eq!(
        before["jobs_in_flight"],
        json!({"limit": 7, "source": "installation", "used": 0, "remaining": 7})
    );
    assert_eq!(before["bytes_per_day"]["limit"], "unlimited");
    assert_eq!(before["bytes_per_day"].get("remaining"), None);

    let quotas = json!({"requests_per_second": 20, "jobs_in_flight": "unlimited", "bytes_per_day": 0, "pages_per_day": null});
    let now = set(&stack.api, "acme", &quotas).await;
    assert_eq!(now.status, StatusCode::OK, "{now:?}");
    let now = now.json();
    assert_eq!(now["jobs_in_flight"], see("acme").await["jobs_in_flight"]);
    assert_eq!(now["requests_per_second"]["limit"], 20);
    // This window's: what set them, and what saw them before.
    assert_eq!(now["requests_per_second"]["remaining"], 200 - 2);
    assert_eq!(now["requests_per_second"]["source"], "tenant");
    assert_eq!(now["jobs_in_flight"]["limit"], "unlimited");
    assert_eq!(now["bytes_per_day"]["remaining"], 0);
    assert_eq!(now["pages_per_day"]["source"], "installation");
    assert_eq!(see("other").await, before);

    for _ in 0..2 {
        let request = empty(Request::delete(QUOTAS).header("x-tenant", "acme"));
        assert_eq!(stack.send(request).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(
        see("acme").await["jobs_in_flight"],
        before["jobs_in_flight"]
    );
}

#[tokio::test]
async fn a_quota_that_is_set_holds_within_a_minute_everywhere() {
    let stack = stack(UNLIMITED).await;
    let elsewhere = instance(&stack, UNLIMITED);
    let limit = async || get_as(&elsewhere, "acme", QUOTAS).await.json()["jobs_in_flight"].clone();
    assert_eq!(limit().await["limit"], "unlimited");
    set(&stack.api, "acme", &json!({"jobs_in_flight": 1})).await;
    stack.clock.advance(Duration::from_mins(1));
    assert_eq!(limit().await["limit"], 1);
    assert_eq!(limit().await["source"], "tenant");
}

#[tokio::test]
async fn an_instance_learns_within_a_minute_what_others_have_accepted() {
    let stack = stack(jobs(4)).await;
    let elsewhere = instance(&stack, jobs(4));
    let used =
        async || get_as(&elsewhere, "default", QUOTAS).await.json()["jobs_in_flight"].clone();
    assert_eq!(used().await["used"], 0);
    start(&stack, "a@test.com").await;
    start(&stack, "b@test.com").await;
    stack.store.add_usage(stack.clock.now()).await;
    stack.clock.advance(Duration::from_mins(1));
    assert_eq!(used().await["used"], 2);
    // Where more than half is used, it looks more often.
    start(&stack, "c@test.com").await;
    stack.store.add_usage(stack.clock.now()).await;
    stack.clock.advance(Duration::from_mins(1));
    assert_eq!(used().await["used"], 3);
    stack.drain_queue().await;
    stack.clock.advance(Duration::from_secs(10));
    assert_eq!(used().await["used"], 0);
}

#[tokio::test]
async fn quotas_that_cannot_be_are_refused_with_what_would_be_right() {
    let stack = stack(UNLIMITED).await;
    let quotas = json!({"requests_per_second": 0, "jobs_in_flight": "all", "bytes_per_day": [], "colour": 1});
    let refused = set(&stack.api, "acme", &quotas).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{refused:?}"
    );
    let places: Vec<_> = refused.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|flaw| flaw["pointer"].as_str().unwrap().to_owned())
        .collect();
    let right = [
        "/colour",
        "/requests_per_second",
        "/jobs_in_flight",
        "/bytes_per_day",
    ];
    assert_eq!(places, right);
    let malformed = Request::put(QUOTAS).body(Body::from("{")).unwrap();
    assert_eq!(stack.send(malformed).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_tenant_does_not_set_its_own_quotas() {
    let stack = Stack::with(Options {
        quotas: Some(UNLIMITED),
        auth: AuthSettings::Keys,
        ..Options::default()
    })
    .await;
    let key = admin_of(&stack, "acme").await;
    for method in [Method::PUT, Method::DELETE] {
        let request = Request::builder()
            .method(method)
            .uri(QUOTAS)
            .header("x-api-key", &key)
            .body(Body::from(r#"{"jobs_in_flight": 1}"#));
        let refused = stack.send(request.unwrap()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{refused:?}");
        assert!(
            refused.json()["detail"]
                .as_str()
                .unwrap()
                .contains("operator")
        );
    }
    let seen = stack.send(empty(Request::get(QUOTAS).header("x-api-key", &key)));
    assert_eq!(seen.await.json()["jobs_in_flight"]["limit"], "unlimited");
}

/// The key of an admin of this tenant.
async fn admin_of(stack: &Stack, tenant: &str) -> String {
    let key = access::ApiKey::draw();
    let record = access::KeyRecord {
        id: key.id(),
        hash: key.hash(),
        tenant: testkit::tenant(tenant),
        scopes: access::Scopes::ALL,
        name: "admin".into(),
        created_at: stack.clock.now(),
        created_by: "a test".into(),
        expires_at: None,
        revoked_at: None,
        replaced_by: None,
        last_used: None,
    };
    stack.store.api_keys().create(&record).await.unwrap();
    key.reveal()
}

#[tokio::test]
async fn who_has_no_key_uses_up_nothing_and_who_lacks_a_scope_does() {
    let stack = Stack::with(Options {
        quotas: Some(requests(1)),
        auth: AuthSettings::Keys,
        ..Options::default()
    })
    .await;
    next_window(&stack);
    let key = admin_of(&stack, "acme").await;
    for _ in 0..12 {
        let answer = stack.get(CHEAP).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.header("ratelimit"), "");
    }
    for _ in 0..10 {
        let put = Request::put(QUOTAS).header("x-api-key", &key);
        assert_eq!(stack.send(empty(put)).await.status, StatusCode::FORBIDDEN);
    }
    // An admin of a tenant is no operator, and waits as all of its tenant do.
    let get = Request::get("/api/v1/webhooks/secrets/").header("x-api-key", &key);
    let refused = stack.send(empty(get)).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_counter_that_cannot_be_written_refuses_nobody_and_what_was_not_added_is_added_later() {
    let stack = stack(requests(2)).await;
    let elsewhere = instance(&stack, requests(2));
    for _ in 0..40 {
        stack.dynamodb.break_next("UpdateItem", Fault::ServerError);
    }
    for _ in 0..4 {
        assert_eq!(stack.get(CHEAP).await.status, StatusCode::OK);
    }
    stack.dynamodb.mend();
    assert_eq!(stack.get(CHEAP).await.status, StatusCode::OK);
    // What the other learns with its own first two: all five.
    for _ in 0..2 {
        get_as(&elsewhere, "default", CHEAP).await;
    }
    let seen = get_as(&elsewhere, "default", CHEAP).await;
    let told = seen.header("ratelimit");
    assert!(
        told.starts_with(&format!(r#""requests";r={};"#, 20 - 5 - 3)),
        "{told}"
    );
}

#[tokio::test]
async fn a_table_that_does_not_answer_refuses_nobody() {
    let stack = stack(requests(1)).await;
    let break_queries = || {
        for _ in 0..40 {
            stack.dynamodb.break_next("Query", Fault::ServerError);
        }
    };
    break_queries();
    let answer = stack.get(CHEAP).await;
    assert_eq!(answer.status, StatusCode::OK);
    // What all have holds as long as nothing else is known.
    assert_eq!(answer.header("ratelimit-policy"), r#""requests";q=10;w=10"#);
    // It is not asked again at once.
    let queries = stack.dynamodb.count("Query");
    stack.dynamodb.mend();
    stack.get(CHEAP).await;
    assert_eq!(stack.dynamodb.count("Query"), queries);
    stack.clock.advance(Duration::from_secs(10));
    set(&stack.api, "default", &json!({"requests_per_second": 3})).await;
    let policy = stack.get(CHEAP).await;
    assert_eq!(policy.header("ratelimit-policy"), r#""requests";q=30;w=10"#);
    // And what was known before holds on.
    stack.clock.advance(Duration::from_mins(1));
    break_queries();
    let policy = stack.get(CHEAP).await;
    assert_eq!(policy.header("ratelimit-policy"), r#""requests";q=30;w=10"#);
    stack.dynamodb.mend();
}

#[tokio::test]
async fn previews_are_counted_where_there_is_no_table() {
    let stack = stack(UNLIMITED).await;
    let preview = Preview::new(1, |_| async { Previewed::Done(b"{}".to_vec()) });
    let quotas = QuotaSettings {
        requests_per_second: Quota::AtMost(1),
        ..jobs(5)
    };
    let quotas = Quotas::in_memory(quotas, stack.clock.clone());
    let api = api::preview_router(preview, &Auth::open(), &quotas, Cors::default());
    stack.dynamodb.reset_counts();
    for _ in 0..10 {
        let answer = send(&api, empty(Request::post("/api/v1/extractors/preview/"))).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        // Of jobs it knows nothing.
        assert_eq!(answer.header("ratelimit-policy"), r#""requests";q=10;w=10"#);
    }
    let refused = send(&api, empty(Request::post("/api/v1/extractors/preview/"))).await;
    assert_eq!(code(&refused), "too_many_requests");
    assert_eq!(stack.dynamodb.calls(), [].into());
}

#[tokio::test]
async fn a_job_without_a_count_is_no_debt() {
    let stack = stack(jobs(2)).await;
    // Ends that are counted, of jobs whose acceptance never was.
    let ended = Usage {
        completed: 5,
        ..Usage::default()
    };
    stack.store.note(&testkit::tenant(Tenant::DEFAULT), ended);
    stack.store.add_usage(stack.clock.now()).await;
    let seen = stack.get(QUOTAS).await.json();
    assert_eq!(seen["jobs_in_flight"]["used"], 0);
}
