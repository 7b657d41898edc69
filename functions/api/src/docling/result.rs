//! What was made of a task's document.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use job::{Job, State as JobState};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use store::StoredResult;
use utoipa::openapi::{RefOr, Response as Documented};
use utoipa::{IntoResponses, ToSchema};

use super::task::TaskFailureResult;
use super::{not_found, not_ready};
use crate::caller::Addressed;
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::{App, openapi};

/// What was made of a task's document, or why there is nothing.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum TaskResult<'r> {
    Converted(ConvertDocumentResponse<'r>),
    Failed(TaskFailureResult),
}

/// What was made of a document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConvertDocumentResponse<'r> {
    document: ExportDocumentResponse<'r>,
    /// Always `success`: a task whose document could not be read has failed.
    status: &'static str,
    /// Always empty.
    #[schema(value_type = Vec<Object>)]
    errors: [Value; 0],
    /// How long the latest attempt took, in seconds.
    processing_time: f64,
    /// Always empty.
    #[schema(value_type = Object)]
    timings: BTreeMap<String, Value>,
}

/// The outputs: those that were asked for; the others are null.
#[derive(Debug, Serialize, ToSchema)]
struct ExportDocumentResponse<'r> {
    filename: String,
    #[schema(value_type = Option<String>, required = true)]
    md_content: Option<&'r RawValue>,
    /// A `DoclingDocument`, version 1.5 of its model.
    #[schema(value_type = Option<BTreeMap<String, Value>>, required = true)]
    json_content: Option<&'r RawValue>,
    #[schema(value_type = Option<String>, required = true)]
    html_content: Option<&'r RawValue>,
    #[schema(value_type = Option<String>, required = true)]
    text_content: Option<&'r RawValue>,
    /// Always null.
    #[schema(value_type = Option<String>, required = true)]
    doctags_content: Option<()>,
}

/// What is read of a stored result.
#[derive(Deserialize)]
struct Stored<'r> {
    #[serde(borrow)]
    documents: Vec<Document<'r>>,
}

#[derive(Deserialize)]
struct Document<'r> {
    name: Option<String>,
    #[serde(borrow)]
    markdown: Option<&'r RawValue>,
    #[serde(borrow)]
    docling: Option<&'r RawValue>,
    #[serde(borrow)]
    html: Option<&'r RawValue>,
    #[serde(borrow)]
    text: Option<&'r RawValue>,
}

/// Read what was made of a document
///
/// As of docling-serve. Of a task that has failed it says why. What was asked for otherwise, at `/api/v1/scan/start/`, is given as far
/// as it has one of the outputs.
#[utoipa::path(
    get,
    path = "/v1/result/{task_id}",
    tag = "docling",
    params(("task_id" = Uuid, Path, description = "The task: the job's id")),
    responses(
        (
            status = 200,
            description = "The outputs, or a `TaskFailureResult`",
            body = TaskResult<'static>,
            example = json!({
                "document": {
                    "filename": "report.pdf", "md_content": "# Report\n\nAll is well.",
                    "json_content": null, "html_content": null, "text_content": null, "doctags_content": null,
                },
                "status": "success", "errors": [], "processing_time": 0.361, "timings": {},
            }),
        ),
        Problems,
    ),
)]
pub(crate) async fn get_result(
    State(app): State<App>,
    task: Result<Addressed, Problem>,
    _: NoParameters,
) -> Result<Response, Problem> {
    let Addressed(key) = task.map_err(|_| not_found())?;
    let job = app.store.get(&key, app.clock.now()).await?;
    let job = job.ok_or_else(not_found)?;
    if let Some(failure) = TaskFailureResult::of(&job) {
        return Ok(Json(TaskResult::Failed(failure)).into_response());
    }
    match app.store.result(&job).await? {
        None => Err(not_ready()),
        Some(StoredResult::Here(json)) => outputs(&job, &json),
        Some(StoredResult::Elsewhere(_)) => Err(too_big(&job)),
    }
}

fn outputs(job: &Job, json: &[u8]) -> Result<Response, Problem> {
    let stored: Stored<'_> = serde_json::from_slice(json)
        .map_err(|error| Problem::internal(format!("a stored result: {error}")))?;
    let document = stored.documents.into_iter().next();
    let document = document.ok_or_else(|| Problem::internal("a result of no document"))?;
    let response = ConvertDocumentResponse {
        document: ExportDocumentResponse {
            filename: document.name.unwrap_or_else(|| "document".to_owned()),
            md_content: document.markdown,
            json_content: document.docling,
            html_content: document.html,
            text_content: document.text,
            doctags_content: None,
        },
        status: "success",
        errors: [],
        processing_time: seconds(job),
        timings: BTreeMap::new(),
    };
    Ok(Json(TaskResult::Converted(response)).into_response())
}

fn seconds(job: &Job) -> f64 {
    match &job.state {
        JobState::Completed {
            started_at,
            finished_at,
            ..
        } => finished_at.duration_since(*started_at).as_secs_f64(),
        _ => 0.0,
    }
}

fn too_big(job: &Job) -> Problem {
    let id = job.key.id;
    Problem::not_acceptable(format!(
        "The result is too big for an answer in this form; /api/v1/scan/result/{id}/ gives a link to it. Fewer outputs may fit."
    ))
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([
            not_found(),
            Problem::not_acceptable("The result is too big for an answer in this form."),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
