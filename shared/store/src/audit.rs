//! Who did what to keys, secrets, quotas and dead letters: kept for whoever has to know it later.
//!
//! | item | attribute | meaning |
//! | --- | --- | --- |
//! | `T#<tenant>#A`, `A#<time>#<random number>` | `evt` | what happened: a name |
//! | | `act` | who did it |
//! | | `own` | whose that is; absent if it is this tenant's own |
//! | | `sub` | what it was done to |
//! | | `det` | more of it: an object, as JSON |
//! | | `req` | the request that it came with |
//! | | `ttl` | as of every item |
//!
//! An entry is written once, after what it tells of took place, and never changed.

use std::time::Duration;

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use jiff::Timestamp;
use job::Tenant;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::item::Attributes;
use crate::{ApiKeys, Error, Store, keys};

/// How long an entry is kept.
pub const KEEP_AUDIT: Duration = Duration::from_hours(400 * 24);

/// Entries that one page looks at.
pub const MAX_AUDIT_READS: usize = 1_000;

/// Entries that are read at a time where a filter may leave many of them out.
const FILTERED_READS: usize = 200;

/// What can happen that is worth an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditEvent {
    /// A key was made.
    KeyCreated,
    /// A key was given a successor.
    KeyRotated,
    /// A key was revoked.
    KeyRevoked,
    /// A secret of webhooks was made.
    WebhookSecretCreated,
    /// A secret of webhooks was removed.
    WebhookSecretRemoved,
    /// A dead letter was tried again.
    DeadLetterRedriven,
    /// All dead letters that matched were tried again.
    DeadLettersRedriven,
    /// A dead letter was discarded.
    DeadLetterDiscarded,
    /// All dead letters that matched were discarded.
    DeadLettersDiscarded,
    /// A tenant's quotas were set.
    QuotasSet,
    /// A tenant's quotas were made those of everybody again.
    QuotasRemoved,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// What: an [`AuditEvent`]'s name, or one of a later release.
    pub event: String,
    /// Who did it.
    pub actor: String,
    /// Whose the actor is, where it acted for another tenant than its own.
    pub actor_tenant: Option<Tenant>,
    /// What it was done to.
    pub subject: String,
    /// More of it: an object.
    pub details: Value,
    /// The request that it came with.
    pub request_id: String,
}

/// What entries are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only those of this event.
    pub event: Option<AuditEvent>,
    /// Only what this actor did.
    pub actor: Option<String>,
    /// Only what happened at this time or later.
    pub from: Option<Timestamp>,
    /// Only what happened before this time.
    pub before: Option<Timestamp>,
}

/// What addresses an entry of a tenant's. They sort by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuditId {
    /// When it happened, to the millisecond.
    at: Timestamp,
    /// Tells it from others of that time.
    number: u64,
}

/// Entries, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditPage {
    /// Those of this page; there may be none of them on a page that others follow.
    pub entries: Vec<AuditEntry>,
    /// What the next page lies below; none if this is the last.
    pub next: Option<AuditId>,
}

#[derive(Serialize, Deserialize)]
struct Item {
    pk: String,
    sk: String,
    evt: String,
    act: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    own: Option<Tenant>,
    sub: String,
    det: String,
    req: String,
    ttl: i64,
}

impl ApiKeys {
    /// Keeps an entry of a tenant's: also for whoever has the table itself, and so no more of a store.
    pub async fn keep_audit(&self, tenant: &Tenant, entry: &AuditEntry) -> Result<(), Error> {
        let AuditEntry {
            at,
            event,
            actor,
            actor_tenant,
            subject,
            details,
            request_id,
        } = entry;
        let item = Item {
            pk: keys::audit(tenant),
            sk: keys::audit_entry(&AuditId::draw(*at).to_text()),
            evt: event.clone(),
            act: actor.clone(),
            own: actor_tenant.clone(),
            sub: subject.clone(),
            det: details.to_string(),
            req: request_id.clone(),
            ttl: (*at + KEEP_AUDIT).as_second(),
        };
        let item = serde_dynamo::aws_sdk_dynamodb_1::to_item(item)
            .expect("a struct of plain fields is an item");
        self.dynamodb
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("put audit entry"))?;
        Ok(())
    }
}

impl Store {
    /// Keeps an entry of a tenant's.
    pub async fn keep_audit(&self, tenant: &Tenant, entry: &AuditEntry) -> Result<(), Error> {
        self.api_keys().keep_audit(tenant, entry).await
    }

    /// The newest entries of a tenant that a filter lets through, older than `below`, `limit` at most.
    pub async fn audit(
        &self,
        tenant: &Tenant,
        filter: &AuditFilter,
        below: Option<&AuditId>,
        limit: usize,
    ) -> Result<AuditPage, Error> {
        let mut stretch = Stretch::of(filter, below);
        let is_filtered = filter.event.is_some() || filter.actor.is_some();
        let step = if is_filtered {
            FILTERED_READS
        } else {
            limit + 1
        };
        let (mut found, mut left) = (Vec::new(), MAX_AUDIT_READS);
        while !stretch.is_over() && found.len() <= limit && left > 0 {
            let length = step.min(left);
            let read = self.read_audit(tenant, &mut stretch, length).await?;
            found.extend(read.into_iter().filter(|(_, it)| filter.lets_through(it)));
            left -= length;
        }
        let next = if found.len() > limit {
            found.truncate(limit);
            found.last().map(|(id, _)| *id)
        } else {
            stretch.seen.filter(|_| !stretch.is_over())
        };
        let entries = found.into_iter().map(|(_, entry)| entry).collect();
        Ok(AuditPage { entries, next })
    }

