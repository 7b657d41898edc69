//! Dead letters: what the queue gave up on, kept for a person to decide on.
//!
//! | attribute | type | meaning |
//! | --- | --- | --- |
//! | `pk`, `sk` | S | its job's tenant, or none; when it was sent, and its message's id |
//! | `body` | S | the message, or its beginning |
//! | `whole` | N | bytes of the message |
//! | `reason`, `detail` | S | why it is one: a name, and words |
//! | `ttl` | N | as of every item |
//!
//! Its key is the message's own, so a letter that is delivered twice is kept once.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, ReturnValue};
use jiff::Timestamp;
use job::{JobKey, Tenant, limits};

use crate::expression::Expression;
use crate::item::Attributes;
use crate::{Delivered, Error, Message, Retried, Store, TraceParent, keys, provision};

/// Bytes of a letter's body that are kept.
const MAX_BODY_BYTES: usize = 64 << 10;

/// Letters that one call looks at.
pub const MAX_LETTERS: usize = 100;

/// What addresses a letter of a tenant's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LetterId {
    /// When it was sent, and its message's id: letters sort by age.
    sort: String,
    /// Whether no job is known that it belongs to.
    of_no_job: bool,
}

/// What the queue gave up on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// What addresses it.
    pub id: LetterId,
    /// Why it is one: a name.
    pub reason: String,
    /// Why it is one, in words.
    pub detail: String,
    /// When its message was sent.
    pub sent_at: Option<Timestamp>,
    /// The message, if it is one of ours.
    pub message: Option<Message>,
    /// What it says, or the beginning of it.
    pub body: String,
    /// Whether that is only the beginning.
    is_cut: bool,
}

/// Letters, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letters {
    /// Those of this page; there may be none of them on a page that others follow.
    pub letters: Vec<DeadLetter>,
    /// What the next page lies beyond; none if this is the last.
    pub next: Option<LetterId>,
}

/// What became of a letter that was to be tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redriven {
    /// Its job is pending again, or was made so by somebody else; or its message is in the queue again. The letter is gone.
    Done,
    /// Its job is in a state that cannot be retried. The letter is still there.
    Refused(job::Status),
    /// Its job is gone. The letter is still there.
    NoJob,
    /// Only the beginning of its message was kept. The letter is still there.
    Cut,
}

impl Store {
    /// Keeps what came out of the dead-letter queue.
    pub async fn keep_dead_letter(
        &self,
        delivered: &Delivered,
        reason: &str,
        detail: &str,
    ) -> Result<LetterId, Error> {
        let Delivered {
            message_id,
            body,
            receives: _,
            sent_at,
        } = delivered;
        let message = Message::from_any_version(body).ok();
        let id = LetterId {
            sort: format!("{sent_at:.3}#{message_id}"),
            of_no_job: message.is_none(),
        };
        let tenant = message.map(|message| message.key.tenant);
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let number = |number: i128| AttributeValue::N(number.to_string());
        let expiry = limits::expiry_of_unfinished(*sent_at).as_second();
        self.payloads
            .dynamodb
            .put_item()
            .table_name(&self.payloads.table)
            .set_item(Some(keys::primary(
                keys::letters(tenant.as_ref()),
                keys::letter(&id.sort),
            )))
            .item("body", text(cut(body, MAX_BODY_BYTES)))
            .item("whole", number(body.len() as i128))
            .item("reason", text(reason))
            .item("detail", text(detail))
            .item(provision::TTL_ATTRIBUTE, number(expiry.into()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("put dead letter"))?;
        Ok(id)
    }

    /// The newest letters of a tenant that are older than this one, `limit` at most, and only those with this reason if there is one. Those
    /// that belong to no job are the default tenant's.
    pub async fn dead_letters(
        &self,
        tenant: &Tenant,
        reason: Option<&str>,
        below: Option<&LetterId>,
        limit: usize,
    ) -> Result<Letters, Error> {
        let places = [false, true];
        let own = places
            .iter()
            .filter(|&&of_no_job| !of_no_job || is_default(tenant));
        let (mut found, mut unread) = (Vec::new(), None);
        for &of_no_job in own {
            let (letters, seen) = self.some_letters(tenant, of_no_job, below).await?;
            found.extend(letters);
            unread = unread.max(seen);
        }
        found.sort_by(|one, other| other.id.cmp(&one.id));
        // What lies beyond the place that was read least far has gaps.
        let known =
            |letter: &DeadLetter| unread.as_ref().is_none_or(|it| letter.id.sort >= it.sort);
        let mut letters: Vec<DeadLetter> = found
            .into_iter()
            .filter(|letter| known(letter) && reason.is_none_or(|it| letter.reason == it))
            .collect();
        let next = if letters.len() > limit {
            letters.truncate(limit);
            letters.last().map(|letter| letter.id.clone())
        } else {
            unread
        };
        Ok(Letters { letters, next })
    }

    /// The letters of one place, and the last of them if there are more.
    async fn some_letters(
        &self,
        tenant: &Tenant,
        of_no_job: bool,
        below: Option<&LetterId>,
    ) -> Result<(Vec<DeadLetter>, Option<LetterId>), Error> {
        let mut expression = Expression::default();
        let below = below.map_or("~", |id| &id.sort);
        let condition = format!(
            "{} = {} AND {} < {}",
            expression.name("pk"),
            expression.text(keys::letters((!of_no_job).then_some(tenant))),
            expression.name("sk"),
            expression.text(keys::letter(below)),
        );
        let answer = self
            .payloads
            .dynamodb
            .query()
            .table_name(&self.payloads.table)
            .key_condition_expression(condition)
            .set_expression_attribute_names(Some(expression.names))
            .set_expression_attribute_values(Some(expression.values))
            .scan_index_forward(false)
            .limit(i32::try_from(MAX_LETTERS).unwrap_or(i32::MAX))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("list dead letters"))?;
        let seen = answer
            .last_evaluated_key
            .and_then(|key| LetterId::of(&key, of_no_job));
        let items = answer.items.unwrap_or_default().into_iter();
        Ok((
            items.filter_map(|item| read(&item, of_no_job)).collect(),
            seen,
        ))
    }

