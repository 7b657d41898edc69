//! One attempt: from a claimed job to the end of its attempt.

use std::time::Duration;

use engine::Ended;
use jiff::Timestamp;
use job::{Failure, Phase, Request, protocol};
use service::metrics::{self, Class};
use service::until;
use store::{Claim, Error, Finished, Verdict};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use crate::Worker;
use crate::backoff::backoff;
use crate::sources::LoadError;

/// Why an extraction is to stop.
#[derive(Debug)]
enum Stop {
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
enum Decision {
    Complete(Vec<u8>),
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
        soft_deadline: Timestamp,
        permit: OwnedSemaphorePermit,
    ) -> Verdict {
        let attempt = claim.job().attempt;
        let decision = self.work(&claim, soft_deadline).await;
        drop(permit);
        match self.end(claim, decision).await {
            Ok(verdict) => verdict,
            Err(error) => {
                // Whether it was written is unknown: the next delivery finds out.
                tracing::error!(%error, "End of the attempt not written");
                Verdict::GiveBack(backoff(attempt))
            }
        }
    }

    async fn work(&self, claim: &Claim, soft_deadline: Timestamp) -> Decision {
        let request = match self.store.request(claim.job()).await {
            Ok(request) => request,
            Err(error @ Error::Unavailable { .. }) => {
                tracing::warn!(%error, "Request not read");
                return Decision::Release(unavailable(
                    "The request could not be read from storage.",
                ));
            }
            Err(error @ Error::Unreadable { .. }) => {
                tracing::error!(%error, "Request not understood");
                return Decision::Fail(Failure::new(
                    "request_unreadable",
                    Phase::Deliver,
                    false,
                    "The stored request cannot be understood by this version of the service.",
                ));
            }
        };
        let left = until(self.clock.now(), soft_deadline);
        match self.extract(request, claim, left).await {
            Ok(Ended::Done(result)) => Decision::Complete(result),
            Ok(Ended::Failed(failure)) => Decision::Fail(failure),
            Ok(Ended::Unavailable) => Decision::Release(Failure::new(
                "engine_failed",
                Phase::Extract,
                true,
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
                Decision::Release(match error {
                    LoadError::Spool(_) => {
                        unavailable("A document could not be read from storage.")
                    }
                    LoadError::Fetch(error) => {
                        Failure::new("fetch_failed", Phase::Deliver, true, error.to_string())
                    }
                })
            }
            // Nobody else stops it.
            Err(Stop::OutOfTime) | Ok(Ended::Stopped) => Decision::Release(Failure::new(
                "out_of_time",
                Phase::Extract,
                true,
                "The worker's time was over before the extraction was done.",
            )),
        }
    }

    /// Lets the engine work on a request, and stops it when the job is no longer wanted or its time is over.
    async fn extract(
        &self,
        request: Request,
        claim: &Claim,
        left: Duration,
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
            let extract = &request.extract;
            Ok(self.engine.extract(&inputs, extract, &stopping).await)
        };
        let out_of_time = sleep(left);
        let too_slow = sleep(self.settings.extract_time);
        tokio::pin!(extraction, out_of_time, too_slow);
        let mut looks = interval(self.settings.cancel_look);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        looks.tick().await; // the first is at once
        let stop = loop {
            tokio::select! {
                ended = &mut extraction => return ended.map_err(Stop::NotLoaded),
                () = &mut too_slow => break Stop::TooSlow,
                () = &mut out_of_time => break Stop::OutOfTime,
                () = self.stopping.cancelled() => break Stop::OutOfTime,
                _ = looks.tick() => {
                    // A look that fails says nothing; the next one may.
                    if let Ok(found) = self.store.get(&claim.job().key, self.clock.now()).await
                        && !claim.still_holds(found.as_ref())
                    {
                        break Stop::Cancelled;
                    }
                }
            }
        };
        stopping.cancel();
        match extraction.await {
            Ok(Ended::Stopped) | Err(_) => Err(stop),
            // It was done before it heard of it.
            Ok(ended) => Ok(ended),
        }
    }

    async fn end(&self, claim: Claim, decision: Decision) -> Result<Verdict, Error> {
        let finished = match decision {
            Decision::Complete(result) => self.complete(claim, result).await?,
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
        Ok(match finished {
            Finished::Written | Finished::Lost { settled: true } => Verdict::Consume,
            Finished::Lost { settled: false } => Verdict::GiveBack(Duration::ZERO),
        })
    }

    async fn complete(&self, claim: Claim, result: Vec<u8>) -> Result<Finished, Error> {
        let bytes = result.len();
        let finished = self.store.complete(claim, result, self.clock.now()).await?;
        tracing::info!(bytes, ?finished, "Job done");
        if finished == Finished::Written {
            metrics::job_completed(bytes);
        }
        Ok(finished)
    }

    async fn fail(&self, claim: Claim, failure: Failure, class: Class) -> Result<Finished, Error> {
        let finished = self.store.fail(claim, failure, self.clock.now()).await?;
        if finished == Finished::Written {
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

fn unavailable(detail: &str) -> Failure {
    Failure::new("storage_unavailable", Phase::Deliver, true, detail)
}
