//! What is served as it is: packed when this was built, and sent so to whoever unpacks.

use std::io::Read;

use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::problem::Problem;

/// A file.
#[derive(Debug)]
pub(crate) struct Asset {
    pub(crate) name: &'static str,
    /// Names its content.
    pub(crate) digest: &'static str,
    /// Its content, as gzip.
    pub(crate) packed: &'static [u8],
}

/// How long a browser may take its copy for the file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Keep {
    /// It asks each time whether the file is still the same.
    Asked,
    /// A day.
    Day,
    /// For good: the name changes with the content.
    Always,
}

impl Keep {
    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Asked => "no-cache",
            Self::Day => "public, max-age=86400",
            Self::Always => "public, max-age=31536000, immutable",
        })
    }
}

/// The file of this name.
pub(crate) fn find(assets: &'static [Asset], name: &str) -> Result<&'static Asset, Problem> {
    let asset = assets.iter().find(|asset| asset.name == name);
    asset.ok_or_else(Problem::path_not_found)
}

impl Asset {
    /// The answer to who asks for it with these headers: nothing if it is there already, packed if it is unpacked there.
    pub(crate) fn answer(&self, asked: &HeaderMap, keep: Keep) -> Result<Response, Problem> {
        let packed = unpacks(asked);
        // A tag names what is sent, byte by byte.
        let form = if packed { "-gzip" } else { "" };
        let tag = format!("\"{}{form}\"", self.digest);
        let mut response = if is_known(&tag, asked) {
            StatusCode::NOT_MODIFIED.into_response()
        } else if packed {
            let gzip = HeaderValue::from_static("gzip");
            ([(header::CONTENT_ENCODING, gzip)], self.packed).into_response()
        } else {
            let mut bytes = Vec::new();
            GzDecoder::new(self.packed)
                .read_to_end(&mut bytes)
                .map_err(|_| Problem::internal("an asset cannot be unpacked"))?;
            bytes.into_response()
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, keep.header());
        headers.extend(HeaderValue::from_str(&tag).map(|tag| (header::ETAG, tag)));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        let media_type = HeaderValue::from_static(self.media_type());
        headers.insert(header::CONTENT_TYPE, media_type);
        Ok(response)
    }

    fn media_type(&self) -> &'static str {
        match self.name.rsplit('.').next().unwrap_or_default() {
            "css" => "text/css; charset=utf-8",
            "html" => "text/html; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "json" => "application/json",
            "png" => "image/png",
            "svg" => "image/svg+xml",
            _ => "text/plain; charset=utf-8",
        }
    }
}

fn is_known(tag: &str, asked: &HeaderMap) -> bool {
    let tags = asked.get_all(header::IF_NONE_MATCH).iter();
    tags.filter_map(|tags| tags.to_str().ok())
        .flat_map(|tags| tags.split(','))
        .map(|known| known.trim().trim_start_matches("W/"))
        .any(|known| known == tag || known == "*")
}

/// Whether gzip is among what `Accept-Encoding` names, and not at a quality of zero.
fn unpacks(asked: &HeaderMap) -> bool {
    let encodings = asked.get_all(header::ACCEPT_ENCODING).iter();
    encodings
        .filter_map(|encodings| encodings.to_str().ok())
        .flat_map(|encodings| encodings.split(','))
        .any(|encoding| {
            let (name, parameters) = encoding.split_once(';').unwrap_or((encoding, ""));
            let quality = parameters.trim().strip_prefix("q=");
            let refused = quality.and_then(|quality| quality.parse::<f32>().ok()) == Some(0.0);
            name.trim().eq_ignore_ascii_case("gzip") && !refused
        })
}
