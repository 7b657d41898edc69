//! Keys of callers, as their tenant's admins see them.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod revoke;
pub(crate) mod rotate;

use std::collections::BTreeMap;

use access::{ApiKey, KeyId, KeyRecord, KeyState, Scope};
use axum::Json;
use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderName, StatusCode, header};
use jiff::Timestamp;
use jiff::civil::Date;
use job::Tenant;
use serde::Serialize;
use store::ApiKeys;
use utoipa::openapi::{RefOr, Response as Documented};
use utoipa::{IntoResponses, ToSchema};

use crate::openapi;
use crate::problem::Problem;
use crate::query;
use crate::schema;

/// Keys of a tenant that are good for something and have no successor.
pub(crate) const MAX_KEYS: usize = 100;

/// A key, without what is secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Key {
    /// Its id: what stands behind `dx_` in the key itself.
    #[schema(value_type = String, pattern = "^[0-9a-f]{16}$")]
    id: String,
    /// What it is for.
    name: String,
    /// What its holder may do; `admin` is everything.
    #[schema(value_type = Vec<schema::Scope>, example = json!(["scan:read", "scan:write"]))]
    scopes: Vec<&'static str>,
    #[schema(value_type = schema::KeyState)]
    state: &'static str,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Who made it, as the audit names it.
    #[schema(example = "key:0b7e4d2f91c8a365")]
    created_by: String,
    /// From when on it is good for nothing; absent for one that does not expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// When it was revoked; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
    /// The id of its successor; absent if it was not rotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<String>,
    /// The last day (UTC) on which somebody called with it; absent before the first call.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    last_used: Option<Date>,
}

/// A new key.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeKey {
    /// The key itself. It is shown this once.
    #[schema(pattern = "^dx_[0-9a-f]{16}_[0-9a-f]{72}$")]
    key: String,
    #[serde(flatten)]
    record: Key,
}

impl Key {
    fn of(record: &KeyRecord, now: Timestamp) -> Self {
        let KeyRecord {
            id,
            hash: _,
            tenant: _,
            scopes,
            name,
            created_at,
            created_by,
            expires_at,
            revoked_at,
            replaced_by,
            last_used,
        } = record;
        Self {
            id: id.to_string(),
            name: name.clone(),
            scopes: scopes.iter().map(Scope::name).collect(),
            state: record.state(now).name(),
            created_at: *created_at,
            created_by: created_by.clone(),
            expires_at: *expires_at,
            revoked_at: *revoked_at,
            replaced_by: replaced_by.map(|id| id.to_string()),
            last_used: *last_used,
        }
    }
}

impl MadeKey {
    /// The one answer that shows a key.
    fn answer(key: &ApiKey, record: &KeyRecord) -> Response {
        let headers: [(HeaderName, String); 2] = [
            (header::LOCATION, format!("/api/v1/keys/{}/", record.id)),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ];
        let made = Self {
            key: key.reveal(),
            record: Key::of(record, record.created_at),
        };
        (StatusCode::CREATED, headers, Json(made)).into_response()
    }
}

/// The key that the path names.
#[derive(Debug)]
pub(crate) struct Addressed(KeyId);

impl<S: Send + Sync> FromRequestParts<S> for Addressed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|Path(id)| id.parse().ok());
        id.map(Self).ok_or_else(not_found)
    }
}

/// What is kept of a tenant's key. Another tenant's is none.
async fn find(keys: &ApiKeys, tenant: &Tenant, id: KeyId) -> Result<KeyRecord, Problem> {
    let found = keys.get(id).await?;
    let own = found.filter(|record| record.tenant == *tenant);
    own.ok_or_else(not_found)
}

/// There is no such key, or it is another tenant's.
fn not_found() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "key_not_found",
        "Key not found",
        "There is no key with this id: it was never made, or ended more than 30 days ago. They are listed at /api/v1/keys/.",
    )
}

/// There are as many keys as may be.
fn too_many() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "too_many_keys",
        "Too many keys",
        format!(
            "There are {MAX_KEYS} active keys, as many as there may be (`max_keys`). Revoke one that is not needed, or rotate it."
        ),
    )
}

/// A key in this state cannot be rotated.
fn cannot_rotate(state: KeyState) -> Problem {
    refused_rotation(format!(
        "The key is {}; only an active key can be rotated. Make another one, by POST /api/v1/keys/.",
        state.name()
    ))
}

/// A key that was rotated cannot be rotated again.
fn is_rotated(successor: KeyId) -> Problem {
    refused_rotation(format!(
        "The key was rotated before; its successor is {successor}. If nobody knows that one, rotate it."
    ))
}

fn refused_rotation(detail: String) -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "cannot_rotate",
        "Cannot rotate key",
        detail,
    )
}

/// Problems of an operation on one key.
struct OfOne;

impl IntoResponses for OfOne {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([
            not_found(),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
