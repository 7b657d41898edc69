//! EPUB: the chapters in the order of the spine, each read as the HTML that it is.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::date::rfc3339;
use super::draft::Draft;
use super::events::{Node, Xml};
use super::flow::folded;
use super::opc::{MAX_PROPERTIES, joined};
use super::package::{Kind, Package};
use super::{Context, Format, Reader, charset, html};
use crate::{Document, Error, Problem};

pub(super) static FORMAT: Format = Format {
    name: "EPUB",
    media_types: &["application/epub+zip"],
    extensions: &["epub"],
    reader: Reader::Package {
        kind: Kind::Epub,
        read,
    },
};

fn read(mut package: Package<'_>, context: &Context<'_>) -> Result<Document, Error> {
    let package = &mut package;
    check_protection(package)?;
    let path = book_path(package)?;
    let Some(xml) = package.xml(&path)? else {
        return Err(damaged("has no description of its content (OPF)"));
    };
    let Book {
        metadata,
        items,
        spine,
    } = book(xml)?;
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);

    let mut draft = Draft::new(context);
    let mut missing = 0;
    for id in &spine {
        context.watch.check()?;
        let Some(item) = items.get(id) else {
            missing += 1;
            continue;
        };
        if item.is_contents || !item.is_html {
            continue;
        }
        let Some(bytes) = package.read_named(&joined(folder, &unescaped(&item.href)))? else {
            missing += 1;
            continue;
        };
        let decoded = charset::decode(&bytes, None);
        drop(bytes);
        let chapter = html::read(&expanded(&decoded.text), context)?;
        draft.adopt(chapter)?;
    }
    draft.leave_out(
        missing,
        "Chapters that the book lists are not in it. Missing",
    );
    if draft.len() == 0 {
        let warning = "The book has no text; text in images is not read.";
        draft.warnings.push(warning.into());
    }
    let mut document = Document {
        metadata,
        ..Document::default()
    };
    draft.finish(&mut document);
    Ok(document)
}

fn damaged(what: &str) -> Error {
    let detail = format!("The book is damaged: it {what}.");
    Error::document(Problem::Malformed, detail)
}

/// What is encrypted so is a font, which is not read.
const FONT_ALGORITHMS: [&str; 2] = [
    "http://www.idpf.org/2008/embedding",
    "http://ns.adobe.com/pdf/enc#RC",
];

/// Refuses a book whose text is encrypted.
fn check_protection(package: &mut Package<'_>) -> Result<(), Error> {
    let Some(mut xml) = package.xml("META-INF/encryption.xml")? else {
        return Ok(());
    };
    let mut open = 0;
    loop {
        match xml.next()? {
            Node::Start(tag) => {
                open += 1;
                let algorithm = tag.attribute("Algorithm").unwrap_or_default();
                if tag.name() == "EncryptionMethod" && !FONT_ALGORITHMS.contains(&&*algorithm) {
                    return Err(Error::document(
                        Problem::Encrypted,
                        "The book is protected against copying (DRM): its text is encrypted.",
                    ));
                }
            }
            Node::Text(_) => {}
            Node::End => {
                open -= 1;
                if open <= 0 {
                    return Ok(());
                }
            }
        }
    }
}

/// Where the book is described.
fn book_path(package: &mut Package<'_>) -> Result<String, Error> {
    let Some(mut xml) = package.xml("META-INF/container.xml")? else {
        return Err(damaged("has no META-INF/container.xml"));
    };
    let mut open = 0;
    loop {
        match xml.next()? {
            Node::Start(tag) => {
                open += 1;
                if let ("rootfile", Some(path)) = (tag.name(), tag.attribute("full-path")) {
                    return Ok(joined("", &path));
                }
            }
            Node::Text(_) => {}
            Node::End => {
                open -= 1;
                if open <= 0 {
                    return Err(damaged("does not say where its content is described"));
                }
            }
        }
    }
}

struct Book {
    metadata: BTreeMap<String, Value>,
    items: HashMap<String, Item>,
    /// Items in reading order.
    spine: Vec<String>,
}

/// A file of the book.
struct Item {
    href: String,
    is_html: bool,
    /// Whether it is the table of contents.
    is_contents: bool,
}

