//! Nodes as XPath sees them: those of a tree, and the attributes and namespaces of elements.

use std::borrow::Cow;

use crate::Error;
use crate::select::{Budget, picks};
use crate::tree::{Attribute, Content, Element, Id, Tree};

/// A node; nodes order as they do in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    node: u32,
    /// 0: the node itself. Else one of its namespaces, then of its attributes.
    part: u32,
}

/// What a node is, besides a node of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Node,
    /// The namespace of this number among those in scope.
    Namespace(usize),
    /// The attribute of this number.
    Attribute(usize),
}

const FIRST_NAMESPACE: u32 = 1;
const FIRST_ATTRIBUTE: u32 = 1 << 31;

pub(super) const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

impl Place {
    pub(super) fn node(id: Id) -> Self {
        Self {
            node: number(id),
            part: 0,
        }
    }

    pub(super) fn attribute(element: Id, index: usize) -> Self {
        Self {
            node: number(element),
            part: FIRST_ATTRIBUTE + number(index),
        }
    }

    pub(super) fn namespace(element: Id, index: usize) -> Self {
        Self {
            node: number(element),
            part: FIRST_NAMESPACE + number(index),
        }
    }

    /// The node of the tree: for attributes and namespaces the element.
    pub(super) fn id(self) -> Id {
        self.node as Id
    }

    pub(super) fn part(self) -> Part {
        match self.part {
            0 => Part::Node,
            FIRST_ATTRIBUTE.. => Part::Attribute((self.part - FIRST_ATTRIBUTE) as usize),
            _ => Part::Namespace((self.part - FIRST_NAMESPACE) as usize),
        }
    }

    pub(super) fn is_node(self) -> bool {
        self.part == 0
    }
}

/// Trees are limited to less.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// The attribute of an element.
pub(super) fn attribute(tree: &Tree, element: Id, index: usize) -> Option<&Attribute> {
    tree.element(element)?.attributes.get(index)
}

/// The namespaces in scope at an element: prefix (empty: the default) and name.
pub(super) fn namespaces(tree: &Tree, element: Id) -> Vec<(&str, &str)> {
    let mut declared: &[(Box<str>, Box<str>)] = &[];
    let mut at = Some(element);
    while let Some(id) = at {
        if let Some(element) = tree.element(id)
            && !element.namespaces.is_empty()
        {
            declared = &element.namespaces;
            break;
        }
        at = tree.parent(id);
    }
    let mut all: Vec<(&str, &str)> = declared
        .iter()
        .map(|(prefix, name)| (&**prefix, &**name))
        .filter(|(_, name)| !name.is_empty())
        .collect();
    if !all.iter().any(|(prefix, _)| *prefix == "xml") {
        all.push(("xml", XML_NAMESPACE));
    }
    all
}

/// The text that a node stands for (XPath 1.0, section 5).
pub(super) fn string_value<'t>(
    place: Place,
    tree: &'t Tree,
    budget: &mut Budget<'_>,
) -> Result<Cow<'t, str>, Error> {
    budget.step()?;
    let id = place.id();
    let text = match (place.part(), tree.content(id)) {
        (Part::Attribute(index), _) => attribute(tree, id, index).map_or("", |it| &it.value),
        (Part::Namespace(index), _) => namespaces(tree, id).get(index).map_or("", |it| it.1),
        (Part::Node, Content::Text(text)) => text,
        (Part::Node, Content::Comment(text)) => text,
        (Part::Node, Content::Instruction(instruction)) => &instruction.data,
        (Part::Node, Content::Element(_) | Content::Other) => {
            return picks::string_value(id, tree, budget).map(Cow::Owned);
        }
    };
    budget.read(text.len())?;
    Ok(Cow::Borrowed(text))
}

/// The name of a node: its local part, its prefix and the name of its namespace. Each is empty if there is none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Named<'t> {
    pub(super) local: &'t str,
    pub(super) prefix: &'t str,
    pub(super) namespace: &'t str,
}

pub(super) fn named(place: Place, tree: &Tree) -> Named<'_> {
    let id = place.id();
    match (place.part(), tree.content(id)) {
        (Part::Attribute(index), _) => attribute(tree, id, index)
            .map(|attribute| of_attribute(attribute, tree))
            .unwrap_or_default(),
        (Part::Namespace(index), _) => Named {
            local: namespaces(tree, id).get(index).map_or("", |it| it.0),
            ..Named::default()
        },
        (Part::Node, Content::Element(element)) => of_element(element, tree),
        (Part::Node, Content::Instruction(instruction)) => Named {
            local: &instruction.target,
            ..Named::default()
        },
        (Part::Node, Content::Text(_) | Content::Comment(_) | Content::Other) => Named::default(),
    }
}

/// HTML's elements are in no namespace here, as in all that reads HTML with XPath 1.0.
pub(super) fn of_element<'t>(element: &'t Element, tree: &Tree) -> Named<'t> {
    Named {
        local: &element.name.local,
        prefix: element.name.prefix.as_deref().unwrap_or_default(),
        namespace: if tree.is_html { "" } else { &element.name.ns },
    }
}

pub(super) fn of_attribute<'t>(attribute: &'t Attribute, tree: &Tree) -> Named<'t> {
    Named {
        local: &attribute.name.local,
        prefix: attribute.name.prefix.as_deref().unwrap_or_default(),
        namespace: if tree.is_html { "" } else { &attribute.name.ns },
    }
}
