//! `scan keys list`.

use std::error::Error;

use access::KeyRecord;
use clap::Args;
use jiff::Timestamp;

use super::{Context, shown};
use crate::output::{Cell, say, table};

const HEAD: [&str; 6] = ["ID", "STATE", "SCOPES", "ENDS", "LAST USED", "NAME"];

#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) async fn run(context: &Context, arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let Arguments {} = arguments;
    let tenant = &context.tenant;
    let keys = context.keys.list(tenant).await?;
    if context.json {
        say(&shown::keys(&keys, context.now)?)?;
    } else if keys.is_empty() {
        let place = &context.place;
        context.tell(&format!("The tenant `{tenant}` has no keys in {place}."));
    } else {
        let rows = keys.iter().map(|key| row(key, context.now));
        say(&table(HEAD, rows, false))?;
    }
    Ok(())
}

fn row(key: &KeyRecord, now: Timestamp) -> [Cell; 6] {
    let scopes: Vec<&str> = key.scopes.iter().map(access::Scope::name).collect();
    let ends = key.revoked_at.or(key.expires_at);
    [
        key.id.to_string().into(),
        key.state(now).name().into(),
        scopes.join(",").into(),
        ends.map(|at| format!("{at:.0}")).into(),
        key.last_used.map(|day| day.to_string()).into(),
        key.name.as_str().into(),
    ]
}
