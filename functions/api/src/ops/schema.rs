//! The description of the API, for machines.

use std::collections::BTreeMap;

use axum::response::Response;
use http::{HeaderMap, HeaderValue, Uri, header};
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response as Documented};

use crate::assets::{self, Asset, Keep};
use crate::problem::{Flaws, Place, Problem};
use crate::{openapi, query};

const YAML: &str = "application/vnd.oai.openapi";
const JSON: &str = "application/vnd.oai.openapi+json";

/// What the answer goes by.
const VARY: HeaderValue = HeaderValue::from_static("accept, accept-encoding");

/// Media types by which a client asks for each form. The first of each is what it gets.
const FORMS: [(Form, &[&str]); 2] = [
    (
        Form::Yaml,
        &[
            YAML,
            "application/yaml",
            "application/x-yaml",
            "text/yaml",
            "application/*",
            "*/*",
        ],
    ),
    (Form::Json, &[JSON, "application/json"]),
];

/// The texts.
const TEXTS: &[Asset] = &include!(concat!(env!("OUT_DIR"), "/description.rs"));

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Yaml,
    Json,
}

/// Describe the API, for machines
///
/// As YAML, unless `format` or `Accept` asks for JSON.
#[utoipa::path(
    get,
    path = "/api/schema/",
    tag = "documentation",
    params(
        ("format" = Option<String>, Query, description = "`yaml` or `json`; counts more than `Accept`", example = "json"),
        ("If-None-Match" = Option<String>, Header, description = "`ETag` of an answer that is known"),
    ),
    responses(
        (status = 200, description = "The OpenAPI document", content(
            (String = "application/vnd.oai.openapi"),
            (Object = "application/vnd.oai.openapi+json"),
        )),
        (status = 304, description = "The client has it: its `ETag` is in `If-None-Match`"),
        Problems,
    ),
)]
pub(crate) async fn get_schema(uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let form = match wanted_by_query(&uri)? {
        Some(form) => form,
        None => wanted_by_header(&headers),
    };
    let (media_type, name) = match form {
        Form::Yaml => (YAML, "openapi.yaml"),
        Form::Json => (JSON, "openapi.json"),
    };
    let mut response = assets::find(TEXTS, name)?.answer(&headers, Keep::Asked)?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::VARY, VARY);
    Ok(response)
}

fn wanted_by_query(uri: &Uri) -> Result<Option<Form>, Problem> {
    let mut form = None;
    for (_format, value) in query::parameters(uri, &["format"])? {
        form = Some(match value.as_str() {
            "yaml" => Form::Yaml,
            "json" => Form::Json,
            _ => {
                let mut flaws = Flaws::default();
                flaws.add(
                    Place::Parameter("format".to_owned()),
                    "This format is not known. Known are: yaml, json.",
                );
                flaws.end()?;
                Form::Yaml
            }
        });
    }
    Ok(form)
}

/// The form that `Accept` prefers; of two that it likes as well, the one named first.
fn wanted_by_header(headers: &HeaderMap) -> Form {
    let mut best = (0.0, Form::Yaml);
    let ranges = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    for range in ranges {
        let (name, parameters) = range.split_once(';').unwrap_or((range, ""));
        let name = name.trim().to_ascii_lowercase();
        let quality = parameters
            .split(';')
            .find_map(|parameter| parameter.trim().strip_prefix("q="))
            .map_or(1.0, |quality| quality.parse::<f32>().unwrap_or(0.0));
        let form = FORMS
            .iter()
            .find(|(_, names)| names.contains(&name.as_str()));
        if let Some((form, _)) = form
            && quality > best.0
        {
            best = (quality, *form);
        }
    }
    best.1
}

struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Documented>> {
        openapi::problems([query::unknown_parameter()])
    }
}
