//! How a job stands.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Uri, header};
use jiff::Timestamp;
use job::{About, Failure, Job, JobId, Pinned, Progress, State as JobState};
use serde::Serialize;
use utoipa::openapi::{RefOr, Response as Documented};
use utoipa::{IntoResponses, ToSchema};

use crate::caller::{Addressed, Caller};
use crate::etag::{Known, Tag, not_modified};
use crate::problem::{Problem, problem_type, title_of};
use crate::retry_after::{self, retry_after};
use crate::wait::{WAIT, Wait};
use crate::{App, openapi, query, schema};

/// How a job stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobStatus {
    /// The job's id.
    #[schema(value_type = Uuid)]
    job_id: JobId,
    #[schema(value_type = schema::Status)]
    status: job::Status,
    /// When it was accepted.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When its latest attempt began; absent while none is under way or has completed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Timestamp>,
    /// When it became final; absent until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Timestamp>,
    /// From when on it and its result may be forgotten; absent until it is final.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// How many attempts were begun. Each step of a job of several documents is one.
    attempt: u32,
    /// The number of the attempt that is the last; `retry` allows more.
    max_attempts: u32,
    /// Before when the next attempt does not begin; present after one that met a passing error.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    next_attempt_at: Option<Timestamp>,
    /// Why it failed; present if it is failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<JobFailure>,
    /// Why the attempt before failed; present if that is why it is pending or running again.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<JobFailure>,
    /// How many documents were named when it was submitted; absent for a collection.
    #[serde(skip_serializing_if = "Option::is_none")]
    documents: Option<u32>,
    /// The media type of its first document, as it was sent; absent if nothing was said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "application/pdf")]
    media_type: Option<String>,
    /// The names and values that it was submitted with; absent if there are none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false, example = json!({"batch": "7"}))]
    tags: BTreeMap<String, String>,
    /// The saved extractor that it uses, and its version; absent if it uses none.
    #[serde(skip_serializing_if = "Option::is_none")]
    extractor: Option<ExtractorVersion>,
    /// How far it is; absent if it is done in one step.
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<JobProgress>,
}

/// A saved extractor in one of its versions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExtractorVersion {
    /// Its name.
    #[schema(example = "invoices")]
    name: String,
    /// Its version; the first is 1.
    version: u32,
}

/// How many of a job's documents are dealt with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobProgress {
    /// Documents that are extracted.
    done: u32,
    /// Documents that could not be extracted.
    failed: u32,
    /// Documents that there are; absent while they are still being counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u32>,
}

/// Why a job, or an attempt of it, failed: problem details (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobFailure {
    /// The kind of problem. Stable, to be switched on.
    #[schema(example = "urn:problem:encrypted")]
    r#type: String,
    /// The kind of problem in words.
    #[schema(example = "Encrypted")]
    title: String,
    /// What happened, and where.
    detail: String,
    /// Whether the same job may succeed when it is retried.
    retryable: bool,
    /// What was being done.
    #[schema(value_type = schema::Phase)]
    phase: job::Phase,
}

/// Tell how a job stands
#[utoipa::path(
    get,
    path = "/api/v1/scan/status/{job_id}/",
    tag = "scan",
    params(
        ("job_id" = Uuid, Path, description = "The job"),
        (
            "wait" = Option<u32>, Query,
            description = "Seconds that the answer may take, up to 20: it comes the moment that the job ends, or, with `If-None-Match`, that it stands otherwise.",
            example = 20,
        ),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: the same as the parameter.", example = "wait=20"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of what the client has: it need not be sent again."),
    ),
    responses(
        (
            status = 200,
            description = "How it stands",
            body = JobStatus,
            headers(
                ("Retry-After" = Option<u32>, description = "Seconds to wait before asking again, by how many jobs are in the queue; absent if the job is final"),
                ("ETag" = String, description = "Names this answer"),
                ("Preference-Applied" = Option<String>, description = "`wait=N`: the seconds that were granted, if any were asked for"),
            ),
            examples(
                ("running" = (value = json!({
                    "job_id": "01990a5d-ac96-774b-8cce-b302099a8057",
                    "status": "running",
                    "created_at": "2026-09-01T12:00:00.123Z",
                    "started_at": "2026-09-01T12:00:00.341Z",
                    "attempt": 1,
                    "max_attempts": 5,
                    "documents": 1,
                }))),
                ("running_in_steps" = (value = json!({
                    "job_id": "01990a5d-ac96-774b-8cce-b302099a8057",
                    "status": "running",
                    "created_at": "2026-09-01T12:00:00.123Z",
                    "attempt": 3,
                    "max_attempts": 8,
                    "documents": 100,
                    "media_type": "application/pdf",
                    "tags": {"batch": "7"},
                    "progress": {"done": 61, "failed": 2, "total": 100},
                }))),
                ("completed" = (value = json!({
                    "job_id": "01990a5d-ac96-774b-8cce-b302099a8057",
                    "status": "completed",
                    "created_at": "2026-09-01T12:00:00.123Z",
                    "started_at": "2026-09-01T12:00:00.341Z",
                    "finished_at": "2026-09-01T12:00:00.702Z",
                    "expires_at": "2026-09-08T12:00:00Z",
                    "attempt": 1,
                    "max_attempts": 5,
                    "documents": 1,
                }))),
                ("failed" = (value = json!({
                    "job_id": "01990a5d-ac96-774b-8cce-b302099a8057",
                    "status": "failed",
                    "created_at": "2026-09-01T12:00:00.123Z",
                    "finished_at": "2026-09-01T12:00:00.702Z",
                    "expires_at": "2026-09-08T12:00:00Z",
                    "attempt": 1,
                    "max_attempts": 5,
                    "documents": 1,
                    "error": {
                        "type": "urn:problem:encrypted",
                        "title": "Encrypted",
                        "detail": "The PDF needs a password.",
                        "retryable": false,
                        "phase": "extract",
                    },
                }))),
            ),
        ),
        (status = 304, description = "The client has this answer already"),
        Problems,
    ),
)]
pub(crate) async fn get_scan_status(
    State(app): State<App>,
    caller: Caller,
    Addressed(key): Addressed,
    wait: Wait,
    known: Known,
    uri: Uri,
) -> Result<Response, Problem> {
    query::parameters(&uri, &[WAIT])?;
    let job = app.store.get(&key, app.clock.now()).await?;
    let job = job.ok_or_else(Problem::job_not_found)?;
    // Whoever says what it has waits for anything else, all others for the end.
    let is_news =
        |job: &Job| job.status().is_final() || known.is_said() && !known.has(&Seen::of(job).tag);
    let job = wait.watch(&app, &caller, job, is_news).await?;
    let job = job.ok_or_else(Problem::job_not_found)?;
    let Seen { body, tag } = Seen::of(&job);
    let mut response = if known.has(&tag) {
        not_modified(&tag)
    } else {
        let json = HeaderValue::from_static("application/json");
        let mut response = ([(header::CONTENT_TYPE, json)], body).into_response();
        tag.put(response.headers_mut());
        response
    };
    let seconds = retry_after(&app, &job).await;
    retry_after::put(response.headers_mut(), seconds);
    wait.tell(&mut response);
    Ok(response)
}

