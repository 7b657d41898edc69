//! HTML: the text as a person would read it, with links, tables, and what the head says.

mod article;
mod attributes;
mod blocks;
mod metadata;
mod page;
mod parse;
mod sink;
mod structured;
mod table;

use super::{Context, Fit, Format, Reader};
use crate::{Document, Error, Syntax, tree};

pub(super) use metadata::keywords;

pub(super) static FORMAT: Format = Format {
    name: "HTML",
    media_types: &["text/html", "application/xhtml+xml"],
    extensions: &["html", "htm", "xhtml", "shtml"],
    reader: Reader::Text {
        fit,
        read: |html, context| read(&html, context),
    },
};

/// The attributes that reading looks at; a tree keeps no others.
const ATTRIBUTES: [&str; 36] = [
    "about",
    "alt",
    "aria-label",
    "class",
    "colspan",
    "content",
    "data",
    "data-lang",
    "datetime",
    "hidden",
    "high",
    "href",
    "http-equiv",
    "id",
    "itemid",
    "itemprop",
    "itemref",
    "itemscope",
    "itemtype",
    "lang",
    "name",
    "prefix",
    "property",
    "rel",
    "resource",
    "reversed",
    "role",
    "rowspan",
    "src",
    "start",
    "style",
    "title",
    "type",
    "typeof",
    "value",
    "vocab",
];

/// Elements with which a piece of HTML begins that has no `html` element of its own.
const FIRST_ELEMENTS: [&str; 45] = [
    "a",
    "article",
    "aside",
    "b",
    "base",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "i",
    "img",
    "li",
    "link",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "pre",
    "script",
    "section",
    "span",
    "strong",
    "style",
    "table",
    "title",
    "ul",
];

fn fit(text: &str) -> Fit {
    let start = first_tag(text);
    let name = tag_name(start).to_ascii_lowercase();
    if name == "html" || starts_with_ignoring_case(start, "<!doctype html") {
        return Fit::Certain;
    }
    if FIRST_ELEMENTS.contains(&name.as_str()) {
        return Fit::Likely;
    }
    let mut tags = text.match_indices('<').map(|(at, _)| &text[at..]);
    if tags.any(|tag| !tag_name(tag).is_empty()) {
        Fit::Permitted
    } else {
        Fit::No
    }
}

/// Reads a document or a piece of one.
pub(super) fn read(html: &str, context: &Context<'_>) -> Result<Document, Error> {
    let mut tree = parse::parse(html, context)?;
    let head = metadata::Head::of(&tree);
    let mut read = page::read(&mut tree, head.base.as_ref(), context)?;
    let needs = context.needs;
    let found = if needs.structured {
        structured::find(&tree, head.base.as_ref(), context)?
    } else if needs.article {
        structured::json_ld(&tree, context)?
    } else {
        structured::Found::default()
    };
    if needs.article {
        let items = found.items.iter();
        let json_ld = items.filter(|it| it.syntax == Syntax::JsonLd);
        let json_ld: Vec<_> = json_ld.map(|it| &it.value).collect();
        read.document.article = Some(article::find(&tree, &read, &head.metadata, &json_ld));
    }
    let mut document = read.document;
    document.metadata = head.metadata;
    document.base = head.base;
    if needs.structured {
        document.structured = found.items;
        document.warnings.extend(found.warnings);
    }
    document.tree = needs.tree.then_some(tree);
    Ok(document)
}

/// What stands behind white space, comments and an XML declaration.
pub(super) fn first_tag(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<?") => "?>",
            _ => return rest,
        };
        let Some(at) = rest.find(end) else {
            return rest;
        };
        rest = rest[at + end.len()..].trim_start();
    }
}

/// The name of the start tag that the text begins with; empty if it begins with none.
pub(super) fn tag_name(text: &str) -> &str {
    let name = text
        .strip_prefix('<')
        .filter(|name| name.starts_with(|char: char| char.is_ascii_alphabetic()));
    let name = name.unwrap_or_default();
    &name[..name
        .find([' ', '\t', '\r', '\n', '/', '>'])
        .unwrap_or(name.len())]
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(start))
}
