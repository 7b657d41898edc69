//! A job as the API tells of it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::output::Color;

/// How a job stands.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Job {
    #[serde(rename = "job_id")]
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) created_at: Timestamp,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) finished_at: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) next_attempt_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) attempt: u32,
    #[serde(default)]
    pub(crate) max_attempts: u32,
    pub(crate) documents: Option<u32>,
    pub(crate) media_type: Option<String>,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) extractor: Option<Extractor>,
    pub(crate) progress: Option<Progress>,
    pub(crate) error: Option<Reason>,
    pub(crate) last_error: Option<Reason>,
}

/// A saved extractor that a job uses.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Extractor {
    pub(crate) name: String,
    pub(crate) version: u64,
}

/// How many documents are dealt with.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Progress {
    pub(crate) done: u32,
    pub(crate) failed: u32,
    pub(crate) total: Option<u32>,
}

/// Why something failed: problem details.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Reason {
    #[serde(default)]
    pub(crate) r#type: String,
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) detail: String,
    #[serde(default)]
    pub(crate) retryable: bool,
}

impl Job {
    /// Whether it stands so for good, unless it is retried.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self.status.as_str(), "completed" | "failed" | "cancelled")
    }

    /// Whether it has a result.
    pub(crate) fn is_completed(&self) -> bool {
        self.status == "completed"
    }

    /// What colour its status has.
    pub(crate) fn color(&self) -> Option<Color> {
        match self.status.as_str() {
            "completed" => Some(Color::Green),
            "failed" => Some(Color::Red),
            "cancelled" => Some(Color::Yellow),
            "running" => Some(Color::Blue),
            _ => None,
        }
    }

    /// How far it is.
    pub(crate) fn progress(&self) -> Option<String> {
        let Progress {
            done,
            failed,
            total,
        } = self.progress?;
        let total = total.map_or_else(|| "?".to_owned(), |total| total.to_string());
        let failed = match failed {
            0 => String::new(),
            failed => format!(", {failed} failed"),
        };
        Some(format!("{}/{total}{failed}", done + self.progress?.failed))
    }

    /// How long it has been there, or was until its end.
    pub(crate) fn lasted(&self, now: Timestamp) -> String {
        let end = self.finished_at.unwrap_or(now);
        short(end.duration_since(self.created_at))
    }
}

impl Reason {
    /// In one line.
    pub(crate) fn words(&self) -> String {
        match (self.title.as_str(), self.detail.as_str()) {
            (title, "") => title.to_owned(),
            ("", detail) => detail.to_owned(),
            (title, detail) => format!("{title}: {detail}"),
        }
    }
}

/// A time in a few letters.
pub(crate) fn short(time: SignedDuration) -> String {
    let seconds = time.as_secs().max(0);
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64().max(0.0)),
        10..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}
