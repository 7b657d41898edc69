//! Tables, by the headers of their columns.

use std::cell::OnceCell;

use plan::fields::words;

use crate::select::Budget;
use crate::{Cell, Document, Error, Span, Table};

/// How many tables may begin between a table and what stands in it.
const NESTED: usize = 64;

/// The tables of a document.
pub(super) struct Tables<'a> {
    tables: &'a [Table],
    /// By table.
    headers: Vec<OnceCell<Headers>>,
}

/// The headers of a table.
struct Headers {
    /// How many of the first rows are headers; the first is taken for one where the format knows none.
    rows: usize,
    /// Whether that is what was done.
    assumed: bool,
    /// By column: the words of its header, and those of each of its header cells.
    names: Vec<Vec<String>>,
}

impl<'a> Tables<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        let tables = document.tables.as_slice();
        Self {
            tables,
            headers: tables.iter().map(|_| OnceCell::new()).collect(),
        }
    }

    /// The rows below the headers of all tables that stand here and have all these columns.
    pub(super) fn rows(
        &self,
        columns: &[String],
        within: Option<&Span>,
        budget: &mut Budget<'_>,
    ) -> Result<Vec<(usize, usize)>, Error> {
        let mut rows = Vec::new();
        for (index, table) in self.within(within, budget)? {
            let headers = self.headers(index);
            if !columns
                .iter()
                .all(|column| headers.column(column).is_some())
            {
                continue;
            }
            let any_table = columns.is_empty() && headers.assumed;
            let first = if any_table { 0 } else { headers.rows };
            budget.read(table.rows.len())?;
            let filled = |row: &usize| table.rows[*row].iter().any(|cell| !cell.text.is_empty());
            rows.extend(
                (first..table.rows.len())
                    .filter(filled)
                    .map(|row| (index, row)),
            );
        }
        Ok(rows)
    }

    /// The cells of a column, below its header, of all tables that stand here.
    pub(super) fn column(
        &self,
        header: &str,
        within: Option<&Span>,
        budget: &mut Budget<'_>,
    ) -> Result<Vec<&'a Cell>, Error> {
        let mut cells = Vec::new();
        for (index, table) in self.within(within, budget)? {
            let headers = self.headers(index);
            if let Some(column) = headers.column(header) {
                budget.read(table.rows.len())?;
                let rows = table.rows.iter().skip(headers.rows);
                cells.extend(rows.filter_map(|row| row.get(column)));
            }
        }
        Ok(cells)
    }

    /// The cell of a row that stands in this column.
    pub(super) fn cell(&self, table: usize, row: usize, header: &str) -> Option<&'a Cell> {
        let column = self.headers(table).column(header)?;
        self.row(table, row).get(column)
    }

    /// The cells of a row.
    pub(super) fn row(&self, table: usize, row: usize) -> &'a [Cell] {
        &self.tables[table].rows[row]
    }

    /// The cell that stands at this place, if there is one: its table, row and column.
    pub(super) fn at(
        &self,
        span: &Span,
        budget: &mut Budget<'_>,
    ) -> Result<Option<(&'a Table, usize, usize)>, Error> {
        let holds = |outer: &Option<Span>| {
            outer
                .as_ref()
                .is_some_and(|outer| outer.start <= span.start && span.end <= outer.end)
        };
        // The innermost begins last.
        let before = self.tables.partition_point(|table| {
            table
                .span
                .as_ref()
                .is_none_or(|outer| outer.start <= span.start)
        });
        let mut tables = self.tables[..before].iter().rev().take(NESTED);
        let Some(table) = tables.find(|table| holds(&table.span)) else {
            return Ok(None);
        };
        budget.read(table.rows.len() * table.rows.first().map_or(0, Vec::len))?;
        let mut cells = table.rows.iter().enumerate().flat_map(|(row, cells)| {
            let cells = cells.iter().enumerate();
            cells.map(move |(column, cell)| (row, column, cell))
        });
        let cell = cells.find(|(_, _, cell)| holds(&cell.span));
        Ok(cell.map(|(row, column, _)| (table, row, column)))
    }

    fn within(
        &self,
        span: Option<&Span>,
        budget: &mut Budget<'_>,
    ) -> Result<Vec<(usize, &'a Table)>, Error> {
        budget.read(self.tables.len())?;
        let stands = |table: &&'a Table| match (span, &table.span) {
            (None, _) => true,
            (Some(outer), Some(inner)) => outer.start <= inner.start && inner.end <= outer.end,
            (Some(_), None) => false,
        };
        let tables = self.tables.iter().enumerate();
        Ok(tables.filter(|(_, table)| stands(table)).collect())
    }

    fn headers(&self, table: usize) -> &Headers {
        self.headers[table].get_or_init(|| Headers::of(&self.tables[table]))
    }
}

impl Headers {
    fn of(table: &Table) -> Self {
        let assumed = table.header_rows == 0;
        let rows = table.header_rows.max(1).min(table.rows.len());
        let width = table.rows.first().map_or(0, Vec::len);
        let names = (0..width).map(|column| {
            let cells = table.rows[..rows].iter().filter_map(|row| row.get(column));
            let mut names: Vec<String> = cells.map(|cell| words(&cell.text)).collect();
            names.retain(|name| !name.is_empty());
            names.dedup();
            if names.len() > 1 {
                names.insert(0, names.join(" "));
            }
            names
        });
        Self {
            rows,
            assumed,
            names: names.collect(),
        }
    }

    /// The column of this header: of its header as a whole, else of one of its cells.
    fn column(&self, header: &str) -> Option<usize> {
        let whole = |names: &Vec<String>| names.first().is_some_and(|name| name == header);
        let any = |names: &Vec<String>| names.iter().any(|name| name == header);
        let find = |is: &dyn Fn(&Vec<String>) -> bool| self.names.iter().position(is);
        find(&whole).or_else(|| find(&any))
    }
}
