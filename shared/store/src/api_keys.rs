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
//! Whoever calls names the key and not the tenant, so the key lies where its id leads. The entry by which a tenant's keys are found is
//! written first: who dies in between leaves an entry of a key that nobody was told.

use std::time::Duration;

use access::{KeyHash, KeyId, KeyRecord, Scopes};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use jiff::Timestamp;
use jiff::civil::Date;
use job::Tenant;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use crate::expression::Expression;
use crate::item::Attributes;
use crate::{Error, keys};

/// How long a key that has ended is still listed.
const KEEP_ENDED: Duration = Duration::from_hours(30 * 24);

/// Keys of a tenant that are looked at.
const MAX_READ: i32 = 1_000;

/// The keys of all callers, in their table. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ApiKeys {
    dynamodb: aws_sdk_dynamodb::Client,
    table: String,
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
        let entry = keys::primary(
            keys::api_keys_of(&record.tenant),
            keys::api_key_of(record.id),
        );
        self.put(entry).await?;
        self.put(write(record)).await
    }

    /// A tenant's keys, those that ended lately too: the newest first.
    pub async fn list(&self, tenant: &Tenant) -> Result<Vec<KeyRecord>, Error> {
        let entries = self
            .dynamodb
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(keys::api_keys_of(tenant)))
            .consistent_read(true)
            .limit(MAX_READ)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("list keys"))?;
        let mut records = Vec::new();
        for entry in entries.items.unwrap_or_default() {
            let sk = entry.get("sk").and_then(|sk| sk.as_s().ok());
            let Some(id) = sk.and_then(|sk| keys::id_of_api_key(sk)) else {
                continue;
            };
            // They are few, and an admin's to look at.
            match self.get(id).await? {
                Some(record) => records.push(record),
                // It is long over, or was never made.
                None => self.delete(entry).await?,
            }
        }
        records.sort_by_key(|record| (std::cmp::Reverse(record.created_at), record.id));
        Ok(records)
    }

    /// Revokes a tenant's key for good. Says whether there is such a key; one that was revoked before stays as it is.
    pub async fn revoke(&self, tenant: &Tenant, id: KeyId, now: Timestamp) -> Result<bool, Error> {
        self.end(tenant, id, now, |expression| {
            let rev = expression.name("rev");
            let now = expression.number(now.as_millisecond());
            format!("{rev} = if_not_exists({rev}, {now})")
        })
        .await
    }

    /// Lets a tenant's key expire at this time, for there is another one. Says whether there is such a key.
    pub async fn replace(
        &self,
        tenant: &Tenant,
        id: KeyId,
        by: KeyId,
        expires_at: Timestamp,
    ) -> Result<bool, Error> {
        self.end(tenant, id, expires_at, |expression| {
            let (exp, nxt) = (expression.name("exp"), expression.name("nxt"));
            let end = expression.number(expires_at.as_millisecond());
            format!("{exp} = {end}, {nxt} = {}", expression.text(by.to_string()))
        })
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

    async fn end(
        &self,
        tenant: &Tenant,
        id: KeyId,
        at: Timestamp,
        set: impl FnOnce(&mut Expression) -> String,
    ) -> Result<bool, Error> {
        let mut expression = Expression::default();
        let set = set(&mut expression);
        let ttl = expression.name("ttl");
        let forget = expression.number((at + KEEP_ENDED).as_second());
        let condition = format!(
            "{} = {}",
            expression.name("ten"),
            expression.text(tenant.as_str())
        );
        self.update(
            id,
            format!("SET {set}, {ttl} = {forget}"),
            condition,
            expression,
        )
        .await
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
            Err(error) if error.as_service_error().is_some_and(is_refused) => Ok(false),
            Err(error) => Err(Error::during("change key")(error)),
        }
    }

    async fn put(&self, item: Attributes) -> Result<(), Error> {
        self.dynamodb
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("put key"))?;
        Ok(())
    }

    async fn delete(&self, key: Attributes) -> Result<(), Error> {
        self.dynamodb
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("delete entry of key"))?;
        Ok(())
    }
}

/// Whether the key is not as the condition wants it.
fn is_refused(error: &UpdateItemError) -> bool {
    error.is_conditional_check_failed_exception()
}

fn key_of(id: KeyId) -> Attributes {
    keys::primary(keys::api_key_of(id), keys::API_KEY.to_owned())
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
    let ttl = expires_at.map(|end| (end + KEEP_ENDED).as_second());
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
