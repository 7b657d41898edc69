//! What a tenant uses, by day.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Uri, header};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;
use serde_json::{Map, Value};
use store::Backlog;
use utoipa::openapi::{RefOr, Response as Documented};
use utoipa::{IntoResponses, ToSchema};

use crate::caller::Caller;
use crate::cost::{self, number};
use crate::forms::{Form, csv};
use crate::problem::{Flaws, Place, Problem};
use crate::{App, openapi, query};

/// Most days that are told together.
const MAX_DAYS: u16 = 90;

/// Days that are told, if a client does not say how many.
const DEFAULT_DAYS: u16 = 30;

/// Days after which a job that was accepted is taken to have ended, whatever the counts say.
const DAYS_IN_FLIGHT: u16 = 8;

/// The forms in which it can be read.
const FORMS: [Form; 2] = [Form::Json, Form::Csv];

/// What is used.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Usage {
    /// Jobs, as they are now, and as they ended on the days below, together.
    jobs: JobCounts,
    /// What was used on the days below, together.
    total: Counts,
    /// What was used on each day, newest first; days on which nothing was are left out.
    days: Vec<DayCounts>,
}

/// Jobs by status.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobCounts {
    /// Those of all tenants that wait in the queue now. Told to operators alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<u64>,
    /// Those of all tenants that workers have taken from the queue and not yet ended. Told to operators alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    running: Option<u64>,
    /// Those that were accepted within the last 8 days and have not ended.
    in_flight: u64,
    /// Those that ended with a result.
    completed: u64,
    /// Those that ended without one.
    failed: u64,
    /// Those that were cancelled.
    cancelled: u64,
}

/// What was used on one day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayCounts {
    /// The day, in UTC.
    #[schema(value_type = String, format = Date)]
    date: Date,
    #[serde(flatten)]
    counts: Counts,
}

/// What was used.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Counts {
    /// Requests to this API.
    requests: u64,
    /// Jobs that were accepted, also by a retry.
    accepted: u64,
    /// Those that ended with a result.
    completed: u64,
    /// Those that ended without one.
    failed: u64,
    /// Those that were cancelled, or removed before they ended.
    cancelled: u64,
    /// Messages that were delivered to a worker or to what tells of a job's end.
    messages: u64,
    /// Documents that were extracted, or found to be unreadable; those within others are part of these.
    documents: u64,
    /// Pages of documents, as results tell them: formats that have no pages count none.
    pages: u64,
    /// Size of the documents, in bytes.
    bytes: u64,
    /// Records that were found.
    records: u64,
    /// Time that extractions took, in milliseconds.
    compute_ms: u64,
    /// Read units of the table.
    #[schema(example = 4.5)]
    read_units: f64,
    /// Write units of the table.
    #[schema(example = 12.0)]
    write_units: f64,
    /// About what AWS asks for it, in US dollars.
    #[schema(example = 0.000_123)]
    estimated_cost_usd: f64,
}

/// Usage and its cost
///
/// What the caller's tenant used, by day (UTC), as JSON, or as CSV with a row for each day. For a tenant to see what it uses and for an operator to share costs out: near the truth,
/// and not an account. What is used is counted in memory and written together, so the last minutes may be missing; a process that dies takes with it what it had not
/// written, up to 25 requests of an instance of the API.
///
/// A job counts as accepted again when it is retried, and ends again. What documents are counts where a job, or a part of it, ends, on that day; time counts also
/// where nothing came of it. Previews are not counted.
///
/// `estimated_cost_usd` is reckoned by list prices (us-east-1, on demand, 2025, without free tiers), for requests, messages as if each came alone, capacity units, extractions' time at the memory
/// of the worker's function, and logs. What is stored, and what costs without being used, is not in it.
#[utoipa::path(
    get,
    path = "/api/v1/usage/",
    tag = "service",
    params((
        "days" = Option<u32>, Query, minimum = 1, maximum = 90,
        description = "How many days to tell, this one included. Default: 30.",
    )),
    responses(
        (
            status = 200,
            description = "What was used",
            content(
                (Usage = "application/json", example = json!({
                    "jobs": {"in_flight": 15, "completed": 1203, "failed": 4, "cancelled": 1},
                    "total": {
                        "requests": 3671, "accepted": 1223, "completed": 1203, "failed": 4, "cancelled": 1, "messages": 1209,
                        "documents": 1207, "pages": 3120, "bytes": 98_123_456, "records": 20_511, "compute_ms": 181_050,
                        "read_units": 2414.0, "write_units": 4998.0, "estimated_cost_usd": 0.018_383,
                    },
                    "days": [
                        {
                            "date": "2026-09-02",
                            "requests": 659, "accepted": 219, "completed": 203, "failed": 0, "cancelled": 1, "messages": 204,
                            "documents": 203, "pages": 520, "bytes": 16_501_200, "records": 3411, "compute_ms": 30_450,
                            "read_units": 406.0, "write_units": 854.0, "estimated_cost_usd": 0.003_189,
                        },
                        {
                            "date": "2026-09-01",
                            "requests": 3012, "accepted": 1004, "completed": 1000, "failed": 4, "cancelled": 0, "messages": 1005,
                            "documents": 1004, "pages": 2600, "bytes": 81_622_256, "records": 17_100, "compute_ms": 150_600,
                            "read_units": 2008.0, "write_units": 4144.0, "estimated_cost_usd": 0.015_194,
                        },
                    ],
                })),
                (String = "text/csv", example = "date,requests,accepted,completed,failed,cancelled,messages,documents,pages,bytes,records,compute_ms,read_units,write_units,estimated_cost_usd\r\n2026-09-02,659,219,203,0,1,204,203,520,16501200,3411,30450,406.0,854.0,0.003189\r\n"),
            ),
        ),
        Problems,
    ),
)]
pub(crate) async fn get_usage(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let wanted = read_days(&uri)?;
    let form = Form::accepted_of(&headers, &FORMS)?;
    let now = app.clock.now();
    let read = wanted.max(DAYS_IN_FLIGHT);
    let mut days = app.store.usage(caller.tenant(), read, now).await?;
    let in_flight = in_flight(&days, now);
    days.retain(|(date, _)| is_within(*date, wanted, now));

    let counts = |used: &store::Usage| Counts::of(used, app.worker_memory_mb);
    let total: store::Usage = days.iter().map(|(_, used)| *used).sum();
    let day = |(date, used): &(Date, store::Usage)| DayCounts {
        date: *date,
        counts: counts(used),
    };
    let days: Vec<DayCounts> = days.iter().map(day).collect();
    let mut response = if form == Form::Csv {
        let csv = rows(&days, counts(&store::Usage::default()));
        ([(header::CONTENT_TYPE, form.content_type())], csv).into_response()
    } else {
        let (pending, running) = queued(&app, &caller).await;
        let jobs = JobCounts {
            pending,
            running,
            in_flight,
            completed: total.completed,
            failed: total.failed,
            cancelled: total.cancelled,
        };
        let total = counts(&total);
        Json(Usage { jobs, total, days }).into_response()
    };
    let vary = HeaderValue::from_static("accept");
    response.headers_mut().insert(header::VARY, vary);
    Ok(response)
}

