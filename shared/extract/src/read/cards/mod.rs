//! Address books and calendars: a block of lines for each entry, and a table of all of them.

pub(super) mod ics;
mod line;
pub(super) mod vcf;

use self::line::Line;
use super::flow::folded;
use super::gather::{Gathered, Rows};
use super::{Context, Error, check_text};
use crate::{Block, BlockKind, Cell, CellValue, Document, Link, Problem, Span, Table, Text};

/// Entries that are being written down.
struct Entries<'c, 'l> {
    context: &'c Context<'l>,
    columns: &'static [&'static str],
    text: String,
    blocks: Vec<Block>,
    gathered: Gathered<'c>,
    /// None once there is no more room for the table.
    rows: Option<Rows>,
    count: usize,
}

/// What an entry says under one name.
struct Item {
    label: String,
    /// The column of the table that it stands in, if it stands in one.
    column: Option<usize>,
    value: String,
    typed: Option<CellValue>,
    /// What stands behind the value without being part of it.
    remark: Option<String>,
    is_link: bool,
}

impl Item {
    fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            column: None,
            value: value.into(),
            typed: None,
            remark: None,
            is_link: false,
        }
    }
}

impl<'c, 'l> Entries<'c, 'l> {
    fn new(context: &'c Context<'l>, columns: &'static [&'static str]) -> Self {
        let mut gathered = Gathered::new(context.limits);
        let mut rows = gathered.begin_table();
        let header = columns.iter().map(|name| Cell {
            text: (*name).to_owned(),
            ..Cell::default()
        });
        let header = header.collect();
        rows = rows.and_then(|mut rows| gathered.row(&mut rows, header).then_some(rows));
        Self {
            context,
            columns,
            text: String::new(),
            blocks: Vec::new(),
            gathered,
            rows,
            count: 0,
        }
    }

    /// Writes down an entry; its first item, if that has no label, is its heading.
    fn add(&mut self, items: Vec<Item>) -> Result<(), Error> {
        self.context.watch.check()?;
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let mut cells: Vec<Vec<Cell>> = vec![Vec::new(); self.columns.len()];
        for item in items {
            let Item {
                label,
                column,
                value,
                typed,
                remark,
                is_link,
            } = item;
            let span = self.write(&label, &value, remark.as_deref());
            if is_link {
                self.gathered.link(Link {
                    href: value.clone(),
                    text: value.clone(),
                    span: Some(span.clone()),
                });
            }
            if let Some(column) = column {
                cells[column].push(Cell {
                    text: folded(&value),
                    span: Some(span),
                    value: typed,
                });
            }
            check_text(self.text.len(), self.context.limits)?;
        }
        self.count += 1;
        let row = cells.into_iter().map(one_cell).collect();
        if let Some(mut rows) = self.rows.take() {
            self.gathered.row(&mut rows, row);
            self.rows = Some(rows);
        }
        Ok(())
    }

    /// Writes a line; says where the value stands.
    fn write(&mut self, label: &str, value: &str, remark: Option<&str>) -> Span {
        if !label.is_empty() {
            self.text.push_str(label);
            self.text.push_str(": ");
        }
        let start = self.text.len();
        self.text.push_str(value);
        let span = start..self.text.len();
        if label.is_empty() {
            self.blocks.push(Block {
                span: span.clone(),
                kind: BlockKind::Heading(2),
                quoted: 0,
            });
        }
        if let Some(remark) = remark {
            self.text.push(' ');
            self.text.push_str(remark);
        }
        self.text.push('\n');
        span
    }

    /// Hands all over to the document.
    fn finish(mut self, document: &mut Document, caption: Option<String>) {
        if let Some(rows) = self.rows.take() {
            let table = Table {
                caption,
                header_rows: 1,
                span: super::flow::trimmed(&self.text, 0..self.text.len()),
                ..Table::default()
            };
            self.gathered.table(table, rows);
        }
        self.gathered.finish(document);
        document.blocks = self.blocks;
        document.text = Text::new(self.text);
    }
}

/// What stands under one name several times is one cell all the same.
fn one_cell(mut cells: Vec<Cell>) -> Cell {
    if cells.len() <= 1 {
        return cells.pop().unwrap_or_default();
    }
    let texts: Vec<String> = cells.into_iter().map(|cell| cell.text).collect();
    Cell {
        text: texts.join("; "),
        ..Cell::default()
    }
}

/// A component, from its `BEGIN` to its `END`.
struct Component {
    name: String,
    lines: Vec<Line>,
}

/// The components of a text, each handed over when it ends, inner ones before those they stand in.
fn components(
    text: &str,
    context: &Context<'_>,
    document: &mut Document,
    mut each: impl FnMut(Component, &[Component]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut open: Vec<Component> = Vec::new();
    let (mut found, mut strange) = (false, 0_usize);
    for (number, line) in line::Lines::new(text).enumerate() {
        if number.is_multiple_of(1024) {
            context.watch.check()?;
        }
        let Some(line) = line else {
            strange += 1;
            continue;
        };
        match line.name.as_str() {
            "BEGIN" => {
                found = true;
                if open.len() >= context.limits.max_xml_depth {
                    let found = "The document's components are nested deeper";
                    let limit = context.limits.max_xml_depth;
                    return Err(super::passed("max_xml_depth", limit, found));
                }
                open.push(Component {
                    name: line.value.trim().to_ascii_uppercase(),
                    lines: Vec::new(),
                });
            }
            "END" => {
                if let Some(component) = open.pop() {
                    each(component, &open)?;
                }
            }
            _ => match open.last_mut() {
                Some(component) => component.lines.push(line),
                None => strange += 1,
            },
        }
    }
    if !found {
        let detail = "The document has no entries: none of its lines begins one (BEGIN:…).";
        return Err(Error::document(Problem::Malformed, detail));
    }
    if strange > 0 {
        let warning = format!("Lines that say nothing under a name were left out: {strange}.");
        document.warnings.push(warning);
    }
    if !open.is_empty() {
        let warning = "The document is cut off: its last entry has no end.";
        document.warnings.push(warning.into());
    }
    while let Some(component) = open.pop() {
        each(component, &open)?;
    }
    Ok(())
}
