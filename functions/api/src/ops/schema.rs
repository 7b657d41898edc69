//! The description of the API, for machines.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Uri, header};
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response as Documented};

use crate::problem::{Flaws, Place, Problem};
use crate::{openapi, query};

const YAML: &str = "application/vnd.oai.openapi";
const JSON: &str = "application/vnd.oai.openapi+json";

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

/// The two texts, made when the first of them is asked for.
static TEXTS: LazyLock<Result<Texts, String>> = LazyLock::new(Texts::new);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Yaml,
    Json,
}

struct Texts {
    yaml: String,
    json: String,
}

impl Texts {
    fn new() -> Result<Self, String> {
        let description = openapi::openapi();
        Ok(Self {
            yaml: yaml_serde::to_string(&description).map_err(|error| error.to_string())?,
            json: format!("{description:#}"),
        })
    }
}

/// Describe the API, for machines
///
/// As YAML, unless `format` or `Accept` asks for JSON.
#[utoipa::path(
    get,
    path = "/api/schema/",
    tag = "documentation",
    params(("format" = Option<String>, Query, description = "`yaml` or `json`; counts more than `Accept`", example = "json")),
    responses(
        (status = 200, description = "The OpenAPI document", content(
            (String = "application/vnd.oai.openapi"),
            (Object = "application/vnd.oai.openapi+json"),
        )),
        Problems,
    ),
)]
pub(crate) async fn get_schema(uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let form = match wanted_by_query(&uri)? {
        Some(form) => form,
        None => wanted_by_header(&headers),
    };
    let texts = TEXTS
        .as_ref()
        .map_err(|cause| Problem::internal(cause.clone()))?;
    let (media_type, text) = match form {
        Form::Yaml => (YAML, texts.yaml.as_str()),
        Form::Json => (JSON, texts.json.as_str()),
    };
    let headers = [(header::CONTENT_TYPE, media_type), (header::VARY, "accept")];
    Ok((headers, text).into_response())
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
