//! What reading makes of any format: one text with its pages, and what the format says besides the text.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;

use crate::data::Data;
use crate::tree::Tree;

/// A document that was read: the common ground between all formats and all extractors.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// What the bytes really are (`application/pdf`, `text/html`, …), whatever the sender called them.
    pub media_type: String,
    /// The charset the bytes were decoded from, under its WHATWG name (`UTF-8`, `windows-1252`, …); none for binary formats.
    pub charset: Option<String>,
    /// The text in reading order. Every place in a result is an offset into this.
    pub text: Text,
    /// What the text is made of, in its order: headings, list items, code, quotes. What no block covers is paragraphs.
    pub blocks: Vec<Block>,
    /// Emphasis within the text, in its order. Links are in `links`.
    pub marks: Vec<Mark>,
    /// Links in the order of the text, targets resolved against the document's base where it states one.
    pub links: Vec<Link>,
    /// Tables in the order of the text.
    pub tables: Vec<Table>,
    /// What the document says of itself, under common names (`title`, `author`, `created`, `modified`, `language`, `subject`,
    /// `keywords`, `description`, `generator`, `from`, `to`, `date`, …). Dates are RFC 3339 where they could be understood.
    pub metadata: BTreeMap<String, Value>,
    /// Against which relative addresses in it are resolved; none where the document states neither a base nor its own address.
    pub base: Option<url::Url>,
    /// Structured data in the document; empty unless it was asked for ([`Needs`](crate::read::Needs)).
    pub structured: Vec<Structured>,
    /// Its main content; none unless it was asked for and told from the rest, or if all of it is main content.
    pub article: Option<Article>,
    /// The tree of an HTML or XML document; none unless it was asked for.
    pub tree: Option<Tree>,
    /// The values of a JSON document and its kin; none unless they were asked for.
    pub data: Option<Data>,
    /// What was left out or could not be understood, in plain words for the person who sent the document.
    pub warnings: Vec<String>,
}

/// A place in a text, in bytes of its UTF-8 form; both ends lie on character boundaries.
pub type Span = Range<usize>;

/// A document's text, with the place where each page begins.
///
/// Inside the engine places are byte offsets ([`Span`]), for that is what Rust and every library here work with. In
/// results they are counted in Unicode scalar values, for that is what `text[start:end]` means to a client;
/// [`Text::scalar_offset`] converts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    content: String,
    page_starts: Vec<usize>,
    /// Scalar values before each multiple of [`STRIDE`] bytes; empty for ASCII, where both countings agree.
    checkpoints: Vec<usize>,
}

/// Bytes between two checkpoints: a conversion counts at most this many.
const STRIDE: usize = 1024;

impl Text {
    /// A text without pages.
    pub fn new(content: String) -> Self {
        Self::with_pages(content, Vec::new())
    }

    /// A text with pages; `page_starts` holds the byte offset at which each page begins, in rising order.
    pub fn with_pages(content: String, page_starts: Vec<usize>) -> Self {
        let checkpoints = if content.is_ascii() {
            Vec::new()
        } else {
            checkpoints(content.as_bytes())
        };
        Self {
            content,
            page_starts,
            checkpoints,
        }
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.content
    }

    /// The whole text, without copying it.
    pub fn into_string(self) -> String {
        self.content
    }

    /// The number of pages; none for formats that have no pages.
    pub fn pages(&self) -> Option<usize> {
        (!self.page_starts.is_empty()).then_some(self.page_starts.len())
    }

    /// The page that the byte offset lies on, counted from 1; none for formats that have no pages.
    pub fn page_at(&self, offset: usize) -> Option<usize> {
        self.pages()?;
        Some(
            self.page_starts
                .partition_point(|&start| start <= offset)
                .max(1),
        )
    }

    /// The number of Unicode scalar values before the byte offset.
    pub fn scalar_offset(&self, offset: usize) -> usize {
        if self.checkpoints.is_empty() {
            return offset;
        }
        let stride = offset / STRIDE;
        self.checkpoints[stride] + scalars(&self.content.as_bytes()[stride * STRIDE..offset])
    }
}

fn checkpoints(bytes: &[u8]) -> Vec<usize> {
    let mut before = 0;
    std::iter::once(0)
        .chain(bytes.chunks(STRIDE).map(|chunk| {
            before += scalars(chunk);
            before
        }))
        .collect()
}

/// Scalar values that begin in these bytes: every byte but UTF-8's continuation bytes begins one.
fn scalars(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .filter(|&&byte| byte & 0b1100_0000 != 0b1000_0000)
        .count()
}

