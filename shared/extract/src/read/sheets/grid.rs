//! The cells of a sheet -> lines of text and a table.
//!
//! Rows and columns that hold nothing are left out, wherever they are: a note in the last corner of a sheet must not
//! cost a million cells.

use std::collections::HashMap;
use std::rc::Rc;

use super::Content;
use crate::read::Context;
use crate::read::gather::Gathered;
use crate::{Cell, Error, Merged, Span, Table};

/// The cells of a sheet that hold something.
#[derive(Default)]
pub(super) struct Grid {
    cells: Vec<Filled>,
    merged: Vec<Area>,
    links: Vec<(Area, String)>,
    /// Whether cells came in another order than that of the rows.
    unsorted: bool,
    /// Bytes of all cells' texts.
    bytes: usize,
    is_full: bool,
}

struct Filled {
    row: u32,
    column: u32,
    content: Content,
}

/// A rectangle of cells, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) first_row: u32,
    pub(super) last_row: u32,
    pub(super) first_column: u32,
    pub(super) last_column: u32,
}

impl Grid {
    /// Adds a cell that holds something; of several at one place the first stays. Says whether there was room for it.
    pub(super) fn cell(
        &mut self,
        row: u32,
        column: u32,
        content: Content,
        context: &Context<'_>,
    ) -> bool {
        if content.text.is_empty() {
            return true;
        }
        let limits = context.limits;
        self.bytes = self.bytes.saturating_add(content.text.len());
        if self.cells.len() >= limits.max_table_cells || self.bytes > limits.max_text_bytes {
            self.is_full = true;
            return false;
        }
        let last = self.cells.last();
        self.unsorted |= last.is_some_and(|it| (it.row, it.column) >= (row, column));
        self.cells.push(Filled {
            row,
            column,
            content,
        });
        true
    }

    /// Whether there is no room for more cells; then there is no use in reading them.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// Says that the cells of an area are one.
    pub(super) fn merge(&mut self, area: Area, context: &Context<'_>) {
        let is_area = area.first_row <= area.last_row && area.first_column <= area.last_column;
        let is_one = (area.first_row, area.first_column) == (area.last_row, area.last_column);
        if is_area && !is_one && self.merged.len() < context.limits.max_table_cells {
            self.merged.push(area);
        }
    }

    /// Says where the cells of an area lead.
    pub(super) fn link(&mut self, area: Area, href: String, context: &Context<'_>) {
        if self.links.len() <= context.limits.max_links {
            self.links.push((area, href));
        }
    }

    /// Writes the rows on lines, their cells divided by tabs, and hands over the table. Says where links stand.
    pub(super) fn write(
        mut self,
        text: &mut String,
        caption: Option<String>,
        gathered: &mut Gathered<'_>,
        context: &Context<'_>,
    ) -> Result<Vec<(String, Span)>, Error> {
        if self.unsorted {
            self.cells.sort_by_key(|cell| (cell.row, cell.column));
            self.cells.dedup_by_key(|cell| (cell.row, cell.column));
        }
        let rows = self.rows();
        let columns = self.columns();
        let merged = self.places(&rows, &columns, context);
        let by_first: HashMap<(u32, u32), String> = self
            .links
            .drain(..)
            .map(|(area, href)| ((area.first_row, area.first_column), href))
            .collect();
        let mut links = Vec::new();

        let start = text.len();
        let Some(mut table) = gathered.begin_table() else {
            return Ok(links);
        };
        if self.is_full {
            gathered.leave_out_cells();
        }
        let mut repeated: HashMap<usize, Vec<(usize, Rc<Content>)>> = HashMap::new();
        let mut starts = HashMap::new();
        for area in &merged {
            starts.insert((area.row, area.column), *area);
        }
        let mut cells = self.cells.into_iter().peekable();
        let mut before = None;
        for (number, &row) in rows.iter().enumerate() {
            if number.is_multiple_of(256) {
                context.watch.check()?;
            }
            // A gap between rows is still a gap.
            if before.is_some_and(|before| row > before + 1) {
                text.push('\n');
            }
            before = Some(row);
            let mut line: Vec<Cell> = Vec::with_capacity(columns.len());
            let mut at = 0;
            while let Some(Filled {
                column: place,
                content,
                ..
            }) = cells.next_if(|it| it.row == row)
            {
                let column = columns.partition_point(|&it| it < place);
                text.extend(std::iter::repeat_n('\t', column - at));
                at = column;
                line.resize_with(column, Cell::default);
                let span = text.len()..text.len() + content.text.len();
                text.push_str(&content.text);
                if let Some(href) = by_first.get(&(row, place)) {
                    links.push((href.clone(), span.clone()));
                }
                if let Some(area) = starts.get(&(number, column)) {
                    spread(area, content.clone(), &mut repeated);
                }
                line.push(Cell {
                    text: content.text,
                    span: Some(span),
                    value: content.value,
                });
            }
            text.push('\n');
            let mut bytes = 0;
            for (column, content) in repeated.remove(&number).unwrap_or_default() {
                bytes += content.text.len();
                if !gathered.has_room(columns.len(), bytes) {
                    break;
                }
                if line.len() <= column {
                    line.resize_with(column + 1, Cell::default);
                }
                if line[column].text.is_empty() {
                    line[column].text.clone_from(&content.text);
                    line[column].value.clone_from(&content.value);
                }
            }
            if !gathered.row(&mut table, line) {
                break;
            }
        }
        let header_rows = header_rows(table.as_slice(), &merged);
        let span = crate::read::flow::trimmed(text, start..text.len());
        gathered.table(
            Table {
                caption,
                header_rows,
                span,
                merged,
                ..Table::default()
            },
            table,
        );
        Ok(links)
    }

