//! The console: a page for whoever looks after the service, and the files that it consists of. It knows nothing but the public API.

use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Uri};

use super::page;
use crate::App;
use crate::assets::{self, Asset, Keep};
use crate::problem::Problem;

/// What `make console` wrote, with the page itself as `index.html`.
const FILES: &[Asset] = &include!(concat!(env!("OUT_DIR"), "/console.rs"));

/// What the page may do, and behind it where it may send requests to.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; connect-src 'self'";

/// Show the console
///
/// A page on which jobs are started, followed and looked after. Where callers have keys, it asks for one.
#[utoipa::path(
    get,
    path = "/admin/",
    tag = "service",
    responses((status = 200, description = "The console", body = String, content_type = "text/html")),
)]
pub(crate) async fn get_admin(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let index = assets::find(FILES, "index.html")?.answer(&headers, Keep::Asked)?;
    // Large documents and results go between the page and the storage, by links.
    let policy = match app.storage_origin().await {
        Some(storage) => HeaderValue::try_from(format!("{POLICY} {storage}")),
        None => Ok(HeaderValue::from_static(POLICY)),
    };
    let policy = policy.map_err(|_| Problem::internal("an origin is no header value"))?;
    Ok(page(&uri, index, policy))
}

/// The files whose names do not change with their content.
const LASTING: [&str; 2] = ["index.html", "licences.txt"];

/// The files that the page asks for, and the licences of what they are made of.
pub(crate) async fn get_asset(
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let keep = if LASTING.contains(&name.as_str()) {
        Keep::Asked
    } else {
        Keep::Always
    };
    assets::find(FILES, &name)?.answer(&headers, keep)
}
