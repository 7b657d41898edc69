//! Keys that clients give to their calls, so that a call that is repeated has one effect and one answer.
//!
//! ```text
//! reserve ──▶ the call does what it said it would ──▶ keep the answer ──▶ 24 h later: forgotten
//!    │                        │                             │
//!    │                        └ dies, or fails: its lease ends, and the next with this key takes over
//!    └ what it sets out to do is written down first, so that whoever takes over does the same thing again
//! ```
//!
//! What a call does has to be repeatable: `intent` names the job, the generation or whatever else it makes, drawn once, by the
//! first. So a call whose lease ended while it was merely slow does no harm either.
//!
//! | attribute | type | meaning |
//! | --- | --- | --- |
//! | `pk`, `sk` | S | see `keys` |
//! | `fp` | B | SHA-256 of what was asked for |
//! | `int` | S | what the first call set out to do |
//! | `cre` | N | when that was, ms since 1970 |
//! | `own`, `lea` | N | the call under way, and the end of its lease, ms |
//! | `ans` | S | the answer, once there is one |
//! | `ttl` | N | may be forgotten, seconds since 1970 |

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure};
use jiff::Timestamp;
use job::{Tenant, limits};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use crate::expression::Expression;
use crate::item::Attributes;
use crate::{Error, Store, keys};

/// A SHA-256.
pub type Hash = [u8; 32];

/// A call to which its client gave a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Whose key it is.
    pub tenant: Tenant,
    /// SHA-256 of the key.
    pub key: Hash,
    /// SHA-256 of what is asked for.
    pub fingerprint: Hash,
}

/// Proof that a call may do what its key stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// What the first call with this key set out to do.
    pub intent: String,
    /// When the first call came.
    pub at: Timestamp,
    /// Whether an earlier call may have done it already, in part or in whole.
    pub again: bool,
    call: Call,
    /// Draws the line between this call and others with the same key.
    owner: u64,
}

/// What became of a reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reserved {
    /// This call is to do it.
    Now(Reservation),
    /// It was done.
    Before {
        /// What the first call set out to do.
        intent: String,
        /// How it was answered.
        answer: String,
    },
    /// Another call is at it.
    InFlight,
    /// The key was given to a call that asked for something else.
    Other,
    /// No call had this key, and this one does not set out to do anything.
    Unknown,
}

#[derive(Serialize, Deserialize)]
struct Item {
    pk: String,
    sk: String,
    fp: ByteBuf,
    int: String,
    cre: i64,
    own: u64,
    lea: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ans: Option<String>,
    ttl: i64,
}

impl Store {
    /// Reserves a call's key for what it sets out to do, or finds what became of an earlier call with this key. A call that does
    /// not set out to do anything reserves nothing, but may take over from one that did.
    pub async fn reserve(
        &self,
        call: &Call,
        intent: Option<&str>,
        now: Timestamp,
    ) -> Result<Reserved, Error> {
        let (owner, _) = Uuid::new_v4().as_u64_pair();
        let found = match intent {
            Some(intent) => {
                let item = Item {
                    pk: keys::idempotency(&call.tenant, &call.key),
                    sk: keys::IDEMPOTENCY.to_owned(),
                    fp: ByteBuf::from(call.fingerprint),
                    int: intent.to_owned(),
                    cre: now.as_millisecond(),
                    own: owner,
                    lea: lease(now),
                    ans: None,
                    ttl: (now + limits::KEEP_IDEMPOTENCY_KEY).as_second(),
                };
                match self.put_reservation(&item, now).await? {
                    Some(found) => found,
                    None => return Ok(Reserved::Now(item.reservation(call, owner, false)?)),
                }
            }
            None => match self.get_reservation(call).await? {
                Some(found) if found.ttl > now.as_second() => found,
                _ => return Ok(Reserved::Unknown),
            },
        };
        if found.fp.as_slice() != call.fingerprint {
            return Ok(Reserved::Other);
        }
        match found {
            // This very put, whose answer was lost.
            found if found.own == owner => {
                Ok(Reserved::Now(found.reservation(call, owner, false)?))
            }
            Item {
                ans: Some(answer),
                int: intent,
                ..
            } => Ok(Reserved::Before { intent, answer }),
            found if found.lea > now.as_millisecond() => Ok(Reserved::InFlight),
            found => self.take_over(call, found, owner, now).await,
        }
    }

    /// Keeps the answer of a call that was done. Says which one holds: another call that took over may have been quicker.
    pub async fn keep_answer(
        &self,
        reservation: &Reservation,
        answer: String,
    ) -> Result<String, Error> {
        let mut expression = Expression::default();
        let (kept, key) = (expression.name("ans"), expression.name("pk"));
        let update = format!("SET {kept} = {}", expression.text(answer.clone()));
        let condition = format!("attribute_exists({key}) AND attribute_not_exists({kept})");
        let found = self
            .update_reservation(&reservation.call, condition, update, expression)
            .await?;
        Ok(match found {
            Some(Item {
                ans: Some(first), ..
            }) => first,
            // Written; or forgotten, a day after it was reserved.
            Some(_) | None => answer,
        })
    }

