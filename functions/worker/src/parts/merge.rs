//! One result of the results of all parts.

use engine::{Merged as Result_, Wrong};
use job::{Failure, Job, Progress, Status};
use store::{Claim, Error};

use super::cursor::Cursor;
use super::part::Names;
use crate::Worker;
use crate::attempt::Decision;

impl Worker {
    /// Makes one result, now that all parts are final.
    pub(super) async fn merge(&self, claim: &Claim, cursor: Cursor) -> Result<Decision, Error> {
        let job = claim.job();
        let (done, failed) = (cursor.done, cursor.failed);
        let progress = Progress {
            done,
            failed,
            total: Some(cursor.documents),
            cursor: None,
        };
        if job.about.documents == 0 {
            return self.merge_collection(job, cursor, progress).await;
        }
        let result = self.merge_batch(job, &cursor).await?;
        Ok(match result {
            Ok(result) => Decision::Complete {
                result,
                progress: Some(progress),
            },
            // The end of a job that failed says nothing of how far it was, so that has to be said before.
            Err(failure) if is_told(job, &progress) => Decision::Fail(failure),
            Err(_) => Decision::Continue {
                progress: cursor.progress(job, done, failed),
                after: std::time::Duration::ZERO,
            },
        })
    }

    /// The result of a batch: an ordinary one, as if all documents had been extracted in one go.
    async fn merge_batch(
        &self,
        job: &Job,
        cursor: &Cursor,
    ) -> Result<Result<Vec<u8>, Failure>, Error> {
        let max_bytes = self.engine.settings().max_result_bytes;
        let mut merged = Result_::of(cursor.documents as usize);
        for part in self.store.parts(&job.key, 0, usize::MAX).await? {
            let names = match self.store.part_result(&part).await? {
                Some(line) if merged.bytes() + line.len() <= max_bytes => {
                    if merged.add(line.trim_ascii_end()).is_ok() {
                        continue;
                    }
                    self.names(&part).await?
                }
                Some(_) => {
                    let wrong = Wrong {
                        code: "limit_exceeded".to_owned(),
                        detail: format!(
                            "The result has more bytes; the limit max_result_bytes is {max_bytes}."
                        ),
                    };
                    merged.add_nothing(self.names(&part).await?.name(0), 0, wrong);
                    continue;
                }
                None => self.names(&part).await?,
            };
            merged.add_nothing(names.name(0), 0, why(&part));
        }
        Ok(merged.end())
    }

    async fn names(&self, part: &Job) -> Result<Names, Error> {
        Ok(Names::of(&self.store.request(part).await?))
    }
}

/// Whether the job's item says how far it is.
fn is_told(job: &Job, progress: &Progress) -> bool {
    job.progress.as_ref().is_some_and(|told| {
        (told.done, told.failed, told.total) == (progress.done, progress.failed, progress.total)
    })
}

/// Why there is nothing of the documents of a part.
pub(super) fn why(part: &Job) -> Wrong {
    match (part.status(), part.failure()) {
        (Status::Failed, Some(failure)) => failure.into(),
        _ => Wrong {
            code: "reader_failed".to_owned(),
            detail: "The result of this document cannot be read; the fault is ours.".to_owned(),
        },
    }
}
