//! What the engine is given: documents that are at hand.

use std::fs::File;

use extract::DocumentError;
use serde::Serialize;

/// A document to extract from.
#[derive(Debug)]
pub struct Input {
    /// The name of the file, if there is one.
    pub name: Option<String>,
    /// The media type that somebody claims: a hint, never trusted.
    pub media_type: Option<String>,
    /// Its bytes, or why there are none.
    pub content: Content,
    /// Where it was fetched from: told in the result. None of one that came with the request.
    pub origin: Option<Origin>,
}

/// Where a document was fetched from, as a result tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// What was asked for: a URL of the web, or `s3://…`.
    pub url: String,
    /// Where it was in the end, after redirects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub final_url: Option<String>,
    /// The status of the last answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What its server calls this state of it. With it, or with `last_modified`, it can be asked for on condition that it has changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// When it was changed last, as its server says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// When it was asked for, in RFC 3339.
    pub fetched_at: String,
}

/// The bytes of a document, or why there are none.
#[derive(Debug)]
pub enum Content {
    /// These.
    Bytes(Vec<u8>),
    /// Those in a file, which go to the child piece by piece: for documents that are not to be held in this process's memory.
    Spooled(Spool),
    /// It is as its client has it already, and was not fetched again.
    NotModified,
    /// It could not be had: this is the document's error in the result.
    Missing(DocumentError),
}

/// A document in a file. Nobody else reads or writes it while the engine does.
#[derive(Debug)]
pub struct Spool {
    /// The file.
    pub file: File,
    /// How many bytes there are in it, from its beginning.
    pub bytes: u64,
}

impl Content {
    /// How many bytes there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Spooled(spool) => usize::try_from(spool.bytes).unwrap_or(usize::MAX),
            Self::NotModified | Self::Missing(_) => 0,
        }
    }
}
