//! What a receiver is told: that a job has ended, and how. No content of documents; the result is fetched from the API.

use std::collections::BTreeMap;

use jiff::Timestamp;
use job::{Failure, JobId, Phase, Progress, Status};
use serde::Serialize;
use store::Notice;
use store::webhooks::End;

#[derive(Serialize)]
struct Event<'a> {
    r#type: String,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    job_id: JobId,
    status: Status,
    created_at: Timestamp,
    finished_at: Timestamp,
    expires_at: Timestamp,
    attempt: u32,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<Counts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Error<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result_url: Option<String>,
}

#[derive(Serialize)]
struct Counts {
    done: u32,
    failed: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u32>,
}

#[derive(Serialize)]
struct Error<'a> {
    r#type: String,
    detail: &'a str,
    retryable: bool,
    phase: Phase,
}

/// The body that tells it. The same for every attempt, so that receivers may compare.
pub(crate) fn body(notice: &Notice) -> Vec<u8> {
    let End {
        status,
        created_at,
        finished_at,
        expires_at,
        attempt,
        tags,
        progress,
        failure,
    } = &notice.end;
    let id = notice.key.id;
    let event = Event {
        r#type: notice.event_type(),
        timestamp: *finished_at,
        data: Data {
            job_id: id,
            status: *status,
            created_at: *created_at,
            finished_at: *finished_at,
            expires_at: *expires_at,
            attempt: *attempt,
            tags,
            progress: progress.as_ref().map(counts),
            error: failure.as_ref().map(error),
            result_url: (*status == Status::Completed)
                .then(|| format!("/api/v1/scan/result/{id}/")),
        },
    };
    serde_json::to_vec(&event).expect("strings and numbers always serialise")
}

fn counts(progress: &Progress) -> Counts {
    let Progress {
        done,
        failed,
        total,
        cursor: _,
    } = *progress;
    Counts {
        done,
        failed,
        total,
    }
}

fn error(failure: &Failure) -> Error<'_> {
    let Failure {
        code,
        detail,
        retryable,
        phase,
    } = failure;
    Error {
        r#type: format!("urn:problem:{code}"),
        detail,
        retryable: *retryable,
        phase: *phase,
    }
}
