//! Entity tags (RFC 9110, sections 8.8.3 and 13.1.2): whoever has what would be answered is told so.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};

use std::convert::Infallible;

/// Bytes of a hash that a tag has.
const TAG_BYTES: usize = 16;

/// A strong tag: what has the same one is the same, byte by byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag(String);

impl Tag {
    /// The tag of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let hash = Sha256::digest(bytes);
        let digits = hash[..TAG_BYTES].iter().map(|byte| format!("{byte:02x}"));
        Self(digits.collect::<Vec<_>>().concat())
    }

    /// Without its quotes.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Puts it into an answer.
    pub(crate) fn put(&self, headers: &mut HeaderMap) {
        let quoted = format!("\"{}\"", self.0);
        if let Ok(value) = HeaderValue::from_str(&quoted) {
            headers.insert(header::ETAG, value);
        }
    }
}

/// What a client has already: its `If-None-Match`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known(Vec<String>);

impl Known {
    /// Whether the client says anything of what it has.
    pub(crate) fn is_said(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether the client has this.
    pub(crate) fn has(&self, tag: &Tag) -> bool {
        self.0.iter().any(|known| {
            let known = known.strip_prefix("W/").unwrap_or(known);
            known == "*" || known.trim_matches('"') == tag.0
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Known {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        // Our tags have no commas in them.
        let known = parts
            .headers
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|tag| tag.trim().to_owned())
            .filter(|tag| !tag.is_empty());
        Ok(Self(known.collect()))
    }
}

/// The answer to whoever has it already.
pub(crate) fn not_modified(tag: &Tag) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    tag.put(response.headers_mut());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_may_know_many_tags_or_any() {
        let tag = Tag::of(b"this");
        let has = |known: &str| Known(known.split(", ").map(Into::into).collect()).has(&tag);
        let this = format!("\"{}\"", tag.as_str());
        assert!(has(&this) && has(&format!("W/{this}")) && has("*"));
        assert!(has(&format!("\"that\", {this}")));
        assert!(!has("\"that\"") && !has(""));
    }
}
