//! What the engine is given: documents that are at hand.

use extract::DocumentError;

/// A document to extract from.
#[derive(Debug)]
pub struct Input {
    /// The name of the file, if there is one.
    pub name: Option<String>,
    /// The media type that somebody claims: a hint, never trusted.
    pub media_type: Option<String>,
    /// Its bytes, or why there are none.
    pub content: Content,
}

/// The bytes of a document, or why there are none.
#[derive(Debug)]
pub enum Content {
    /// These.
    Bytes(Vec<u8>),
    /// It could not be had: this is the document's error in the result.
    Missing(DocumentError),
}

impl Content {
    /// How many bytes there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Missing(_) => 0,
        }
    }
}
