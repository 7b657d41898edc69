//! YAML: the text is the source. Lists of maps are tables as well.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError};

use super::gather::Gathered;
use super::values::{Node, Value, data, is_json_number, moment, tables};
use super::{Context, Fit, Format, Reader, check_text, passed};
use crate::{Document, Error, Limits, Problem, Span, Text};

pub(super) static FORMAT: Format = Format {
    name: "YAML",
    media_types: &[
        "application/yaml",
        "application/x-yaml",
        "text/yaml",
        "text/x-yaml",
        "+yaml",
    ],
    extensions: &["yaml", "yml"],
    reader: Reader::Text { fit, read },
};

/// Nearly every text is YAML. It looks like it where it says so: where it begins with a directive or a line of three
/// dashes, and holds lists and maps alone.
fn fit(text: &str) -> Fit {
    let mut lines = text.lines().map(str::trim_end);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    let says_so = first.is_some_and(|line| line == "---" || line.starts_with("%YAML "));
    if says_so && holds_lists_and_maps(text) {
        Fit::Likely
    } else {
        Fit::Permitted
    }
}

fn holds_lists_and_maps(text: &str) -> bool {
    let mut depth = 0_usize;
    let mut found = false;
    for event in Parser::new_from_str(text) {
        match event {
            Ok((Event::Scalar(..) | Event::Alias(_), _)) if depth == 0 => return false,
            Ok((Event::SequenceStart(..) | Event::MappingStart(..), _)) => {
                depth += 1;
                found = true;
            }
            Ok((Event::SequenceEnd | Event::MappingEnd, _)) => depth = depth.saturating_sub(1),
            Ok(_) => {}
            Err(_) => return false,
        }
    }
    found
}

fn read(text: String, context: &Context<'_>) -> Result<Document, Error> {
    check_text(text.len(), context.limits)?;
    let mut gathered = Gathered::new(context.limits);
    let roots = roots(&text, context)?;
    for root in &roots {
        tables(root, &text, &mut gathered, context)?;
    }
    let mut document = Document {
        data: data(&roots, context)?,
        ..Document::default()
    };
    gathered.finish(&mut document);
    document.text = Text::new(text);
    Ok(document)
}

/// The values of all documents in the text.
fn roots(text: &str, context: &Context<'_>) -> Result<Vec<Node>, Error> {
    let mut builder = Builder::new(text, context.limits);
    for (number, event) in Parser::new_from_str(text).enumerate() {
        if number.is_multiple_of(1024) {
            context.watch.check()?;
        }
        let (event, span) = event.map_err(|error| malformed(&error))?;
        let span = builder.offsets.span(span.start, span.end);
        builder.event(event, span)?;
    }
    Ok(builder.roots)
}

fn malformed(error: &ScanError) -> Error {
    let (what, at) = (error.info(), error.marker());
    let (line, column) = (at.line(), at.col() + 1);
    Error::document(
        Problem::Malformed,
        format!("The document is not valid YAML: {what}, at line {line}, column {column}."),
    )
}

/// Puts values together from what the parser says one after the other.
struct Builder<'t> {
    text: &'t str,
    limits: &'t Limits,
    offsets: Offsets<'t>,
    open: Vec<Open>,
    /// Values that others refer to by number.
    anchors: HashMap<usize, Value>,
    nodes: usize,
    roots: Vec<Node>,
}

