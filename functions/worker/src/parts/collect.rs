//! The merged result of a collection, and its manifest.
//!
//! The results of the parts are put one behind the other, in pieces of a fixed size, so that each step puts the same pieces whoever does it.

use std::time::Duration;

use engine::no_result;
use job::{Job, Progress, State, Status, limits};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::Error;
use tokio::time::Instant;

use super::cursor::{Cursor, Merged};
use super::merge::why;
use super::part::{Names, line};
use super::step::counts;
use crate::Worker;
use crate::attempt::Decision;

/// What a collection's result says.
#[derive(Serialize)]
struct Manifest {
    documents: u32,
    done: u32,
    failed: u32,
    /// The merged result.
    result: MergedEntry,
    parts: Vec<PartEntry>,
}

#[derive(Serialize)]
struct MergedEntry {
    media_type: &'static str,
    bytes: u64,
    /// Only where one step was enough: no step knows what another one read.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
}

/// A stretch of the merged result.
#[derive(Serialize)]
struct PartEntry {
    /// The number of its first document.
    first: u32,
    documents: u32,
    done: u32,
    failed: u32,
    /// Where it begins in the merged result.
    offset: u64,
    bytes: u64,
    sha256: String,
}

/// What goes into the next piece.
struct Pieces {
    waiting: Vec<u8>,
    hash: Sha256,
}

impl Worker {
    /// Puts the parts' results together, or as many of them as fit into one step, and ends with the manifest.
    pub(super) async fn merge_collection(
        &self,
        job: &Job,
        mut cursor: Cursor,
        progress: Progress,
    ) -> Result<Decision, Error> {
        let parts = self.store.parts(&job.key, 0, usize::MAX).await?;
        let begun = Instant::now();
        let resumed = cursor.merged.clone();
        let start = resumed.as_ref().map_or(0, |it| it.part as usize);
        let mut skip = resumed.as_ref().map_or(0, |it| it.offset);
        let mut upload = resumed.clone();
        let mut pieces = Pieces {
            waiting: Vec::new(),
            hash: Sha256::new(),
        };
        for (number, part) in parts.iter().enumerate().skip(start) {
            let lines = self.lines(part).await?;
            let mut at = std::mem::take(&mut skip);
            while at < lines.len() {
                let room = limits::MERGE_PIECE_BYTES - pieces.waiting.len();
                let end = lines.len().min(at + room);
                pieces.add(&lines[at..end]);
                at = end;
                if pieces.waiting.len() < limits::MERGE_PIECE_BYTES {
                    continue;
                }
                let merged = match &mut upload {
                    Some(merged) => merged,
                    none => {
                        let merging = self.store.begin_merging(&job.key, job.attempt).await?;
                        none.insert(Merged::begun(merging))
                    }
                };
                merged.pieces += 1;
                let piece = std::mem::take(&mut pieces.waiting);
                self.store
                    .put_piece(&job.key, &merged.merging(), merged.pieces, piece)
                    .await?;
                merged.part = u32::try_from(number).unwrap_or(u32::MAX);
                merged.offset = at;
                if begun.elapsed() > self.settings.extract_time / 2 {
                    cursor.merged = upload;
                    return Ok(Decision::Continue {
                        progress: cursor.progress(job, progress.done, progress.failed),
                        after: Duration::ZERO,
                    });
                }
            }
        }
        let attempt = match upload {
            None => {
                let lines = std::mem::take(&mut pieces.waiting);
                self.store.put_merged(&job.key, job.attempt, lines).await?;
                job.attempt
            }
            Some(merged) => {
                if !pieces.waiting.is_empty() {
                    let piece = std::mem::take(&mut pieces.waiting);
                    self.store
                        .put_piece(&job.key, &merged.merging(), merged.pieces + 1, piece)
                        .await?;
                }
                self.store.end_merging(&job.key, &merged.merging()).await?;
                merged.attempt
            }
        };
        let sha256 = resumed
            .is_none()
            .then(|| format!("{:x}", pieces.hash.finalize()));
        let result = self.manifest(&parts, sha256, &progress).await?;
        let progress = Progress {
            cursor: Some(attempt.to_string()),
            ..progress
        };
        Ok(Decision::Complete {
            result,
            progress: Some(progress),
        })
    }

    async fn manifest(
        &self,
        parts: &[Job],
        sha256: Option<String>,
        progress: &Progress,
    ) -> Result<Vec<u8>, Error> {
        let mut entries = Vec::with_capacity(parts.len());
        let (mut offset, mut first) = (0, 0);
        for part in parts {
            let (bytes, sha256) = if let State::Completed { result, .. } = &part.state
                && let Some(sha256) = part.progress.as_ref().and_then(|it| it.cursor.clone())
            {
                (result.bytes, sha256)
            } else {
                let lines = self.lines(part).await?;
                (lines.len() as u64, format!("{:x}", Sha256::digest(&lines)))
            };
            let Progress { done, failed, .. } = counts(part);
            let documents = part.about.documents;
            entries.push(PartEntry {
                first,
                documents,
                done,
                failed,
                offset,
                bytes,
                sha256,
            });
            offset += bytes;
            first += documents;
        }
        let manifest = Manifest {
            documents: first,
            done: progress.done,
            failed: progress.failed,
            result: MergedEntry {
                media_type: "application/x-ndjson",
                bytes: offset,
                sha256,
            },
            parts: entries,
        };
        Ok(serde_json::to_vec(&manifest).expect("strings and numbers always serialise"))
    }

    /// The lines of a part: its result, or for each of its documents why there is none.
    async fn lines(&self, part: &Job) -> Result<Vec<u8>, Error> {
        if part.status() == Status::Completed
            && let Some(lines) = self.store.part_result(part).await?
        {
            return Ok(lines);
        }
        let names = Names::of(&self.store.request(part).await?);
        let wrong = why(part);
        let mut lines = Vec::new();
        for index in 0..part.about.documents {
            let name = names.name(index as usize);
            let result = no_result(name, 0, &wrong);
            lines.extend(line(names.first + index, name, &result));
        }
        Ok(lines)
    }
}

impl Pieces {
    fn add(&mut self, lines: &[u8]) {
        self.hash.update(lines);
        self.waiting.extend_from_slice(lines);
    }
}
