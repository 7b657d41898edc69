//! `RDFa` Lite: `vocab`, `typeof`, `property`, `resource`, `prefix`.

use std::rc::Rc;

use serde_json::{Map, Value};

use super::{Finder, MAX_DEPTH, add, types};
use crate::tree::{Element, Id, ROOT};
use crate::{Error, Structured, Syntax};

/// Prefixes that are in force at most.
const MAX_PREFIXES: usize = 100;

pub(super) fn find(finder: &mut Finder<'_>) -> Result<(), Error> {
    let tree = finder.tree;
    let says = |name| {
        tree.elements()
            .any(|(_, element)| element.attribute(name).is_some())
    };
    if !says("typeof") && !says("resource") {
        return Ok(());
    }
    let mut walk = Walk {
        finder,
        open: Vec::new(),
        items: Vec::new(),
    };
    let mut next = tree.first_child(ROOT);
    while let Some(node) = next {
        if !walk.finder.step()? {
            break;
        }
        if let Some(element) = tree.element(node) {
            walk.begin(node, element)?;
        }
        if let Some(child) = tree.first_child(node) {
            next = Some(child);
            continue;
        }
        let mut at = node;
        next = loop {
            walk.end(at);
            if let Some(sibling) = tree.next_sibling(at) {
                break Some(sibling);
            }
            match tree.parent(at) {
                Some(parent) if parent != ROOT => at = parent,
                _ => break None,
            }
        };
    }
    while let Some(node) = walk.open.last().map(|open| open.node) {
        walk.end(node);
    }
    Ok(())
}

struct Walk<'w, 'a> {
    finder: &'w mut Finder<'a>,
    /// Elements open that change anything.
    open: Vec<Open>,
    /// Items open.
    items: Vec<Item>,
}

/// What is in force within an element.
struct Open {
    node: Id,
    vocabulary: Option<Rc<str>>,
    prefixes: Rc<Vec<(String, String)>>,
    begins_item: bool,
}

struct Item {
    object: Map<String, Value>,
    /// What it is to the item that it stands in; empty if it stands for itself.
    properties: Vec<String>,
    /// How many of its members say what it is.
    described_by: usize,
    has_type: bool,
}

impl Walk<'_, '_> {
    fn begin(&mut self, node: Id, element: &Element) -> Result<(), Error> {
        let attribute = |name| element.attribute(name);
        let outer = self.open.last();
        let mut vocabulary = outer.and_then(|open| open.vocabulary.clone());
        let mut prefixes = outer.map_or_else(Rc::default, |open| Rc::clone(&open.prefixes));
        let mut changes = false;
        if let Some(vocab) = attribute("vocab") {
            let vocab = vocab.trim();
            vocabulary = (!vocab.is_empty()).then(|| vocab.into());
            changes = true;
        }
        if let Some(prefix) = attribute("prefix") {
            declare(Rc::make_mut(&mut prefixes), prefix);
            changes = true;
        }
        let names: Vec<String> = words(attribute("property"))
            .map(|name| expanded(name, &prefixes))
            .collect();
        let kinds: Vec<String> = words(attribute("typeof"))
            .map(|name| expanded(name, &prefixes))
            .collect();
        let has_type = attribute("typeof").is_some();
        let sets_subject = names.is_empty() && attribute("resource").is_some();
        let mut begins_item = false;
        if has_type || sets_subject {
            begins_item = self.items.len() < MAX_DEPTH && self.finder.has_room(0);
            self.finder.left_out |= !begins_item;
            if begins_item {
                let id = ["resource", "href", "src"].into_iter().find_map(attribute);
                self.begin_item(kinds, id, names, vocabulary.as_deref(), has_type);
            }
        } else if !names.is_empty() && !self.items.is_empty() {
            let value = self.value(node, element)?;
            for name in names {
                if self.finder.has_room(name.len() + value.len())
                    && let Some(item) = self.items.last_mut()
                {
                    add(&mut item.object, &name, value.as_str().into());
                }
            }
        }
        if changes || begins_item {
            self.open.push(Open {
                node,
                vocabulary,
                prefixes,
                begins_item,
            });
        }
        Ok(())
    }

    fn begin_item(
        &mut self,
        kinds: Vec<String>,
        id: Option<&str>,
        properties: Vec<String>,
        vocabulary: Option<&str>,
        has_type: bool,
    ) {
        let mut object = Map::new();
        if let Some(vocabulary) = vocabulary
            && self.items.is_empty()
        {
            let context = vocabulary.trim_end_matches('/');
            object.insert("@context".into(), context.into());
        }
        if let Some(kinds) = types(kinds) {
            object.insert("@type".into(), kinds);
        }
        if let Some(id) = id {
            object.insert("@id".into(), self.finder.resolved(id).into());
        }
        self.items.push(Item {
            described_by: object.len(),
            object,
            properties,
            has_type,
        });
    }

    fn end(&mut self, node: Id) {
        let Some(open) = self.open.pop_if(|open| open.node == node) else {
            return;
        };
        if !open.begins_item {
            return;
        }
        let Some(Item {
            object,
            properties,
            described_by,
            has_type,
        }) = self.items.pop()
        else {
            return;
        };
        if !has_type && object.len() == described_by {
            return;
        }
        match (self.items.last_mut(), properties.first()) {
            (Some(outer), Some(property)) => {
                add(&mut outer.object, property, Value::Object(object));
            }
            _ => self.finder.found.items.push(Structured {
                syntax: Syntax::Rdfa,
                value: Value::Object(object),
            }),
        }
    }

    /// The value of a property that is no item.
    fn value(&mut self, node: Id, element: &Element) -> Result<String, Error> {
        let attribute = |name| element.attribute(name);
        if let Some(literal) = attribute("content").or_else(|| attribute("datetime")) {
            return Ok(literal.trim().to_owned());
        }
        match ["resource", "href", "src"].into_iter().find_map(attribute) {
            Some(address) => Ok(self.finder.resolved(address)),
            None => self.finder.text(node),
        }
    }
}

fn words(attribute: Option<&str>) -> impl Iterator<Item = &str> {
    attribute.unwrap_or_default().split_ascii_whitespace()
}

/// Takes over `prefix: address prefix: address`.
fn declare(prefixes: &mut Vec<(String, String)>, declared: &str) {
    let mut words = declared.split_ascii_whitespace();
    while let (Some(prefix), Some(address)) = (words.next(), words.next()) {
        if let Some(prefix) = prefix.strip_suffix(':')
            && prefixes.len() < MAX_PREFIXES
        {
            prefixes.retain(|(known, _)| known != prefix);
            prefixes.push((prefix.to_owned(), address.to_owned()));
        }
    }
}

/// A name with its prefix written out, if the page declares that.
fn expanded(name: &str, prefixes: &[(String, String)]) -> String {
    let address = name.split_once(':').and_then(|(prefix, rest)| {
        let (_, address) = prefixes.iter().find(|(known, _)| known == prefix)?;
        Some(format!("{address}{rest}"))
    });
    address.unwrap_or_else(|| name.to_owned())
}
