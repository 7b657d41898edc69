//! How a task stands.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::Uri;
use http::request::Parts;
use job::Job;
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response as Documented};

use super::not_found;
use super::task::TaskStatusResponse;
use crate::caller::{Addressed, Caller};
use crate::problem::{Flaws, Place, Problem};
use crate::wait::{WAIT, Wait};
use crate::{App, openapi, query};

/// Tell how a task stands
///
/// As of docling-serve. With `wait` it answers when the task has ended, or the time is over.
#[utoipa::path(
    get,
    path = "/v1/status/poll/{task_id}",
    tag = "docling",
    params(
        ("task_id" = Uuid, Path, description = "The task: the job's id"),
        ("wait" = Option<f64>, Query, description = "Seconds that the answer may take, 20 at most.", example = 5.0),
    ),
    responses((status = 200, description = "How it stands", body = TaskStatusResponse), Problems),
)]
pub(crate) async fn poll_status(
    State(app): State<App>,
    caller: Caller,
    task: Result<Addressed, Problem>,
    parts: Parts,
) -> Result<Response, Problem> {
    let wait = Wait::of_seconds(seconds(&parts.uri)?, &app, &parts);
    let Addressed(key) = task.map_err(|_| not_found())?;
    let job = app.store.get(&key, app.clock.now()).await?;
    let job = job.ok_or_else(not_found)?;
    let ends = |job: &Job| job.status().is_final();
    let job = wait.watch(&app, &caller, job, ends).await?;
    let job = job.ok_or_else(not_found)?;
    let mut response = Json(TaskStatusResponse::of(&job)).into_response();
    wait.tell(&mut response);
    Ok(response)
}

/// Clients of docling-serve write parts of seconds as well.
fn seconds(uri: &Uri) -> Result<f64, Problem> {
    let mut wait = 0.0;
    let mut flaws = Flaws::default();
    for (_, value) in query::parameters(uri, &[WAIT])? {
        match value.parse().ok().filter(|it: &f64| *it >= 0.0) {
            Some(seconds) => wait = seconds,
            None => flaws.add(
                Place::Parameter(WAIT.to_owned()),
                "It must be a number of seconds, 0 or more.",
            ),
        }
    }
    flaws.end()?;
    Ok(wait)
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([
            not_found(),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