/// A part of the text that is set apart.
///
/// Blocks rise in their starts. They do not overlap, but for those within a table's span, which stand in its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Where it stands, without white space around it.
    pub span: Span,
    /// What it is.
    pub kind: BlockKind,
    /// How many quotations it stands in; usually 0.
    pub quoted: u8,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading; 1 is the highest level, 6 the lowest.
    Heading(u8),
    /// A paragraph. Only needed where a blank line in the text does not say so already.
    Paragraph,
    /// One item of a list, without the items of lists within it. Its mark (`•`, `3.`) is not part of the span.
    Item {
        /// How many lists it stands in; 1 for a list that is in no other.
        depth: u8,
        /// Its number in an ordered list.
        number: Option<u64>,
    },
    /// Lines whose white space means something.
    Code {
        /// The language, where the document names it.
        language: Option<String>,
    },
}

/// Emphasis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Where it stands; within one line.
    pub span: Span,
    /// What it is.
    pub kind: MarkKind,
}

/// Kinds of emphasis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    /// Bold, or `strong`.
    Strong,
    /// Italic, or `em`.
    Emphasis,
    /// Code within a line.
    Code,
    /// Struck out.
    Struck,
}

/// One item of structured data.
#[derive(Debug, Clone, PartialEq)]
pub struct Structured {
    /// How the document says it.
    pub syntax: Syntax,
    /// What it says. For JSON-LD the object as written; for microdata and `RDFa` the same shape, with `@type` and `@id`; for
    /// the rest an object of names and values.
    pub value: Value,
}

/// The ways in which documents carry structured data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Syntax {
    /// JSON-LD in a script element.
    JsonLd,
    /// HTML microdata: `itemscope`, `itemprop`.
    Microdata,
    /// `RDFa` Lite: `vocab`, `typeof`, `property`.
    Rdfa,
    /// `meta property="og:…"` and the vocabularies that came with it.
    OpenGraph,
    /// `meta name="twitter:…"`.
    Twitter,
}

/// The main content of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Article {
    /// Its title.
    pub title: Option<String>,
    /// Who wrote it.
    pub byline: Option<String>,
    /// When it was published, in RFC 3339, or a date alone.
    pub published: Option<String>,
    /// The parts of the document's text that it consists of, in rising order.
    pub spans: Vec<Span>,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it leads: absolute where the document states a base, else as written.
    pub href: String,
    /// The words that carry the link; may be empty.
    pub text: String,
    /// Where those words stand in the document's text; none where the format does not say.
    pub span: Option<Span>,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Its caption, if it has one.
    pub caption: Option<String>,
    /// The rows, header rows first; all rows have the same number of cells.
    pub rows: Vec<Vec<Cell>>,
    /// How many of the first rows are headers.
    pub header_rows: usize,
    /// Where it stands in the document's text.
    pub span: Option<Span>,
    /// The cells that span several rows or columns, in the order of the rows.
    pub merged: Vec<Merged>,
}

/// A cell that spans several rows or columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Merged {
    /// Its first row, counted from 0, header rows included.
    pub row: usize,
    /// Its first column, counted from 0.
    pub column: usize,
    /// How many rows it spans.
    pub rows: usize,
    /// How many columns it spans.
    pub columns: usize,
}

/// A cell of a table. A cell that spans several rows or columns is repeated in each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// The cell's text, white space folded.
    pub text: String,
    /// Where that text stands in the document's text; none for a repeated or empty cell.
    pub span: Option<Span>,
    /// What the cell holds, where the format itself says that it is no text (a spreadsheet's number, JSON's `true`). None: text.
    pub value: Option<CellValue>,
}

/// What a typed cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellValue {
    /// A number, as JSON writes numbers.
    Number(String),
    /// A truth value.
    Boolean(bool),
    /// A date, a time or both, in ISO 8601 without an offset where none is known: `2026-03-09`, `14:30:00`,
    /// `2026-03-09T14:30:00`; or a duration, `PT36H`.
    Moment(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_counted_in_scalar_values_across_checkpoints() {
        let content = "aé漢🙂".repeat(1000);
        let text = Text::new(content.clone());
        for (scalar, (byte, _)) in content.char_indices().enumerate() {
            assert_eq!(text.scalar_offset(byte), scalar);
        }
        assert_eq!(text.scalar_offset(content.len()), 4000);
    }

    #[test]
    fn a_place_lies_on_the_last_page_that_begins_before_it() {
        let text = Text::with_pages("one two three".into(), vec![0, 4, 8]);
        assert_eq!(text.pages(), Some(3));
        assert_eq!(
            [0, 3, 4, 12].map(|offset| text.page_at(offset)),
            [Some(1), Some(1), Some(2), Some(3)]
        );
        assert_eq!(Text::new("one".into()).page_at(0), None);
    }
}
