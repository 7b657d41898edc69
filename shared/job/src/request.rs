//! What a client asks for, as the API hands it to the worker.

use serde::{Deserialize, Serialize};

/// An accepted request: the documents and what is wanted from each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The documents, in the order in which they were sent. At least one.
    pub documents: Vec<Source>,
    /// What is wanted from each, without repetition. At least one.
    pub extract: Vec<Wanted>,
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

/// What can be asked for. The engine has an extractor for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// Addresses, numbers, dates and amounts, as records.
    Entities,
    /// The whole text.
    Text,
    /// What the document says of itself.
    Metadata,
    /// The links.
    Links,
    /// The tables.
    Tables,
}

impl Wanted {
    /// All that can be asked for, in the order in which it is documented.
    pub const ALL: [Self; 5] = [
        Self::Entities,
        Self::Text,
        Self::Metadata,
        Self::Links,
        Self::Tables,
    ];

    /// What is extracted when a request does not say: the records, the text that their places refer to, and the metadata.
    pub const DEFAULT: [Self; 3] = [Self::Entities, Self::Text, Self::Metadata];

    /// Its name in a request.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Entities => "entities",
            Self::Text => "text",
            Self::Metadata => "metadata",
            Self::Links => "links",
            Self::Tables => "tables",
        }
    }

    /// What is asked for by this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wanted| wanted.name() == name)
    }
}
