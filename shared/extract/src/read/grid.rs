//! A table of an office document -> rows of cells, all of the same length.

use super::gather::{Gathered, Rows};
use crate::{Cell, Merged, Span, Table};

/// A table being read.
pub(super) struct Grid {
    /// Where it begins in the text.
    start: usize,
    caption: Option<String>,
    rows: Rows,
    header_rows: usize,
    row: Vec<Cell>,
    row_bytes: usize,
    merged: Vec<Reach>,
    /// By column: which of `merged` the cell belongs to, in this row and in the one above.
    owners: Vec<Option<usize>>,
    above: Vec<Option<usize>>,
    /// Whether a limit was reached: what follows is left out.
    full: bool,
}

/// How a cell stands to those around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cover {
    /// A cell that spans so many columns; those it covers are not listed.
    Wide(usize),
    /// It goes on with the cell above, over so many columns; those it covers are not listed.
    Below(usize),
    /// It goes on with the cell to its left.
    Left,
    /// A cell that spans so many columns and rows; those it covers are listed as `Covered`.
    Listed { columns: usize, rows: usize },
    /// One that another covers.
    Covered,
}

/// A merged cell and how far it may reach.
struct Reach {
    merged: Merged,
    /// The first row beyond it.
    end: usize,
}

/// Columns that one cell may span.
const MAX_COLUMNS: usize = 1000;

impl Grid {
    pub(super) fn new(rows: Rows, start: usize, caption: Option<String>) -> Self {
        Self {
            start,
            caption,
            rows,
            header_rows: 0,
            row: Vec::new(),
            row_bytes: 0,
            merged: Vec::new(),
            owners: Vec::new(),
            above: Vec::new(),
            full: false,
        }
    }

    /// Where it begins in the text.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// Says what the table is called, unless that is known.
    pub(super) fn caption(&mut self, caption: String) {
        self.caption.get_or_insert(caption);
    }

    /// Adds the next cell of the row.
    pub(super) fn cell(&mut self, cell: Cell, cover: Cover, gathered: &mut Gathered<'_>) {
        if self.full {
            return;
        }
        let (row, column) = (self.rows.len(), self.row.len());
        match cover {
            Cover::Wide(columns) => {
                let columns = columns.clamp(1, MAX_COLUMNS);
                let owner = (columns > 1).then(|| self.merge(row, column, columns, row + 1));
                self.push_wide(cell, columns, owner, gathered);
            }
            Cover::Below(columns) => {
                let columns = columns.clamp(1, MAX_COLUMNS);
                let Some(above) = self.rows.as_slice().last().and_then(|it| it.get(column)) else {
                    self.push_wide(cell, columns, None, gathered);
                    return;
                };
                let repeated = repeated(above);
                let owner = self.above.get(column).copied().flatten();
                let owner = owner.unwrap_or_else(|| self.merge(row - 1, column, columns, row));
                self.reach_row(owner, row);
                self.push_wide(repeated, columns, Some(owner), gathered);
            }
            Cover::Left => {
                let Some(left) = self.row.last().map(repeated) else {
                    self.push(cell, None, gathered);
                    return;
                };
                let owner = self.owners.last().copied().flatten();
                let owner = owner.unwrap_or_else(|| self.merge(row, column - 1, 1, row + 1));
                let merged = &mut self.merged[owner].merged;
                merged.columns = merged.columns.max(column + 1 - merged.column);
                self.push(left, Some(owner), gathered);
            }
            Cover::Listed { columns, rows } => {
                let end = row.saturating_add(rows.max(1));
                let is_merged = columns > 1 || rows > 1;
                let owner = is_merged.then(|| self.merge(row, column, columns.max(1), end));
                self.push(cell, owner, gathered);
            }
            Cover::Covered => self.push_covered(row, column, gathered),
        }
    }

