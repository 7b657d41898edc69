//! `scan keys`: who may call.
//!
//! The first admin key comes from here, by what only an operator has: the data folder, or AWS credentials for the table. Whoever has a key goes over
//! HTTP, unless --data or --table says otherwise.

mod arguments;
mod create;
mod http;
mod list;
mod revoke;
mod rotate;
mod shown;

use std::error::Error;

use access::{ApiKey, KeyRecord};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use job::Tenant;
use serde_json::Value;
use service::Clock;
use service::config::optional;
use store::{ApiKeys, AuditEntry, AuditEvent};

use crate::failure::Failure;
use crate::output::{complain, say};
use crate::place::PlaceArguments;
use crate::settings::CommonArguments;

/// Longest name of a user that is noted, in characters.
const MAX_USER_CHARS: usize = 32;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    place: PlaceArguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a key: it alone goes to standard output, this once
    Create(create::Arguments),
    /// Show a tenant's keys, without what is secret
    List(list::Arguments),
    /// End a key for good: within 60 seconds nobody can call with it
    Revoke(revoke::Arguments),
    /// Make another key like one that is there, which then ends after a while
    Rotate(rotate::Arguments),
}

/// What each command needs.
struct Context {
    keys: ApiKeys,
    now: Timestamp,
    /// Where the keys lie, for people.
    place: String,
    json: bool,
    /// Whose keys are meant.
    tenant: Tenant,
}

/// Does it.
pub(crate) async fn run(common: &CommonArguments, arguments: Arguments) -> Result<(), Failure> {
    arguments.command.check()?;
    if !arguments.place.is_said() && common.settings()?.key.is_some() {
        return http::run(&common.connect()?, arguments.command).await;
    }
    let place = arguments.place.reach().await?;
    let context = Context {
        keys: place.keys.clone(),
        now: Clock::system().now(),
        place: place.words.clone(),
        json: common.json,
        tenant: common.tenant.clone().unwrap_or_else(default_tenant),
    };
    let done = match arguments.command {
        Command::Create(arguments) => create::run(&context, arguments).await,
        Command::List(arguments) => list::run(&context, arguments).await,
        Command::Revoke(arguments) => revoke::run(&context, arguments).await,
        Command::Rotate(arguments) => rotate::run(&context, arguments).await,
    };
    place.leave().await;
    Ok(done?)
}

impl Command {
    /// Sees that the arguments make sense, before anything is looked for.
    fn check(&self) -> Result<(), Failure> {
        match self {
            Self::Create(_) | Self::List(_) => Ok(()),
            Self::Revoke(arguments) => arguments.id.id().map(drop),
            Self::Rotate(arguments) => arguments.id.id().map(drop),
        }
    }
}

impl Context {
    /// Shows a key that was just kept: the one time that anybody sees it. One that cannot be shown is taken back, for nobody has it.
    async fn show(&self, key: &ApiKey, record: &KeyRecord) -> Result<(), Box<dyn Error>> {
        let shown = if self.json {
            shown::new_key(key, record, self.now)?
        } else {
            key.reveal()
        };
        if let Err(error) = say(&shown) {
            self.keys
                .revoke(&record.tenant, record.id, self.now)
                .await?;
            return Err(format!("the key could not be written and was revoked: {error}").into());
        }
        Ok(())
    }

    /// Notes what was done to a key, where admins look it up. That this cannot be done does not undo it.
    async fn note(&self, record: &KeyRecord, event: AuditEvent, details: Value) {
        let entry = AuditEntry {
            at: self.now,
            event: event.name().to_owned(),
            actor: maker(),
            actor_tenant: None,
            subject: record.id.to_string(),
            details,
            request_id: String::new(),
        };
        if let Err(error) = self.keys.keep_audit(&record.tenant, &entry).await {
            complain(&format!("This could not be noted in the audit: {error}"));
        }
    }

    /// The key of this id.
    async fn find(&self, id: access::KeyId) -> Result<KeyRecord, Box<dyn Error>> {
        let found = self.keys.get(id).await?;
        found.ok_or_else(|| format!("there is no key {id} in {}", self.place).into())
    }

    /// Words for whoever looks.
    fn tell(&self, words: &str) {
        // Who asks for JSON is a program, and has it all there.
        if !self.json {
            complain(words);
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "whose keys are meant is said at the command line, or is this"
)]
fn default_tenant() -> Tenant {
    Tenant::sole()
}

/// Who makes keys here, as it is noted with them.
fn maker() -> String {
    let user: String = optional("USER")
        .unwrap_or_default()
        .chars()
        .filter(|char| char.is_ascii_alphanumeric() || "-_.".contains(*char))
        .take(MAX_USER_CHARS)
        .collect();
    if user.is_empty() {
        "scan".to_owned()
    } else {
        format!("scan:{user}")
    }
}

/// What the holder of a key may do, in words.
fn powers(record: &KeyRecord) -> String {
    let scopes: Vec<&str> = record.scopes.iter().map(access::Scope::name).collect();
    let KeyRecord { tenant, .. } = record;
    let operator =
        if record.scopes.allow(access::Scope::Admin) && tenant.as_str() == Tenant::DEFAULT {
            ", and so an operator, who may act for every tenant"
        } else {
            ""
        };
    format!("{} of the tenant `{tenant}`{operator}", scopes.join(", "))
}
