//! What the engine is given: documents that are at hand.

use std::fs::File;

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
    /// Those in a file, which go to the child piece by piece: for documents that are not to be held in this process's memory.
    Spooled(Spool),
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
            Self::Missing(_) => 0,
        }
    }
}
