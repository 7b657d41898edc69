//! `scan health`, `scan whoami`, `scan limits`, `scan quotas`: what the service says of itself and of the caller.

use serde_json::Value;

use super::shown::{facts, member, rows};
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::Context;

const QUOTAS: [&str; 4] = [
    "requests_per_second",
    "jobs_in_flight",
    "bytes_per_day",
    "pages_per_day",
];

/// Whether it is up.
pub(crate) async fn health(context: &Context) -> Result<(), Failure> {
    tell(context, "health").await
}

/// Who calls, and what they may do.
pub(crate) async fn whoami(context: &Context) -> Result<(), Failure> {
    tell(context, "whoami").await
}

/// The limits in force.
pub(crate) async fn limits(context: &Context) -> Result<(), Failure> {
    tell(context, "limits").await
}

/// What the tenant may have, and has had.
pub(crate) async fn quotas(context: &Context) -> Result<(), Failure> {
    let quotas: Value = context.client.get(&["quotas"]).read().await?;
    if context.output.json {
        return Ok(Output::pretty(&quotas)?);
    }
    let levels: Vec<Value> = QUOTAS
        .iter()
        .filter_map(|name| {
            let mut level = quotas.get(name)?.clone();
            level
                .as_object_mut()?
                .insert("quota".into(), (*name).into());
            Some(level)
        })
        .collect();
    let columns = ["quota", "limit", "used", "remaining", "resets_at"];
    rows(
        context,
        ["QUOTA", "LIMIT", "USED", "LEFT", "ANEW AT"],
        &levels,
        "There are no quotas.",
        |level| columns.map(|name| member(level, name).into()),
    )
}

async fn tell(context: &Context, path: &str) -> Result<(), Failure> {
    let object: Value = context.client.get(&[path]).read().await?;
    facts(context, &object)
}
