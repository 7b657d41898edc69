//! What was extracted.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use job::{Job, JobKey, Payload, Place};
use serde::Serialize;
use store::StoredResult;
use utoipa::openapi::{RefOr, Response as Documented};
use utoipa::{IntoResponses, ToSchema};

use crate::caller::Addressed;
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::{App, openapi, schema};

/// Where a result lies that is too big to be answered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResultLink {
    /// The result, for 15 minutes; needs no further authorisation.
    location: String,
}

/// Read what was extracted
///
/// May be read any number of times, as long as the job is kept.
#[utoipa::path(
    get,
    path = "/api/v1/scan/result/{job_id}/",
    tag = "scan",
    params(("job_id" = Uuid, Path, description = "The job")),
    responses(
        (
            status = 200,
            description = "The result",
            body = schema::ScanResult,
            example = json!({
                "records": [{"email": "a@test.com", "source": {"document": 0, "start": 9, "end": 19}}],
                "documents": [{
                    "media_type": "text/plain",
                    "charset": "UTF-8",
                    "bytes": 20,
                    "sha256": "9285566ee2be1d3dbca6f30da48f9eab383dae84960a33a7ef56423033b3af7c",
                    "text": "Write to a@test.com.",
                    "metadata": {},
                }],
            }),
        ),
        (
            status = 303,
            description = "The result is too big to be answered here; it lies at `Location`",
            body = ResultLink,
            headers(("Location" = String, description = "The result, for 15 minutes")),
        ),
        Problems,
    ),
)]
pub(crate) async fn get_scan_result(
    State(app): State<App>,
    Addressed(key): Addressed,
    _: NoParameters,
) -> Result<Response, Problem> {
    let job = app.store.get(&key, app.clock.now()).await?;
    let job = job.ok_or_else(Problem::job_not_found)?;
    let result = match app.store.result(&job).await {
        Ok(result) => result,
        Err(error) => return Err(why_unreadable(&app, &job, error).await),
    };
    match result {
        None => Err(Problem::not_completed(&job)),
        Some(StoredResult::Here(json)) => {
            let media_type = [(header::CONTENT_TYPE, "application/json")];
            Ok((media_type, json).into_response())
        }
        Some(StoredResult::Elsewhere(link)) => {
            let location = HeaderValue::from_str(&link)
                .map_err(|_| Problem::internal("a link to a result is no header value"))?;
            let headers = [(header::LOCATION, location)];
            let body = Json(ResultLink { location: link });
            Ok((StatusCode::SEE_OTHER, headers, body).into_response())
        }
    }
}

/// The job may have been removed between the look at it and the look at its result.
async fn why_unreadable(app: &App, job: &Job, error: store::Error) -> Problem {
    match app.store.get(&job.key, app.clock.now()).await {
        Ok(None) => Problem::job_not_found(),
        Ok(Some(_)) | Err(_) => error.into(),
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        let nothing = Payload {
            encoding: job::Encoding::Plain,
            bytes: 0,
            place: Place::Item,
        };
        let key = JobKey {
            tenant: job::Tenant::default(),
            id: job::JobId::new(Timestamp::UNIX_EPOCH),
        };
        let pending = Job::new(key, Timestamp::UNIX_EPOCH, nothing);
        openapi::problems([
            Problem::job_not_found(),
            Problem::not_completed(&pending),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
