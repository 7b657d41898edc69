//! The table's definition, for places without a template: the local runner and the tests.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, CreateGlobalSecondaryIndexAction, GlobalSecondaryIndex,
    GlobalSecondaryIndexUpdate, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, TimeToLiveSpecification, TimeToLiveStatus,
};

use crate::Error;

/// The attribute that tells DynamoDB when an item may be forgotten.
pub const TTL_ATTRIBUTE: &str = "ttl";

/// The index of failed and cancelled jobs: no other item has its keys, so a healthy job never writes it.
pub(crate) const ENDED_INDEX: &str = "ended";

/// Creates the table unless it is there. One that an older version made gets what it lacks.
pub async fn create_table(client: &Client, name: &str) -> Result<(), Error> {
    let created = client
        .create_table()
        .table_name(name)
        .set_attribute_definitions(Some(strings(["pk", "sk", "ended_pk", "ended_sk"])))
        .set_key_schema(Some(key_schema("pk", "sk")))
        .global_secondary_indexes(
            GlobalSecondaryIndex::builder()
                .index_name(ENDED_INDEX)
                .set_key_schema(Some(key_schema("ended_pk", "ended_sk")))
                .projection(keys_only())
                .build()
                .expect("name and keys are set"),
        )
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await;
    match created {
        Ok(_) => {}
        Err(error)
            if error
                .as_service_error()
                .is_some_and(CreateTableError::is_resource_in_use_exception) =>
        {
            add_index(client, name).await?;
        }
        Err(error) => return Err(Error::during("create table")(error)),
    }
    set_ttl(client, name).await
}

async fn add_index(client: &Client, name: &str) -> Result<(), Error> {
    let described = client
        .describe_table()
        .table_name(name)
        .send()
        .await
        .map_err(Error::during("describe table"))?;
    let exists = described.table.is_some_and(|table| {
        let mut indexes = table.global_secondary_indexes().iter();
        indexes.any(|index| index.index_name() == Some(ENDED_INDEX))
    });
    if exists {
        return Ok(());
    }
    let index = CreateGlobalSecondaryIndexAction::builder()
        .index_name(ENDED_INDEX)
        .set_key_schema(Some(key_schema("ended_pk", "ended_sk")))
        .projection(keys_only())
        .build()
        .expect("name and keys are set");
    client
        .update_table()
        .table_name(name)
        .set_attribute_definitions(Some(strings(["ended_pk", "ended_sk"])))
        .global_secondary_index_updates(GlobalSecondaryIndexUpdate::builder().create(index).build())
        .send()
        .await
        .map_err(Error::during("create index"))?;
    Ok(())
}

/// Also for a table that was there: whoever made it may have died before this.
async fn set_ttl(client: &Client, name: &str) -> Result<(), Error> {
    let described = client
        .describe_time_to_live()
        .table_name(name)
        .send()
        .await
        .map_err(Error::during("describe time to live"))?;
    let status = described
        .time_to_live_description
        .and_then(|ttl| ttl.time_to_live_status);
    if matches!(
        status,
        Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
    ) {
        return Ok(());
    }
    let ttl = TimeToLiveSpecification::builder()
        .attribute_name(TTL_ATTRIBUTE)
        .enabled(true)
        .build()
        .expect("name and switch are set");
    client
        .update_time_to_live()
        .table_name(name)
        .time_to_live_specification(ttl)
        .send()
        .await
        .map_err(Error::during("set time to live"))?;
    Ok(())
}

fn strings<const N: usize>(names: [&str; N]) -> Vec<AttributeDefinition> {
    let attribute = |name| {
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build()
            .expect("name and type are set")
    };
    names.map(attribute).into()
}

fn key_schema(partition: &str, sort: &str) -> Vec<KeySchemaElement> {
    let key = |name, part| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(part)
            .build()
            .expect("name and type are set")
    };
    vec![key(partition, KeyType::Hash), key(sort, KeyType::Range)]
}

fn keys_only() -> Projection {
    Projection::builder()
        .projection_type(ProjectionType::KeysOnly)
        .build()
}
