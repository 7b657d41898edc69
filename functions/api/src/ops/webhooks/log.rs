//! What became of telling the ends of a job.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use job::JobId;
use serde::Serialize;
use store::webhooks::{Attempt as Ended, Delivery as Stored, DeliveryState};
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::caller::Addressed;
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::{App, openapi, schema};

/// What became of telling the ends of a job.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobWebhooks {
    /// The job's id.
    #[schema(value_type = Uuid)]
    job_id: JobId,
    /// Where its end is told; null if nobody asked for that.
    #[schema(required = true)]
    url: Option<String>,
    /// One for each end of the job, in their order: a job that is retried has several. Empty until an end was attempted to be told.
    deliveries: Vec<Delivery>,
}

/// What became of telling one end of a job.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Delivery {
    /// The id of the event: the header `webhook-id`. The same however often it is told.
    #[schema(example = "msg_01990a5d-ac96-774b-8cce-b302099a8057_0")]
    event: String,
    #[schema(value_type = schema::EventType)]
    r#type: String,
    #[schema(value_type = schema::DeliveryState)]
    status: DeliveryState,
    /// Before when it is not attempted again; present while it is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    next_attempt_at: Option<Timestamp>,
    /// The attempts that have ended, oldest first; the last 24.
    attempts: Vec<Attempt>,
}

/// One attempt to tell it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Attempt {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// How long it took.
    milliseconds: u64,
    /// With which HTTP status it was answered; absent where it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 100, maximum = 599)]
    status_code: Option<u16>,
    /// Why it was not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// List what became of a job's webhooks
///
/// An end is told by a `POST` of JSON, by Standard Webhooks: with the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`. What is
/// not answered with a 2xx status is told again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 6 h. Redirects are not followed. An answer of 410 (Gone)
/// disables the endpoint. An event may come more than once, always under the same id, and not always in order.
#[utoipa::path(
    get,
    path = "/api/v1/scan/webhooks/{job_id}/",
    tag = "webhooks",
    params(("job_id" = Uuid, Path, description = "The job")),
    responses(
        (
            status = 200,
            description = "What became of them",
            body = JobWebhooks,
            example = json!({
                "job_id": "01990a5d-ac96-774b-8cce-b302099a8057",
                "url": "https://example.org/hook",
                "deliveries": [{
                    "event": "msg_01990a5d-ac96-774b-8cce-b302099a8057_0",
                    "type": "job.completed",
                    "status": "delivered",
                    "attempts": [
                        {"at": "2026-09-01T12:00:00.903Z", "milliseconds": 41, "status_code": 503},
                        {"at": "2026-09-01T12:00:06.120Z", "milliseconds": 38, "status_code": 204},
                    ],
                }],
            }),
        ),
        Problems,
    ),
)]
pub(crate) async fn list_scan_webhooks(
    State(app): State<App>,
    Addressed(key): Addressed,
    _: NoParameters,
) -> Result<Json<JobWebhooks>, Problem> {
    let job = app.store.get(&key, app.clock.now()).await?;
    let job = job.ok_or_else(Problem::job_not_found)?;
    let deliveries = app.store.deliveries(&key).await?;
    Ok(Json(JobWebhooks {
        job_id: key.id,
        url: job.about.webhook,
        deliveries: deliveries.iter().map(Delivery::of).collect(),
    }))
}

impl Delivery {
    fn of(stored: &Stored) -> Self {
        let is_pending = stored.state == DeliveryState::Pending;
        Self {
            event: stored.notice.event_id(),
            r#type: stored.notice.event_type(),
            status: stored.state,
            next_attempt_at: is_pending.then_some(stored.next_at),
            attempts: stored.log.iter().map(Attempt::of).collect(),
        }
    }
}

impl Attempt {
    fn of(ended: &Ended) -> Self {
        let Ended {
            at,
            milliseconds,
            outcome,
        } = ended;
        Self {
            at: *at,
            milliseconds: *milliseconds,
            status_code: outcome.as_ref().ok().copied(),
            error: outcome.as_ref().err().cloned(),
        }
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
