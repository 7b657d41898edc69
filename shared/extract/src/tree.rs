//! The tree of a marked-up document, HTML or XML: nodes that name each other by number, so that nothing recurses, not even
//! dropping it.

use html5ever::QualName;

use crate::Span;

/// The number of a node in its tree.
pub type Id = usize;

/// A parsed document.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    pub(crate) nodes: Vec<Node>,
    /// Whether it is HTML: names of elements and attributes match in any case.
    pub(crate) is_html: bool,
    /// By node: where it stands in the document's text; empty unless places were asked for.
    spans: Vec<(u32, u32)>,
    /// By node: the first node behind all within it; empty unless the nodes are in the order of the document.
    ends: Vec<u32>,
}

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) parent: u32,
    pub(crate) first_child: u32,
    pub(crate) last_child: u32,
    pub(crate) previous: u32,
    pub(crate) next: u32,
    /// Steps from the root when it was put into the tree.
    pub(crate) depth: u32,
    pub(crate) content: Content,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Text(String),
    Element(Box<Element>),
    Comment(Box<str>),
    Instruction(Box<Instruction>),
    /// The document itself, and what was not kept.
    Other,
}

#[derive(Debug, Clone)]
pub(crate) struct Element {
    pub(crate) name: QualName,
    pub(crate) attributes: Vec<Attribute>,
    /// Where the children of a `template` go: out of sight.
    pub(crate) template: Option<Id>,
    pub(crate) integration_point: bool,
    /// The namespaces in scope, where XML declares any on this element: prefix (empty: the default) and name.
    pub(crate) namespaces: Vec<(Box<str>, Box<str>)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub(crate) name: QualName,
    pub(crate) value: Box<str>,
}

/// A processing instruction.
#[derive(Debug, Clone)]
pub(crate) struct Instruction {
    pub(crate) target: Box<str>,
    pub(crate) data: Box<str>,
}

impl Element {
    pub(crate) fn name(&self) -> &str {
        &self.name.local
    }

    /// Whether it is HTML's own, not SVG's or `MathML`'s.
    pub(crate) fn is_html(&self) -> bool {
        self.name.ns == html5ever::ns!(html)
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| &*attribute.name.local == name)
            .map(|attribute| &*attribute.value)
    }
}

/// The root of every tree.
pub(crate) const ROOT: Id = 0;

/// No node.
pub(crate) const NONE: u32 = u32::MAX;

