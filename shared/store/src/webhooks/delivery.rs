//! What became of telling one end of one job: an item beside the job, which goes with it.
//!
//! | attribute | type | meaning |
//! | --- | --- | --- |
//! | `pk`, `sk` | S | see `keys` |
//! | `rev` | N | one more with each write: who writes has read what it replaces |
//! | `own` | N | who wrote it last, a random number: by it a writer recognises its own write when the answer was lost |
//! | `rnd` | N | round: 0, and one more with each replay |
//! | `dst` | S | `pending`, `delivered`, `failed` or `disabled` |
//! | `att` | N | attempts of this round, the one under way included |
//! | `nxt` | N | while pending: not to be attempted before, ms |
//! | `log` | L | attempts that have ended, the last ones: `t` began, ms; `ms` took; `c` status; `e` what went wrong |
//! | `ev` | S | the notice, to be told again |
//! | `ttl` | N | may be forgotten: with its job |

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure,
};
use jiff::Timestamp;
use job::JobKey;
use serde::{Deserialize, Serialize};

use super::Notice;
use crate::item::Attributes;
use crate::{Error, Store, keys};

/// Attempts that are remembered of one event.
const MAX_LOGGED: usize = 24;

/// What became of telling one end of one job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What is told, in its latest round.
    pub notice: Notice,
    /// Where it stands.
    pub state: DeliveryState,
    /// Attempts of this round, the one under way included.
    pub attempts: u32,
    /// While pending: when the next attempt may begin, or the one under way is given up for lost.
    pub next_at: Timestamp,
    /// The attempts that have ended, of all rounds, oldest first; the last ones.
    pub log: Vec<Attempt>,
    revision: u64,
    owner: u64,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is being attempted, or is to be.
    Pending,
    /// The other side has taken it.
    Delivered,
    /// It was attempted as often as it may be.
    Failed,
    /// The other side wants nothing any more.
    Disabled,
}

/// One attempt that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub milliseconds: u64,
    /// With which status it was answered; or what went wrong before that.
    pub outcome: Result<u16, String>,
}

/// What came of the wish to make an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// The attempt is the caller's, until the time that it gave is over.
    Yes(Box<Delivery>),
    /// Not before this time.
    Wait(Timestamp),
    /// Nothing is left to do for this notice.
    Settled,
}

#[derive(Serialize, Deserialize)]
struct Item {
    pk: String,
    sk: String,
    rev: u64,
    own: u64,
    rnd: u32,
    dst: DeliveryState,
    att: u32,
    nxt: i64,
    #[serde(default)]
    log: Vec<Logged>,
    ev: String,
    ttl: i64,
}

#[derive(Serialize, Deserialize)]
struct Logged {
    t: i64,
    ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    c: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    e: Option<String>,
}

/// What became of a conditional write.
enum Put {
    Done,
    Refused(Option<Box<Delivery>>),
}

impl Store {
    /// Takes a notice for one attempt, which is lost if it has not ended by `lease_ends_at`. `owner` is a random number.
    pub async fn begin_delivery(
        &self,
        notice: &Notice,
        owner: u64,
        now: Timestamp,
        lease_ends_at: Timestamp,
    ) -> Result<Begun, Error> {
        let first = Delivery {
            notice: notice.clone(),
            state: DeliveryState::Pending,
            attempts: 1,
            next_at: lease_ends_at,
            log: Vec::new(),
            revision: 0,
            owner,
        };
        // Mostly there is none, so that it need not be read first.
        let found = match self.put_delivery(&first, None).await? {
            Put::Done => return Ok(Begun::Yes(first.into())),
            Put::Refused(Some(found)) if found.owner == owner => return Ok(Begun::Yes(found)),
            Put::Refused(Some(found)) => found,
            Put::Refused(None) => return Ok(Begun::Wait(now)),
        };
        let is_replay = notice.round > found.notice.round;
        if !is_replay {
            if notice.round < found.notice.round || found.state != DeliveryState::Pending {
                return Ok(Begun::Settled);
            }
            if found.next_at > now {
                return Ok(Begun::Wait(found.next_at));
            }
        }
        let next = Delivery {
            attempts: if is_replay { 1 } else { found.attempts + 1 },
            log: found.log.clone(),
            revision: found.revision + 1,
            ..first
        };
        match self.put_delivery(&next, Some(found.revision)).await? {
            Put::Done => Ok(Begun::Yes(next.into())),
            Put::Refused(Some(found)) if found.owner == owner => Ok(Begun::Yes(found)),
            Put::Refused(_) => Ok(Begun::Wait(now)),
        }
    }