    /// The letter, if there is one.
    pub async fn dead_letter(
        &self,
        tenant: &Tenant,
        id: &LetterId,
    ) -> Result<Option<DeadLetter>, Error> {
        if id.of_no_job && !is_default(tenant) {
            return Ok(None);
        }
        let answer = self
            .payloads
            .dynamodb
            .get_item()
            .table_name(&self.payloads.table)
            .set_key(Some(id.key(tenant)))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("get dead letter"))?;
        Ok(answer.item.and_then(|item| read(&item, id.of_no_job)))
    }

    /// Tries again what a letter is about, and discards it: its job is retried; a message that is no job's is sent as it was. Who
    /// dies in between has done the first, and can do it again.
    pub async fn redrive(
        &self,
        tenant: &Tenant,
        letter: &DeadLetter,
        traceparent: Option<TraceParent>,
        now: Timestamp,
    ) -> Result<Redriven, Error> {
        if let Some(message) = &letter.message {
            // A part of a job goes on when its job does.
            match self.retry(&message.key.whole(), traceparent, now).await? {
                Retried::Done(_) => {}
                Retried::Refused(job) if is_later(&job.key, job.generation, message) => {}
                Retried::Refused(job) => return Ok(Redriven::Refused(job.seen_status())),
                Retried::NotFound => return Ok(Redriven::NoJob),
            }
        } else if letter.is_cut {
            return Ok(Redriven::Cut);
        } else {
            self.queue().send_again(tenant, &letter.body).await?;
        }
        self.discard_dead_letter(tenant, &letter.id).await?;
        Ok(Redriven::Done)
    }

    /// Forgets a letter. Says whether there was one.
    pub async fn discard_dead_letter(&self, tenant: &Tenant, id: &LetterId) -> Result<bool, Error> {
        if id.of_no_job && !is_default(tenant) {
            return Ok(false);
        }
        let answer = self
            .payloads
            .dynamodb
            .delete_item()
            .table_name(&self.payloads.table)
            .set_key(Some(id.key(tenant)))
            .return_values(ReturnValue::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("delete dead letter"))?;
        Ok(answer.attributes.is_some_and(|item| !item.is_empty()))
    }
}

/// Whether the job has been submitted again since this message was sent.
fn is_later(whole: &JobKey, generation: u32, message: &Message) -> bool {
    message.key == *whole && generation > message.generation
}

/// What belongs to no job is shown where there is only one tenant.
fn is_default(tenant: &Tenant) -> bool {
    tenant.as_str() == Tenant::DEFAULT
}

impl LetterId {
    /// As a text from which it can be read again.
    pub fn to_text(&self) -> String {
        let place = if self.of_no_job { 'N' } else { 'J' };
        format!("{place}{}", self.sort)
    }

    /// Reads such a text.
    pub fn from_text(text: &str) -> Option<Self> {
        let (place, sort) = text.split_at_checked(1)?;
        let of_no_job = match place {
            "N" => true,
            "J" => false,
            _ => return None,
        };
        let (time, message_id) = sort.split_once('#')?;
        let _: Timestamp = time.parse().ok()?;
        (!message_id.is_empty() && sort.len() < MAX_ID_BYTES).then(|| Self {
            sort: sort.to_owned(),
            of_no_job,
        })
    }

    fn of(item: &Attributes, of_no_job: bool) -> Option<Self> {
        let sk = item.get("sk").map(AttributeValue::as_s)?.ok()?;
        let sort = keys::sort_of_letter(sk)?.to_owned();
        Some(Self { sort, of_no_job })
    }

    fn key(&self, tenant: &Tenant) -> Attributes {
        let tenant = (!self.of_no_job).then_some(tenant);
        keys::primary(keys::letters(tenant), keys::letter(&self.sort))
    }

    fn sent_at(&self) -> Option<Timestamp> {
        self.sort.split('#').next()?.parse().ok()
    }
}

/// Longest text of an id that is looked for, in bytes.
const MAX_ID_BYTES: usize = 500;

fn read(item: &Attributes, of_no_job: bool) -> Option<DeadLetter> {
    let text = |name: &str| {
        let text = item.get(name).and_then(|value| value.as_s().ok());
        text.cloned().unwrap_or_default()
    };
    let whole = item.get("whole").and_then(|value| value.as_n().ok());
    let whole = whole.and_then(|digits| digits.parse::<usize>().ok());
    let id = LetterId::of(item, of_no_job)?;
    let body = text("body");
    Some(DeadLetter {
        reason: text("reason"),
        detail: text("detail"),
        sent_at: id.sent_at(),
        message: Message::from_any_version(&body).ok().filter(|_| !of_no_job),
        is_cut: whole.is_some_and(|whole| whole > body.len()),
        body,
        id,
    })
}

fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
