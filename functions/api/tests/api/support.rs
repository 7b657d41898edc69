//! An API whose table, queue and bucket are at a port where nobody listens.

use api::{App, Auth, Cors, Preview, Previewed};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::request::Builder;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use service::Clock;
use store::{Queue, Queues, Store};
use tower::ServiceExt;

/// Longest body that this API takes, in bytes.
pub(crate) const MAX_BYTES: usize = 100_000;

/// A well-formed id.
pub(crate) const ID: &str = "01990a5d-ac96-774b-8cce-b302099a8057";

pub(crate) const START: &str = "/api/v1/scan/start/";

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The whole API. Whatever needs the store is answered 503.
pub(crate) fn api() -> Router {
    api_for(Cors::default())
}

/// The same for the pages of these origins too.
pub(crate) fn api_for(cors: Cors) -> Router {
    // The port of the discard service: whatever runs there does not speak HTTP.
    let nobody = "http://127.0.0.1:9";
    macro_rules! client {
        ($sdk:ident) => {
            $sdk::Client::from_conf(
                $sdk::Config::builder()
                    .behavior_version(BehaviorVersion::latest())
                    .region(Region::from_static("us-east-1"))
                    .credentials_provider(Credentials::new("none", "none", None, None, "test"))
                    .endpoint_url(nobody)
                    .retry_config(RetryConfig::disabled())
                    .build(),
            )
        };
    }
    let queue = |name| {
        Queue::new(
            client!(aws_sdk_sqs),
            format!("{nobody}/000000000000/{name}"),
        )
    };
    let queues = Queues {
        jobs: queue("jobs"),
        webhooks: queue("webhooks"),
    };
    let store = Store::new(
        client!(aws_sdk_dynamodb),
        client!(aws_sdk_s3),
        "jobs",
        "jobs",
        queues,
    );
    // There is no engine either.
    let preview = Preview::new(0, |_| async { Previewed::Unavailable });
    let app = App::new(store, Clock::system(), Auth::open(), MAX_BYTES).sharing_with(cors);
    api::whole_router(app, preview)
}

pub(crate) fn request(method: Method, path: &str) -> Builder {
    Request::builder().method(method).uri(path)
}

pub(crate) async fn send(request: Request<Body>) -> Answer {
    send_to(api(), request).await
}

pub(crate) async fn send_to(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    Answer {
        status: head.status,
        headers: head.headers,
        body: body.collect().await.unwrap().to_bytes(),
    }
}

pub(crate) async fn call(method: Method, path: &str) -> Answer {
    send(request(method, path).body(Body::empty()).unwrap()).await
}

pub(crate) async fn get(path: &str) -> Answer {
    call(Method::GET, path).await
}

/// Sends a body to `start`, with these headers.
pub(crate) async fn start(path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    let mut request = request(Method::POST, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(request.body(body.into()).unwrap()).await
}

/// Sends JSON to `start`.
pub(crate) async fn start_json(body: impl Into<Body>) -> Answer {
    start(START, &[("content-type", "application/json")], body).await
}

impl Answer {
    /// The body as JSON; null where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A header; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Whether the request was taken: it got as far as the store, where nobody answered.
    pub(crate) fn is_taken(&self) -> bool {
        self.status == StatusCode::SERVICE_UNAVAILABLE
    }

    /// The detail of the problem.
    pub(crate) fn detail(&self) -> String {
        self.json()["detail"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The places that the problem names, each as `kind place`.
    pub(crate) fn places(&self) -> Vec<String> {
        let json = self.json();
        let errors = json["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|error| {
                ["pointer", "field", "parameter", "header"]
                    .iter()
                    .find_map(|kind| Some(format!("{kind} {}", error[kind].as_str()?)))
                    .unwrap()
            })
            .collect()
    }
}
