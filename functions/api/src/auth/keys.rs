//! What is known of keys: read from the table, and kept for a minute.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use access::{Actor, ApiKey, Identity, KeyId, KeyRecord, KeyState};
use jiff::Timestamp;
use service::Clock;
use store::{ApiKeys, date};
use tokio::sync::Mutex;

use super::refusal::{expired, invalid_key, revoked};
use crate::problem::Problem;

/// How long what was read of a key holds: a revoked one is good for no longer.
const HOLDS: Duration = Duration::from_mins(1);

/// Keys that are remembered before room is made.
const MAX_REMEMBERED: usize = 10_000;

/// Keys, as they were read within the last minute. Also that there is no such key, for who guesses should not make us read.
#[derive(Debug)]
pub(super) struct KeyCache {
    keys: ApiKeys,
    clock: Clock,
    slots: std::sync::Mutex<HashMap<KeyId, Arc<Slot>>>,
}

/// What is known of one key. Whoever reads it holds the lock, so that all who want it at once read it once.
type Slot = Mutex<Option<Seen>>;

#[derive(Debug)]
struct Seen {
    /// When the read began: it knows of all that was written before.
    at: Timestamp,
    record: Option<KeyRecord>,
}

impl KeyCache {
    pub(super) fn new(keys: ApiKeys, clock: Clock) -> Self {
        Self {
            keys,
            clock,
            slots: std::sync::Mutex::default(),
        }
    }

    /// Whom a key is of.
    pub(super) async fn identify(&self, key: &ApiKey) -> Result<Identity, Problem> {
        let now = self.clock.now();
        let slot = self.slot(key.id(), now);
        let mut seen = slot.lock().await;
        let record = self.look(&mut seen, key.id(), now).await?;
        let record = record.as_mut().filter(|record| record.hash.is_of(key));
        // Who does not have the secret is not told whether there is such a key.
        let record = record.ok_or_else(invalid_key)?;
        good(record, now)?;
        self.note_use(record, now).await;
        Ok(Identity {
            actor: Actor::Key(record.id),
            tenant: record.tenant.clone(),
            scopes: record.scopes,
            until: record.expires_at,
        })
    }

    /// Whether a key that was good still is.
    pub(super) async fn still_holds(&self, id: KeyId) -> Result<(), Problem> {
        let now = self.clock.now();
        let slot = self.slot(id, now);
        let mut seen = slot.lock().await;
        let record = self.look(&mut seen, id, now).await?;
        good(record.as_ref().ok_or_else(invalid_key)?, now)
    }

    /// Whether this end has come.
    pub(super) fn is_over(&self, end: Option<Timestamp>) -> bool {
        end.is_some_and(|end| end <= self.clock.now())
    }

    async fn look<'a>(
        &self,
        seen: &'a mut Option<Seen>,
        id: KeyId,
        now: Timestamp,
    ) -> Result<&'a mut Option<KeyRecord>, Problem> {
        if !seen.as_ref().is_some_and(|seen| seen.is_fresh(now)) {
            // What was known is not, should the read fail: nobody passes on what may no longer be true.
            *seen = None;
            let record = self.keys.get(id).await?;
            *seen = Some(Seen { at: now, record });
        }
        Ok(&mut seen.as_mut().expect("it was read").record)
    }

    /// Notes the first use of a day. That it cannot be done is no reason to refuse anybody.
    async fn note_use(&self, record: &mut KeyRecord, now: Timestamp) {
        let today = date(now);
        if record.last_used.is_some_and(|day| day >= today) {
            return;
        }
        record.last_used = Some(today);
        if let Err(error) = self.keys.touch(record.id, today).await {
            tracing::warn!(%error, "Use of a key not noted");
        }
    }

    fn slot(&self, id: KeyId, now: Timestamp) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= MAX_REMEMBERED && !slots.contains_key(&id) {
            slots.retain(|_, slot| is_worth_keeping(slot, now));
            if slots.len() >= MAX_REMEMBERED {
                slots.clear();
            }
        }
        Arc::clone(slots.entry(id).or_default())
    }
}

impl Seen {
    fn is_fresh(&self, now: Timestamp) -> bool {
        // A clock that was set back says nothing of how long ago it was.
        (self.at..self.at + HOLDS).contains(&now)
    }
}

/// Whether a slot is in use, or holds a key that was read lately.
fn is_worth_keeping(slot: &Slot, now: Timestamp) -> bool {
    slot.try_lock().map_or(true, |seen| {
        seen.as_ref()
            .is_some_and(|seen| seen.is_fresh(now) && seen.record.is_some())
    })
}

fn good(record: &KeyRecord, now: Timestamp) -> Result<(), Problem> {
    match record.state(now) {
        KeyState::Active => Ok(()),
        KeyState::Expired => Err(expired()),
        KeyState::Revoked => Err(revoked()),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::config::BehaviorVersion;

    use super::*;

    /// A cache of keys that are nowhere: only what is put into it is ever found.
    fn cache() -> KeyCache {
        let config =
            aws_sdk_dynamodb::Config::builder().behavior_version(BehaviorVersion::latest());
        let nowhere = aws_sdk_dynamodb::Client::from_conf(config.build());
        KeyCache::new(ApiKeys::new(nowhere, "jobs"), Clock::system())
    }

    /// What a read of this key finds, now.
    fn learn(cache: &KeyCache, key: &ApiKey, is_there: bool) {
        let now = cache.clock.now();
        let record = is_there.then(|| KeyRecord {
            id: key.id(),
            hash: key.hash(),
            tenant: testkit::tenant(job::Tenant::DEFAULT),
            scopes: access::Scopes::ALL,
            name: String::new(),
            created_at: now,
            created_by: String::new(),
            expires_at: None,
            revoked_at: None,
            replaced_by: None,
            last_used: Some(date(now)),
        });
        let slot = cache.slot(key.id(), now);
        *slot.try_lock().unwrap() = Some(Seen { at: now, record });
    }

    fn remembered(cache: &KeyCache) -> usize {
        cache.slots.lock().unwrap().len()
    }

    #[tokio::test]
    async fn a_flood_of_ids_takes_no_more_room_and_drives_no_known_key_out() {
        let cache = cache();
        let known = ApiKey::draw();
        learn(&cache, &known, true);
        for _ in 0..3 * MAX_REMEMBERED {
            learn(&cache, &ApiKey::draw(), false);
            assert!(remembered(&cache) <= MAX_REMEMBERED);
        }
        let identity = cache.identify(&known).await.unwrap();
        assert_eq!(identity.actor, Actor::Key(known.id()));
    }

    #[test]
    fn more_keys_than_there_is_room_for_take_no_more_room() {
        let cache = cache();
        for _ in 0..=MAX_REMEMBERED {
            learn(&cache, &ApiKey::draw(), true);
            assert!(remembered(&cache) <= MAX_REMEMBERED);
        }
        assert!(remembered(&cache) > 0);
    }
}
