//! The parameters behind the question mark: those that an operation knows, and no others.

use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Uri, header};

use crate::problem::{Flaws, Place, Problem};

/// The names and values of a query, decoded, in their order. Names that are not among `known` are refused.
pub(crate) fn parameters(uri: &Uri, known: &[&str]) -> Result<Vec<(String, String)>, Problem> {
    let Query(parameters) = Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map_err(|_| Problem::malformed("The query is no list of `name=value` joined by `&`."))?;
    let mut flaws = Flaws::default();
    for (name, _) in &parameters {
        if !known.contains(&name.as_str()) {
            let right = match known {
                [] => "This operation takes none.".to_owned(),
                known => format!("Known are: {}.", known.join(", ")),
            };
            flaws.add(
                Place::Parameter(name.clone()),
                format!("This parameter is not known. {right}"),
            );
        }
    }
    flaws.end()?;
    Ok(parameters)
}

/// What is wrong with a cursor that no page of this list gave out.
pub(crate) const NO_CURSOR: &str = "This is no cursor of this list; take `next` from the page before, or leave it out to begin anew.";

/// How much a page may hold, as a parameter says it.
pub(crate) fn limit(value: &str, most: usize) -> Result<usize, String> {
    let number = value.parse().ok();
    number
        .filter(|number| (1..=most).contains(number))
        .ok_or_else(|| format!("It must be a whole number from 1 to {most}."))
}

/// The header that leads to the next page: the same parameters with another cursor. It counts from the path that was asked for, for
/// that may stand behind a prefix that only the client knows.
pub(crate) fn next_link(uri: &Uri, cursor: &str) -> Option<[(HeaderName, HeaderValue); 1]> {
    let pairs = uri.query().unwrap_or_default().split('&');
    let others = pairs.filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let mut pairs: Vec<&str> = others.collect();
    let cursor = format!("cursor={cursor}");
    pairs.push(&cursor);
    let link = format!("<?{}>; rel=\"next\"", pairs.join("&"));
    Some([(header::LINK, HeaderValue::try_from(link).ok()?)])
}

/// Refuses a request that has any parameters.
#[derive(Debug)]
pub(crate) struct NoParameters;

impl<S: Sync> FromRequestParts<S> for NoParameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parameters(&parts.uri, &[]).map(|_none| Self)
    }
}

/// What an unknown parameter is answered, as an example.
pub(crate) fn unknown_parameter() -> Problem {
    let uri = Uri::from_static("/?colour=red");
    parameters(&uri, &[]).expect_err("no operation knows it")
}
