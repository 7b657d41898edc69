//! One file per operation.

pub(crate) mod admin;
pub(crate) mod audit;
pub(crate) mod cancel;
pub(crate) mod dead_letters;
pub(crate) mod docs;
pub(crate) mod events;
pub(crate) mod extractors;
pub(crate) mod health;
pub(crate) mod keys;
pub(crate) mod limits;
pub(crate) mod list;
pub(crate) mod many;
pub(crate) mod preview;
pub(crate) mod quotas;
pub(crate) mod remove;
pub(crate) mod result;
pub(crate) mod retry;
pub(crate) mod schema;
pub(crate) mod start;
pub(crate) mod status;
pub(crate) mod uploads;
pub(crate) mod usage;
pub(crate) mod webhooks;
pub(crate) mod whoami;

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, Uri, header};

/// A page that may do no more than its policy says.
///
/// Its addresses are relative, for it may stand behind a prefix that only the browser knows: a stage, a base path, a function's
/// name. They count from its path with the slash at the end; from the one without, a browser is sent there.
fn page(uri: &Uri, html: &'static str, policy: &'static str) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    let mut response = (headers, Html(html)).into_response();
    let last = uri.path().rsplit('/').next().unwrap_or_default();
    if !last.is_empty()
        && let Ok(refresh) = HeaderValue::try_from(format!("0; url={last}/"))
    {
        response.headers_mut().insert(header::REFRESH, refresh);
    }
    response
}
