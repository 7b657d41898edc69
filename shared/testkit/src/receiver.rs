//! A server that is told of jobs' ends.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use fetch::Policy;
use http::{HeaderMap, StatusCode, Uri};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Takes webhooks on loopback, remembers them, and answers as it is told to; else 204.
pub struct Receiver {
    /// Where it is, as `host:port`.
    pub address: String,
    state: Arc<Mutex<Heard>>,
    server: JoinHandle<()>,
}

/// A webhook that came.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The path, and the query.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

#[derive(Debug, Default)]
struct Heard {
    answers: VecDeque<StatusCode>,
    webhooks: Vec<Webhook>,
}

impl Receiver {
    /// Starts one.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = Arc::default();
        let router = Router::new().fallback(hear).with_state(Arc::clone(&state));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            state,
            server,
        }
    }

    /// What lets a stack reach it, and nothing else.
    pub fn policy(&self) -> Policy {
        Policy::default().allowing(&self.address).unwrap()
    }

    /// The URL of this path on it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Answers the next webhooks with these statuses, in their order.
    pub fn answer(&self, statuses: impl IntoIterator<Item = u16>) {
        let statuses = statuses.into_iter();
        let statuses = statuses.map(|status| StatusCode::from_u16(status).unwrap());
        self.state.lock().unwrap().answers.extend(statuses);
    }

    /// What came so far.
    pub fn webhooks(&self) -> Vec<Webhook> {
        self.state.lock().unwrap().webhooks.clone()
    }
}

impl Webhook {
    /// A header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn hear(
    State(state): State<Arc<Mutex<Heard>>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let mut heard = state.lock().unwrap();
    heard.webhooks.push(Webhook {
        path: uri.to_string(),
        headers,
        body,
    });
    let answer = heard.answers.pop_front();
    answer.unwrap_or(StatusCode::NO_CONTENT)
}
