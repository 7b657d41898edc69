//! The secrets that webhooks are signed with.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::StatusCode;
use jiff::Timestamp;
use job::limits::MAX_WEBHOOK_SECRETS;
use serde::Serialize;
use serde_json::json;
use store::AuditEvent;
use store::webhooks::Secret as Stored;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};
use uuid::Uuid;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::{App, audit, openapi};

/// Length of a secret's key, in bytes: as long as what it signs with.
const KEY_BYTES: usize = 32;

/// A secret, without what is secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Secret {
    /// Its id.
    id: Uuid,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it stops to sign, for there is one after it; absent for the current one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Timestamp>,
}

/// The secrets that sign now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Secrets {
    /// The current one first.
    secrets: Vec<Secret>,
}

/// A new secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewSecret {
    /// Its id.
    id: Uuid,
    /// The secret itself. It is shown this once.
    #[schema(pattern = "^whsec_")]
    secret: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// Make a secret, or the next one
///
/// Webhooks are signed with it from now on. The one before signs along for a day: so receivers can be given the new one, and miss nothing.
#[utoipa::path(
    post,
    path = "/api/v1/webhooks/secrets/",
    tag = "webhooks",
    responses(
        (
            status = 201,
            description = "The secret, which is shown this once",
            body = NewSecret,
            example = json!({
                "id": "01990a5d-ac96-774b-8cce-b302099a8057",
                "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDL3kqZ2xvYXQ=",
                "created_at": "2026-09-01T12:00:00.123Z",
            }),
        ),
        CreateProblems,
    ),
)]
pub(crate) async fn create_webhook_secret(
    State(app): State<App>,
    caller: Caller,
    _: NoParameters,
) -> Result<(StatusCode, Json<NewSecret>), Problem> {
    let (tenant, now) = (caller.tenant(), app.clock.now());
    if app.store.secrets(tenant, now).await?.len() >= MAX_WEBHOOK_SECRETS {
        return Err(Problem::too_many_secrets());
    }
    let key = rand::random::<[u8; KEY_BYTES]>().to_vec();
    let stored = app.store.add_secret(tenant, key, now).await?;
    let (event, subject) = (AuditEvent::WebhookSecretCreated, stored.id.to_string());
    audit::note(&app, &caller, event, subject, json!({})).await;
    let new = NewSecret {
        id: stored.id,
        secret: format!("whsec_{}", BASE64_STANDARD.encode(&stored.key)),
        created_at: stored.created_at,
    };
    Ok((StatusCode::CREATED, Json(new)))
}

/// List the secrets that sign now
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/secrets/",
    tag = "webhooks",
    responses(
        (
            status = 200,
            description = "The secrets, without what is secret",
            body = Secrets,
            example = json!({"secrets": [
                {"id": "01990a5d-ac96-774b-8cce-b302099a8057", "created_at": "2026-09-01T12:00:00.123Z"},
            ]}),
        ),
        Problems,
    ),
)]
pub(crate) async fn list_webhook_secrets(
    State(app): State<App>,
    caller: Caller,
    _: NoParameters,
) -> Result<Json<Secrets>, Problem> {
    let secrets = app.store.secrets(caller.tenant(), app.clock.now()).await?;
    Ok(Json(Secrets {
        secrets: secrets.iter().map(Secret::of).collect(),
    }))
}

/// Let an old secret sign no longer
///
/// At once, for one that has leaked. The current one signs until there is another.
#[utoipa::path(
    delete,
    path = "/api/v1/webhooks/secrets/{secret_id}/",
    tag = "webhooks",
    params(("secret_id" = Uuid, Path, description = "The secret")),
    responses((status = 204, description = "It signs no longer"), RemoveProblems),
)]
pub(crate) async fn remove_webhook_secret(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    _: NoParameters,
) -> Result<StatusCode, Problem> {
    let secrets = app.store.secrets(caller.tenant(), app.clock.now()).await?;
    let id: Uuid = id.parse().map_err(|_| Problem::secret_not_found())?;
    match secrets.iter().position(|secret| secret.id == id) {
        None => Err(Problem::secret_not_found()),
        Some(0) => Err(Problem::secret_is_current()),
        Some(_) => {
            app.store.remove_secret(caller.tenant(), &id).await?;
            let (event, subject) = (AuditEvent::WebhookSecretRemoved, id.to_string());
            audit::note(&app, &caller, event, subject, json!({})).await;
            Ok(StatusCode::NO_CONTENT)
        }
    }
}

impl Secret {
    fn of(stored: &Stored) -> Self {
        let Stored {
            id,
            key: _,
            created_at,
            ends_at,
        } = stored;
        Self {
            id: *id,
            created_at: *created_at,
            ends_at: *ends_at,
        }
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([query::unknown_parameter(), Problem::unavailable("")])
    }
}

struct CreateProblems;

impl IntoResponses for CreateProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([
            Problem::too_many_secrets(),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}

struct RemoveProblems;

impl IntoResponses for RemoveProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([
            Problem::secret_not_found(),
            Problem::secret_is_current(),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
