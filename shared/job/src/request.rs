//! What a client asks for, as the API hands it to the worker.

use serde_json::Value;

/// An accepted request: the documents and what is wanted from each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The documents, in the order in which they were sent. At least one.
    pub documents: Vec<Source>,
    /// What is wanted from each, as the client wrote it: a list that was checked when it came. Whoever extracts knows its
    /// language.
    pub extract: Value,
}

/// One document, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The name of the file, if the client gave one.
    pub name: Option<String>,
    /// The media type that the client claims: a hint, never trusted.
    pub media_type: Option<String>,
    /// The bytes.
    pub bytes: Vec<u8>,
}
