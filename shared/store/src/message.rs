//! What goes over the queue: which job, and which submission of it. The state itself is in the table.

use job::{JobKey, Tenant};
use serde::{Deserialize, Serialize};

/// The latest version of the message's shape.
const VERSION: u32 = 1;

/// Tells a worker that there is a job to do. May come twice, late, or out of order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The job.
    pub key: JobKey,
    /// The submission: a message of an older one has nothing to say.
    pub generation: u32,
}

/// Why a message's body cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is no message of ours.
    #[error("not a job message: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It was sent by a newer version of this program, whose worker will understand it.
    #[error("message version {0} is newer than {VERSION}")]
    Newer(u32),
}

#[derive(Serialize, Deserialize)]
struct Body {
    v: u32,
    tenant: Tenant,
    job: String,
    generation: u32,
}

#[derive(Deserialize)]
struct Versioned {
    v: u32,
}

impl Message {
    /// The body, as it is sent.
    pub fn to_body(&self) -> String {
        let body = Body {
            v: VERSION,
            tenant: self.key.tenant.clone(),
            job: self.key.id.to_string(),
            generation: self.generation,
        };
        serde_json::to_string(&body).expect("strings and numbers always serialise")
    }

    /// Reads a body. Members that it does not know are left alone: a newer sender may have added them.
    pub fn from_body(body: &str) -> Result<Self, Unreadable> {
        let Versioned { v } = serde_json::from_str(body)?;
        if v > VERSION {
            return Err(Unreadable::Newer(v));
        }
        let Body {
            v: _,
            tenant,
            job,
            generation,
        } = serde_json::from_str(body)?;
        let id = job
            .parse()
            .map_err(<serde_json::Error as serde::de::Error>::custom)?;
        Ok(Self {
            key: JobKey { tenant, id },
            generation,
        })
    }
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
    fn a_newer_version_is_told_from_garbage() {
        assert!(matches!(
            Message::from_body(r#"{"v":2}"#),
            Err(Unreadable::Newer(2))
        ));
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
