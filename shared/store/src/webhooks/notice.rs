//! What goes over the queue of webhooks: that a job has ended, how, and whom to tell.
//!
//! Unlike a job's message it says the state itself, for a `retry` may have changed what is in the table since. A final state holds from
//! when it was written, and changes by `retry` alone, into a newer generation: so a job and a generation name one end.
//!
//! # Versions
//!
//! The body is kept in the delivery's item as well. Members that a reader does not know are left alone and those that it misses are none, so `v`
//! stays what it is when one is added that may be left untold.

use std::collections::BTreeMap;

use jiff::Timestamp;
use job::{Failure, Job, JobKey, Progress, State, Status, Tenant};
use serde::{Deserialize, Serialize};
use tracing::Span;

use crate::Unreadable;

/// The latest version of a notice that this release understands.
const LATEST: u32 = 1;

/// Tells the notifier of a job that has ended. May come twice, late, or out of order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The job.
    pub key: JobKey,
    /// The submission that ended.
    pub generation: u32,
    /// 0, and one more with each replay.
    pub round: u32,
    /// Where it is to be told.
    pub url: String,
    /// How the job ended.
    pub end: End,
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The final state.
    pub status: Status,
    /// When the job was accepted.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// From when on it may be forgotten.
    pub expires_at: Timestamp,
    /// How often it was ever claimed.
    pub attempt: u32,
    /// By what its client finds it again.
    pub tags: BTreeMap<String, String>,
    /// How many of its documents were done, if it was done in steps.
    pub progress: Option<Progress>,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
}

#[derive(Serialize, Deserialize)]
struct Body {
    v: u32,
    tenant: Tenant,
    job: String,
    generation: u32,
    #[serde(default)]
    round: u32,
    url: String,
    status: Status,
    created: i64,
    finished: i64,
    expires: i64,
    attempt: u32,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    progress: Option<Counts>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
}

#[derive(Serialize, Deserialize)]
struct Counts {
    done: u32,
    failed: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    total: Option<u32>,
}

#[derive(Deserialize)]
struct Versioned {
    v: u32,
}

impl Notice {
    /// What is to be told of this job: nothing unless it has ended, and somebody wants to know.
    pub fn of(job: &Job) -> Option<Self> {
        let finished_at = match &job.state {
            State::Pending { .. } | State::Running { .. } => return None,
            State::Completed { finished_at, .. }
            | State::Failed { finished_at, .. }
            | State::Cancelled { finished_at } => *finished_at,
        };
        if job.key.part.is_some() {
            return None;
        }
        Some(Self {
            key: job.key.clone(),
            generation: job.generation,
            round: 0,
            url: job.about.webhook.clone()?,
            end: End {
                status: job.status(),
                created_at: job.created_at,
                finished_at,
                expires_at: job.expires_at,
                attempt: job.attempt,
                tags: job.about.tags.clone(),
                progress: job.progress.clone(),
                failure: job.failure().cloned(),
            },
        })
    }

    /// The id of the event: the same however often it is told, and another one's never.
    pub fn event_id(&self) -> String {
        let Self {
            key, generation, ..
        } = self;
        format!("msg_{}_{generation}", key.id)
    }

    /// The kind of the event.
    pub fn event_type(&self) -> String {
        format!("job.{}", self.end.status)
    }

    /// The body, as it is sent and kept.
    pub fn to_body(&self) -> String {
        let Self {
            key,
            generation,
            round,
            url,
            end,
        } = self.clone();
        let body = Body {
            v: LATEST,
            tenant: key.tenant,
            job: key.id.to_string(),
            generation,
            round,
            url,
            status: end.status,
            created: end.created_at.as_millisecond(),
            finished: end.finished_at.as_millisecond(),
            expires: end.expires_at.as_second(),
            attempt: end.attempt,
            tags: end.tags,
            progress: end.progress.map(|progress| Counts {
                done: progress.done,
                failed: progress.failed,
                total: progress.total,
            }),
            failure: end.failure,
        };
        serde_json::to_string(&body).expect("strings and numbers always serialise")
    }

    /// Reads a body.
    pub fn from_body(body: &str) -> Result<Self, Unreadable> {
        let Versioned { v } = serde_json::from_str(body)?;
        if v > LATEST {
            return Err(Unreadable::Newer(v));
        }
        let Body {
            v: _,
            tenant,
            job,
            generation,
            round,
            url,
            status,
            created,
            finished,
            expires,
            attempt,
            tags,
            progress,
            failure,
        } = serde_json::from_str(body)?;
        Ok(Self {
            key: JobKey::new(tenant, job.parse().map_err(malformed)?),
            generation,
            round,
            url,
            end: End {
                status,
                created_at: Timestamp::from_millisecond(created).map_err(malformed)?,
                finished_at: Timestamp::from_millisecond(finished).map_err(malformed)?,
                expires_at: Timestamp::from_second(expires).map_err(malformed)?,
                attempt,
                tags,
                progress: progress.map(
                    |Counts {
                         done,
                         failed,
                         total,
                     }| Progress {
                        done,
                        failed,
                        total,
                        cursor: None,
                    },
                ),
                failure,
            },
        })
    }

    /// What all that is logged of this event is logged in. At the highest level, so that it is there whatever is asked for.
    pub fn span(&self) -> Span {
        let Self {
            key,
            generation,
            round,
            ..
        } = self;
        tracing::error_span!(
            "webhook",
            tenant = %key.tenant,
            job_id = %key.id,
            generation,
            round,
        )
    }
}

fn malformed(cause: impl std::fmt::Display) -> serde_json::Error {
    <serde_json::Error as serde::de::Error>::custom(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shape of version 1: written down here, so that no change of this file can change what is read.
    const VERSION_1: &str = r#"{"v":1,"tenant":"default","job":"01890a5d-ac96-774b-bcce-b302099a8057","generation":2,"round":1,"url":"https://example.org/hook","status":"failed","created":1700000000123,"finished":1700000002000,"expires":1800000000,"attempt":3,"tags":{"batch":"7"},"progress":{"done":1,"failed":2,"total":3},"failure":{"code":"encrypted","detail":"It is.","retryable":false,"phase":"extract"}}"#;

    #[test]
    fn the_shape_of_version_1_is_still_read_and_written() {
        let notice = Notice::from_body(VERSION_1).unwrap();
        assert_eq!(
            notice.event_id(),
            "msg_01890a5d-ac96-774b-bcce-b302099a8057_2"
        );
        assert_eq!(notice.event_type(), "job.failed");
        assert_eq!(notice.to_body(), VERSION_1);
        let later = VERSION_1.replace("\"v\":1,", "\"v\":1,\"later\":[],");
        assert_eq!(Notice::from_body(&later).unwrap(), notice);
    }

    #[test]
    fn a_newer_version_is_told_from_garbage() {
        let newer = VERSION_1.replace("\"v\":1", "\"v\":2");
        assert!(matches!(
            Notice::from_body(&newer),
            Err(Unreadable::Newer(2))
        ));
        for body in ["", "{}", "hello", &VERSION_1.replace("0189", "x")] {
            assert!(matches!(
                Notice::from_body(body),
                Err(Unreadable::Malformed(_))
            ));
        }
    }
}
