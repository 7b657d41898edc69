//! Trying a job again.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use job::{Change, Job, Status};
use service::metrics;
use store::{Retried, TraceParent};
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response as Documented};

use super::start::Accepted;
use crate::caller::Addressed;
use crate::fingerprint::Fingerprint;
use crate::idempotent::{IdempotencyKey, Intent, Made, once};
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::retry_after::{self, retry_after_start};
use crate::{App, openapi, quota};

/// Try a failed or cancelled job again
///
/// The job becomes pending, with as many attempts as a new one, and keeps its id and its documents.
#[utoipa::path(
    post,
    path = "/api/v1/scan/retry/{job_id}/",
    tag = "scan",
    params(
        ("job_id" = Uuid, Path, description = "The job"),
        (
            "Idempotency-Key" = Option<String>, Header,
            description = "Names this call, so that it can be repeated when its answer was lost: the same key, within 24 hours, is given the first answer, and the job is retried once.",
            example = "8e03978e-40d5-43dd-bc93-6894a57f9324",
        ),
    ),
    responses(
        (
            status = 202,
            description = "The job is accepted again",
            body = Accepted,
            headers(
                ("Location" = String, description = "Where its status can be read"),
                ("Retry-After" = u32, description = "Seconds to wait before that"),
                ("Idempotency-Replayed" = Option<String>, description = "`true`: an earlier call with this `Idempotency-Key` did it, and this is its answer"),
            ),
        ),
        Problems,
    ),
)]
pub(crate) async fn retry_scan(
    State(app): State<App>,
    Addressed(key): Addressed,
    Extension(trace): Extension<TraceParent>,
    name: IdempotencyKey,
    _: NoParameters,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let job = app.store.get(&key, now).await?;
    // How many bytes its documents have is counted when they are read again.
    let admitted = app.quotas.admit(&key.tenant, 0).await;
    // What this call makes is the job's next submission, and no later one, however often it is repeated.
    let drawn = match &job {
        Some(job) if can_be_retried(job, now) => match &admitted {
            Ok(_) => Ok((job.generation + 1).to_string()),
            Err(problem) => Err(problem.clone()),
        },
        Some(job) => Err(Problem::cannot_retry(job.seen_status())),
        None => Err(Problem::job_not_found()),
    };
    let fingerprint = || Fingerprint::of("retry").text(&key.id.to_string());
    let call = name.call(&key.tenant, fingerprint);
    let retried = once(&app, call, drawn, |intent| async {
        let job = job.ok_or_else(Problem::job_not_found)?;
        resubmit(&app, job, trace, intent).await
    });
    let retried = retried.await?;
    if let (Ok(admitted), false) = (admitted, retried.replayed) {
        admitted.keep();
    }
    let mut response = retried.into_response();
    retry_after::put(response.headers_mut(), Some(retry_after_start(&app)));
    Ok(response)
}

/// Submits a job again, in the generation that was drawn for it.
async fn resubmit(
    app: &App,
    job: Job,
    trace: TraceParent,
    intent: Intent,
) -> Result<Made, Problem> {
    let (id, before) = (job.key.id, job.generation);
    let generation = intent.drawn.parse().map_err(|_| {
        Problem::internal("an idempotency key was reserved for no submission of a job")
    })?;
    let now = app.clock.now();
    match app
        .store
        .resubmit(job, generation, Some(trace), now)
        .await?
    {
        Retried::Done(_) => {
            if before < generation {
                metrics::job_resubmitted();
            }
            Accepted::made(id)
        }
        Retried::Refused(job) => Err(Problem::cannot_retry(job.seen_status())),
        Retried::NotFound => Err(Problem::job_not_found()),
    }
}

fn can_be_retried(job: &Job, now: Timestamp) -> bool {
    let generation = job.generation;
    Change::Retry { generation, now }.guard().allows(job)
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([
            Problem::job_not_found(),
            Problem::cannot_retry(Status::Completed),
            Problem::cannot_retry(Status::Pending),
            Problem::key_in_use(),
            Problem::key_reused(),
            quota::too_many_requests(),
            quota::quota_exceeded(),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
