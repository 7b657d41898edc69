//! Removing a job.

use std::collections::BTreeMap;

use axum::extract::State;
use http::StatusCode;
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response};

use crate::caller::Addressed;
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::{App, openapi};

/// Remove a job
///
/// Deletes the job, its documents and its result, whatever its state. Nothing brings it back.
#[utoipa::path(
    delete,
    path = "/api/v1/scan/remove/{job_id}/",
    tag = "scan",
    params(("job_id" = Uuid, Path, description = "The job")),
    responses((status = 204, description = "It is gone"), Problems),
)]
pub(crate) async fn remove_scan(
    State(app): State<App>,
    Addressed(key): Addressed,
    _: NoParameters,
) -> Result<StatusCode, Problem> {
    if app.store.remove(&key, app.clock.now()).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::job_not_found())
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([
            Problem::job_not_found(),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
