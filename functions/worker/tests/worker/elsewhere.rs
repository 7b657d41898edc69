//! Documents that lie on the web, or in the buckets of others.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_s3::primitives::ByteStream;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use fetch::{Fetcher, Policy};
use http::{HeaderMap, StatusCode, header};
use job::{Content, JobId, JobKey, Link, Object, Request, Source, Status, Tenant};
use serde_json::{Value, json};
use testkit::{Options, Stack};
use tokio::net::TcpListener;
use worker::Elsewhere;

use crate::{look, result};

/// A site that has a page, and one that is there from the third time on that it is asked for.
async fn site() -> String {
    async fn page(headers: HeaderMap) -> impl IntoResponse {
        let known = headers.get(header::IF_NONE_MATCH);
        let known = known.is_some_and(|etag| etag == "\"1\"");
        let status = if known {
            StatusCode::NOT_MODIFIED
        } else {
            StatusCode::OK
        };
        let headers = [
            (header::ETAG, "\"1\""),
            (header::CONTENT_TYPE, "text/html; charset=ISO-8859-1"),
        ];
        // In UTF-8 this would be malformed.
        (status, headers, b"<p>G\xfcnter, a@test.com".as_slice())
    }
    async fn shaky(State(asked): State<Arc<AtomicUsize>>) -> impl IntoResponse {
        match asked.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => (StatusCode::BAD_GATEWAY, "again"),
            _ => (StatusCode::OK, "b@test.com"),
        }
    }
    let pages = Router::new()
        .route("/a%20page.html", get(page))
        .route(
            "/old",
            get(async || Redirect::permanent("/a%20page.html?x")),
        )
        .route("/shaky", get(shaky))
        .route("/down", get(async || StatusCode::SERVICE_UNAVAILABLE))
        .route(
            "/robots.txt",
            get(async || "User-agent: *\nDisallow: /private"),
        )
        .with_state(Arc::new(AtomicUsize::new(0)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, pages).await });
    address.to_string()
}

/// A stack that fetches from there, and from the bucket `theirs`.
async fn stack(site: &str) -> Stack {
    let policy = Policy::default().allowing(site).unwrap();
    let elsewhere = Elsewhere {
        fetcher: Fetcher::new(policy),
        buckets: vec!["theirs".into(), "jobs".into()],
    };
    Stack::with(Options {
        elsewhere,
        ..Options::default()
    })
    .await
}

async fn submit(stack: &Stack, documents: Vec<Content>) -> JobKey {
    let now = stack.clock.now();
    let key = JobKey::new(testkit::tenant(Tenant::DEFAULT), JobId::new(now));
    let documents = documents.into_iter().map(|content| Source {
        name: None,
        media_type: None,
        content,
    });
    let request = Request::new(documents.collect(), json!(["entities", "text"]));
    let job = stack.store.submit(key, request, None, now).await.unwrap();
    job.key
}

fn url(url: &str) -> Content {
    Content::Url(Link {
        url: url.to_owned(),
        etag: None,
        last_modified: None,
    })
}

fn text(text: &str) -> Content {
    Content::Bytes(text.as_bytes().to_vec())
}

fn object(bucket: &str, key: &str, etag: Option<&str>) -> Content {
    Content::Object(Object {
        bucket: bucket.into(),
        key: key.into(),
        etag: etag.map(Into::into),
    })
}

/// The only document of a job that completed.
async fn document(stack: &Stack, content: Content) -> Value {
    let key = submit(stack, vec![content]).await;
    stack.drain_queue().await;
    result(stack, &key).await["documents"][0].take()
}

/// What a job of this document alone failed with.
async fn failure(stack: &Stack, content: Content) -> (String, u32, bool) {
    let key = submit(stack, vec![content]).await;
    stack.drain_queue().await;
    let job = look(stack, &key).await;
    assert_eq!(job.status(), Status::Failed);
    let failure = job.failure().unwrap();
    (failure.code.clone(), job.attempt, failure.retryable)
}

