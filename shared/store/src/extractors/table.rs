//! Reading and writing the items of saved extractors.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure,
};
use jiff::Timestamp;
use job::{ExtractorName, Tenant, limits};

use super::ExtractorVersion;
use super::kept::Kept;
use crate::{Error, Store, keys};

/// A stretch of a tenant's extractors, or of the earlier versions of one.
pub(super) struct Query<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) forward: bool,
    pub(super) limit: usize,
}

impl Store {
    pub(super) async fn latest_extractor(
        &self,
        tenant: &Tenant,
        name: &ExtractorName,
    ) -> Result<Option<Kept>, Error> {
        self.read_extractor(tenant, keys::extractor(name)).await
    }

    pub(super) async fn read_extractor(
        &self,
        tenant: &Tenant,
        sort: String,
    ) -> Result<Option<Kept>, Error> {
        let answer = self
            .payloads
            .dynamodb
            .get_item()
            .table_name(&self.payloads.table)
            .set_key(Some(keys::primary(keys::extractors(tenant), sort)))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("get extractor"))?;
        answer.item.map(Kept::read).transpose()
    }

    /// Whether this version was made by the write that drew this number.
    pub(super) async fn made_extractor_version(
        &self,
        tenant: &Tenant,
        name: &ExtractorName,
        version: u32,
        mark: u64,
    ) -> Result<bool, Error> {
        let sort = keys::extractor_version(name, version);
        let filed = self.read_extractor(tenant, sort).await?;
        Ok(filed.is_some_and(|filed| filed.own == mark))
    }

    /// Keeps a version under its number. To do so again changes nothing.
    pub(super) async fn file_extractor(
        &self,
        tenant: &Tenant,
        name: &ExtractorName,
        kept: &Kept,
    ) -> Result<(), Error> {
        let mut item = kept.item(tenant);
        let sort = keys::extractor_version(name, kept.ver);
        item.insert("sk".to_owned(), AttributeValue::S(sort));
        self.payloads
            .put_item(item, "put extractor version")
            .await?;
        Ok(())
    }

    /// Puts a version in the place of what was found. Answers with what is there instead, if that is something else.
    pub(super) async fn replace_extractor(
        &self,
        tenant: &Tenant,
        found: Option<&Kept>,
        next: &Kept,
    ) -> Result<Option<Kept>, Error> {
        let put = self
            .payloads
            .dynamodb
            .put_item()
            .table_name(&self.payloads.table)
            .set_item(Some(next.item(tenant)))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let put = match found {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(kept) => put
                .condition_expression(kept.unchanged())
                .expression_attribute_names("#own", "own")
                .expression_attribute_names("#def", "def")
                .expression_attribute_values(":own", AttributeValue::N(kept.own.to_string())),
        };
        let Err(error) = put.send().await else {
            return Ok(None);
        };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(refused)) => {
                let item = refused.item.clone().unwrap_or_default();
                Kept::read(item).map(Some)
            }
            _ => Err(Error::during("put extractor")(error)),
        }
    }

    /// Takes the definition from an extractor. Answers with what is there instead, if that is something else.
    pub(super) async fn bury_extractor(
        &self,
        tenant: &Tenant,
        name: &ExtractorName,
        kept: &Kept,
        now: Timestamp,
    ) -> Result<Option<Kept>, Error> {
        // As long as a job may name it that was submitted just now.
        let ttl = limits::expiry_of_finished(limits::expiry_of_unfinished(now));
        let update = self
            .payloads
            .dynamodb
            .update_item()
            .table_name(&self.payloads.table)
            .set_key(Some(keys::primary(
                keys::extractors(tenant),
                keys::extractor(name),
            )))
            .condition_expression(kept.unchanged())
            .update_expression("SET #ttl = :ttl REMOVE #def")
            .expression_attribute_names("#own", "own")
            .expression_attribute_names("#def", "def")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":own", AttributeValue::N(kept.own.to_string()))
            .expression_attribute_values(":ttl", AttributeValue::N(ttl.as_second().to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        let Err(error) = update else {
            return Ok(None);
        };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                let found = refused.item.clone().filter(|item| !item.is_empty());
                found.map(Kept::read).transpose()
            }
            _ => Err(Error::during("remove extractor")(error)),
        }
    }

    /// Deletes the versions up to this one.
    pub(super) async fn delete_extractor_versions(
        &self,
        tenant: &Tenant,
        name: &ExtractorName,
        last: u32,
    ) -> Result<(), Error> {
        let (pk, first) = (keys::extractors(tenant), keys::extractor_version(name, 0));
        let mut pages = self
            .payloads
            .dynamodb
            .query()
            .table_name(&self.payloads.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", AttributeValue::S(pk))
            .expression_attribute_values(":from", AttributeValue::S(first))
            .expression_attribute_values(
                ":to",
                AttributeValue::S(keys::extractor_version(name, last)),
            )
            .projection_expression("pk, sk")
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .into_paginator()
            .items()
            .send();
        while let Some(key) = pages.next().await {
            let key = key.map_err(Error::during("list extractor versions"))?;
            self.payloads
                .delete_item(key, "delete extractor version")
                .await?;
        }
        Ok(())
    }

    /// What is said of each of these items that has a definition, and the sort key behind which more may be.
    pub(super) async fn extractor_versions_between(
        &self,
        query: Query<'_>,
    ) -> Result<(Vec<ExtractorVersion>, Option<String>), Error> {
        let text = |text: String| AttributeValue::S(text);
        let answer = self
            .payloads
            .dynamodb
            .query()
            .table_name(&self.payloads.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .filter_expression("attribute_exists(#def)")
            .projection_expression("sk, #ver, #own, #cre")
            .expression_attribute_names("#def", "def")
            .expression_attribute_names("#ver", "ver")
            .expression_attribute_names("#own", "own")
            .expression_attribute_names("#cre", "cre")
            .expression_attribute_values(":pk", text(keys::extractors(query.tenant)))
            .expression_attribute_values(":from", text(query.from))
            .expression_attribute_values(":to", text(query.to))
            .scan_index_forward(query.forward)
            .limit(i32::try_from(query.limit).unwrap_or(i32::MAX))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(Error::during("list extractors"))?;
        let unread = answer.last_evaluated_key.and_then(|mut key| {
            let sort = key.remove("sk")?;
            sort.as_s().ok().cloned()
        });
        let items = answer.items.unwrap_or_default().into_iter();
        let versions = items.map(|item| {
            let kept = Kept::read(item)?;
            let name = kept.name()?;
            kept.summary(&name)
        });
        Ok((versions.collect::<Result<_, _>>()?, unread))
    }
}
