//! Metadata, and members of structured data. They stand nowhere in the text.

use std::collections::BTreeMap;

use plan::fields::JsonLd;
use serde_json::{Map, Value};

use super::select::{Candidate, Typed};
use crate::select::Budget;
use crate::{Error, Structured, Syntax};

/// Metadata of this name, common or the document's own; the case counts only if both are there.
pub(super) fn metadata<'d>(
    metadata: &'d BTreeMap<String, Value>,
    name: &str,
) -> Vec<Candidate<'d>> {
    let value = metadata.get(name).or_else(|| {
        let mut alike = metadata
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name));
        alike.next().map(|(_, value)| value)
    });
    let mut candidates = Vec::new();
    if let Some(value) = value {
        scalars(value, &mut candidates);
    }
    candidates
}

/// The members of all things of a type, whatever they stand in.
pub(super) fn members<'d>(
    structured: &'d [Structured],
    path: &JsonLd,
    budget: &mut Budget<'_>,
) -> Result<Vec<Candidate<'d>>, Error> {
    let mut candidates = Vec::new();
    for item in structured {
        if !matches!(
            item.syntax,
            Syntax::JsonLd | Syntax::Microdata | Syntax::Rdfa
        ) {
            continue;
        }
        // A stack of our own: what is read off first is pushed last.
        let mut open = vec![&item.value];
        while let Some(value) = open.pop() {
            budget.read(1)?;
            match value {
                Value::Array(values) => open.extend(values.iter().rev()),
                Value::Object(object) => {
                    if is_of_type(object, &path.thing) {
                        follow(value, &path.path, budget, &mut candidates)?;
                    }
                    open.extend(object.values().rev());
                }
                _ => {}
            }
        }
    }
    Ok(candidates)
}

/// Whether a thing is of this type, whatever the vocabulary: `Product`, `schema:Product`, `https://schema.org/Product`.
fn is_of_type(thing: &Map<String, Value>, name: &str) -> bool {
    let is = |value: &Value| {
        value
            .as_str()
            .is_some_and(|found| local_name(found).eq_ignore_ascii_case(name))
    };
    match thing.get("@type") {
        Some(Value::Array(types)) => types.iter().any(is),
        Some(one) => is(one),
        None => false,
    }
}

fn follow<'d>(
    value: &'d Value,
    path: &[String],
    budget: &mut Budget<'_>,
    candidates: &mut Vec<Candidate<'d>>,
) -> Result<(), Error> {
    budget.read(1)?;
    match (value, path) {
        (Value::Array(values), _) => {
            for value in values {
                follow(value, path, budget, candidates)?;
            }
        }
        (value, []) => scalars(value, candidates),
        (Value::Object(object), [name, rest @ ..]) => {
            let named = object.iter().filter(|(found, _)| local_name(found) == name);
            for (_, value) in named {
                follow(value, rest, budget, candidates)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// A name without its vocabulary.
fn local_name(name: &str) -> &str {
    name.rsplit(['/', '#', ':']).next().unwrap_or(name)
}

fn scalars<'d>(value: &'d Value, candidates: &mut Vec<Candidate<'d>>) {
    match value {
        Value::String(text) => candidates.push(Candidate::new(text.as_str(), None)),
        Value::Number(number) => {
            let number = number.to_string();
            candidates.push(Candidate {
                typed: Some(Typed::Number(number.clone())),
                ..Candidate::new(number, None)
            });
        }
        Value::Bool(truth) => candidates.push(Candidate {
            typed: Some(Typed::Boolean(*truth)),
            ..Candidate::new(truth.to_string(), None)
        }),
        Value::Array(values) => {
            for value in values.iter().filter(|value| !value.is_array()) {
                scalars(value, candidates);
            }
        }
        Value::Object(object) => {
            // A typed literal, or a reference.
            let reference = || object.get("@id").filter(|_| object.len() == 1);
            let literal = object.get("@value").or_else(reference);
            if let Some(value) = literal.filter(|value| !value.is_object()) {
                scalars(value, candidates);
            }
        }
        Value::Null => {}
    }
}
