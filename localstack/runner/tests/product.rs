//! The whole product in one process, over HTTP.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

use std::path::Path;
use std::time::Duration;

use engine::{Engine, Isolation};
use http::Request;
use job::Tenant;
use local::product::Product;
use local::settings::Settings;
use serde_json::{Value, json};
use service::Clock;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use worker::Elsewhere;

/// What takes so long would take for ever.
const HUNG: Duration = Duration::from_mins(1);

fn settings(folder: &Path, worker: bool) -> Settings {
    let variables = |name: &str| match name {
        "LISTEN" => Some("127.0.0.1:0".to_owned()),
        "DATA_DIR" => Some(folder.to_str().unwrap().to_owned()),
        "WORKER" => Some(if worker { "on" } else { "off" }.to_owned()),
        _ => None,
    };
    Settings::read(variables).unwrap()
}

async fn start(folder: &Path, worker: bool) -> Product {
    let engine = Engine::new(Isolation::Thread, engine::Settings::default());
    Product::start(
        &settings(folder, worker),
        engine,
        Elsewhere::off(),
        Clock::system(),
    )
    .await
    .unwrap()
}

#[tokio::test]
async fn a_job_is_accepted_and_done() {
    let folder = tempfile::tempdir().unwrap();
    let product = start(folder.path(), true).await;

    let job = start_job(&product).await;

    assert_eq!(end_of(&product, &job).await, "completed");
    let (status, result) = ask(&product, "GET", &format!("scan/result/{job}/"), "").await;
    assert_eq!(status, 200, "{result}");
    product.shutdown().await;
}

#[tokio::test]
async fn a_page_of_the_api_follows_links_into_the_storage_and_no_other_page_does() {
    // Of this very document.
    const SHA256: &str = "440a309d785dcf2f463f523d5b3281dd7fd2d98d18d73e451bae710aec912433";
    let folder = tempfile::tempdir().unwrap();
    let product = start(folder.path(), true).await;
    let document = format!("Write to a@test.com. {}", "x ".repeat(2_500_000));
    let about = json!({"bytes": document.len(), "sha256": SHA256}).to_string();
    let (status, upload) = ask(&product, "POST", "uploads/", &about).await;
    assert_eq!(status, 201, "{upload}");
    let link = upload["url"].as_str().unwrap();
    let headers = upload["headers"].as_object().unwrap();
    let headers = headers.iter().filter(|(name, _)| *name != "content-length");
    let headers: Vec<_> = headers
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    assert!(!names.is_empty(), "a checksum goes in a header");

    // A browser asks before it sends, and shows a page only what the answer lets it see.
    let port = product.url.rsplit(':').next().unwrap();
    let own = [
        product.url.clone(),
        format!("http://localhost:{port}"),
        format!("http://[::1]:{port}"),
    ];
    let question = |origin: &str, method: &'static str| {
        let asked = names.join(",");
        let question = Request::options(link)
            .header("origin", origin)
            .header("access-control-request-method", method)
            .header("access-control-request-headers", asked);
        testkit::exchange(question.body("").unwrap())
    };
    let stranger = "https://evil.example";
    for origin in [stranger, "http://127.0.0.1:1", "null"] {
        let answer = question(origin, "PUT").await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
    }
    for origin in &own {
        let answer = question(origin, "PUT").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), origin);
        let methods = answer.header("access-control-allow-methods");
        assert_eq!(methods, "GET,HEAD,PUT");
        assert_eq!(
            answer.header("access-control-allow-headers"),
            names.join(",")
        );
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
    let put = Request::put(link).header("origin", &own[0]);
    let put = headers
        .iter()
        .fold(put, |put, (name, value)| put.header(*name, *value));
    let put = testkit::exchange(put.body(document).unwrap()).await;
    assert_eq!(put.status, 200, "{put:?}");
    assert_eq!(put.header("access-control-allow-origin"), own[0]);
    let seen = put.header("access-control-expose-headers");
    assert!(
        seen.contains("etag") && !put.header("etag").is_empty(),
        "{put:?}"
    );

    let request = json!({"source": {"upload": upload["upload"]}, "extract": ["text"]});
    let start = Request::post(format!("{}/api/v1/scan/start/", product.url));
    let start = start.header("content-type", "application/json");
    let job = testkit::exchange(start.body(request.to_string()).unwrap()).await;
    assert_eq!(job.status, 202, "{job:?}");
    let job = job.job_id();
    assert_eq!(end_of(&product, &job).await, "completed");
    let result = format!("scan/result/{job}/?link=true");
    let (status, result) = ask(&product, "GET", &result, "").await;
    assert_eq!(status, 200, "{result}");
    let link = result["location"].as_str().unwrap();
    let get = async |link: &str, origin: &str| {
        let get = Request::get(link).header("origin", origin);
        testkit::exchange(get.header("range", "bytes=0-9").body("").unwrap()).await
    };
    let part = get(link, &own[0]).await;
    assert_eq!((part.status.as_u16(), part.body.len()), (206, 10));
    assert_eq!(part.header("access-control-allow-origin"), own[0]);
    let seen = part.header("access-control-expose-headers");
    assert!(seen.contains("content-range"), "{part:?}");
    let hidden = get(link, stranger).await;
    assert_eq!(hidden.header("access-control-allow-origin"), "");
    let unsigned = link.split_once('?').unwrap().0;
    assert_eq!(get(unsigned, &own[0]).await.status, 403);
    product.shutdown().await;
}

