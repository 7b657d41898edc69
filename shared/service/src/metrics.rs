//! What is counted and measured. All names are here, and nothing else in the product names a metric.
//!
//! | metric | in `CloudWatch` | kind | told by | meaning |
//! | --- | --- | --- | --- | --- |
//! | `jobs{outcome}` | `jobs_accepted`, `jobs_resubmitted`, `jobs_cancelled` | count | api | jobs that were accepted, submitted again by `retry`, cancelled |
//! | | `jobs_completed`, `jobs_failed`, `jobs_released` | count | worker; reaper: `jobs_failed` | jobs that ended so; attempts that were given up, to be made again |
//! | `failures{class}` | `failures_document`, `failures_time`, `failures_service`, `failures_exhausted`, `failures_undeliverable` | count | worker; reaper: the last | why jobs failed, see [`Class`]; their sum is `jobs_failed` |
//! | `attempts` | `attempts` | count | worker | attempts that were begun |
//! | `dead_letters_kept` | `dead_letters_kept` | count | reaper | dead letters that belong to no job and lie in the table |
//! | `webhooks{outcome}` | `webhooks_delivered`, `webhooks_retried`, `webhooks_failed`, `webhooks_disabled` | count | notifier | attempts to tell of a job's end: taken by the other side; failed, to be made again; failed for the last time; unwanted, see [`Webhook`] |
//! | `queue_wait` | `queue_wait` | seconds | worker | from the sending of a submission's message to its first attempt |
//! | `extraction{media_type}` | `extraction_pdf`, `extraction_word`, `extraction_sheet`, `extraction_slides`, `extraction_epub`, `extraction_html`, `extraction_xml`, `extraction_email`, `extraction_csv`, `extraction_json`, `extraction_config`, `extraction_cards`, `extraction_archive`, `extraction_markdown`, `extraction_text`, `extraction_unread` | seconds | worker, preview | time that the engine took for a document with all within it; `unread`: one that it could not read |
//! | `engine_ends{why}` | `engine_ends_crash`, `engine_ends_memory`, `engine_ends_deaf`, `engine_ends_grown` | count | worker, preview | child processes of the engine that ended before their time, see [`EngineEnd`] |
//! | `request_bytes` | `request_bytes` | bytes | api | size of an accepted job's documents |
//! | `result_bytes` | `result_bytes` | bytes | worker | size of a completed job's result |
//! | `read_units`, `write_units` | the same | units | all | capacity units that `DynamoDB` reports for a call; not of calls that it refused, for which it reports none |
//! | `api_requests{route,status}` | `api_requests_2xx`, `_3xx`, `_4xx`, `_5xx` | count | api | requests that were answered |
//! | `api_latency{route}` | `api_latency` | seconds | api | time to the answer, but of requests that waited for their job |
//! | `unauthenticated` | the same | count | api | requests whose sender showed no key or token, or one that is good for nothing |
//! | `cold_starts` | `cold_starts` | count | all | processes that had their first invocation |
//!
//! The code records them by the functions below, through the facade of the crate `metrics`; without a recorder that costs nothing. A function
//! on AWS tells them in `CloudWatch`'s embedded metric format ([`crate::Function`]), the local runner at `/metrics`.
//!
//! **Cost.** `CloudWatch` bills each name with each set of dimensions as a metric of its own: 0.30 USD a month, by the hours in which it had a value. So
//! there are no dimensions: a label is made part of the name, which costs the same and lets one line tell all of an invocation, or it is left out
//! (`route`). That makes 49 names, 14.70 USD a month if each has a value in every hour, and the first ten are free; the lines themselves
//! are logs at 0.50 USD per GB. A small job leaves two of them and two log lines, 2 KB in all: 1.00 USD per million jobs.

use std::time::Duration;

use metrics::{Unit, counter, histogram};

const JOBS: &str = "jobs";
const FAILURES: &str = "failures";
const ATTEMPTS: &str = "attempts";
const DEAD_LETTERS_KEPT: &str = "dead_letters_kept";
const WEBHOOKS: &str = "webhooks";
const QUEUE_WAIT: &str = "queue_wait";
const EXTRACTION: &str = "extraction";
const ENGINE_ENDS: &str = "engine_ends";
const REQUEST_BYTES: &str = "request_bytes";
const RESULT_BYTES: &str = "result_bytes";
const READ_UNITS: &str = "read_units";
const WRITE_UNITS: &str = "write_units";
const API_REQUESTS: &str = "api_requests";
const API_LATENCY: &str = "api_latency";
const UNAUTHENTICATED: &str = "unauthenticated";
const COLD_STARTS: &str = "cold_starts";

