//! What each tenant used, by day.
//!
//! | item | attribute | meaning |
//! | --- | --- | --- |
//! | `T#<tenant>#U`, `U#<date>` | those of [`Usage`] | what the tenant used on this day (UTC) |
//! | | `batch` | the addition that was made last, a random number: one that is repeated recognises itself |
//! | | `ttl` | as of every item |
//!
//! What is used is noted in memory where it is seen, and what has come together is added to the table by one write for each tenant: by the worker, the reaper
//! and the notifier at the end of an invocation, by the API from time to time. So counting costs a batch of jobs one write, and no job and no request its
//! own. The counts are near the truth and not exact: a process that dies in between takes with it what it noted, and an addition may be made twice whose
//! answers were all lost.

use std::iter::Sum;
use std::ops::AddAssign;
use std::time::Duration;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use job::Tenant;
use uuid::Uuid;

use crate::expression::Expression;
use crate::item::Attributes;
use crate::{Error, Store, keys, provision};

/// How long a day's counts are kept.
const KEEP_COUNTS: Duration = Duration::from_hours(400 * 24);

/// How often [`Store::add_usage_if_due`] is called, with something noted, until it writes.
pub const MAX_ASKED: u32 = 25;

/// How long it waits with what was noted, if it is called less often.
pub const MAX_UNWRITTEN: Duration = Duration::from_mins(5);

/// What adding to the counts of a day takes itself, in thousandths of a write unit: the item is smaller than 1 KB.
const ADDITION_MILLIUNITS: u64 = 1_000;

/// What a tenant used, on a day or in some lesser time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Requests to the API. Counted by the API.
    pub requests: u64,
    /// Jobs that were submitted, and submitted again. Counted where that is written.
    pub accepted: u64,
    /// Jobs that ended with a result. Counted where that is written, as are the next two.
    pub completed: u64,
    /// Jobs that ended without one.
    pub failed: u64,
    /// Jobs that ended because nobody wanted them any more, or were removed before they ended.
    pub cancelled: u64,
    /// Messages that were delivered for its jobs: one for a job in the best case. Counted by the worker, the reaper and the notifier.
    pub messages: u64,
    /// Documents of jobs that the engine was given, be they readable or not; not those within them. Counted by the worker where what came of them is written, as are
    /// the next three.
    pub documents: u64,
    /// Pages of these documents and of those within them; none of formats that have no pages.
    pub pages: u64,
    /// Size of these documents, in bytes.
    pub bytes: u64,
    /// Records that were found.
    pub records: u64,
    /// Time that the engine took, in milliseconds; also where nothing came of it. Counted by the worker.
    pub compute_ms: u64,
    /// Thousandths of read units of `DynamoDB`: what is read at half the price takes 500. Counted by all.
    pub read_milliunits: u64,
    /// Thousandths of write units of `DynamoDB`. Counted by all.
    pub write_milliunits: u64,
}

impl Usage {
    /// Capacity units alone, in thousandths.
    pub fn of_units(read_milliunits: u64, write_milliunits: u64) -> Self {
        Self {
            read_milliunits,
            write_milliunits,
            ..Self::default()
        }
    }

    /// Jobs that ended, in whatever way.
    pub fn ended(&self) -> u64 {
        self.completed + self.failed + self.cancelled
    }

    /// All counts, by the names of their attributes.
    fn counts(&mut self) -> [(&'static str, &mut u64); 13] {
        let Self {
            requests,
            accepted,
            completed,
            failed,
            cancelled,
            messages,
            documents,
            pages,
            bytes,
            records,
            compute_ms,
            read_milliunits,
            write_milliunits,
        } = self;
        [
            ("requests", requests),
            ("accepted", accepted),
            ("completed", completed),
            ("failed", failed),
            ("cancelled", cancelled),
            ("messages", messages),
            ("documents", documents),
            ("pages", pages),
            ("bytes", bytes),
            ("records", records),
            ("compute_ms", compute_ms),
            ("read_milliunits", read_milliunits),
            ("write_milliunits", write_milliunits),
        ]
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, mut more: Self) {
        for ((_, sum), (_, more)) in self.counts().into_iter().zip(more.counts()) {
            *sum = sum.saturating_add(*more);
        }
    }
}

impl Sum for Usage {
    fn sum<I: Iterator<Item = Self>>(usages: I) -> Self {
        usages.fold(Self::default(), |mut sum, more| {
            sum += more;
            sum
        })
    }
}

impl Store {
    /// Notes what a tenant used, to be added to the table with all else.
    pub fn note(&self, tenant: &Tenant, used: Usage) {
        self.tally.note(tenant, used);
    }

