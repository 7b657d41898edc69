//! What can be extracted, and how it is asked for.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::response::IntoResponse;
use http::header;
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response};

use crate::openapi;
use crate::query::{self, NoParameters};

const MEDIA_TYPE: &str = "application/schema+json";

static SCHEMA: LazyLock<String> = LazyLock::new(|| format!("{:#}\n", plan::schema()));

/// Describe what can be extracted
///
/// A JSON Schema (2020-12) of the member `extract` of a request: for editors, and for who makes requests by program. It is a part
/// of this description, too.
#[utoipa::path(
    get,
    path = "/api/v1/extractors/schema/",
    tag = "documentation",
    responses((status = 200, description = "The schema", content((BTreeMap<String, Value> = "application/schema+json"))), Problems),
)]
pub(crate) async fn get_extractors_schema(_: NoParameters) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, MEDIA_TYPE)], SCHEMA.as_str())
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([query::unknown_parameter()])
    }
}
