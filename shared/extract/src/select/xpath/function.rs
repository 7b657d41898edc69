//! The core library of functions (XPath 1.0, section 4).

use std::collections::HashMap;

use plan::xpath::{Expression, Function};

use super::node::{Named, Place, XML_NAMESPACE, named};
use super::value::{Value, number_of, rounded};
use super::{Context, Evaluation, in_order};
use crate::Error;
use crate::read::folded_as_xml;
use crate::tree::Id;

impl<'t> Evaluation<'t, '_, '_> {
    pub(super) fn call(
        &mut self,
        function: Function,
        arguments: &[Expression],
        context: Context,
    ) -> Result<Value, Error> {
        Ok(match function {
            Function::Position => count(context.position),
            Function::Last => count(context.size),
            Function::True => Value::Boolean(true),
            Function::False => Value::Boolean(false),
            Function::Count => count(self.nodes_of(&arguments[0], context)?.len()),
            Function::Id => self.id(&arguments[0], context)?,
            Function::Sum => {
                let mut sum = 0.0;
                for place in self.nodes_of(&arguments[0], context)? {
                    sum += number_of(&self.text_at(place)?);
                }
                Value::Number(sum)
            }
            Function::LocalName => {
                let name = self.name(arguments, context)?;
                Value::String(name.local.to_owned())
            }
            Function::NamespaceUri => {
                let name = self.name(arguments, context)?;
                Value::String(name.namespace.to_owned())
            }
            Function::Name => {
                let name = self.name(arguments, context)?;
                Value::String(if name.prefix.is_empty() {
                    name.local.to_owned()
                } else {
                    format!("{}:{}", name.prefix, name.local)
                })
            }
            Function::Boolean => Value::Boolean(self.is_true(&arguments[0], context)?),
            Function::Not => Value::Boolean(!self.is_true(&arguments[0], context)?),
            Function::Lang => {
                let wanted = self.string_of(&arguments[0], context)?;
                Value::Boolean(self.lang(&wanted, context.place)?)
            }
            Function::Number => match arguments.first() {
                Some(argument) => Value::Number(self.number_of(argument, context)?),
                None => Value::Number(number_of(&self.text_at(context.place)?)),
            },
            Function::Floor => Value::Number(self.number_of(&arguments[0], context)?.floor()),
            Function::Ceiling => Value::Number(self.number_of(&arguments[0], context)?.ceil()),
            Function::Round => Value::Number(rounded(self.number_of(&arguments[0], context)?)),
            _ => self.call_with_texts(function, arguments, context)?,
        })
    }

    /// Functions of which each argument is a string, or the text of the node that is looked at.
    fn call_with_texts(
        &mut self,
        function: Function,
        arguments: &[Expression],
        context: Context,
    ) -> Result<Value, Error> {
        let first = match arguments.first() {
            Some(argument) => self.string_of(argument, context)?,
            None => self.text_at(context.place)?.into_owned(),
        };
        let bytes = first.len();
        self.budget.read(bytes)?;
        if function == Function::Substring {
            let start = self.number_of(&arguments[1], context)?;
            let length = match arguments.get(2) {
                Some(argument) => Some(self.number_of(argument, context)?),
                None => None,
            };
            return Ok(Value::String(substring(&first, start, length)));
        }
        let mut rest = Vec::new();
        for argument in arguments.iter().skip(1) {
            let text = self.string_of(argument, context)?;
            self.budget.read(text.len())?;
            self.budget.hold(text.len())?;
            rest.push(text);
        }
        let second = rest.first().map_or("", String::as_str);
        Ok(match function {
            Function::Concat => Value::String(first + &rest.concat()),
            Function::Contains => Value::Boolean(first.contains(second)),
            Function::StartsWith => Value::Boolean(first.starts_with(second)),
            Function::SubstringBefore => {
                let before = first.split_once(second).map_or("", |(before, _)| before);
                Value::String(before.to_owned())
            }
            Function::SubstringAfter => {
                let after = first.split_once(second).map_or("", |(_, after)| after);
                Value::String(after.to_owned())
            }
            Function::Translate => {
                let to = rest.get(1).map_or("", String::as_str);
                Value::String(translate(&first, second, to))
            }
            Function::StringLength => count(first.chars().count()),
            Function::NormalizeSpace => Value::String(folded_as_xml(&first)),
            // `string`, and nothing else is left.
            _ => Value::String(first),
        })
    }

