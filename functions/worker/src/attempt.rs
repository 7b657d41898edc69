//! One attempt: from a claimed job to the end of its attempt.

use std::time::Duration;

use engine::{Ended, Extraction, Measured};
use jiff::Timestamp;
use job::{Change, Failure, JobKey, Phase, Progress, Request, protocol};
use service::metrics::{self, Class};
use service::until;
use store::{Claim, Error, Finished, TraceParent, Usage, Verdict};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use crate::Worker;
use crate::backoff::backoff;
use crate::parts;
use crate::permits::Permit;
use crate::sources::LoadError;

/// Why an extraction is to stop.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Its job is no longer wanted, or another worker's.
    Cancelled,
    /// The worker has no time left.
    OutOfTime,
    /// It has had all the time that a job may take.
    TooSlow,
    /// A document cannot be had now.
    NotLoaded(LoadError),
}

/// What is to become of an attempt.
pub(crate) enum Decision {
    Complete {
        result: Vec<u8>,
        /// How far the job is, if it is one of many documents.
        progress: Option<Progress>,
    },
    /// Go on in another step.
    Continue {
        progress: Progress,
        /// So long from now.
        after: Duration,
    },
    Fail(Failure),
    /// Try again later.
    Release(Failure),
    /// The job is no longer this worker's.
    Abandon,
}

impl Worker {
    /// Works on a claimed job and ends the attempt.
    pub(crate) async fn attempt(
        &self,
        claim: Claim,
        traceparent: Option<TraceParent>,
        soft_deadline: Timestamp,
        permit: Permit,
    ) -> Verdict {
        let attempt = claim.job().attempt;
        let mut measured = Measured::default();
        let decision = self
            .decide(&claim, traceparent, soft_deadline, &mut measured)
            .await;
        drop(permit);
        self.store.note(&claim.job().key.tenant, time_of(measured));
        match self.end(claim, decision, traceparent, measured).await {
            Ok(verdict) => verdict,
            Err(error) => {
                // Whether it was written is unknown: the next delivery finds out.
                tracing::error!(%error, "End of the attempt not written");
                Verdict::GiveBack(backoff(attempt))
            }
        }
    }

    async fn decide(
        &self,
        claim: &Claim,
        traceparent: Option<TraceParent>,
        soft_deadline: Timestamp,
        measured: &mut Measured,
    ) -> Decision {
        let left = until(self.clock.now(), soft_deadline);
        let decided = if parts::is_of_many(claim.job()) {
            // All of a step can be repeated, so it may end anywhere.
            tokio::select! {
                decided = Box::pin(self.step(claim, traceparent)) => decided,
                stop = self.until_unwanted(claim, left) => Ok(match stop {
                    Stop::Cancelled => Decision::Abandon,
                    Stop::OutOfTime | Stop::TooSlow | Stop::NotLoaded(_) => {
                        Decision::Release(out_of_time())
                    }
                }),
            }
        } else if claim.job().key.part.is_some() {
            Box::pin(self.part(claim, left, measured)).await
        } else {
            self.work(claim, left, measured).await
        };
        match decided {
            Ok(decision) => decision,
            Err(error @ Error::Unavailable { .. }) => {
                tracing::warn!(%error, "Storage not available");
                Decision::Release(unavailable(
                    "storage_unavailable",
                    "What the job needs could not be read from storage.",
                ))
            }
            Err(error @ Error::Unreadable { .. }) => {
                tracing::error!(%error, "Request not understood");
                Decision::Fail(Failure::new(
                    "request_unreadable",
                    Phase::Deliver,
                    false,
                    "The stored request cannot be understood by this version of the service.",
                ))
            }
        }
    }

    /// A job that is done in one attempt.
    async fn work(
        &self,
        claim: &Claim,
        left: Duration,
        measured: &mut Measured,
    ) -> Result<Decision, Error> {
        let request = self.store.request(claim.job()).await?;
        Ok(match self.extract(request, claim, left, measured).await {
            Ok(Ended::Done(result)) => Decision::Complete {
                result,
                progress: None,
            },
            Ok(Ended::Failed(failure)) => Decision::Fail(failure),
            Ok(Ended::Unavailable) => Decision::Release(unavailable(
                "engine_failed",
                "The extraction could not be run.",
            )),
            Err(Stop::Cancelled) => Decision::Abandon,
            Err(Stop::TooSlow) => Decision::Fail(Failure::new(
                "too_slow",
                Phase::Extract,
                false,
                format!(
                    "The extraction took longer than {} s.",
                    self.settings.extract_time.as_secs()
                ),
            )),
            Err(Stop::NotLoaded(error)) => {
                tracing::warn!(%error, "Document not read");
                Decision::Release(not_loaded(&error))
            }
            // Nobody else stops it.
            Err(Stop::OutOfTime) | Ok(Ended::Stopped) => Decision::Release(out_of_time()),
        })
    }

