//! `scan keys rotate`.

use std::error::Error;
use std::time::Duration;

use access::limits::MAX_KEY_OVERLAP;
use access::{ApiKey, KeyState};
use clap::Args;
use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde_json::json;
use store::AuditEvent;

use super::arguments::Named;
use super::{Context, maker, powers};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The key's id, or the key itself
    pub(super) id: Named,
    /// How long it is still good beside the new one, such as 30m, 24h or 7d; up to 7 days
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = overlap)]
    pub(super) overlap: Duration,
}

/// A second use of the same key, or one that has ended, would leave it unclear which key takes whose place.
pub(super) async fn run(context: &Context, arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let Arguments { id, overlap } = arguments;
    let old = context.find(id.id()?).await?;
    let state = old.state(context.now);
    if state != KeyState::Active {
        return Err(format!(
            "key {} is {}: make another one by `scan keys create`",
            old.id,
            state.name()
        )
        .into());
    }
    if let Some(next) = old.replaced_by {
        return Err(format!("key {} was rotated before: {next} takes its place", old.id).into());
    }
    let key = ApiKey::draw();
    let new = old.successor(&key, context.now, maker());
    let end = old.end_beside_successor(context.now, overlap);
    // The old one ends only when somebody has the new one. Who dies in between leaves two that are good, and both are listed.
    context.keys.create(&new).await?;
    context.show(&key, &new).await?;
    let replaced = context.keys.replace(&old.tenant, old.id, new.id, end);
    if !replaced.await? {
        context
            .keys
            .revoke(&new.tenant, new.id, context.now)
            .await?;
        let said = "has been rotated or revoked meanwhile, and the new key is revoked again";
        return Err(format!("key {} {said}", old.id).into());
    }
    let details = json!({
        "name": old.name,
        "replaced_by": new.id.to_string(),
        "overlap_seconds": overlap.as_secs(),
    });
    context.note(&old, AuditEvent::KeyRotated, details).await;
    context.tell(&format!(
        "Key {} takes the place of {}, which ends at {end:.0}: {}. It is shown this once.",
        new.id,
        old.id,
        powers(&new),
    ));
    Ok(())
}

fn overlap(text: &str) -> Result<Duration, &'static str> {
    let days = SpanRelativeTo::days_are_24_hours();
    let parsed = text.parse::<Span>().and_then(|span| span.to_duration(days));
    parsed
        .ok()
        .and_then(|time: SignedDuration| Duration::try_from(time).ok())
        .filter(|time| *time <= MAX_KEY_OVERLAP)
        .ok_or("a time of up to 7 days, such as 30m, 24h or 7d")
}
