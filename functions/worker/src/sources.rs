//! From what a request says of its documents to documents that are at hand.

use engine::{Content, Input};
use extract::{DocumentError, Problem};
use job::Source;

/// Gets hold of a document. What stands in the way is the document's error, and part of the result.
pub(crate) fn load(source: Source) -> Input {
    let Source {
        name,
        media_type,
        content,
    } = source;
    let content = match content {
        job::Content::Bytes(bytes) => Content::Bytes(bytes),
        job::Content::Url(_) | job::Content::Upload(_) | job::Content::Object(_) => {
            Content::Missing(DocumentError {
                code: Problem::UnsupportedFormat,
                detail: "Documents that lie elsewhere are not fetched here.".to_owned(),
            })
        }
    };
    Input {
        name,
        media_type,
        content,
    }
}