    /// Lets the engine work on a request, and stops it when the job is no longer wanted or its time is over.
    async fn extract(
        &self,
        request: Request,
        claim: &Claim,
        left: Duration,
        measured: &mut Measured,
    ) -> Result<Ended, Stop> {
        let stopping = CancellationToken::new();
        // Among others a document that cannot be fetched is not waited for, and a part of a job does not fail because of it.
        let is_part = claim.job().key.part.is_some();
        let may_wait = request.documents.len() == 1 && !(is_part && claim.is_last_attempt());
        let extraction = async {
            let mut inputs = Vec::with_capacity(request.documents.len());
            for source in request.documents {
                // On the heap, for most jobs have nothing to load and this is big.
                let load = Box::pin(self.load(&claim.job().key.tenant, source, may_wait));
                match stopping.run_until_cancelled(load).await {
                    Some(loaded) => inputs.push(loaded?),
                    None => return Ok(Ended::Stopped),
                }
            }
            let extraction = self.engine.extract(&inputs, &request.extract, &stopping);
            let Extraction {
                ended,
                measured: took,
            } = extraction.await;
            *measured += took;
            Ok(ended)
        };
        match self.watched(claim, left, &stopping, extraction).await {
            (ended, None) => ended.map_err(Stop::NotLoaded),
            (Ok(Ended::Stopped) | Err(_), Some(stop)) => Err(stop),
            // It was done before it heard of it.
            (Ok(ended), Some(_)) => Ok(ended),
        }
    }

    /// Lets this come to its end, and tells it to stop when the job is no longer wanted or its time is over; says then why.
    pub(crate) async fn watched<T>(
        &self,
        claim: &Claim,
        left: Duration,
        stopping: &CancellationToken,
        work: impl Future<Output = T>,
    ) -> (T, Option<Stop>) {
        tokio::pin!(work);
        let stop = tokio::select! {
            done = &mut work => return (done, None),
            stop = self.until_unwanted(claim, left) => stop,
        };
        stopping.cancel();
        (work.await, Some(stop))
    }

    /// Waits until there is a reason to stop.
    async fn until_unwanted(&self, claim: &Claim, left: Duration) -> Stop {
        let out_of_time = sleep(left);
        let too_slow = sleep(self.settings.extract_time);
        tokio::pin!(out_of_time, too_slow);
        let mut looks = interval(self.settings.cancel_look);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        looks.tick().await; // the first is at once
        loop {
            tokio::select! {
                () = &mut too_slow => return Stop::TooSlow,
                () = &mut out_of_time => return Stop::OutOfTime,
                () = self.stopping.cancelled() => return Stop::OutOfTime,
                _ = looks.tick() => {
                    // A look that fails says nothing; the next one may.
                    if let Ok(false) = self.is_wanted(claim).await {
                        return Stop::Cancelled;
                    }
                }
            }
        }
    }

    async fn is_wanted(&self, claim: &Claim) -> Result<bool, Error> {
        let (key, now) = (&claim.job().key, self.clock.now());
        if key.part.is_some() {
            let whole = self.store.get(&key.whole(), now).await?;
            if whole.is_none_or(|whole| whole.status().is_final()) {
                return Ok(false);
            }
        }
        let found = self.store.get(key, now).await?;
        Ok(claim.still_holds(found.as_ref()))
    }