/// A job as its client sees it.
pub(crate) struct Seen {
    /// Its status, as JSON.
    pub(crate) body: String,
    pub(crate) tag: Tag,
}

impl Seen {
    pub(crate) fn of(job: &Job) -> Self {
        let body = serde_json::to_string(&JobStatus::of(job));
        let body = body.expect("a struct of plain fields always serialises");
        let tag = Tag::of(body.as_bytes());
        Self { body, tag }
    }
}

impl JobStatus {
    pub(crate) fn of(job: &Job) -> Self {
        let About {
            tags,
            media_type,
            documents,
            extractor,
            webhook: _,
        } = &job.about;
        let mut status = Self {
            job_id: job.key.id,
            status: job.seen_status(),
            created_at: job.created_at,
            started_at: None,
            finished_at: None,
            expires_at: job.status().is_final().then_some(job.expires_at),
            attempt: job.attempt,
            max_attempts: job.attempt_limit,
            next_attempt_at: None,
            error: None,
            last_error: None,
            documents: (*documents > 0).then_some(*documents),
            media_type: media_type.clone(),
            tags: tags.clone(),
            extractor: extractor.as_ref().map(ExtractorVersion::of),
            progress: job.progress.as_ref().map(JobProgress::of),
        };
        match &job.state {
            JobState::Pending {
                not_before,
                last_failure,
            } => {
                // A step that follows upon another is no new attempt.
                let again = job.progress.is_none() || last_failure.is_some();
                status.next_attempt_at = not_before.filter(|_| again);
                status.last_error = last_failure.as_ref().map(JobFailure::of);
            }
            JobState::Running {
                delivery: _,
                started_at,
                lease_ends_at: _,
                last_failure,
            } => {
                status.started_at = Some(*started_at);
                status.last_error = last_failure.as_ref().map(JobFailure::of);
            }
            JobState::Completed {
                delivery: _,
                started_at,
                finished_at,
                result: _,
            } => {
                status.started_at = Some(*started_at);
                status.finished_at = Some(*finished_at);
            }
            JobState::Failed {
                finished_at,
                failure,
            } => {
                status.finished_at = Some(*finished_at);
                status.error = Some(JobFailure::of(failure));
            }
            JobState::Cancelled { finished_at } => status.finished_at = Some(*finished_at),
        }
        status
    }
}

impl JobFailure {
    fn of(failure: &Failure) -> Self {
        let Failure {
            code,
            detail,
            retryable,
            phase,
        } = failure;
        Self {
            r#type: problem_type(code),
            title: title_of(code),
            detail: detail.clone(),
            retryable: *retryable,
            phase: *phase,
        }
    }
}

impl ExtractorVersion {
    pub(super) fn of(pinned: &Pinned) -> Self {
        let Pinned { name, version } = pinned.clone();
        Self { name, version }
    }
}

impl JobProgress {
    fn of(progress: &Progress) -> Self {
        let Progress {
            done,
            failed,
            total,
            cursor: _,
        } = *progress;
        Self {
            done,
            failed,
            total,
        }
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([
            Problem::job_not_found(),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
