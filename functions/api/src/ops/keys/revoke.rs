//! Revoking a key.

use axum::extract::State;
use http::StatusCode;
use serde_json::json;
use store::AuditEvent;

use super::{Addressed, OfOne, find, not_found};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::query::NoParameters;
use crate::{App, audit};

/// Revoke a key
///
/// For good. Within a minute it is good for nothing anywhere; who waits or follows events with it is sent away. It is listed for 30 days more. To
/// repeat the call changes nothing.
#[utoipa::path(
    delete,
    path = "/api/v1/keys/{key_id}/",
    tag = "access",
    params(("key_id" = String, Path, description = "The key's id", example = "5f1d0c7a9e3b2468")),
    responses((status = 204, description = "It is revoked"), OfOne),
)]
pub(crate) async fn revoke_key(
    State(app): State<App>,
    caller: Caller,
    Addressed(id): Addressed,
    _: NoParameters,
) -> Result<StatusCode, Problem> {
    let (keys, tenant) = (app.store.api_keys(), caller.tenant());
    let record = find(&keys, tenant, id).await?;
    let is_repeated = record.revoked_at.is_some();
    if !is_repeated && !keys.revoke(tenant, id, app.clock.now()).await? {
        return Err(not_found());
    }
    // Also when it is repeated: who died in between has noted nothing.
    let details = json!({"name": record.name, "repeated": is_repeated});
    let (event, subject) = (AuditEvent::KeyRevoked, id.to_string());
    audit::note(&app, &caller, event, subject, details).await;
    Ok(StatusCode::NO_CONTENT)
}
