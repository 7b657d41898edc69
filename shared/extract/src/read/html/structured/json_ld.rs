//! JSON-LD: what stands in `script` elements of that type.

use serde_json::{Deserializer, Map, Value};

use super::Finder;
use crate::{Error, Structured, Syntax};

pub(super) fn find(finder: &mut Finder<'_>) -> Result<(), Error> {
    let tree = finder.tree;
    let (mut repaired, mut lost) = (0_usize, 0_usize);
    for (node, element) in tree.elements() {
        let is_json_ld = element.name() == "script"
            && element.attribute("type").is_some_and(|it| {
                let (kind, _) = it.split_once(';').unwrap_or((it, ""));
                kind.trim().eq_ignore_ascii_case("application/ld+json")
            });
        if !is_json_ld {
            continue;
        }
        finder.watch.check()?;
        let source = tree.own_text(node);
        if source.trim().is_empty() {
            continue;
        }
        let value = serde_json::from_str(&source).ok().or_else(|| {
            let value = first_value(&repair(&source)).ok();
            repaired += usize::from(value.is_some());
            value
        });
        if let Some(value) = value {
            add(finder, value, None);
        } else {
            lost += 1;
        }
    }
    if repaired > 0 {
        finder.found.warnings.push(format!(
            "JSON-LD that is not quite JSON was read as far as it could be understood, in {repaired} of the page's scripts."
        ));
    }
    if lost > 0 {
        finder.found.warnings.push(format!(
            "JSON-LD that is no JSON was left out, in {lost} of the page's scripts."
        ));
    }
    Ok(())
}

/// Adds all items of a value: of an array each, of a graph each node with the graph's context.
fn add(finder: &mut Finder<'_>, value: Value, context: Option<&Value>) {
    match value {
        Value::Array(values) => {
            for value in values {
                add(finder, value, context);
            }
        }
        Value::Object(mut object) => {
            let own = object.get("@context").cloned();
            if let Some(graph @ Value::Array(_)) = object.get_mut("@graph").map(Value::take) {
                object.remove("@graph");
                if object.keys().any(|name| name != "@context") {
                    push(finder, object, context);
                }
                return add(finder, graph, own.as_ref().or(context));
            }
            push(finder, object, context);
        }
        _ => {}
    }
}

fn push(finder: &mut Finder<'_>, object: Map<String, Value>, context: Option<&Value>) {
    let (values, bytes) = size(&object);
    finder.values += values;
    if !finder.has_room(bytes) {
        return;
    }
    let value = match context {
        Some(context) if !object.contains_key("@context") => {
            let named = [("@context".to_owned(), context.clone())];
            named.into_iter().chain(object).collect()
        }
        _ => Value::Object(object),
    };
    let syntax = Syntax::JsonLd;
    finder.found.items.push(Structured { syntax, value });
}

/// Values and bytes of text in an object. The parser has limited its depth.
fn size(object: &Map<String, Value>) -> (usize, usize) {
    let mut size = (0, 0);
    let mut open: Vec<&Value> = object.values().collect();
    while let Some(value) = open.pop() {
        size.0 += 1;
        match value {
            Value::String(text) => size.1 += text.len(),
            Value::Array(values) => open.extend(values),
            Value::Object(object) => open.extend(object.values()),
            _ => {}
        }
    }
    size
}

/// The first value of a text, whatever stands behind it.
fn first_value(source: &str) -> Result<Value, serde_json::Error> {
    let mut values = Deserializer::from_str(source).into_iter();
    values
        .next()
        .unwrap_or(Ok(Value::Null))
        .and_then(|value| match value {
            Value::Object(_) | Value::Array(_) => Ok(value),
            _ => serde_json::from_str(""),
        })
}

/// The source with its usual faults mended: comments, what hides a script from old browsers, control characters in strings,
/// commas before a closing bracket.
fn repair(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source.trim_start_matches('\u{feff}');
    while let Some(char) = rest.chars().next() {
        if char == '"' {
            let end = string_end(rest);
            for char in rest[..end].chars() {
                match char {
                    '\n' => out.push_str("\\n"),
                    '\t' => out.push_str("\\t"),
                    char if char.is_control() => out.push(' '),
                    char => out.push(char),
                }
            }
            rest = &rest[end..];
        } else if let Some(length) = comment(rest) {
            rest = &rest[length..];
        } else {
            if matches!(char, '}' | ']') && out.trim_end().ends_with(',') {
                out.truncate(out.trim_end().len() - 1);
            }
            out.push(char);
            rest = &rest[char.len_utf8()..];
        }
    }
    out
}

/// Where the string that the text begins with ends.
fn string_end(text: &str) -> usize {
    let mut escaped = true;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a comment, or of a mark around a script, that the text begins with.
fn comment(text: &str) -> Option<usize> {
    for mark in ["<!--", "-->", "<![CDATA[", "]]>"] {
        if text.starts_with(mark) {
            return Some(mark.len());
        }
    }
    if text.starts_with("/*") {
        return Some(text.find("*/").map_or(text.len(), |end| end + 2));
    }
    if text.starts_with("//") {
        // What is marked out of a script stands in such a comment.
        let line = text.find('\n').unwrap_or(text.len());
        let marks = ["<![CDATA[", "<!--"]
            .iter()
            .filter_map(|mark| text[..line].find(mark));
        return Some(marks.min().unwrap_or(line));
    }
    None
}
