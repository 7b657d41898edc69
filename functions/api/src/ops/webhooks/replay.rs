//! Telling an end of a job once more.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use http::{StatusCode, Uri};
use job::JobId;
use serde::Serialize;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::caller::Addressed;
use crate::problem::Problem;
use crate::{App, openapi, query};

/// An event that is told once more.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Replayed {
    /// The job's id.
    #[schema(value_type = Uuid)]
    job_id: JobId,
    /// The id of the event: the one that it always had.
    #[schema(example = "msg_01990a5d-ac96-774b-8cce-b302099a8057_0")]
    event: String,
}

/// Tell an end of a job once more
///
/// At once, and again after growing waits where that fails, whatever became of it before. The end that the job is in now, unless `event` names
/// another.
#[utoipa::path(
    post,
    path = "/api/v1/scan/webhooks/{job_id}/replay/",
    tag = "webhooks",
    params(
        ("job_id" = Uuid, Path, description = "The job"),
        (
            "event" = Option<String>, Query,
            description = "The id of the event to tell. Default: that of the end that the job is in.",
            example = "msg_01990a5d-ac96-774b-8cce-b302099a8057_0",
        ),
    ),
    responses(
        (
            status = 202,
            description = "It is told once more",
            body = Replayed,
            example = json!({
                "job_id": "01990a5d-ac96-774b-8cce-b302099a8057",
                "event": "msg_01990a5d-ac96-774b-8cce-b302099a8057_0",
            }),
        ),
        Problems,
    ),
)]
pub(crate) async fn replay_scan_webhook(
    State(app): State<App>,
    Addressed(key): Addressed,
    uri: Uri,
) -> Result<(StatusCode, Json<Replayed>), Problem> {
    let parameters = query::parameters(&uri, &["event"])?;
    let event = parameters.first().map(|(_, value)| value.as_str());
    let job = app.store.get(&key, app.clock.now()).await?;
    let job = job.ok_or_else(Problem::job_not_found)?;
    match (app.store.replay(&job, event).await?, event) {
        (Some(notice), _) => {
            let replayed = Replayed {
                job_id: key.id,
                event: notice.event_id(),
            };
            Ok((StatusCode::ACCEPTED, Json(replayed)))
        }
        (None, Some(_)) => Err(Problem::event_not_found()),
        (None, None) => Err(Problem::nothing_to_tell(
            job.about.webhook.as_ref().map(|_| job.status()),
        )),
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([
            Problem::job_not_found(),
            Problem::event_not_found(),
            Problem::nothing_to_tell(None),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