/// Whose doing it is that a job failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The documents cannot be read by anybody: broken, encrypted, of no known kind, over a limit.
    Document,
    /// The extraction took too long.
    Time,
    /// A fault of this service.
    Service,
    /// The last of its attempts met a passing error, or its worker was lost.
    Exhausted,
    /// The queue gave its message up.
    Undeliverable,
}

impl Class {
    /// The class of a failure that ends a job at once.
    pub fn of_code(code: &str) -> Self {
        match code {
            "fetch_forbidden" | "robots_disallowed" | "fetch_failed" | "missing" | "changed"
            | "empty" | "unsupported_format" | "malformed" | "encrypted" | "limit_exceeded" => {
                Self::Document
            }
            "too_slow" => Self::Time,
            _ => Self::Service,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Time => "time",
            Self::Service => "service",
            Self::Exhausted => "exhausted",
            Self::Undeliverable => "undeliverable",
        }
    }
}

/// A job was accepted, with documents of so many bytes.
pub fn job_accepted(bytes: usize) {
    job("accepted");
    histogram!(REQUEST_BYTES).record(number(bytes));
}

/// A job was submitted again.
pub fn job_resubmitted() {
    job("resubmitted");
}

/// A job ended because it is no longer wanted.
pub fn job_cancelled() {
    job("cancelled");
}

/// A job ended with a result of so many bytes.
pub fn job_completed(bytes: usize) {
    job("completed");
    histogram!(RESULT_BYTES).record(number(bytes));
}

/// A job ended without a result.
pub fn job_failed(class: Class) {
    job("failed");
    counter!(FAILURES, "class" => class.name()).increment(1);
}

/// An attempt was given up; another is to be made.
pub fn job_released() {
    job("released");
}

/// An attempt was begun.
pub fn attempt() {
    counter!(ATTEMPTS).increment(1);
}

/// A dead letter was kept.
pub fn dead_letter_kept() {
    counter!(DEAD_LETTERS_KEPT).increment(1);
}

/// How an attempt went to tell of a job's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Webhook {
    /// The other side has taken it.
    Delivered,
    /// It has not, and another attempt is to be made.
    Retried,
    /// It has not, and no other attempt is made.
    Failed,
    /// The other side wants nothing any more.
    Disabled,
}

/// An attempt was made to tell of a job's end.
pub fn webhook(outcome: Webhook) {
    let outcome = match outcome {
        Webhook::Delivered => "delivered",
        Webhook::Retried => "retried",
        Webhook::Failed => "failed",
        Webhook::Disabled => "disabled",
    };
    counter!(WEBHOOKS, "outcome" => outcome).increment(1);
}

/// A submission's first attempt was begun so long after its message was sent.
pub fn queue_wait(wait: Duration) {
    histogram!(QUEUE_WAIT).record(wait);
}

/// The engine took so long for a document of this media type; none: it could not read it.
pub fn extraction(media_type: Option<&str>, time: Duration) {
    histogram!(EXTRACTION, "media_type" => media_type.map_or("unread", kind)).record(time);
}

/// Why a child of the engine's ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineEnd {
    /// It crashed, or was killed from outside.
    Crash,
    /// It had no memory left.
    Memory,
    /// It did not stop when it was told to, and was killed.
    Deaf,
    /// It held so much memory that it was replaced.
    Grown,
}

/// A child of the engine's ended before its time.
pub fn engine_ended(why: EngineEnd) {
    let why = match why {
        EngineEnd::Crash => "crash",
        EngineEnd::Memory => "memory",
        EngineEnd::Deaf => "deaf",
        EngineEnd::Grown => "grown",
    };
    counter!(ENGINE_ENDS, "why" => why).increment(1);
}

/// A call consumed so many read units.
pub(crate) fn read_units(units: f64) {
    histogram!(READ_UNITS).record(units);
}

/// A call consumed so many write units.
pub(crate) fn write_units(units: f64) {
    histogram!(WRITE_UNITS).record(units);
}

/// A request to this route was answered with this HTTP status. The route is the pattern, of which there are few, not the path.
pub fn request(route: &str, status: u16, latency: Option<Duration>) {
    let status = match status {
        ..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    };
    let route = route.to_owned();
    counter!(API_REQUESTS, "route" => route.clone(), "status" => status).increment(1);
    if let Some(latency) = latency {
        histogram!(API_LATENCY, "route" => route).record(latency);
    }
}

/// A request came from somebody who could not say who that is. One by one they are not logged: whoever guesses keys should not fill the log.
pub fn unauthenticated() {
    counter!(UNAUTHENTICATED).increment(1);
}

/// A process has its first invocation.
pub(crate) fn cold_start() {
    counter!(COLD_STARTS).increment(1);
}

fn job(outcome: &'static str) {
    counter!(JOBS, "outcome" => outcome).increment(1);
}

