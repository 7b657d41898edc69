//! AWS, and what can be wrong on the way to a table there.

use std::error::Error;
use std::iter::successors;

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::ProvideCredentials as _;
use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::types::{KeySchemaElement, TableDescription};
use service::Clients;

/// A client as the SDK's own variables and files say. It has a region and credentials.
pub(super) async fn client() -> Result<Client, String> {
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    if config.region().is_none() {
        return Err("no AWS region is set: AWS_REGION names it".to_owned());
    }
    let unusable = |why: String| {
        format!(
            "there are no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY ({why})"
        )
    };
    let provider = config.credentials_provider();
    let provider = provider.ok_or_else(|| unusable("none can be asked for any".to_owned()))?;
    let credentials = provider.provide_credentials().await;
    credentials.map_err(|error| unusable(words(&error)))?;
    Ok(Clients::from_env().await.dynamodb)
}

/// Sees that there is such a table, and that it could be this product's.
pub(super) async fn check(client: &Client, table: &str) -> Result<(), String> {
    let error = match client.describe_table().table_name(table).send().await {
        Ok(described) => {
            let schema = described.table().map(TableDescription::key_schema);
            let keys = schema.unwrap_or_default().iter();
            let names: Vec<&str> = keys.map(KeySchemaElement::attribute_name).collect();
            return if names == ["pk", "sk"] {
                Ok(())
            } else {
                Err(format!("the table {table} is not one of this product."))
            };
        }
        Err(error) => error,
    };
    let Some(answer) = error.as_service_error() else {
        return Err(format!("the table cannot be reached: {}.", words(&error)));
    };
    match answer.code() {
        _ if answer.is_resource_not_found_exception() => Err(format!(
            "there is no table {table} here. The stack's output TableName says what it is called; AWS_REGION says where it is looked for."
        )),
        // Who may not look at the table may still be permitted what is about to be done.
        Some("AccessDeniedException") => Ok(()),
        _ => Err(format!("AWS refuses: {}.", words(answer))),
    }
}

/// An error and its causes, without what was sent.
fn words(error: &(dyn Error + 'static)) -> String {
    let errors = successors(Some(error), |&error| error.source());
    let mut words: Vec<String> = errors.map(ToString::to_string).collect();
    words.dedup();
    words.join(": ")
}
