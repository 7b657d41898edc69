//! Accepting a job.

use std::collections::BTreeMap;

use access::Scope::ScanRead;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::StatusCode;
use job::{JobId, JobKey};
use serde::Serialize;
use serde_json::value::RawValue;
use service::metrics;
use store::{StoredResult, TraceParent};
use utoipa::openapi::{RefOr, Response as Documented};
use utoipa::{IntoResponses, ToSchema};

use super::status::JobStatus;
use super::webhooks;
use crate::body::Received;
use crate::caller::Caller;
use crate::fingerprint::Fingerprint;
use crate::idempotent::{IdempotencyKey, Intent, Made, once};
use crate::observe::tell_job;
use crate::ops::uploads;
use crate::problem::Problem;
use crate::retry_after::{self, retry_after_start};
use crate::wait::{WAIT, Wait};
use crate::{App, body, extractor, openapi, quota, schema};

/// A job that was accepted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Accepted {
    /// The job's id.
    #[schema(value_type = Uuid)]
    job_id: JobId,
    #[schema(value_type = schema::Status)]
    status: job::Status,
    /// Where its status can be read.
    status_url: String,
    /// Where its result can be read, once it is completed.
    result_url: String,
}

impl Accepted {
    /// The answer to whoever submitted this job: the same each time that it is given.
    pub(crate) fn made(id: JobId) -> Result<Made, Problem> {
        let accepted = Self {
            job_id: id,
            status: job::Status::Pending,
            status_url: status_url(id),
            result_url: result_url(id),
        };
        let location = Some(accepted.status_url.clone());
        Made::new(StatusCode::ACCEPTED, location, &accepted)
    }
}

/// A job that ended while its client waited.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ended {
    #[serde(flatten)]
    job: JobStatus,
    /// Where its status can be read.
    status_url: String,
    /// Where its result can be read, if it is completed.
    result_url: String,
    /// Its result, if it is completed and the result has at most 1,000,000 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::WholeResult>)]
    result: Option<Box<RawValue>>,
}

/// Longest result that is answered by the start that waited for it, in bytes.
pub(crate) const MAX_RESULT_BYTES: u64 = 1_000_000;

