//! Removing a saved extractor.

use std::collections::BTreeMap;

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use store::Removed;
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response};

use super::{Named, etag};
use crate::caller::Caller;
use crate::preconditions::Preconditions;
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::{App, openapi};

/// Remove a saved extractor
///
/// Deletes it with all its versions. Jobs that were submitted with it are none the wiser.
#[utoipa::path(
    delete,
    path = "/api/v1/extractors/{name}/",
    tag = "extractors",
    params(
        ("name" = String, Path, description = "Its name", example = "invoice"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that may be removed as the latest."),
    ),
    responses((status = 204, description = "It is gone"), Problems),
)]
pub(crate) async fn remove_extractor(
    State(app): State<App>,
    caller: Caller,
    Named(name): Named,
    _: NoParameters,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let conditions = Preconditions::of(&headers)?;
    let removed = app
        .store
        .remove_extractor(
            caller.tenant(),
            &name,
            |current| conditions.hold(Some(&etag(current))),
            app.clock.now(),
        )
        .await?;
    match removed {
        Removed::Done => Ok(StatusCode::NO_CONTENT),
        Removed::Refused => Err(Problem::precondition_failed()),
        Removed::NotFound => Err(Problem::extractor_not_found()),
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([
            Problem::extractor_not_found(),
            Problem::precondition_failed(),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