    async fn end(
        &self,
        claim: Claim,
        decision: Decision,
        traceparent: Option<TraceParent>,
        measured: Measured,
    ) -> Result<Verdict, Error> {
        let tenant = claim.job().key.tenant.clone();
        let finished = match decision {
            Decision::Complete { result, progress } => {
                self.complete(claim, result, progress).await?
            }
            Decision::Continue { progress, after } => {
                let Progress { done, failed, .. } = progress;
                tracing::info!(done, failed, ?after, "Job goes on in another step");
                let now = self.clock.now();
                self.store
                    .continue_job(claim, progress, traceparent, now, now + after)
                    .await?
            }
            Decision::Fail(failure) => {
                tracing::info!(code = failure.code, "Job failed");
                let class = Class::of_code(&failure.code);
                self.fail(claim, failure, class).await?
            }
            Decision::Release(failure) if claim.is_last_attempt() => {
                tracing::warn!(code = failure.code, "Job failed: no attempt is left");
                self.fail(claim, failure, Class::Exhausted).await?
            }
            Decision::Release(failure) => return self.release(claim, failure).await,
            Decision::Abandon if claim.job().key.part.is_some() => {
                return self.abandon_part(&claim.job().key).await;
            }
            Decision::Abandon => {
                tracing::info!("Job no longer wanted, or another worker's");
                let found = self.store.get(&claim.job().key, self.clock.now()).await?;
                if let Some(found) = &found {
                    self.store.announce(found).await?;
                }
                let settled = protocol::is_settled(found.as_ref(), claim.job().generation);
                Finished::Lost { settled }
            }
        };
        if finished == Finished::Written {
            self.store.note(&tenant, dealt_with(measured));
        }
        Ok(match finished {
            Finished::Written | Finished::Lost { settled: true } => Verdict::Consume,
            Finished::Lost { settled: false } => Verdict::GiveBack(Duration::ZERO),
        })
    }

    /// What becomes of a part, and its message, that is not to be done: where its job is final, it is cancelled; where that is gone, so is the
    /// part. Otherwise another worker has it.
    pub(crate) async fn abandon_part(&self, key: &JobKey) -> Result<Verdict, Error> {
        let now = self.clock.now();
        match self.store.get(&key.whole(), now).await? {
            None => {
                self.store.remove_part(key).await?;
                Ok(Verdict::Consume)
            }
            Some(whole) if whole.status().is_final() => {
                self.store.change(key, &Change::Cancel { now }).await?;
                Ok(Verdict::Consume)
            }
            Some(_) => Ok(Verdict::GiveBack(Duration::ZERO)),
        }
    }

    async fn complete(
        &self,
        claim: Claim,
        result: Vec<u8>,
        progress: Option<Progress>,
    ) -> Result<Finished, Error> {
        let bytes = result.len();
        let is_part = claim.job().key.part.is_some();
        let now = self.clock.now();
        let finished = self.store.complete_at(claim, result, progress, now).await?;
        tracing::info!(bytes, ?finished, is_part, "Job done");
        if finished == Finished::Written && !is_part {
            metrics::job_completed(bytes);
        }
        Ok(finished)
    }

    async fn fail(&self, claim: Claim, failure: Failure, class: Class) -> Result<Finished, Error> {
        let is_part = claim.job().key.part.is_some();
        let finished = self.store.fail(claim, failure, self.clock.now()).await?;
        if finished == Finished::Written && !is_part {
            metrics::job_failed(class);
        }
        Ok(finished)
    }

    async fn release(&self, claim: Claim, failure: Failure) -> Result<Verdict, Error> {
        let after = backoff(claim.job().attempt);
        tracing::info!(code = failure.code, ?after, "Job given back");
        let not_before = self.clock.now() + after;
        let finished = self.store.release(claim, Some(failure), not_before).await?;
        if finished == Finished::Written {
            metrics::job_released();
        }
        Ok(match finished {
            Finished::Lost { settled: true } => Verdict::Consume,
            Finished::Written | Finished::Lost { settled: false } => Verdict::GiveBack(after),
        })
    }
}

/// What an attempt took, whatever became of it.
fn time_of(measured: Measured) -> Usage {
    let begun_ms = measured.time.as_micros().div_ceil(1_000);
    Usage {
        compute_ms: u64::try_from(begun_ms).unwrap_or(u64::MAX),
        ..Usage::default()
    }
}

/// What an attempt dealt with, if what came of it is kept.
fn dealt_with(measured: Measured) -> Usage {
    let Measured {
        documents,
        bytes,
        pages,
        records,
        time: _,
    } = measured;
    Usage {
        documents,
        bytes,
        pages,
        records,
        ..Usage::default()
    }
}

/// Why a document could not be had now.
pub(crate) fn not_loaded(error: &LoadError) -> Failure {
    match error {
        LoadError::Spool(_) => unavailable(
            "storage_unavailable",
            "A document could not be read from storage.",
        ),
        LoadError::Fetch(error) => {
            Failure::new("fetch_failed", Phase::Deliver, true, error.to_string())
        }
    }
}

pub(crate) fn out_of_time() -> Failure {
    unavailable(
        "out_of_time",
        "The worker's time was over before the extraction was done.",
    )
}

/// A failure that may pass.
pub(crate) fn unavailable(code: &str, detail: &str) -> Failure {
    let phase = if code == "storage_unavailable" {
        Phase::Deliver
    } else {
        Phase::Extract
    };
    Failure::new(code, phase, true, detail)
}
