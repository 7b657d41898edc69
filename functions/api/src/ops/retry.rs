//! Trying a job again.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use job::Status;
use service::metrics;
use store::{Retried, TraceParent};
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response as Documented};

use super::start::Accepted;
use crate::caller::Addressed;
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::{App, openapi};

/// Try a failed or cancelled job again
///
/// The job becomes pending, with as many attempts as a new one, and keeps its id and its documents.
#[utoipa::path(
    post,
    path = "/api/v1/scan/retry/{job_id}/",
    tag = "scan",
    params(("job_id" = Uuid, Path, description = "The job")),
    responses(
        (
            status = 202,
            description = "The job is accepted again",
            body = Accepted,
            headers(
                ("Location" = String, description = "Where its status can be read"),
                ("Retry-After" = u32, description = "Seconds to wait before that"),
            ),
        ),
        Problems,
    ),
)]
pub(crate) async fn retry_scan(
    State(app): State<App>,
    Addressed(key): Addressed,
    Extension(trace): Extension<TraceParent>,
    _: NoParameters,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    match app.store.retry(&key, Some(trace), now).await? {
        Retried::Done(job) => {
            metrics::job_resubmitted();
            Ok(Accepted::answer(&job))
        }
        Retried::Refused(job) => Err(Problem::cannot_retry(job.status())),
        Retried::NotFound => Err(Problem::job_not_found()),
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([
            Problem::job_not_found(),
            Problem::cannot_retry(Status::Completed),
            Problem::cannot_retry(Status::Pending),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
