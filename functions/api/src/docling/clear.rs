//! Removing finished tasks.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use http::Uri;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::Cleared;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::body::DIALECT;
use crate::caller::Caller;
use crate::problem::{Flaws, Place, Problem};
use crate::query;
use crate::{App, openapi};

/// The parameter that says how old a task is, in seconds, as its clients spell it.
const OLDER_THAN: &str = "older_then";

/// How old a task is if nothing is said.
const AN_HOUR: Duration = Duration::from_hours(1);

/// Longest age: far more than any job lives.
const MAX_AGE: Duration = Duration::from_hours(24 * 365);

/// What is answered: that it was done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClearResponse {
    /// Always `ok`.
    status: &'static str,
}

/// Remove finished tasks
///
/// As of docling-serve. Removes tasks that ended so long ago, with their results: the oldest first, 100 at most; call it again for more.
/// Jobs that were not submitted as tasks stay.
#[utoipa::path(
    get,
    path = "/v1/clear/results",
    tag = "docling",
    params(("older_then" = Option<f64>, Query, description = "Seconds since a task ended. Default: 3600.", example = 3600.0)),
    responses((status = 200, description = "They are gone", body = ClearResponse, example = json!({"status": "ok"})), Problems),
)]
pub(crate) async fn clear_results(
    State(app): State<App>,
    caller: Caller,
    uri: Uri,
) -> Result<Json<ClearResponse>, Problem> {
    let until = before(app.clock.now(), age(&uri)?);
    let which = Cleared {
        tag: DIALECT,
        until,
    };
    app.store.clear(caller.tenant(), which).await?;
    Ok(Json(ClearResponse { status: "ok" }))
}

fn before(now: Timestamp, age: Duration) -> Timestamp {
    let age = SignedDuration::try_from(age).unwrap_or(SignedDuration::MAX);
    now.checked_sub(age).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn age(uri: &Uri) -> Result<Duration, Problem> {
    let mut age = AN_HOUR;
    let mut flaws = Flaws::default();
    for (_, value) in query::parameters(uri, &[OLDER_THAN])? {
        let seconds = value.parse().ok().filter(|it: &f64| *it >= 0.0);
        match seconds {
            Some(seconds) => age = Duration::from_secs_f64(seconds.min(MAX_AGE.as_secs_f64())),
            None => flaws.add(
                Place::Parameter(OLDER_THAN.to_owned()),
                "It must be a number of seconds, 0 or more.",
            ),
        }
    }
    flaws.end()?;
    Ok(age)
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([query::unknown_parameter(), Problem::unavailable("")])
    }
}
