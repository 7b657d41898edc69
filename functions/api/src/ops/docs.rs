//! The description of the API, for people: Swagger UI, all of it out of this binary.

use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Uri};

use super::page;
use crate::assets::{self, Asset, Keep};
use crate::problem::Problem;

const PAGE: &str = include_str!("../pages/docs.html");

/// Swagger UI has pictures in its style sheet, and cleans what it shows as HTML by a policy of its own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types default inert dompurify";

/// Swagger UI's files, what starts it, and what is asked whether HTML may be written into the page.
const FILES: &[Asset] = &include!(concat!(env!("OUT_DIR"), "/docs.rs"));

/// Describe the API, for people
#[utoipa::path(
    get,
    path = "/api/docs/",
    tag = "documentation",
    responses((status = 200, description = "Swagger UI", body = String, content_type = "text/html")),
)]
pub(crate) async fn get_docs(uri: Uri) -> Response {
    let policy = HeaderValue::from_static(POLICY);
    page(&uri, Html(PAGE).into_response(), policy)
}

/// The files that the page asks for.
pub(crate) async fn get_asset(
    Path(name): Path<String>,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    assets::find(FILES, &name)?.answer(&asked, Keep::Day)
}
