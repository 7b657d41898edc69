//! What every request gets: an id, a place in a trace, a log line, metrics, protective headers, and an answer even if its handler
//! panics.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use access::Actor;
use axum::Json;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, header};
use job::JobKey;
use service::{Clock, metrics, until};
use tokio::time::timeout;
use tracing::{Instrument, Span, field};
use uuid::Uuid;

use crate::caller::Caller;
use crate::problem::{self, Problem};
use crate::trace;

/// Names a request, in the log and in its answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How a gateway names a request.
const GATEWAY_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");

/// Longest id that is taken over from a gateway, in characters.
const MAX_ID_CHARS: usize = 128;

/// What is left of a function's time when a request is given up, so that it is answered rather than killed.
const TIME_TO_ANSWER: Duration = Duration::from_secs(2);

/// For answers that are no page: whatever a browser takes them for, they may do nothing.
const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'";

/// Runs a request and reports on it. Its handler finds its place in a trace, a [`TraceParent`](store::TraceParent), among its extensions.
pub(crate) async fn observe(mut request: Request, next: Next) -> Response {
    let id = request_id(&request);
    let trace = trace::position(request.headers());
    request.extensions_mut().insert(trace);
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
    let path = request.uri().path().to_owned();
    let route = match request.extensions().get::<MatchedPath>() {
        Some(route) => route.as_str().trim_end_matches('/').to_owned(),
        None => "none".to_owned(),
    };

    // A handler holds nothing that a panic, or its time running out, could leave half done: all state is in the table, and
    // what it is about to write there bears that its writer dies.
    let time = time_left(request.extensions());
    let handled = AssertUnwindSafe(next.run(request)).catch_unwind();
    let mut response = match timeout(time, handled).await {
        Ok(Ok(response)) => response,
        Ok(Err(_panic)) => Problem::internal("the handler panicked").into_response(),
        Err(_elapsed) => Problem::unavailable("the function's time ran out").into_response(),
    };
    let waited = response.extensions_mut().remove::<Waited>().is_some();
    let mut cause = None;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        cause = problem.cause().map(ToOwned::to_owned);
        response = with_details(problem, &path, response);
    }
    protect(response.headers_mut());

    let status = response.status().as_u16();
    let latency = begun.elapsed();
    let ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
    metrics::request(&route, status, (!waited).then_some(latency));
    if let Some(cause) = cause {
        tracing::error!(%method, route, status, ms, cause, "{method} {route} {status}");
    } else {
        tracing::info!(%method, route, status, ms, "{method} {route} {status}");
    }
    response
}

/// How long a handler may take. On a plain port as long as it likes: there a body may come slowly.
pub(crate) fn time_left(extensions: &Extensions) -> Duration {
    let Some(context) = extensions.get::<lambda_http::Context>() else {
        return Duration::MAX;
    };
    let clock = Clock::system();
    until(clock.now(), clock.deadline(context.deadline)).saturating_sub(TIME_TO_ANSWER)
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

/// Gives the bare response of a problem its body.
fn with_details(problem: Problem, path: &str, bare: Response) -> Response {
    let (parts, _empty) = bare.into_parts();
    let mut response = (parts.status, Json(problem.details(path))).into_response();
    response.headers_mut().extend(parts.headers);
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(problem::MEDIA_TYPE),
    );
    response
}

fn protect(headers: &mut HeaderMap) {
    let mut default = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    default(header::CACHE_CONTROL, "no-store");
    default(header::CONTENT_SECURITY_POLICY, NO_PAGE);
    default(header::REFERRER_POLICY, "no-referrer");
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
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

    async fn panics() -> &'static str {
        panic!("the secret is out")
    }

    #[tokio::test]
    async fn a_handler_that_panics_is_a_problem_that_says_nothing_of_it() {
        let router = Router::new()
            .route("/panics/", get(panics))
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
