//! What every request gets: an id, a place in a trace, a log line, metrics and protective headers.

use std::time::Instant;

use access::Actor;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use job::JobKey;
use service::metrics;
use tracing::{Instrument, Span, field};
use uuid::Uuid;

use crate::answer::Cause;
use crate::caller::Caller;
use crate::protect::{is_over_tls, protect};
use crate::trace;

/// Names a request, in the log and in its answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How a gateway names a request.
const GATEWAY_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");

/// Longest id that is taken over from a gateway, in characters.
const MAX_ID_CHARS: usize = 128;

/// Runs a request and reports on it. Its handler finds its place in a trace, a [`TraceParent`](store::TraceParent), among its extensions.
pub(crate) async fn observe(mut request: Request, next: Next) -> Response {
    let id = request_id(&request);
    let trace = trace::position(request.headers());
    request.extensions_mut().insert(trace);
    request.extensions_mut().insert(RequestId(id.clone()));
    // At the highest level, so that it is there whatever `LOG` says.
    let span = tracing::error_span!(
        "request",
        request_id = id,
        trace_id = trace.trace_id(),
        span_id = trace.span_id(),
        tenant = field::Empty,
        key_id = field::Empty,
        job_id = field::Empty,
    );
    let mut response = run(request, next).instrument(span).await;
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// What names a request, among its extensions.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// An answer that came when there was something to say, as its client wished: the time to it is no measure of the service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waited;

/// Lets all that is logged of this request name who sent it. Of a key its id; what a token says of a person is not logged.
pub(crate) fn tell_caller(caller: &Caller) {
    let span = Span::current();
    span.record("tenant", field::display(caller.tenant()));
    if let Actor::Key(id) = &caller.identity().actor {
        span.record("key_id", field::display(id));
    }
}

/// Lets all that is logged of this request name the job that it is about.
pub(crate) fn tell_job(key: &JobKey) {
    Span::current().record("job_id", field::display(&key.id));
}

async fn run(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let over_tls = is_over_tls(&request);
    let route = match request.extensions().get::<MatchedPath>() {
        Some(route) => route.as_str().trim_end_matches('/').to_owned(),
        None => "none".to_owned(),
    };

    let mut response = next.run(request).await;
    let waited = response.extensions_mut().remove::<Waited>().is_some();
    let cause = response.extensions_mut().remove::<Cause>();
    protect(response.headers_mut(), over_tls);

    let status = response.status().as_u16();
    let latency = begun.elapsed();
    let ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
    metrics::request(&route, status, (!waited).then_some(latency));
    if let Some(Cause(cause)) = cause {
        tracing::error!(%method, route, status, ms, cause, "{method} {route} {status}");
    } else {
        tracing::info!(%method, route, status, ms, "{method} {route} {status}");
    }
    response
}

/// The id that Lambda or the gateway gave to the request, else a new one.
fn request_id(request: &Request) -> String {
    if let Some(context) = request.extensions().get::<lambda_http::Context>() {
        return context.request_id.clone();
    }
    let plain = |id: &&str| {
        (1..=MAX_ID_CHARS).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
    };
    request
        .headers()
        .get(GATEWAY_ID)
        .and_then(|id| id.to_str().ok())
        .filter(plain)
        .map_or_else(|| Uuid::new_v4().to_string(), ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use http_body_util::BodyExt;
    use serde_json::Value;
    use tower::ServiceExt;

    use super::*;
    use crate::answer::answer;
    use crate::problem;

    async fn panics() -> &'static str {
        panic!("the secret is out")
    }

    #[tokio::test]
    async fn a_handler_that_panics_is_a_problem_that_says_nothing_of_it() {
        let router = Router::new()
            .route("/panics/", get(panics))
            .layer(from_fn(answer))
            .layer(from_fn(observe));
        let request = Request::get("/panics/").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()["content-type"], problem::MEDIA_TYPE);
        assert!(response.headers().contains_key(REQUEST_ID));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["type"], "urn:problem:internal_error");
        assert_eq!(problem["instance"], "/panics/");
        assert!(!problem.to_string().contains("secret"));
    }
}