    /// Reads so many entries at the newest end of a stretch, and takes them off it.
    async fn read_audit(
        &self,
        tenant: &Tenant,
        stretch: &mut Stretch,
        length: usize,
    ) -> Result<Vec<(AuditId, AuditEntry)>, Error> {
        let answer = self
            .payloads
            .between(
                keys::audit(tenant),
                stretch.from.clone(),
                stretch.to.clone(),
            )
            .scan_index_forward(false)
            .limit(i32::try_from(length).unwrap_or(i32::MAX))
            .consistent_read(true)
            .send()
            .await
            .map_err(Error::during("list audit entries"))?;
        let is_last = answer.last_evaluated_key.is_none();
        let items = answer.items.unwrap_or_default().into_iter();
        let read: Vec<(AuditId, AuditEntry)> = items.map(read).collect::<Result<_, _>>()?;
        stretch.take_off(read.last().map(|(id, _)| *id).filter(|_| !is_last));
        Ok(read)
    }
}

/// A part of a tenant's entries that is yet to be read.
struct Stretch {
    /// The least sort key that is in it.
    from: String,
    /// The greatest.
    to: String,
    /// The entry that was read last.
    seen: Option<AuditId>,
}

impl Stretch {
    fn of(filter: &AuditFilter, below: Option<&AuditId>) -> Self {
        let from = filter.from.map(first_of).unwrap_or_default();
        let before = filter.before.map_or_else(|| "~".to_owned(), first_of);
        let below = below.map(AuditId::just_below);
        let to = below.map_or(before.clone(), |below| below.min(before));
        Self {
            from: keys::audit_entry(&from),
            to: keys::audit_entry(&to),
            seen: None,
        }
    }

    fn is_over(&self) -> bool {
        self.to < self.from
    }

    /// Leaves what lies below this entry, or nothing.
    fn take_off(&mut self, last: Option<AuditId>) {
        self.seen = last;
        self.to = last.map_or_else(String::new, |last| keys::audit_entry(&last.just_below()));
    }
}

impl AuditFilter {
    fn lets_through(&self, entry: &AuditEntry) -> bool {
        self.event.is_none_or(|it| it.name() == entry.event)
            && self.actor.as_ref().is_none_or(|it| *it == entry.actor)
    }
}

impl AuditEvent {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::KeyCreated,
        Self::KeyRotated,
        Self::KeyRevoked,
        Self::WebhookSecretCreated,
        Self::WebhookSecretRemoved,
        Self::DeadLetterRedriven,
        Self::DeadLettersRedriven,
        Self::DeadLetterDiscarded,
        Self::DeadLettersDiscarded,
        Self::QuotasSet,
        Self::QuotasRemoved,
    ];

    /// Its name, in the log and in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::KeyCreated => "key_created",
            Self::KeyRotated => "key_rotated",
            Self::KeyRevoked => "key_revoked",
            Self::WebhookSecretCreated => "webhook_secret_created",
            Self::WebhookSecretRemoved => "webhook_secret_removed",
            Self::DeadLetterRedriven => "dead_letter_redriven",
            Self::DeadLettersRedriven => "dead_letters_redriven",
            Self::DeadLetterDiscarded => "dead_letter_discarded",
            Self::DeadLettersDiscarded => "dead_letters_discarded",
            Self::QuotasSet => "quotas_set",
            Self::QuotasRemoved => "quotas_removed",
        }
    }
}

impl AuditId {
    /// Its text, which is no secret.
    pub fn to_text(&self) -> String {
        format!("{}#{:016x}", text(self.at), self.number)
    }

    /// Reads what [`AuditId::to_text`] wrote.
    pub fn from_text(text: &str) -> Option<Self> {
        let (at, number) = text.split_once('#')?;
        let id = Self {
            at: at.parse().ok()?,
            number: u64::from_str_radix(number, 16).ok()?,
        };
        (id.to_text() == text).then_some(id)
    }

    fn draw(at: Timestamp) -> Self {
        // 62 bits of its second half are random.
        let (_, number) = Uuid::new_v4().as_u64_pair();
        Self { at, number }
    }

    /// A text that sorts before its own, and behind those of all entries before it.
    fn just_below(&self) -> String {
        match self.number.checked_sub(1) {
            Some(number) => Self { number, ..*self }.to_text(),
            None => text(self.at),
        }
    }
}

/// The texts of all entries sort behind it that happened at this time or later, and before it those of all others.
fn first_of(time: Timestamp) -> String {
    let whole_ms = Timestamp::from_millisecond(time.as_millisecond());
    if whole_ms.is_ok_and(|it| it < time) {
        let next = time.checked_add(Duration::from_millis(1));
        text(next.unwrap_or(Timestamp::MAX))
    } else {
        text(time)
    }
}

/// A time to the millisecond: as long as any other.
fn text(time: Timestamp) -> String {
    let ms = time.as_millisecond();
    format!("{:.3}", Timestamp::from_millisecond(ms).unwrap_or(time))
}

fn read(attributes: Attributes) -> Result<(AuditId, AuditEntry), Error> {
    let unreadable = |cause: &dyn std::fmt::Display| Error::unreadable("an audit entry", cause);
    let Item {
        pk: _,
        sk,
        evt,
        act,
        own,
        sub,
        det,
        req,
        ttl: _,
    } = serde_dynamo::aws_sdk_dynamodb_1::from_item(attributes)
        .map_err(|cause| unreadable(&cause))?;
    let id = keys::text_of_audit_entry(&sk).and_then(AuditId::from_text);
    let id = id.ok_or_else(|| unreadable(&"its id"))?;
    let entry = AuditEntry {
        at: id.at,
        event: evt,
        actor: act,
        actor_tenant: own,
        subject: sub,
        details: serde_json::from_str(&det).map_err(|cause| unreadable(&cause))?,
        request_id: req,
    };
    Ok((id, entry))
}
