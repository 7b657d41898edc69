//! Cancelling a job.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use job::{JobId, Status};
use serde::Serialize;
use service::metrics;
use store::Outcome;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::caller::Addressed;
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::{App, openapi, schema};

/// A job that is cancelled.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Cancelled {
    /// The job's id.
    #[schema(value_type = Uuid)]
    job_id: JobId,
    #[schema(value_type = schema::Status)]
    status: Status,
}

/// Cancel a job
///
/// From then on it does not complete, even if a worker is at it. To cancel it again changes nothing and is answered alike.
#[utoipa::path(
    post,
    path = "/api/v1/scan/cancel/{job_id}/",
    tag = "scan",
    params(("job_id" = Uuid, Path, description = "The job")),
    responses(
        (
            status = 200,
            description = "The job is cancelled",
            body = Cancelled,
            example = json!({"job_id": "01990a5d-ac96-774b-8cce-b302099a8057", "status": "cancelled"}),
        ),
        Problems,
    ),
)]
pub(crate) async fn cancel_scan(
    State(app): State<App>,
    Addressed(key): Addressed,
    _: NoParameters,
) -> Result<Json<Cancelled>, Problem> {
    let now = app.clock.now();
    let job = match app.store.cancel(&key, now).await? {
        Outcome::Done(job) => {
            metrics::job_cancelled();
            job
        }
        Outcome::Refused(Some(found)) if found.expires_at > now => found,
        Outcome::Refused(_) => return Err(Problem::job_not_found()),
    };
    match job.status() {
        status @ Status::Cancelled => Ok(Json(Cancelled {
            job_id: key.id,
            status,
        })),
        other => Err(Problem::cannot_cancel(other)),
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([
            Problem::job_not_found(),
            Problem::cannot_cancel(Status::Completed),
            Problem::cannot_cancel(Status::Failed),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
