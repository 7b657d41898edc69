//! The parser's tree -> the engine's own, which outlives the source and is HTML's as well.

use html5ever::{LocalName, Namespace, Prefix, QualName};
use roxmltree::{Document, Node as Parsed, NodeType};

use super::{NODES_PER_CHECK, tag};
use crate::tree::{Attribute, Content, Element, Instruction, NONE, Node, Tree};
use crate::{Error, Watch};

/// Copies a tree. Its nodes keep their numbers, which are in the order of the document.
pub(super) fn copy(parsed: &Document<'_>, watch: &dyn Watch) -> Result<Tree, Error> {
    let mut nodes = Vec::new();
    for (number, node) in parsed.descendants().enumerate() {
        if number.is_multiple_of(NODES_PER_CHECK) {
            watch.check()?;
        }
        nodes.push(copied(node));
    }
    Ok(Tree::new(nodes, false).in_document_order())
}

fn copied(node: Parsed<'_, '_>) -> Node {
    let number = |node: Option<Parsed<'_, '_>>| node.map_or(NONE, |node| node.id().get());
    let text = node.text().unwrap_or_default();
    let content = match node.node_type() {
        NodeType::Root => Content::Other,
        NodeType::Element => Content::Element(Box::new(element(node))),
        NodeType::Text => Content::Text(text.to_owned()),
        NodeType::Comment => Content::Comment(text.into()),
        NodeType::PI => {
            let instruction = node.pi();
            Content::Instruction(Box::new(Instruction {
                target: instruction.map_or("", |it| it.target).into(),
                data: instruction
                    .and_then(|it| it.value)
                    .unwrap_or_default()
                    .into(),
            }))
        }
    };
    Node {
        parent: number(node.parent()),
        first_child: number(node.first_child()),
        last_child: number(node.last_child()),
        previous: number(node.prev_sibling()),
        next: number(node.next_sibling()),
        depth: 0,
        content,
    }
}

fn element(node: Parsed<'_, '_>) -> Element {
    let source = &node.document().input_text()[node.range()];
    let tag = &source[..tag(source).bytes];
    let end = |char: char| char.is_ascii_whitespace() || matches!(char, '/' | '>');
    let written = tag[1..].split(end).next().unwrap_or_default();
    let attributes = node.attributes().map(|attribute| {
        let written = &node.document().input_text()[attribute.range_qname()];
        Attribute {
            name: name(written, attribute.namespace(), attribute.name()),
            value: attribute.value().into(),
        }
    });
    let namespaces = node.namespaces().map(|namespace| {
        let prefix = namespace.name().unwrap_or_default();
        (prefix.into(), namespace.uri().into())
    });
    Element {
        name: name(written, node.tag_name().namespace(), node.tag_name().name()),
        attributes: attributes.collect(),
        template: None,
        integration_point: false,
        namespaces: if tag.contains("xmlns") {
            namespaces.collect()
        } else {
            Vec::new()
        },
    }
}

fn name(written: &str, namespace: Option<&str>, local: &str) -> QualName {
    let prefix = written
        .split_once(':')
        .map(|(prefix, _)| Prefix::from(prefix));
    let namespace = Namespace::from(namespace.unwrap_or_default());
    QualName::new(prefix, namespace, LocalName::from(local))
}
