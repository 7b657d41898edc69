//! What html5ever builds a tree with.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute as Parsed, QualName};

use super::tree::{Attribute, Content, Element, Id, NONE, Node, ROOT, Tree, some};

/// What the parser builds the tree with.
pub(super) struct Sink {
    nodes: RefCell<Vec<Node>>,
    /// Attributes of all elements together.
    attributes: Cell<usize>,
    /// What the parser has asked for so far; it asks for nothing while it is in the middle of a
    /// tag.
    calls: Cell<u64>,
    /// The depth of the deepest node.
    depth: Cell<usize>,
    max_nodes: usize,
    /// Whether all attributes and comments are kept, not only what reading looks at.
    keeps_all: bool,
}

impl Sink {
    pub(super) fn new(max_nodes: usize, keeps_all: bool) -> Self {
        let max_nodes = max_nodes.min(u32::MAX as usize / 2);
        let sink = Self {
            nodes: RefCell::default(),
            attributes: Cell::new(0),
            calls: Cell::new(0),
            depth: Cell::new(0),
            max_nodes,
            keeps_all,
        };
        sink.create(Content::Other);
        sink
    }

    /// Whether there are more nodes than may be. The parser may well go on to the end of its piece.
    pub(super) fn is_full(&self) -> bool {
        self.nodes.borrow().len() + self.attributes.get() > self.max_nodes
    }

    /// The depth of the deepest element.
    pub(super) fn depth(&self) -> usize {
        self.depth.get()
    }

    /// How often the parser has asked for something.
    pub(super) fn calls(&self) -> u64 {
        self.calls.get()
    }

    fn called(&self) {
        self.calls.set(self.calls.get() + 1);
    }

    fn create(&self, content: Content) -> Id {
        self.called();
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Node {
            parent: NONE,
            first_child: NONE,
            last_child: NONE,
            previous: NONE,
            next: NONE,
            depth: 0,
            content,
        });
        nodes.len() - 1
    }

    /// The attributes that are worth keeping.
    fn kept(&self, mut parsed: Vec<Parsed>) -> Vec<Attribute> {
        if !self.keeps_all {
            parsed.retain(|attribute| super::ATTRIBUTES.contains(&&*attribute.name.local));
        }
        if self.is_full() {
            parsed.clear();
        }
        self.attributes.set(self.attributes.get() + parsed.len());
        let kept = parsed.into_iter().map(|attribute| Attribute {
            name: attribute.name,
            value: (&*attribute.value).into(),
        });
        kept.collect()
    }

    fn element(&self, node: Id) -> Ref<'_, Element> {
        self.called();
        Ref::map(self.nodes.borrow(), |nodes| match &nodes[node].content {
            Content::Element(element) => &**element,
            _ => unreachable!("the parser asks this of elements alone"),
        })
    }

    /// Puts a child in front of `before`, or last.
    fn insert(&self, parent: Id, before: Option<Id>, child: NodeOrText<Id>) {
        self.called();
        let previous = {
            let nodes = self.nodes.borrow();
            before.map_or(nodes[parent].last_child, |before| nodes[before].previous)
        };
        let child = match child {
            NodeOrText::AppendNode(node) => {
                self.remove_from_parent(&node);
                node
            }
            NodeOrText::AppendText(text) => {
                if let Some(previous) = some(previous)
                    && let Content::Text(written) = &mut self.nodes.borrow_mut()[previous].content
                {
                    written.push_str(&text);
                    return;
                }
                self.create(Content::Text((*text).to_owned()))
            }
        };
        self.link(parent, before, child);
    }

    fn link(&self, parent: Id, before: Option<Id>, child: Id) {
        let mut nodes = self.nodes.borrow_mut();
        let previous = before.map_or(nodes[parent].last_child, |before| nodes[before].previous);
        let next = before.map_or(NONE, number);
        let depth = nodes[parent].depth + 1;
        let node = &mut nodes[child];
        (node.parent, node.previous, node.next, node.depth) =
            (number(parent), previous, next, depth);
        match some(previous) {
            Some(previous) => nodes[previous].next = number(child),
            None => nodes[parent].first_child = number(child),
        }
        match before {
            Some(before) => nodes[before].previous = number(child),
            None => nodes[parent].last_child = number(child),
        }
        if matches!(nodes[child].content, Content::Element(_)) {
            self.depth.set(self.depth.get().max(depth as usize));
        }
    }
}

fn number(node: Id) -> u32 {
    u32::try_from(node).expect("the number of nodes is limited to less")
}

impl TreeSink for Sink {
    type Handle = Id;
    type Output = Tree;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Tree {
        Tree::new(self.nodes.into_inner(), true)
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Id {
        ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a Id) -> Ref<'a, QualName> {
        Ref::map(self.element(*target), |element| &element.name)
    }

    fn create_element(&self, name: QualName, attributes: Vec<Parsed>, flags: ElementFlags) -> Id {
        let template = flags.template.then(|| self.create(Content::Other));
        let attributes = self.kept(attributes);
        let integration_point = flags.mathml_annotation_xml_integration_point;
        self.create(Content::Element(Box::new(Element {
            name,
            attributes,
            template,
            integration_point,
            namespaces: Vec::new(),
        })))
    }

    fn create_comment(&self, text: StrTendril) -> Id {
        self.create(if self.keeps_all {
            Content::Comment((&*text).into())
        } else {
            Content::Other
        })
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Id {
        self.create(Content::Other)
    }

    fn append(&self, parent: &Id, child: NodeOrText<Id>) {
        self.insert(*parent, None, child);
    }

    fn append_based_on_parent_node(&self, element: &Id, previous: &Id, child: NodeOrText<Id>) {
        let parent = some(self.nodes.borrow()[*element].parent);
        if parent.is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Id) -> Id {
        self.element(*target).template.unwrap_or(ROOT)
    }

    fn same_node(&self, one: &Id, other: &Id) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Id, child: NodeOrText<Id>) {
        let parent = some(self.nodes.borrow()[*sibling].parent);
        self.insert(parent.unwrap_or(ROOT), Some(*sibling), child);
    }

    fn add_attrs_if_missing(&self, target: &Id, attributes: Vec<Parsed>) {
        let attributes = self.kept(attributes);
        if let Content::Element(element) = &mut self.nodes.borrow_mut()[*target].content {
            for attribute in attributes {
                if element.attribute(&attribute.name.local).is_none() {
                    element.attributes.push(attribute);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Id) {
        let mut nodes = self.nodes.borrow_mut();
        let Node {
            parent,
            previous,
            next,
            ..
        } = nodes[*target];
        let Some(parent) = some(parent) else { return };
        match some(previous) {
            Some(previous) => nodes[previous].next = next,
            None => nodes[parent].first_child = next,
        }
        match some(next) {
            Some(next) => nodes[next].previous = previous,
            None => nodes[parent].last_child = previous,
        }
        let node = &mut nodes[*target];
        (node.parent, node.previous, node.next) = (NONE, NONE, NONE);
    }

    fn reparent_children(&self, node: &Id, new_parent: &Id) {
        loop {
            let child = some(self.nodes.borrow()[*node].first_child);
            let Some(child) = child else { return };
            self.remove_from_parent(&child);
            self.link(*new_parent, None, child);
        }
    }

    fn is_mathml_annotation_xml_integration_point(&self, handle: &Id) -> bool {
        self.element(*handle).integration_point
    }
}
