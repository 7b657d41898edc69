//! What one message means.

use std::time::Duration;

use jiff::Timestamp;
use job::protocol::{self, ClaimRefused};
use job::{Change, Delivery, Failure, Job, JobKey, limits};
use service::metrics::{self, Class};
use service::{Meter, until};
use store::{Claim, Claimed, Delivered, Message, Outcome, Unreadable, Usage, Verdict};
use tokio::time::{Instant, sleep, timeout};
use tracing::{Instrument, Span};

use crate::Worker;
use crate::backoff::backoff;

/// First wait for an item that a message runs ahead of; doubles with each look.
const FIRST_LOOK: Duration = Duration::from_millis(10);

impl Worker {
    /// Handles one message. Nothing is claimed after `soft_deadline`; a claim's lease ends at `deadline`.
    pub(crate) async fn deliver(
        &self,
        delivered: Delivered,
        soft_deadline: Timestamp,
        deadline: Timestamp,
    ) -> Verdict {
        let message = match Message::from_body(&delivered.body) {
            Ok(message) => message,
            Err(error) => {
                // The queue moves it to the dead letters when it has been received too often.
                let newer = matches!(error, Unreadable::Newer(_));
                tracing::error!(%error, newer, message_id = delivered.message_id, "Unreadable message");
                return Verdict::GiveBack(backoff(delivered.receives));
            }
        };
        let meter = Meter::default();
        let verdict = meter
            .run(self.deliver_message(&message, &delivered, soft_deadline, deadline))
            .instrument(message.span(rand::random()))
            .await;
        let used = Usage {
            messages: 1,
            ..Usage::of_units(meter.read_milliunits(), meter.write_milliunits())
        };
        self.store.note(&message.key.tenant, used);
        verdict
    }

    async fn deliver_message(
        &self,
        message: &Message,
        delivered: &Delivered,
        soft_deadline: Timestamp,
        deadline: Timestamp,
    ) -> Verdict {
        let left = until(self.clock.now(), soft_deadline);
        let permit = tokio::select! {
            permit = timeout(left, self.permits.acquire(&message.key.tenant)) => permit.ok(),
            () = self.stopping.cancelled() => None,
        };
        let Some(permit) = permit else {
            return Verdict::GiveBack(Duration::ZERO);
        };
        match self.claim(message, delivered, deadline).await {
            Ok(Claimable::Yes(claim)) => {
                self.attempt(*claim, message.traceparent, soft_deadline, permit)
                    .await
            }
            Ok(Claimable::No(verdict)) => verdict,
            Err(error) => {
                tracing::warn!(%error, "Job not claimed");
                Verdict::GiveBack(backoff(delivered.receives))
            }
        }
    }

    async fn claim(
        &self,
        message: &Message,
        delivered: &Delivered,
        deadline: Timestamp,
    ) -> Result<Claimable, store::Error> {
        if let Some(verdict) = self.part_is_settled(&message.key).await? {
            return Ok(Claimable::No(verdict));
        }
        let delivery = Delivery(rand::random());
        let looks_end = Instant::now() + self.settings.look_again;
        loop {
            let now = self.clock.now();
            let (reason, found) = match self.store.claim(message, delivery, now, deadline).await? {
                Claimed::Won(claim) => {
                    begun(claim.job(), delivered, now);
                    return Ok(Claimable::Yes(Box::new(claim)));
                }
                Claimed::Refused { reason, found } => (reason, found),
            };
            let verdict = match reason {
                ClaimRefused::NotThereYet => {
                    if self.appears(message, looks_end).await? {
                        continue;
                    }
                    self.give_up_waiting(message, delivered, found.as_deref())
                        .await?
                }
                ClaimRefused::Wait(time) => Verdict::GiveBack(until(now, time)),
                ClaimRefused::Exhausted => self.exhaust(message, found.as_deref()).await?,
                // `Own` is a won claim; the store says so.
                ClaimRefused::Settled | ClaimRefused::Own => Verdict::Consume,
            };
            return Ok(Claimable::No(verdict));
        }
    }

    /// A part is not begun when its job is final or gone.
    async fn part_is_settled(&self, key: &JobKey) -> Result<Option<Verdict>, store::Error> {
        if key.part.is_none() {
            return Ok(None);
        }
        let whole = self.store.get(&key.whole(), self.clock.now()).await?;
        if whole.is_some_and(|whole| !whole.status().is_final()) {
            return Ok(None);
        }
        self.abandon_part(key).await.map(Some)
    }

    /// Waits until the item that a message runs ahead of is there. Reads cost a fifth of a refused write.
    async fn appears(&self, message: &Message, looks_end: Instant) -> Result<bool, store::Error> {
        let mut wait = FIRST_LOOK;
        while Instant::now() + wait < looks_end {
            sleep(wait).await;
            wait *= 2;
            let found = self.store.get(&message.key, self.clock.now()).await?;
            if found.is_some_and(|job| job.generation >= message.generation) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The message still has no item. The call that sent it may be under way; but one that is old has died, and nobody was
    /// told an id.
    async fn give_up_waiting(
        &self,
        message: &Message,
        delivered: &Delivered,
        found: Option<&Job>,
    ) -> Result<Verdict, store::Error> {
        let age = until(delivered.sent_at, self.clock.now());
        let now = self.clock.now();
        if age < limits::ORPHAN_AGE || protocol::may_be_continued(found, message.generation, now) {
            return Ok(Verdict::GiveBack(backoff(delivered.receives)));
        }
        // The step that makes a part may be repeated at any time, and have put its request.
        if found.is_none() && message.key.part.is_none() {
            self.store.purge(&message.key).await?;
        }
        tracing::info!("Message without a job dropped");
        Ok(Verdict::Consume)
    }

    /// All attempts are used and the last one was lost: ends the job.
    async fn exhaust(
        &self,
        message: &Message,
        found: Option<&Job>,
    ) -> Result<Verdict, store::Error> {
        let failure = Failure::exhausted(limits::MAX_ATTEMPTS, found.and_then(Job::failure));
        let (generation, now) = (message.generation, self.clock.now());
        let change = Change::Exhaust {
            generation,
            now,
            failure,
        };
        match self.store.change(&message.key, &change).await? {
            Outcome::Done(_) => {
                tracing::warn!("Job failed: no attempt is left");
                metrics::job_failed(Class::Exhausted);
                Ok(Verdict::Consume)
            }
            Outcome::Refused(found) if protocol::is_settled(found.as_ref(), generation) => {
                Ok(Verdict::Consume)
            }
            Outcome::Refused(_) => Ok(Verdict::GiveBack(Duration::ZERO)),
        }
    }
}

/// What came of the wish to claim a job.
enum Claimable {
    Yes(Box<Claim>),
    No(Verdict),
}

/// An attempt was begun, within its job's span.
fn begun(job: &Job, delivered: &Delivered, now: Timestamp) {
    Span::current().record("attempt", job.attempt);
    metrics::attempt();
    // A later attempt has waited for other things than its turn.
    if job.attempt + limits::MAX_ATTEMPTS == job.attempt_limit + 1 {
        metrics::queue_wait(until(delivered.sent_at, now));
    }
}
