//! Selecting: what a selector picks from a document, each with its place.

mod budget;
mod iregexp;
mod jsonpath;

use plan::{Css, JsonPath, XPath};

pub use self::budget::Budget;
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
    let _ = (selector, document, scope);
    budget.step()?;
    Ok(Vec::new())
}

/// What an XPath expression comes to: nodes in the order of the document, or one value; nothing in a document that is no HTML
/// or XML.
pub fn xpath(
    expression: &XPath,
    document: &Document,
    scope: Option<&Picked>,
    budget: &mut Budget<'_>,
) -> Result<Vec<Picked>, Error> {
    let _ = (expression, document, scope);
    budget.step()?;
    Ok(Vec::new())
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
