//! Keys of callers.
//!
//! | item | attribute | meaning |
//! | --- | --- | --- |
//! | `K#<key id>`, `K` | `h` | SHA-256 of the secret |
//! | | `ten`, `sco`, `nam` | tenant, scopes joined by spaces, name |
//! | | `cre`, `by` | when it was made, in milliseconds, and by whom |
//! | | `exp`, `rev` | when it expires and was revoked, in milliseconds; absent if it does not or was not |
//! | | `nxt` | the key that takes its place; absent if it was not rotated |
//! | | `use` | the last day on which it was used; absent before the first |
//! | | `ttl` | as of every item, for one that has ended |
//! | `K#T#<tenant>`, `K#<key id>` | | says that the tenant has this key |
//!
//! Whoever calls names the key and not the tenant, so the key lies where its id leads. It is written before the entry by which its tenant's
//! keys are found: so an entry without a key is one of a key whose time is long over, and who lists the keys can forget it. Who dies in
//! between leaves a key that nobody was told, and of whose secret there is only the hash.
//!
//! Nothing is written over a key: a call that the wire delivers late cannot bring back one that was revoked since.

use std::time::Duration;

use access::{KeyHash, KeyId, KeyRecord, Scopes};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use jiff::civil::Date;
use job::Tenant;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use crate::expression::Expression;
use crate::item::Attributes;
use crate::{Error, keys, provision};

/// How long a key that has ended is still listed.
pub const KEEP_ENDED_KEY: Duration = Duration::from_hours(30 * 24);

/// Entries that are read at a time.
const PAGE: i32 = 100;

/// Keys that are read at a time where a tenant's are listed.
const READS_AT_ONCE: usize = 10;

/// The keys of all callers, in their table. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ApiKeys {
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    pub(crate) table: String,
}

#[derive(Serialize, Deserialize)]
struct Item {
    pk: String,
    sk: String,
    h: ByteArray<32>,
    ten: Tenant,
    sco: String,
    nam: String,
    cre: i64,
    by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rev: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nxt: Option<String>,
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    used: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
}

impl ApiKeys {
    /// The keys in this table.
    pub fn new(dynamodb: aws_sdk_dynamodb::Client, table: impl Into<String>) -> Self {
        let table = table.into();
        Self { dynamodb, table }
    }

