//! The secrets that webhooks are signed with. Each tenant has one that is current; one before it signs along for a time, so that receivers
//! can be told of the new one without missing anything.
//!
//! When a secret ends follows from when the next one was made. So to rotate is one write, and nothing can be left half done.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use jiff::Timestamp;
use job::{Tenant, limits};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use crate::item::Attributes;
use crate::{Error, Store, keys};

/// Secrets of a tenant that are looked at. More sign at once only where many are made in a day.
const MAX_READ: i32 = 20;

/// A secret that webhooks are signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// Its id: a UUID of version 7, so that ids sort by age.
    pub id: Uuid,
    /// The key of the signatures.
    pub key: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops to sign; none for the current one.
    pub ends_at: Option<Timestamp>,
}

impl std::fmt::Debug for Secret {
    /// Without the key.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Secret")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Item {
    pk: String,
    sk: String,
    key: ByteBuf,
    cre: i64,
}

impl Store {
    /// The secrets of a tenant that sign now, the current one first. None: there never was one.
    pub async fn secrets(&self, tenant: &Tenant, now: Timestamp) -> Result<Vec<Secret>, Error> {
        let mut secrets = self.all_secrets(tenant).await?;
        secrets.retain(|secret| secret.ends_at.is_none_or(|end| end > now));
        Ok(secrets)
    }

    /// Makes this key the current secret of a tenant. The one before signs along for a time.
    pub async fn add_secret(
        &self,
        tenant: &Tenant,
        key: Vec<u8>,
        now: Timestamp,
    ) -> Result<Secret, Error> {
        let secret = Secret {
            id: Uuid::new_v7(uuid::Timestamp::from_unix(
                uuid::NoContext,
                u64::try_from(now.as_second()).unwrap_or(0),
                u32::try_from(now.subsec_nanosecond()).unwrap_or(0),
            )),
            key,
            created_at: now,
            ends_at: None,
        };
        let item = Item {
            pk: keys::webhooks(tenant),
            sk: keys::secret(&secret.id),
            key: ByteBuf::from(secret.key.clone()),
            cre: now.as_millisecond(),
        };
        let item = serde_dynamo::aws_sdk_dynamodb_1::to_item(item)
            .expect("a struct of plain fields is an item");
        self.payloads.put_item(item, "put secret").await?;
        for ended in self.all_secrets(tenant).await? {
            if ended.ends_at.is_some_and(|end| end <= now) {
                self.remove_secret(tenant, &ended.id).await?;
            }
        }
        Ok(secret)
    }

    /// Lets a secret sign no longer. The caller has seen that it is not the current one.
    pub async fn remove_secret(&self, tenant: &Tenant, id: &Uuid) -> Result<(), Error> {
        self.payloads
            .delete_item(
                keys::primary(keys::webhooks(tenant), keys::secret(id)),
                "delete secret",
            )
            .await?;
        Ok(())
    }

    async fn all_secrets(&self, tenant: &Tenant) -> Result<Vec<Secret>, Error> {
        let found = self
            .payloads
            .dynamodb
            .query()
            .table_name(&self.payloads.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", AttributeValue::S(keys::webhooks(tenant)))
            .expression_attribute_values(":sk", AttributeValue::S(keys::SECRETS.to_owned()))
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(MAX_READ)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("list secrets"))?;
        let mut next: Option<Timestamp> = None;
        let mut secrets = Vec::new();
        for item in found.items.unwrap_or_default() {
            let mut secret = read(item)?;
            secret.ends_at = next.map(|made| made + limits::WEBHOOK_SECRET_OVERLAP);
            next = Some(secret.created_at);
            secrets.push(secret);
        }
        Ok(secrets)
    }
}

fn read(attributes: Attributes) -> Result<Secret, Error> {
    let unreadable = |cause: &dyn std::fmt::Display| Error::unreadable("a secret", cause);
    let Item {
        pk: _,
        sk,
        key,
        cre,
    } = serde_dynamo::aws_sdk_dynamodb_1::from_item(attributes)
        .map_err(|cause| unreadable(&cause))?;
    let id = sk.strip_prefix(keys::SECRETS).unwrap_or_default();
    Ok(Secret {
        id: id.parse().map_err(|cause| unreadable(&cause))?,
        key: key.into_vec(),
        created_at: Timestamp::from_millisecond(cre).map_err(|cause| unreadable(&cause))?,
        ends_at: None,
    })
}
