//! Structured data in a page: JSON-LD, microdata, `RDFa` Lite, `OpenGraph` and Twitter cards, all in one shape.

mod json_ld;
mod meta;
mod microdata;
mod rdfa;

use serde_json::{Map, Value};
use url::Url;

use crate::read::Context;
use crate::read::flow::folded;
use crate::tree::{Content, Element, Id, Tree};
use crate::{Error, Limits, Structured, Watch};

/// Items within items at most; real pages have a few.
const MAX_DEPTH: usize = 32;

/// What structured data was found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) items: Vec<Structured>,
    pub(super) warnings: Vec<String>,
}

/// Finds all structured data: JSON-LD first, then each other syntax, each in the order of the page.
pub(super) fn find(tree: &Tree, base: Option<&Url>, context: &Context<'_>) -> Result<Found, Error> {
    let mut finder = Finder::new(tree, base, context);
    json_ld::find(&mut finder)?;
    microdata::find(&mut finder)?;
    rdfa::find(&mut finder)?;
    meta::find(&mut finder)?;
    Ok(finder.finish())
}

/// Finds JSON-LD alone.
pub(super) fn json_ld(tree: &Tree, context: &Context<'_>) -> Result<Found, Error> {
    let mut finder = Finder::new(tree, None, context);
    json_ld::find(&mut finder)?;
    Ok(finder.finish())
}

/// What all syntaxes share: the page, and what may be taken out of it.
struct Finder<'a> {
    tree: &'a Tree,
    base: Option<&'a Url>,
    limits: &'a Limits,
    watch: &'a dyn Watch,
    values: usize,
    bytes: usize,
    steps: usize,
    left_out: bool,
    found: Found,
}

impl<'a> Finder<'a> {
    fn new(tree: &'a Tree, base: Option<&'a Url>, context: &'a Context<'_>) -> Self {
        Self {
            tree,
            base,
            limits: context.limits,
            watch: context.watch,
            values: 0,
            bytes: 0,
            steps: 0,
            left_out: false,
            found: Found::default(),
        }
    }

    fn finish(self) -> Found {
        let Self {
            left_out,
            limits,
            mut found,
            ..
        } = self;
        if left_out {
            let limit = limits.max_structured_values;
            found.warnings.push(format!(
                "Not all structured data is there: the limit max_structured_values is {limit}, max_text_bytes holds for all of \
                 it together, and items stand in at most {MAX_DEPTH} others."
            ));
        }
        found
    }

    fn element(&self, node: Id) -> Option<&'a Element> {
        self.tree.element(node)
    }

    /// Whether there is room for one more value of so many bytes.
    fn has_room(&mut self, bytes: usize) -> bool {
        self.values += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        let limits = self.limits;
        let fits =
            self.values <= limits.max_structured_values && self.bytes <= limits.max_text_bytes;
        self.left_out |= !fits;
        fits
    }

    /// Whether one more node may be looked at. A page can have the same nodes looked at again and again.
    fn step(&mut self) -> Result<bool, Error> {
        self.steps += 1;
        if self.steps.is_multiple_of(4096) {
            self.watch.check()?;
        }
        let fits = self.steps <= self.limits.max_markup_nodes.saturating_mul(4);
        self.left_out |= !fits;
        Ok(fits)
    }

    /// The address, absolute where the page states a base.
    fn resolved(&self, href: &str) -> String {
        let href = href.trim();
        match self.base.map(|base| base.join(href)) {
            Some(Ok(absolute)) => absolute.into(),
            _ => href.to_owned(),
        }
    }

    /// All text in an element, seen or not, white space folded.
    fn text(&mut self, node: Id) -> Result<String, Error> {
        let mut text = String::new();
        let mut next = self.tree.first_child(node);
        while let Some(at) = next {
            if !self.step()? || self.bytes + text.len() > self.limits.max_text_bytes {
                break;
            }
            if let Content::Text(part) = self.tree.content(at) {
                text.push_str(part);
            }
            next = self
                .tree
                .first_child(at)
                .or_else(|| after(self.tree, at, node));
        }
        Ok(folded(&text))
    }
}

/// The node after this one and all in it, within an element.
fn after(tree: &Tree, mut node: Id, within: Id) -> Option<Id> {
    while node != within {
        if let Some(next) = tree.next_sibling(node) {
            return Some(next);
        }
        node = tree.parent(node)?;
    }
    None
}

/// Adds a value of a name: the second one makes an array.
fn add(object: &mut Map<String, Value>, name: &str, value: Value) {
    match object.get_mut(name) {
        None => {
            object.insert(name.to_owned(), value);
        }
        Some(Value::Array(values)) => values.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
    }
}

/// Types as JSON-LD names them: one alone, or several.
fn types(names: Vec<String>) -> Option<Value> {
    let mut names: Vec<Value> = names.into_iter().map(Value::from).collect();
    match names.len() {
        0 => None,
        1 => names.pop(),
        _ => Some(Value::Array(names)),
    }
}