/// Submit documents
///
/// Accepts a job and answers at once; or, if the client is willing to wait, when the job ends, with its result if that is small.
/// The documents come in one of these forms:
///
/// - `application/json`: a request. JSON that has none of its members (`source`, `sources`, `extract`, …) is itself the document. To
///   be sure that any JSON is taken as a document, add `?as=document`, or send it as a part of a form.
/// - `multipart/form-data`: each part named `file` is a document.
/// - Anything else: the body is the document, `Content-Type` its media type, and `Content-Disposition: attachment; filename=…` may
///   name it.
/// - Neither a body nor a `Content-Type`: a small bundled document is scanned, to see how it all works.
#[utoipa::path(
    post,
    path = "/api/v1/scan/start/",
    tag = "scan",
    params(
        (
            "extract" = Option<String>, Query,
            description = "What to extract, joined by commas: `entities`, `text`, `metadata`, `links`, `tables`. For bodies that are no request in JSON, which says it itself. Default: entities, text, metadata.",
            example = "entities,tables",
        ),
        (
            "extractor" = Option<String>, Query,
            description = "The saved extractor that says what to extract, in the place of `extract`: `invoice`, or `invoice@3` for one of its versions.",
            example = "invoice@3",
        ),
        (
            "as" = Option<String>, Query,
            description = "`document`: the body is a document, whatever its `Content-Type`.",
            example = "document",
        ),
        (
            "wait" = Option<u32>, Query,
            description = "Seconds that the answer may take, up to 20: it comes the moment that the job ends. A repeated call with the same `Idempotency-Key` waits as well. Not granted to a caller that may not read results.",
            example = 20,
        ),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: the same as the parameter.", example = "wait=20"),
        (
            "Idempotency-Key" = Option<String>, Header,
            description = "Names this call, so that it can be repeated when its answer was lost: the same key and the same documents, within 24 hours, are given the first answer and start nothing. 1 to 255 characters, best a random UUID.",
            example = "8e03978e-40d5-43dd-bc93-6894a57f9324",
        ),
    ),
    request_body(
        description = "The documents; none for the bundled one.",
        content(
            (schema::ScanRequest = "application/json", examples(
                ("text" = (summary = "A text", value = json!({"source": {"text": "Write to a@test.com."}}))),
                ("file" = (summary = "A file", value = json!({
                    "source": {"base64": "bmFtZSxlbWFpbApBZGEsYUB0ZXN0LmNvbQo=", "name": "people.csv"},
                    "extract": ["entities", "tables"],
                }))),
                ("upload" = (summary = "An uploaded file", value = json!({
                    "source": {"upload": "01990a5d-ac96-774b-8cce-b302099a8057"},
                }))),
                ("several" = (summary = "Several documents", value = json!({
                    "sources": [
                        {"text": "Write to a@test.com."},
                        {"text": "<a href=\"https://example.org/\">more</a>", "media_type": "text/html"},
                    ],
                    "extract": ["entities", "links"],
                }))),
            )),
            (schema::ScanForm = "multipart/form-data"),
            (schema::Document = "application/octet-stream"),
        ),
    ),
    responses(
        (
            status = 200,
            description = "The job ended while the client waited",
            body = Ended,
            headers(
                ("Preference-Applied" = Option<String>, description = "`wait=N`: the seconds that were granted"),
                ("Idempotency-Replayed" = Option<String>, description = "`true`: an earlier call with this `Idempotency-Key` started it"),
            ),
            example = json!({
                "job_id": "01990a5d-ac96-774b-8cce-b302099a8057",
                "status": "completed",
                "created_at": "2026-09-01T12:00:00.123Z",
                "started_at": "2026-09-01T12:00:00.341Z",
                "finished_at": "2026-09-01T12:00:00.702Z",
                "expires_at": "2026-09-08T12:00:00Z",
                "attempt": 1,
                "max_attempts": 5,
                "documents": 1,
                "status_url": "/api/v1/scan/status/01990a5d-ac96-774b-8cce-b302099a8057/",
                "result_url": "/api/v1/scan/result/01990a5d-ac96-774b-8cce-b302099a8057/",
                "result": {"columns": [], "records": [], "documents": [{"media_type": "text/plain", "charset": "UTF-8", "bytes": 5, "text": "Hello"}]},
            }),
        ),
        (
            status = 202,
            description = "The job is accepted",
            body = Accepted,
            headers(
                ("Location" = String, description = "Where its status can be read"),
                ("Retry-After" = u32, description = "Seconds to wait before that"),
                ("Preference-Applied" = Option<String>, description = "`wait=N`: the seconds that were granted, if any were asked for"),
                ("Idempotency-Replayed" = Option<String>, description = "`true`: an earlier call with this `Idempotency-Key` did it, and this is its answer"),
            ),
            example = json!({
                "job_id": "01990a5d-ac96-774b-8cce-b302099a8057",
                "status": "pending",
                "status_url": "/api/v1/scan/status/01990a5d-ac96-774b-8cce-b302099a8057/",
                "result_url": "/api/v1/scan/result/01990a5d-ac96-774b-8cce-b302099a8057/",
            }),
        ),
        Problems,
    ),
)]
pub(crate) async fn start_scan(
    State(app): State<App>,
    caller: Caller,
    Extension(trace): Extension<TraceParent>,
    name: IdempotencyKey,
    wait: Wait,
    request: Request,
) -> Result<Response, Problem> {
    let wait = if caller.may(ScanRead) {
        wait
    } else {
        wait.not_granted()
    };
    let received = body::read(request, app.max_request_bytes, &[WAIT]).await?;
    // Of what was sent, before anything is looked up for it.
    let fingerprint = || Fingerprint::of("start").received(&received);
    let call = name.call(caller.tenant(), fingerprint);
    // Who is refused may still be told what an earlier call with the same key did.
    let bytes = received.submission.request.bytes();
    let admitted = app.quotas.admit(caller.tenant(), bytes).await;
    let drawn = match &admitted {
        Ok(_) => Ok(JobId::new(app.clock.now()).to_string()),
        Err(problem) => Err(problem.clone()),
    };
    let started = once(&app, call, drawn, |intent| {
        submit(&app, &caller, received, trace, intent)
    });
    let started = started.await?;
    if let (Ok(admitted), false) = (admitted, started.replayed) {
        admitted.keep();
    }
    let key = caller.key(drawn_id(&started.drawn)?);
    if started.replayed {
        tell_job(&key);
    }
    let mut response = if let Some(ended) = ended(&app, &caller, &wait, &key).await {
        let mut response = Json(ended).into_response();
        started.mark(&mut response);
        response
    } else {
        let mut response = started.into_response();
        retry_after::put(response.headers_mut(), Some(retry_after_start(&app)));
        response
    };
    wait.tell(&mut response);
    Ok(response)
}

