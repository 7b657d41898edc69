//! What was extracted.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use jiff::Timestamp;
use job::{Job, JobKey, Payload};
use serde::{Deserialize, Serialize};
use store::StoredResult;
use utoipa::openapi::{RefOr, Response as Documented};
use utoipa::{IntoResponses, ToSchema};

use super::many;
use crate::caller::{Addressed, Caller};
use crate::etag::{Known, Tag, not_modified};
use crate::forms::{self, Cursor, Form, Page, PageOptions, no_such_page, wants_link};
use crate::problem::{Flaws, Place, Problem};
use crate::retry_after::{self, retry_after};
use crate::wait::Wait;
use crate::{App, openapi, query, schema};

/// Where a result lies that is too big to be answered. The one member tells it from a result.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ResultLink {
    /// The result, for 15 minutes; needs no further authorisation.
    location: String,
}

impl ResultLink {
    pub(super) fn to(location: String) -> Self {
        Self { location }
    }
}

/// Read what was extracted
///
/// May be read any number of times, as long as the job is kept. `Accept` chooses the form:
///
/// - `application/json`, the default: all of it. With `limit` or `cursor`: a page of the records, and in `next` the cursor of
///   the one after it, null at the end.
/// - `application/x-ndjson`: the records, one a line.
/// - `text/csv`: the records as rows. The columns are the same on every page; a cell that a spreadsheet would take for a
///   formula begins with `'`.
/// - `text/markdown`, `text/plain`: the documents' own, with a blank line between two of them, if the request asked for
///   `markdown` or `text`.
///
/// A page of any form names the one after it in `Link`, with `rel="next"`.
///
/// The result of a collection is a manifest: how many documents there were, and for each stretch of the merged result its place, size and
/// SHA-256. With `Accept: application/x-ndjson` the merged result itself is answered, a link to it, that is: a line for each document.
///
/// A result over 4 MB, and the merged result of a collection, lies in the storage, and the answer leads there: with 303, or with `link=true` by a 200 whose
/// body is `{"location": …}` alone. That is for pages in a browser, which cannot see a redirect; `location` is fetched without a key or any other header of
/// this service. A smaller result comes with `link=true` as it does without. As NDJSON and CSV a large result is read in pages; as Markdown or text it
/// is not given (406).
///
/// With `partial=true` a job of many documents tells what is done so far, in whatever state it is: a result for each document that is, in pages of
/// up to 3 MB.
#[utoipa::path(
    get,
    path = "/api/v1/scan/result/{job_id}/",
    tag = "scan",
    params(
        ("job_id" = Uuid, Path, description = "The job"),
        ("limit" = Option<u32>, Query, description = "Most records of a page, 1 to 10,000. Default: all, or 1,000 with a cursor.", example = 100),
        ("cursor" = Option<String>, Query, description = "Where the page begins: `next` of the page before."),
        ("link" = Option<bool>, Query, description = "Whether a result that is too big is told by a link with 200, and not by a redirect with 303."),
        ("partial" = Option<bool>, Query, description = "Of a job of many documents: what is done so far."),
        ("wait" = Option<u32>, Query, description = "Seconds that the answer may take, up to 20: it comes the moment that the job ends.", example = 20),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: the same as the parameter.", example = "wait=20"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of what the client has: it need not be sent again."),
    ),
    responses(
        (
            status = 200,
            description = "The result, in the form that was asked for",
            content(
                (schema::ResultOrPage = "application/json", examples(
                    ("result" = (summary = "All of it", value = json!({
                        "columns": ["kind", "value", "raw", "valid", "problems", "document", "page", "start", "end"],
                        "records": [{
                            "email": "a@test.com", "kind": "email", "value": "a@test.com", "raw": "a@test.com", "valid": true,
                            "source": {"document": 0, "start": 9, "end": 19},
                        }],
                        "documents": [{
                            "media_type": "text/plain",
                            "charset": "UTF-8",
                            "bytes": 20,
                            "sha256": "9285566ee2be1d3dbca6f30da48f9eab383dae84960a33a7ef56423033b3af7c",
                            "text": "Write to a@test.com.",
                            "metadata": {},
                        }],
                    }))),
                    ("page" = (summary = "A page of the records", value = json!({
                        "records": [{
                            "email": "a@test.com", "kind": "email", "value": "a@test.com", "raw": "a@test.com", "valid": true,
                            "source": {"document": 0, "start": 9, "end": 19},
                        }],
                        "next": "MS4xODA",
                    }))),
                    ("link" = (summary = "Where it lies, with `link=true`", value = json!({
                        "location": "https://bucket.s3.us-east-1.amazonaws.com/jobs/default/01990a5d-ac96-774b-8cce-b302099a8057/result-1?X-Amz-Signature=…",
                    }))),
                )),
                (String = "application/x-ndjson"),
                (String = "text/csv"),
                (String = "text/markdown"),
                (String = "text/plain"),
            ),
            headers(
                ("Link" = Option<String>, description = "The page after this one, if there is one"),
                ("ETag" = String, description = "Names this answer"),
                ("Preference-Applied" = Option<String>, description = "`wait=N`: the seconds that were granted, if any were asked for"),
            ),
        ),
        (
            status = 303,
            description = "The result is too big to be answered here; as JSON it lies at `Location`",
            body = ResultLink,
            headers(("Location" = String, description = "The result, for 15 minutes")),
        ),
        (status = 304, description = "The client has this answer already"),
        Problems,
    ),
)]
pub(crate) async fn get_scan_result(
    State(app): State<App>,
    caller: Caller,
    Addressed(key): Addressed,
    wait: Wait,
    known: Known,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let so_far = many::asked(&uri)?;
    let (options, as_link) = match so_far {
        Some(_) => (None, false),
        None => (PageOptions::read(&uri)?, wants_link(&uri)?),
    };
    let job = app.store.get(&key, app.clock.now()).await?;
    let job = job.ok_or_else(Problem::job_not_found)?;
    if let Some(from) = so_far {
        return many::partial(&app, &job, from).await;
    }
    let job = wait
        .watch(&app, &caller, job, |job| job.status().is_final())
        .await?;
    let job = job.ok_or_else(Problem::job_not_found)?;
    let mut response = if job.status() == job::Status::Completed {
        answer(&app, &job, options, &known, &headers).await?
    } else {
        let mut response = Problem::not_completed(&job).into_response();
        let seconds = retry_after(&app, &job).await;
        retry_after::put(response.headers_mut(), seconds);
        response
    };
    if as_link {
        stay(&mut response);
    }
    wait.tell(&mut response);
    Ok(response)
}

