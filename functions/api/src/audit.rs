//! Who did what to keys, secrets, quotas and dead letters: a log line and, for admins to look up, an entry in the table.

use access::{Actor, Scope};
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::{AuditEntry, AuditEvent};

use crate::App;
use crate::caller::Caller;

/// Notes what a caller did, and to what, once it is done. That the entry cannot be kept is no reason to say that it was not: then the line
/// is what remains.
///
/// `details` is an object. Texts in it may be a client's own words: they are in the entry, but not in the line.
pub(crate) async fn note(
    app: &App,
    caller: &Caller,
    event: AuditEvent,
    subject: impl Into<String>,
    details: Value,
) {
    let subject = subject.into();
    let (name, actor) = (event.name(), logged(&caller.identity().actor));
    let tenant_of_actor = caller.identity().tenant.as_str();
    tracing::info!(audit = name, actor, tenant_of_actor, subject, details = %without_texts(&details), "Audit: {name}");
    let own = &caller.identity().tenant;
    let entry = AuditEntry {
        at: app.clock.now(),
        event: name.to_owned(),
        actor: caller.identity().actor.to_string(),
        actor_tenant: (own != caller.tenant()).then(|| own.clone()),
        subject,
        details,
        request_id: caller.request_id().to_owned(),
    };
    if let Err(error) = app.store.keep_audit(caller.tenant(), &entry).await {
        tracing::error!(%error, audit = name, "Audit entry not kept");
    }
}

/// Notes that a caller tried what only others may do: with an admin's scope, or for another tenant.
pub(crate) fn refused(actor: &Actor, wanted: &str) {
    let actor = logged(actor);
    tracing::warn!(audit = "refused", actor, wanted, "Audit: refused");
}

/// Notes it if this is an admin's to do.
pub(crate) fn refused_scope(caller: &Caller, needs: Scope) {
    if needs == Scope::Admin {
        refused(&caller.identity().actor, needs.name());
    }
}

/// An actor as the log names it. What a token says of a person may be a mail address; its hash is enough to know it again.
fn logged(actor: &Actor) -> String {
    match actor {
        Actor::Subject(subject) => {
            let mut start = [0; 8];
            start.copy_from_slice(&Sha256::digest(subject)[..8]);
            format!("subject:sha256:{:016x}", u64::from_be_bytes(start))
        }
        Actor::Anybody | Actor::Key(_) => actor.to_string(),
    }
}

/// What of the details is no text: numbers, and lists of names of ours.
fn without_texts(details: &Value) -> Value {
    let mut details = details.clone();
    if let Value::Object(members) = &mut details {
        members.retain(|_, value| !value.is_string());
    }
    details
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_persons_name_and_no_words_of_a_client_are_logged() {
        let ann = logged(&Actor::Subject("ann@example.com".into()));
        let bob = logged(&Actor::Subject("bob@example.com".into()));
        assert!(!ann.contains("ann@example.com") && ann != bob, "{ann}");
        assert_eq!(ann, logged(&Actor::Subject("ann@example.com".into())));
        assert_eq!(logged(&Actor::Anybody), "anybody");
        let details = json!({"name": "for Ann", "redriven": 2, "scopes": ["admin"]});
        let logged = json!({"redriven": 2, "scopes": ["admin"]});
        assert_eq!(without_texts(&details), logged);
    }
}
