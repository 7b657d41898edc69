//! The shape of a `DoclingDocument`, version 1.5 of it: what the model of docling-core 2.38 and later reads.
//!
//! A document is flat: items lie in lists by their kind, and refer to each other by JSON pointers. What that model fills in for
//! itself (the grid of a table, flags that are false) is left out.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A whole document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DoclingDocument {
    /// Always `DoclingDocument`.
    pub schema_name: String,
    /// The version of the model.
    pub version: String,
    /// The name of the file, without its ending.
    pub name: String,
    /// Where it comes from.
    pub origin: Origin,
    /// What stands around the text: always empty.
    pub furniture: Group,
    /// The root of the tree.
    pub body: Group,
    /// Lists, and texts of several styles.
    pub groups: Vec<Group>,
    /// All texts but those of cells.
    pub texts: Vec<TextItem>,
    /// Always empty: pictures are not read.
    pub pictures: [(); 0],
    /// The tables.
    pub tables: Vec<TableItem>,
    /// Always empty.
    pub key_value_items: [(); 0],
    /// Always empty.
    pub form_items: [(); 0],
    /// Always empty: the sizes of pages are not known.
    pub pages: Map<String, Value>,
}

/// Where a document comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// The media type, as far as the model knows it.
    pub mimetype: String,
    /// The last 64 bits of the SHA-256 of the bytes.
    pub binary_hash: u64,
    /// The name of the file.
    pub filename: String,
}

/// A pointer to an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ref {
    /// A JSON pointer, as the fragment of a URL.
    #[serde(rename = "$ref")]
    pub pointer: String,
}

/// Items that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The pointer to itself.
    pub self_ref: String,
    /// What it stands in; none for a root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Ref>,
    /// What stands in it.
    pub children: Vec<Ref>,
    /// `body` or `furniture`.
    pub content_layer: String,
    /// Its name.
    pub name: String,
    /// `list`, `inline`, or `unspecified` for a root.
    pub label: String,
}

/// A text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextItem {
    /// The pointer to itself.
    pub self_ref: String,
    /// What it stands in.
    pub parent: Ref,
    /// What stands in it: the runs of an item, and the lists within it.
    pub children: Vec<Ref>,
    /// Always `body`.
    pub content_layer: String,
    /// `title`, `section_header`, `text`, `list_item`, `code` or `caption`.
    pub label: String,
    /// Always empty: where on a page something stands is not known.
    pub prov: [(); 0],
    /// The text as it stands in the document.
    pub orig: String,
    /// The text.
    pub text: String,
    /// How it is set apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatting: Option<Formatting>,
    /// Where it leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hyperlink: Option<String>,
    /// Of a `section_header`: its level; 1 stands under the title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// Of a `list_item`: whether it has a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enumerated: Option<bool>,
    /// Of a `list_item`: what stands before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marker: Option<String>,
    /// Of `code`: its language, by the model's name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_language: Option<String>,
}

/// How a text is set apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the model's own names and values"
)]
pub struct Formatting {
    /// Bold.
    pub bold: bool,
    /// Italic.
    pub italic: bool,
    /// Always false: underlines are not read.
    pub underline: bool,
    /// Struck out.
    pub strikethrough: bool,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableItem {
    /// The pointer to itself.
    pub self_ref: String,
    /// What it stands in.
    pub parent: Ref,
    /// Its caption.
    pub children: Vec<Ref>,
    /// Always `body`.
    pub content_layer: String,
    /// Always `table`.
    pub label: String,
    /// Always empty: where on a page it stands is not known.
    pub prov: [(); 0],
    /// Its caption.
    pub captions: Vec<Ref>,
    /// Always empty.
    pub references: [(); 0],
    /// Always empty.
    pub footnotes: [(); 0],
    /// Its cells.
    pub data: TableData,
}

/// The cells of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableData {
    /// By rows; one that spans several is there once.
    pub table_cells: Vec<TableCell>,
    /// How many rows there are.
    pub num_rows: usize,
    /// How many columns there are.
    pub num_cols: usize,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableCell {
    /// How many rows it spans.
    pub row_span: usize,
    /// How many columns it spans.
    pub col_span: usize,
    /// Its first row, counted from 0.
    pub start_row_offset_idx: usize,
    /// The row behind its last.
    pub end_row_offset_idx: usize,
    /// Its first column, counted from 0.
    pub start_col_offset_idx: usize,
    /// The column behind its last.
    pub end_col_offset_idx: usize,
    /// Its text.
    pub text: String,
    /// Whether it stands in a header row.
    pub column_header: bool,
}