/// The job that was started, if its client is willing to wait for its end and that comes in time. Once a job is accepted no error
/// takes that back: whoever could not wait for it can ask for it.
async fn ended(app: &App, caller: &Caller, wait: &Wait, key: &JobKey) -> Option<Ended> {
    if !wait.is_asked() {
        return None;
    }
    let job = app.store.get(key, app.clock.now()).await.ok()??;
    let job = wait.watch(app, caller, job, |job| job.status().is_final());
    let job = job.await.ok()??;
    job.status().is_final().then_some(())?;
    let small = match &job.state {
        job::State::Completed { result, .. } => result.bytes <= MAX_RESULT_BYTES,
        _ => false,
    };
    let result = if small {
        match app.store.result(&job).await.ok()?? {
            StoredResult::Here(result) => String::from_utf8(result).ok(),
            StoredResult::Elsewhere(_) => None,
        }
    } else {
        None
    };
    Some(Ended {
        job: JobStatus::of(&job),
        status_url: status_url(key.id),
        result_url: result_url(key.id),
        result: result.and_then(|result| RawValue::from_string(result).ok()),
    })
}

/// Submits a job under the id that was drawn for it, unless an earlier call with the same key has done so.
async fn submit(
    app: &App,
    caller: &Caller,
    received: Received,
    trace: TraceParent,
    intent: Intent,
) -> Result<Made, Problem> {
    let Intent { drawn, at, again } = intent;
    let id = drawn_id(&drawn)?;
    let key = caller.key(id);
    tell_job(&key);
    let is_there = again && app.store.get(&key, app.clock.now()).await?.is_some();
    if !is_there {
        let mut submission = extractor::pin(&app.store, caller.tenant(), received).await?;
        webhooks::check(app, caller.tenant(), &submission).await?;
        uploads::look_for(app, caller, &mut submission, app.clock.now()).await?;
        let bytes = submission.request.bytes();
        app.store.submit(key, submission, Some(trace), at).await?;
        metrics::job_accepted(bytes);
    }
    Accepted::made(id)
}

fn status_url(id: JobId) -> String {
    format!("/api/v1/scan/status/{id}/")
}

fn result_url(id: JobId) -> String {
    format!("/api/v1/scan/result/{id}/")
}

fn drawn_id(drawn: &str) -> Result<JobId, Problem> {
    let id = drawn.parse();
    id.map_err(|_| Problem::internal("an idempotency key was reserved for no job"))
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([
            body::not_json(),
            Problem::too_large(Some(20_000_000), 4_500_000),
            Problem::encoded_body(),
            body::not_base64(),
            Problem::key_in_use(),
            Problem::key_reused(),
            uploads::not_there(),
            webhooks::no_secret(),
            quota::too_many_requests(),
            quota::quota_exceeded(),
            Problem::unavailable(""),
        ])
    }
}
