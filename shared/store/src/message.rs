//! What goes over the queue: which job, and which submission of it. The state itself is in the table.
//!
//! # Versions
//!
//! The core is `v`, `tenant`, `job`, `part` (of version 3) and `generation`: by them the reaper of any release ends a job whose message no worker understood.
//! Members that a reader does not know are left alone and those that it misses are none, so `v` stays what it is when one is added
//! that a worker may ignore.

use std::num::NonZeroU64;

use job::{JobKey, Tenant};
use serde::{Deserialize, Deserializer, Serialize};
use tracing::{Span, field};

use crate::{TraceParent, version};

/// Tells a worker that there is a job to do. May come twice, late, or out of order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The job.
    pub key: JobKey,
    /// The least version of a worker that can do it.
    pub version: u32,
    /// The submission: a message of an older one has nothing to say.
    pub generation: u32,
    /// The trace of the request that sent it, where there is one. Nothing is decided by it.
    pub traceparent: Option<TraceParent>,
}

/// Why a message's body cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is no message of ours.
    #[error("not a job message: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It takes the worker of a newer release.
    #[error("message version {0} is newer than {latest}", latest = version::LATEST)]
    Newer(u32),
}

#[derive(Serialize, Deserialize)]
struct Body {
    v: u32,
    tenant: Tenant,
    job: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    part: Option<u32>,
    generation: u32,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "valid_or_none"
    )]
    traceparent: Option<TraceParent>,
}

#[derive(Deserialize)]
struct Versioned {
    v: u32,
}

impl Message {
    /// The body, as it is sent.
    pub fn to_body(&self) -> String {
        let body = Body {
            v: self.version,
            tenant: self.key.tenant.clone(),
            job: self.key.id.to_string(),
            part: self.key.part,
            generation: self.generation,
            traceparent: self.traceparent,
        };
        serde_json::to_string(&body).expect("strings and numbers always serialise")
    }

    /// Reads a body, for who is to do the job.
    pub fn from_body(body: &str) -> Result<Self, Unreadable> {
        let Versioned { v } = serde_json::from_str(body)?;
        if v > version::LATEST {
            return Err(Unreadable::Newer(v));
        }
        Self::from_any_version(body)
    }

    /// Reads the core of a body, for who brings a job to its end without doing it.
    pub fn from_any_version(body: &str) -> Result<Self, Unreadable> {
        let Body {
            v: version,
            tenant,
            job,
            part,
            generation,
            traceparent,
        } = serde_json::from_str(body)?;
        let id = job
            .parse()
            .map_err(<serde_json::Error as serde::de::Error>::custom)?;
        Ok(Self {
            key: JobKey { tenant, id, part },
            version,
            generation,
            traceparent,
        })
    }

    /// What all that is logged of this message's job is logged in, as the next position in the sender's trace. Its id is to be
    /// random. Whoever begins an attempt records its number as `attempt`. At the highest level, so that it is there whatever is
    /// asked for.
    pub fn span(&self, span_id: NonZeroU64) -> Span {
        let Self {
            key,
            version: _,
            generation,
            traceparent,
        } = self;
        let trace = traceparent.map(|sender| sender.child(span_id));
        tracing::error_span!(
            "job",
            tenant = %key.tenant,
            job_id = %key.id,
            generation,
            attempt = field::Empty,
            trace_id = trace.map(TraceParent::trace_id),
            span_id = trace.map(TraceParent::span_id),
        )
    }
}

/// A job is not lost for a trace that is not understood.
fn valid_or_none<'de, D: Deserializer<'de>>(input: D) -> Result<Option<TraceParent>, D::Error> {
    let value = serde_json::Value::deserialize(input)?;
    Ok(value.as_str().and_then(|text| text.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_of_version_1_is_still_read() {
        let body = r#"{"v":1,"tenant":"default","job":"01890a5d-ac96-774b-bcce-b302099a8057","generation":2,"later":0}"#;
        let message = Message::from_body(body).unwrap();
        assert_eq!(message.generation, 2);
        assert_eq!(Message::from_body(&message.to_body()).unwrap(), message);
    }

    #[test]
    fn the_trace_goes_with_the_message() {
        let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let body = format!(
            r#"{{"v":1,"tenant":"default","job":"01890a5d-ac96-774b-bcce-b302099a8057","generation":0,"traceparent":"{traceparent}"}}"#
        );
        let message = Message::from_body(&body).unwrap();
        assert_eq!(message.traceparent.unwrap().to_string(), traceparent);
        assert_eq!(message.to_body(), body);
    }

    #[test]
    fn a_trace_that_is_not_understood_is_dropped_and_the_message_is_not() {
        for traceparent in ["null", "7", "\"\"", "\"hello\"", "{\"a\":[1]}"] {
            let body = format!(
                r#"{{"v":1,"tenant":"default","job":"01890a5d-ac96-774b-bcce-b302099a8057","generation":3,"traceparent":{traceparent}}}"#
            );
            let message = Message::from_body(&body).unwrap();
            assert_eq!((message.generation, message.traceparent), (3, None));
        }
    }

    #[test]
    fn a_newer_version_is_told_from_garbage() {
        let newer = r#"{"v":4,"tenant":"default","job":"01890a5d-ac96-774b-bcce-b302099a8057","generation":4,"later":[]}"#;
        for body in [newer, r#"{"v":4}"#] {
            assert!(matches!(
                Message::from_body(body),
                Err(Unreadable::Newer(4))
            ));
        }
        assert_eq!(Message::from_any_version(newer).unwrap().generation, 4);
        for body in [
            "",
            "{}",
            "hello",
            r#"{"v":1,"tenant":"default","job":"x","generation":0}"#,
        ] {
            assert!(
                matches!(Message::from_body(body), Err(Unreadable::Malformed(_))),
                "{body}"
            );
        }
    }
}