fn read_days(uri: &Uri) -> Result<u16, Problem> {
    let mut days = usize::from(DEFAULT_DAYS);
    let mut flaws = Flaws::default();
    for (name, value) in query::parameters(uri, &["days"])? {
        match query::limit(&value, MAX_DAYS.into()) {
            Ok(number) => days = number,
            Err(detail) => flaws.add(Place::Parameter(name), detail),
        }
    }
    flaws.end()?;
    Ok(u16::try_from(days).unwrap_or(MAX_DAYS))
}

/// Whether a day is one of the last so many, today included.
fn is_within(day: Date, days: u16, now: Timestamp) -> bool {
    let today = now.to_zoned(TimeZone::UTC).date();
    day > today.saturating_sub(i32::from(days).days())
}

/// Jobs that were accepted and have not ended. Where counts were lost there may seem to be less than none.
fn in_flight(days: &[(Date, store::Usage)], now: Timestamp) -> u64 {
    let recent = days
        .iter()
        .filter(|(day, _)| is_within(*day, DAYS_IN_FLIGHT, now));
    let recent: store::Usage = recent.map(|(_, used)| *used).sum();
    recent.accepted.saturating_sub(recent.ended())
}

/// What the queue says of itself. It is the queue of all tenants, which is an operator's to know.
async fn queued(app: &App, caller: &Caller) -> (Option<u64>, Option<u64>) {
    if !caller.identity().is_operator() {
        return (None, None);
    }
    let Backlog {
        waiting,
        in_flight,
        delayed: _,
    } = app.traffic.look(app, app.clock.now()).await;
    (Some(waiting), Some(in_flight))
}

/// A row for each day, below their names.
fn rows(days: &[DayCounts], none: Counts) -> String {
    let row = |day: &DayCounts| match serde_json::to_value(day) {
        Ok(Value::Object(cells)) => cells,
        _ => Map::new(),
    };
    let names = row(&DayCounts {
        date: Date::ZERO,
        counts: none,
    });
    let names: Vec<Value> = names.into_iter().map(|(name, _)| name.into()).collect();
    let mut out = String::new();
    csv::row(&mut out, names.iter().map(Some));
    for day in days {
        let mut cells = row(day);
        // So little is written with an exponent as a number.
        let cost = format!("{:.6}", day.counts.estimated_cost_usd);
        cells.insert("estimated_cost_usd".to_owned(), cost.into());
        csv::row(&mut out, cells.values().map(Some));
    }
    out
}

impl Counts {
    fn of(used: &store::Usage, worker_memory_mb: u64) -> Self {
        let estimated_cost_usd = cost::estimate(used, worker_memory_mb);
        let store::Usage {
            requests,
            accepted,
            completed,
            failed,
            cancelled,
            messages,
            documents,
            pages,
            bytes,
            records,
            compute_ms,
            read_milliunits,
            write_milliunits,
        } = *used;
        Self {
            requests,
            accepted,
            completed,
            failed,
            cancelled,
            messages,
            documents,
            pages,
            bytes,
            records,
            compute_ms,
            read_units: number(read_milliunits) / 1e3,
            write_units: number(write_milliunits) / 1e3,
            estimated_cost_usd: (estimated_cost_usd * 1e6).round() / 1e6,
        }
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([wrong_parameters(), not_offered(), Problem::unavailable("")])
    }
}

/// What a wrong number of days is answered, as an example.
fn wrong_parameters() -> Problem {
    read_days(&Uri::from_static("/?days=0")).expect_err("it is less than one")
}

/// What is answered to whoever accepts neither form, as an example.
fn not_offered() -> Problem {
    let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static("image/png"))]);
    Form::accepted_of(&headers, &FORMS).expect_err("it is no image")
}
