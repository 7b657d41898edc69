//! One key.

use axum::Json;
use axum::extract::State;

use super::{Addressed, Key, OfOne, find};
use crate::App;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::query::NoParameters;

/// Get a key
///
/// What is kept of it: whether it is good for anything, what it permits, and when it was used last. The key itself is kept nowhere.
#[utoipa::path(
    get,
    path = "/api/v1/keys/{key_id}/",
    tag = "access",
    params(("key_id" = String, Path, description = "The key's id", example = "5f1d0c7a9e3b2468")),
    responses(
        (
            status = 200,
            description = "What is kept of it",
            body = Key,
            example = json!({
                "id": "5f1d0c7a9e3b2468",
                "name": "nightly import",
                "scopes": ["scan:read", "scan:write"],
                "state": "active",
                "created_at": "2026-09-01T12:00:00.123Z",
                "created_by": "key:0b7e4d2f91c8a365",
                "expires_at": "2026-11-30T12:00:00.123Z",
                "last_used": "2026-09-03",
            }),
        ),
        OfOne,
    ),
)]
pub(crate) async fn get_key(
    State(app): State<App>,
    caller: Caller,
    Addressed(id): Addressed,
    _: NoParameters,
) -> Result<Json<Key>, Problem> {
    let record = find(&app.store.api_keys(), caller.tenant(), id).await?;
    Ok(Json(Key::of(&record, app.clock.now())))
}
