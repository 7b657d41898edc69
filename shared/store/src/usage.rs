//! How many jobs ended, by day.
//!
//! | item | attribute | meaning |
//! | --- | --- | --- |
//! | `T#<tenant>#U`, `U#<date>` | `completed`, `failed`, `cancelled` | jobs that ended so on this day (UTC) |
//! | | `ttl` | as of every item |
//!
//! Each end is counted in memory where it is written, and what has come together is added to the table by one write for each tenant and
//! invocation: counting costs a batch of jobs one write, and no job its own. So the counts are near the truth and not exact: a process that dies
//! in between takes what it counted with it, and an addition whose answer was lost is repeated.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use job::{JobKey, Status, Tenant};

use crate::expression::Expression;
use crate::item::Attributes;
use crate::{Error, Store, keys, provision};

/// How long a day's counts are kept.
const KEEP_COUNTS: Duration = Duration::from_hours(400 * 24);

/// How many jobs ended, and how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ended {
    /// With a result.
    pub completed: u64,
    /// Without one.
    pub failed: u64,
    /// For their client no longer wanted them.
    pub cancelled: u64,
}

/// The ends that this process has seen and not yet added to the table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally(Arc<Mutex<BTreeMap<Tenant, Ended>>>);

impl Store {
    /// Adds the ends that this process has seen to the counts of this day. Whoever ends jobs calls it before its invocation is over. That it
    /// cannot be done is no reason for anything else to fail: the next call makes up for it.
    pub async fn count_ends(&self, now: Timestamp) {
        for (tenant, ended) in self.tally.take() {
            if let Err(error) = self.add(&tenant, ended, now).await {
                tracing::warn!(%error, "Ended jobs not counted");
                self.tally.add(tenant, ended);
            }
        }
    }

    async fn add(&self, tenant: &Tenant, ended: Ended, now: Timestamp) -> Result<(), Error> {
        let mut expression = Expression::default();
        let Ended {
            completed,
            failed,
            cancelled,
        } = ended;
        let counts = [
            ("completed", completed),
            ("failed", failed),
            ("cancelled", cancelled),
        ];
        let counts = counts.into_iter().filter(|(_, count)| *count > 0);
        let added: Vec<String> = counts
            .map(|(name, count)| format!("{} {}", expression.name(name), expression.number(count)))
            .collect();
        let expiry = (now + KEEP_COUNTS).as_second();
        let update = format!(
            "ADD {} SET {} = {}",
            added.join(", "),
            expression.name(provision::TTL_ATTRIBUTE),
            expression.number(expiry),
        );
        self.payloads
            .dynamodb
            .update_item()
            .table_name(&self.payloads.table)
            .set_key(Some(keys::primary(
                keys::usage(tenant),
                keys::usage_of(date(now)),
            )))
            .update_expression(update)
            .set_expression_attribute_names(Some(expression.names))
            .set_expression_attribute_values(Some(expression.values))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("count ended jobs"))?;
        Ok(())
    }

    /// How many jobs of a tenant ended on each of the last days, this one included: newest first, without the days on which none did.
    pub async fn ended(
        &self,
        tenant: &Tenant,
        days: u16,
        now: Timestamp,
    ) -> Result<Vec<(Date, Ended)>, Error> {
        let today = date(now);
        let first = today.saturating_sub(i32::from(days.saturating_sub(1)).days());
        let mut expression = Expression::default();
        let condition = format!(
            "{} = {} AND {} BETWEEN {} AND {}",
            expression.name("pk"),
            expression.text(keys::usage(tenant)),
            expression.name("sk"),
            expression.text(keys::usage_of(first)),
            expression.text(keys::usage_of(today)),
        );
        let answer = self
            .payloads
            .dynamodb
            .query()
            .table_name(&self.payloads.table)
            .key_condition_expression(condition)
            .scan_index_forward(false)
            .set_expression_attribute_names(Some(expression.names))
            .set_expression_attribute_values(Some(expression.values))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("read counts"))?;
        let days = answer.items.unwrap_or_default().into_iter();
        Ok(days.filter_map(|item| read(&item)).collect())
    }
}

impl Tally {
    /// Notes that a job ended. Parts of jobs are none.
    pub(crate) fn note(&self, key: &JobKey, status: Status) {
        let mut ended = Ended::default();
        match status {
            Status::Completed => ended.completed = 1,
            Status::Failed => ended.failed = 1,
            Status::Cancelled => ended.cancelled = 1,
            Status::Pending | Status::Running => return,
        }
        if key.part.is_none() {
            self.add(key.tenant.clone(), ended);
        }
    }

    fn add(&self, tenant: Tenant, more: Ended) {
        let mut noted = self.lock();
        let sum = noted.entry(tenant).or_default();
        sum.completed += more.completed;
        sum.failed += more.failed;
        sum.cancelled += more.cancelled;
    }

    fn take(&self) -> BTreeMap<Tenant, Ended> {
        mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Tenant, Ended>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn date(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

fn read(item: &Attributes) -> Option<(Date, Ended)> {
    let count = |name: &str| -> u64 {
        let number = item.get(name).and_then(|value| value.as_n().ok());
        number.and_then(|digits| digits.parse().ok()).unwrap_or(0)
    };
    let date = item.get("sk").map(AttributeValue::as_s)?.ok()?;
    let ended = Ended {
        completed: count("completed"),
        failed: count("failed"),
        cancelled: count("cancelled"),
    };
    Some((keys::date_of_usage(date)?, ended))
}
