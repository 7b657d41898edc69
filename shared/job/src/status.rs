//! The state machine, as data.

use serde::{Deserialize, Serialize};

/// Where a job stands.
///
/// ```text
/// pending -> running -> completed | failed
/// pending | running  -> cancelled
/// ```
/// A worker's `release` takes a running job back to pending, and `retry` a failed or cancelled one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits for a worker.
    Pending,
    /// A worker holds its lease.
    Running,
    /// Its result can be read. Never changes.
    Completed,
    /// It could not be done. Changes only by `retry`.
    Failed,
    /// Its client no longer wants it. Changes only by `retry`.
    Cancelled,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Running,
        Self::Completed,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The states from which this one may be entered: the state machine. Every guard is built from this.
    pub const fn valid_from(self) -> &'static [Self] {
        match self {
            Self::Pending => &[Self::Running, Self::Failed, Self::Cancelled],
            Self::Running => &[Self::Pending, Self::Running],
            Self::Completed => &[Self::Running],
            Self::Failed => &[Self::Pending, Self::Running],
            Self::Cancelled => &[Self::Pending, Self::Running],
        }
    }

    /// Whether a job in this state stays there unless its client asks otherwise.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// Its name in the API and in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.name())
    }
}
