//! A page for whoever looks after the service.

use axum::response::Response;
use http::Uri;

use super::page;

const PAGE: &str = include_str!("../pages/admin.html");

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Show what is where
#[utoipa::path(
    get,
    path = "/admin/",
    tag = "service",
    responses((status = 200, description = "A page", body = String, content_type = "text/html")),
)]
pub(crate) async fn get_admin(uri: Uri) -> Response {
    page(&uri, PAGE, POLICY)
}