    /// The rows that hold something.
    fn rows(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = self.cells.iter().map(|cell| cell.row).collect();
        rows.dedup();
        rows
    }

    /// The columns that hold something.
    fn columns(&self) -> Vec<u32> {
        let mut seen: Vec<bool> = Vec::new();
        for cell in &self.cells {
            let column = cell.column as usize;
            if seen.len() <= column {
                seen.resize(column + 1, false);
            }
            seen[column] = true;
        }
        let columns = (0..).zip(seen).filter(|(_, seen)| *seen);
        columns.map(|(column, _)| column).collect()
    }

    /// The merged areas among the rows and columns that hold something, as long as they are not too large together.
    fn places(&self, rows: &[u32], columns: &[u32], context: &Context<'_>) -> Vec<Merged> {
        let mut room = context.limits.max_table_cells;
        let mut places = Vec::new();
        for area in &self.merged {
            let row = rows.partition_point(|&it| it < area.first_row);
            let column = columns.partition_point(|&it| it < area.first_column);
            let place = Merged {
                row,
                column,
                rows: rows.partition_point(|&it| it <= area.last_row) - row,
                columns: columns.partition_point(|&it| it <= area.last_column) - column,
            };
            let cells = place.rows.saturating_mul(place.columns);
            if cells > 1 && cells <= room {
                room -= cells;
                places.push(place);
            }
        }
        places.sort_by_key(|place| (place.row, place.column));
        places.dedup_by_key(|place| (place.row, place.column));
        places
    }
}

/// Repeats what a cell holds in all the area that it spans.
fn spread(
    area: &Merged,
    content: Content,
    repeated: &mut HashMap<usize, Vec<(usize, Rc<Content>)>>,
) {
    let content = Rc::new(content);
    for row in area.row..area.row + area.rows {
        let columns = area.column..area.column + area.columns;
        let others = columns.filter(|&column| (row, column) != (area.row, area.column));
        let others = others.map(|column| (column, Rc::clone(&content)));
        repeated.entry(row).or_default().extend(others);
    }
}

/// The first row is a header if all its cells are words, no two the same, and what stands below it is not; where cells of it span
/// several columns, the second row may belong to it.
fn header_rows(rows: &[Vec<Cell>], merged: &[Merged]) -> usize {
    let spans_columns = |row: usize| merged.iter().any(|it| it.row == row && it.columns > 1);
    let is_words = |row: &Vec<Cell>| {
        let is_name = |cell: &Cell| {
            cell.value.is_none() && cell.text.starts_with(|char: char| !char.is_ascii_digit())
        };
        row.iter().all(is_name)
    };
    let are_different = |row: &Vec<Cell>| {
        let mut names: Vec<&str> = row.iter().map(|cell| cell.text.as_str()).collect();
        names.sort_unstable();
        names.windows(2).all(|pair| pair[0] != pair[1])
    };
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let is_header = |row: &Vec<Cell>| row.len() == width && is_words(row);
    match rows {
        [first, _, ..] if is_header(first) && are_different(first) => 1,
        [first, second, _, ..]
            if spans_columns(0)
                && is_header(first)
                && is_header(second)
                && are_different(second)
                && first.len() > 1 =>
        {
            2
        }
        _ => 0,
    }
}
