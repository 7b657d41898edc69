//! What one step of a job tells the next. Names are short, for it lies in the job's item.

use job::{Job, Progress};
use serde::{Deserialize, Serialize};
use store::Merging;

/// How far a job of many documents is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// The submission that it was written for: in another one, the job was retried.
    #[serde(rename = "g")]
    pub(super) generation: u32,
    /// Parts that are made.
    #[serde(rename = "n")]
    pub(super) made: u32,
    /// Documents in them.
    #[serde(rename = "k")]
    pub(super) documents: u32,
    /// Whether those are all.
    #[serde(rename = "e")]
    pub(super) all_made: bool,
    /// Where the next slice of documents begins, in the words of who cuts them.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    /// The first part that was not final when it was looked at last.
    #[serde(rename = "l")]
    pub(super) low: u32,
    /// Documents done in the parts before that.
    #[serde(rename = "d")]
    pub(super) done: u32,
    /// Documents that failed there.
    #[serde(rename = "f")]
    pub(super) failed: u32,
    /// Looks at the parts so far.
    #[serde(rename = "w")]
    pub(super) looks: u32,
    /// How far the results are put together.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub(super) merged: Option<Merged>,
}

/// How far the merged result of a collection is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Merged {
    /// The attempt that began.
    #[serde(rename = "a")]
    pub(super) attempt: u32,
    /// What S3 calls the upload.
    #[serde(rename = "u")]
    pub(super) upload: String,
    /// Pieces that are there.
    #[serde(rename = "p")]
    pub(super) pieces: u32,
    /// The part whose result comes next.
    #[serde(rename = "n")]
    pub(super) part: u32,
    /// Bytes of that result that are there already.
    #[serde(rename = "o")]
    pub(super) offset: usize,
}

impl Cursor {
    /// What the step before said, if there was one.
    pub(super) fn of(job: &Job) -> Self {
        let cursor = job.progress.as_ref().and_then(|it| it.cursor.as_deref());
        cursor
            .and_then(|cursor| serde_json::from_str(cursor).ok())
            .unwrap_or_default()
    }

    /// As the next step finds it.
    pub(super) fn progress(mut self, job: &Job, done: u32, failed: u32) -> Progress {
        self.generation = job.generation + 1;
        Progress {
            done,
            failed,
            total: self.all_made.then_some(self.documents),
            cursor: Some(serde_json::to_string(&self).expect("plain members always serialise")),
        }
    }
}

impl Merged {
    pub(super) fn begun(merging: Merging) -> Self {
        let Merging { attempt, upload } = merging;
        Self {
            attempt,
            upload,
            pieces: 0,
            part: 0,
            offset: 0,
        }
    }

    pub(super) fn merging(&self) -> Merging {
        Merging {
            attempt: self.attempt,
            upload: self.upload.clone(),
        }
    }
}
