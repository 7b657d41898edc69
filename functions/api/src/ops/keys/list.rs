//! All keys of a tenant.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use super::Key;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::{App, openapi};

/// All keys of a tenant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Keys {
    /// The newest first.
    keys: Vec<Key>,
}

/// List keys
///
/// All of the tenant, without what is secret. A key that has expired or was revoked is listed for 30 days more.
#[utoipa::path(
    get,
    path = "/api/v1/keys/",
    tag = "access",
    responses(
        (
            status = 200,
            description = "The keys",
            body = Keys,
            example = json!({"keys": [
                {
                    "id": "5f1d0c7a9e3b2468",
                    "name": "nightly import",
                    "scopes": ["scan:read", "scan:write"],
                    "state": "active",
                    "created_at": "2026-09-01T12:00:00.123Z",
                    "created_by": "key:0b7e4d2f91c8a365",
                    "expires_at": "2026-11-30T12:00:00.123Z",
                    "last_used": "2026-09-03",
                },
                {
                    "id": "0b7e4d2f91c8a365",
                    "name": "Ann's laptop",
                    "scopes": ["admin"],
                    "state": "revoked",
                    "created_at": "2026-08-01T09:30:00.456Z",
                    "created_by": "anybody",
                    "revoked_at": "2026-09-02T08:00:00.789Z",
                    "last_used": "2026-09-01",
                },
            ]}),
        ),
        Problems,
    ),
)]
pub(crate) async fn list_keys(
    State(app): State<App>,
    caller: Caller,
    _: NoParameters,
) -> Result<Json<Keys>, Problem> {
    let now = app.clock.now();
    let records = app.store.api_keys().list(caller.tenant()).await?;
    let keys = records.iter().map(|record| Key::of(record, now)).collect();
    Ok(Json(Keys { keys }))
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([query::unknown_parameter(), Problem::unavailable("")])
    }
}