#[tokio::test]
async fn what_was_accepted_before_a_restart_is_done_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let product = start(folder.path(), false).await;
    let mut jobs = Vec::new();
    for _ in 0..20 {
        jobs.push(start_job(&product).await);
    }
    let cancelled = start_job(&product).await;
    let (status, answer) = ask(&product, "POST", &format!("scan/cancel/{cancelled}/"), "").await;
    assert_eq!(status, 200, "{answer}");
    product.shutdown().await;

    let product = start(folder.path(), true).await;
    for job in jobs {
        assert_eq!(end_of(&product, &job).await, "completed");
    }
    assert_eq!(end_of(&product, &cancelled).await, "cancelled");
    product.shutdown().await;
}

#[tokio::test]
async fn many_starts_at_once_are_all_accepted_and_done() {
    const JOBS: usize = 100;
    let folder = tempfile::tempdir().unwrap();
    let product = start(folder.path(), true).await;

    let starts = (0..JOBS).map(|_| start_job(&product));
    let jobs = futures::future::join_all(starts).await;

    for job in jobs {
        assert_eq!(end_of(&product, &job).await, "completed");
    }
    // A message goes a moment after its job has ended.
    let consumed = async {
        while product
            .endpoints
            .queues
            .next_change()
            .await
            .unwrap()
            .is_some()
        {
            tokio::task::yield_now().await;
        }
    };
    timeout(HUNG, consumed)
        .await
        .expect("messages are left in the queue");
    product.shutdown().await;
}

#[tokio::test]
async fn a_tenant_that_floods_the_queue_does_not_keep_another_waiting() {
    const FLOOD: usize = 100;
    let folder = tempfile::tempdir().unwrap();
    let product = start(folder.path(), false).await;
    let starts = (0..FLOOD).map(|_| start_job_of(&product, "noisy"));
    let flood = futures::future::join_all(starts).await;
    product.shutdown().await;

    let product = start(folder.path(), true).await;
    let quiet = start_job_of(&product, "quiet").await;
    let quiet_ended = ended_at(&product, "quiet", &quiet).await;

    // In the order in which they came, all of the flood would have ended before.
    let mut after = 0;
    for job in &flood {
        after += usize::from(ended_at(&product, "noisy", job).await > quiet_ended);
    }
    assert!(after > FLOOD / 2, "{after} of {FLOOD} ended after it");
    product.shutdown().await;
}

async fn start_job(product: &Product) -> String {
    start_job_of(product, Tenant::DEFAULT).await
}

async fn start_job_of(product: &Product, tenant: &str) -> String {
    let (status, answer) = ask_as(product, tenant, "POST", "scan/start/", "").await;
    assert_eq!(status, 202, "{answer}");
    answer["job_id"].as_str().unwrap().to_owned()
}

/// When a job was completed, once it is.
async fn ended_at(product: &Product, tenant: &str, job: &str) -> String {
    let path = format!("scan/status/{job}/");
    let end = async {
        loop {
            let (status, answer) = ask_as(product, tenant, "GET", &path, "").await;
            assert_eq!(status, 200, "{answer}");
            if answer["status"] == "completed" {
                return answer["finished_at"].as_str().unwrap().to_owned();
            }
        }
    };
    let end = timeout(HUNG, end).await;
    end.unwrap_or_else(|_| panic!("job {job} does not end"))
}

/// The state in which a job ends.
async fn end_of(product: &Product, job: &str) -> String {
    let end = timeout(HUNG, ask_until_end(product, job)).await;
    end.unwrap_or_else(|_| panic!("job {job} does not end"))
}

async fn ask_until_end(product: &Product, job: &str) -> String {
    loop {
        let (status, answer) = ask(product, "GET", &format!("scan/status/{job}/"), "").await;
        assert_eq!(status, 200, "{answer}");
        match answer["status"].as_str().unwrap() {
            "pending" | "running" => {}
            last => return last.to_owned(),
        }
    }
}

/// One request to the API: the status and the JSON it answers.
async fn ask(product: &Product, method: &str, path: &str, body: &str) -> (u16, Value) {
    ask_as(product, Tenant::DEFAULT, method, path, body).await
}

/// The same, for this tenant.
async fn ask_as(
    product: &Product,
    tenant: &str,
    method: &str,
    path: &str,
    body: &str,
) -> (u16, Value) {
    let host = product.url.strip_prefix("http://").unwrap();
    let length = body.len();
    let request = format!(
        "{method} /api/v1/{path} HTTP/1.1\r\nhost: {host}\r\nx-tenant: {tenant}\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (
        head[9..12].parse().unwrap(),
        serde_json::from_str(body).unwrap(),
    )
}
