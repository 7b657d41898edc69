//! A client's jobs, page by page.

use std::collections::{BTreeMap, HashSet};

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Uri;
use jiff::Timestamp;
use job::{IdRange, JobId, Status};
use serde::Serialize;
use store::Filter;
use utoipa::openapi::{RefOr, Response as Documented};
use utoipa::{IntoResponses, ToSchema};

use super::status::JobStatus;
use crate::body::MAX_TAGS;
use crate::caller::Caller;
use crate::problem::{Flaws, Place, Problem};
use crate::{App, openapi, query, schema};

/// Most jobs of a page.
pub(crate) const MAX_LIMIT: usize = 200;

/// Jobs of a page, if a client does not say how many.
const DEFAULT_LIMIT: usize = 50;

const KNOWN: [&str; 8] = [
    "status",
    "created_after",
    "created_before",
    "tag",
    "media_type",
    "q",
    "limit",
    "cursor",
];

/// A page of jobs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Jobs {
    /// The jobs, newest first.
    jobs: Vec<JobStatus>,
    /// The `cursor` of the next page; null if this is the last.
    #[schema(required = true)]
    next: Option<String>,
}

/// List jobs
///
/// Newest first. Jobs that are submitted meanwhile do not change the pages that are to come: with one cursor after another each job
/// that was there at the beginning comes once.
///
/// What a page looks at is bounded. So a page of a filter that little passes may have fewer jobs than `limit`, or none, and
/// still be followed by others: the list ends where `next` is null.
#[utoipa::path(
    get,
    path = "/api/v1/scan/",
    tag = "scan",
    params(
        (
            "status" = Option<Vec<schema::Status>>, Query, style = Form, explode = false,
            description = "Only jobs that stand so; several joined by commas.",
            example = json!(["failed", "cancelled"]),
        ),
        (
            "created_after" = Option<String>, Query, format = DateTime,
            description = "Only jobs created at this time (RFC 3339) or later.",
            example = "2026-09-01T00:00:00Z",
        ),
        (
            "created_before" = Option<String>, Query, format = DateTime,
            description = "Only jobs created before this time (RFC 3339).",
            example = "2026-09-02T00:00:00Z",
        ),
        (
            "tag" = Option<Vec<String>>, Query,
            description = "Only jobs with this tag, as `name:value`; what stands before the first colon is the name. Given several times: with all of them.",
            example = json!(["batch:7"]),
        ),
        (
            "media_type" = Option<String>, Query,
            description = "Only jobs whose first document was sent as this media type, whatever its parameters.",
            example = "application/pdf",
        ),
        (
            "q" = Option<String>, Query, min_length = 1, max_length = 36,
            description = "Only jobs whose id begins so.",
            example = "01990a5d",
        ),
        (
            "limit" = Option<u32>, Query, minimum = 1, maximum = 200,
            description = "Most jobs of the page. Default: 50.",
        ),
        (
            "cursor" = Option<String>, Query,
            description = "Where the page begins: `next` of the page before.",
        ),
    ),
    responses(
        (
            status = 200,
            description = "A page",
            body = Jobs,
            headers(("Link" = String, description = "The next page (`rel=\"next\"`); absent if this is the last")),
            example = json!({
                "jobs": [{
                    "job_id": "01990a5d-ac96-774b-8cce-b302099a8057",
                    "status": "completed",
                    "created_at": "2026-09-01T12:00:00.123Z",
                    "started_at": "2026-09-01T12:00:00.341Z",
                    "finished_at": "2026-09-01T12:00:00.702Z",
                    "expires_at": "2026-09-08T12:00:00Z",
                    "attempt": 1,
                    "max_attempts": 5,
                    "documents": 1,
                    "media_type": "application/pdf",
                    "tags": {"batch": "7"},
                }],
                "next": "SgGZCl2slndLjM6zAgmagFc",
            }),
        ),
        Problems,
    ),
)]
pub(crate) async fn list_scans(
    State(app): State<App>,
    caller: Caller,
    uri: Uri,
) -> Result<Response, Problem> {
    let Query { filter, ids, limit } = Query::read(&uri)?;
    let now = app.clock.now();
    let page = app
        .store
        .list(caller.tenant(), &filter, ids, limit, now)
        .await?;
    let next = page.next.map(write_cursor);
    let link = next.as_deref().map(|cursor| query::next_link(&uri, cursor));
    let jobs = page.jobs.iter().map(JobStatus::of).collect();
    Ok((link.flatten(), Json(Jobs { jobs, next })).into_response())
}

