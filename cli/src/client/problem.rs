//! Why the API refuses: problem details (RFC 9457), or what a gateway before it says.

use std::fmt;

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use crate::output::plain;

/// Before the names of problems of this product.
const PREFIX: &str = "urn:problem:";

/// Longest text of somebody else that is repeated, in characters.
const MAX_FOREIGN_CHARS: usize = 200;

/// A problem as it was sent.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Problem {
    /// Its kind, as `urn:problem:job_not_found`; empty if it is none of this product.
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    status: u16,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    errors: Vec<Flaw>,
}

/// A place that is wrong.
#[derive(Debug, Clone, Deserialize)]
struct Flaw {
    pointer: Option<String>,
    field: Option<String>,
    parameter: Option<String>,
    header: Option<String>,
    detail: String,
}

impl Problem {
    /// Reads one out of an answer.
    pub(super) fn read(status: StatusCode, body: &[u8]) -> Self {
        let read: Option<Self> = serde_json::from_slice(body).ok();
        match read.filter(|problem| problem.r#type.starts_with(PREFIX)) {
            Some(problem) => problem,
            None => Self::foreign(status, body),
        }
    }

    /// Whether it is of this kind, such as `job_not_found`.
    pub(crate) fn is(&self, kind: &str) -> bool {
        self.r#type.strip_prefix(PREFIX) == Some(kind)
    }

    /// Whether it is from something that is not this product.
    pub(super) fn is_foreign(&self) -> bool {
        self.r#type.is_empty()
    }

    /// Status and kind, for those who look for it.
    pub(super) fn code(&self) -> String {
        match self.r#type.strip_prefix(PREFIX) {
            Some(kind) => format!("{} {}", self.status, plain(kind)),
            None => self.status.to_string(),
        }
    }

    /// As API Gateway and others have it: `{"message": …}`, or anything.
    fn foreign(status: StatusCode, body: &[u8]) -> Self {
        let json: Option<Value> = serde_json::from_slice(body).ok();
        let message = json.as_ref().and_then(|json| json.get("message")?.as_str());
        let message = message.unwrap_or_default();
        Self {
            title: status.canonical_reason().unwrap_or("Refused").to_owned(),
            status: status.as_u16(),
            detail: message.chars().take(MAX_FOREIGN_CHARS).collect(),
            ..Self::default()
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_repeated = self.errors.iter().any(|flaw| flaw.detail == self.detail);
        let detail = if is_repeated { "" } else { &self.detail };
        let (title, detail) = (plain(&self.title), plain(detail));
        match (title.as_str(), detail.as_str()) {
            (title, "") => out.write_str(title)?,
            ("", detail) => out.write_str(detail)?,
            (title, detail) => write!(out, "{title}: {detail}")?,
        }
        for flaw in &self.errors {
            write!(out, "\n  {flaw}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pointer,
            field,
            parameter,
            header,
            detail,
        } = self;
        let places = [
            field.as_ref().map(|it| format!("part `{it}`")),
            parameter.as_ref().map(|it| format!("parameter `{it}`")),
            header.as_ref().map(|it| format!("header `{it}`")),
            pointer.as_ref().map(|it| {
                if it.is_empty() {
                    "the whole".to_owned()
                } else {
                    it.clone()
                }
            }),
        ];
        let places: Vec<String> = places.into_iter().flatten().collect();
        write!(out, "{}: {}", plain(&places.join(" ")), plain(detail))
    }
}
