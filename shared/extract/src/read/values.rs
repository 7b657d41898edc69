//! Values with their places, as YAML and TOML hold them, and the tables that they make.

use std::rc::Rc;

use super::flow::folded;
use super::gather::Gathered;
use super::records::{Records, Row};
use super::{Context, date};
use crate::data::Data;
use crate::{Cell, CellValue, Error, Span};

/// A value and where it stands in the text.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) value: Value,
    /// Without quotation marks; may be empty.
    pub(super) span: Span,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Boolean(bool),
    /// As JSON writes it.
    Number(Rc<str>),
    /// A date, a time or both, in ISO 8601.
    Moment(Rc<str>),
    Text(Rc<str>),
    List(Vec<Node>),
    /// In the order of the text.
    Map(Vec<(String, Node)>),
    /// A list or a map that stands elsewhere. It is not put in here, for that could be repeated without end.
    Elsewhere,
}

impl Node {
    fn holds_others(&self) -> bool {
        matches!(self.value, Value::List(_) | Value::Map(_))
    }
}

/// The values for selectors, if they are needed. Several documents in one text are an array of them.
pub(super) fn data(roots: &[Node], context: &Context<'_>) -> Result<Option<Data>, Error> {
    if !context.needs.data {
        return Ok(None);
    }
    let (mut json, mut places) = (String::new(), Vec::new());
    if let [root] = roots {
        write(root, &mut json, &mut places);
    } else {
        places.push(0..0);
        write_all(('[', ']'), roots, &mut json, |root, json| {
            write(root, json, &mut places);
        });
    }
    let (limits, watch) = (context.limits, context.watch);
    Data::of_json(json, places.into_iter(), limits, watch).map(Some)
}

/// Writes a value as JSON, and notes where it and all within it stand. Recurses no deeper than values may be nested.
fn write(node: &Node, json: &mut String, places: &mut Vec<Span>) {
    places.push(node.span.clone());
    match &node.value {
        Value::Null | Value::Elsewhere => json.push_str("null"),
        Value::Boolean(boolean) => json.push_str(if *boolean { "true" } else { "false" }),
        Value::Number(written) => json.push_str(written),
        Value::Moment(text) | Value::Text(text) => json.push_str(&quoted(text)),
        Value::List(elements) => write_all(('[', ']'), elements, json, |element, json| {
            write(element, json, places);
        }),
        Value::Map(members) => write_all(('{', '}'), members, json, |(name, value), json| {
            json.push_str(&quoted(name));
            json.push(':');
            write(value, json, places);
        }),
    }
}

fn write_all<T>(
    (open, close): (char, char),
    parts: &[T],
    json: &mut String,
    mut write: impl FnMut(&T, &mut String),
) {
    json.push(open);
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        write(part, json);
    }
    json.push(close);
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Makes a table of each list of maps, but not of those that stand within another list.
pub(super) fn tables(
    root: &Node,
    source: &str,
    gathered: &mut Gathered<'_>,
    context: &Context<'_>,
) -> Result<(), Error> {
    let mut open: Vec<(String, &Node)> = vec![(String::new(), root)];
    while let Some((path, node)) = open.pop() {
        context.watch.check()?;
        match &node.value {
            Value::List(elements) => table(&path, elements, source, gathered, context)?,
            Value::Map(members) => {
                let within = members.iter().rev();
                let within = within.filter(|(_, node)| node.holds_others());
                open.extend(within.map(|(name, node)| (extended(&path, name), node)));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Characters of a path that are kept.
const PATH_CHARS: usize = 200;

fn extended(path: &str, name: &str) -> String {
    let dot = if path.is_empty() { "" } else { "." };
    let whole = path.chars().chain(dot.chars()).chain(name.chars());
    whole.take(PATH_CHARS).collect()
}

fn table(
    path: &str,
    elements: &[Node],
    source: &str,
    gathered: &mut Gathered<'_>,
    context: &Context<'_>,
) -> Result<(), Error> {
    let objects = elements.iter().map(|element| match &element.value {
        Value::Map(members) => Some((members, &element.span)),
        _ => None,
    });
    let Some(objects) = objects.collect::<Option<Vec<_>>>() else {
        return Ok(());
    };
    if objects.is_empty() {
        return Ok(());
    }
    let Some(rows) = gathered.begin_table() else {
        return Ok(());
    };
    let mut records = Records::new(rows);
    for (members, span) in objects {
        context.watch.check()?;
        let mut row = Row::default();
        let complete = members.iter().all(|(name, node)| {
            let cell = cell(node, source);
            records.put(&mut row, name.clone(), cell, gathered)
        });
        if !complete || !records.add(row, span.clone(), gathered) {
            gathered.leave_out_cells();
            break;
        }
    }
    let caption = Some(folded(path)).filter(|path| !path.is_empty());
    records.finish(caption, gathered);
    Ok(())
}

/// A value as a cell; one that holds others as it is written.
fn cell(node: &Node, source: &str) -> Cell {
    let (text, value) = match &node.value {
        Value::Null => return Cell::default(),
        Value::Boolean(truth) => (truth.to_string(), Some(CellValue::Boolean(*truth))),
        Value::Number(number) => (
            number.to_string(),
            Some(CellValue::Number(number.to_string())),
        ),
        Value::Moment(moment) => (
            moment.to_string(),
            Some(CellValue::Moment(moment.to_string())),
        ),
        Value::Text(text) => (folded(text), None),
        Value::List(_) | Value::Map(_) | Value::Elsewhere => {
            (folded(&source[node.span.clone()]), None)
        }
    };
    Cell {
        text,
        span: super::flow::trimmed(source, node.span.clone()),
        value,
    }
}

/// Whether JSON would write a number so.
pub(super) fn is_json_number(written: &str) -> bool {
    let begins = written.starts_with(|char: char| char.is_ascii_digit() || char == '-');
    begins && serde_json::from_str::<serde::de::IgnoredAny>(written).is_ok()
}

/// A day, or a day with a time, in ISO 8601.
pub(super) fn moment(written: &str) -> Option<String> {
    let bytes = written.as_bytes();
    let is_day = bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-';
    let begins = bytes.first().is_some_and(u8::is_ascii_digit);
    (is_day && begins).then(|| date::rfc3339(written)).flatten()
}
