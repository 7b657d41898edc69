//! A table of HTML -> rows of cells, all of the same length.

use crate::read::flow::{Flow, folded};
use crate::read::gather::{Gathered, Rows};
use crate::{Cell, Merged, Table};

/// Columns and rows that a cell may span; the HTML standard's own numbers.
const MAX_COLSPAN: usize = 1000;
const MAX_ROWSPAN: usize = 65534;

/// A table being read.
pub(super) struct TableReader {
    /// Where it begins in the text.
    start: usize,
    caption: Option<String>,
    caption_start: usize,
    rows: Rows,
    header_rows: usize,
    in_head: bool,
    row: Row,
    cell: Option<OpenCell>,
    /// By column: the cell that reaches into the rows to come.
    reaching: Vec<Option<Reaching>>,
    merged: Vec<Merged>,
    /// How many of them can reach no further down: those of groups that have ended.
    settled: usize,
    /// Whether a limit was reached: what follows is left out.
    full: bool,
}

#[derive(Default)]
struct Row {
    cells: Vec<Cell>,
    bytes: usize,
    /// Whether it has a cell of its own, and none but header cells.
    has_header: bool,
    has_data: bool,
}

struct OpenCell {
    start: usize,
    colspan: usize,
    rowspan: usize,
}

struct Reaching {
    text: String,
    rows: usize,
}

impl TableReader {
    pub(super) fn new(rows: Rows, start: usize) -> Self {
        Self {
            start,
            caption: None,
            caption_start: start,
            rows,
            header_rows: 0,
            in_head: false,
            row: Row::default(),
            cell: None,
            reaching: Vec::new(),
            merged: Vec::new(),
            settled: 0,
            full: false,
        }
    }

    pub(super) fn begin_caption(&mut self, flow: &Flow) {
        self.caption_start = flow.len();
    }

    pub(super) fn end_caption(&mut self, flow: &Flow) {
        let span = flow.span_since(self.caption_start);
        self.caption = span
            .map(|span| folded(&flow.as_str()[span]))
            .or(self.caption.take());
    }

    pub(super) fn begin_head(&mut self) {
        self.in_head = true;
    }

    /// A group of rows ends; no cell reaches beyond it.
    pub(super) fn end_group(&mut self) {
        self.in_head = false;
        self.reaching.clear();
        self.settle();
    }

    /// No cell spans more rows than there are.
    fn settle(&mut self) {
        let rows = self.rows.len();
        for merged in &mut self.merged[self.settled..] {
            merged.rows = merged.rows.min(rows.saturating_sub(merged.row));
        }
        self.settled = self.merged.len();
    }

    pub(super) fn begin_row(&mut self) {
        self.row = Row::default();
    }

    /// Begins a cell; says whether it is the first of its row.
    pub(super) fn begin_cell(
        &mut self,
        start: usize,
        is_header: bool,
        colspan: Option<usize>,
        rowspan: Option<usize>,
    ) -> bool {
        let first = !self.row.has_header && !self.row.has_data;
        if is_header {
            self.row.has_header = true;
        } else {
            self.row.has_data = true;
        }
        self.cell = Some(OpenCell {
            start,
            colspan: colspan.unwrap_or(1).clamp(1, MAX_COLSPAN),
            rowspan: match rowspan {
                None => 1,
                // To the end of its group.
                Some(0) => MAX_ROWSPAN,
                Some(rows) => rows.min(MAX_ROWSPAN),
            },
        });
        first
    }

    pub(super) fn end_cell(&mut self, flow: &Flow, gathered: &mut Gathered<'_>) {
        let Some(OpenCell {
            start,
            colspan,
            rowspan,
        }) = self.cell.take()
        else {
            return;
        };
        if self.full {
            return;
        }
        self.fill_from_above(gathered, false);
        let span = flow.span_since(start);
        let text = span
            .clone()
            .map_or_else(String::new, |span| folded(&flow.as_str()[span]));
        let merged = Merged {
            row: self.rows.len(),
            column: self.row.cells.len(),
            rows: rowspan,
            columns: colspan,
        };
        for copy in 0..colspan {
            let column = self.row.cells.len();
            let span = if copy == 0 { span.clone() } else { None };
            if !self.push(
                Cell {
                    text: text.clone(),
                    span,
                    ..Cell::default()
                },
                gathered,
            ) {
                return;
            }
            if rowspan > 1 {
                if self.reaching.len() <= column {
                    self.reaching.resize_with(column + 1, || None);
                }
                self.reaching[column] = Some(Reaching {
                    text: text.clone(),
                    rows: rowspan - 1,
                });
            }
        }
        if colspan > 1 || rowspan > 1 {
            self.merged.push(merged);
        }
    }

    pub(super) fn end_row(&mut self, gathered: &mut Gathered<'_>) {
        self.fill_from_above(gathered, true);
        let Row {
            cells,
            has_header,
            has_data,
            ..
        } = std::mem::take(&mut self.row);
        if self.full || cells.is_empty() {
            return;
        }
        let is_header = self.in_head || has_header && !has_data;
        if is_header && self.header_rows == self.rows.len() {
            self.header_rows += 1;
        }
        self.full = !gathered.row(&mut self.rows, cells);
    }

    pub(super) fn end(mut self, flow: &Flow, gathered: &mut Gathered<'_>) {
        self.settle();
        self.merged
            .retain(|it| it.rows > 1 || it.columns > 1 && it.rows > 0);
        let Self {
            start,
            caption,
            rows,
            header_rows,
            merged,
            ..
        } = self;
        let span = flow.span_since(start);
        gathered.table(
            Table {
                caption,
                rows: Vec::new(),
                header_rows,
                span,
                merged,
            },
            rows,
        );
    }

    /// Puts the cells that reach down from rows above where they belong: up to the next free
    /// column, or to the last.
    fn fill_from_above(&mut self, gathered: &mut Gathered<'_>, to_the_end: bool) {
        while let Some(slot) = self.reaching.get_mut(self.row.cells.len()) {
            let cell = match slot {
                Some(reaching) => {
                    let cell = Cell {
                        text: reaching.text.clone(),
                        span: None,
                        ..Cell::default()
                    };
                    reaching.rows -= 1;
                    if reaching.rows == 0 {
                        *slot = None;
                    }
                    cell
                }
                None if to_the_end => Cell::default(),
                None => return,
            };
            if !self.push(cell, gathered) {
                return;
            }
        }
    }

    /// Adds a cell to the row, if there is room for it.
    fn push(&mut self, cell: Cell, gathered: &mut Gathered<'_>) -> bool {
        self.row.bytes += cell.text.len();
        if !gathered.has_room(self.row.cells.len() + 1, self.row.bytes) {
            gathered.leave_out_cells();
            self.full = true;
        }
        if self.full {
            return false;
        }
        self.row.cells.push(cell);
        true
    }
}
