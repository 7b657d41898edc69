//! Listing the versions of a saved extractor.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use http::Uri;
use serde::Serialize;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use super::{Entry, Named, bad_limit, paging};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::{App, openapi, query};

/// A page of the versions of a saved extractor.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionsPage {
    /// The versions, the latest first.
    versions: Vec<Entry>,
    /// The cursor of the next page; null if there is none.
    #[schema(required = true)]
    next: Option<String>,
}

/// List the versions of a saved extractor
#[utoipa::path(
    get,
    path = "/api/v1/extractors/{name}/versions/",
    tag = "extractors",
    params(
        ("name" = String, Path, description = "Its name", example = "invoice"),
        ("limit" = Option<u32>, Query, description = "How many at most. Default: 50.", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "The `next` of the page before."),
    ),
    responses(
        (
            status = 200,
            description = "The versions, the latest first",
            body = VersionsPage,
            example = json!({
                "versions": [
                    {"name": "invoice", "version": 2, "created_at": "2026-09-02T08:30:00.456Z"},
                    {"name": "invoice", "version": 1, "created_at": "2026-09-01T12:00:00.123Z"},
                ],
                "next": null,
            }),
        ),
        Problems,
    ),
)]
pub(crate) async fn list_extractor_versions(
    State(app): State<App>,
    caller: Caller,
    Named(name): Named,
    uri: Uri,
) -> Result<Json<VersionsPage>, Problem> {
    let parameters = query::parameters(&uri, &["limit", "cursor"])?;
    let (limit, before) = paging(&parameters, |cursor| cursor.parse().ok())?;
    let page = app
        .store
        .extractor_versions(caller.tenant(), &name, before, limit)
        .await?;
    let page = page.ok_or_else(Problem::extractor_not_found)?;
    Ok(Json(VersionsPage {
        versions: page.items.into_iter().map(Entry::from).collect(),
        next: page.next.map(|version| version.to_string()),
    }))
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([
            Problem::extractor_not_found(),
            bad_limit(),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
