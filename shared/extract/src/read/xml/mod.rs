//! XML: the text of its elements, each on a line of its own unless it stands amid other text.

mod tree;

use roxmltree::{Document as Tree, Node, ParsingOptions};

use crate::read::flow::{Flow, folded};
use crate::read::gather::Gathered;
use crate::read::html::{first_tag, tag_name};
use crate::read::{Context, Fit, Format, Reader, passed};
use crate::tree::Places;
use crate::{Document, Error, Limits, Link, Problem, Text};

pub(super) static FORMAT: Format = Format {
    name: "XML",
    media_types: &["application/xml", "text/xml", "+xml"],
    extensions: &[
        "xml", "rss", "atom", "svg", "xsd", "xsl", "xslt", "plist", "kml", "gpx",
    ],
    reader: Reader::Text {
        fit,
        read: |xml, context| read(&xml, context),
    },
};

fn fit(text: &str) -> Fit {
    let start = first_tag(text);
    let name = tag_name(start);
    let ends_like_xml = || {
        let end = text.trim_end();
        end.strip_suffix('>')
            .is_some_and(|end| end.ends_with(name) || end.ends_with('/'))
    };
    match () {
        () if text.trim_start().starts_with("<?xml") => Fit::Certain,
        () if start.starts_with("<!DOCTYPE") || !name.is_empty() && ends_like_xml() => Fit::Likely,
        () if start.starts_with('<') => Fit::Permitted,
        () => Fit::No,
    }
}

fn read(xml: &str, context: &Context<'_>) -> Result<Document, Error> {
    check_shape(xml, context.limits)?;
    context.watch.check()?;
    let tree = parse(xml, context.limits)?;
    context.watch.check()?;

    let root = tree.root_element();
    let mut gathered = Gathered::new(context.limits);
    let mut document = Document::default();
    let mut places = Places::default();
    if context.needs.tree {
        let copy = document.tree.insert(tree::copy(&tree, context.watch)?);
        places = Places::of(copy, true);
    }
    let text = text(root, context, &mut gathered, &mut places)?;
    if let Some(copy) = &mut document.tree {
        copy.set_places(places);
    }
    let mut say = |name: &str, value: Option<&str>| {
        if let Some(value) = value.map(folded).filter(|value| !value.is_empty()) {
            document.metadata.insert(name.to_owned(), value.into());
        }
    };
    say("root", Some(root.tag_name().name()));
    say("namespace", root.tag_name().namespace());
    say(
        "language",
        root.attribute(("http://www.w3.org/XML/1998/namespace", "lang")),
    );
    say("title", title(root));
    if text.is_empty() {
        document.warnings.push(
            "The XML's elements hold no text; values of attributes are not read as text.".into(),
        );
    }
    gathered.finish(&mut document);
    document.text = Text::new(text);
    Ok(document)
}

fn parse<'x>(xml: &'x str, limits: &Limits) -> Result<Tree<'x>, Error> {
    let options = ParsingOptions {
        // A document type without declarations of its own can do no harm; what it names is never
        // fetched.
        allow_dtd: !declares_entities(xml),
        nodes_limit: u32::try_from(limits.max_markup_nodes).unwrap_or(u32::MAX),
        ..ParsingOptions::default()
    };
    Tree::parse_with_options(xml, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => {
            let found = "The XML has more elements and texts";
            passed("max_markup_nodes", limits.max_markup_nodes, found)
        }
        roxmltree::Error::DtdDetected => Error::document(
            Problem::UnsupportedFormat,
            "The XML declares entities or elements of its own (an internal DTD), which is not \
             read. Send it without.",
        ),
        error => {
            let position = error.pos();
            let said: String = error.to_string().chars().take(200).collect();
            let at = format!(" at {}:{}", position.row, position.col);
            Error::document(
                Problem::Malformed,
                format!(
                    "The document is not well-formed XML: {}, at line {}, column {}.",
                    said.replace(&at, ""),
                    position.row,
                    position.col
                ),
            )
        }
    })
}

/// Whether the document type has declarations in it: `<!DOCTYPE name [ … ]>`.
fn declares_entities(xml: &str) -> bool {
    let start = first_tag(xml);
    let mut quote = None;
    for char in start.strip_prefix("<!DOCTYPE").unwrap_or_default().chars() {
        match (quote, char) {
            (Some(open), _) if open == char => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(char),
            (None, '[') => return true,
            (None, '>') => return false,
            (None, _) => {}
        }
    }
    false
}

