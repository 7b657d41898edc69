//! Listing saved extractors.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use http::Uri;
use job::ExtractorName;
use serde::Serialize;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use super::{Entry, bad_limit, paging};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::{App, openapi, query};

/// A page of the saved extractors.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExtractorsPage {
    /// The extractors, each with its latest version, in the order of their names.
    extractors: Vec<Entry>,
    /// The cursor of the next page; null if there is none.
    #[schema(required = true)]
    next: Option<String>,
}

/// List saved extractors
#[utoipa::path(
    get,
    path = "/api/v1/extractors/",
    tag = "extractors",
    params(
        ("limit" = Option<u32>, Query, description = "How many at most. Default: 50.", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "The `next` of the page before."),
    ),
    responses(
        (
            status = 200,
            description = "The saved extractors, in the order of their names",
            body = ExtractorsPage,
            example = json!({
                "extractors": [{"name": "invoice", "version": 3, "created_at": "2026-09-01T12:00:00.123Z"}],
                "next": null,
            }),
        ),
        Problems,
    ),
)]
pub(crate) async fn list_extractors(
    State(app): State<App>,
    caller: Caller,
    uri: Uri,
) -> Result<Json<ExtractorsPage>, Problem> {
    let parameters = query::parameters(&uri, &["limit", "cursor"])?;
    let (limit, after) = paging(&parameters, |cursor| ExtractorName::new(cursor))?;
    let page = app
        .store
        .extractors(caller.tenant(), after.as_ref(), limit)
        .await?;
    Ok(Json(ExtractorsPage {
        extractors: page.items.into_iter().map(Entry::from).collect(),
        next: page.next.map(|name| name.to_string()),
    }))
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        openapi::problems([
            bad_limit(),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
