//! What can be extracted, and what clients saved to ask for it again.

pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod remove;
pub(crate) mod save;
pub(crate) mod schema;
pub(crate) mod versions;

use axum::Json;
use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, header};
use jiff::Timestamp;
use job::ExtractorName;
use serde::Serialize;
use serde_json::Value;
use store::{ExtractorVersion, SavedExtractor};
use utoipa::ToSchema;

use crate::problem::{Flaws, Place, Problem};
use crate::schema as shapes;

/// Names that are taken: operations stand there.
const RESERVED: [&str; 2] = ["preview", "schema"];

/// Entries of a page, unless the client says how many.
const DEFAULT_LIMIT: usize = 50;

/// Most entries of a page.
pub(crate) const MAX_LIMIT: usize = 200;

/// A saved extractor, in one version.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedExtractor)]
pub(crate) struct Extractor {
    /// Its name.
    #[schema(example = "invoice")]
    name: String,
    /// The version. The first is 1; none is used again, not even after a removal.
    #[schema(minimum = 1)]
    version: u32,
    /// When this version was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// What it extracts.
    #[schema(value_type = shapes::Extract)]
    extract: Value,
}

/// A version of a saved extractor, without what it extracts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedVersion)]
pub(crate) struct Entry {
    /// The extractor's name.
    #[schema(example = "invoice")]
    name: String,
    /// The version.
    #[schema(minimum = 1)]
    version: u32,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl Extractor {
    fn answer(saved: SavedExtractor) -> Response {
        let etag = etag(&saved);
        let SavedExtractor {
            name,
            version,
            extract,
            created_at,
            mark: _,
        } = saved;
        let body = Self {
            name: name.to_string(),
            version,
            created_at,
            extract,
        };
        let mut response = Json(body).into_response();
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            response.headers_mut().insert(header::ETAG, etag);
        }
        response
    }
}

impl From<ExtractorVersion> for Entry {
    fn from(version: ExtractorVersion) -> Self {
        let ExtractorVersion {
            name,
            version,
            created_at,
        } = version;
        Self {
            name: name.to_string(),
            version,
            created_at,
        }
    }
}

/// The strong entity tag of a version, which never changes.
fn etag(saved: &SavedExtractor) -> String {
    format!("\"{}-{:x}\"", saved.version, saved.mark)
}

/// The saved extractor that the path names. There is none of a name that none can have.
#[derive(Debug)]
pub(crate) struct Named(ExtractorName);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        name(parts, state)
            .await
            .map(Self)
            .ok_or_else(Problem::extractor_not_found)
    }
}

/// The name in the path, under which an extractor is to be saved.
#[derive(Debug)]
pub(crate) struct Naming(ExtractorName);

impl<S: Send + Sync> FromRequestParts<S> for Naming {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        name(parts, state).await.map(Self).ok_or_else(bad_name)
    }
}

async fn name<S: Send + Sync>(parts: &mut Parts, state: &S) -> Option<ExtractorName> {
    let Path(name) = Path::<String>::from_request_parts(parts, state)
        .await
        .ok()?;
    ExtractorName::new(name).filter(|name| !RESERVED.contains(&name.as_str()))
}

/// What a name that none can have is answered.
fn bad_name() -> Problem {
    let mut flaws = Flaws::default();
    let max = ExtractorName::MAX_CHARS;
    let taken = RESERVED.map(|name| format!("`{name}`")).join(" and ");
    flaws.add(
        Place::Parameter("name".to_owned()),
        format!("A name has 1 to {max} characters of a-z, 0-9, `-` and `_`, the first a letter or a digit; {taken} are taken."),
    );
    flaws.end().expect_err("there is a flaw")
}

/// `limit` and `cursor` of a list. `read` reads a cursor as the last answer gave it.
fn paging<C>(
    parameters: &[(String, String)],
    read: impl Fn(&str) -> Option<C>,
) -> Result<(usize, Option<C>), Problem> {
    let mut flaws = Flaws::default();
    let (mut limit, mut cursor) = (DEFAULT_LIMIT, None);
    for (name, value) in parameters {
        let place = Place::Parameter(name.clone());
        if name == "limit" {
            match value.parse().ok().filter(|it| (1..=MAX_LIMIT).contains(it)) {
                Some(number) => limit = number,
                None => flaws.add(place, format!("This is no number from 1 to {MAX_LIMIT}.")),
            }
        } else {
            cursor = read(value);
            if cursor.is_none() {
                flaws.add(place, "This is no cursor; one is the `next` of an answer.");
            }
        }
    }
    flaws.end()?;
    Ok((limit, cursor))
}

/// The example of a flaw in the parameters of a list.
fn bad_limit() -> Problem {
    let limit = [("limit".to_owned(), "0".to_owned())];
    paging::<u32>(&limit, |_| None).expect_err("it is too small")
}
