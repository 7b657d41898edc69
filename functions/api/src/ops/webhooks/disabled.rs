//! Endpoints that want nothing any more.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use http::{StatusCode, Uri};
use jiff::Timestamp;
use serde::Serialize;
use store::webhooks::DisabledEndpoint;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::query::{self, NoParameters};
use crate::{App, openapi};

/// Endpoints in one page.
const PAGE: u32 = 100;

/// An endpoint that is told nothing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Endpoint {
    /// Its id.
    #[schema(example = "5d41402abc4b2a76b9719d911017c592")]
    id: String,
    /// Its URL.
    url: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    disabled_at: Timestamp,
}

/// A page of endpoints that are told nothing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Endpoints {
    /// In the order of their ids.
    endpoints: Vec<Endpoint>,
    /// The cursor of the next page; null if there is none.
    #[schema(required = true)]
    next: Option<String>,
}

/// List endpoints that are told nothing
///
/// They have answered a webhook with 410 (Gone). What happens meanwhile is noted with each job as `disabled`, and can be replayed.
#[utoipa::path(
    get,
    path = "/api/v1/webhooks/disabled/",
    tag = "webhooks",
    params(("cursor" = Option<String>, Query, description = "The `next` of the page before.")),
    responses(
        (
            status = 200,
            description = "The endpoints",
            body = Endpoints,
            example = json!({
                "endpoints": [{
                    "id": "5d41402abc4b2a76b9719d911017c592",
                    "url": "https://example.org/hook",
                    "disabled_at": "2026-09-01T12:00:00.123Z",
                }],
                "next": null,
            }),
        ),
        Problems,
    ),
)]
pub(crate) async fn list_disabled_webhooks(
    State(app): State<App>,
    caller: Caller,
    uri: Uri,
) -> Result<Json<Endpoints>, Problem> {
    let parameters = query::parameters(&uri, &["cursor"])?;
    let after = parameters.first().map(|(_, value)| value.as_str());
    let after = after.filter(|cursor| !cursor.is_empty());
    let tenant = caller.tenant();
    let found = app.store.disabled_endpoints(tenant, after, PAGE).await?;
    let endpoint = |found: DisabledEndpoint| Endpoint {
        id: found.id,
        url: found.url,
        disabled_at: found.since,
    };
    Ok(Json(Endpoints {
        endpoints: found.endpoints.into_iter().map(endpoint).collect(),
        next: found.next,
    }))
}

/// Tell an endpoint again
#[utoipa::path(
    delete,
    path = "/api/v1/webhooks/disabled/{endpoint_id}/",
    tag = "webhooks",
    params(("endpoint_id" = String, Path, description = "The endpoint")),
    responses((status = 204, description = "It is told again"), EnableProblems),
)]
pub(crate) async fn enable_webhook(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    _: NoParameters,
) -> Result<StatusCode, Problem> {
    if app.store.enable_endpoint(caller.tenant(), &id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::endpoint_not_found())
    }
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([query::unknown_parameter(), Problem::unavailable("")])
    }
}

struct EnableProblems;

impl IntoResponses for EnableProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([
            Problem::endpoint_not_found(),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
