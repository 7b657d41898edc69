//! TOML: the text is the source. Arrays of tables are tables as well.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::gather::Gathered;
use super::values::{Node, Value, data, is_json_number, tables};
use super::{Context, Fit, Format, Reader, check_text, passed};
use crate::{Document, Error, Limits, Problem, Span, Text};

pub(super) static FORMAT: Format = Format {
    name: "TOML",
    media_types: &["application/toml"],
    extensions: &["toml"],
    reader: Reader::Text { fit, read },
};

fn fit(text: &str) -> Fit {
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    let begins = first.is_some_and(|line| line.starts_with('[') || line.contains('='));
    if begins && DeTable::parse(text).is_ok() {
        Fit::Likely
    } else {
        Fit::Permitted
    }
}

fn read(text: String, context: &Context<'_>) -> Result<Document, Error> {
    check_text(text.len(), context.limits)?;
    let parsed = DeTable::parse(&text).map_err(|error| malformed(&error, &text))?;
    let span = parsed.span();
    let root = table(parsed.into_inner(), span, context.limits, 0)?;
    let mut gathered = Gathered::new(context.limits);
    tables(&root, &text, &mut gathered, context)?;
    let mut document = Document {
        data: data(std::slice::from_ref(&root), context)?,
        ..Document::default()
    };
    gathered.finish(&mut document);
    document.text = Text::new(text);
    Ok(document)
}

fn malformed(error: &toml::de::Error, text: &str) -> Error {
    let at = error.span().map_or(0, |span| span.start);
    let before = &text[..text.floor_char_boundary(at)];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
    let what = error.message().lines().next().unwrap_or_default();
    Error::document(
        Problem::Malformed,
        format!("The document is not valid TOML: {what}, at line {line}, column {column}."),
    )
}

fn table(members: DeTable<'_>, span: Span, limits: &Limits, depth: usize) -> Result<Node, Error> {
    if depth > limits.max_json_depth {
        let found = "The TOML's tables and arrays are nested deeper";
        return Err(passed("max_json_depth", limits.max_json_depth, found));
    }
    let mut nodes = Vec::with_capacity(members.len());
    for (name, value) in members {
        nodes.push((name.into_inner().into_owned(), node(value, limits, depth)?));
    }
    let reach = nodes.iter().map(|(_, node)| &node.span);
    let span = around(&span, reach);
    let value = Value::Map(nodes);
    Ok(Node { value, span })
}

fn node(value: Spanned<DeValue<'_>>, limits: &Limits, depth: usize) -> Result<Node, Error> {
    let span = value.span();
    let value = match value.into_inner() {
        DeValue::String(text) => {
            let span = span.start + 1..span.end.saturating_sub(1).max(span.start + 1);
            let value = Value::Text(text.into());
            return Ok(Node { value, span });
        }
        DeValue::Integer(integer) => {
            let digits = i128::from_str_radix(integer.as_str(), integer.radix());
            digits.map_or_else(
                |_| Value::Text(integer.as_str().into()),
                |number| Value::Number(number.to_string().into()),
            )
        }
        DeValue::Float(float) => number(float.as_str()),
        DeValue::Boolean(truth) => Value::Boolean(truth),
        DeValue::Datetime(moment) => Value::Moment(moment.to_string().into()),
        DeValue::Array(elements) => {
            let nodes = elements
                .into_iter()
                .map(|element| node(element, limits, depth + 1));
            let nodes = nodes.collect::<Result<Vec<_>, _>>()?;
            let span = around(&span, nodes.iter().map(|node| &node.span));
            let value = Value::List(nodes);
            return Ok(Node { value, span });
        }
        DeValue::Table(members) => return table(members, span, limits, depth + 1),
    };
    Ok(Node { value, span })
}

/// A number as JSON writes it; infinity and the like stay text.
fn number(written: &str) -> Value {
    let written = written.trim_start_matches('+').replace('_', "");
    if is_json_number(&written) {
        Value::Number(written.into())
    } else {
        Value::Text(written.into())
    }
}

/// From where the first of the spans begins to where the last one ends. Tables that are put together from several places have
/// the span of their header alone.
fn around<'a>(own: &Span, within: impl Iterator<Item = &'a Span>) -> Span {
    within.fold(own.clone(), |all, one| {
        all.start.min(one.start)..all.end.max(one.end)
    })
}
