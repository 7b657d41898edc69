//! A document's text as pieces that follow each other, whatever they are to be written as.

use crate::watch::Interrupted;
use crate::{Block, BlockKind, Cell, Document, Span, Table, Watch};

/// What a document's text is.
pub(super) enum Shape {
    /// Markdown already.
    Markdown,
    /// The source of data, in this language.
    Source(&'static str),
    /// What it says.
    Prose,
}

impl Shape {
    pub(super) fn of(document: &Document) -> Self {
        match document.media_type.as_str() {
            "text/markdown" => Self::Markdown,
            "application/json" | "application/x-ndjson" => Self::Source("json"),
            "application/yaml" => Self::Source("yaml"),
            "application/toml" => Self::Source("toml"),
            _ => Self::Prose,
        }
    }
}

/// The pieces of a document.
pub(super) struct Outline<'a> {
    text: &'a str,
    blocks: &'a [Block],
    /// In the order of the text; none stands in another.
    tables: Vec<&'a Table>,
}

/// A piece of the text.
pub(super) enum Piece<'a> {
    /// Text that no block covers: paragraphs between blank lines.
    Lines(Span),
    /// What is wanted of a block.
    Block(&'a Block, Span),
    /// A table whose cells can stand on one line each.
    Table(&'a Table),
}

impl<'a> Outline<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        Self {
            text: document.text.as_str(),
            blocks: &document.blocks,
            tables: tables(document),
        }
    }

    /// Hands over the pieces of a part of the text, in time linear in its length.
    pub(super) fn each(
        &self,
        span: Span,
        watch: &dyn Watch,
        mut take: impl FnMut(Piece<'a>),
    ) -> Result<(), Interrupted> {
        let first = |end: usize| self.blocks.partition_point(|block| block.span.end <= end);
        let mut block = first(span.start);
        let mut table = self
            .tables
            .partition_point(|table| end_of(table) <= span.start);
        let mut at = span.start;
        while at < span.end {
            watch.check()?;
            let next_block = self.blocks.get(block);
            let next_block = next_block.map_or(span.end, |it| it.span.start.max(at));
            let next_table = self.tables.get(table);
            let next_table = next_table.map_or(span.end, |it| start_of(it).max(at));
            let next = next_block.min(next_table).min(span.end);
            if at < next {
                let is_item = |block: &&Block| {
                    block.span.start == next && matches!(block.kind, BlockKind::Item { .. })
                };
                let item = self.blocks.get(block).filter(is_item);
                let end = item.map_or(next, |_| without_mark(self.text, at..next));
                take(Piece::Lines(at..end));
                at = next;
            } else if next_table == at {
                take(Piece::Table(self.tables[table]));
                at = end_of(self.tables[table]);
                table += 1;
                block = first(at);
            } else {
                let next = &self.blocks[block];
                take(Piece::Block(next, at..next.span.end.min(span.end)));
                at = next.span.end;
                block += 1;
            }
        }
        Ok(())
    }
}

/// The caption of a table, if it is not said elsewhere: the table's own text begins with it.
pub(super) fn caption<'a>(text: &str, table: &'a Table) -> Option<&'a str> {
    let caption = table.caption.as_deref()?;
    let Some(span) = table.span.clone() else {
        return Some(caption);
    };
    let mut words = text[span].split_whitespace();
    let begins = caption
        .split_whitespace()
        .all(|word| words.next() == Some(word));
    begins.then_some(caption)
}

/// Where a code block begins: white space before its first line is its own.
pub(super) fn with_indent(text: &str, span: Span) -> Span {
    let line = text[..span.start].trim_end_matches([' ', '\t']).len();
    let begins_line = line == 0 || text[..line].ends_with('\n');
    let start = if begins_line { line } else { span.start };
    start..span.end
}

/// The paragraphs of text that no block covers: what stands between blank lines.
pub(super) fn paragraphs(text: &str, span: Span) -> Vec<Span> {
    let mut paragraphs: Vec<Span> = Vec::new();
    let mut goes_on = false;
    let mut at = span.start;
    for line in text[span].split_inclusive('\n') {
        let trimmed = line.trim();
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let end = start + trimmed.len();
        match paragraphs.last_mut() {
            _ if trimmed.is_empty() => {}
            Some(last) if goes_on => last.end = end,
            _ => paragraphs.push(start..end),
        }
        goes_on = !trimmed.is_empty();
    }
    paragraphs
}

