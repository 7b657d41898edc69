//! How many jobs there are.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use http::Uri;
use jiff::civil::Date;
use serde::Serialize;
use store::Backlog;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::caller::Caller;
use crate::problem::{Flaws, Place, Problem};
use crate::{App, openapi, query};

/// Most days that are counted together.
const MAX_DAYS: usize = 90;

/// Days that are counted, if a client does not say how many.
const DEFAULT_DAYS: usize = 30;

/// How many jobs there are, by status.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Usage {
    /// How many there are now, and how many ended on the days below, together.
    jobs: JobCounts,
    /// How many ended on each day, newest first; days on which none did are left out.
    days: Vec<DayCounts>,
}

/// Jobs by status.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobCounts {
    /// Those that wait in the queue now.
    pending: u64,
    /// Those that workers have taken from it and not yet ended.
    running: u64,
    /// Those that ended with a result.
    completed: u64,
    /// Those that ended without one.
    failed: u64,
    /// Those that were cancelled.
    cancelled: u64,
}

/// Jobs that ended on one day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayCounts {
    /// The day, in UTC.
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// Those that ended with a result.
    completed: u64,
    /// Those that ended without one.
    failed: u64,
    /// Those that were cancelled.
    cancelled: u64,
}

/// Count jobs by status
///
/// To see how busy the service is, not to settle accounts: all counts are approximate. What is pending and running is what the queue says of itself, a few
/// seconds old, and a job in steps counts for each of its parts. Ends are counted after they took place: a few may be counted twice, or not
/// at all, where a process dies. A job that is retried ends more than once.
#[utoipa::path(
    get,
    path = "/api/v1/usage/",
    tag = "service",
    params((
        "days" = Option<u32>, Query, minimum = 1, maximum = 90,
        description = "How many days to count, this one included. Default: 30.",
    )),
    responses(
        (
            status = 200,
            description = "The counts",
            body = Usage,
            example = json!({
                "jobs": {"pending": 12, "running": 3, "completed": 1203, "failed": 4, "cancelled": 1},
                "days": [
                    {"date": "2026-09-02", "completed": 203, "failed": 0, "cancelled": 1},
                    {"date": "2026-09-01", "completed": 1000, "failed": 4, "cancelled": 0},
                ],
            }),
        ),
        Problems,
    ),
)]
pub(crate) async fn get_usage(
    State(app): State<App>,
    caller: Caller,
    uri: Uri,
) -> Result<Json<Usage>, Problem> {
    let days = read_days(&uri)?;
    let now = app.clock.now();
    let used = app.store.usage(caller.tenant(), days, now).await?;
    let Backlog { waiting, in_flight } = app.traffic.look(&app, now).await;
    let all: store::Usage = used.iter().map(|(_, used)| *used).sum();
    let jobs = JobCounts {
        pending: waiting,
        running: in_flight,
        completed: all.completed,
        failed: all.failed,
        cancelled: all.cancelled,
    };
    let days = used.into_iter().map(DayCounts::of).collect();
    Ok(Json(Usage { jobs, days }))
}

fn read_days(uri: &Uri) -> Result<u16, Problem> {
    let mut days = DEFAULT_DAYS;
    let mut flaws = Flaws::default();
    for (name, value) in query::parameters(uri, &["days"])? {
        match query::limit(&value, MAX_DAYS) {
            Ok(number) => days = number,
            Err(detail) => flaws.add(Place::Parameter(name), detail),
        }
    }
    flaws.end()?;
    Ok(u16::try_from(days).unwrap_or(u16::MAX))
}

impl DayCounts {
    fn of((date, used): (Date, store::Usage)) -> Self {
        Self {
            date,
            completed: used.completed,
            failed: used.failed,
            cancelled: used.cancelled,
        }
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([wrong_parameters(), Problem::unavailable("")])
    }
}

/// What a wrong number of days is answered, as an example.
fn wrong_parameters() -> Problem {
    read_days(&Uri::from_static("/?days=0")).expect_err("it is less than one")
}
