//! JSON: the text is the source. An array of objects is a table as well.

use std::collections::HashMap;
use std::fmt;

use serde::Deserializer as _;
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::flow::folded;
use super::gather::{Gathered, Rows};
use super::{Context, Fit, Format, Reader, check_text, passed};
use crate::data::Data;
use crate::{Cell, CellValue, Document, Error, Limits, Problem, Table, Text, Watch};

pub(super) static FORMAT: Format = Format {
    name: "JSON",
    media_types: &["application/json", "text/json", "+json"],
    extensions: &["json", "geojson", "jsonld"],
    reader: Reader::Text { fit, read },
};

fn fit(text: &str) -> Fit {
    let begins_like_json = text.trim_start().starts_with(['{', '[']);
    if begins_like_json && serde_json::from_str::<IgnoredAny>(text).is_ok() {
        Fit::Certain
    } else {
        Fit::Permitted
    }
}

fn read(text: String, context: &Context<'_>) -> Result<Document, Error> {
    check_text(text.len(), context.limits)?;
    check_depth(&text, context.limits)?;
    // Checks without building anything, and without recursion.
    serde_json::from_str::<IgnoredAny>(&text).map_err(|error| malformed(&error, error.line()))?;

    let mut gathered = Gathered::new(context.limits);
    if let Some(rows) = gathered.begin_table() {
        let mut records = Records::new(&text, rows);
        collect(&text, &mut records, &mut gathered, context.watch)?;
        records.finish(&mut gathered);
    }
    let mut document = Document::default();
    if context.needs.data {
        document.data = Some(Data::of_text(&text, context.limits, context.watch)?);
    }
    gathered.finish(&mut document);
    document.text = Text::new(text);
    Ok(document)
}

/// What is wrong with some JSON, and where.
pub(super) fn malformed(error: &serde_json::Error, line: usize) -> Error {
    let said = error.to_string();
    let what = said.split(" at line ").next().unwrap_or(&said);
    let column = error.column();
    Error::document(
        Problem::Malformed,
        format!("The document is not valid JSON: {what}, at line {line}, column {column}."),
    )
}

/// Refuses arrays and objects that are nested too deeply.
pub(super) fn check_depth(json: &str, limits: &Limits) -> Result<(), Error> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                depth += 1;
                if depth > limits.max_json_depth {
                    let found = "The JSON's arrays and objects are nested deeper";
                    return Err(passed("max_json_depth", limits.max_json_depth, found));
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// Adds the objects of a top-level array to the records. An array of anything else is no table.
fn collect(
    json: &str,
    records: &mut Records<'_>,
    gathered: &mut Gathered<'_>,
    watch: &dyn Watch,
) -> Result<(), Error> {
    let mut interrupted = None;
    let array = Array(|object: &RawValue| {
        interrupted = watch.check().err();
        interrupted.is_none() && records.add(object, gathered)
    });
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let is_table = deserializer.deserialize_seq(array).is_ok();
    if let Some(interrupted) = interrupted {
        return Err(interrupted.into());
    }
    if !is_table {
        records.clear();
    }
    Ok(())
}

/// Hands each element of an array to the function, as long as that wants more.
struct Array<F>(F);

impl<'de, F: FnMut(&'de RawValue) -> bool> Visitor<'de> for Array<F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut array: A) -> Result<(), A::Error> {
        let mut wanted = true;
        while let Some(element) = array.next_element::<&RawValue>()? {
            if !element.get().starts_with('{') {
                return Err(A::Error::custom("no object"));
            }
            wanted = wanted && (self.0)(element);
        }
        Ok(())
    }
}

/// Objects as the rows of a table, whose columns are the members of all objects in the order of
/// their appearance.
pub(super) struct Records<'a> {
    source: &'a str,
    columns: Vec<String>,
    numbers: HashMap<String, usize>,
    rows: Rows,
    /// From where to where the rows reach in the source.
    span: Option<crate::Span>,
}

impl<'a> Records<'a> {
    /// No objects yet; those to come are parts of `source`.
    pub(super) fn new(source: &'a str, rows: Rows) -> Self {
        Self {
            source,
            columns: Vec::new(),
            numbers: HashMap::new(),
            rows,
            span: None,
        }
    }

    /// Adds an object; says whether there was room for it.
    pub(super) fn add(&mut self, object: &RawValue, gathered: &mut Gathered<'_>) -> bool {
        // The row of headers, which are known in the end.
        if self.rows.len() == 0 && !gathered.row(&mut self.rows, Vec::new()) {
            return false;
        }
        let mut row = Vec::new();
        let members = Members(|name: String, value: &RawValue| {
            let column = *self.numbers.entry(name).or_insert_with_key(|name| {
                self.columns.push(name.clone());
                self.columns.len() - 1
            });
            if row.len() <= column {
                row.resize_with(column + 1, Cell::default);
            }
            row[column] = cell(value, self.source);
            gathered.has_room(self.columns.len(), 0)
        });
        let complete = serde_json::Deserializer::from_str(object.get())
            .deserialize_map(members)
            .is_ok();
        if !complete || !gathered.row(&mut self.rows, row) {
            gathered.leave_out_cells();
            return false;
        }
        let start = offset(object.get(), self.source);
        let end = start + object.get().len();
        self.span = Some(self.span.as_ref().map_or(start, |span| span.start)..end);
        true
    }

    fn clear(&mut self) {
        self.rows = Rows::default();
        self.span = None;
    }

    /// Hands the table over, if there are any rows.
    pub(super) fn finish(mut self, gathered: &mut Gathered<'_>) {
        let Some(span) = self.span else { return };
        self.columns.truncate(self.rows.width());
        self.rows.set_first(
            self.columns
                .into_iter()
                .map(|name| Cell {
                    text: folded(&name),
                    span: None,
                    ..Cell::default()
                })
                .collect(),
        );
        gathered.table(
            Table {
                caption: None,
                rows: Vec::new(),
                header_rows: 1,
                span: Some(span),
                ..Table::default()
            },
            self.rows,
        );
    }
}

/// Hands each member of an object to the function, as long as that wants more.
struct Members<F>(F);

impl<'de, F: FnMut(String, &'de RawValue) -> bool> Visitor<'de> for Members<F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<(), A::Error> {
        while let Some((name, value)) = object.next_entry()? {
            if !(self.0)(name, value) {
                return Err(A::Error::custom("too many members"));
            }
        }
        Ok(())
    }
}

/// A value as a cell: a string's characters, anything else as it is written.
fn cell(value: &RawValue, source: &str) -> Cell {
    let written = value.get();
    let start = offset(written, source);
    let (text, span) = match written
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(inner) if inner.contains('\\') => (
            serde_json::from_str(written).unwrap_or_else(|_| inner.to_owned()),
            start + 1..start + 1 + inner.len(),
        ),
        Some(inner) => (inner.to_owned(), start + 1..start + 1 + inner.len()),
        None if written == "null" => return Cell::default(),
        None => (written.to_owned(), start..start + written.len()),
    };
    Cell {
        text: folded(&text),
        span: (!span.is_empty()).then_some(span),
        value: match written.as_bytes()[0] {
            b't' => Some(CellValue::Boolean(true)),
            b'f' => Some(CellValue::Boolean(false)),
            b'-' | b'0'..=b'9' => Some(CellValue::Number(written.to_owned())),
            _ => None,
        },
    }
}

/// Where a part of the source begins.
fn offset(part: &str, source: &str) -> usize {
    part.as_ptr() as usize - source.as_ptr() as usize
}
