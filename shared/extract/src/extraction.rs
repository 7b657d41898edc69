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
    /// The media type that the sender claims, parameters (`; charset=…`) included: a hint, never
    /// trusted.
    pub declared: Option<&'a str>,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// What can be extracted from a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extractor {
    /// E-mail addresses, phone numbers, URLs, IP addresses, dates, amounts of money, IBANs, card
    /// numbers, UUIDs: as records.
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
    pub const ALL: [Self; 5] = [
        Self::Entities,
        Self::Text,
        Self::Metadata,
        Self::Links,
        Self::Tables,
    ];
}

/// A flat JSON object, one finding.
///
/// - The kind's name holds the normalised value: `{"email": "a@test.com"}`. Some kinds add members
///   of their own (`currency` to `money`, `version` to `ip`, `network` to `card`, `extension` to
///   `phone`).
/// - `raw` is exactly what stands in the text; absent where that is the value itself, and for card
///   numbers, whose value is masked so that the number is not copied around.
/// - `source` is where it stands: `{"document": 0, "page": 1, "start": 9, "end": 19}`. `document`
///   counts a job's documents from 0, `page` counts from 1 and is absent for formats without pages,
///   `start` and `end` are offsets into the document's text, in Unicode scalar values.
pub type Record = Map<String, Value>;

/// All that was extracted from one document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Extraction {
    /// What the extractors found, in the order of the text.
    pub records: Vec<Record>,
    /// What is said of the document as a whole.
    pub document: DocumentOutput,
}

/// What a result says of one document. The optional members are there only if they were asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    pub links: Option<Vec<LinkOutput>>,
    /// The tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tables: Option<Vec<TableOutput>>,
    /// What was left out or could not be understood.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A link, as a result gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkOutput {
    /// Where it leads: absolute where the document states a base, else as written.
    pub href: String,
    /// The words that carry the link; may be empty.
    pub text: String,
    /// Where those words stand; absent where the format does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// A table, as a result gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableOutput {
    /// Its caption; absent if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// One name per column, out of the header rows: the texts of a column's header cells from top
    /// to bottom, joined by a space, one that is repeated below itself given once. Absent for a
    /// table without header rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// How many of the first rows are headers.
    pub header_rows: usize,
    /// The texts of all cells, row by row, header rows first; all rows have the same number of
    /// cells.
    pub rows: Vec<Vec<String>>,
    /// Where it stands; absent where the format does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// A place in a document's text: `text[start..end]`, counted in Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The page it begins on, counted from 1; absent for formats without pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<usize>,
    /// Scalar values before its first.
    pub start: usize,
    /// Scalar values before and including its last.
    pub end: usize,
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
    format!("{:x}", Sha256::digest(bytes))
}