fn book(mut xml: Xml<'_, '_>) -> Result<Book, Error> {
    let mut said = Vec::new();
    let mut items = HashMap::new();
    let mut spine = Vec::new();
    xml.root()?;
    let mut open = 1;
    while open > 0 {
        match xml.next()? {
            Node::Start(tag) => {
                let attribute = |name| tag.attribute(name).unwrap_or_default();
                match tag.name() {
                    "metadata" | "dc-metadata" | "x-metadata" | "manifest" | "spine" => {
                        open += 1;
                        continue;
                    }
                    "item" => {
                        let properties = attribute("properties");
                        let item = Item {
                            href: attribute("href").into_owned(),
                            is_html: matches!(
                                &*attribute("media-type"),
                                "application/xhtml+xml" | "text/html" | "text/x-oeb1-document"
                            ),
                            is_contents: properties.split(' ').any(|it| it == "nav"),
                        };
                        items.insert(attribute("id").into_owned(), item);
                    }
                    "itemref" => spine.push(attribute("idref").into_owned()),
                    _ => {
                        let property = tag.attribute("property").map(Into::into);
                        let name = match (tag.name(), property, tag.attribute("name")) {
                            // About another property, and not about the book.
                            ("meta", Some(_), _) if tag.attribute("refines").is_some() => None,
                            ("meta", Some(property), _) => Some(property),
                            ("meta", None, name) => name.map(Into::into),
                            _ => Some(tag.full_name().to_owned()),
                        };
                        let content = tag.attribute("content").map(Cow::into_owned);
                        let text = folded(&xml.text()?);
                        let value = content.unwrap_or(text);
                        if let Some(name) = name.filter(|_| !value.is_empty())
                            && said.len() < MAX_PROPERTIES
                        {
                            said.push((name, value));
                        }
                        continue;
                    }
                }
                xml.skip()?;
            }
            Node::Text(_) => {}
            Node::End => open -= 1,
        }
    }
    Ok(Book {
        metadata: metadata(&said),
        items,
        spine,
    })
}

fn metadata(said: &[(String, String)]) -> BTreeMap<String, Value> {
    let all = |name: &str| -> Vec<&str> {
        let values = said.iter().filter(|(it, _)| it == name);
        values.map(|(_, value)| value.as_str()).collect()
    };
    let first = |name: &str| all(name).first().map(|&value| Value::from(value));
    let date = |name: &str| {
        let written = *all(name).first()?;
        Some(Value::from(rfc3339(written).unwrap_or(written.to_owned())))
    };
    let joined = |name: &str| Some(all(name).join(", ")).filter(|it| !it.is_empty());
    let list = |name: &str| Some(all(name)).filter(|it| !it.is_empty());
    let common = [
        ("title", first("dc:title")),
        ("author", joined("dc:creator").map(Value::from)),
        ("language", first("dc:language")),
        ("description", first("dc:description")),
        ("keywords", list("dc:subject").map(Value::from)),
        ("created", date("dc:date")),
        ("modified", date("dcterms:modified")),
        ("generator", first("generator")),
    ];
    let common = common.into_iter();
    let mut metadata: BTreeMap<String, Value> = common
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    for name in [
        "dc:contributor",
        "dc:creator",
        "dc:date",
        "dc:identifier",
        "dc:publisher",
        "dc:rights",
        "dc:source",
        "dc:subject",
    ] {
        match all(name).as_slice() {
            [] => {}
            [one] => {
                metadata.insert(name.to_owned(), (*one).into());
            }
            several => {
                metadata.insert(name.to_owned(), several.into());
            }
        }
    }
    metadata
}

/// An address without its percent signs.
fn unescaped(href: &str) -> String {
    let mut bytes = Vec::with_capacity(href.len());
    let mut rest = href.as_bytes();
    while let [byte, after @ ..] = rest {
        let code = after.get(..2).filter(|_| *byte == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        if let Some(code) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            bytes.push(code);
            rest = &after[2..];
        } else {
            bytes.push(*byte);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Elements of HTML that never hold anything.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// XHTML in which every element that is empty has an end tag of its own, for HTML knows no other: `<title/>` would begin a
/// title that never ends.
fn expanded(xhtml: &str) -> String {
    let mut html = String::with_capacity(xhtml.len());
    let mut rest = xhtml;
    while let Some(at) = rest.find("/>") {
        let (before, after) = rest.split_at(at);
        rest = &after[2..];
        html.push_str(before);
        let tag = before.rfind('<').map(|start| &before[start..]);
        let tag = tag.filter(|tag| !tag.contains('>'));
        match tag.map(html::tag_name) {
            Some(name) if !name.is_empty() && !VOID.contains(&name) => {
                html.push_str("></");
                html.push_str(name);
                html.push('>');
            }
            _ => html.push_str("/>"),
        }
    }
    html.push_str(rest);
    html
}
