//! `scan keys list`.

use std::error::Error;

use access::KeyRecord;
use clap::Args;
use jiff::Timestamp;
use job::Tenant;

use super::arguments::tenant;
use super::{Context, shown};
use crate::output::say;

const HEAD: [&str; 6] = ["ID", "STATE", "SCOPES", "ENDS", "LAST USED", "NAME"];

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Whose keys
    #[arg(long, default_value = Tenant::DEFAULT, value_parser = tenant)]
    tenant: Tenant,
}

pub(super) async fn run(context: &Context, arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let Arguments { tenant } = arguments;
    let keys = context.keys.list(&tenant).await?;
    if context.json {
        say(&shown::keys(&keys, context.now)?)?;
    } else if keys.is_empty() {
        let place = &context.place;
        context.tell(&format!("The tenant `{tenant}` has no keys in {place}."));
    } else {
        say(&table(&keys, context.now))?;
    }
    Ok(())
}

fn table(keys: &[KeyRecord], now: Timestamp) -> String {
    let rows: Vec<_> = std::iter::once(HEAD.map(ToOwned::to_owned))
        .chain(keys.iter().map(|key| row(key, now)))
        .collect();
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or(0)
    };
    let widths = [0, 1, 2, 3, 4, 5].map(width);
    let lines = rows.iter().map(|row| {
        let cells = row.iter().zip(widths);
        let cells: Vec<_> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        cells.join("  ").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn row(key: &KeyRecord, now: Timestamp) -> [String; 6] {
    let scopes: Vec<&str> = key.scopes.iter().map(access::Scope::name).collect();
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    [
        key.id.to_string(),
        key.state(now).name().to_owned(),
        scopes.join(","),
        or_dash(
            key.revoked_at
                .or(key.expires_at)
                .map(|at| format!("{at:.0}")),
        ),
        or_dash(key.last_used.map(|day| day.to_string())),
        // What is written to a terminal may not steer it.
        key.name.chars().filter(|char| !char.is_control()).collect(),
    ]
}
