//! Keys in JSON.

use access::{ApiKey, KeyRecord, Scope};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

/// A key that was just made: the one place where it is written whole.
pub(super) fn new_key(
    key: &ApiKey,
    record: &KeyRecord,
    now: Timestamp,
) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&Shown {
        key: Some(key.reveal()),
        ..shown(record, now)
    })
}

/// A key, without what is secret.
pub(super) fn key(record: &KeyRecord, now: Timestamp) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&shown(record, now))
}

/// Keys, without what is secret.
pub(super) fn keys(records: &[KeyRecord], now: Timestamp) -> serde_json::Result<String> {
    let keys: Vec<_> = records.iter().map(|record| shown(record, now)).collect();
    serde_json::to_string_pretty(&serde_json::json!({ "keys": keys }))
}

/// Named as in the API.
#[derive(Serialize)]
struct Shown<'a> {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    name: &'a str,
    tenant: &'a str,
    scopes: Vec<&'static str>,
    state: &'static str,
    created_at: Timestamp,
    created_by: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used: Option<Date>,
}

fn shown(record: &KeyRecord, now: Timestamp) -> Shown<'_> {
    let KeyRecord {
        id,
        hash: _,
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
    Shown {
        id: id.to_string(),
        key: None,
        name,
        tenant: tenant.as_str(),
        scopes: scopes.iter().map(Scope::name).collect(),
        state: record.state(now).name(),
        created_at: *created_at,
        created_by,
        expires_at: *expires_at,
        revoked_at: *revoked_at,
        replaced_by: replaced_by.map(|id| id.to_string()),
        last_used: *last_used,
    }
}