/// What the parameters say.
struct Query {
    filter: Filter,
    ids: IdRange,
    limit: usize,
}

impl Query {
    fn read(uri: &Uri) -> Result<Self, Problem> {
        let mut query = Self {
            filter: Filter::default(),
            ids: IdRange::ALL,
            limit: DEFAULT_LIMIT,
        };
        let mut flaws = Flaws::default();
        let mut given = HashSet::new();
        for (name, value) in query::parameters(uri, &KNOWN)? {
            let repeated =
                !given.insert(name.clone()) && !["status", "tag"].contains(&name.as_str());
            let read = if repeated {
                Err("It is given more than once.".to_owned())
            } else {
                query.take(&name, &value)
            };
            if let Err(detail) = read {
                flaws.add(Place::Parameter(name), detail);
            }
        }
        flaws.end()?;
        Ok(query)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "status" => self.filter.statuses.extend(statuses(value)?),
            "created_after" => self.among(IdRange::created_from(time(value)?)),
            "created_before" => self.among(IdRange::created_before(time(value)?)),
            "tag" => return self.take_tag(value),
            "media_type" => self.filter.media_type = Some(media_type(value)?),
            "q" => self.among(begin_of_id(value)?),
            "limit" => self.limit = query::limit(value, MAX_LIMIT)?,
            _ => self.among(IdRange::below(cursor(value)?)),
        }
        Ok(())
    }

    fn among(&mut self, ids: IdRange) {
        self.ids = self.ids.and(ids);
    }

    fn take_tag(&mut self, value: &str) -> Result<(), String> {
        let (name, value) = value
            .split_once(':')
            .filter(|(name, value)| !name.is_empty() && !value.is_empty())
            .ok_or("It must be a name and a value with a colon between them, such as `batch:7`.")?;
        let tags = &mut self.filter.tags;
        let known = tags.insert(name.to_owned(), value.to_owned());
        if known.is_some_and(|known| known != value) {
            return Err("No job has two values of one tag.".to_owned());
        }
        if tags.len() > MAX_TAGS {
            return Err(format!("No job has more than {MAX_TAGS} tags."));
        }
        Ok(())
    }
}

fn statuses(value: &str) -> Result<Vec<Status>, String> {
    let status = |name: &str| {
        let found = Status::ALL.into_iter().find(|status| status.name() == name);
        found.ok_or_else(|| {
            let known = Status::ALL.map(Status::name).join(", ");
            format!("It must be one of {known}, or several of them joined by commas.")
        })
    };
    value.split(',').map(status).collect()
}

/// A time, as a parameter says it.
pub(super) fn time(value: &str) -> Result<Timestamp, String> {
    value.parse().map_err(|_| {
        "It must be a time as in RFC 3339, such as 2026-09-01T12:00:00Z; a plus sign in it is written %2B.".to_owned()
    })
}

fn media_type(value: &str) -> Result<String, String> {
    let part = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    value
        .split_once('/')
        .filter(|(kind, subtype)| part(kind) && part(subtype) && !value.contains([';', '*', ',']))
        .map(|_| value.to_ascii_lowercase())
        .ok_or_else(|| {
            "It must be one media type without parameters, such as application/pdf.".to_owned()
        })
}

fn begin_of_id(value: &str) -> Result<IdRange, String> {
    let range = IdRange::beginning_with(value).filter(|_| !value.is_empty());
    range.ok_or_else(|| {
        "No id begins so. It must be the first characters of a job's id, with its hyphens."
            .to_owned()
    })
}

/// What cursors of this list begin with, so that those of other lists are not taken for one.
const CURSOR: u8 = b'J';

fn write_cursor(below: JobId) -> String {
    let mut bytes = vec![CURSOR];
    bytes.extend(below.number().to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn cursor(value: &str) -> Result<JobId, String> {
    let below = || -> Option<JobId> {
        let decoded = URL_SAFE_NO_PAD.decode(value).ok()?;
        let number = decoded.strip_prefix(&[CURSOR])?.try_into().ok()?;
        Some(JobId::from_number(u128::from_be_bytes(number)))
    };
    below().ok_or_else(|| query::NO_CURSOR.to_owned())
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([wrong_parameters(), Problem::unavailable("")])
    }
}

/// What wrong parameters are answered, as an example.
fn wrong_parameters() -> Problem {
    let uri = Uri::from_static("/?status=done&limit=0");
    Query::read(&uri).err().expect("both are wrong")
}
