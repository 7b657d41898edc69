//! Spreadsheets: a page for each visible sheet, with its name as a heading and its cells as a table.

mod grid;
mod number;
pub(super) mod ods;
pub(super) mod xls;
pub(super) mod xlsx;

use std::collections::BTreeMap;

use serde_json::Value;

use self::grid::Grid;
use super::gather::Gathered;
use super::{Context, check_text, passed};
use crate::{Block, BlockKind, CellValue, Document, Error, Link, Text};

/// The last row and the last column that a sheet can have, counted from 0.
const MAX_ROW: u32 = (1 << 20) - 1;
const MAX_COLUMN: u32 = (1 << 14) - 1;

/// A workbook that is written down sheet by sheet.
struct Book<'c, 'l> {
    context: &'c Context<'l>,
    text: String,
    page_starts: Vec<usize>,
    blocks: Vec<Block>,
    gathered: Gathered<'c>,
    hidden: Vec<String>,
    warnings: Vec<String>,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
struct Content {
    /// As it is shown; white space folded.
    text: String,
    value: Option<CellValue>,
}

impl Content {
    fn text(text: &str) -> Self {
        Self {
            text: crate::read::flow::folded(text),
            value: None,
        }
    }

    fn boolean(truth: bool) -> Self {
        Self {
            text: truth.to_string(),
            value: Some(CellValue::Boolean(truth)),
        }
    }
}

/// Names of hidden sheets that a warning tells.
const NAMED_SHEETS: usize = 5;

impl<'c, 'l> Book<'c, 'l> {
    fn new(context: &'c Context<'l>) -> Self {
        Self {
            context,
            text: String::new(),
            page_starts: Vec::new(),
            blocks: Vec::new(),
            gathered: Gathered::new(context.limits),
            hidden: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Leaves out a sheet that nobody sees who opens the workbook.
    fn hide(&mut self, name: &str) {
        self.hidden.push(crate::read::flow::folded(name));
    }

    /// Writes down a sheet.
    fn sheet(&mut self, name: &str, grid: Grid) -> Result<(), Error> {
        let context = self.context;
        context.watch.check()?;
        let limit = context.limits.max_pages;
        if self.page_starts.len() >= limit {
            return Err(passed("max_pages", limit, "The workbook has more sheets"));
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let start = self.text.len();
        self.page_starts.push(start);
        let name = crate::read::flow::folded(name);
        self.text.push_str(&name);
        if !name.is_empty() {
            self.blocks.push(Block {
                span: start..self.text.len(),
                kind: BlockKind::Heading(1),
                quoted: 0,
            });
        }
        self.text.push_str("\n\n");
        let caption = Some(name).filter(|name| !name.is_empty());
        let links = grid.write(&mut self.text, caption, &mut self.gathered, context)?;
        for (href, span) in links {
            self.gathered.link(Link {
                href,
                text: self.text[span.clone()].to_owned(),
                span: Some(span),
            });
        }
        check_text(self.text.len(), context.limits)
    }

    fn finish(self, metadata: BTreeMap<String, Value>) -> Document {
        let mut document = Document {
            metadata,
            blocks: self.blocks,
            warnings: self.warnings,
            ..Document::default()
        };
        if !self.hidden.is_empty() {
            let count = self.hidden.len();
            let more = if count > NAMED_SHEETS { ", …" } else { "" };
            let named = self.hidden[..count.min(NAMED_SHEETS)].join(", ");
            document.warnings.push(format!(
                "Hidden sheets are left out: {count} ({named}{more})."
            ));
        }
        self.gathered.finish(&mut document);
        document.text = Text::with_pages(self.text, self.page_starts);
        document
    }
}