#[tokio::test]
async fn a_document_is_fetched_and_its_result_says_from_where() {
    let site = site().await;
    let stack = stack(&site).await;
    let document = document(&stack, url(&format!("http://{site}/old"))).await;
    let origin = &document["origin"];
    assert_eq!(origin["url"], format!("http://{site}/old"));
    assert_eq!(
        origin["final_url"],
        format!("http://{site}/a%20page.html?x")
    );
    assert_eq!(
        (&origin["status"], &origin["etag"]),
        (&json!(200), &json!("\"1\""))
    );
    let at: jiff::Timestamp = origin["fetched_at"].as_str().unwrap().parse().unwrap();
    assert!(at <= stack.clock.now());
    assert_eq!(document["name"], "a page.html");
    assert_eq!(document["media_type"], "text/html");
    assert_eq!(document["text"], "Günter, a@test.com");
    assert_eq!(document["charset"], "windows-1252");
}

#[tokio::test]
async fn a_document_that_has_not_changed_is_said_to_be_so() {
    let site = site().await;
    let stack = stack(&site).await;
    let link = |etag: &str| {
        Content::Url(Link {
            url: format!("http://{site}/a%20page.html"),
            etag: Some(etag.to_owned()),
            last_modified: None,
        })
    };
    let known = document(&stack, link("\"1\"")).await;
    assert_eq!(known["not_modified"], true);
    assert_eq!(known["origin"]["status"], 304);
    assert_eq!(known.get("error"), None);
    let changed = document(&stack, link("\"0\"")).await;
    assert_eq!(changed.get("not_modified"), None);
    assert_eq!(changed["origin"]["etag"], "\"1\"");
}

#[tokio::test]
async fn what_a_result_says_of_its_origin_is_what_the_next_request_asks_with() {
    let site = site().await;
    let stack = stack(&site).await;
    let scan = async |source: Value| -> Value {
        let body = json!({"source": source, "extract": ["text"]}).to_string();
        let start = http::Request::post("/api/v1/scan/start/")
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.into());
        let id = stack.send(start.unwrap()).await.job_id();
        stack.drain_queue().await;
        let result = stack.get(&format!("/api/v1/scan/result/{id}/")).await;
        result.json()
    };
    let url = format!("http://{site}/a%20page.html");
    let first = scan(json!({"url": url})).await;
    let etag = &first["documents"][0]["origin"]["etag"];
    let second = scan(json!({"url": url, "etag": etag})).await;
    assert_eq!(second["documents"][0]["not_modified"], true, "{second}");
    assert_eq!(second["records"], json!([]));
}

#[tokio::test]
async fn a_site_that_fails_for_a_while_delays_a_job_of_one_document() {
    let site = site().await;
    let stack = stack(&site).await;
    let key = submit(&stack, vec![url(&format!("http://{site}/shaky"))]).await;
    stack.work_once().await;
    let job = look(&stack, &key).await;
    assert_eq!((job.status(), job.attempt), (Status::Pending, 1));
    assert_eq!(job.failure().unwrap().code, "fetch_failed");
    stack.drain_queue().await;
    let job = look(&stack, &key).await;
    assert_eq!((job.status(), job.attempt), (Status::Completed, 3));
}

#[tokio::test]
async fn a_site_that_fails_for_good_fails_the_job_when_no_attempt_is_left() {
    let site = site().await;
    let stack = stack(&site).await;
    let failed = failure(&stack, url(&format!("http://{site}/down"))).await;
    assert_eq!(failed, ("fetch_failed".into(), 5, true));
}

#[tokio::test]
async fn what_will_not_come_fails_the_job_at_once() {
    let site = site().await;
    let stack = stack(&site).await;
    // A port that nobody listens on any more.
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed: SocketAddr = closed.local_addr().unwrap();
    for (url_of, code) in [
        (format!("http://{site}/missing"), "fetch_failed"),
        (format!("http://{site}/private/a"), "robots_disallowed"),
        (format!("http://{closed}/"), "fetch_forbidden"),
        (
            "http://169.254.169.254/latest/".to_owned(),
            "fetch_forbidden",
        ),
        ("http://0x7f.1/".to_owned(), "fetch_forbidden"),
    ] {
        let failed = failure(&stack, url(&url_of)).await;
        assert_eq!(failed, (code.into(), 1, false), "{url_of}");
    }
}

