//! Header rows of tables that only look it: their documents say of no row that it is one, but set the first in bold.

use super::Context;
use crate::{Cell, Document, Error, Mark, MarkKind, Span, Table};

/// Rows between two questions to the watch.
const ROWS_PER_CHECK: usize = 1_000;

/// Takes the first rows of a table that has no headers for headers, if all they hold is bold and what is below them is not. A
/// table where more than half of the rows would be headers stays as it is, as does one of a single column.
pub(super) fn find(document: &mut Document, context: &Context<'_>) -> Result<(), Error> {
    let text = document.text.as_str();
    let bold = bold(&document.marks);
    if bold.is_empty() {
        return Ok(());
    }
    let is_candidate = |table: &&mut Table| table.header_rows == 0 && width(table) > 1;
    for table in document.tables.iter_mut().filter(is_candidate) {
        context.watch.check()?;
        let mut rows = 0;
        while table
            .rows
            .get(rows)
            .is_some_and(|row| is_bold(row, &bold, text))
        {
            rows += 1;
            if rows % ROWS_PER_CHECK == 0 {
                context.watch.check()?;
            }
        }
        if rows <= table.rows.len() / 2 {
            table.header_rows = rows;
        }
    }
    Ok(())
}

/// What is bold, in rising order; one within another or behind it at once is part of it.
fn bold(marks: &[Mark]) -> Vec<Span> {
    let strong = marks.iter().filter(|mark| mark.kind == MarkKind::Strong);
    let mut spans: Vec<Span> = strong.map(|mark| mark.span.clone()).collect();
    spans.sort_by_key(|span| span.start);
    spans.dedup_by(|next, span| {
        let joins = next.start <= span.end;
        span.end = if joins {
            span.end.max(next.end)
        } else {
            span.end
        };
        joins
    });
    spans
}

fn width(table: &Table) -> usize {
    table.rows.first().map_or(0, Vec::len)
}

/// Whether all cells that hold something of their own are bold, and there is one.
fn is_bold(row: &[Cell], bold: &[Span], text: &str) -> bool {
    let mut cells = row.iter().filter_map(|cell| cell.span.as_ref()).peekable();
    cells.peek().is_some() && cells.all(|cell| is_covered(cell, bold, text))
}

/// Whether all of a place but white space lies in spans, which are in rising order.
fn is_covered(place: &Span, spans: &[Span], text: &str) -> bool {
    let is_blank = |start: usize, end: usize| {
        let between = text.get(start..end);
        between.is_some_and(|text| text.trim().is_empty())
    };
    let first = spans.partition_point(|span| span.end <= place.start);
    let mut at = place.start;
    for span in spans[first..]
        .iter()
        .take_while(|span| span.start < place.end)
    {
        if span.start > at && !is_blank(at, span.start) {
            return false;
        }
        at = at.max(span.end);
    }
    at >= place.end || is_blank(at, place.end)
}
