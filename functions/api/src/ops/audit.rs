//! What admins did, page by page.

use std::collections::{BTreeMap, HashSet};

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Uri;
use jiff::Timestamp;
use job::Tenant;
use serde::Serialize;
use serde_json::Value;
use store::{AuditEntry, AuditEvent, AuditFilter, AuditId};
use utoipa::openapi::{RefOr, Response as Documented};
use utoipa::{IntoResponses, ToSchema};

use super::list;
use crate::caller::Caller;
use crate::problem::{Flaws, Place, Problem};
use crate::{App, openapi, query};

/// Most events of a page.
pub(crate) const MAX_LIMIT: usize = 200;

/// Events of a page, if a client does not say how many.
const DEFAULT_LIMIT: usize = 50;

const KNOWN: [&str; 6] = [
    "event",
    "actor",
    "created_after",
    "created_before",
    "limit",
    "cursor",
];

/// Something that was done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditRecord {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What.
    #[schema(example = "key_created")]
    event: String,
    /// Who did it: `key:` and its id, `subject:` and the subject of its token, or `anybody` where nobody is asked.
    #[schema(example = "key:0b7e4d2f91c8a365")]
    actor: String,
    /// The actor's tenant; present where that is another one: an operator acted for this tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    actor_tenant: Option<Tenant>,
    /// What it was done to: an id, or `matching` for all that matched.
    #[schema(example = "5f1d0c7a9e3b2468")]
    subject: String,
    /// More of it, by the kind of event.
    #[schema(value_type = BTreeMap<String, Value>)]
    details: Value,
    /// The request that it came with: the `X-Request-Id` of its answer.
    request_id: String,
}

/// A page of what was done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditRecords {
    /// The events, newest first.
    events: Vec<AuditRecord>,
    /// The `cursor` of the next page; null if this is the last.
    #[schema(required = true)]
    next: Option<String>,
}

/// List what admins did
///
/// Who did what to the tenant's keys, webhook secrets, quotas and dead letters, newest first. What is done is noted after it took place, and kept for
/// 400 days. Where that could not be written, the log alone has it.
///
/// What a page looks at is bounded. So a page of a filter that little passes may have fewer events than `limit`, or none, and still be
/// followed by others: the list ends where `next` is null.
#[utoipa::path(
    get,
    path = "/api/v1/audit/",
    tag = "access",
    params(
        (
            "event" = Option<String>, Query,
            description = "Only this: `key_created`, `key_rotated`, `key_revoked`, `webhook_secret_created`, `webhook_secret_removed`, `dead_letter_redriven`, `dead_letters_redriven`, `dead_letter_discarded`, `dead_letters_discarded`, `quotas_set` or `quotas_removed`.",
            example = "key_revoked",
        ),
        (
            "actor" = Option<String>, Query,
            description = "Only what this actor did.",
            example = "key:0b7e4d2f91c8a365",
        ),
        (
            "created_after" = Option<String>, Query, format = DateTime,
            description = "Only what was done at this time (RFC 3339) or later.",
            example = "2026-09-01T00:00:00Z",
        ),
        (
            "created_before" = Option<String>, Query, format = DateTime,
            description = "Only what was done before this time (RFC 3339).",
            example = "2026-09-02T00:00:00Z",
        ),
        (
            "limit" = Option<u32>, Query, minimum = 1, maximum = 200,
            description = "Most events of the page. Default: 50.",
        ),
        (
            "cursor" = Option<String>, Query,
            description = "Where the page begins: `next` of the page before.",
        ),
    ),
    responses(
        (
            status = 200,
            description = "A page",
            body = AuditRecords,
            headers(("Link" = String, description = "The next page (`rel=\"next\"`); absent if this is the last")),
            example = json!({
                "events": [{
                    "at": "2026-09-01T12:00:00.123Z",
                    "event": "key_created",
                    "actor": "key:0b7e4d2f91c8a365",
                    "actor_tenant": "default",
                    "subject": "5f1d0c7a9e3b2468",
                    "details": {"name": "nightly import", "scopes": ["scan:read", "scan:write"], "expires_at": null},
                    "request_id": "8e03978e-40d5-43dd-bc93-6894a57f9324",
                }],
                "next": null,
            }),
        ),
        Problems,
    ),
)]
pub(crate) async fn list_audit(
    State(app): State<App>,
    caller: Caller,
    uri: Uri,
) -> Result<Response, Problem> {
    let Query {
        filter,
        below,
        limit,
    } = Query::read(&uri)?;
    let page = app
        .store
        .audit(caller.tenant(), &filter, below.as_ref(), limit)
        .await?;
    let next = page.next.map(|id| URL_SAFE_NO_PAD.encode(id.to_text()));
    let link = next.as_deref().map(|cursor| query::next_link(&uri, cursor));
    let events = page.entries.into_iter().map(AuditRecord::of).collect();
    Ok((link.flatten(), Json(AuditRecords { events, next })).into_response())
}

impl AuditRecord {
    fn of(entry: AuditEntry) -> Self {
        let AuditEntry {
            at,
            event,
            actor,
            actor_tenant,
            subject,
            details,
            request_id,
        } = entry;
        Self {
            at,
            event,
            actor,
            actor_tenant,
            subject,
            details,
            request_id,
        }
    }
}

/// What the parameters say.
struct Query {
    filter: AuditFilter,
    below: Option<AuditId>,
    limit: usize,
}

impl Query {
    fn read(uri: &Uri) -> Result<Self, Problem> {
        let mut query = Self {
            filter: AuditFilter::default(),
            below: None,
            limit: DEFAULT_LIMIT,
        };
        let mut flaws = Flaws::default();
        let mut given = HashSet::new();
        for (name, value) in query::parameters(uri, &KNOWN)? {
            let read = if given.insert(name.clone()) {
                query.take(&name, value)
            } else {
                Err("It is given more than once.".to_owned())
            };
            if let Err(detail) = read {
                flaws.add(Place::Parameter(name), detail);
            }
        }
        flaws.end()?;
        Ok(query)
    }

    fn take(&mut self, name: &str, value: String) -> Result<(), String> {
        match name {
            "event" => self.filter.event = Some(event(&value)?),
            "actor" => self.filter.actor = Some(value),
            "created_after" => self.filter.from = Some(list::time(&value)?),
            "created_before" => self.filter.before = Some(list::time(&value)?),
            "limit" => self.limit = query::limit(&value, MAX_LIMIT)?,
            _ => self.below = Some(cursor(&value)?),
        }
        Ok(())
    }
}

fn event(name: &str) -> Result<AuditEvent, String> {
    let found = AuditEvent::ALL.into_iter().find(|it| it.name() == name);
    found.ok_or_else(|| {
        let known = AuditEvent::ALL.map(AuditEvent::name).join(", ");
        format!("It must be one of {known}.")
    })
}

fn cursor(value: &str) -> Result<AuditId, String> {
    let decoded = URL_SAFE_NO_PAD.decode(value).ok();
    let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let below = text.and_then(|text| AuditId::from_text(&text));
    below.ok_or_else(|| query::NO_CURSOR.to_owned())
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([wrong_parameters(), Problem::unavailable("")])
    }
}

/// What wrong parameters are answered, as an example.
fn wrong_parameters() -> Problem {
    let uri = Uri::from_static("/?event=key_lost&limit=0");
    Query::read(&uri).err().expect("both are wrong")
}
