//! Errors as a client sees them: problem details (RFC 9457) and the member `error`, a short text.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use job::{Failure, Job, Status, limits};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Preview;
use crate::body::MAX_UPLOAD_BYTES;

/// Media type of problem details.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// Seconds after which a request that met an unavailable service may be repeated.
const RETRY_UNAVAILABLE_S: u64 = 2;

/// Places that one answer names at most.
const MAX_FLAWS: usize = 20;

/// Longest pointer that an answer names, in bytes. What leads to a flaw in something right is shorter.
const MAX_POINTER_BYTES: usize = 1_000;

/// Longest name of a client's own that an answer repeats, in characters.
const MAX_NAME_CHARS: usize = 80;

/// Why a request is refused. As a response it is bare: `observe` turns it into problem details, for only there the path is known.
#[derive(Debug, Clone)]
pub(crate) struct Problem(Box<Content>);

#[derive(Debug, Clone)]
struct Content {
    status: StatusCode,
    /// Part of `type`, in `snake_case`, like the code of a job's failure.
    code: Cow<'static, str>,
    title: Cow<'static, str>,
    error: String,
    detail: String,
    errors: Vec<Flaw>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// For the log only.
    cause: Option<String>,
}

/// A problem as it is sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemDetails {
    /// The kind of problem: `urn:problem:` and a name in snake case. Stable, to be switched on.
    #[schema(example = "urn:problem:job_not_found")]
    r#type: String,
    /// The kind of problem in words.
    title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong with this very request, and what would be right.
    detail: String,
    /// The path that was asked for, with its trailing slash.
    instance: String,
    /// A short text.
    error: String,
    /// The places where the request is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<Flaw>,
}

/// One place where a request is wrong. One of `pointer`, `field`, `parameter` and `header` says where. Beside `field` or
/// `parameter`, which may hold JSON, `pointer` leads on from there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Flaw {
    /// A JSON pointer (RFC 6901) into the request, or into that part of it; the empty pointer is the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/source/base64")]
    pointer: Option<String>,
    /// The name of a part of a multipart body.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// The name of a query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    /// The name of a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<String>,
    /// What is wrong there, and what would be right.
    detail: String,
}

/// Where a request is wrong.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// At this JSON pointer.
    Pointer(String),
    /// In the parts of this name.
    Field(String),
    /// In the query parameters of this name.
    Parameter(String),
    /// In this header.
    Header(HeaderName),
}

/// The flaws found so far.
#[derive(Debug, Default)]
pub(crate) struct Flaws {
    found: Vec<Flaw>,
    more: usize,
}

impl Flaws {
    /// Adds one.
    pub(crate) fn add(&mut self, place: Place, detail: impl Into<String>) {
        self.push(place, None, detail.into());
    }

    /// Adds one within a part of a multipart body, or a parameter, that holds JSON.
    pub(crate) fn add_within(&mut self, place: Place, pointer: &str, detail: impl Into<String>) {
        self.push(place, Some(pointer.to_owned()), detail.into());
    }

    fn push(&mut self, place: Place, pointer: Option<String>, detail: String) {
        if self.found.len() == MAX_FLAWS {
            self.more += 1;
            return;
        }
        let mut flaw = Flaw {
            pointer: pointer.map(cut),
            detail,
            ..Flaw::default()
        };
        match place {
            Place::Pointer(pointer) => flaw.pointer = Some(cut(pointer)),
            Place::Field(name) => flaw.field = Some(shortened(&name)),
            Place::Parameter(name) => flaw.parameter = Some(shortened(&name)),
            Place::Header(name) => flaw.header = Some(name.to_string()),
        }
        self.found.push(flaw);
    }

    /// A problem if there are any.
    pub(crate) fn end(self) -> Result<(), Problem> {
        if self.found.is_empty() {
            return Ok(());
        }
        let count = self.found.len() + self.more;
        let detail = match self.found.as_slice() {
            [only] => only.detail.clone(),
            _ if self.more == 0 => format!("The request is wrong in {count} places."),
            _ => {
                format!("The request is wrong in {count} places; the first {MAX_FLAWS} are named.")
            }
        };
        let mut problem = Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_request",
            "Invalid request",
            detail,
        );
        problem.0.errors = self.found;
        Err(problem)
    }
}

