//! JSON: the text is the source. An array of objects is a table as well.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::flow::folded;
use super::gather::Gathered;
use super::records::{Records, Row};
use super::{Context, Fit, Format, Reader, check_text, passed};
use crate::data::Data;
use crate::{Cell, CellValue, Document, Error, Limits, Problem, Text, Watch};

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
        let mut records = Records::new(rows);
        collect(&text, &mut records, &mut gathered, context.watch)?;
        records.finish(None, &mut gathered);
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
    records: &mut Records,
    gathered: &mut Gathered<'_>,
    watch: &dyn Watch,
) -> Result<(), Error> {
    let mut interrupted = None;
    let array = Array(|object: &RawValue| {
        interrupted = watch.check().err();
        interrupted.is_none() && add(records, object, json, gathered)
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

/// Adds an object, which is a part of the source; says whether there was room for it.
pub(super) fn add(
    records: &mut Records,
    object: &RawValue,
    source: &str,
    gathered: &mut Gathered<'_>,
) -> bool {
    let mut row = Row::default();
    let members = Members(|name: String, value: &RawValue| {
        records.put(&mut row, name, cell(value, source), gathered)
    });
    let complete = serde_json::Deserializer::from_str(object.get())
        .deserialize_map(members)
        .is_ok();
    let start = offset(object.get(), source);
    let span = start..start + object.get().len();
    if !complete || !records.add(row, span, gathered) {
        gathered.leave_out_cells();
        return false;
    }
    true
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
    let value = match written.as_bytes().first() {
        Some(b't') => Some(CellValue::Boolean(true)),
        Some(b'f') => Some(CellValue::Boolean(false)),
        Some(b'-' | b'0'..=b'9') => Some(CellValue::Number(written.to_owned())),
        _ => None,
    };
    Cell {
        text: folded(&text),
        span: (!span.is_empty()).then_some(span),
        value,
    }
}

/// Where a part of the source begins.
fn offset(part: &str, source: &str) -> usize {
    part.as_ptr() as usize - source.as_ptr() as usize
}
