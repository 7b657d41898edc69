//! The description of the API, for people: Swagger UI, all of it out of this binary.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{Uri, header};

use super::page;
use crate::problem::Problem;

const PAGE: &str = include_str!("../pages/docs.html");

const START: &str = include_str!("../pages/docs.js");

/// What is asked whether HTML may be written into the page.
const TRUSTED: &str = include_str!("../pages/trusted.js");

/// The style of our own pages.
const STYLE: &str = include_str!("../pages/page.css");

/// Swagger UI has pictures in its style sheet, and cleans what it shows as HTML by a policy of its own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types default inert dompurify";

/// A file of Swagger UI, as the build script took it out of its archive.
macro_rules! swagger_ui {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui/", $name)).as_slice()
    };
}

/// Describe the API, for people
#[utoipa::path(
    get,
    path = "/api/docs/",
    tag = "documentation",
    responses((status = 200, description = "Swagger UI", body = String, content_type = "text/html")),
)]
pub(crate) async fn get_docs(uri: Uri) -> Response {
    page(&uri, PAGE, POLICY)
}

/// The files that the page asks for.
pub(crate) async fn get_asset(Path(asset): Path<String>) -> Result<Response, Problem> {
    let (media_type, bytes) = match asset.as_str() {
        "docs.js" => ("text/javascript", START.as_bytes()),
        "trusted.js" => ("text/javascript", TRUSTED.as_bytes()),
        "page.css" => ("text/css", STYLE.as_bytes()),
        "swagger-ui-bundle.js" => ("text/javascript", swagger_ui!("swagger-ui-bundle.js")),
        "swagger-ui.css" => ("text/css", swagger_ui!("swagger-ui.css")),
        "favicon-32x32.png" => ("image/png", swagger_ui!("favicon-32x32.png")),
        _ => return Err(Problem::path_not_found()),
    };
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    Ok((headers, bytes).into_response())
}
