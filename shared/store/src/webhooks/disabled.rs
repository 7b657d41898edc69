//! Endpoints that want nothing any more: they have answered 410 (Gone), and are told nothing until their tenant says so.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use jiff::Timestamp;
use job::Tenant;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Error, Store, keys};

/// An endpoint that is told nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisabledEndpoint {
    /// Its id: made from its URL.
    pub id: String,
    /// Its URL.
    pub url: String,
    /// Since when.
    pub since: Timestamp,
}

/// Some of the endpoints that are told nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisabledEndpoints {
    /// In the order of their ids.
    pub endpoints: Vec<DisabledEndpoint>,
    /// The id after which to go on; none if these are the last.
    pub next: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Item {
    pk: String,
    sk: String,
    url: String,
    cre: i64,
}

impl Store {
    /// Whether a tenant's endpoint is told nothing.
    pub async fn is_disabled(&self, tenant: &Tenant, url: &str) -> Result<bool, Error> {
        let found = self
            .payloads
            .dynamodb
            .get_item()
            .table_name(&self.payloads.table)
            .set_key(Some(primary(tenant, &id_of(url))))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("get endpoint"))?;
        Ok(found.item.is_some())
    }

    /// Tells a tenant's endpoint nothing any more.
    pub async fn disable_endpoint(
        &self,
        tenant: &Tenant,
        url: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let item = Item {
            pk: keys::webhooks(tenant),
            sk: keys::endpoint(&id_of(url)),
            url: url.to_owned(),
            cre: now.as_millisecond(),
        };
        let item = serde_dynamo::aws_sdk_dynamodb_1::to_item(item)
            .expect("a struct of plain fields is an item");
        self.payloads.put_item(item, "put endpoint").await?;
        Ok(())
    }

    /// Tells an endpoint again what is to be told. Says whether it was disabled.
    pub async fn enable_endpoint(&self, tenant: &Tenant, id: &str) -> Result<bool, Error> {
        let gone = self
            .payloads
            .dynamodb
            .delete_item()
            .table_name(&self.payloads.table)
            .set_key(Some(primary(tenant, id)))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("delete endpoint"))?;
        Ok(gone.attributes.is_some_and(|item| !item.is_empty()))
    }

    /// A tenant's endpoints that are told nothing, so many of them after the one of this id.
    pub async fn disabled_endpoints(
        &self,
        tenant: &Tenant,
        after: Option<&str>,
        most: u32,
    ) -> Result<DisabledEndpoints, Error> {
        let found = self
            .payloads
            .dynamodb
            .query()
            .table_name(&self.payloads.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", AttributeValue::S(keys::webhooks(tenant)))
            .expression_attribute_values(":sk", AttributeValue::S(keys::ENDPOINTS.to_owned()))
            .set_exclusive_start_key(after.map(|id| primary(tenant, id)))
            .limit(i32::try_from(most).unwrap_or(i32::MAX))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("list endpoints"))?;
        let more = found.last_evaluated_key.is_some();
        let mut endpoints = Vec::new();
        for item in found.items.unwrap_or_default() {
            let Item { url, cre, .. } = serde_dynamo::aws_sdk_dynamodb_1::from_item(item)
                .map_err(|cause| Error::unreadable("an endpoint", cause))?;
            endpoints.push(DisabledEndpoint {
                id: id_of(&url),
                since: Timestamp::from_millisecond(cre)
                    .map_err(|cause| Error::unreadable("an endpoint", cause))?,
                url,
            });
        }
        let last = endpoints.last().filter(|_| more);
        let next = last.map(|endpoint| endpoint.id.clone());
        Ok(DisabledEndpoints { endpoints, next })
    }
}

fn primary(tenant: &Tenant, id: &str) -> std::collections::HashMap<String, AttributeValue> {
    keys::primary(keys::webhooks(tenant), keys::endpoint(id))
}

/// A URL may be longer than a key.
fn id_of(url: &str) -> String {
    let mut half = [0; 16];
    half.copy_from_slice(&Sha256::digest(url)[..16]);
    format!("{:032x}", u128::from_be_bytes(half))
}