/// A cell where it stands, and how many rows and columns it spans.
pub(super) struct Placed<'a> {
    pub(super) cell: &'a Cell,
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
}

/// The cells of a table by rows, one that spans several given once.
pub(super) fn placed(table: &Table) -> Vec<Vec<Placed<'_>>> {
    let height = table.rows.len();
    let width = table.rows.first().map_or(0, Vec::len);
    let mut covered = vec![false; height * width];
    let mut merged = table.merged.clone();
    merged.sort_by_key(|it| (it.row, it.column));
    merged.retain(|it| {
        let (row, column) = (it.row.min(height), it.column.min(width));
        let rows = row..it.row.saturating_add(it.rows).min(height);
        let columns = column..it.column.saturating_add(it.columns).min(width);
        // One that overlaps an earlier one does so in its first row.
        let first = row * width + columns.start..row * width + columns.end;
        let is_free = !rows.is_empty() && !columns.is_empty() && !covered[first].contains(&true);
        if is_free {
            for row in rows {
                covered[row * width + columns.start..row * width + columns.end].fill(true);
            }
        }
        is_free
    });
    let mut merged = merged.into_iter().peekable();
    let mut placed = Vec::with_capacity(height);
    for (row, cells) in table.rows.iter().enumerate() {
        let mut line = Vec::with_capacity(cells.len());
        for (column, cell) in cells.iter().enumerate().take(width) {
            let spans = merged.next_if(|it| (it.row, it.column) == (row, column));
            if spans.is_none() && covered[row * width + column] {
                continue;
            }
            line.push(Placed {
                cell,
                row,
                column,
                rows: spans.map_or(1, |it| it.rows.min(height - row)),
                columns: spans.map_or(1, |it| it.columns.min(width - column)),
            });
        }
        placed.push(line);
    }
    placed
}

/// The longest mark that stands before an item in the text: `(xviii)`.
const MARK_BYTES: usize = 12;

/// Where the text before an item ends, if its own mark (`•`, `3.`) stands between: whoever writes the item writes one himself.
fn without_mark(text: &str, before: Span) -> usize {
    let gap = &text[before.clone()];
    let line = gap.rfind('\n').map_or(0, |newline| newline + 1);
    let begins_line = line > 0 || before.start == 0 || text[..before.start].ends_with('\n');
    let mark = gap[line..].trim();
    if begins_line && mark.len() <= MARK_BYTES && !mark.contains(char::is_whitespace) {
        before.start + line
    } else {
        before.end
    }
}

fn start_of(table: &Table) -> usize {
    table.span.as_ref().map_or(0, |span| span.start)
}

fn end_of(table: &Table) -> usize {
    table.span.as_ref().map_or(0, |span| span.end)
}

/// The tables that can be shown as such, outermost ones alone: not those that only arrange a page.
fn tables(document: &Document) -> Vec<&Table> {
    let mut inner = None;
    let mut shown: Vec<&Table> = Vec::new();
    // From the end: a table that holds another one comes before it.
    for table in document.tables.iter().rev() {
        let Some(span) = &table.span else { continue };
        let holds_another = inner.is_some_and(|start| start < span.end);
        inner = Some(span.start);
        if !holds_another && is_flat(table, span, document) {
            shown.push(table);
        }
    }
    shown.reverse();
    shown
}

/// Whether what stands in the cells can stand on one line each.
fn is_flat(table: &Table, span: &Span, document: &Document) -> bool {
    let width = table.rows.first().map_or(0, Vec::len);
    if width < 2 && table.header_rows == 0 {
        return false;
    }
    let blocks = &document.blocks;
    let first = blocks.partition_point(|block| block.span.end <= span.start);
    let mut within = blocks[first..]
        .iter()
        .take_while(|block| block.span.start < span.end);
    let sets_apart =
        |block: &Block| matches!(block.kind, BlockKind::Heading(_) | BlockKind::Code { .. });
    let has_paragraphs = table.header_rows == 0
        && table.rows.iter().flatten().any(|cell| {
            let text = cell
                .span
                .clone()
                .map_or("", |span| &document.text.as_str()[span]);
            text.contains("\n\n")
        });
    !has_paragraphs && !within.any(sets_apart)
}
