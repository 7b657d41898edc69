//! A site for one test.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use fetch::{Answer, Conditions, FetchError, Fetched, Fetcher, Limits, Policy, SystemResolver};
use http::HeaderMap;
use tokio::net::TcpListener;

/// What a site was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// What tests may take: less than what is usual, but the time.
pub(crate) const LIMITS: Limits = Limits {
    fetch_time: Duration::from_secs(30),
    connect_time: Duration::from_secs(5),
    max_bytes: 100_000,
    max_redirects: 5,
};

impl Site {
    /// A site that answers like this.
    pub(crate) async fn new(answer: fn(&Asked) -> Response) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let noted = asked.clone();
        let router = Router::new().fallback(async move |request: Request| {
            let (head, body) = request.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            let asked = Asked {
                path: head.uri.to_string(),
                headers: head.headers,
                body: body.to_vec(),
            };
            let response = answer(&asked);
            noted.lock().unwrap().push(asked);
            response
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, asked }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What it was asked for, but its `robots.txt`.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        let asked = self.asked.lock().unwrap();
        let others = asked.iter().filter(|it| it.path != "/robots.txt");
        others.cloned().collect()
    }

    /// How often it was asked for its `robots.txt`.
    pub(crate) fn asked_for_robots(&self) -> usize {
        let all = self.asked.lock().unwrap().len();
        all - self.asked().len()
    }

    pub(crate) fn policy(&self) -> Policy {
        Policy::default()
            .allowing(&self.address.to_string())
            .unwrap()
    }

    pub(crate) fn fetcher(&self) -> Fetcher {
        Fetcher::with(self.policy(), LIMITS, Arc::new(SystemResolver))
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Fetched, FetchError> {
        let (fetcher, url) = (self.fetcher(), self.url(path));
        match fetcher.get(&url, &Conditions::default()).await? {
            Answer::Fetched(fetched) => Ok(fetched),
            Answer::NotModified(head) => panic!("{head:?}"),
        }
    }
}

/// An answer, or 404 for `robots.txt`.
pub(crate) fn answer(
    asked: &Asked,
    status: u16,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Response {
    if asked.path == "/robots.txt" {
        return plain(404, &[], "");
    }
    plain(status, headers, body)
}

pub(crate) fn plain(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).unwrap()
}