/// Refuses what would take a parser long: elements nested too deeply, or with too many attributes.
fn check_shape(xml: &str, limits: &Limits) -> Result<(), Error> {
    let mut depth = 0_usize;
    let mut rest = xml;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<![CDATA[") => "]]>",
            _ if rest.starts_with("<?") => "?>",
            _ => "",
        };
        if !end.is_empty() {
            let Some(at) = rest.find(end) else {
                return Ok(());
            };
            rest = &rest[at + end.len()..];
            continue;
        }
        let Tag { bytes, attributes } = tag(rest);
        let (tag, after) = rest.split_at(bytes);
        if attributes > limits.max_attributes {
            let found = format!("An XML element has {attributes} attributes");
            return Err(passed("max_attributes", limits.max_attributes, found));
        }
        if tag.starts_with("</") {
            depth = depth.saturating_sub(1);
        } else if !tag.starts_with("<!") && !tag.ends_with("/>") {
            depth += 1;
            if depth > limits.max_xml_depth {
                return Err(passed(
                    "max_xml_depth",
                    limits.max_xml_depth,
                    "The XML's elements are nested deeper",
                ));
            }
        }
        rest = after;
    }
    Ok(())
}

struct Tag {
    bytes: usize,
    attributes: usize,
}

/// The tag that the text begins with.
fn tag(text: &str) -> Tag {
    let mut quote = None;
    let mut attributes = 0;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => {
                quote = Some(byte);
                attributes += 1;
            }
            (None, b'>') => {
                return Tag {
                    bytes: at + 1,
                    attributes,
                };
            }
            (None, _) => {}
        }
    }
    Tag {
        bytes: text.len(),
        attributes,
    }
}

/// Nodes between two looks at the watch.
const NODES_PER_CHECK: usize = 4096;

/// The text of all elements; walks without recursion.
fn text(
    root: Node<'_, '_>,
    context: &Context<'_>,
    gathered: &mut Gathered<'_>,
    places: &mut Places,
) -> Result<String, Error> {
    let mut flow = Flow::default();
    // The elements open: whether each has text of its own, and where its text begins.
    let mut open: Vec<(bool, usize)> = Vec::new();
    let mut node = root;
    for step in 1_usize.. {
        if step.is_multiple_of(NODES_PER_CHECK) {
            context.watch.check()?;
        }
        places.begin(node.id().get_usize(), flow.len());
        if node.is_element() {
            let amid_text = open.last().is_some_and(|&(has_text, _)| has_text);
            if !amid_text {
                flow.line();
            }
            let has_text = amid_text
                || node
                    .children()
                    .filter(Node::is_text)
                    .any(|child| child.text().is_some_and(|text| !text.trim().is_empty()));
            open.push((has_text, flow.len()));
        } else if node.is_text() {
            flow.words(node.text().unwrap_or_default());
        }
        if let Some(child) = node.first_child() {
            node = child;
            continue;
        }
        loop {
            if node.is_element() {
                end_element(node, &mut open, &mut flow, gathered);
            }
            places.end(node.id().get_usize(), |start| flow.span_since(start));
            if open.is_empty() {
                return Ok(flow.into_text());
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else {
                return Ok(flow.into_text());
            };
            node = parent;
        }
    }
    Ok(flow.into_text())
}

fn end_element(
    node: Node<'_, '_>,
    open: &mut Vec<(bool, usize)>,
    flow: &mut Flow,
    gathered: &mut Gathered<'_>,
) {
    let Some((_, start)) = open.pop() else { return };
    if let Some(href) = node
        .attributes()
        .find(|attribute| attribute.name() == "href")
    {
        let span = flow.span_since(start);
        let text = span
            .clone()
            .map_or_else(String::new, |span| folded(&flow.as_str()[span]));
        gathered.link(Link {
            href: href.value().trim().to_owned(),
            text,
            span,
        });
    }
    if !open.last().is_some_and(|&(has_text, _)| has_text) {
        flow.line();
    }
}

/// The title of a feed, or of whatever else has one at its head.
fn title<'t>(root: Node<'t, '_>) -> Option<&'t str> {
    let child = |node: Node<'t, '_>, name| {
        node.children()
            .find(|child| child.has_tag_name_in_any_namespace(name))
    };
    let head = child(root, "channel").unwrap_or(root);
    child(head, "title")?.text()
}

/// Names without namespaces.
trait LocalName {
    fn has_tag_name_in_any_namespace(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    fn has_tag_name_in_any_namespace(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}
