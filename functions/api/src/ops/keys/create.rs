//! Making a key.

use std::collections::BTreeMap;

use access::{ApiKey, KeyRecord, KeyState, Scope};
use axum::extract::{Request, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::AuditEvent;
use utoipa::openapi::{RefOr, Response as Documented};
use utoipa::{IntoResponses, ToSchema};

use super::{MAX_KEYS, MadeKey, too_many};
use crate::body::NewKey;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::{App, audit, body, openapi, schema};

/// A key that is to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "only its description is used: the body is checked member by member"
)]
pub(crate) struct KeyRequest {
    /// What it is for.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What its holder may do. `admin` is everything.
    #[schema(min_items = 1)]
    scopes: Vec<schema::Scope>,
    /// From when on it is good for nothing. Without this and `expires_in_days` it does not expire.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// The same as a number of days from now.
    #[schema(minimum = 1, maximum = 3650)]
    expires_in_days: Option<u32>,
}

/// Make a key
///
/// The answer shows it this once: only a hash of it is kept. So this takes no `Idempotency-Key`, for its answer may not be kept either; whoever
/// lost the answer revokes the key, which the list shows, and makes another one. It is for the caller's tenant; an operator, an admin of the
/// tenant `default`, makes one for another tenant with the header `X-Tenant`. A tenant has up to 100 active keys.
#[utoipa::path(
    post,
    path = "/api/v1/keys/",
    tag = "access",
    request_body(
        description = "What it is for, and what its holder may do.",
        content((KeyRequest = "application/json", example = json!({
            "name": "nightly import", "scopes": ["scan:read", "scan:write"], "expires_in_days": 90,
        }))),
    ),
    responses(
        (
            status = 201,
            description = "The key, which is shown this once",
            body = MadeKey,
            headers(("Location" = String, description = "Where it can be read what is kept of it")),
            example = json!({
                "key": "dx_5f1d0c7a9e3b2468_…",
                "id": "5f1d0c7a9e3b2468",
                "name": "nightly import",
                "scopes": ["scan:read", "scan:write"],
                "state": "active",
                "created_at": "2026-09-01T12:00:00.123Z",
                "created_by": "key:0b7e4d2f91c8a365",
                "expires_at": "2026-11-30T12:00:00.123Z",
            }),
        ),
        Problems,
    ),
)]
pub(crate) async fn create_key(
    State(app): State<App>,
    caller: Caller,
    _: NoParameters,
    request: Request,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let NewKey {
        name,
        scopes,
        expires_at,
    } = body::read_new_key(request, now).await?;
    let (keys, tenant) = (app.store.api_keys(), caller.tenant());
    let in_use = |it: &&KeyRecord| it.state(now) == KeyState::Active && it.replaced_by.is_none();
    if keys.list(tenant).await?.iter().filter(in_use).count() >= MAX_KEYS {
        return Err(too_many());
    }
    let key = ApiKey::draw();
    let record = KeyRecord {
        id: key.id(),
        hash: key.hash(),
        tenant: tenant.clone(),
        scopes,
        name,
        created_at: now,
        created_by: caller.identity().actor.to_string(),
        expires_at,
        revoked_at: None,
        replaced_by: None,
        last_used: None,
    };
    keys.create(&record).await?;
    let scopes: Vec<&str> = record.scopes.iter().map(Scope::name).collect();
    let details = json!({"name": record.name, "scopes": scopes, "expires_at": record.expires_at});
    let (event, subject) = (AuditEvent::KeyCreated, record.id.to_string());
    audit::note(&app, &caller, event, subject, details).await;
    Ok(MadeKey::answer(&key, &record))
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([
            body::not_an_object(),
            too_many(),
            body::too_large_for_a_key(),
            Problem::encoded_body(),
            body::not_a_key(),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