    /// What is kept of a key; none if there is no such key. One read.
    pub async fn get(&self, id: KeyId) -> Result<Option<KeyRecord>, Error> {
        let found = self
            .dynamodb
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key_of(id)))
            // A key is good the moment that its holder has it.
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("read key"))?;
        found.item.map(read).transpose()
    }

    /// Keeps a new key. Only then may anybody be told it.
    pub async fn create(&self, record: &KeyRecord) -> Result<(), Error> {
        self.put_new(record).await?;
        self.dynamodb
            .put_item()
            .table_name(&self.table)
            .set_item(Some(entry_of(&record.tenant, record.id)))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("put entry of key"))?;
        Ok(())
    }

    /// A tenant's keys, those that ended lately too: the newest first.
    pub async fn list(&self, tenant: &Tenant) -> Result<Vec<KeyRecord>, Error> {
        let entries = self.entries(tenant).await?;
        // They are few, and an admin's to look at.
        let reads = entries.into_iter().map(|id| async move {
            let found = self.get(id).await?;
            if found.is_none() {
                self.forget_entry(tenant, id).await?;
            }
            Ok::<_, Error>(found)
        });
        let reads = stream::iter(reads).buffer_unordered(READS_AT_ONCE);
        let found: Vec<Option<KeyRecord>> = reads.try_collect().await?;
        let mut records: Vec<KeyRecord> = found.into_iter().flatten().collect();
        records.sort_by_key(|record| (std::cmp::Reverse(record.created_at), record.id));
        Ok(records)
    }

    /// Revokes a tenant's key for good. Says whether there is such a key; one that was revoked before stays as it is.
    pub async fn revoke(&self, tenant: &Tenant, id: KeyId, now: Timestamp) -> Result<bool, Error> {
        let mut expression = Expression::default();
        let (ten, rev) = (expression.name("ten"), expression.name("rev"));
        let (tenant, now_ms) = (
            expression.text(tenant.as_str()),
            expression.number(now.as_millisecond()),
        );
        let update = format!("SET {rev} = if_not_exists({rev}, {now_ms})");
        let condition = format!("{ten} = {tenant}");
        self.end(id, now, update, condition, expression).await
    }

    /// Lets a tenant's key expire at this time, for there is another one. Says whether that took place: there has to be such a key, neither
    /// revoked nor replaced by a third one.
    pub async fn replace(
        &self,
        tenant: &Tenant,
        id: KeyId,
        by: KeyId,
        expires_at: Timestamp,
    ) -> Result<bool, Error> {
        let mut expression = Expression::default();
        let [ten, rev, exp, nxt] = ["ten", "rev", "exp", "nxt"].map(|it| expression.name(it));
        let (tenant, by) = (
            expression.text(tenant.as_str()),
            expression.text(by.to_string()),
        );
        let end = expression.number(expires_at.as_millisecond());
        let update = format!("SET {exp} = {end}, {nxt} = {by}");
        // Who repeats the call finds that it took place.
        let condition = format!(
            "{ten} = {tenant} AND attribute_not_exists({rev}) AND (attribute_not_exists({nxt}) OR {nxt} = {by})"
        );
        self.end(id, expires_at, update, condition, expression)
            .await
    }

    /// Notes that a key was used on this day. Says nothing of whether somebody else has: what is written is the same.
    pub async fn touch(&self, id: KeyId, day: Date) -> Result<(), Error> {
        let mut expression = Expression::default();
        let set = format!(
            "SET {} = {}",
            expression.name("use"),
            expression.text(day.to_string())
        );
        let condition = format!("attribute_exists({})", expression.name("pk"));
        self.update(id, set, condition, expression).await.map(drop)
    }

    /// Changes a key so that it ends at this time. Says whether the condition holds.
    async fn end(
        &self,
        id: KeyId,
        at: Timestamp,
        update: String,
        condition: String,
        mut expression: Expression,
    ) -> Result<bool, Error> {
        let ttl = expression.name(provision::TTL_ATTRIBUTE);
        let forget = expression.number((at + KEEP_ENDED_KEY).as_second());
        let update = format!("{update}, {ttl} = {forget}");
        self.update(id, update, condition, expression).await
    }

    async fn update(
        &self,
        id: KeyId,
        update: String,
        condition: String,
        expression: Expression,
    ) -> Result<bool, Error> {
        let updated = self
            .dynamodb
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key_of(id)))
            .update_expression(update)
            .condition_expression(condition)
            .set_expression_attribute_names(Some(expression.names))
            .set_expression_attribute_values(Some(expression.values))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match updated {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(refused) if refused.is_conditional_check_failed_exception() => Ok(false),
                _ => Err(Error::during("change key")(error)),
            },
        }
    }

    /// Puts a key where there is none.
    async fn put_new(&self, record: &KeyRecord) -> Result<(), Error> {
        let put = self
            .dynamodb
            .put_item()
            .table_name(&self.table)
            .set_item(Some(write(record)))
            .condition_expression("attribute_not_exists(pk)")
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match put {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                // The answer to the same call was lost; or a key of this id was drawn twice, which would take a random number of 64 bits.
                Some(refused) if refused.is_conditional_check_failed_exception() => {
                    let found = self.get(record.id).await?;
                    if found.is_some_and(|found| found.hash == record.hash) {
                        Ok(())
                    } else {
                        Err(Error::unreadable("a new key", "there is one of its id"))
                    }
                }
                _ => Err(Error::during("put key")(error)),
            },
        }
    }

    /// The ids of all keys of a tenant.
    async fn entries(&self, tenant: &Tenant) -> Result<Vec<KeyId>, Error> {
        let (mut ids, mut after) = (Vec::new(), None);
        loop {
            let page = self
                .dynamodb
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", AttributeValue::S(keys::api_keys_of(tenant)))
                .set_exclusive_start_key(after)
                .limit(PAGE)
                .consistent_read(true)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(Error::during("list keys"))?;
            let sort_keys = page.items().iter().filter_map(|entry| entry.get("sk"));
            ids.extend(
                sort_keys
                    .filter_map(|sk| sk.as_s().ok())
                    .filter_map(|sk| keys::id_of_api_key(sk)),
            );
            after = page.last_evaluated_key;
            if after.is_none() {
                return Ok(ids);
            }
        }
    }

    async fn forget_entry(&self, tenant: &Tenant, id: KeyId) -> Result<(), Error> {
        self.dynamodb
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(entry_of(tenant, id)))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("delete entry of key"))?;
        Ok(())
    }
}

