//! `scan keys revoke`.

use std::error::Error;

use access::KeyState;
use clap::Args;
use serde_json::json;
use store::AuditEvent;

use super::arguments::Named;
use super::{Context, shown};
use crate::output::say;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The key's id, or the key itself
    pub(super) id: Named,
}

pub(super) async fn run(context: &Context, arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let id = arguments.id.id()?;
    let before = context.find(id).await?;
    context.keys.revoke(&before.tenant, id, context.now).await?;
    let record = context.find(id).await?;
    let is_repeated = before.state(context.now) == KeyState::Revoked;
    let details = json!({"name": record.name, "repeated": is_repeated});
    context.note(&record, AuditEvent::KeyRevoked, details).await;
    if context.json {
        say(&shown::key(&record, context.now)?)?;
    }
    context.tell(&match before.state(context.now) {
        KeyState::Revoked => format!("Key {id} was revoked before."),
        KeyState::Active | KeyState::Expired => format!(
            "Key {id} ({}) is revoked: within 60 seconds nobody can call with it.",
            record.name
        ),
    });
    Ok(())
}
