//! Saving an extractor.

use std::collections::BTreeMap;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use store::Saved;
use utoipa::openapi::{RefOr, Response as Documented};
use utoipa::{IntoResponses, ToSchema};

use super::{Extractor, Naming, bad_name, etag};
use crate::caller::Caller;
use crate::preconditions::Preconditions;
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::{App, body, openapi, schema};

/// What an extractor extracts.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "only its description is used: the body is checked member by member"
)]
pub(crate) struct Definition {
    /// What to extract, as in a request.
    extract: schema::Extract,
}

/// Save an extractor
///
/// Keeps under a name what to extract, so that requests need only name it: `"extractor": "invoice"`, or `"invoice@3"` for one of its
/// versions. Each definition that differs from the one before is a new version; the same once more changes nothing, so that this can be
/// repeated. A job keeps to the version that it was submitted with. `If-None-Match: *` saves only what is new, `If-Match` only what
/// replaces the version of that `ETag`.
#[utoipa::path(
    put,
    path = "/api/v1/extractors/{name}/",
    tag = "extractors",
    params(
        ("name" = String, Path, description = "Its name: 1 to 64 characters of `a-z`, `0-9`, `-` and `_`, the first a letter or a digit", example = "invoice"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that may be replaced, or `*`: there has to be one."),
        ("If-None-Match" = Option<String>, Header, description = "`*`: there may be none of this name."),
    ),
    request_body(
        content = Definition,
        description = "What it extracts.",
        example = json!({"extract": [{"fields": {"total": {"label": "Total", "type": "money"}}}]}),
    ),
    responses(
        (
            status = 200,
            description = "It has a new version, or says so already",
            body = Extractor,
            headers(("ETag" = String, description = "Names the version")),
        ),
        (
            status = 201,
            description = "It is new",
            body = Extractor,
            headers(
                ("ETag" = String, description = "Names the version"),
                ("Location" = String, description = "Where it is"),
            ),
        ),
        Problems,
    ),
)]
pub(crate) async fn save_extractor(
    State(app): State<App>,
    caller: Caller,
    Naming(name): Naming,
    _: NoParameters,
    request: Request,
) -> Result<Response, Problem> {
    let conditions = Preconditions::of(request.headers())?;
    let extract = body::read_definition(request, app.max_request_bytes).await?;
    let saved = app
        .store
        .save_extractor(
            caller.tenant(),
            &name,
            &extract,
            rand::random(),
            |current, says_so| {
                let tag = current.map(etag);
                // Whoever repeats a request that took place is told so (RFC 9110, section 13.1.1).
                let is_wanted = says_so || conditions.is_wanted(tag.as_deref());
                is_wanted && !conditions.is_unwanted(tag.as_deref())
            },
            app.clock.now(),
        )
        .await?;
    match saved {
        Saved::Created(saved) => {
            let mut response = (StatusCode::CREATED, Extractor::answer(saved)).into_response();
            if let Ok(location) = HeaderValue::from_str(&format!("/api/v1/extractors/{name}/")) {
                response.headers_mut().insert(header::LOCATION, location);
            }
            Ok(response)
        }
        Saved::Changed(saved) | Saved::Unchanged(saved) => Ok(Extractor::answer(saved)),
        Saved::Refused => Err(Problem::precondition_failed()),
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([
            body::not_json(),
            Problem::precondition_failed(),
            Problem::too_large(Some(20_000_000), 4_500_000),
            Problem::encoded_body(),
            bad_name(),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