impl Problem {
    /// Nothing is at this path.
    pub(crate) fn path_not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "path_not_found",
            "Not found",
            "There is nothing at this path. The operations are listed at /api/docs/.",
        )
    }

    /// The path is there, but not for this method.
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "Method not allowed",
            "This path does not take this method; the header `Allow` names those that it takes.",
        )
    }

    /// There is no such job, or it is another tenant's.
    pub(crate) fn job_not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "job_not_found",
            "Job not found",
            "There is no job with this id: it was never accepted, was removed, or its time is over.",
        )
    }

    /// What was asked of a job is no longer kept, though the job is.
    pub(crate) fn request_expired() -> Self {
        let days = limits::KEEP_UNFINISHED.as_secs() / (24 * 60 * 60);
        Self::new(
            StatusCode::GONE,
            "request_expired",
            "Request expired",
            format!(
                "What is asked of a job is kept for {days} days after it was submitted. This job was retried since, and outlived it."
            ),
        )
    }

    /// There is no such saved extractor, or not in this version.
    pub(crate) fn extractor_not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "extractor_not_found",
            "Extractor not found",
            "There is no saved extractor of this name, or none in this version. They are listed at /api/v1/extractors/.",
        )
    }

    /// There is no such dead letter.
    pub(crate) fn letter_not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "letter_not_found",
            "Dead letter not found",
            "There is no dead letter with this id: it was redriven or discarded, or its time is over. They are listed at /api/v1/dead-letters/.",
        )
    }

    /// A dead letter cannot be tried again, for this reason.
    pub(crate) fn cannot_redrive(why: impl Into<String>) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "cannot_redrive",
            "Cannot redrive dead letter",
            why,
        )
    }

    /// What `If-Match` or `If-None-Match` asks for does not hold.
    pub(crate) fn precondition_failed() -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "precondition_failed",
            "Precondition failed",
            "What `If-Match` or `If-None-Match` asks for does not hold; nothing was changed. GET answers with the `ETag` that is in force.",
        )
    }

    /// There is no such upload, or it is another tenant's.
    pub(crate) fn upload_not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "upload_not_found",
            "Upload not found",
            "There is no upload with this id: it was never allowed, was removed, or its time is over.",
        )
    }

    /// A job cannot be started from these uploads.
    pub(crate) fn uploads_missing(missing: &[String]) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "upload_missing",
            "Upload missing",
            format!(
                "There are uploads of which the bytes are not there. {}",
                missing.join(" ")
            ),
        )
    }

    /// There is no such event of this job.
    pub(crate) fn event_not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "event_not_found",
            "Event not found",
            "The job has no event of this id. Its events are listed at /api/v1/scan/webhooks/{job_id}/.",
        )
    }

    /// No end of the job can be told now: nobody asked for that, or it is in this state.
    pub(crate) fn nothing_to_tell(unfinished: Option<Status>) -> Self {
        let detail = match unfinished {
            None => {
                "The job was submitted without a `webhook`: there is nobody to tell.".to_owned()
            }
            Some(status) => format!(
                "The job is {status}; its end is told when it has come. An end before a `retry` is named by `event`."
            ),
        };
        Self::new(
            StatusCode::CONFLICT,
            "nothing_to_tell",
            "Nothing to tell",
            detail,
        )
    }

    /// There is no such task, or no result of it: the words are those that clients of docling-serve look for.
    pub(crate) fn task_not_found(detail: &'static str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "task_not_found",
            "Task not found",
            detail,
        )
    }

    /// There is no such secret that signs.
    pub(crate) fn secret_not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "secret_not_found",
            "Secret not found",
            "There is no secret with this id that signs now.",
        )
    }

    /// The current secret cannot be removed.
    pub(crate) fn secret_is_current() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "secret_is_current",
            "Secret is current",
            "This is the secret that webhooks are signed with. Make the next one first, by POST /api/v1/webhooks/secrets/.",
        )
    }

    /// As many secrets sign as may.
    pub(crate) fn too_many_secrets() -> Self {
        let detail = format!(
            "There are {} secrets that sign now, as many as there may be (`max_webhook_secrets`). Remove an old one first.",
            limits::MAX_WEBHOOK_SECRETS
        );
        Self::new(
            StatusCode::CONFLICT,
            "too_many_secrets",
            "Too many secrets",
            detail,
        )
    }

    /// There is no such endpoint that is told nothing.
    pub(crate) fn endpoint_not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "endpoint_not_found",
            "Endpoint not found",
            "There is no disabled endpoint with this id. They are listed at /api/v1/webhooks/disabled/.",
        )
    }

    /// The body cannot be read as what it claims to be.
    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "malformed_request",
            "Malformed request",
            detail,
        )
    }

    /// The body is longer than what is accepted. `declared`: its length, if the client says it.
    pub(crate) fn too_large(declared: Option<u64>, max_bytes: usize) -> Self {
        let length = match declared {
            Some(bytes) => format!("has {bytes} bytes"),
            None => "is too long".to_owned(),
        };
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "request_too_large",
            "Request too large",
            format!(
                "The body {length}; at most {max_bytes} bytes (`max_request_bytes`) are accepted. A document of up to {MAX_UPLOAD_BYTES} bytes (`max_upload_bytes`) is uploaded first: POST its size to /api/v1/uploads/, and send it to the URL in the answer."
            ),
        )
    }

    /// What is said of an upload is no document.
    pub(crate) fn too_large_to_announce(max_bytes: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "request_too_large",
            "Request too large",
            format!(
                "The body is too long; at most {max_bytes} bytes are accepted. Say in JSON what is to come; the document itself goes to the URL in the answer."
            ),
        )
    }

    /// The answer cannot be given in any form that the client accepts.
    pub(crate) fn not_acceptable(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::NOT_ACCEPTABLE,
            "not_acceptable",
            "Not acceptable",
            detail,
        )
    }

    /// The document, of so many bytes if they were counted, is longer than one that can be previewed.
    pub(crate) fn too_large_to_preview(bytes: Option<usize>) -> Self {
        let max_bytes = Preview::MAX_BYTES;
        let length = match bytes {
            Some(bytes) => format!("has {bytes} bytes"),
            None => "is too long".to_owned(),
        };
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "request_too_large",
            "Request too large",
            format!(
                "The document {length}; a preview takes at most {max_bytes} (`max_preview_bytes`). Submit it as a job, to /api/v1/scan/start/."
            ),
        )
    }

    /// A preview is of a document that comes with the request.
    pub(crate) fn elsewhere_to_preview() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_request",
            "Invalid request",
            "A preview fetches nothing: send the document itself, as `text` or `base64`, or submit a job, to /api/v1/scan/start/.",
        )
    }

    /// A preview is made where nothing is kept.
    pub(crate) fn saved_to_preview(place: Place) -> Self {
        let mut flaws = Flaws::default();
        flaws.add(
            place,
            "A preview is made where no saved extractor is known: give its list, as `extract`.",
        );
        flaws.end().expect_err("there is a flaw")
    }

    /// A preview is of one document.
    pub(crate) fn several_to_preview(count: usize) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_request",
            "Invalid request",
            format!(
                "There are {count} documents; a preview takes one. Submit several as a job, to /api/v1/scan/start/."
            ),
        )
    }

    /// The document cannot be extracted, for the reason that a job of it would fail for.
    pub(crate) fn not_extracted(failure: Failure) -> Self {
        let title = title_of(&failure.code);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::new(status, failure.code, title, failure.detail)
    }

    /// The extraction takes longer than a preview may.
    pub(crate) fn too_slow_to_preview() -> Self {
        let seconds = Preview::MAX_TIME.as_secs();
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "too_slow",
            title_of("too_slow"),
            format!(
                "The extraction takes longer than the {seconds} s of a preview. Submit the document as a job, to /api/v1/scan/start/."
            ),
        )
    }

    /// As many previews as can be made are under way.
    pub(crate) fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "Busy",
            "As many previews as can be made at once are under way. The request can be repeated.",
        )
        .with(header::RETRY_AFTER, HeaderValue::from_static("1"))
    }

    /// The body is compressed.
    pub(crate) fn encoded_body() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_content_encoding",
            "Unsupported content encoding",
            "The body has a `Content-Encoding`; send it as it is, without that header.",
        )
        .with(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("identity"),
        )
    }

    /// There is no result, for the job is not completed.
    pub(crate) fn not_completed(job: &Job) -> Self {
        let detail = match (job.status(), job.failure()) {
            (Status::Failed, Some(failure)) => format!("The job failed: {}", failure.detail),
            (Status::Cancelled, _) => "The job was cancelled.".to_owned(),
            (status, _) => {
                format!("The job is {status}; its result can be read once it is completed.")
            }
        };
        let mut problem = Self::new(
            StatusCode::CONFLICT,
            "job_not_completed",
            "Job not completed",
            detail,
        );
        if !job.status().is_final() {
            problem = problem.with(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        problem
    }

    /// A job in this final state cannot be cancelled.
    pub(crate) fn cannot_cancel(status: Status) -> Self {
        let mut problem = Self::new(
            StatusCode::CONFLICT,
            "cannot_cancel",
            "Cannot cancel job",
            format!("The job is {status}; only a pending or running job can be cancelled."),
        );
        problem.0.error = format!("Cannot cancel {status} job");
        problem
    }

    /// A job in this state cannot be retried.
    pub(crate) fn cannot_retry(status: Status) -> Self {
        let mut problem = Self::new(
            StatusCode::CONFLICT,
            "cannot_retry",
            "Cannot retry job",
            format!("The job is {status}; only a failed or cancelled job can be retried."),
        );
        problem.0.error = format!("Cannot retry {status} job");
        problem
    }

    /// A call with the same `Idempotency-Key` is under way.
    pub(crate) fn key_in_use() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "idempotency_key_in_use",
            "Idempotency key in use",
            "Another request with this `Idempotency-Key` is under way. Repeat this one, to be given its answer.",
        )
        .with(header::RETRY_AFTER, HeaderValue::from_static("1"))
    }

    /// A call with the same `Idempotency-Key` asked for something else.
    pub(crate) fn key_reused() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency_key_reused",
            "Idempotency key reused",
            "This `Idempotency-Key` was given to a request that asked for something else. A new request needs a new key; one that is repeated has to be the same.",
        )
    }

    /// A service behind this one did not do its part.
    pub(crate) fn unavailable(cause: impl Into<String>) -> Self {
        let mut problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Service unavailable",
            "A service that this one needs does not answer as it should. The request can be repeated.",
        )
        .with(header::RETRY_AFTER, HeaderValue::from(RETRY_UNAVAILABLE_S));
        problem.0.cause = Some(cause.into());
        problem
    }

    /// A fault of this program.
    pub(crate) fn internal(cause: impl Into<String>) -> Self {
        let mut problem = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_error",
            "Internal error",
            "This is a fault of the service. The header `X-Request-Id` names the request in its logs.",
        );
        problem.0.cause = Some(cause.into());
        problem
    }

    /// A problem of this kind; its short text is its title.
    pub(crate) fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        title: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        let title = title.into();
        Self(Box::new(Content {
            status,
            code: code.into(),
            error: title.clone().into_owned(),
            title,
            detail: detail.into(),
            errors: Vec::new(),
            headers: Vec::new(),
            cause: None,
        }))
    }

    /// The same with a header.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Its HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Its kind in words.
    pub(crate) fn title(&self) -> &str {
        &self.0.title
    }

    /// What is wrong, and what would be right.
    pub(crate) fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What went wrong within, for the log.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// The names of the headers that come with it.
    pub(crate) fn header_names(&self) -> impl Iterator<Item = &HeaderName> {
        self.0.headers.iter().map(|(name, _)| name)
    }

    /// The problem as it is sent, when this path was asked for.
    pub(crate) fn details(self, path: &str) -> ProblemDetails {
        let Content {
            status,
            code,
            title,
            error,
            detail,
            errors,
            headers: _,
            cause: _,
        } = *self.0;
        ProblemDetails {
            r#type: problem_type(&code),
            title: title.into_owned(),
            status: status.as_u16(),
            detail,
            // Both spellings of a path are one thing.
            instance: format!("{}/", path.trim_end_matches('/')),
            error,
            errors,
        }
    }
}

impl ProblemDetails {
    /// Its short text.
    pub(crate) fn error(&self) -> &str {
        &self.error
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        Self::unavailable(error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response
            .headers_mut()
            .extend(self.0.headers.iter().cloned());
        response.extensions_mut().insert(self);
        response
    }
}

/// The kind of a problem of this code in words.
pub(crate) fn title_of(code: &str) -> String {
    let mut title = code.replace('_', " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    title
}

/// The `type` of a problem of this code.
pub(crate) fn problem_type(code: &str) -> String {
    format!("urn:problem:{code}")
}

/// A pointer, cut to what an answer repeats.
fn cut(mut pointer: String) -> String {
    if pointer.len() > MAX_POINTER_BYTES {
        pointer.truncate(pointer.floor_char_boundary(MAX_POINTER_BYTES));
        pointer.push('…');
    }
    pointer
}

/// A client's own word, cut to what an answer repeats.
pub(crate) fn shortened(name: &str) -> String {
    match name.char_indices().nth(MAX_NAME_CHARS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