impl Tree {
    pub(crate) fn new(nodes: Vec<Node>, is_html: bool) -> Self {
        Self {
            nodes,
            is_html,
            spans: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// The same tree with its nodes numbered in the order of the document, so that all within a node follow it. What stands
    /// in templates comes behind the rest.
    pub(crate) fn in_document_order(self) -> Self {
        let mut order = Order {
            numbers: vec![NONE; self.nodes.len()],
            nodes: Vec::with_capacity(self.nodes.len()),
            ends: vec![0; self.nodes.len()],
        };
        order.add_all_from(ROOT, &self);
        for node in 0..self.nodes.len() {
            if let Some(template) = self.element(node).and_then(|element| element.template) {
                order.add_all_from(template, &self);
            }
        }
        let Order {
            numbers,
            nodes: order,
            mut ends,
        } = order;
        ends.truncate(order.len());
        // As XML's parser leaves them always, and HTML's mostly.
        if order.len() == self.nodes.len() && order.is_sorted() {
            return Self { ends, ..self };
        }
        let number = |node: u32| some(node).map_or(NONE, |node| numbers[node]);
        let mut old: Vec<Option<Node>> = self.nodes.into_iter().map(Some).collect();
        let nodes = order.into_iter().filter_map(|node| {
            let mut node = old[node as usize].take()?;
            node.parent = number(node.parent);
            node.first_child = number(node.first_child);
            node.last_child = number(node.last_child);
            node.previous = number(node.previous);
            node.next = number(node.next);
            if let Content::Element(element) = &mut node.content {
                let template = element.template.map(|template| numbers[template] as Id);
                element.template = template;
            }
            Some(node)
        });
        Self {
            nodes: nodes.collect(),
            is_html: self.is_html,
            spans: Vec::new(),
            ends,
        }
    }

    pub(crate) fn content(&self, node: Id) -> &Content {
        &self.nodes[node].content
    }

    pub(crate) fn element(&self, node: Id) -> Option<&Element> {
        match self.content(node) {
            Content::Element(element) => Some(element),
            Content::Text(_) | Content::Comment(_) | Content::Instruction(_) | Content::Other => {
                None
            }
        }
    }

    pub(crate) fn first_child(&self, node: Id) -> Option<Id> {
        some(self.nodes[node].first_child)
    }

    pub(crate) fn next_sibling(&self, node: Id) -> Option<Id> {
        some(self.nodes[node].next)
    }

    pub(crate) fn previous_sibling(&self, node: Id) -> Option<Id> {
        some(self.nodes[node].previous)
    }

    pub(crate) fn parent(&self, node: Id) -> Option<Id> {
        some(self.nodes[node].parent)
    }

    /// A node and all within it, in the order of the document.
    pub(crate) fn within(&self, node: Id) -> std::ops::Range<Id> {
        node..self.ends.get(node).map_or(node + 1, |&end| end as Id)
    }

    /// All elements, in the order in which the parser made them.
    pub(crate) fn elements(&self) -> impl Iterator<Item = (Id, &Element)> {
        (0..self.nodes.len()).filter_map(|node| Some((node, self.element(node)?)))
    }

    /// The text right inside a node.
    pub(crate) fn own_text(&self, node: Id) -> String {
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

    /// Where a text or an element stands in the document's text; none if no person sees it.
    pub fn span(&self, node: Id) -> Option<Span> {
        let (start, end) = *self.spans.get(node)?;
        (start < end).then_some(start as usize..end as usize)
    }

    /// Says where the nodes stand.
    pub(crate) fn set_places(&mut self, places: Places) {
        self.spans = places.spans;
    }
}

/// The order of a document under construction.
struct Order {
    /// By node: its new number.
    numbers: Vec<u32>,
    /// By new number: the node.
    nodes: Vec<u32>,
    /// By new number: the first one behind all within it.
    ends: Vec<u32>,
}

impl Order {
    /// Adds a node and all within it.
    fn add_all_from(&mut self, start: Id, tree: &Tree) {
        let mut node = start;
        loop {
            self.numbers[node] = offset(self.nodes.len());
            self.nodes.push(offset(node));
            if let Some(child) = tree.first_child(node) {
                node = child;
                continue;
            }
            loop {
                self.ends[self.numbers[node] as Id] = offset(self.nodes.len());
                if node == start {
                    return;
                }
                if let Some(next) = tree.next_sibling(node) {
                    node = next;
                    break;
                }
                let Some(parent) = tree.parent(node) else {
                    return;
                };
                node = parent;
            }
        }
    }
}

/// Where the nodes of a tree stand, as a reader comes by them.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// Empty if nobody asks.
    spans: Vec<(u32, u32)>,
}

impl Places {
    /// For all nodes of a tree, if anybody asks.
    pub(crate) fn of(tree: &Tree, wanted: bool) -> Self {
        let nodes = if wanted { tree.nodes.len() } else { 0 };
        Self {
            spans: vec![(0, 0); nodes],
        }
    }

    /// A node begins, with this many bytes of text before it.
    pub(crate) fn begin(&mut self, node: Id, at: usize) {
        if let Some(span) = self.spans.get_mut(node) {
            *span = (offset(at), offset(at));
        }
    }

    /// A node ends; `since` finds what was written since an offset.
    pub(crate) fn end(&mut self, node: Id, since: impl FnOnce(usize) -> Option<Span>) {
        if let Some(span) = self.spans.get_mut(node)
            && let Some(found) = since(span.0 as usize)
        {
            *span = (offset(found.start), offset(found.end));
        }
    }
}

/// The length of texts is limited to less.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

pub(crate) fn some(node: u32) -> Option<Id> {
    (node != NONE).then_some(node as Id)
}