fn key_of(id: KeyId) -> Attributes {
    keys::primary(keys::api_key_of(id), keys::API_KEY.to_owned())
}

/// The entry by which a tenant's key is found; it has nothing but its own key.
fn entry_of(tenant: &Tenant, id: KeyId) -> Attributes {
    keys::primary(keys::api_keys_of(tenant), keys::api_key_of(id))
}

fn write(record: &KeyRecord) -> Attributes {
    let KeyRecord {
        id,
        hash,
        tenant,
        scopes,
        name,
        created_at,
        created_by,
        expires_at,
        revoked_at,
        replaced_by,
        last_used,
    } = record;
    let scopes: Vec<&str> = scopes.iter().map(access::Scope::name).collect();
    let ttl = expires_at.map(|end| (end + KEEP_ENDED_KEY).as_second());
    let item = Item {
        pk: keys::api_key_of(*id),
        sk: keys::API_KEY.to_owned(),
        h: ByteArray::new(*hash.as_bytes()),
        ten: tenant.clone(),
        sco: scopes.join(" "),
        nam: name.clone(),
        cre: created_at.as_millisecond(),
        by: created_by.clone(),
        exp: expires_at.map(Timestamp::as_millisecond),
        rev: revoked_at.map(Timestamp::as_millisecond),
        nxt: replaced_by.map(|id| id.to_string()),
        used: *last_used,
        ttl,
    };
    serde_dynamo::aws_sdk_dynamodb_1::to_item(item).expect("a struct of plain fields is an item")
}

fn read(attributes: Attributes) -> Result<KeyRecord, Error> {
    let unreadable = |cause: &dyn std::fmt::Display| Error::unreadable("a key", cause);
    let Item {
        pk,
        sk: _,
        h,
        ten,
        sco,
        nam,
        cre,
        by,
        exp,
        rev,
        nxt,
        used,
        ttl: _,
    } = serde_dynamo::aws_sdk_dynamodb_1::from_item(attributes)
        .map_err(|cause| unreadable(&cause))?;
    let time = |ms: i64| Timestamp::from_millisecond(ms).map_err(|cause| unreadable(&cause));
    let next = nxt.map(|id| id.parse()).transpose();
    Ok(KeyRecord {
        id: keys::id_of_api_key(&pk).ok_or_else(|| unreadable(&"its id"))?,
        hash: KeyHash::from_bytes(h.into_array()),
        tenant: ten,
        // A scope of a later release permits nothing that this one knows.
        scopes: sco
            .split(' ')
            .filter_map(|name| name.parse().ok())
            .collect::<Scopes>(),
        name: nam,
        created_at: time(cre)?,
        created_by: by,
        expires_at: exp.map(time).transpose()?,
        revoked_at: rev.map(time).transpose()?,
        replaced_by: next.map_err(|cause: access::MalformedKey| unreadable(&cause))?,
        last_used: used,
    })
}