/// Turns an answer that sends its client on into one that says the same and leaves the client where it is.
fn stay(response: &mut Response) {
    if response.status() == StatusCode::SEE_OTHER {
        *response.status_mut() = StatusCode::OK;
        response.headers_mut().remove(header::LOCATION);
    }
}

/// The result of a completed job, unless the client has it already.
async fn answer(
    app: &App,
    job: &Job,
    options: Option<PageOptions>,
    known: &Known,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let form = Form::accepted(headers)?;
    let tag = tag(job, form, options);
    let mut response = if known.has(&tag) {
        not_modified(&tag)
    } else {
        let mut response = read(app, job, form, options).await?;
        if response.status() == StatusCode::OK {
            tag.put(response.headers_mut());
        }
        response
    };
    let vary = HeaderValue::from_static("accept");
    response.headers_mut().insert(header::VARY, vary);
    Ok(response)
}

/// The tag of a result as it is written in a form by this release: an attempt has one result, which never changes.
fn tag(job: &Job, form: Form, options: Option<PageOptions>) -> Tag {
    let (release, attempt) = (env!("CARGO_PKG_VERSION"), job.attempt);
    let form = form.media_type();
    let page = options.map(|PageOptions { limit, cursor }| {
        let cursor = cursor.map(Cursor::encode).unwrap_or_default();
        format!("{limit} {cursor}")
    });
    let page = page.unwrap_or_default();
    Tag::of(format!("{release} {attempt} {form} {page}").as_bytes())
}

async fn read(
    app: &App,
    job: &Job,
    form: Form,
    options: Option<PageOptions>,
) -> Result<Response, Problem> {
    if job.about.documents == 0 {
        return many::of_collection(app, job, form, options.is_some()).await;
    }
    match (options, form) {
        (None, Form::Json) => whole(app, job).await,
        (None, Form::Text | Form::Markdown) => texts(app, job, form).await,
        (Some(_), Form::Text | Form::Markdown) => Err(no_pages(form)),
        (page, Form::Json | Form::Csv | Form::Ndjson) => records(app, job, form, page).await,
    }
}

/// The stored result as it is, or where it lies.
async fn whole(app: &App, job: &Job) -> Result<Response, Problem> {
    match stored(app, job).await? {
        StoredResult::Here(json) => Ok(typed(Form::Json, json)),
        StoredResult::Elsewhere(link) => {
            let location = HeaderValue::from_str(&link)
                .map_err(|_| Problem::internal("a link to a result is no header value"))?;
            let headers = [(header::LOCATION, location)];
            let body = Json(ResultLink { location: link });
            Ok((StatusCode::SEE_OTHER, headers, body).into_response())
        }
    }
}