    /// Ends the lease of a call that did not do what it set out to do: the next with its key need not wait.
    pub async fn give_up(&self, reservation: &Reservation, now: Timestamp) -> Result<(), Error> {
        let mut expression = Expression::default();
        let (owner, lease) = (expression.name("own"), expression.name("lea"));
        let update = format!("SET {lease} = {}", expression.number(now.as_millisecond()));
        let condition = format!("{owner} = {}", expression.number(reservation.owner));
        self.update_reservation(&reservation.call, condition, update, expression)
            .await?;
        Ok(())
    }

    /// Takes over from a call whose lease has ended, unless another one does.
    async fn take_over(
        &self,
        call: &Call,
        found: Item,
        owner: u64,
        now: Timestamp,
    ) -> Result<Reserved, Error> {
        let mut expression = Expression::default();
        let (own, lea) = (expression.name("own"), expression.name("lea"));
        let answer = expression.name("ans");
        let condition = format!(
            "{own} = {} AND {lea} = {} AND attribute_not_exists({answer})",
            expression.number(found.own),
            expression.number(found.lea),
        );
        let update = format!(
            "SET {own} = {}, {lea} = {}",
            expression.number(owner),
            expression.number(lease(now)),
        );
        let refused = self
            .update_reservation(call, condition, update, expression)
            .await?;
        Ok(match refused {
            None => Reserved::Now(found.reservation(call, owner, true)?),
            Some(now_found) if now_found.own == owner => {
                Reserved::Now(found.reservation(call, owner, true)?)
            }
            Some(Item {
                ans: Some(answer),
                int: intent,
                ..
            }) => Reserved::Before { intent, answer },
            Some(_) => Reserved::InFlight,
        })
    }

    /// Puts a reservation, unless there is one: that one.
    async fn put_reservation(&self, item: &Item, now: Timestamp) -> Result<Option<Item>, Error> {
        let mut expression = Expression::default();
        // DynamoDB may take days to delete what its time to live has ended.
        let condition = format!(
            "attribute_not_exists({}) OR {} <= {}",
            expression.name("pk"),
            expression.name("ttl"),
            expression.number(now.as_second()),
        );
        let item = serde_dynamo::aws_sdk_dynamodb_1::to_item(item)
            .expect("a struct of plain fields is an item");
        let put = self
            .payloads
            .dynamodb
            .put_item()
            .table_name(&self.payloads.table)
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_names(Some(expression.names))
            .set_expression_attribute_values(Some(expression.values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match put {
            Ok(_) => Ok(None),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(refused)) => {
                    read(refused.item.clone().unwrap_or_default()).map(Some)
                }
                _ => Err(Error::during("put idempotency key")(error)),
            },
        }
    }

    async fn get_reservation(&self, call: &Call) -> Result<Option<Item>, Error> {
        let answer = self
            .payloads
            .dynamodb
            .get_item()
            .table_name(&self.payloads.table)
            .set_key(Some(primary(call)))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("get idempotency key"))?;
        answer.item.map(read).transpose()
    }

    /// Changes a reservation if the condition holds; else says what was found, if there is one.
    async fn update_reservation(
        &self,
        call: &Call,
        condition: String,
        update: String,
        expression: Expression,
    ) -> Result<Option<Item>, Error> {
        let answer = self
            .payloads
            .dynamodb
            .update_item()
            .table_name(&self.payloads.table)
            .set_key(Some(primary(call)))
            .condition_expression(condition)
            .update_expression(update)
            .set_expression_attribute_names(Some(expression.names))
            .set_expression_attribute_values(Some(expression.values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(None),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refused)) => refused
                    .item
                    .clone()
                    .filter(|item| !item.is_empty())
                    .map(read)
                    .transpose(),
                _ => Err(Error::during("update idempotency key")(error)),
            },
        }
    }
}

impl Item {
    fn reservation(&self, call: &Call, owner: u64, again: bool) -> Result<Reservation, Error> {
        let at = Timestamp::from_millisecond(self.cre)
            .map_err(|cause| Error::unreadable("a time in an idempotency key", cause))?;
        Ok(Reservation {
            intent: self.int.clone(),
            at,
            again,
            call: call.clone(),
            owner,
        })
    }
}

fn lease(now: Timestamp) -> i64 {
    (now + limits::IDEMPOTENCY_LEASE).as_millisecond()
}

fn primary(call: &Call) -> Attributes {
    let Call {
        tenant,
        key,
        fingerprint: _,
    } = call;
    keys::primary(keys::idempotency(tenant, key), keys::IDEMPOTENCY.to_owned())
}

fn read(attributes: Attributes) -> Result<Item, Error> {
    serde_dynamo::aws_sdk_dynamodb_1::from_item(attributes)
        .map_err(|cause| Error::unreadable("an idempotency key", cause))
}
