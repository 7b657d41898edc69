//! Reading a saved extractor.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, Uri, header};
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response as Documented};

use super::{Extractor, Named, etag};
use crate::caller::Caller;
use crate::preconditions::Preconditions;
use crate::problem::{Flaws, Place, Problem};
use crate::{App, openapi, query};

/// Read a saved extractor
#[utoipa::path(
    get,
    path = "/api/v1/extractors/{name}/",
    tag = "extractors",
    params(
        ("name" = String, Path, description = "Its name", example = "invoice"),
        ("version" = Option<u32>, Query, description = "Which version. Default: the latest.", minimum = 1),
        ("If-None-Match" = Option<String>, Header, description = "Entity tags that the client has: 304 if the version is one of them."),
    ),
    responses(
        (
            status = 200,
            description = "The extractor",
            body = Extractor,
            headers(("ETag" = String, description = "Names this version; for `If-Match` and `If-None-Match`")),
            example = json!({
                "name": "invoice",
                "version": 3,
                "created_at": "2026-09-01T12:00:00.123Z",
                "extract": [{"fields": {"total": {"label": "Total", "type": "money"}}}],
            }),
        ),
        (
            status = 304,
            description = "The client has it",
            headers(("ETag" = String, description = "Names this version")),
        ),
        Problems,
    ),
)]
pub(crate) async fn get_extractor(
    State(app): State<App>,
    caller: Caller,
    Named(name): Named,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let version = version(&uri)?;
    let conditions = Preconditions::of(&headers)?;
    let found = app.store.extractor(caller.tenant(), &name, version).await?;
    let found = found.ok_or_else(Problem::extractor_not_found)?;
    let tag = etag(&found);
    if !conditions.is_wanted(Some(&tag)) {
        return Err(Problem::precondition_failed());
    }
    if conditions.is_unwanted(Some(&tag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    Ok(Extractor::answer(found))
}

fn version(uri: &Uri) -> Result<Option<u32>, Problem> {
    let parameters = query::parameters(uri, &["version"])?;
    let Some((name, value)) = parameters.last() else {
        return Ok(None);
    };
    let version = value.parse().ok().filter(|version| *version > 0);
    if version.is_none() {
        let mut flaws = Flaws::default();
        let place = Place::Parameter(name.clone());
        flaws.add(place, "This is no version; the first is 1.");
        flaws.end()?;
    }
    Ok(version)
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([
            Problem::extractor_not_found(),
            Problem::precondition_failed(),
            version(&Uri::from_static("/?version=0")).expect_err("the first is 1"),
            query::unknown_parameter(),
            Problem::unavailable(""),
        ])
    }
}
