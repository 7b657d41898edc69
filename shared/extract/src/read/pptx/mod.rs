//! PPTX (ECMA-376, `PresentationML`): each slide is a page, with its notes and comments.

mod slide;

use std::collections::HashMap;

use self::slide::Slide;
use super::draft::{Draft, Look, Shape};
use super::events::{Node, Xml};
use super::flow::folded;
use super::opc::{self, Relations};
use super::package::{Kind, Package};
use super::{Context, Format, Reader, passed};
use crate::{Document, Error};

pub(super) static FORMAT: Format = Format {
    name: "PPTX",
    media_types: &[
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
        "application/vnd.openxmlformats-officedocument.presentationml.template",
        "application/vnd.ms-powerpoint.presentation.macroEnabled.12",
        "application/vnd.ms-powerpoint.slideshow.macroEnabled.12",
    ],
    extensions: &["pptx", "pptm", "ppsx", "ppsm", "potx", "potm"],
    reader: Reader::Package {
        kind: Kind::Pptx,
        read,
    },
};

fn read(mut package: Package<'_>, context: &Context<'_>) -> Result<Document, Error> {
    let package = &mut package;
    let mut document = Document {
        metadata: opc::metadata(package)?,
        ..Document::default()
    };
    let main = opc::main_part(package, "ppt/presentation.xml")?;
    let relations = Relations::of(&main, package)?;
    let ids = match package.xml(&main)? {
        Some(xml) => slide_ids(xml)?,
        None => Vec::new(),
    };
    if ids.len() > context.limits.max_pages {
        let found = format!("The presentation has {} slides", ids.len());
        return Err(passed("max_pages", context.limits.max_pages, found));
    }
    let authors = match relations.target("commentAuthors") {
        Some(path) => authors(package.xml(path)?)?,
        None => HashMap::new(),
    };

    let mut slide = Slide::new(Draft::new(context));
    let mut hidden = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        context.watch.check()?;
        slide.draft.page();
        let Some(path) = relations.get(id).map(|it| it.target.clone()) else {
            continue;
        };
        slide.relations = Relations::of(&path, package)?;
        if let Some(xml) = package.xml(&path)?
            && !slide.read(xml)?
        {
            hidden.push((index + 1).to_string());
        }
        for path in slide.take_diagrams() {
            if let Some(xml) = package.xml(&path)? {
                slide.read_diagram(xml)?;
            }
        }
        let beside = std::mem::take(&mut slide.relations);
        if let Some(path) = beside.target("notesSlide") {
            slide.relations = Relations::of(path, package)?;
            if let Some(xml) = package.xml(path)? {
                slide.read_notes(xml)?;
            }
        }
        for path in beside.targets("comments") {
            if let Some(xml) = package.xml(path)? {
                comments(xml, &authors, &mut slide.draft)?;
            }
        }
    }
    let mut draft = slide.finish();
    if !hidden.is_empty() {
        let slides = hidden.join(", ");
        draft.warnings.push(format!(
            "Hidden slides are read like the others. Hidden: {slides}."
        ));
    }
    draft.finish(&mut document);
    Ok(document)
}

/// The slides in their order, by the ids under which the presentation refers to them.
fn slide_ids(mut xml: Xml<'_, '_>) -> Result<Vec<String>, Error> {
    let mut ids = Vec::new();
    let mut open = 0;
    loop {
        match xml.next()? {
            Node::Start(tag) => {
                open += 1;
                if tag.name() == "sldId" {
                    ids.extend(tag.relation().map(Into::into));
                }
            }
            Node::Text(_) => {}
            Node::End => {
                open -= 1;
                if open <= 0 {
                    return Ok(ids);
                }
            }
        }
    }
}

/// The names of those who wrote comments, by their ids.
fn authors(xml: Option<Xml<'_, '_>>) -> Result<HashMap<String, String>, Error> {
    let mut authors = HashMap::new();
    let Some(mut xml) = xml else {
        return Ok(authors);
    };
    xml.root()?;
    loop {
        match xml.next()? {
            Node::Start(tag) => {
                let attribute = |name| tag.attribute(name).unwrap_or_default();
                authors.insert(attribute("id").into_owned(), folded(&attribute("name")));
                xml.skip()?;
            }
            Node::Text(_) => {}
            Node::End => return Ok(authors),
        }
    }
}

fn comments(
    mut xml: Xml<'_, '_>,
    authors: &HashMap<String, String>,
    draft: &mut Draft<'_>,
) -> Result<(), Error> {
    xml.root()?;
    loop {
        let author = match xml.next()? {
            Node::Start(tag) => {
                let id = tag.attribute("authorId").unwrap_or_default();
                authors.get(&*id)
            }
            Node::Text(_) => continue,
            Node::End => return Ok(()),
        };
        let text = folded(&xml.text()?);
        if text.is_empty() {
            continue;
        }
        let label = match author {
            Some(author) if !author.is_empty() => format!("Comment by {author}: "),
            _ => "Comment: ".to_owned(),
        };
        draft.begin(Shape::Plain);
        draft.text(&label, Look::default())?;
        draft.text(&text, Look::default())?;
        draft.end();
    }
}
