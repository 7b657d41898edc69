//! Links and tables as a reader finds them, within the limits.

use crate::{Cell, Document, Limits, Link, Table};

/// The links and tables of one document.
///
/// Words that stand in a link or a cell are copied there, and may be copied again and again (a cell
/// that spans a thousand columns, tables within tables): all copies together are kept to the limit
/// of a document's text.
pub(super) struct Gathered<'a> {
    limits: &'a Limits,
    links: Vec<Link>,
    tables: Vec<Table>,
    cells: usize,
    copied_bytes: usize,
    links_left_out: bool,
    tables_left_out: bool,
    cells_left_out: bool,
}

impl<'a> Gathered<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            links: Vec::new(),
            tables: Vec::new(),
            cells: 0,
            copied_bytes: 0,
            links_left_out: false,
            tables_left_out: false,
            cells_left_out: false,
        }
    }

    /// Adds a link, if there is room for it.
    pub(super) fn link(&mut self, link: Link) {
        if self.links.len() < self.limits.max_links && self.copy(link.href.len() + link.text.len())
        {
            self.links.push(link);
        } else {
            self.links_left_out = true;
        }
    }

    /// For how many more links there is room; none once one had to be left out.
    pub(super) fn links_left(&self) -> Option<usize> {
        (!self.links_left_out).then_some(self.limits.max_links - self.links.len())
    }

    /// Adds the links and tables that another document brings along, as far as there is room.
    pub(super) fn adopt(&mut self, links: Vec<Link>, tables: Vec<Table>) {
        for link in links {
            self.link(link);
        }
        for table in tables {
            let Some(mut rows) = self.begin_table() else {
                return;
            };
            let Table { rows: cells, .. } = table;
            for row in cells {
                if !self.row(&mut rows, row) {
                    break;
                }
            }
            self.table(
                Table {
                    rows: Vec::new(),
                    ..table
                },
                rows,
            );
        }
    }

    /// Begins a table, if there is room for one more.
    pub(super) fn begin_table(&mut self) -> Option<Rows> {
        if self.tables.len() < self.limits.max_tables && self.cells < self.limits.max_table_cells {
            return Some(Rows::default());
        }
        self.tables_left_out = true;
        None
    }

    /// Adds a row to a table that was begun; says whether there was room for it.
    pub(super) fn row(&mut self, table: &mut Rows, row: Vec<Cell>) -> bool {
        let width = table.width.max(row.len());
        let cells = width.saturating_mul(table.rows.len() + 1);
        let more = cells - table.width * table.rows.len();
        let bytes = row.iter().map(|cell| cell.text.len()).sum();
        if !self.has_room(more, 0) || !self.copy(bytes) {
            self.cells_left_out = true;
            return false;
        }
        self.cells += more;
        table.width = width;
        table.rows.push(row);
        true
    }

    /// Whether so many more cells, with so many bytes in them, can be added. A row that is being
    /// put together asks as it grows.
    pub(super) fn has_room(&self, cells: usize, bytes: usize) -> bool {
        self.cells.saturating_add(cells) <= self.limits.max_table_cells
            && self.copied_bytes.saturating_add(bytes) <= self.limits.max_text_bytes
    }

    /// Says that cells had to be left out.
    pub(super) fn leave_out_cells(&mut self) {
        self.cells_left_out = true;
    }

    /// Adds a table that is complete but for its cells, which come from `rows`. A table without
    /// cells is none.
    pub(super) fn table(&mut self, table: Table, rows: Rows) {
        let Rows { mut rows, width } = rows;
        if width == 0 {
            return;
        }
        for row in &mut rows {
            row.resize_with(width, Cell::default);
        }
        self.tables.push(Table {
            header_rows: table.header_rows.min(rows.len()),
            rows,
            ..table
        });
    }

    /// The table that was added last.
    pub(super) fn last_table(&mut self) -> Option<&mut Table> {
        self.tables.last_mut()
    }

    /// The number of tables so far.
    pub(super) fn tables(&self) -> usize {
        self.tables.len()
    }

    /// Gives the one table that was added after the first `tables` a caption, if it has none of its own.
    pub(super) fn caption_since(&mut self, tables: usize, caption: &str) {
        if let [table] = &mut self.tables[tables..]
            && table.caption.is_none()
        {
            table.caption = Some(caption.to_owned());
        }
    }

    fn copy(&mut self, bytes: usize) -> bool {
        let copied = self.copied_bytes.saturating_add(bytes);
        let fits = copied <= self.limits.max_text_bytes;
        if fits {
            self.copied_bytes = copied;
        }
        fits
    }

    /// Hands all over to the document, tables in the order of the text.
    pub(super) fn finish(mut self, document: &mut Document) {
        let Limits {
            max_links,
            max_tables,
            max_table_cells,
            max_text_bytes,
            ..
        } = *self.limits;
        let mut warn = |left_out: bool, what: &str, limits: String| {
            if left_out {
                document
                    .warnings
                    .push(format!("Not all {what} are there: {limits}."));
            }
        };
        let text = format!(
            "max_text_bytes, which also holds for their words together, is {max_text_bytes}"
        );
        warn(
            self.links_left_out,
            "links",
            format!("the limit max_links is {max_links}, and {text}"),
        );
        warn(
            self.tables_left_out,
            "tables",
            format!(
                "the limit max_tables is {max_tables}, and max_table_cells is {max_table_cells}"
            ),
        );
        warn(
            self.cells_left_out,
            "rows of tables",
            format!("the limit max_table_cells is {max_table_cells}, and {text}"),
        );
        self.tables
            .sort_by_key(|table| table.span.as_ref().map(|span| span.start));
        document.links.append(&mut self.links);
        document.tables.append(&mut self.tables);
    }
}

/// The rows of a table under construction.
#[derive(Default)]
pub(super) struct Rows {
    rows: Vec<Vec<Cell>>,
    width: usize,
}

impl Rows {
    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Puts another row in the first one's place.
    pub(super) fn set_first(&mut self, row: Vec<Cell>) {
        if let Some(first) = self.rows.first_mut() {
            *first = row;
        }
    }

    /// The cells of a column, of those rows that reach so far.
    pub(super) fn column_mut(&mut self, column: usize) -> impl Iterator<Item = &mut Cell> {
        self.rows
            .iter_mut()
            .filter_map(move |row| row.get_mut(column))
    }

    /// Whether any two rows differ in their number of cells.
    pub(super) fn ragged(&self) -> bool {
        self.rows.iter().any(|row| row.len() != self.width)
    }

    pub(super) fn as_slice(&self) -> &[Vec<Cell>] {
        &self.rows
    }
}
