//! One file per operation.

pub(crate) mod admin;
pub(crate) mod cancel;
pub(crate) mod docs;
pub(crate) mod health;
pub(crate) mod limits;
pub(crate) mod remove;
pub(crate) mod result;
pub(crate) mod retry;
pub(crate) mod schema;
pub(crate) mod start;
pub(crate) mod status;

use axum::response::{Html, IntoResponse, Response};
use http::header;

/// A page that may do no more than its policy says.
fn page(html: &'static str, policy: &'static str) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, Html(html)).into_response()
}
