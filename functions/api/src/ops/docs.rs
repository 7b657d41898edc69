//! The description of the API, for people: Swagger UI, all of it out of this binary.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{Uri, header};
use utoipa_swagger_ui::Config;

use super::page;
use crate::problem::Problem;

const PAGE: &str = include_str!("../pages/docs.html");

const START: &str = include_str!("../pages/docs.js");

/// The style of our own pages.
const STYLE: &str = include_str!("../pages/page.css");

/// Swagger UI sets styles on its elements itself and has pictures in its style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

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
        "docs.js" => ("text/javascript".to_owned(), START.as_bytes().into()),
        "page.css" => ("text/css".to_owned(), STYLE.as_bytes().into()),
        "swagger-ui.css" | "swagger-ui-bundle.js" | "favicon-32x32.png" => {
            let file = utoipa_swagger_ui::serve(&asset, Arc::new(Config::from("")))
                .map_err(|error| Problem::internal(error.to_string()))?
                .ok_or_else(Problem::path_not_found)?;
            (file.content_type, file.bytes)
        }
        _ => return Err(Problem::path_not_found()),
    };
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "public, max-age=86400".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
