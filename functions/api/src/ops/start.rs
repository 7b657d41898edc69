//! Accepting a job.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use job::JobId;
use serde::Serialize;
use service::metrics;
use store::TraceParent;
use utoipa::openapi::{RefOr, Response as Documented};
use utoipa::{IntoResponses, ToSchema};

use crate::body::Received;
use crate::caller::Caller;
use crate::fingerprint::Fingerprint;
use crate::idempotent::{IdempotencyKey, Intent, Made, once};
use crate::observe::tell_job;
use crate::ops::uploads;
use crate::problem::Problem;
use crate::{App, body, extractor, openapi, schema};

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
            status_url: format!("/api/v1/scan/status/{id}/"),
            result_url: format!("/api/v1/scan/result/{id}/"),
        };
        let location = Some(accepted.status_url.clone());
        Made::new(StatusCode::ACCEPTED, location, &accepted)
    }
}

/// Submit documents
///
/// Accepts a job and answers at once. The documents come in one of these forms:
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
            (schema::Document = "text/plain", example = json!("Write to a@test.com.")),
            (schema::Document = "application/octet-stream"),
            (schema::Document = "*/*"),
        ),
    ),
    responses(
        (
            status = 202,
            description = "The job is accepted",
            body = Accepted,
            headers(
                ("Location" = String, description = "Where its status can be read"),
                ("Retry-After" = u32, description = "Seconds to wait before that"),
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
    request: Request,
) -> Result<Response, Problem> {
    let received = body::read(request, app.max_request_bytes).await?;
    // Of what was sent, before anything is looked up for it.
    let fingerprint = || Fingerprint::of("start").received(&received);
    let call = name.call(caller.tenant(), fingerprint);
    let drawn = JobId::new(app.clock.now()).to_string();
    let started = once(&app, call, Ok(drawn), |intent| {
        submit(&app, &caller, received, trace, intent)
    });
    let started = started.await?;
    tell_job(&caller.key(drawn_id(&started.drawn)?));
    let mut response = started.into_response();
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    Ok(response)
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
        uploads::look_for(app, caller, &mut submission, app.clock.now()).await?;
        let bytes = submission.request.bytes();
        app.store.submit(key, submission, Some(trace), at).await?;
        metrics::job_accepted(bytes);
    }
    Accepted::made(id)
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
            Problem::unavailable(""),
        ])
    }
}