/// A list or a map that is not complete.
struct Open {
    start: usize,
    anchor: usize,
    value: Value,
    /// Of a map: the name whose value comes next.
    name: Option<String>,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, limits: &'t Limits) -> Self {
        Self {
            text,
            limits,
            offsets: Offsets::new(text),
            open: Vec::new(),
            anchors: HashMap::new(),
            nodes: 0,
            roots: Vec::new(),
        }
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Error> {
        match event {
            Event::Scalar(characters, style, anchor, tag) => {
                let is_plain = style == ScalarStyle::Plain && tag.is_none();
                let value = scalar(&characters, is_plain);
                let span = match style {
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => unquoted(span),
                    _ => span,
                };
                self.anchor(anchor, &value);
                self.add(value, span)?;
            }
            Event::Alias(anchor) => {
                let value = self.anchors.get(&anchor).cloned();
                self.add(value.unwrap_or(Value::Elsewhere), span)?;
            }
            Event::SequenceStart(anchor, _) => {
                self.begin(Value::List(Vec::new()), anchor, &span)?;
            }
            Event::MappingStart(anchor, _) => self.begin(Value::Map(Vec::new()), anchor, &span)?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    self.anchor(open.anchor, &Value::Elsewhere);
                    self.add(open.value, open.start..span.end.max(open.start))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn anchor(&mut self, anchor: usize, value: &Value) {
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
    }

    fn begin(&mut self, value: Value, anchor: usize, span: &Span) -> Result<(), Error> {
        if self.open.len() >= self.limits.max_json_depth {
            let limit = self.limits.max_json_depth;
            let found = "The YAML's lists and maps are nested deeper";
            return Err(passed("max_json_depth", limit, found));
        }
        self.open.push(Open {
            start: span.start,
            anchor,
            value,
            name: None,
        });
        Ok(())
    }

    fn add(&mut self, value: Value, span: Span) -> Result<(), Error> {
        self.nodes += 1;
        if self.nodes > self.limits.max_markup_nodes {
            let limit = self.limits.max_markup_nodes;
            let found = "The YAML has more values";
            return Err(passed("max_markup_nodes", limit, found));
        }
        let span = super::flow::trimmed(self.text, span.clone()).unwrap_or(span.start..span.start);
        let node = Node { value, span };
        let Some(open) = self.open.last_mut() else {
            self.roots.push(node);
            return Ok(());
        };
        match (&mut open.value, open.name.take()) {
            (Value::List(elements), _) => elements.push(node),
            (Value::Map(members), Some(name)) => members.push((name, node)),
            _ => open.name = Some(name(&node, self.text)),
        }
        Ok(())
    }
}

/// The value of a scalar. Only one that is written without quotation marks can be something other than text.
fn scalar(characters: &str, is_plain: bool) -> Value {
    let text = || Value::Text(characters.into());
    if !is_plain {
        return text();
    }
    match characters {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Boolean(true),
        "false" | "False" | "FALSE" => Value::Boolean(false),
        // What begins with a zero or a plus may be a number by the rules, but is more often a telephone's or a place's.
        _ if is_json_number(characters) => Value::Number(characters.into()),
        _ => match moment(characters) {
            Some(moment) => Value::Moment(moment.into()),
            None => text(),
        },
    }
}

/// A member's name; one that is no scalar as it is written.
fn name(node: &Node, text: &str) -> String {
    match &node.value {
        Value::Text(characters) | Value::Number(characters) => characters.to_string(),
        _ => text[node.span.clone()].to_owned(),
    }
}

/// Without the marks at both ends.
fn unquoted(span: Span) -> Span {
    if span.len() >= 2 {
        span.start + 1..span.end - 1
    } else {
        span
    }
}

/// From the parser's places, counted in characters, to bytes. They mostly rise, so each is looked for from the last one.
struct Offsets<'t> {
    text: &'t str,
    chars: usize,
    bytes: usize,
}

impl<'t> Offsets<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            chars: 0,
            bytes: 0,
        }
    }

    fn span(&mut self, start: Marker, end: Marker) -> Span {
        let start = self.byte(start.index());
        let end = self.byte(end.index());
        start..end.max(start)
    }

    fn byte(&mut self, index: usize) -> usize {
        while self.chars < index
            && let Some(char) = self.text[self.bytes..].chars().next()
        {
            self.bytes += char.len_utf8();
            self.chars += 1;
        }
        while self.chars > index
            && let Some(char) = self.text[..self.bytes].chars().next_back()
        {
            self.bytes -= char.len_utf8();
            self.chars -= 1;
        }
        self.bytes
    }
}
