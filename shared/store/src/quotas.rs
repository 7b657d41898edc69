//! Quotas of tenants, and how much of them is used.
//!
//! | item | attribute | meaning |
//! | --- | --- | --- |
//! | `T#<tenant>#U`, `V` | `req`, `job`, `byt`, `pag` | what was set for this tenant: a number, or the text `unlimited`; absent where the default holds |
//! | `T#<tenant>#U`, `R#<window>` | `n` | requests of this tenant in this window, as all instances of the API have added them |
//! | | `ttl` | as of every item |
//!
//! What was set sorts behind the days of `usage`, so that one query reads all that a decision needs. Each window has an item of its own: so to
//! count is one write that needs to know nothing of the windows before.

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, ReturnValue};
use jiff::{Timestamp, ToSpan};
use job::Tenant;

use crate::expression::Expression;
use crate::item::Attributes;
use crate::usage::{date, of_day};
use crate::{Error, Store, Usage, keys, provision};

/// Days of counts that say how many jobs are in flight: a job that takes longer counts as ended.
const DAYS_IN_FLIGHT: i32 = 8;

/// How long a window's count is kept.
const KEEP_WINDOW: Duration = Duration::from_hours(1);

/// What stands for a quota without an end.
const UNLIMITED: &str = "unlimited";

/// How much a tenant may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quota {
    /// So much, and no more.
    AtMost(u64),
    /// As much as it likes.
    Unlimited,
}

/// The quotas that were set for a tenant; none where the installation's default holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TenantQuotas {
    /// Requests to the API a second.
    pub requests_per_second: Option<Quota>,
    /// Jobs that were accepted and have not ended.
    pub jobs_in_flight: Option<Quota>,
    /// Bytes of documents that are read on one day (UTC).
    pub bytes_per_day: Option<Quota>,
    /// Pages of documents that are read on one day (UTC).
    pub pages_per_day: Option<Quota>,
}

/// What a tenant has used of its quotas.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QuotaUse {
    /// Jobs that were accepted and have not ended, as far as they are counted.
    pub jobs_in_flight: u64,
    /// Bytes of documents that were read today.
    pub bytes_today: u64,
    /// Pages of documents that were read today.
    pub pages_today: u64,
}

impl Store {
    /// What was set for a tenant, and what it has used. One query.
    pub async fn quotas(
        &self,
        tenant: &Tenant,
        now: Timestamp,
    ) -> Result<(TenantQuotas, QuotaUse), Error> {
        let today = date(now);
        let first = today.saturating_sub((DAYS_IN_FLIGHT - 1).days());
        let answer = self
            .payloads
            .between(
                keys::usage(tenant),
                keys::usage_of(first),
                keys::QUOTAS.to_owned(),
            )
            // What was set a moment ago must not be missed for as long as this is remembered.
            .consistent_read(true)
            .send()
            .await
            .map_err(Error::during("read quotas"))?;
        let items = answer.items.unwrap_or_default();
        let set = items.iter().find(|item| is_of(item, keys::QUOTAS));
        let set = set.map(read).unwrap_or_default();

        // What this process has noted and not yet written is part of what is used.
        let unwritten = self.tally.of(tenant);
        let days = || items.iter().filter_map(of_day);
        let all: Usage = days().map(|(_, used)| used).chain([unwritten]).sum();
        let of_today = days().filter(|(day, _)| *day == today);
        let of_today: Usage = of_today.map(|(_, used)| used).chain([unwritten]).sum();
        let used = QuotaUse {
            // Where counts were lost there may seem to be less than none.
            jobs_in_flight: all.accepted.saturating_sub(all.ended()),
            bytes_today: of_today.bytes,
            pages_today: of_today.pages,
        };
        Ok((set, used))
    }

    /// Sets a tenant's quotas, all of them. Where nothing is set, nothing is kept.
    pub async fn set_quotas(&self, tenant: &Tenant, set: &TenantQuotas) -> Result<(), Error> {
        let mut item = keys::primary(keys::usage(tenant), keys::QUOTAS.to_owned());
        if *set == TenantQuotas::default() {
            return self.payloads.delete_item(item, "delete quotas").await;
        }
        for (name, quota) in attributes(*set) {
            if let Some(quota) = quota {
                item.insert(name.to_owned(), write(quota));
            }
        }
        self.payloads.put_item(item, "put quotas").await
    }

    /// Adds requests of a tenant to those that all instances have counted in this window. Says how many that are now. One that is repeated, for its
    /// answer was lost, counts again: then a tenant may be refused a little early.
    pub async fn count_requests(
        &self,
        tenant: &Tenant,
        window: i64,
        requests: u64,
        now: Timestamp,
    ) -> Result<u64, Error> {
        let mut expression = Expression::default();
        let update = format!(
            "ADD {} {} SET {} = {}",
            expression.name("n"),
            expression.number(requests),
            expression.name(provision::TTL_ATTRIBUTE),
            expression.number((now + KEEP_WINDOW).as_second()),
        );
        let answer = self
            .payloads
            .dynamodb
            .update_item()
            .table_name(&self.payloads.table)
            .set_key(Some(keys::primary(
                keys::usage(tenant),
                keys::requests_of(window),
            )))
            .update_expression(update)
            .set_expression_attribute_names(Some(expression.names))
            .set_expression_attribute_values(Some(expression.values))
            .return_values(ReturnValue::UpdatedNew)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("count requests"))?;
        let counted = answer.attributes.as_ref().and_then(|item| item.get("n"));
        counted
            .and_then(number)
            .ok_or_else(|| Error::unreadable("a count of requests", "it has no number"))
    }
}

fn is_of(item: &Attributes, sort_key: &str) -> bool {
    item.get("sk").and_then(|sk| sk.as_s().ok()) == Some(&sort_key.to_owned())
}

/// All quotas, by the names of their attributes.
fn attributes(set: TenantQuotas) -> [(&'static str, Option<Quota>); 4] {
    let TenantQuotas {
        requests_per_second,
        jobs_in_flight,
        bytes_per_day,
        pages_per_day,
    } = set;
    [
        ("req", requests_per_second),
        ("job", jobs_in_flight),
        ("byt", bytes_per_day),
        ("pag", pages_per_day),
    ]
}

fn read(item: &Attributes) -> TenantQuotas {
    let quota = |name: &str| match item.get(name)? {
        AttributeValue::S(text) if text == UNLIMITED => Some(Quota::Unlimited),
        value => number(value).map(Quota::AtMost),
    };
    TenantQuotas {
        requests_per_second: quota("req"),
        jobs_in_flight: quota("job"),
        bytes_per_day: quota("byt"),
        pages_per_day: quota("pag"),
    }
}

fn write(quota: Quota) -> AttributeValue {
    match quota {
        Quota::AtMost(most) => AttributeValue::N(most.to_string()),
        Quota::Unlimited => AttributeValue::S(UNLIMITED.to_owned()),
    }
}

fn number(value: &AttributeValue) -> Option<u64> {
    value.as_n().ok()?.parse().ok()
}
