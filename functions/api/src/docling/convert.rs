//! Accepting a task.

use std::collections::BTreeMap;

use axum::extract::{Request, State};
use axum::{Extension, Json};
use job::{JobId, Submission};
use service::metrics;
use store::TraceParent;
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response as Documented};

use super::schema::{ConvertFilesForm, ConvertSourcesRequest};
use super::task::TaskStatusResponse;
use crate::caller::Caller;
use crate::observe::tell_job;
use crate::problem::Problem;
use crate::{App, body, openapi, quota};

/// Convert a document that has an address
///
/// As of docling-serve. The task is a job; its id is good for `/api/v1/scan/` too.
#[utoipa::path(
    post,
    path = "/v1/convert/source/async",
    tag = "docling",
    request_body(content(
        (ConvertSourcesRequest = "application/json", example = json!({
            "sources": [{"kind": "http", "url": "https://example.org/report.pdf"}],
            "options": {"to_formats": ["md", "json"]},
        })),
    )),
    responses((status = 200, description = "The task is accepted", body = TaskStatusResponse), Problems),
)]
pub(crate) async fn convert_source(
    State(app): State<App>,
    caller: Caller,
    Extension(trace): Extension<TraceParent>,
    request: Request,
) -> Result<Json<TaskStatusResponse>, Problem> {
    let submission = body::read_source(request, app.max_request_bytes).await?;
    submit(&app, &caller, trace, submission).await
}

/// Convert a file
///
/// As of docling-serve. The task is a job; its id is good for `/api/v1/scan/` too.
#[utoipa::path(
    post,
    path = "/v1/convert/file/async",
    tag = "docling",
    request_body(content((ConvertFilesForm = "multipart/form-data"))),
    responses((status = 200, description = "The task is accepted", body = TaskStatusResponse), Problems),
)]
pub(crate) async fn convert_file(
    State(app): State<App>,
    caller: Caller,
    Extension(trace): Extension<TraceParent>,
    request: Request,
) -> Result<Json<TaskStatusResponse>, Problem> {
    let submission = body::read_files(request, app.max_request_bytes).await?;
    submit(&app, &caller, trace, submission).await
}

async fn submit(
    app: &App,
    caller: &Caller,
    trace: TraceParent,
    submission: Submission,
) -> Result<Json<TaskStatusResponse>, Problem> {
    let now = app.clock.now();
    let key = caller.key(JobId::new(now));
    tell_job(&key);
    let bytes = submission.request.bytes();
    let admitted = app.quotas.admit(caller.tenant(), bytes).await?;
    let job = app.store.submit(key, submission, Some(trace), now).await?;
    admitted.keep();
    metrics::job_accepted(bytes);
    Ok(Json(TaskStatusResponse::of(&job)))
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([
            body::not_json(),
            Problem::too_large(Some(20_000_000), 4_500_000),
            Problem::encoded_body(),
            body::refused_by_docling(),
            quota::too_many_requests(),
            quota::quota_exceeded(),
            Problem::unavailable(""),
        ])
    }
}
