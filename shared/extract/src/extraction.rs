//! One document through both layers: what goes in, what is wanted, what comes out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{Error, Limits, Watch, find, read};

/// A document as it was sent.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The name of the file, if the sender gave one.
    pub name: Option<&'a str>,
    /// The media type that the sender claims, parameters (`; charset=…`) included: a hint, never trusted.
    pub declared: Option<&'a str>,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// What can be extracted from a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extractor {
    /// E-mail addresses, phone numbers, URLs, IP addresses, dates, amounts of money, IBANs, card numbers, UUIDs: as records.
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

impl Extractor {
    /// All extractors, in the order in which they are documented.
    pub const ALL: [Self; 5] = [Self::Entities, Self::Text, Self::Metadata, Self::Links, Self::Tables];

    /// What is extracted when a request does not say.
    pub const DEFAULT: [Self; 3] = [Self::Entities, Self::Text, Self::Metadata];

    /// The name by which a request asks for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Entities => "entities",
            Self::Text => "text",
            Self::Metadata => "metadata",
            Self::Links => "links",
            Self::Tables => "tables",
        }
    }
}

/// A flat JSON object: the finding under the name of its kind (`{"email": "a@test.com"}`), and `source`, the place where it was found.
pub type Record = Map<String, Value>;

/// All that was extracted from one document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Extraction {
    /// What the extractors found, in the order of the text.
    pub records: Vec<Record>,
    /// What is said of the document as a whole.
    pub document: DocumentOutput,
}

/// What a result says of one document. The optional members are there only if they were asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentOutput {
    /// The name of the file, if the sender gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the bytes really are, whatever the sender called them.
    pub media_type: String,
    /// The charset that the bytes were decoded from; absent for binary formats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charset: Option<String>,
    /// Size as sent, in bytes.
    pub bytes: usize,
    /// SHA-256 of the bytes as sent, in lower-case hexadecimal.
    pub sha256: String,
    /// Number of pages; absent for formats that have no pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<usize>,
    /// The whole text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What the document says of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, Value>>,
    /// The links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<Vec<Value>>,
    /// The tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tables: Option<Vec<Value>>,
    /// What was left out or could not be understood.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// Reads the document and extracts what is wanted from it.
///
/// `index` is the document's number in its job, counted from 0; every record's `source` carries it.
pub fn extract(
    index: usize,
    input: Input<'_>,
    wanted: &[Extractor],
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<Extraction, Error> {
    watch.check()?;
    let document = read::read(input, limits, watch)?;
    watch.check()?;
    find::find(index, input, document, wanted, limits, watch)
}

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