/// The few kinds of documents that are told apart: each is a metric of its own.
fn kind(media_type: &str) -> &'static str {
    let has = |part| media_type.contains(part);
    let ends = |part| media_type.ends_with(part);
    match media_type {
        "application/pdf" => "pdf",
        "text/csv" | "text/tab-separated-values" => "csv",
        "text/markdown" => "markdown",
        "application/epub+zip" => "epub",
        "application/rtf" | "text/rtf" => "word",
        "application/mbox" => "email",
        "text/vcard" | "text/calendar" => "cards",
        // Names of office formats have others in them: `openxmlformats`.
        _ if has("wordprocessingml") || has("ms-word") || has("opendocument.text") => "word",
        _ if has("spreadsheet") || has("ms-excel") => "sheet",
        _ if has("presentation") || has("ms-powerpoint") => "slides",
        _ if has("html") => "html",
        _ if has("json") => "json",
        _ if has("yaml") || has("toml") => "config",
        _ if has("xml") => "xml",
        _ if has("message/") => "email",
        _ if ends("zip") || ends("tar") || has("compressed") => "archive",
        _ => "text",
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "what is that big need not be exact"
)]
fn number(bytes: usize) -> f64 {
    bytes as f64
}

/// A metric, to whoever shows it.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// What the code calls it.
    pub name: &'static str,
    /// What its values are; none for units that have no name.
    pub unit: Unit,
    /// Whether it is counted; else it is measured, and shown as a histogram.
    pub is_counter: bool,
    /// What it says.
    pub meaning: &'static str,
}

/// All metrics.
pub const ALL: [Metric; 16] = [
    count(JOBS, "What became of jobs"),
    count(FAILURES, "Why jobs failed"),
    count(ATTEMPTS, "Attempts that were begun"),
    count(DEAD_LETTERS_KEPT, "Dead letters that belong to no job"),
    count(WEBHOOKS, "Attempts to tell of a job's end"),
    measure(
        QUEUE_WAIT,
        Unit::Seconds,
        "From the sending of a message to its first attempt",
    ),
    measure(
        EXTRACTION,
        Unit::Seconds,
        "Time that the engine took for a document",
    ),
    count(
        ENGINE_ENDS,
        "Children of the engine that ended before their time",
    ),
    measure(
        REQUEST_BYTES,
        Unit::Bytes,
        "Size of an accepted job's documents",
    ),
    measure(
        RESULT_BYTES,
        Unit::Bytes,
        "Size of a completed job's result",
    ),
    measure(
        READ_UNITS,
        Unit::Count,
        "Read units that a call to DynamoDB consumed",
    ),
    measure(
        WRITE_UNITS,
        Unit::Count,
        "Write units that a call to DynamoDB consumed",
    ),
    count(API_REQUESTS, "Requests that were answered"),
    measure(
        API_LATENCY,
        Unit::Seconds,
        "Time to the answer of a request",
    ),
    count(
        UNAUTHENTICATED,
        "Requests whose sender could not say who that is",
    ),
    count(COLD_STARTS, "Processes that had their first invocation"),
];

const fn count(name: &'static str, meaning: &'static str) -> Metric {
    Metric {
        name,
        unit: Unit::Count,
        is_counter: true,
        meaning,
    }
}

const fn measure(name: &'static str, unit: Unit, meaning: &'static str) -> Metric {
    Metric {
        name,
        unit,
        is_counter: false,
        meaning,
    }
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn every_media_type_of_a_result_is_of_its_kind() {
        let office = "application/vnd.openxmlformats-officedocument.";
        let open = "application/vnd.oasis.opendocument.";
        for (media_type, expected) in [
            ("application/pdf", "pdf"),
            (&*format!("{office}wordprocessingml.document"), "word"),
            (&*format!("{open}text"), "word"),
            ("application/rtf", "word"),
            (&*format!("{office}spreadsheetml.sheet"), "sheet"),
            (&*format!("{open}spreadsheet"), "sheet"),
            ("application/vnd.ms-excel", "sheet"),
            (&*format!("{office}presentationml.presentation"), "slides"),
            (&*format!("{open}presentation"), "slides"),
            ("application/epub+zip", "epub"),
            ("application/xhtml+xml", "html"),
            ("application/atom+xml", "xml"),
            ("message/rfc822", "email"),
            ("application/mbox", "email"),
            ("text/tab-separated-values", "csv"),
            ("application/x-ndjson", "json"),
            ("application/yaml", "config"),
            ("application/toml", "config"),
            ("text/vcard", "cards"),
            ("text/calendar", "cards"),
            ("application/zip", "archive"),
            ("application/x-tar", "archive"),
            ("application/gzip", "archive"),
            ("text/markdown", "markdown"),
            ("text/plain", "text"),
        ] {
            assert_eq!(kind(media_type), expected, "{media_type}");
        }
    }
}
