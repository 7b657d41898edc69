//! Nodes of a tree -> picks: their texts and places.

use super::{Budget, Node, Picked};
use crate::read::folded;
use crate::tree::{Content, Id, Tree};
use crate::{Document, Error, Span};

/// A node of a document's tree as a pick.
pub(super) fn pick(
    node: Node,
    document: &Document,
    tree: &Tree,
    budget: &mut Budget<'_>,
) -> Result<Picked, Error> {
    let (text, span) = match node {
        Node::Tree(id) => of_node(id, document, tree, budget)?,
        Node::Attribute { element, index } => {
            let attributes = tree.element(element).map_or(&[][..], |it| &it.attributes);
            let value = attributes.get(index).map_or("", |it| &it.value);
            (value.to_owned(), tree.span(element))
        }
        Node::Data(_) | Node::Value => (String::new(), None),
    };
    budget.pick(text.len())?;
    Ok(Picked { node, text, span })
}

/// A text that is no node's.
pub(super) fn value(text: String, budget: &mut Budget<'_>) -> Result<Picked, Error> {
    budget.pick(text.len())?;
    Ok(Picked {
        node: Node::Value,
        text,
        span: None,
    })
}

/// What a person reads there, if it stands in the document's text; else all the text within it.
fn of_node(
    id: Id,
    document: &Document,
    tree: &Tree,
    budget: &mut Budget<'_>,
) -> Result<(String, Option<Span>), Error> {
    let span = tree.span(id);
    let text = match (&span, tree.content(id)) {
        (Some(span), _) => {
            let text = &document.text.as_str()[span.clone()];
            budget.read(text.len())?;
            folded(text)
        }
        (None, Content::Comment(text)) => folded(text),
        (None, Content::Instruction(instruction)) => folded(&instruction.data),
        (None, _) => folded(&string_value(id, tree, budget)?),
    };
    Ok((text, span))
}

/// All the text within a node, as it is written.
pub(super) fn string_value(id: Id, tree: &Tree, budget: &mut Budget<'_>) -> Result<String, Error> {
    let mut all = String::new();
    for node in tree.within(id) {
        budget.step()?;
        if let Content::Text(text) = tree.content(node) {
            budget.read(text.len())?;
            all.push_str(text);
        }
    }
    Ok(all)
}
