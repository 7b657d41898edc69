//! `scan keys create`.

use std::error::Error;
use std::time::Duration;

use access::limits::MAX_KEY_DAYS;
use access::{ApiKey, KeyRecord, Scope, Scopes};
use clap::Args;
use serde_json::json;
use store::AuditEvent;

use super::arguments::name;
use super::{Context, maker, powers};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// It may do everything; one of the tenant `default` runs the installation
    #[arg(long, conflicts_with = "scopes", required_unless_present = "scopes")]
    pub(super) admin: bool,
    /// What it may do: scan:read, scan:write, extractors:write, admin, joined by commas
    #[arg(long, value_delimiter = ',')]
    pub(super) scopes: Vec<Scope>,
    /// What it is for
    #[arg(long, default_value = "made at the command line", value_parser = name)]
    pub(super) name: String,
    /// After how many days it ends; without this it does not
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_KEY_DAYS)))]
    pub(super) expires_in_days: Option<u32>,
}

pub(super) async fn run(context: &Context, arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let Arguments {
        admin,
        scopes,
        name,
        expires_in_days,
    } = arguments;
    let scopes: Scopes = if admin {
        Scope::Admin.into()
    } else {
        scopes.into_iter().collect()
    };
    let lives = expires_in_days.map(|days| Duration::from_hours(24 * u64::from(days)));
    let key = ApiKey::draw();
    let record = KeyRecord {
        id: key.id(),
        hash: key.hash(),
        tenant: context.tenant.clone(),
        scopes,
        name,
        created_at: context.now,
        created_by: maker(),
        expires_at: lives.map(|time| context.now + time),
        revoked_at: None,
        replaced_by: None,
        last_used: None,
    };
    context.keys.create(&record).await?;
    context.show(&key, &record).await?;
    let scopes: Vec<&str> = scopes.iter().map(Scope::name).collect();
    let details = json!({"name": record.name, "scopes": scopes, "expires_at": record.expires_at});
    context.note(&record, AuditEvent::KeyCreated, details).await;
    let end = record
        .expires_at
        .map_or_else(String::new, |end| format!(" It ends at {end:.0}."));
    context.tell(&format!(
        "Key {}: {}, in {}.{end} It is shown this once; only its hash is kept.",
        record.id,
        powers(&record),
        context.place,
    ));
    Ok(())
}