#[tokio::test]
async fn a_document_that_does_not_come_does_not_cost_the_others() {
    let site = site().await;
    let stack = stack(&site).await;
    let documents = vec![
        url(&format!("http://{site}/down")),
        text("c@test.com"),
        url(&format!("http://{site}/a%20page.html")),
        object("others", "a.txt", None),
    ];
    let key = submit(&stack, documents).await;
    stack.drain_queue().await;
    let result = result(&stack, &key).await;
    let documents = &result["documents"];
    assert_eq!(documents[0]["error"]["code"], "fetch_failed");
    assert_eq!(documents[0]["origin"]["status"], 503);
    assert_eq!(documents[1].get("origin"), None);
    assert_eq!(documents[2]["origin"]["status"], 200);
    assert_eq!(documents[3]["error"]["code"], "fetch_forbidden");
    assert_eq!(documents[3]["origin"]["url"], "s3://others/a.txt");
    let found = result["records"].as_array().unwrap().iter();
    let found: Vec<_> = found.map(|it| &it["source"]["document"]).collect();
    assert_eq!(found, [1, 2]);
}

#[tokio::test]
async fn an_object_of_an_allowed_bucket_is_read_and_no_other() {
    let stack = stack("127.0.0.1:1").await;
    let s3 = &stack.clients.s3;
    s3.create_bucket().bucket("theirs").send().await.unwrap();
    let put = s3
        .put_object()
        .bucket("theirs")
        .key("a folder/ä.txt")
        .content_type("text/plain; charset=utf-8")
        .body(ByteStream::from_static(b"d@test.com"));
    let etag = put.send().await.unwrap().e_tag.unwrap();

    let document = document(&stack, object("theirs", "a folder/ä.txt", Some(&etag))).await;
    assert_eq!(document["name"], "ä.txt");
    assert_eq!(document["text"], "d@test.com");
    assert_eq!(document["origin"]["url"], "s3://theirs/a folder/ä.txt");
    assert_eq!(document["origin"]["etag"], etag);

    for (object, code) in [
        (object("theirs", "b.txt", None), "missing"),
        (object("theirs", "a folder/ä.txt", Some("\"0\"")), "changed"),
        (object("others", "a.txt", None), "fetch_forbidden"),
        // It is listed, but other clients' documents lie there.
        (object("jobs", "a.txt", None), "fetch_forbidden"),
    ] {
        let failed = failure(&stack, object.clone()).await;
        assert_eq!(failed, (code.into(), 1, false), "{object:?}");
    }
}

#[test]
fn buckets_are_named_by_names_or_arns() {
    let read = |list: &str| Elsewhere::read(|name| (name == "SOURCE_BUCKETS").then(|| list.into()));
    assert_eq!(read("").unwrap().buckets, [""; 0]);
    let named = read("one, arn:aws:s3:::two,").unwrap();
    assert_eq!(named.buckets, ["one", "two"]);
    assert!(Elsewhere::read(|name| (name == "FETCH").then(|| "no".into())).is_err());
}

#[tokio::test]
async fn a_job_that_is_cancelled_while_its_document_is_awaited_ends_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = listener.local_addr().unwrap().to_string();
    let stack = stack(&site).await;
    let key = submit(&stack, vec![url(&format!("http://{site}/"))]).await;
    let cancel = async {
        // It has been asked, and will not answer.
        let asked = listener.accept().await.unwrap();
        stack.store.cancel(&key, stack.clock.now()).await.unwrap();
        asked
    };
    let (_asked, _) = tokio::join!(cancel, stack.work_once());
    assert_eq!(look(&stack, &key).await.status(), Status::Cancelled);
}
