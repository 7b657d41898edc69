//! What a result says of a document: the shapes that clients read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use serde_json::{Number, Value};

use crate::docling::DoclingDocument;
use crate::{Merged, Problem, Record, Syntax};

/// What became of one document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// What was found in it, in the order of its text.
    pub records: Vec<Record>,
    /// What is said of it as a whole.
    pub document: Output,
}

/// What a result says of one document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Output {
    /// There is nothing of it.
    Failed(FailedOutput),
    /// It was read.
    Extracted(Box<DocumentOutput>),
}

/// What a result says of a document that could not be extracted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedOutput {
    /// The name of the file, if the sender gave one; of a document within another its path there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The number of the document that it was found in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<usize>,
    /// Size as sent, in bytes.
    pub bytes: usize,
    /// What is wrong with it.
    pub error: DocumentError,
}

/// Why there is nothing of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentError {
    /// What kind of fault it is.
    pub code: Problem,
    /// What exactly is wrong, and where.
    pub detail: String,
}

/// What a result says of a document that was read. The optional members are there only if they were asked for, and
/// there is something to say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DocumentOutput {
    /// The name of the file, if the sender gave one; of a document within another its path there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The number of the document that it was found in: an archive, or an e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<usize>,
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
    /// The language of the text, as a tag of BCP 47 (`de`, `en-GB`): what the document says, else what its words look like.
    /// Absent where neither is clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The whole text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The whole text as Markdown (`CommonMark` with tables).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markdown: Option<String>,
    /// The whole text as an HTML page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The whole text as a `DoclingDocument`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docling: Option<Box<DoclingDocument>>,
    /// What the document says of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, Value>>,
    /// The links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<Vec<LinkOutput>>,
    /// The tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tables: Option<Vec<TableOutput>>,
    /// Structured data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub structured: Option<Vec<StructuredOutput>>,
    /// The main content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<ArticleOutput>,
    /// The text in pieces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunks: Option<Vec<ChunkOutput>>,
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// cells. A cell that spans several rows or columns is repeated in each.
    pub rows: Vec<Vec<String>>,
    /// The rows below the headers as objects, with a member for each column that has a name of its own (a second one of
    /// the same name is `name 2`, one without a name `column 3`): numbers and truth values as such, dates in ISO 8601,
    /// all else as text; empty cells as null. Absent for a table without header rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<RowObjects>,
    /// The cells that span several rows or columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<Merged>,
    /// Where it stands; absent where the format does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// The rows of a table as objects that have the same members: their names are held once, for a table may have a million cells.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(try_from = "Vec<Record>")]
pub struct RowObjects {
    /// The members' names, each one once; none if there are no rows.
    pub names: Vec<String>,
    /// By row: the members' values, in the order of the names.
    pub rows: Vec<Vec<Scalar>>,
}

/// What a member of a row holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Scalar {
    /// An empty cell.
    Null,
    /// A truth value.
    Boolean(bool),
    /// A number that JSON's readers do not round.
    Number(Number),
    /// All else.
    Text(String),
}

impl TryFrom<Vec<Record>> for RowObjects {
    type Error = String;

    fn try_from(objects: Vec<Record>) -> Result<Self, String> {
        let first = objects.first();
        let names: Vec<String> = first.map_or_else(Vec::new, |it| it.keys().cloned().collect());
        let rows = objects.into_iter().map(|object| {
            if !object.keys().eq(&names) {
                return Err("the rows of a table have different members".to_owned());
            }
            object
                .into_iter()
                .map(|(_, value)| value.try_into())
                .collect()
        });
        let rows = rows.collect::<Result<_, _>>()?;
        Ok(Self { names, rows })
    }
}

impl TryFrom<Value> for Scalar {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        Ok(match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Boolean(value),
            Value::Number(number) => Self::Number(number),
            Value::String(text) => Self::Text(text),
            Value::Array(_) | Value::Object(_) => {
                return Err("a cell holds a list or an object".to_owned());
            }
        })
    }
}

impl From<Scalar> for Value {
    fn from(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Null => Self::Null,
            Scalar::Boolean(value) => Self::Bool(value),
            Scalar::Number(number) => Self::Number(number),
            Scalar::Text(text) => Self::String(text),
        }
    }
}

impl Serialize for RowObjects {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows.iter().map(|row| RowObject(&self.names, row)))
    }
}

/// One of them.
struct RowObject<'a>(&'a [String], &'a [Scalar]);

impl Serialize for RowObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().zip(self.1))
    }
}

/// One item of structured data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StructuredOutput {
    /// How the document says it.
    pub syntax: Syntax,
    /// What it says.
    pub value: Value,
}

/// The main content, as a result gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleOutput {
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byline: Option<String>,
    /// When it was published, in RFC 3339, or a date alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// Its text: what stands at `places`, with a blank line between two of them.
    pub text: String,
    /// The same as Markdown.
    pub markdown: String,
    /// Where it stands, in rising order.
    pub places: Vec<Place>,
}

/// A piece of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkOutput {
    /// The headings that it stands under, the highest first.
    pub headings: Vec<String>,
    /// Its text: what stands at `place`.
    pub text: String,
    /// Where it stands.
    pub place: Place,
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