    /// Adds what this process has noted to the counts of this day. Who handles a batch calls it before its invocation is over. That it cannot be done is no
    /// reason for anything else to fail: the next call makes up for it.
    pub async fn add_usage(&self, now: Timestamp) {
        for (tenant, used) in self.tally.take() {
            if let Err(error) = self.add(&tenant, used, now).await {
                tracing::warn!(%error, "Usage not counted");
                self.tally.note(&tenant, used);
            }
        }
    }

    /// The same, but not until it was called [`MAX_ASKED`] times, or [`MAX_UNWRITTEN`] has passed: for whoever does little at a time, after each time.
    pub async fn add_usage_if_due(&self, now: Timestamp) {
        if self.tally.is_due(now) {
            self.add_usage(now).await;
        }
    }

    async fn add(&self, tenant: &Tenant, mut used: Usage, now: Timestamp) -> Result<(), Error> {
        used.write_milliunits += ADDITION_MILLIUNITS;
        let mut expression = Expression::default();
        let counts = used.counts().into_iter().filter(|(_, count)| **count > 0);
        let added: Vec<String> = counts
            .map(|(name, count)| format!("{} {}", expression.name(name), expression.number(*count)))
            .collect();
        let id = Blob::new(Uuid::new_v4().into_bytes());
        let (batch, id) = (
            expression.name("batch"),
            expression.value(AttributeValue::B(id)),
        );
        let expiry = (now + KEEP_COUNTS).as_second();
        let update = format!(
            "ADD {} SET {batch} = {id}, {} = {}",
            added.join(", "),
            expression.name(provision::TTL_ATTRIBUTE),
            expression.number(expiry),
        );
        let written = self
            .payloads
            .dynamodb
            .update_item()
            .table_name(&self.payloads.table)
            .set_key(Some(keys::primary(
                keys::usage(tenant),
                keys::usage_of(date(now)),
            )))
            .update_expression(update)
            .condition_expression(format!("attribute_not_exists({batch}) OR {batch} <> {id}"))
            .set_expression_attribute_names(Some(expression.names))
            .set_expression_attribute_values(Some(expression.values))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match written {
            Ok(_) => Ok(()),
            // This very addition, whose answer was lost.
            Err(error)
                if matches!(
                    error.as_service_error(),
                    Some(UpdateItemError::ConditionalCheckFailedException(_))
                ) =>
            {
                Ok(())
            }
            Err(error) => Err(Error::during("count usage")(error)),
        }
    }

    /// What a tenant used on each of the last days, this one included: newest first, without the days on which it used nothing. With what this process has
    /// noted and not yet added.
    pub async fn usage(
        &self,
        tenant: &Tenant,
        days: u16,
        now: Timestamp,
    ) -> Result<Vec<(Date, Usage)>, Error> {
        let today = date(now);
        let first = today.saturating_sub(i32::from(days.saturating_sub(1)).days());
        let answer = self
            .payloads
            .between(
                keys::usage(tenant),
                keys::usage_of(first),
                keys::usage_of(today),
            )
            .scan_index_forward(false)
            .send()
            .await
            .map_err(Error::during("read usage"))?;
        let items = answer.items.unwrap_or_default();
        let mut days: Vec<_> = items.iter().filter_map(of_day).collect();
        let unwritten = self.tally.of(tenant);
        match days.first_mut() {
            Some((day, used)) if *day == today => *used += unwritten,
            _ if unwritten != Usage::default() => days.insert(0, (today, unwritten)),
            _ => {}
        }
        Ok(days)
    }
}

/// The day, and what was used on it, of an item of counts; none of any other item.
pub(crate) fn of_day(item: &Attributes) -> Option<(Date, Usage)> {
    let date = item.get("sk").map(AttributeValue::as_s)?.ok()?;
    let date = keys::date_of_usage(date)?;
    let mut used = Usage::default();
    for (name, count) in used.counts() {
        let number = item.get(name).and_then(|value| value.as_n().ok());
        *count = number.and_then(|digits| digits.parse().ok()).unwrap_or(0);
    }
    Some((date, used))
}

/// The day that it is at this time: counts are of days in UTC.
pub fn date(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}
