//! What came of a job of many documents: the merged result of a collection, and what is done so far of any.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, Uri, header};
use job::{Job, Progress, Status};
use serde::Serialize;
use serde_json::value::RawValue;
use store::StoredResult;
use utoipa::ToSchema;

use super::result::{ResultLink, typed};
use super::status::JobProgress;
use crate::forms::Form;
use crate::problem::{Flaws, Place, Problem};
use crate::{App, query, schema};

/// Asks for what is done so far: `partial=true`.
const PARTIAL: &str = "partial";

/// Where to go on.
const CURSOR: &str = "cursor";

/// Bytes of results in one answer, from which the rest goes into the next one.
const PAGE_BYTES: usize = 3 << 20;

/// Parts that are looked at for one answer.
const PAGE_PARTS: usize = 200;

/// What is done so far.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PartialResult {
    /// Whether this is all that there will be.
    complete: bool,
    /// How many documents are dealt with; absent before the first look at them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<JobProgress>)]
    progress: Option<Dealt>,
    /// A result for each document that is done, in the order of their numbers.
    #[schema(value_type = Vec<schema::NumberedResult>)]
    results: Vec<Box<RawValue>>,
    /// The `cursor` of the results that follow; null if there are no more now.
    #[schema(required = true)]
    next: Option<String>,
}

/// How many documents are dealt with.
#[derive(Debug, Serialize)]
struct Dealt {
    done: u32,
    failed: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u32>,
}

/// Where an answer begins: the part, and the line of its result.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct From {
    part: u32,
    line: usize,
}

/// Where to begin, if what is done so far is asked for.
pub(super) fn asked(uri: &Uri) -> Result<Option<From>, Problem> {
    let query = uri.query().unwrap_or_default();
    if !query.split('&').any(|it| it.starts_with("partial=")) {
        return Ok(None);
    }
    let mut flaws = Flaws::default();
    let (mut is_partial, mut from) = (false, From::default());
    for (name, value) in query::parameters(uri, &[PARTIAL, CURSOR])? {
        let read = |value: &str| {
            let (part, line) = value.split_once('-')?;
            let (part, line) = (part.parse().ok()?, line.parse().ok()?);
            Some(From { part, line })
        };
        match (&*name, &*value) {
            (PARTIAL, "true") => is_partial = true,
            (PARTIAL, "false") => {}
            (PARTIAL, _) => flaws.add(
                Place::Parameter(name),
                "This is `true`, for what is done so far, or `false`.",
            ),
            (_, value) => match read(value) {
                Some(place) => from = place,
                None => flaws.add(
                    Place::Parameter(name),
                    "This is no `next` of an answer of this operation.",
                ),
            },
        }
    }
    flaws.end()?;
    Ok(is_partial.then_some(from))
}

/// What is done so far.
pub(super) async fn partial(app: &App, job: &Job, from: From) -> Result<Response, Problem> {
    let parts = app.store.parts(&job.key, from.part, PAGE_PARTS).await?;
    let seen = parts.len();
    let mut results = Vec::new();
    let (mut bytes, mut next) = (0, None);
    'parts: for (part, number) in parts.iter().take(PAGE_PARTS).zip(from.part..) {
        let Some(lines) = app.store.part_result(part).await? else {
            continue;
        };
        let skipped = if number == from.part { from.line } else { 0 };
        let lines = lines
            .split(|&byte| byte == b'\n')
            .filter(|it| !it.is_empty());
        for (line, result) in lines.enumerate().skip(skipped) {
            if bytes + result.len() > PAGE_BYTES && bytes > 0 {
                next = Some(format!("{number}-{line}"));
                break 'parts;
            }
            bytes += result.len();
            results.push(
                serde_json::from_slice(result)
                    .map_err(|_| Problem::internal("a part's result is no JSON"))?,
            );
        }
    }
    if next.is_none() && seen >= PAGE_PARTS {
        let part = from
            .part
            .saturating_add(PAGE_PARTS.try_into().unwrap_or(u32::MAX));
        next = Some(format!("{part}-0"));
    }
    let progress = job.progress.as_ref().map(|progress| {
        let Progress {
            done,
            failed,
            total,
            cursor: _,
        } = *progress;
        Dealt {
            done,
            failed,
            total,
        }
    });
    Ok(Json(PartialResult {
        complete: job.status() == Status::Completed,
        progress,
        results,
        next,
    })
    .into_response())
}

/// The result of a collection: its manifest, or where its documents' results lie, one a line.
pub(super) async fn of_collection(
    app: &App,
    job: &Job,
    form: Form,
    is_page: bool,
) -> Result<Response, Problem> {
    match form {
        Form::Json if !is_page => match app.store.result(job).await? {
            Some(StoredResult::Here(manifest)) => Ok(typed(form, manifest)),
            Some(StoredResult::Elsewhere(link)) => see_other(link),
            None => Err(Problem::not_completed(job)),
        },
        Form::Ndjson if !is_page => match app.store.merged_link(job).await? {
            Some(link) => see_other(link),
            None => Err(Problem::internal("a collection has no merged result")),
        },
        _ => Err(Problem::not_acceptable(
            "The result of a collection is its manifest as application/json, and the results of its documents, one a line, as application/x-ndjson; both without pages.",
        )),
    }
}

fn see_other(link: String) -> Result<Response, Problem> {
    let location = HeaderValue::from_str(&link)
        .map_err(|_| Problem::internal("a link to a result is no header value"))?;
    let headers = [(header::LOCATION, location)];
    Ok((StatusCode::SEE_OTHER, headers, Json(ResultLink::to(link))).into_response())
}
