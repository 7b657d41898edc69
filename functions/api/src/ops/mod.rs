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
pub(crate) mod request;
pub(crate) mod result;
pub(crate) mod retry;
pub(crate) mod schema;
pub(crate) mod start;
pub(crate) mod status;
pub(crate) mod system;
pub(crate) mod uploads;
pub(crate) mod usage;
pub(crate) mod webhooks;
pub(crate) mod whoami;

use axum::response::Response;
use http::{HeaderValue, Uri, header};

/// A page that may do no more than its policy says.
///
/// Its addresses are relative, for it may stand behind a prefix that only the browser knows: a stage, a base path, a function's
/// name. They count from its path with the slash at the end; from the one without, a browser is sent there.
fn page(uri: &Uri, mut response: Response, policy: HeaderValue) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let last = uri.path().rsplit('/').next().unwrap_or_default();
    if !last.is_empty()
        && let Ok(refresh) = HeaderValue::try_from(format!("0; url={last}/"))
    {
        response.headers_mut().insert(header::REFRESH, refresh);
    }
    response
}
