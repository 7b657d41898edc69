//! One step of a job of many documents.

use std::time::Duration;

use job::{Failure, Job, Progress, Status, limits};
use store::{Claim, Error, TraceParent};

use super::cursor::Cursor;
use super::slices::{self, NoSlice, Slice, Slices};
use crate::Worker;
use crate::attempt::Decision;

/// Whether a job is done in parts.
pub(crate) fn is_of_many(job: &Job) -> bool {
    job.key.part.is_none() && job.about.documents != 1
}

/// How the parts stand.
struct Look {
    done: u32,
    failed: u32,
    /// Parts that are not final.
    unfinished: u32,
}

impl Worker {
    /// Does a step: makes parts, looks at all that are not done, and says how it goes on.
    pub(crate) async fn step(
        &self,
        claim: &Claim,
        traceparent: Option<TraceParent>,
    ) -> Result<Decision, Error> {
        let job = claim.job();
        let mut cursor = Cursor::of(job);
        if cursor.generation != job.generation {
            self.revive(job, &mut cursor, traceparent).await?;
        }
        let mut look = self.look(job, &mut cursor, traceparent).await?;
        let mut is_full = look.unfinished >= limits::MAX_UNFINISHED_PARTS;
        if !cursor.all_made && !is_full {
            let room = limits::MAX_UNFINISHED_PARTS - look.unfinished;
            let most = room.min(limits::MAX_PARTS_PER_STEP);
            if let Err(failure) = self.make(claim, &mut cursor, most, traceparent).await? {
                return Ok(Decision::Fail(failure));
            }
            look = self.look(job, &mut cursor, traceparent).await?;
            is_full = look.unfinished >= limits::MAX_UNFINISHED_PARTS;
        }
        if cursor.all_made && look.unfinished == 0 {
            return self.merge(claim, cursor).await;
        }
        let after = if cursor.all_made || is_full {
            cursor.looks += 1;
            delay(cursor.looks, cursor.all_made)
        } else {
            Duration::ZERO
        };
        let progress = cursor.progress(job, look.done, look.failed);
        Ok(Decision::Continue { progress, after })
    }

    /// After a retry: what was not completed is tried again. A part that waits may have lost its message while the job was cancelled.
    async fn revive(
        &self,
        job: &Job,
        cursor: &mut Cursor,
        traceparent: Option<TraceParent>,
    ) -> Result<(), Error> {
        for part in self.store.parts(&job.key, 0, usize::MAX).await? {
            match part.status() {
                Status::Failed | Status::Cancelled => self.again(&part, traceparent).await?,
                Status::Pending => self.store.remind(&part, traceparent).await?,
                Status::Running | Status::Completed => {}
            }
        }
        *cursor = Cursor {
            generation: job.generation,
            made: cursor.made,
            documents: cursor.documents,
            all_made: cursor.all_made,
            after: cursor.after.take(),
            ..Cursor::default()
        };
        Ok(())
    }

    async fn again(&self, part: &Job, traceparent: Option<TraceParent>) -> Result<(), Error> {
        let now = self.clock.now();
        self.store.retry(&part.key, traceparent, now).await?;
        Ok(())
    }

    /// Makes up to so many parts.
    async fn make(
        &self,
        claim: &Claim,
        cursor: &mut Cursor,
        most: u32,
        traceparent: Option<TraceParent>,
    ) -> Result<Result<(), Failure>, Error> {
        let job = claim.job();
        // This step may have been begun before.
        for part in self.store.parts(&job.key, cursor.made, usize::MAX).await? {
            self.count_in(cursor, &part).await?;
        }
        let mut slices = Slices::new(self, &job.key.tenant, self.store.request(job).await?);
        for _ in 0..most {
            let (number, first) = (cursor.made, cursor.documents);
            let slice = slices.cut(number, first, cursor.after.as_deref()).await?;
            let Slice { request, documents } = match slice {
                Ok(slice) => slice,
                Err(NoSlice::End) => {
                    cursor.all_made = true;
                    break;
                }
                Err(NoSlice::Failed(failure)) => return Ok(Err(failure)),
            };
            let (key, now) = (job.key.of_part(number), self.clock.now());
            let part = self
                .store
                .submit_part(key, request, documents, traceparent, now)
                .await?;
            self.count_in(cursor, &part).await?;
        }
        Ok(Ok(()))
    }

    /// Goes on behind a part that is there.
    async fn count_in(&self, cursor: &mut Cursor, part: &Job) -> Result<(), Error> {
        let request = self.store.request(part).await?;
        cursor.made += 1;
        cursor.documents += part.about.documents;
        cursor.after = slices::after(&request);
        Ok(())
    }

    /// Looks at the parts that were not final.
    async fn look(
        &self,
        job: &Job,
        cursor: &mut Cursor,
        traceparent: Option<TraceParent>,
    ) -> Result<Look, Error> {
        let (mut done, mut failed, mut unfinished) = (0, 0, 0);
        for part in self.store.parts(&job.key, cursor.low, usize::MAX).await? {
            let counts = counts(&part);
            let is_done = match part.status() {
                Status::Completed | Status::Failed => true,
                Status::Pending | Status::Running => false,
                // It was cancelled with its job, which has been retried since.
                Status::Cancelled => {
                    self.again(&part, traceparent).await?;
                    false
                }
            };
            if is_done && unfinished == 0 {
                cursor.low += 1;
                cursor.done += counts.done;
                cursor.failed += counts.failed;
            } else {
                done += counts.done;
                failed += counts.failed;
                unfinished += u32::from(!is_done);
            }
        }
        Ok(Look {
            done: cursor.done + done,
            failed: cursor.failed + failed,
            unfinished,
        })
    }
}

/// How far a part is. The documents of a part that failed have failed.
pub(super) fn counts(part: &Job) -> Progress {
    match (part.status(), &part.progress) {
        (Status::Failed | Status::Cancelled, _) => Progress {
            failed: part.about.documents,
            ..Progress::default()
        },
        (_, Some(progress)) => progress.clone(),
        (_, None) => Progress::default(),
    }
}

/// How long to wait before the next look: not at all, then longer with each.
fn delay(looks: u32, all_made: bool) -> Duration {
    let most = if all_made {
        limits::MAX_STEP_DELAY
    } else {
        limits::MAX_MAKING_DELAY
    };
    match looks {
        0 | 1 => Duration::ZERO,
        looks => Duration::from_secs(1 << (looks - 2).min(16)).min(most),
    }
}
