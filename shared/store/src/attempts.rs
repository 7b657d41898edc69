//! One attempt at a job: from its claim to its end.

use jiff::Timestamp;
use job::protocol::{self, ClaimRefused};
use job::{Change, Delivery, Failure, Job, Progress, State, limits};

use crate::keys::Kind;
use crate::payload::Packed;
use crate::{Error, Message, Outcome, Store, TraceParent, item, tally};

/// Size up to which one write of an item costs one unit.
const WRITE_UNIT_BYTES: usize = 1024;

/// What became of a claim.
#[derive(Debug)]
pub enum Claimed {
    /// The job is this worker's for one attempt.
    Won(Claim),
    /// It is not; what to do instead.
    Refused {
        /// What to do.
        reason: ClaimRefused,
        /// The job as it was found, if there is one.
        found: Option<Box<Job>>,
    },
}

/// Proof that a worker holds an attempt. Ending the attempt consumes it.
#[derive(Debug)]
pub struct Claim {
    job: Box<Job>,
    delivery: Delivery,
}

/// What became of the end of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// It was written, or had been.
    Written,
    /// The attempt was no longer this worker's.
    Lost {
        /// Whether the job's message has nothing left to do.
        settled: bool,
    },
}

impl Store {
    /// Takes a job for one attempt. One that takes the worker of a newer release is unreadable, and stays as it is.
    pub async fn claim(
        &self,
        message: &Message,
        delivery: Delivery,
        now: Timestamp,
        lease_ends_at: Timestamp,
    ) -> Result<Claimed, Error> {
        let Message {
            key,
            version: _,
            generation,
            traceparent: _,
        } = message;
        let change = Change::Claim {
            generation: *generation,
            delivery,
            now,
            lease_ends_at,
        };
        let found = match self.change(key, &change).await? {
            Outcome::Done(job) => {
                let job = Box::new(job);
                return Ok(Claimed::Won(Claim { job, delivery }));
            }
            Outcome::Refused(found) => found,
        };
        // The job itself allows it, so it was its version that did not.
        if found.as_ref().is_some_and(|job| change.guard().allows(job)) {
            return Err(Error::unreadable("a job", "it takes a newer worker"));
        }
        match (
            protocol::claim_refused(found.as_ref(), *generation, delivery, now),
            found,
        ) {
            (ClaimRefused::Own, Some(job)) => {
                let job = Box::new(job);
                Ok(Claimed::Won(Claim { job, delivery }))
            }
            (reason, found) => Ok(Claimed::Refused {
                reason,
                found: found.map(Box::new),
            }),
        }
    }

    /// Ends an attempt with a result: puts the result, then the pointer to it.
    pub async fn complete(
        &self,
        claim: Claim,
        result: Vec<u8>,
        now: Timestamp,
    ) -> Result<Finished, Error> {
        self.complete_at(claim, result, None, now).await
    }

    /// Ends an attempt with a result, as [`complete`](Self::complete) does, and says with it how far the job is.
    pub async fn complete_at(
        &self,
        claim: Claim,
        result: Vec<u8>,
        progress: Option<Progress>,
        now: Timestamp,
    ) -> Result<Finished, Error> {
        let Claim { job, delivery } = &claim;
        let kind = Kind::Result {
            attempt: job.attempt,
        };
        let packed = Packed::new(result).await;
        let complete = |result| Change::Complete {
            attempt: job.attempt,
            now,
            result,
            progress: progress.clone(),
        };
        let fits = |change: &Change| {
            change
                .apply(job)
                .is_some_and(|next| item::size(&item::from_job(&next)) <= WRITE_UNIT_BYTES)
        };
        let inline = (packed.len() < WRITE_UNIT_BYTES)
            .then(|| complete(packed.inline()))
            .filter(fits);
        let change = if let Some(change) = inline {
            change
        } else {
            let expiry = limits::expiry_of_finished(now);
            complete(self.payloads.put(&job.key, kind, packed, expiry).await?)
        };
        let found = match self.change(&job.key, &change).await? {
            Outcome::Done(_) => return Ok(Finished::Written),
            Outcome::Refused(found) => found,
        };
        if let Some(found) = &found
            && protocol::completed_by(found, job.attempt, *delivery)
        {
            return Ok(Finished::Written);
        }
        if let Change::Complete { result, .. } = &change {
            self.payloads.delete(&job.key, kind, result).await?;
        }
        Ok(claim.lost(found.as_ref()))
    }

    /// Ends an attempt: the job cannot be done.
    pub async fn fail(
        &self,
        claim: Claim,
        failure: Failure,
        now: Timestamp,
    ) -> Result<Finished, Error> {
        let change = Change::Fail {
            attempt: claim.job.attempt,
            now,
            failure,
        };
        self.end(claim, &change).await
    }

    /// Ends an attempt: the job is to be tried again. The caller has seen that attempts are left ([`Claim::is_last_attempt`]).
    pub async fn release(
        &self,
        claim: Claim,
        failure: Option<Failure>,
        not_before: Timestamp,
    ) -> Result<Finished, Error> {
        let change = Change::Release {
            attempt: claim.job.attempt,
            not_before,
            failure,
        };
        self.end(claim, &change).await
    }

    /// Ends an attempt that was a step of its job: sends the message of the next step, then makes the job pending in it. As with a retry, who
    /// dies in between leaves a message that runs ahead of its job, and this step is done again.
    pub async fn continue_job(
        &self,
        claim: Claim,
        progress: Progress,
        traceparent: Option<TraceParent>,
        now: Timestamp,
        not_before: Timestamp,
    ) -> Result<Finished, Error> {
        let next = claim.job.generation + 1;
        let message = Message {
            key: claim.job.key.clone(),
            version: claim.job.version,
            generation: next,
            traceparent,
        };
        let wait = not_before.duration_since(now).try_into();
        self.queue()
            .send_after(&message, wait.unwrap_or_default())
            .await?;
        let change = Change::Continue {
            attempt: claim.job.attempt,
            now,
            not_before,
            progress,
        };
        match self.change(&claim.job.key, &change).await? {
            Outcome::Done(_) => Ok(Finished::Written),
            // Nobody else could have: this very write, whose answer was lost.
            Outcome::Refused(Some(found))
                if found.generation == next && found.attempt == claim.job.attempt =>
            {
                Ok(Finished::Written)
            }
            Outcome::Refused(found) => Ok(claim.lost(found.as_ref())),
        }
    }

    async fn end(&self, claim: Claim, change: &Change) -> Result<Finished, Error> {
        match self.change(&claim.job.key, change).await? {
            Outcome::Done(_) => Ok(Finished::Written),
            Outcome::Refused(Some(found)) if tally::took_place(change, &found) => {
                Ok(Finished::Written)
            }
            Outcome::Refused(found) => Ok(claim.lost(found.as_ref())),
        }
    }
}

impl Claim {
    /// The job, as it was when it was claimed.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// Whether this submission has no attempt left after this one.
    pub fn is_last_attempt(&self) -> bool {
        self.job.attempt >= self.job.attempt_limit
    }

    /// Whether a job, as it is now, is still this worker's.
    pub fn still_holds(&self, found: Option<&Job>) -> bool {
        found.is_some_and(|found| {
            found.attempt == self.job.attempt && matches!(found.state, State::Running { .. })
        })
    }

    fn lost(&self, found: Option<&Job>) -> Finished {
        Finished::Lost {
            settled: protocol::is_settled(found, self.job.generation),
        }
    }
}
