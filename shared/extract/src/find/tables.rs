//! Tables: the reader found them; here they take the form that a result gives them, and their rows become records.

use std::collections::{HashMap, HashSet};

use serde_json::{Number, Value};

use super::structure::{hull, place, source};
use crate::output::{RowObjects, Scalar, TableOutput};
use crate::watch::Interrupted;
use crate::{Cell, CellValue, Limits, Record, Table, Text, Watch};

/// Rows between two questions to the watch.
const ROWS_PER_CHECK: usize = 1_000;

/// Members of a row's record that are not columns.
const RESERVED: [&str; 3] = ["kind", "table", "source"];

/// The tables, in the order in which the reader gives them.
pub(super) fn tables(
    text: &Text,
    tables: Vec<Table>,
    watch: &dyn Watch,
) -> Result<Vec<TableOutput>, Interrupted> {
    let mut output = Vec::with_capacity(tables.len());
    for table in tables {
        watch.check()?;
        let header_rows = table.header_rows.min(table.rows.len());
        let columns = columns(&table.rows[..header_rows]);
        let body = table.rows.len() - header_rows;
        let mut records = columns.as_ref().map(|columns| match body {
            0 => RowObjects::default(),
            body => RowObjects {
                names: distinct(columns, &[]),
                rows: Vec::with_capacity(body),
            },
        });
        let mut rows = Vec::with_capacity(table.rows.len());
        // Row by row, so that what a row was made of goes before the next one comes.
        for (number, row) in table.rows.into_iter().enumerate() {
            if number % ROWS_PER_CHECK == 0 {
                watch.check()?;
            }
            if let Some(records) = records.as_mut().filter(|_| number >= header_rows) {
                records.rows.push(row.iter().map(scalar).collect());
            }
            rows.push(row.into_iter().map(|cell| cell.text).collect());
        }
        output.push(TableOutput {
            caption: table.caption,
            columns,
            header_rows: table.header_rows,
            rows,
            records,
            merged: table.merged,
            place: table.span.as_ref().map(|span| place(text, span)),
        });
    }
    Ok(output)
}

/// The rows of all tables as records of the result: `{"kind": "row", "table": 0, <column>: <value>, …, "source": …}`. Adds
/// them to those found before; says so if there is no room for all.
pub(super) fn records(
    document: usize,
    text: &Text,
    tables: &[Table],
    limits: &Limits,
    watch: &dyn Watch,
    records: &mut Vec<Record>,
) -> Result<Option<String>, Interrupted> {
    for (number, table) in tables.iter().enumerate() {
        watch.check()?;
        let (headers, body) = table.rows.split_at(table.header_rows.min(table.rows.len()));
        let columns = columns(headers);
        let columns = columns.unwrap_or_else(|| vec![String::new(); width(&table.rows)]);
        let names = distinct(&columns, &RESERVED);
        for row in body {
            if records.len() >= limits.max_records {
                return Ok(Some(super::too_many(limits)));
            }
            let cells = row.iter().filter_map(|cell| cell.span.as_ref());
            let span = hull(cells).or_else(|| table.span.clone());
            let mut record = Record::new();
            record.insert("kind".into(), "row".into());
            record.insert("table".into(), number.into());
            record.extend(members(&names, row));
            record.insert("source".into(), source(document, text, span.as_ref()));
            records.push(record);
        }
    }
    Ok(None)
}

fn width(rows: &[Vec<Cell>]) -> usize {
    rows.first().map_or(0, Vec::len)
}

/// A row as the members of an object.
fn members<'a>(
    names: &'a [String],
    row: &'a [Cell],
) -> impl Iterator<Item = (String, Value)> + use<'a> {
    names
        .iter()
        .cloned()
        .zip(row.iter().map(|cell| scalar(cell).into()))
}

/// What a cell holds: null where it is empty, a string where it is text.
fn scalar(cell: &Cell) -> Scalar {
    match &cell.value {
        Some(CellValue::Number(written)) => match serde_json::from_str(written) {
            Ok(Value::Number(number)) if is_exact(&number, written) => Scalar::Number(number),
            _ => Scalar::Text(written.clone()),
        },
        Some(CellValue::Boolean(value)) => Scalar::Boolean(*value),
        Some(CellValue::Moment(moment)) => Scalar::Text(moment.clone()),
        None if cell.text.is_empty() => Scalar::Null,
        None => Scalar::Text(cell.text.clone()),
    }
}

/// Whether a number means what is written: one that JSON's readers would round stays a string. A zero more or less at its end
/// makes no difference.
fn is_exact(parsed: &Number, written: &str) -> bool {
    if !parsed.is_f64() {
        return true;
    }
    let bare = |number: &str| match number.split_once('.') {
        Some((whole, decimals)) if decimals.bytes().all(|it| it.is_ascii_digit()) => {
            let decimals = decimals.trim_end_matches('0');
            [whole, decimals].join(".")
        }
        _ => format!("{number}."),
    };
    let parsed = parsed.to_string();
    parsed == written || bare(&parsed) == bare(written)
}

/// One name per column. A cell that spans rows is repeated in each of them and must not repeat in
/// the name.
pub(super) fn columns(headers: &[Vec<Cell>]) -> Option<Vec<String>> {
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

/// Names that differ from each other and from the reserved ones: a second `name` is `name 2`, a column without a name `column 3`.
fn distinct(columns: &[String], reserved: &[&str]) -> Vec<String> {
    let mut taken: HashSet<String> = reserved.iter().map(|&name| name.to_owned()).collect();
    // How often each name was there before, so that a thousand columns of one name are not counted up anew each time.
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut names = Vec::with_capacity(columns.len());
    for (index, column) in columns.iter().enumerate() {
        let base = if column.is_empty() {
            format!("column {}", index + 1)
        } else {
            column.clone()
        };
        let mut name = base.clone();
        let mut number = seen.get(&base).copied().unwrap_or(1);
        while !taken.insert(name.clone()) {
            number += 1;
            name = format!("{base} {number}");
        }
        seen.insert(base, number);
        names.push(name);
    }
    names
}