    /// Adds the last cell of the row so many times more.
    pub(super) fn repeat(&mut self, times: usize, gathered: &mut Gathered<'_>) {
        for _ in 0..times {
            match self.row.last().map(repeated) {
                Some(copy) if !self.full => self.push(copy, None, gathered),
                _ => return,
            }
        }
    }

    /// Ends a row.
    pub(super) fn end_row(&mut self, is_header: bool, gathered: &mut Gathered<'_>) {
        self.row_bytes = 0;
        let row = std::mem::take(&mut self.row);
        self.above = std::mem::take(&mut self.owners);
        if self.full || row.is_empty() {
            return;
        }
        if is_header && self.header_rows == self.rows.len() {
            self.header_rows += 1;
        }
        self.full = !gathered.row(&mut self.rows, row);
    }

    /// Ends the table, which stands at `span`.
    pub(super) fn end(self, span: Option<Span>, gathered: &mut Gathered<'_>) {
        let (height, width) = (self.rows.len(), self.rows.width());
        let merged = self.merged.into_iter().map(|it| it.merged);
        let merged = merged.filter(|it| it.row < height && it.column < width);
        let merged = merged.map(|it| Merged {
            rows: it.rows.min(height - it.row),
            columns: it.columns.min(width - it.column),
            ..it
        });
        let mut merged: Vec<_> = merged.filter(|it| it.rows > 1 || it.columns > 1).collect();
        merged.sort_by_key(|it| (it.row, it.column));
        let table = Table {
            caption: self.caption,
            rows: Vec::new(),
            header_rows: self.header_rows,
            span,
            merged,
        };
        gathered.table(table, self.rows);
    }

    fn merge(&mut self, row: usize, column: usize, columns: usize, end: usize) -> usize {
        let merged = Merged {
            row,
            column,
            rows: 1,
            columns,
        };
        self.merged.push(Reach { merged, end });
        self.merged.len() - 1
    }

    fn reach_row(&mut self, owner: usize, row: usize) {
        let merged = &mut self.merged[owner].merged;
        merged.rows = merged.rows.max(row + 1 - merged.row);
    }

    fn push_covered(&mut self, row: usize, column: usize, gathered: &mut Gathered<'_>) {
        let from_left = self.owners.last().copied().flatten().filter(|&owner| {
            let merged = &self.merged[owner].merged;
            merged.column.saturating_add(merged.columns) > column
        });
        if let Some(owner) = from_left {
            let cell = self.row.last().map(repeated).unwrap_or_default();
            return self.push(cell, Some(owner), gathered);
        }
        let from_above = self.above.get(column).copied().flatten();
        if let Some(owner) = from_above.filter(|&owner| self.merged[owner].end > row) {
            let above = self.rows.as_slice().last().and_then(|it| it.get(column));
            let cell = above.map(repeated).unwrap_or_default();
            self.reach_row(owner, row);
            return self.push(cell, Some(owner), gathered);
        }
        self.push(Cell::default(), None, gathered);
    }

    fn push_wide(
        &mut self,
        cell: Cell,
        columns: usize,
        owner: Option<usize>,
        gathered: &mut Gathered<'_>,
    ) {
        let copy = (columns > 1).then(|| repeated(&cell));
        self.push(cell, owner, gathered);
        for _ in 1..columns {
            if self.full {
                return;
            }
            self.push(copy.clone().unwrap_or_default(), owner, gathered);
        }
    }

    /// Adds a cell to the row, if there is room for it.
    fn push(&mut self, cell: Cell, owner: Option<usize>, gathered: &mut Gathered<'_>) {
        self.row_bytes += cell.text.len();
        if !gathered.has_room(self.row.len() + 1, self.row_bytes) {
            gathered.leave_out_cells();
            self.full = true;
            return;
        }
        self.row.push(cell);
        self.owners.push(owner);
    }
}

/// A cell as it stands where another one covers the place.
fn repeated(cell: &Cell) -> Cell {
    Cell {
        span: None,
        ..cell.clone()
    }
}
