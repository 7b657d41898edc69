//! Shapes that only the documentation knows as types: requests are checked member by member, results pass through as the
//! worker stored them.
#![expect(dead_code, reason = "only their descriptions are used")]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Where a job stands: `pending → running → completed | failed`, and `pending | running → cancelled`. A running job whose
/// attempt met a passing error is pending again. `completed`, `failed` and `cancelled` are final, until a `retry`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Pending,
    Running,
    Completed,
    Failed,
    Cancelled,
}

/// What can be extracted: records of what the text mentions, the whole text, what the document says of itself, its links, its
/// tables.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Extract {
    Entities,
    Text,
    Metadata,
    Links,
    Tables,
}

/// What was being done when a job failed.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    /// Getting the job to a worker.
    Deliver,
    /// Reading and extracting.
    Extract,
    /// Keeping the result.
    Store,
}

/// A request as JSON, with exactly one of `source` and `sources`. An object with any of these members is taken as a request,
/// and unknown members are refused; any other JSON is a document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScanRequest {
    /// The document.
    source: Option<Source>,
    /// The documents, if there are several.
    #[schema(min_items = 1, max_items = 20)]
    sources: Option<Vec<Source>>,
    /// What to extract from each document. Default: entities, text, metadata.
    #[schema(min_items = 1)]
    extract: Option<Vec<Extract>>,
}

/// A document.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Source {
    Text(TextSource),
    Base64(Base64Source),
}

/// A document as text.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextSource {
    /// The document.
    #[schema(min_length = 1)]
    text: String,
    /// The name of its file; repeated in the result, and a hint at the format.
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    /// Its media type: a hint, never trusted.
    #[schema(min_length = 1, max_length = 255)]
    media_type: Option<String>,
}

/// A document as bytes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Base64Source {
    /// The document in base64 (RFC 4648, section 4), padded or not, without line breaks.
    #[schema(min_length = 2)]
    base64: String,
    /// The name of its file; repeated in the result, and a hint at the format.
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
    /// Its media type: a hint, never trusted.
    #[schema(min_length = 1, max_length = 255)]
    media_type: Option<String>,
}

/// A request as the parts of a form.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScanForm {
    /// The documents, each a part of this name; its file name and content type are kept.
    #[schema(value_type = Vec<String>, format = Binary, min_items = 1, max_items = 20)]
    file: Vec<String>,
    /// What to extract from each document, joined by commas. Default: entities, text, metadata.
    #[schema(example = "entities,tables")]
    extract: Option<String>,
}

/// The bytes of a document.
#[derive(Deserialize, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct Document(String);

/// What was extracted.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ScanResult {
    /// What was found in all documents, in the order of the documents and of their texts.
    records: Vec<Record>,
    /// What is said of each document, in the order in which they were sent.
    documents: Vec<DocumentResult>,
}

/// Something found, a flat object. The member named after its kind (`email`, `phone`, `url`, `ip`, `date`, `money`, `iban`,
/// `card`, `uuid`) holds its normalised value; some kinds add members of their own.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Record {
    /// Exactly what stands in the text, where that is not the value itself.
    raw: Option<String>,
    source: RecordSource,
    #[serde(flatten)]
    kind: BTreeMap<String, Value>,
}

/// Where a record was found: `text[start..end]` of its document, counted in Unicode scalar values.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RecordSource {
    /// The document's number, counted from 0.
    document: u64,
    /// The page, counted from 1; absent for formats without pages.
    #[schema(minimum = 1)]
    page: Option<u64>,
    /// Scalar values of the document's text before it.
    start: u64,
    /// Scalar values of the document's text up to its end.
    end: u64,
}

/// What is said of one document. Of the optional members those are there that were asked for and that the document has.
#[derive(Deserialize, ToSchema)]
pub(crate) struct DocumentResult {
    /// The name of the file, if one was given.
    name: Option<String>,
    /// What the bytes really are, whatever they were called.
    media_type: Option<String>,
    /// The charset that the bytes were decoded from; absent for binary formats.
    charset: Option<String>,
    /// Size as sent, in bytes.
    bytes: u64,
    /// SHA-256 of the bytes as sent, in lower-case hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sha256: Option<String>,
    /// Number of pages; absent for formats without pages.
    pages: Option<u64>,
    /// The whole text.
    text: Option<String>,
    /// What the document says of itself.
    metadata: Option<BTreeMap<String, Value>>,
    /// The links.
    links: Option<Vec<Link>>,
    /// The tables.
    tables: Option<Vec<Table>>,
    /// What was left out or could not be understood.
    warnings: Option<Vec<String>>,
    /// Why there is nothing of this document, while there is something of others.
    error: Option<DocumentError>,
}

/// Why a document could not be extracted.
#[derive(Deserialize, ToSchema)]
pub(crate) struct DocumentError {
    /// The kind of fault. Stable, to be switched on.
    #[schema(example = "encrypted")]
    code: String,
    /// What is wrong, and where.
    detail: String,
}

/// A link.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Link {
    /// Where it leads: absolute where the document states a base, else as written.
    href: String,
    /// The words that carry the link; may be empty.
    text: String,
    /// Where those words stand; absent where the format does not say.
    place: Option<Place>,
}

/// A table.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Table {
    /// Its caption; absent if it has none.
    caption: Option<String>,
    /// One name per column, made of its header cells; absent for a table without header rows.
    columns: Option<Vec<String>>,
    /// How many of the first rows are headers.
    header_rows: u64,
    /// The texts of all cells, row by row, header rows first; all rows have the same number of cells.
    rows: Vec<Vec<String>>,
    /// Where it stands; absent where the format does not say.
    place: Option<Place>,
}

/// A place in a document's text: `text[start..end]`, counted in Unicode scalar values.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Place {
    /// The page it begins on, counted from 1; absent for formats without pages.
    #[schema(minimum = 1)]
    page: Option<u64>,
    /// Scalar values before its first.
    start: u64,
    /// Scalar values before and including its last.
    end: u64,
}