    /// Ends an attempt: notes how it went, and what is to become of the delivery. Says whether it was still the caller's.
    pub async fn end_delivery(
        &self,
        begun: Delivery,
        attempt: Option<Attempt>,
        state: DeliveryState,
        next_at: Timestamp,
    ) -> Result<bool, Error> {
        let replaced = begun.revision;
        let mut log = begun.log.clone();
        log.extend(attempt);
        log.drain(..log.len().saturating_sub(MAX_LOGGED));
        let next = Delivery {
            state,
            next_at,
            log,
            revision: replaced + 1,
            ..begun
        };
        Ok(match self.put_delivery(&next, Some(replaced)).await? {
            Put::Done => true,
            Put::Refused(found) => found
                .is_some_and(|found| (found.owner, found.revision) == (next.owner, next.revision)),
        })
    }

    /// What became of telling the ends of a job, in their order.
    pub async fn deliveries(&self, key: &JobKey) -> Result<Vec<Delivery>, Error> {
        let mut items = self
            .payloads
            .dynamodb
            .query()
            .table_name(&self.payloads.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", AttributeValue::S(keys::partition(key)))
            .expression_attribute_values(":sk", AttributeValue::S(keys::deliveries(key)))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .into_paginator()
            .items()
            .send();
        let mut found = Vec::new();
        while let Some(item) = items.next().await {
            found.push(read(item.map_err(Error::during("list deliveries"))?)?);
        }
        Ok(found)
    }

    /// Forgets what became of telling a job's ends: it is gone.
    pub async fn forget_deliveries(&self, key: &JobKey) -> Result<(), Error> {
        self.payloads.purge_deliveries(key).await
    }

    /// Writes a delivery in the place of none, or of this revision.
    async fn put_delivery(&self, delivery: &Delivery, replaced: Option<u64>) -> Result<Put, Error> {
        let put = self
            .payloads
            .dynamodb
            .put_item()
            .table_name(&self.payloads.table)
            .set_item(Some(write(delivery)))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let put = match replaced {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(revision) => put
                .condition_expression("rev = :rev")
                .expression_attribute_values(":rev", AttributeValue::N(revision.to_string())),
        };
        let Err(error) = put.send().await else {
            return Ok(Put::Done);
        };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(refused)) => {
                let found = refused.item.clone().filter(|item| !item.is_empty());
                Ok(Put::Refused(found.map(read).transpose()?.map(Box::new)))
            }
            _ => Err(Error::during("put delivery")(error)),
        }
    }
}

fn write(delivery: &Delivery) -> Attributes {
    let Delivery {
        notice,
        state,
        attempts,
        next_at,
        log,
        revision,
        owner,
    } = delivery;
    let logged = |attempt: &Attempt| Logged {
        t: attempt.at.as_millisecond(),
        ms: attempt.milliseconds,
        c: attempt.outcome.as_ref().ok().copied(),
        e: attempt.outcome.as_ref().err().cloned(),
    };
    let item = Item {
        pk: keys::partition(&notice.key),
        sk: keys::delivery(&notice.key, notice.generation),
        rev: *revision,
        own: *owner,
        rnd: notice.round,
        dst: *state,
        att: *attempts,
        nxt: next_at.as_millisecond(),
        log: log.iter().map(logged).collect(),
        ev: notice.to_body(),
        ttl: notice.end.expires_at.as_second(),
    };
    serde_dynamo::aws_sdk_dynamodb_1::to_item(item).expect("a struct of plain fields is an item")
}

fn read(attributes: Attributes) -> Result<Delivery, Error> {
    let unreadable = |cause: &dyn std::fmt::Display| Error::unreadable("a delivery", cause);
    let Item {
        pk: _,
        sk: _,
        rev: revision,
        own: owner,
        rnd: round,
        dst: state,
        att: attempts,
        nxt,
        log,
        ev,
        ttl: _,
    } = serde_dynamo::aws_sdk_dynamodb_1::from_item(attributes)
        .map_err(|cause| unreadable(&cause))?;
    let time = |ms| Timestamp::from_millisecond(ms).map_err(|cause| unreadable(&cause));
    let notice = Notice::from_body(&ev).map_err(|cause| unreadable(&cause))?;
    let attempt = |Logged { t, ms, c, e }| {
        Ok(Attempt {
            at: time(t)?,
            milliseconds: ms,
            outcome: c.ok_or_else(|| e.unwrap_or_default()),
        })
    };
    Ok(Delivery {
        notice: Notice { round, ..notice },
        state,
        attempts,
        next_at: time(nxt)?,
        log: log.into_iter().map(attempt).collect::<Result<_, Error>>()?,
        revision,
        owner,
    })
}
