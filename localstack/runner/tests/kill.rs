//! The product as a process of its own: killed without warning, again and again, it loses nothing.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::interval;

/// Jobs that are running or waiting when the process is killed.
const JOBS: usize = 200;
/// Fewer than a job's attempts, so that every job that is wanted has to complete.
const KILLS: usize = 4;
/// Requests at once.
const CONCURRENCY: usize = 32;
/// Addresses in each document.
const ADDRESSES: usize = 2_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_survive_kills_and_each_has_one_effect() {
    let data = tempfile::tempdir().unwrap();
    let mut product = Product::start(data.path()).await;
    let ids = product.start_jobs(JOBS).await;
    let (mut cancelled, mut removed) = (HashSet::new(), HashSet::new());

    for kill in 1..=KILLS {
        product.wait_until_completed(&ids, kill * 10).await;
        for id in ids.iter().skip(kill).step_by(23) {
            if product
                .call(Method::POST, &format!("scan/cancel/{id}/"))
                .await
                .0
                == StatusCode::OK
            {
                cancelled.insert(id.clone());
            }
        }
        for id in ids.iter().skip(kill * 3).step_by(31) {
            let status = product
                .call(Method::DELETE, &format!("scan/remove/{id}/"))
                .await
                .0;
            if status == StatusCode::NO_CONTENT {
                removed.insert(id.clone());
            }
        }
        product.kill().await;
        product = Product::start(data.path()).await;
    }

    let statuses = product.wait_until_final(&ids).await;
    assert!(!cancelled.is_empty() && !removed.is_empty());
    for id in &ids {
        let expected = match () {
            () if removed.contains(id) => None,
            () if cancelled.contains(id) => Some("cancelled"),
            () => Some("completed"),
        };
        assert_eq!(statuses[id].as_deref(), expected, "{id}");
        if expected == Some("completed") {
            let (status, result) = product
                .call(Method::GET, &format!("scan/result/{id}/"))
                .await;
            assert_eq!(status, StatusCode::OK);
            assert_eq!(result["records"].as_array().unwrap().len(), ADDRESSES);
        }
    }
    product.stop().await;
}

/// The product, running.
struct Product {
    process: Child,
    api: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Product {
    async fn start(data: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_local"))
            .env("DATA_DIR", data)
            .env("LISTEN", "127.0.0.1:0")
            .env("LOG", "warn")
            .current_dir(data)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let api = loop {
            let line = lines
                .next_line()
                .await
                .unwrap()
                .expect("it says where it listens");
            if let Some(url) = line.trim().strip_prefix("API") {
                break url.trim().to_owned();
            }
        };
        // Nothing more is read, and nothing should stop for that.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self {
            process,
            api,
            client: Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    async fn kill(mut self) {
        self.process.kill().await.unwrap();
    }

    /// Stops it as a person would, and sees it end well.
    async fn stop(mut self) {
        let id = self.process.id().unwrap().to_string();
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .await
            .unwrap();
        assert!(self.process.wait().await.unwrap().success());
    }

    async fn start_jobs(&self, count: usize) -> Vec<String> {
        let text: String = (0..ADDRESSES)
            .map(|n| format!("user{n}@example.com\n"))
            .collect();
        let text = Bytes::from(text);
        let start = |_| async {
            let (status, answer) = self
                .send(Method::POST, "scan/start/?extract=entities", text.clone())
                .await;
            assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
            answer["job_id"].as_str().unwrap().to_owned()
        };
        stream::iter(0..count)
            .map(start)
            .buffer_unordered(CONCURRENCY)
            .collect()
            .await
    }

    /// Looks at the jobs until so many are completed.
    async fn wait_until_completed(&self, ids: &[String], count: usize) {
        let mut looks = interval(Duration::from_millis(50));
        loop {
            looks.tick().await;
            let statuses = self.statuses(ids).await;
            if statuses
                .values()
                .filter(|status| status.as_deref() == Some("completed"))
                .count()
                >= count
            {
                return;
            }
        }
    }

    /// Looks at the jobs until all are final; a job that is gone has no status.
    async fn wait_until_final(&self, ids: &[String]) -> HashMap<String, Option<String>> {
        let mut looks = interval(Duration::from_millis(200));
        loop {
            looks.tick().await;
            let statuses = self.statuses(ids).await;
            let waiting =
                |status: &Option<String>| matches!(status.as_deref(), Some("pending" | "running"));
            if !statuses.values().any(waiting) {
                return statuses;
            }
        }
    }

    async fn statuses(&self, ids: &[String]) -> HashMap<String, Option<String>> {
        let look = |id: String| async move {
            let (_, answer) = self.call(Method::GET, &format!("scan/status/{id}/")).await;
            // A problem's `status` is a number.
            (id, answer["status"].as_str().map(ToOwned::to_owned))
        };
        stream::iter(ids.to_vec())
            .map(look)
            .buffer_unordered(CONCURRENCY)
            .collect()
            .await
    }

    async fn call(&self, method: Method, path: &str) -> (StatusCode, Value) {
        self.send(method, path, Bytes::new()).await
    }

    async fn send(&self, method: Method, path: &str, body: Bytes) -> (StatusCode, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.api));
        if !body.is_empty() {
            request = request.header("content-type", "text/plain");
        }
        let response = self
            .client
            .request(request.body(Full::new(body)).unwrap())
            .await
            .unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }
}
