//! HTML's tree: nodes that name each other by number, so that nothing recurses.

use html5ever::tendril::StrTendril;
use html5ever::{Attribute, QualName};

/// The number of a node in its tree.
pub(super) type Id = usize;

/// A parsed document: nodes that name each other by number, so that nothing recurses, not even
/// dropping it.
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
}

pub(super) struct Node {
    pub(super) parent: u32,
    pub(super) first_child: u32,
    pub(super) last_child: u32,
    pub(super) previous: u32,
    pub(super) next: u32,
    /// Steps from the root when it was put into the tree.
    pub(super) depth: u32,
    pub(super) content: Content,
}

/// What a node is.
pub(super) enum Content {
    Text(StrTendril),
    Element(Box<Element>),
    /// The document itself, and comments.
    Other,
}

pub(super) struct Element {
    pub(super) name: QualName,
    pub(super) attributes: Vec<Attribute>,
    /// Where the children of a `template` go: out of sight.
    pub(super) template: Option<Id>,
    pub(super) integration_point: bool,
}

impl Element {
    pub(super) fn name(&self) -> &str {
        &self.name.local
    }

    /// Whether it is HTML's own, not SVG's or `MathML`'s.
    pub(super) fn is_html(&self) -> bool {
        self.name.ns == html5ever::ns!(html)
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| &*attribute.name.local == name)
            .map(|attribute| &*attribute.value)
    }
}

/// The root of every tree.
pub(super) const ROOT: Id = 0;

/// No node.
pub(super) const NONE: u32 = u32::MAX;

impl Tree {
    pub(super) fn content(&self, node: Id) -> &Content {
        &self.nodes[node].content
    }

    pub(super) fn element(&self, node: Id) -> Option<&Element> {
        match self.content(node) {
            Content::Element(element) => Some(element),
            Content::Text(_) | Content::Other => None,
        }
    }

    pub(super) fn first_child(&self, node: Id) -> Option<Id> {
        some(self.nodes[node].first_child)
    }

    pub(super) fn next_sibling(&self, node: Id) -> Option<Id> {
        some(self.nodes[node].next)
    }

    pub(super) fn parent(&self, node: Id) -> Option<Id> {
        some(self.nodes[node].parent)
    }

    /// All elements, in the order in which the parser made them.
    pub(super) fn elements(&self) -> impl Iterator<Item = (Id, &Element)> {
        (0..self.nodes.len()).filter_map(|node| Some((node, self.element(node)?)))
    }

    /// The text right inside a node.
    pub(super) fn own_text(&self, node: Id) -> String {
        let mut text = String::new();
        let mut child = self.first_child(node);
        while let Some(node) = child {
            if let Content::Text(part) = self.content(node) {
                text.push_str(part);
            }
            child = self.next_sibling(node);
        }
        text
    }
}

pub(super) fn some(node: u32) -> Option<Id> {
    (node != NONE).then_some(node as Id)
}
