//! Objects as the rows of a table.

use std::collections::HashMap;

use super::flow::folded;
use super::gather::{Gathered, Rows};
use crate::{Cell, Span, Table};

/// Objects as the rows of a table, whose columns are the members of all objects in the order of
/// their appearance.
pub(super) struct Records {
    columns: Vec<String>,
    numbers: HashMap<String, usize>,
    rows: Rows,
    /// From where to where the rows reach in the text.
    span: Option<Span>,
}

/// An object on its way to becoming a row.
#[derive(Default)]
pub(super) struct Row {
    cells: Vec<Cell>,
}

impl Records {
    pub(super) fn new(rows: Rows) -> Self {
        Self {
            columns: Vec::new(),
            numbers: HashMap::new(),
            rows,
            span: None,
        }
    }

    /// Puts a member of the object into its column; says whether there is room for more columns.
    pub(super) fn put(
        &mut self,
        row: &mut Row,
        name: String,
        cell: Cell,
        gathered: &Gathered<'_>,
    ) -> bool {
        let column = *self.numbers.entry(name).or_insert_with_key(|name| {
            self.columns.push(name.clone());
            self.columns.len() - 1
        });
        if row.cells.len() <= column {
            row.cells.resize_with(column + 1, Cell::default);
        }
        row.cells[column] = cell;
        gathered.has_room(self.columns.len(), 0)
    }

    /// Adds an object that stands at `span` in the text; says whether there was room for it.
    pub(super) fn add(&mut self, row: Row, span: Span, gathered: &mut Gathered<'_>) -> bool {
        // The row of headers, which are known in the end.
        let first = self.rows.len() == 0;
        if first && !gathered.row(&mut self.rows, Vec::new()) {
            return false;
        }
        if !gathered.row(&mut self.rows, row.cells) {
            return false;
        }
        let start = self.span.as_ref().map_or(span.start, |all| all.start);
        self.span = Some(start..span.end);
        true
    }

    /// Forgets all rows.
    pub(super) fn clear(&mut self) {
        self.rows = Rows::default();
        self.span = None;
    }

    /// Hands the table over, if there are any rows.
    pub(super) fn finish(mut self, caption: Option<String>, gathered: &mut Gathered<'_>) {
        let Some(span) = self.span else { return };
        self.columns.truncate(self.rows.width());
        let names = self.columns.into_iter().map(|name| Cell {
            text: folded(&name),
            ..Cell::default()
        });
        self.rows.set_first(names.collect());
        let table = Table {
            caption,
            header_rows: 1,
            span: Some(span),
            ..Table::default()
        };
        gathered.table(table, self.rows);
    }
}
