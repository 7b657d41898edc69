//! Who calls.

use std::collections::BTreeMap;

use access::{Identity, Scope};
use axum::Json;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::{openapi, schema};

/// Who calls.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Whoami {
    /// How the caller is known: `key:` and its id, `subject:` and the subject of its token, or `anybody` where nobody is asked.
    #[schema(example = "key:5f1d0c7a9e3b2468")]
    actor: String,
    /// The tenant for which this request acts.
    #[schema(example = "acme")]
    tenant: String,
    /// What the caller may do there; `admin` is everything.
    #[schema(value_type = Vec<schema::Scope>, example = json!(["scan:read", "scan:write"]))]
    scopes: Vec<&'static str>,
    /// Whether the caller is an operator, who may act for any tenant by the header `X-Tenant`.
    operator: bool,
    /// When its key or token expires; absent if it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// Ask who one is
///
/// For every caller, whatever it may do: whether its key or token is good, for which tenant, and for what.
#[utoipa::path(
    get,
    path = "/api/v1/whoami/",
    tag = "access",
    responses(
        (
            status = 200,
            description = "Who calls",
            body = Whoami,
            example = json!({
                "actor": "key:5f1d0c7a9e3b2468",
                "tenant": "acme",
                "scopes": ["scan:read", "scan:write"],
                "operator": false,
                "expires_at": "2026-11-30T12:00:00.123Z",
            }),
        ),
        Problems,
    ),
)]
pub(crate) async fn get_whoami(caller: Caller, _: NoParameters) -> Json<Whoami> {
    let identity = caller.identity();
    let is_operator = identity.is_operator();
    let Identity {
        actor,
        tenant: _,
        scopes,
        until,
    } = identity;
    Json(Whoami {
        actor: actor.to_string(),
        tenant: caller.tenant().to_string(),
        scopes: scopes.iter().map(Scope::name).collect(),
        operator: is_operator,
        expires_at: *until,
    })
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        // The gate before it has to read keys.
        openapi::problems([query::unknown_parameter(), Problem::unavailable("")])
    }
}
