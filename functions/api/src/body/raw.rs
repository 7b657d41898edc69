//! A body that is the document itself.

use http::{HeaderMap, header};
use job::Content;
use job::Source;

use super::{check_hint, disposition, flaw, text};
use crate::problem::{Place, Problem};

/// What `curl --data-binary` claims unless told otherwise: nobody sends a form here, so it says nothing.
const CURL_DEFAULT: &str = "application/x-www-form-urlencoded";

/// Takes a body as a document: its media type from `Content-Type`, its name from `Content-Disposition`.
pub(super) fn read(
    headers: &HeaderMap,
    content_type: Option<&str>,
    body: Vec<u8>,
) -> Result<Source, Problem> {
    if body.is_empty() {
        return Err(flaw(
            Place::Header(header::CONTENT_TYPE),
            "The document that this header announces is empty (0 bytes). To scan the bundled sample document, send neither a body nor this header.",
        ));
    }
    let media_type = content_type.filter(|claim| !claim.eq_ignore_ascii_case(CURL_DEFAULT));
    if let Some(claim) = media_type {
        check_hint(claim).map_err(|detail| flaw(Place::Header(header::CONTENT_TYPE), detail))?;
    }
    let name = match headers.get(header::CONTENT_DISPOSITION) {
        Some(value) => disposition::file_name(text(value, header::CONTENT_DISPOSITION)?),
        None => None,
    };
    if let Some(name) = &name {
        check_hint(name)
            .map_err(|detail| flaw(Place::Header(header::CONTENT_DISPOSITION), detail))?;
    }
    Ok(Source {
        name,
        media_type: media_type.map(ToOwned::to_owned),
        content: Content::Bytes(body),
    })
}
