//! Links and tables: the reader found them, here they take the form that a result gives them.

use crate::output::{LinkOutput, Place, TableOutput};
use crate::watch::Interrupted;
use crate::{Cell, Link, Span, Table, Text, Watch};

/// Links between two questions to the watch.
const LINKS_PER_CHECK: usize = 1_000;

/// The links, in the order in which the reader gives them.
pub(super) fn links(
    text: &Text,
    links: Vec<Link>,
    watch: &dyn Watch,
) -> Result<Vec<LinkOutput>, Interrupted> {
    let mut output = Vec::with_capacity(links.len());
    for (
        number,
        Link {
            href,
            text: words,
            span,
        },
    ) in links.into_iter().enumerate()
    {
        if number % LINKS_PER_CHECK == 0 {
            watch.check()?;
        }
        let place = span.map(|span| place(text, &span));
        output.push(LinkOutput {
            href,
            text: words,
            place,
        });
    }
    Ok(output)
}

/// The tables, in the order in which the reader gives them.
pub(super) fn tables(
    text: &Text,
    tables: Vec<Table>,
    watch: &dyn Watch,
) -> Result<Vec<TableOutput>, Interrupted> {
    let mut output = Vec::with_capacity(tables.len());
    for Table {
        caption,
        rows,
        header_rows,
        span,
        merged,
    } in tables
    {
        watch.check()?;
        let columns = columns(&rows[..header_rows.min(rows.len())]);
        let rows = rows.into_iter().map(texts).collect();
        let place = span.map(|span| place(text, &span));
        output.push(TableOutput {
            caption,
            columns,
            header_rows,
            rows,
            records: None,
            merged,
            place,
        });
    }
    Ok(output)
}

/// The place in the form in which results give it.
pub(super) fn place(text: &Text, span: &Span) -> Place {
    Place {
        page: text.page_at(span.start),
        start: text.scalar_offset(span.start),
        end: text.scalar_offset(span.end),
    }
}

fn texts(row: Vec<Cell>) -> Vec<String> {
    row.into_iter().map(|cell| cell.text).collect()
}

/// One name per column. A cell that spans rows is repeated in each of them and must not repeat in
/// the name.
fn columns(headers: &[Vec<Cell>]) -> Option<Vec<String>> {
    let width = headers.first()?.len();
    let name = |column: usize| {
        let mut parts: Vec<&str> = headers
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.text.as_str())
            .filter(|text| !text.is_empty())
            .collect();
        parts.dedup();
        parts.join(" ")
    };
    Some((0..width).map(name).collect())
}
