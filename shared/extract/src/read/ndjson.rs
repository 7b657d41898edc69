//! NDJSON, one JSON value a line: the text is the source. Lines that are objects are a table as
//! well.

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::gather::Gathered;
use super::json::{add, check_depth, malformed};
use super::records::Records;
use super::{Context, Fit, Format, Reader, check_text};
use crate::data::Data;
use crate::{Document, Error, Text};

pub(super) static FORMAT: Format = Format {
    name: "NDJSON",
    media_types: &[
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
    ],
    extensions: &["ndjson", "jsonl"],
    reader: Reader::Text { fit, read },
};

fn fit(text: &str) -> Fit {
    let is_line = |line: &str| {
        line.starts_with(['{', '[']) && serde_json::from_str::<IgnoredAny>(line).is_ok()
    };
    if lines(text).nth(1).is_some() && lines(text).all(|(_, line)| is_line(line)) {
        Fit::Certain
    } else {
        Fit::Permitted
    }
}

/// The lines that are not empty, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..)
        .zip(text.split('\n'))
        .map(|(number, line)| (number, line.trim()))
        .filter(|(_, line)| !line.is_empty())
}

fn read(text: String, context: &Context<'_>) -> Result<Document, Error> {
    check_text(text.len(), context.limits)?;
    let mut gathered = Gathered::new(context.limits);
    let mut records = gathered.begin_table().map(Records::new);
    for (number, line) in lines(&text) {
        context.watch.check()?;
        check_depth(line, context.limits)?;
        let value: &RawValue =
            serde_json::from_str(line).map_err(|error| malformed(&error, number))?;
        let is_object = value.get().starts_with('{');
        records = records.filter(|_| is_object);
        if let Some(records) = &mut records {
            add(records, value, &text, &mut gathered);
        }
    }
    if let Some(records) = records {
        records.finish(None, &mut gathered);
    }
    let mut document = Document::default();
    if context.needs.data {
        document.data = Some(Data::of_lines(&text, context.limits, context.watch)?);
    }
    gathered.finish(&mut document);
    document.text = Text::new(text);
    Ok(document)
}
