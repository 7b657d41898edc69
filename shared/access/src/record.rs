//! What is kept of a key.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use job::Tenant;

use crate::{ApiKey, KeyHash, KeyId, Scopes};

/// What is kept of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// What names it. Never changes.
    pub id: KeyId,
    /// What its secret is known by. Never changes.
    pub hash: KeyHash,
    /// Whose it is. Never changes.
    pub tenant: Tenant,
    /// What its holder may do. Never changes.
    pub scopes: Scopes,
    /// What it is for, in its maker's words. Never changes.
    pub name: String,
    /// When it was made. Never changes.
    pub created_at: Timestamp,
    /// Who made it. Never changes.
    pub created_by: String,
    /// From when on it is good for nothing; none for one that does not expire. Brought forward by a rotation.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked, if it was. Set once.
    pub revoked_at: Option<Timestamp>,
    /// The key that is to take its place, if it was rotated. Set once.
    pub replaced_by: Option<KeyId>,
    /// The last day (UTC) on which somebody called with it. Set by whoever authenticates the first call of a day.
    pub last_used: Option<Date>,
}

/// Whether a key is good for anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// It is.
    Active,
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked,
}

impl KeyState {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl KeyRecord {
    /// What is to be kept of this key, which takes the place of the one that this is kept of: the same but for who made it and when. It lives
    /// as long as its predecessor was meant to.
    #[must_use]
    pub fn successor(&self, key: &ApiKey, made_at: Timestamp, made_by: String) -> Self {
        let life = |end: Timestamp| end.duration_since(self.created_at);
        Self {
            id: key.id(),
            hash: key.hash(),
            tenant: self.tenant.clone(),
            scopes: self.scopes,
            name: self.name.clone(),
            created_at: made_at,
            created_by: made_by,
            expires_at: self.expires_at.map(|end| made_at + life(end)),
            revoked_at: None,
            replaced_by: None,
            last_used: None,
        }
    }

    /// When it expires if it holds beside its successor for so long: no later than it would have.
    pub fn end_beside_successor(&self, now: Timestamp, overlap: Duration) -> Timestamp {
        let end = now + overlap;
        self.expires_at.map_or(end, |before| before.min(end))
    }

    /// Whether it is good for anything now.
    pub fn state(&self, now: Timestamp) -> KeyState {
        if self.revoked_at.is_some() {
            KeyState::Revoked
        } else if self.expires_at.is_some_and(|end| end <= now) {
            KeyState::Expired
        } else {
            KeyState::Active
        }
    }
}
