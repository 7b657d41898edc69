//! Giving a key a successor.

use std::collections::BTreeMap;

use access::{ApiKey, KeyRecord, KeyState};
use axum::extract::{Request, State};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use store::AuditEvent;
use utoipa::openapi::{RefOr, Response as Documented};
use utoipa::{IntoResponses, ToSchema};

use super::{Addressed, MadeKey, cannot_rotate, find, is_rotated, not_found};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::{App, audit, body, openapi};

/// How a key is rotated.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "only its description is used: the body is checked member by member"
)]
pub(crate) struct Rotation {
    /// For how long the key holds beside its successor. Default: 86400, a day. With 0 it ends at once, which is everywhere within a minute.
    #[schema(minimum = 0, maximum = 604_800)]
    overlap_seconds: Option<u64>,
}

/// Rotate a key
///
/// Makes its successor, which the answer shows this once: with the same name, the same scopes and the same length of life. The key itself
/// expires when the overlap ends, or earlier if it would have; so whoever holds it can be given the new one, and misses nothing. A key has one
/// successor. If the answer was lost, nobody knows the successor: then `replaced_by` names it, and it is rotated in its turn.
#[utoipa::path(
    post,
    path = "/api/v1/keys/{key_id}/rotate/",
    tag = "access",
    params(("key_id" = String, Path, description = "The key's id", example = "0b7e4d2f91c8a365")),
    request_body(
        description = "For how long both hold.",
        content((Rotation = "application/json", example = json!({"overlap_seconds": 3600}))),
    ),
    responses(
        (
            status = 201,
            description = "The successor, which is shown this once",
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
            }),
        ),
        Problems,
    ),
)]
pub(crate) async fn rotate_key(
    State(app): State<App>,
    caller: Caller,
    Addressed(id): Addressed,
    _: NoParameters,
    request: Request,
) -> Result<Response, Problem> {
    let overlap = body::read_rotation(request).await?;
    let (keys, tenant, now) = (app.store.api_keys(), caller.tenant(), app.clock.now());
    let old = find(&keys, tenant, id).await?;
    check(&old, now)?;
    let key = ApiKey::draw();
    let successor = old.successor(&key, now, caller.identity().actor.to_string());
    // First the successor: who dies in between leaves one that nobody was told, and the old key as it was. The other way around the old key
    // would end, and nothing be in its place.
    keys.create(&successor).await?;
    let end = old.end_beside_successor(now, overlap);
    if !keys.replace(tenant, id, successor.id, end).await? {
        // Somebody else has revoked or rotated it meanwhile.
        keys.revoke(tenant, successor.id, now).await?;
        check(&find(&keys, tenant, id).await?, now)?;
        return Err(not_found());
    }
    let details = json!({
        "name": old.name,
        "replaced_by": successor.id.to_string(),
        "overlap_seconds": overlap.as_secs(),
    });
    let (event, subject) = (AuditEvent::KeyRotated, id.to_string());
    audit::note(&app, &caller, event, subject, details).await;
    Ok(MadeKey::answer(&key, &successor))
}

/// Refuses to rotate what is over, or has a successor.
fn check(record: &KeyRecord, now: Timestamp) -> Result<(), Problem> {
    match (record.state(now), record.replaced_by) {
        (KeyState::Active, None) => Ok(()),
        (KeyState::Active, Some(successor)) => Err(is_rotated(successor)),
        (state, _) => Err(cannot_rotate(state)),
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([
            body::not_an_object(),
            not_found(),
            is_rotated(EXAMPLE_SUCCESSOR.parse().expect("it is an id")),
            body::too_large_for_a_key(),
            Problem::encoded_body(),
            body::not_an_overlap(),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}

/// The successor in the examples.
const EXAMPLE_SUCCESSOR: &str = "5f1d0c7a9e3b2468";
