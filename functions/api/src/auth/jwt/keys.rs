//! An issuer's keys as they were fetched last.
//!
//! They are fetched before the first token is checked, once an hour in passing, and where a token names a key that is not among them. Each time
//! one request fetches them, whatever comes meanwhile; and a minute passes between two times, so that made-up tokens make no flood.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jsonwebtoken::Algorithm;
use service::{Clock, until};
use tokio::sync::{Mutex as Turns, OwnedMutexGuard};
use tracing::Instrument as _;

use super::Refused;
use super::jwks::KeySet;
use super::settings::Source;

/// How long keys are used without asking whether there are others.
const FRESH_TIME: Duration = Duration::from_hours(1);

/// How long keys are used while nobody can say whether there are others.
const KEEP_TIME: Duration = Duration::from_hours(24);

/// The least time between two fetches while there are keys.
const GAP: Duration = Duration::from_mins(1);

/// The least time between two fetches while there are none: until then, nobody gets in.
const GAP_WITHOUT_KEYS: Duration = Duration::from_secs(5);

/// An issuer's keys as they were fetched last. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Keys(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    source: Source,
    algorithm: Algorithm,
    clock: Clock,
    seen: Mutex<Seen>,
    /// Whoever has the turn may fetch.
    turns: Arc<Turns<()>>,
}

#[derive(Debug, Default)]
struct Seen {
    /// The keys, and when they were fetched.
    keys: Option<(Arc<KeySet>, Timestamp)>,
    /// When it was last tried to fetch them: at its beginning, and again at its end.
    tried_at: Option<Timestamp>,
    /// Why they could not be fetched when that was last tried.
    failure: Option<String>,
}

impl Keys {
    /// Those of this source for this algorithm. Fetches nothing yet.
    pub(super) fn new(source: Source, algorithm: Algorithm, clock: Clock) -> Self {
        Self(Arc::new(Parts {
            source,
            algorithm,
            clock,
            seen: Mutex::default(),
            turns: Arc::default(),
        }))
    }

    /// The keys, none of them older than may be.
    pub(super) async fn current(&self) -> Result<Arc<KeySet>, Refused> {
        match self.held() {
            Some((keys, age)) if age < FRESH_TIME => return Ok(keys),
            // One request fetches them anew; those that come meanwhile go on with what there is.
            Some(_) => {
                if let Ok(turn) = self.0.turns.clone().try_lock_owned() {
                    self.fetch(turn, GAP).await;
                }
            }
            None => {
                let turn = self.0.turns.clone().lock_owned().await;
                if self.held().is_none() {
                    self.fetch(turn, GAP_WITHOUT_KEYS).await;
                }
            }
        }
        self.held_or_why()
    }

    /// The keys, fetched anew unless they have been since these were seen, or were lately.
    pub(super) async fn newer_than(&self, known: &Arc<KeySet>) -> Result<Arc<KeySet>, Refused> {
        let turn = self.0.turns.clone().lock_owned().await;
        let held = self.held();
        if held.is_none_or(|(keys, _age)| Arc::ptr_eq(&keys, known)) {
            self.fetch(turn, GAP).await;
        }
        self.held_or_why()
    }

    /// Fetches them, unless that was tried a moment ago. Once begun it goes on, also when the request that asked for it is given up: else such
    /// requests would be a way around the gap, or keep everybody from keys.
    async fn fetch(&self, turn: OwnedMutexGuard<()>, gap: Duration) {
        let Self(parts) = self;
        let now = parts.clock.now();
        let tried_at = parts.seen().tried_at;
        // A clock that was set back says nothing of how long ago it was.
        if tried_at.is_some_and(|then| (then..then + gap).contains(&now)) {
            return;
        }
        parts.seen().tried_at = Some(now);
        let parts = parts.clone();
        let fetch = async move {
            let _turn = turn;
            let fetched = KeySet::fetch(&parts.source, parts.algorithm).await;
            parts.note(fetched);
        };
        // It fails by a panic alone: then nothing is noted, and what there was stays.
        let _ = tokio::spawn(fetch.in_current_span()).await;
    }

    fn held_or_why(&self) -> Result<Arc<KeySet>, Refused> {
        let held = self.held().map(|(keys, _age)| keys);
        held.ok_or_else(|| {
            let failure = self.0.seen().failure.clone();
            let why = failure.as_deref().unwrap_or("they are being fetched");
            Refused::Unavailable(format!("The keys of the issuer of tokens: {why}"))
        })
    }

    /// The keys there are and how old they are, unless they are too old.
    fn held(&self) -> Option<(Arc<KeySet>, Duration)> {
        let (keys, fetched_at) = self.0.seen().keys.clone()?;
        let now = self.0.clock.now();
        // By a clock that was set back they could stay fresh for ever.
        let age = if now < fetched_at {
            FRESH_TIME
        } else {
            until(fetched_at, now)
        };
        (age < KEEP_TIME).then_some((keys, age))
    }
}

impl Parts {
    fn note(&self, fetched: Result<KeySet, String>) {
        let now = self.clock.now();
        let mut seen = self.seen();
        seen.tried_at = Some(now);
        match fetched {
            Ok(keys) => {
                seen.keys = Some((Arc::new(keys), now));
                seen.failure = None;
            }
            Err(cause) => {
                if seen.keys.is_some() {
                    tracing::warn!(
                        cause,
                        "The keys of the issuer of tokens cannot be fetched anew"
                    );
                }
                seen.failure = Some(cause);
            }
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
