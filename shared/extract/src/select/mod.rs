//! Selecting: what a selector picks from a document, each with its place.

mod budget;
mod css;
mod element;
mod iregexp;
mod jsonpath;
mod picks;
mod xpath;

use plan::{Css, JsonPath, XPath};

pub use self::budget::Budget;
use self::xpath::{Outcome, Selected};
use crate::{Document, Error, Span, data, tree};

/// What a selector picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    /// What it is. A selector that is given this as its scope picks from within it.
    pub node: Node,
    /// Its text: of an element all that a person reads in it, white space folded; of a text its words, white space folded; of an
    /// attribute its value; of a JSON string its characters; of any other JSON value its source.
    pub text: String,
    /// Where it stands in the document's text; none for what is not part of it.
    pub span: Option<Span>,
}

/// What a pick is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Node {
    /// A node of [`Document::tree`].
    Tree(tree::Id),
    /// An attribute of an element of [`Document::tree`].
    Attribute {
        /// The element.
        element: tree::Id,
        /// The number of the attribute, counted from 0.
        index: usize,
    },
    /// A value of [`Document::data`].
    Data(data::Id),
    /// A text that was reckoned (an XPath expression's string, number or truth value). As a scope it holds nothing.
    Value,
}

/// The elements that a CSS selector matches, in the order of the document; nothing in a document that is no HTML or XML.
pub fn css(
    selector: &Css,
    document: &Document,
    scope: Option<&Picked>,
    budget: &mut Budget<'_>,
) -> Result<Vec<Picked>, Error> {
    let (Some(tree), Some(scope)) = (&document.tree, tree_scope(scope)) else {
        return Ok(Vec::new());
    };
    let selected = css::select(selector, tree, scope, budget)?;
    let picks = selected.into_iter();
    picks
        .map(|node| picks::pick(node, document, tree, budget))
        .collect()
}

/// What an XPath expression comes to: nodes in the order of the document, or one value; nothing in a document that is no HTML
/// or XML.
pub fn xpath(
    expression: &XPath,
    document: &Document,
    scope: Option<&Picked>,
    budget: &mut Budget<'_>,
) -> Result<Vec<Picked>, Error> {
    let Some(tree) = &document.tree else {
        return Ok(Vec::new());
    };
    let at = scope.map_or(Node::Tree(tree::ROOT), |scope| scope.node);
    let selected = match xpath::evaluate(&expression.expression, tree, at, budget)? {
        Outcome::Nodes(selected) => selected,
        Outcome::Value(text) => return Ok(vec![picks::value(text, budget)?]),
    };
    let picks = selected.into_iter().map(|selected| match selected {
        Selected::Node(node) => picks::pick(node, document, tree, budget),
        Selected::Namespace(name) => picks::value(name, budget),
    });
    picks.collect()
}

/// The values that a `JSONPath` query selects, in the order that RFC 9535 says; nothing in a document that is no data.
pub fn jsonpath(
    query: &JsonPath,
    document: &Document,
    scope: Option<&Picked>,
    budget: &mut Budget<'_>,
) -> Result<Vec<Picked>, Error> {
    let root = match scope.map(|scope| scope.node) {
        None => data::ROOT,
        Some(Node::Data(id)) => id,
        Some(_) => return Ok(Vec::new()),
    };
    let Some(values) = document.values() else {
        return Ok(Vec::new());
    };
    let selected = jsonpath::select(&query.query, values, root, budget)?;
    let picks = selected.into_iter().map(|id| {
        budget.pick(values.source(id).len())?;
        Ok(Picked {
            node: Node::Data(id),
            text: values.text(id).into_owned(),
            span: values.span(id),
        })
    });
    picks.collect()
}

/// The node to search within: none for all of the tree; nothing if the scope holds no nodes.
#[expect(
    clippy::option_option,
    reason = "a scope may be missing, or hold nothing"
)]
fn tree_scope(scope: Option<&Picked>) -> Option<Option<tree::Id>> {
    match scope.map(|scope| scope.node) {
        None => Some(None),
        Some(Node::Tree(id)) => Some(Some(id)),
        Some(Node::Attribute { .. } | Node::Data(_) | Node::Value) => None,
    }
}
