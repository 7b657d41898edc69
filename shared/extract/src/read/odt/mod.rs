//! ODT (`OpenDocument` text): the body, then notes, comments, headers and footers.

mod body;
mod lists;
mod styles;

use self::body::Body;
use self::styles::Styles;
use super::draft::Draft;
use super::events::Node;
use super::flow::folded;
use super::package::{Kind, Package};
use super::{Context, Format, Reader, odf};
use crate::{Document, Error, Problem};

pub(super) static FORMAT: Format = Format {
    name: "ODT",
    media_types: &[
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.text-template",
        "application/vnd.oasis.opendocument.text-master",
        "application/vnd.oasis.opendocument.text-web",
    ],
    extensions: &["odt", "ott", "odm", "oth"],
    reader: Reader::Package {
        kind: Kind::Odt,
        read,
    },
};

fn read(mut package: Package<'_>, context: &Context<'_>) -> Result<Document, Error> {
    let package = &mut package;
    odf::check_encryption(package)?;
    let mut document = Document {
        metadata: odf::metadata(package)?,
        ..Document::default()
    };
    let mut styles = Styles::default();
    if let Some(mut xml) = package.xml("styles.xml")? {
        xml.root()?;
        loop {
            match xml.next()? {
                Node::Start(tag) => match tag.name() {
                    "styles" | "automatic-styles" => styles.add(&mut xml)?,
                    _ => xml.skip()?,
                },
                Node::Text(_) => {}
                Node::End => break,
            }
        }
    }
    let mut body = Body::new(context, styles);
    let Some(mut xml) = package.xml("content.xml")? else {
        let detail = "The package is damaged: it has no content.xml.";
        return Err(Error::document(Problem::Malformed, detail));
    };
    xml.root()?;
    loop {
        match xml.next()? {
            Node::Start(tag) => match tag.name() {
                "automatic-styles" => body.styles.add(&mut xml)?,
                "body" => body.blocks(&mut xml)?,
                _ => xml.skip()?,
            },
            Node::Text(_) => {}
            Node::End => break,
        }
    }
    drop(xml);
    let (mut draft, styles) = body.finish()?;
    for margin in margins(package, styles, context)? {
        draft.adopt(margin)?;
    }
    draft.finish(&mut document);
    Ok(document)
}

/// Headers and footers of different wording that are kept.
const MAX_MARGINS: usize = 100;

/// Headers and footers, each wording once.
fn margins(
    package: &mut Package<'_>,
    mut styles: Styles,
    context: &Context<'_>,
) -> Result<Vec<Document>, Error> {
    let mut margins: Vec<Document> = Vec::new();
    let Some(mut xml) = package.xml("styles.xml")? else {
        return Ok(margins);
    };
    xml.root()?;
    let mut open = 1;
    while open > 0 {
        match xml.next()? {
            Node::Start(tag) => match tag.name() {
                "master-styles" | "master-page" => open += 1,
                "header" | "header-left" | "header-first" | "footer" | "footer-left"
                | "footer-first"
                    if margins.len() < MAX_MARGINS =>
                {
                    let mut body = Body::new(context, styles);
                    body.blocks(&mut xml)?;
                    let draft: Draft<'_>;
                    (draft, styles) = body.finish()?;
                    let mut margin = Document::default();
                    draft.finish(&mut margin);
                    let text = folded(margin.text.as_str());
                    let is_known = |known: &Document| folded(known.text.as_str()) == text;
                    // A page's number alone says nothing.
                    if text.contains(char::is_alphabetic) && !margins.iter().any(is_known) {
                        margins.push(margin);
                    }
                }
                _ => xml.skip()?,
            },
            Node::Text(_) => {}
            Node::End => open -= 1,
        }
    }
    Ok(margins)
}
