//! DOCX (ECMA-376, `WordprocessingML`): the body, then notes, comments, headers and footers.

mod body;
mod field;
mod numbering;
mod styles;

use self::body::{Body, Notes};
use self::numbering::Numbering;
use self::styles::Styles;
use super::draft::{Draft, Look, Shape};
use super::events::{Node, Xml};
use super::flow::folded;
use super::opc::{self, Relations};
use super::package::{Kind, Package};
use super::{Context, Format, Reader};
use crate::{Document, Error};

pub(super) use self::field::href;
pub(super) use self::styles::{is_code, is_quote};

pub(super) static FORMAT: Format = Format {
    name: "DOCX",
    media_types: &[
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
        "application/vnd.ms-word.document.macroEnabled.12",
        "application/vnd.ms-word.template.macroEnabled.12",
    ],
    extensions: &["docx", "docm", "dotx", "dotm"],
    reader: Reader::Package {
        kind: Kind::Docx,
        read,
    },
};

fn read(mut package: Package<'_>, context: &Context<'_>) -> Result<Document, Error> {
    let package = &mut package;
    let mut document = Document {
        metadata: opc::metadata(package)?,
        ..Document::default()
    };
    let main = opc::main_part(package, "word/document.xml")?;
    let relations = Relations::of(&main, package)?;
    let related = |kind| relations.target(kind).map(str::to_owned);
    let styles = match related("styles") {
        Some(path) => Styles::of(package.xml(&path)?)?,
        None => Styles::default(),
    };
    let numbering = match related("numbering") {
        Some(path) => Numbering::of(package.xml(&path)?)?,
        None => Numbering::default(),
    };

    let draft = Draft::new(context);
    let mut body = Body::new(draft, &styles, numbering, relations.clone());
    if let Some(mut xml) = package.xml(&main)? {
        xml.root()?;
        body.blocks(&mut xml)?;
    }
    for (kind, one) in [("footnotes", "footnote"), ("endnotes", "endnote")] {
        if let Some(path) = related(kind) {
            body.relations = Relations::of(&path, package)?;
            let notes = std::mem::take(body.notes.of(one));
            if let Some(xml) = package.xml(&path)? {
                body.read_notes(xml, one, &notes)?;
            }
        }
    }
    if let Some(path) = related("comments") {
        body.relations = Relations::of(&path, package)?;
        if let Some(xml) = package.xml(&path)? {
            body.read_comments(xml)?;
        }
    }
    let mut draft = body.finish();
    let mut seen = Vec::new();
    for kind in ["header", "footer"] {
        for path in relations.targets(kind) {
            let margin = margin(path, package, &styles, context)?;
            let text = folded(margin.text.as_str());
            // A page's number alone says nothing.
            let says_something = text.contains(char::is_alphabetic);
            if says_something && !seen.contains(&text) && seen.len() < MAX_MARGINS {
                seen.push(text);
                draft.adopt(margin)?;
            }
        }
    }
    draft.finish(&mut document);
    Ok(document)
}

/// Headers and footers of different wording that are kept; each section may have six.
const MAX_MARGINS: usize = 100;

/// A header or footer, read on its own, since most are the same as one before.
fn margin(
    path: &str,
    package: &mut Package<'_>,
    styles: &Styles,
    context: &Context<'_>,
) -> Result<Document, Error> {
    let relations = Relations::of(path, package)?;
    let mut document = Document::default();
    let numbering = Numbering::default();
    let mut body = Body::new(Draft::new(context), styles, numbering, relations);
    if let Some(mut xml) = package.xml(path)? {
        xml.root()?;
        body.blocks(&mut xml)?;
    }
    body.draft.finish(&mut document);
    Ok(document)
}

impl Body<'_, '_> {
    /// The notes that the body refers to, each with the number that stands there.
    fn read_notes(&mut self, mut xml: Xml<'_, '_>, one: &str, notes: &Notes) -> Result<(), Error> {
        xml.root()?;
        loop {
            let number = match xml.next()? {
                Node::Start(tag) if tag.name() == one => {
                    let id = tag.attribute("id").unwrap_or_default();
                    notes.get(&*id).copied()
                }
                Node::Start(_) => None,
                Node::Text(_) => continue,
                Node::End => return Ok(()),
            };
            match number {
                Some(number) => {
                    self.label = Some(format!("[{number}] "));
                    self.blocks(&mut xml)?;
                }
                None => xml.skip()?,
            }
        }
    }

    fn read_comments(&mut self, mut xml: Xml<'_, '_>) -> Result<(), Error> {
        xml.root()?;
        loop {
            let label = match xml.next()? {
                Node::Start(tag) => match tag.attribute("author") {
                    Some(author) if !author.trim().is_empty() => {
                        format!("Comment by {}: ", folded(&author))
                    }
                    _ => "Comment: ".to_owned(),
                },
                Node::Text(_) => continue,
                Node::End => return Ok(()),
            };
            self.label = Some(label);
            self.blocks(&mut xml)?;
        }
    }

    /// What stands before the next paragraph's words: a note's number, a comment's author.
    fn put_label(&mut self) -> Result<(), Error> {
        match self.label.take() {
            Some(label) => self.draft.text(&label, Look::default()),
            None => Ok(()),
        }
    }
}

impl From<&styles::Paragraph> for Shape {
    fn from(style: &styles::Paragraph) -> Self {
        match *style {
            styles::Paragraph {
                level: Some(level), ..
            } => Self::Heading(level),
            styles::Paragraph { is_code: true, .. } => Self::Code,
            styles::Paragraph { is_quote: true, .. } => Self::Quote,
            styles::Paragraph {
                is_caption: true, ..
            } => Self::Caption,
            _ => Self::Plain,
        }
    }
}
