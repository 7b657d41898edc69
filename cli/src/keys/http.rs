//! The same over HTTP, for whoever has an admin's key.

use serde_json::{Value, json};

use super::{Command, create, revoke, rotate};
use crate::commands::shown::{member, rows};
use crate::failure::Failure;
use crate::output::{Output, plain, say};
use crate::settings::Context;

const HEAD: [&str; 6] = ["ID", "STATE", "SCOPES", "ENDS", "LAST USED", "NAME"];

pub(super) async fn run(context: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Create(arguments) => create(context, &arguments).await,
        Command::List(_) => list(context).await,
        Command::Revoke(arguments) => revoke(context, &arguments).await,
        Command::Rotate(arguments) => rotate(context, &arguments).await,
    }
}

async fn create(context: &Context, arguments: &create::Arguments) -> Result<(), Failure> {
    let scopes: Vec<&str> = if arguments.admin {
        vec!["admin"]
    } else {
        arguments.scopes.iter().map(|scope| scope.name()).collect()
    };
    let mut wanted = json!({ "name": arguments.name, "scopes": scopes });
    if let Some(days) = arguments.expires_in_days {
        wanted["expires_in_days"] = days.into();
    }
    // Sent once: an answer that was lost cannot be given again, and the key that it held is nobody's.
    let made: Value = context.client.post(&["keys"]).json(&wanted)?.read().await?;
    show(context, &made, "")
}

async fn list(context: &Context) -> Result<(), Failure> {
    let mut keys: Value = context.client.get(&["keys"]).read().await?;
    if context.output.json {
        return Ok(Output::pretty(&keys)?);
    }
    let keys = match keys.get_mut("keys").map(Value::take) {
        Some(Value::Array(keys)) => keys,
        _ => Vec::new(),
    };
    rows(context, HEAD, &keys, "The tenant has no keys.", |key| {
        let ends = match member(key, "revoked_at") {
            revoked if revoked.is_empty() => member(key, "expires_at"),
            revoked => revoked,
        };
        [
            member(key, "id").into(),
            member(key, "state").into(),
            member(key, "scopes").into(),
            ends.into(),
            member(key, "last_used").into(),
            member(key, "name").into(),
        ]
    })
}

async fn revoke(context: &Context, arguments: &revoke::Arguments) -> Result<(), Failure> {
    let id = arguments.id.id()?.to_string();
    context.client.delete(&["keys", &id]).send().await?;
    if context.output.json {
        let revoked: Value = context.client.get(&["keys", &id]).read().await?;
        Output::pretty(&revoked)?;
    }
    let words = format!("Key {id} is revoked: within 60 seconds nobody can call with it.");
    context.output.note(&words);
    Ok(())
}

async fn rotate(context: &Context, arguments: &rotate::Arguments) -> Result<(), Failure> {
    let id = arguments.id.id()?.to_string();
    let wanted = json!({ "overlap_seconds": arguments.overlap.as_secs() });
    let call = context.client.post(&["keys", &id, "rotate"]);
    let made: Value = call.json(&wanted)?.read().await?;
    show(context, &made, &format!(" It takes the place of {id}."))
}

/// Shows a key that was just made: the one time that anybody sees it.
fn show(context: &Context, made: &Value, more: &str) -> Result<(), Failure> {
    if context.output.json {
        return Ok(Output::pretty(made)?);
    }
    say(&plain(&member(made, "key")))?;
    let (id, scopes) = (member(made, "id"), member(made, "scopes"));
    let words = format!(
        "Key {}: {}, at {}.{more} It is shown this once; only its hash is kept.",
        plain(&id),
        plain(&scopes),
        context.client.settings().url.value,
    );
    context.output.note(&words);
    Ok(())
}
