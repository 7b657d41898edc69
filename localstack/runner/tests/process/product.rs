//! The product as a process of its own, and a client of it.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
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
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::interval;

/// Requests at once, where a test does not say.
const CONCURRENCY: usize = 32;

/// What rested for so long is not used again: well before the product would close it, so that no request meets that.
const RESTED: Duration = Duration::from_secs(2);

/// The product, running.
pub(crate) struct Product {
    process: Child,
    /// Where its API answers, as `http://host:port/api/v1/`.
    pub(crate) api: String,
    said: Said,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Product {
    /// Starts it on this folder, and waits until it says where it listens.
    pub(crate) async fn start(data: &Path) -> Self {
        Self::start_with(data, &[]).await
    }

    /// Starts it on this folder and with these variables, and waits until it says where it listens.
    pub(crate) async fn start_with(data: &Path, variables: &[(&str, &str)]) -> Self {
        let said = Said::default();
        let mut process = Command::new(env!("CARGO_BIN_EXE_local"))
            .env("DATA_DIR", data)
            .env("LISTEN", "127.0.0.1:0")
            .env("LOG", "warn")
            .envs(variables.iter().copied())
            .current_dir(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        said.listen(process.stderr.take().unwrap(), true);
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let api = loop {
            let line = lines
                .next_line()
                .await
                .unwrap()
                .expect("it says where it listens");
            said.add(&line);
            if let Some(url) = line.trim().strip_prefix("API") {
                break url.trim().to_owned();
            }
        };
        said.listen(lines.into_inner(), false);
        Self {
            process,
            api,
            said,
            client: Client::builder(TokioExecutor::new())
                .pool_idle_timeout(RESTED)
                .build_http(),
        }
    }

    /// Kills it without warning.
    pub(crate) async fn kill(mut self) {
        self.process.kill().await.unwrap();
    }

    /// Stops it as a person would, and sees it end well. Yields all that it has said, on standard output and standard error.
    pub(crate) async fn stop(mut self) -> String {
        let id = self.process.id().unwrap().to_string();
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .await
            .unwrap();
        assert!(self.process.wait().await.unwrap().success());
        self.said.to_its_end().await
    }

    /// Starts jobs with this body, so many at once, and sees each accepted.
    pub(crate) async fn start_jobs(
        &self,
        count: usize,
        at_once: usize,
        body: &Bytes,
    ) -> Vec<String> {
        let start = |_| async {
            let path = "scan/start/?extract=entities";
            let (status, answer) = self
                .send(Method::POST, path, "text/plain", body.clone())
                .await;
            assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
            answer["job_id"].as_str().unwrap().to_owned()
        };
        stream::iter(0..count)
            .map(start)
            .buffer_unordered(at_once)
            .collect()
            .await
    }

    /// Sends one document and waits for the end of its job: its last status and, if it has one, its result.
    pub(crate) async fn extract(&self, content_type: &str, body: Bytes) -> (Value, Value) {
        let path = "scan/start/?extract=entities,text,metadata,links,tables";
        let (status, answer) = self.send(Method::POST, path, content_type, body).await;
        if status != StatusCode::ACCEPTED {
            return (answer, Value::Null);
        }
        let id = answer["job_id"].as_str().unwrap().to_owned();
        self.wait_until_final(std::slice::from_ref(&id)).await;
        let (_, status) = self.call(Method::GET, &format!("scan/status/{id}/")).await;
        let (found, result) = self.call(Method::GET, &format!("scan/result/{id}/")).await;
        (
            status,
            if found == StatusCode::OK {
                result
            } else {
                Value::Null
            },
        )
    }

    /// Looks at the jobs until so many are completed.
    pub(crate) async fn wait_until_completed(&self, ids: &[String], count: usize) {
        let mut looks = interval(Duration::from_millis(100));
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
    pub(crate) async fn wait_until_final(&self, ids: &[String]) -> HashMap<String, Option<String>> {
        let mut looks = interval(Duration::from_millis(200));
        let mut ended = HashMap::new();
        let mut waiting = ids.to_vec();
        while !waiting.is_empty() {
            looks.tick().await;
            // A few at a time: the test should not be what keeps the product busy.
            let some = &waiting[..waiting.len().min(CONCURRENCY)];
            for (id, status) in self.statuses(some).await {
                if !matches!(status.as_deref(), Some("pending" | "running")) {
                    ended.insert(id, status);
                }
            }
            waiting.retain(|id| !ended.contains_key(id));
        }
        ended
    }

    /// The status of each job; none for one that is gone.
    pub(crate) async fn statuses(&self, ids: &[String]) -> HashMap<String, Option<String>> {
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

    /// What lies behind a link.
    pub(crate) async fn follow(&self, link: &str) -> Value {
        let response = self.client.get(link.parse().unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&body).unwrap()
    }

    /// What it tells at `/metrics`.
    pub(crate) async fn metrics(&self) -> String {
        let page = self.api.replace("/api/v1/", "/metrics");
        let response = self.client.get(page.parse().unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let media_type = response.headers()["content-type"].to_str().unwrap();
        assert!(
            media_type.starts_with("text/plain; version=0.0.4"),
            "{media_type}"
        );
        let body = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(body.to_vec()).unwrap()
    }

    /// Calls without a body.
    pub(crate) async fn call(&self, method: Method, path: &str) -> (StatusCode, Value) {
        self.send(method, path, "", Bytes::new()).await
    }

    /// Calls with a body of this type.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: Bytes,
    ) -> (StatusCode, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.api));
        if !content_type.is_empty() {
            request = request.header("content-type", content_type);
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

/// What the product says, as it comes.
#[derive(Clone, Default)]
struct Said {
    text: Arc<Mutex<String>>,
    listeners: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

impl Said {
    fn add(&self, line: &str) {
        let mut text = self.text.lock().unwrap();
        text.push_str(line);
        text.push('\n');
    }

    /// Listens to the end of a stream. What goes wrong is shown, so that whoever reads of a test that failed sees it.
    fn listen(&self, stream: impl AsyncRead + Send + Unpin + 'static, show: bool) {
        let said = self.clone();
        let listener = tokio::spawn(async move {
            let mut lines = BufReader::new(stream).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                if show && !line.contains("DEBUG") && !line.contains("INFO") {
                    let _ = writeln!(std::io::stderr(), "{line}");
                }
                said.add(&line);
            }
        });
        self.listeners.lock().unwrap().push(listener);
    }

    async fn to_its_end(&self) -> String {
        let listeners = std::mem::take(&mut *self.listeners.lock().unwrap());
        futures::future::join_all(listeners).await;
        self.text.lock().unwrap().clone()
    }
}
