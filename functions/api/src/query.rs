//! The parameters behind the question mark: those that an operation knows, and no others.

use axum::extract::{FromRequestParts, Query};
use http::Uri;
use http::request::Parts;

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
