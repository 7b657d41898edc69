//! Whether the service is up.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::query::{self, NoParameters};
use crate::{App, openapi};

/// That the service is up.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `ok`: a service that is not does not answer.
    #[schema(example = "ok")]
    status: &'static str,
    /// The version of the service.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// How callers are known: `open`, nobody is asked; `keys`; `keys+jwt`, keys and tokens of an identity provider. So a page need not
    /// be refused to learn that it has to ask for a key.
    #[schema(example = "keys")]
    auth: &'static str,
}

/// Tell whether the service is up
///
/// Asks no other service, so it answers whatever state those are in.
#[utoipa::path(
    get,
    path = "/api/v1/health/",
    tag = "service",
    responses((status = 200, description = "It is up", body = Health), Problems),
)]
pub(crate) async fn get_health(State(app): State<App>, _: NoParameters) -> Json<Health> {
    Json(Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        auth: app.auth.mode(),
    })
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([query::unknown_parameter()])
    }
}
