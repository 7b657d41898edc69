//! Every request is answered, even if its handler panics or its time runs out; and every problem says what is wrong.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::Json;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::{Extensions, HeaderValue, header};
use service::{Clock, until};
use tokio::time::timeout;

use crate::problem::{self, Problem};

/// What is left of a function's time when a request is given up, so that it is answered rather than killed.
const TIME_TO_ANSWER: Duration = Duration::from_secs(2);

/// What went wrong within: among an answer's extensions, for the log.
#[derive(Debug, Clone)]
pub(crate) struct Cause(pub(crate) String);

/// Runs a request to an answer, whatever becomes of its handler.
pub(crate) async fn answer(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    // A handler holds nothing that a panic, or its time running out, could leave half done: all state is in the table, and
    // what it is about to write there bears that its writer dies.
    let time = time_left(request.extensions());
    let handled = AssertUnwindSafe(next.run(request)).catch_unwind();
    let mut response = match timeout(time, handled).await {
        Ok(Ok(response)) => response,
        Ok(Err(_panic)) => Problem::internal("the handler panicked").into_response(),
        Err(_elapsed) => Problem::unavailable("the function's time ran out").into_response(),
    };
    match response.extensions_mut().remove::<Problem>() {
        Some(problem) => with_details(problem, &path, response),
        None => response,
    }
}

/// How long a handler may take. On a plain port as long as it likes: there a body may come slowly.
pub(crate) fn time_left(extensions: &Extensions) -> Duration {
    let Some(context) = extensions.get::<lambda_http::Context>() else {
        return Duration::MAX;
    };
    let clock = Clock::system();
    until(clock.now(), clock.deadline(context.deadline)).saturating_sub(TIME_TO_ANSWER)
}

/// Gives the bare response of a problem its body.
fn with_details(problem: Problem, path: &str, bare: Response) -> Response {
    let (parts, _empty) = bare.into_parts();
    let cause = problem.cause().map(ToOwned::to_owned).map(Cause);
    let mut response = (parts.status, Json(problem.details(path))).into_response();
    response.headers_mut().extend(parts.headers);
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(problem::MEDIA_TYPE),
    );
    *response.extensions_mut() = parts.extensions;
    if let Some(cause) = cause {
        response.extensions_mut().insert(cause);
    }
    response
}
