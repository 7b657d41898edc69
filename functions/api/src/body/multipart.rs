//! A body of several parts (RFC 7578): files, and what to extract from them.

use std::convert::Infallible;
use std::future::ready;

use bytes::Bytes;
use futures::stream;
use http::header;
use job::Content;
use job::{Source, limits};
use multer::{Field, Multipart};

use super::{EXTRACT, EXTRACTOR, Wanted, check_hint, disposition, wanted};
use crate::problem::{Flaws, Place, Problem};

/// The name of a part that is a document.
const FILE: &str = "file";

/// What the parts hold.
pub(super) struct Parts {
    pub(super) documents: Vec<Source>,
    pub(super) wanted: Option<Wanted>,
}

/// Reads all parts: any number of `file`, each a document, and `extract` or `extractor`.
pub(super) async fn read(content_type: &str, body: Bytes) -> Result<Parts, Problem> {
    let mut parts = open(content_type, body)?;
    let mut flaws = Flaws::default();
    let mut documents = Vec::new();
    let mut files = 0;
    let (mut lists, mut names) = (Vec::new(), Vec::new());
    while let Some(part) = parts.next_field().await.map_err(malformed)? {
        match part.name() {
            Some(FILE) => {
                files += 1;
                if files <= limits::MAX_DOCUMENTS {
                    documents.extend(document(part, files - 1, &mut flaws).await?);
                }
            }
            Some(EXTRACT) => lists.push(part.text().await.map_err(malformed)?),
            Some(EXTRACTOR) => names.push(part.text().await.map_err(malformed)?),
            other => flaws.add(
                Place::Field(other.unwrap_or_default().to_owned()),
                format!("This part is not known. Known are: {FILE}, {EXTRACT}, {EXTRACTOR}."),
            ),
        }
    }
    if files == 0 {
        flaws.add(
            Place::Field(FILE.to_owned()),
            "There is no document: send at least one part of this name.",
        );
    }
    if files > limits::MAX_DOCUMENTS {
        flaws.add(
            Place::Field(FILE.to_owned()),
            format!(
                "There are {files} documents; at most {} are accepted in one job.",
                limits::MAX_DOCUMENTS
            ),
        );
    }
    let lists: Vec<&str> = lists.iter().map(String::as_str).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let place = |name: &str| Place::Field(name.to_owned());
    let wanted = wanted(&lists, &names, place, &mut flaws);
    flaws.end()?;
    Ok(Parts { documents, wanted })
}

/// The parts of a body.
pub(super) fn open(content_type: &str, body: Bytes) -> Result<Multipart<'static>, Problem> {
    let boundary = multer::parse_boundary(content_type).map_err(|_| {
        Problem::malformed(
            "The `Content-Type` names no boundary; leave that header to the library that writes the parts.",
        )
    })?;
    let body = stream::once(ready(Ok::<_, Infallible>(body)));
    Ok(Multipart::new(body, boundary))
}

/// Reads a part as the document of this number.
pub(super) async fn document(
    part: Field<'_>,
    index: usize,
    flaws: &mut Flaws,
) -> Result<Option<Source>, Problem> {
    let field = part.name().unwrap_or(FILE).to_owned();
    let name = part.file_name().and_then(disposition::without_folders);
    let media_type = part
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|claim| claim.to_str().ok())
        .map(ToOwned::to_owned);
    for (what, hint) in [("name", &name), ("media type", &media_type)] {
        if let Some(Err(detail)) = hint.as_deref().map(check_hint) {
            flaws.add(
                Place::Field(field.clone()),
                format!("The {what} of document {index} is not accepted. {detail}"),
            );
        }
    }
    let bytes = part.bytes().await.map_err(malformed)?;
    if bytes.is_empty() {
        flaws.add(
            Place::Field(field),
            format!("Document {index} is empty (0 bytes)."),
        );
        return Ok(None);
    }
    Ok(Some(Source {
        name,
        media_type,
        content: Content::Bytes(bytes.into()),
    }))
}

#[expect(clippy::needless_pass_by_value, reason = "map_err calls it so")]
pub(super) fn malformed(error: multer::Error) -> Problem {
    Problem::malformed(format!("The parts of the body cannot be read: {error}."))
}