/// The texts of the documents.
async fn texts(app: &App, job: &Job, form: Form) -> Result<Response, Problem> {
    match stored(app, job).await? {
        StoredResult::Here(json) => Ok(typed(form, forms::documents(form, &json)?)),
        StoredResult::Elsewhere(_) => Err(Problem::not_acceptable(format!(
            "The result is too big to be given as {}; read it as application/json.",
            form.media_type()
        ))),
    }
}

async fn stored(app: &App, job: &Job) -> Result<StoredResult, Problem> {
    match app.store.result(job).await {
        Ok(Some(result)) => Ok(result),
        Ok(None) => Err(Problem::not_completed(job)),
        Err(error) => Err(why_unreadable(app, job, error).await),
    }
}

/// The records: a page of them, or all if they fit into one answer.
async fn records(
    app: &App,
    job: &Job,
    form: Form,
    options: Option<PageOptions>,
) -> Result<Response, Problem> {
    let cursor = options.and_then(|options| options.cursor);
    if cursor.is_some_and(|cursor| cursor.attempt != job.attempt) {
        return Err(no_such_page());
    }
    let mut start = cursor.map_or(0, |cursor| cursor.start);
    let mut part = part(app, job, start).await?;
    let columns = match (form, cursor) {
        (Form::Csv, None) => columns(&part),
        // Every page has the columns that the result names at its beginning.
        (Form::Csv, Some(_)) => columns(&self::part(app, job, 0).await?),
        _ => None,
    };
    if cursor.is_none() {
        let first =
            Page::first(&part).ok_or_else(|| Problem::internal("a result has no records"))?;
        start = first as u64;
        part.drain(..first);
    }
    let limit = options.map_or(usize::MAX, |options| options.limit);
    let page = Page::read(&part, limit).map_err(|_| match cursor {
        Some(_) => no_such_page(),
        None => Problem::internal("the records of a result cannot be read"),
    })?;
    let written = forms::records(form, &page, columns);
    let next = written.next.map(|next| Cursor {
        attempt: job.attempt,
        start: start + next as u64,
    });
    let Some(PageOptions { limit, .. }) = options else {
        return if next.is_none() {
            Ok(typed(form, written.body))
        } else {
            Err(too_many(form))
        };
    };
    let next = next.map(Cursor::encode);
    let mut body = written.body;
    if form == Form::Json {
        let next = serde_json::to_string(&next).expect("a string always serialises");
        body.extend(["],\"next\":", &next, "}"]);
    }
    let mut response = typed(form, body);
    if let Some(next) = next {
        let id = job.key.id;
        let link = format!("</api/v1/scan/result/{id}/?limit={limit}&cursor={next}>; rel=\"next\"");
        let link = HeaderValue::from_str(&link)
            .map_err(|_| Problem::internal("a link is no header value"))?;
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// Bytes of a stored result that are read for one page.
const PART_BYTES: usize = 4 << 20;

async fn part(app: &App, job: &Job, start: u64) -> Result<Vec<u8>, Problem> {
    match app.store.result_part(job, start, PART_BYTES).await {
        Ok(Some(part)) => Ok(part),
        Ok(None) => Err(Problem::not_completed(job)),
        Err(error) => Err(why_unreadable(app, job, error).await),
    }
}

/// The columns that a result names at its beginning; none if it names none.
fn columns(head: &[u8]) -> Option<Vec<String>> {
    let rest = head.strip_prefix(b"{\"columns\":")?;
    let mut values = serde_json::Deserializer::from_slice(rest).into_iter();
    values.next()?.ok()
}

pub(super) fn typed(form: Form, body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, form.content_type())], body.into()).into_response()
}

fn no_pages(form: Form) -> Problem {
    Problem::not_acceptable(format!(
        "{} has no pages; leave out `limit` and `cursor`, or read the records as application/json, application/x-ndjson or text/csv.",
        form.media_type()
    ))
}

fn too_many(form: Form) -> Problem {
    let mut flaws = Flaws::default();
    flaws.add(
        Place::Parameter("limit".to_owned()),
        format!(
            "The result has more records than one answer can hold; as {} it is read in pages: give a `limit`, and then follow `Link`.",
            form.media_type()
        ),
    );
    flaws.end().expect_err("there is a flaw")
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
            place: job::Place::Item,
        };
        #[expect(clippy::disallowed_methods, reason = "it is nobody's: an example")]
        let tenant = job::Tenant::sole();
        let key = JobKey::new(tenant, job::JobId::new(Timestamp::UNIX_EPOCH));
        let pending = Job::new(
            key,
            1,
            Timestamp::UNIX_EPOCH,
            nothing,
            job::About::default(),
        );
        openapi::problems([
            Problem::job_not_found(),
            Problem::not_completed(&pending),
            Problem::not_acceptable(
                "Offered are: application/json, text/plain, text/markdown, text/csv, application/x-ndjson.",
            ),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