    /// The name of the first of the nodes, or of the node that is looked at.
    fn name(&mut self, arguments: &[Expression], context: Context) -> Result<Named<'t>, Error> {
        let place = match arguments.first() {
            Some(argument) => self.nodes_of(argument, context)?.first().copied(),
            None => Some(context.place),
        };
        let tree = self.tree;
        Ok(place.map(|place| named(place, tree)).unwrap_or_default())
    }

    fn id(&mut self, argument: &Expression, context: Context) -> Result<Value, Error> {
        let mut wanted = Vec::new();
        match self.evaluate(argument, context)? {
            Value::Nodes(nodes) => {
                for place in nodes {
                    let text = self.text_at(place)?.into_owned();
                    self.budget.hold(text.len())?;
                    wanted.push(text);
                }
            }
            value => wanted.push(self.string(value)?),
        }
        if self.ids.is_none() {
            self.ids = Some(self.all_ids()?);
        }
        let mut found = Vec::new();
        if let Some(ids) = &self.ids {
            for list in &wanted {
                self.budget.read(list.len())?;
                let known = list.split_ascii_whitespace().filter_map(|id| ids.get(id));
                found.extend(known.map(|&id| Place::node(id)));
            }
        }
        Ok(Value::Nodes(in_order(found)))
    }

    /// The first element of each ID: of attributes `id` in HTML, `xml:id` in XML.
    fn all_ids(&mut self) -> Result<HashMap<&'t str, Id>, Error> {
        let mut ids = HashMap::new();
        let tree = self.tree;
        for (id, element) in tree.elements() {
            self.budget.step()?;
            let written = element.attributes.iter().find(|attribute| {
                let is_xml = *attribute.name.ns == *XML_NAMESPACE;
                *attribute.name.local == *"id" && is_xml != tree.is_html
            });
            if let Some(written) = written {
                ids.entry(&*written.value).or_insert(id);
            }
        }
        Ok(ids)
    }

    /// Whether the nearest element that states a language states this one, or a dialect of it.
    fn lang(&mut self, wanted: &str, place: Place) -> Result<bool, Error> {
        let mut at = Some(place.id());
        while let Some(id) = at {
            self.budget.step()?;
            let attributes = self.tree.element(id).map_or(&[][..], |it| &it.attributes);
            let stated = attributes.iter().find(|attribute| {
                let is_xml = *attribute.name.ns == *XML_NAMESPACE;
                match &*attribute.name.local {
                    "lang" => is_xml || self.tree.is_html,
                    "xml:lang" => self.tree.is_html,
                    _ => false,
                }
            });
            if let Some(stated) = stated {
                let stated = &stated.value;
                let begins = stated.get(..wanted.len());
                let is_it = begins.is_some_and(|begins| begins.eq_ignore_ascii_case(wanted));
                return Ok(
                    is_it && matches!(stated.as_bytes().get(wanted.len()), None | Some(b'-'))
                );
            }
            at = self.tree.parent(id);
        }
        Ok(false)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "what is counted is less than 2^53"
)]
fn count(count: usize) -> Value {
    Value::Number(count as f64)
}

/// The characters whose number, counted from 1, is at least the start, and less than the start and the length together.
#[expect(clippy::cast_precision_loss, reason = "texts are shorter than 2^53")]
fn substring(text: &str, start: f64, length: Option<f64>) -> String {
    let start = rounded(start);
    let end = length.map(|length| start + rounded(length));
    let is_within = |number: f64| number >= start && end.is_none_or(|end| number < end);
    let chars = (1_usize..).zip(text.chars());
    let within = chars.filter(|(number, _)| is_within(*number as f64));
    within.map(|(_, char)| char).collect()
}

/// The text with each character that `from` has replaced by the one at the same place of `to`, or left out.
fn translate(text: &str, from: &str, to: &str) -> String {
    let mut replaced = HashMap::new();
    let mut to = to.chars();
    for char in from.chars() {
        let by = to.next();
        replaced.entry(char).or_insert(by);
    }
    let chars = text.chars();
    chars
        .filter_map(|char| replaced.get(&char).copied().unwrap_or(Some(char)))
        .collect()
}
