//! The reaper: dead letters in, jobs that end as failed out.
//!
//! **Invariant:** a dead letter is consumed only when its job is final, gone, or in a newer generation, or when what it says is kept in the
//! table. Together with the queue this is what makes every acknowledged job reach a final state.

use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use jiff::Timestamp;
use job::protocol::{self, DeadLetter};
use job::{Change, Failure, Job, Phase, State, limits};
use service::metrics::{self, Class};
use service::{Clock, Meter, until};
use store::{Delivered, Error, Message, Outcome, Queue, Store, Usage, Verdict, handle_batch};
use tracing::Instrument;

/// Ends jobs whose message the queue has given up on.
#[derive(Debug, Clone)]
pub struct Reaper {
    store: Store,
    dead_letters: Queue,
    clock: Clock,
}

/// How long to wait with a dead letter that cannot be decided on now.
const LATER: Duration = Duration::from_mins(1);

impl Reaper {
    /// A reaper on this store and this queue of dead letters.
    pub fn new(store: Store, dead_letters: Queue, clock: Clock) -> Self {
        Self {
            store,
            dead_letters,
            clock,
        }
    }

    /// Handles a batch. `deadline` is when this invocation will be killed.
    pub async fn handle(&self, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
        let left = until(self.clock.now(), deadline);
        let answer = handle_batch(event, &self.dead_letters, left + LATER, |delivered| {
            self.deliver(delivered)
        })
        .await;
        self.store.add_usage(self.clock.now()).await;
        answer
    }

    async fn deliver(&self, delivered: Delivered) -> Verdict {
        let decided = match Message::from_any_version(&delivered.body) {
            Ok(message) => {
                let meter = Meter::default();
                let decided = meter
                    .run(self.reap(&message, &delivered))
                    .instrument(message.span(rand::random()))
                    .await;
                let used = Usage {
                    messages: 1,
                    ..Usage::of_units(meter.read_milliunits(), meter.write_milliunits())
                };
                self.store.note(&message.key.tenant, used);
                decided
            }
            Err(error) => self.keep(&delivered, &error.to_string()).await,
        };
        decided.unwrap_or_else(|error| {
            tracing::error!(%error, message_id = delivered.message_id, "Dead letter not handled");
            Verdict::GiveBack(LATER)
        })
    }

    async fn reap(&self, message: &Message, delivered: &Delivered) -> Result<Verdict, Error> {
        let now = self.clock.now();
        let (key, generation) = (&message.key, message.generation);
        let found = self.store.get(key, now).await?;
        let young = until(delivered.sent_at, now) < limits::ORPHAN_AGE;
        match protocol::dead_letter(found.as_ref(), generation, young, now) {
            DeadLetter::Keep => Ok(Verdict::GiveBack(keep_for(found.as_ref(), now))),
            DeadLetter::Settled => {
                match &found {
                    Some(found) => self.store.announce(found).await?,
                    None => self.store.purge(key).await?,
                }
                Ok(Verdict::Consume)
            }
            DeadLetter::Bury => {
                let failure = last_word(found.as_ref());
                // First: once the job is failed, nothing says any more that this letter was the reason.
                let (reason, detail) = (&failure.code, &failure.detail);
                let letter = self
                    .store
                    .keep_dead_letter(delivered, reason, detail)
                    .await?;
                let change = Change::Bury {
                    generation,
                    now,
                    failure,
                };
                match self.store.change(key, &change).await? {
                    Outcome::Done(_) => {
                        tracing::warn!("Job failed: its message was a dead letter");
                        metrics::job_failed(Class::Undeliverable);
                        Ok(Verdict::Consume)
                    }
                    Outcome::Refused(found) if protocol::is_settled(found.as_ref(), generation) => {
                        self.store.discard_dead_letter(&key.tenant, &letter).await?;
                        Ok(Verdict::Consume)
                    }
                    Outcome::Refused(_) => Ok(Verdict::GiveBack(LATER)),
                }
            }
        }
    }

    /// Keeps a letter that belongs to no job, for a person to look at.
    async fn keep(&self, delivered: &Delivered, reason: &str) -> Result<Verdict, Error> {
        let message_id = &delivered.message_id;
        self.store
            .keep_dead_letter(delivered, "unreadable_message", reason)
            .await?;
        tracing::warn!(message_id, reason, "Dead letter kept: it belongs to no job");
        metrics::dead_letter_kept();
        Ok(Verdict::Consume)
    }
}

/// Why a dead letter's job failed: its last error, if it had one.
fn last_word(job: Option<&Job>) -> Failure {
    match job.and_then(Job::failure) {
        Some(last) => last.clone(),
        None => Failure::new(
            "undeliverable",
            Phase::Deliver,
            true,
            "The job was given to a worker again and again without coming to an end.",
        ),
    }
}

/// How long a letter is kept that cannot be decided on: until the lease of its job ends.
fn keep_for(found: Option<&Job>, now: Timestamp) -> Duration {
    match found.map(|job| &job.state) {
        Some(State::Running { lease_ends_at, .. }) => {
            until(now, *lease_ends_at).max(Duration::from_secs(1))
        }
        _ => LATER,
    }
}
