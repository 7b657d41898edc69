//! Styles: how runs are set, what paragraphs are, how lists are numbered.

use std::collections::HashMap;

use crate::Error;
use crate::read::docx::{is_code, is_quote};
use crate::read::draft::{Look, Shape};
use crate::read::events::{Node, Tag, Xml};

/// The styles of a document, by their names.
#[derive(Default)]
pub(super) struct Styles {
    paragraphs: HashMap<String, Style>,
    runs: HashMap<String, Style>,
    lists: HashMap<String, ListStyle>,
}

#[derive(Default)]
struct Style {
    parent: Option<String>,
    strong: Option<bool>,
    emphasis: Option<bool>,
    struck: Option<bool>,
}

/// How the levels of a list are marked.
#[derive(Debug, Clone, Default)]
pub(super) struct ListStyle {
    /// By level: the number to begin with; none for a level with bullets.
    starts: Vec<Option<u64>>,
}

/// How many styles may rest on each other.
const MAX_PARENTS: usize = 32;

/// Levels that a list can have.
const LEVELS: usize = 10;

impl Styles {
    /// Reads a collection of styles, to its end.
    pub(super) fn add(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        loop {
            let (name, family, parent) = match xml.next()? {
                Node::Start(tag) => {
                    let name = tag.attribute("name").unwrap_or_default().into_owned();
                    let parent = tag.attribute("parent-style-name").map(Into::into);
                    let family = match tag.name() {
                        "style" => family(&tag),
                        "list-style" => Family::List,
                        _ => Family::Other,
                    };
                    (name, family, parent)
                }
                Node::Text(_) => continue,
                Node::End => return Ok(()),
            };
            match family {
                Family::Paragraph => {
                    self.paragraphs.insert(name, style(xml, parent)?);
                }
                Family::Run => {
                    self.runs.insert(name, style(xml, parent)?);
                }
                Family::List => {
                    self.lists.insert(name, list_style(xml)?);
                }
                Family::Other => xml.skip()?,
            }
        }
    }

    /// What a style makes of a paragraph.
    pub(super) fn shape(&self, name: &str) -> Shape {
        let mut next = Some(name);
        for _ in 0..MAX_PARENTS {
            let Some(name) = next else { break };
            match decoded(name).as_str() {
                "title" => return Shape::Heading(1),
                "caption" | "tablecaption" | "table caption" => return Shape::Caption,
                name if is_code(name) => return Shape::Code,
                name if is_quote(name) => return Shape::Quote,
                _ => {}
            }
            next = self
                .paragraphs
                .get(name)
                .and_then(|it| it.parent.as_deref());
        }
        Shape::Plain
    }

    /// How a run of that style is set, amid others.
    pub(super) fn look(&self, name: &str, around: Look) -> Look {
        let (mut strong, mut emphasis, mut struck) = (None, None, None);
        let mut code = around.code;
        let mut next = Some(name);
        for _ in 0..MAX_PARENTS {
            let Some(name) = next else { break };
            let plain = decoded(name);
            code |= is_code(&plain) || plain == "source_text";
            match plain.as_str() {
                "strong emphasis" => strong = strong.or(Some(true)),
                "emphasis" => emphasis = emphasis.or(Some(true)),
                _ => {}
            }
            let Some(style) = self.runs.get(name) else {
                break;
            };
            strong = strong.or(style.strong);
            emphasis = emphasis.or(style.emphasis);
            struck = struck.or(style.struck);
            next = style.parent.as_deref();
        }
        Look {
            strong: strong.unwrap_or(around.strong),
            emphasis: emphasis.unwrap_or(around.emphasis),
            struck: struck.unwrap_or(around.struck),
            code,
        }
    }

    /// How a paragraph of an automatic style is set as a whole.
    pub(super) fn paragraph_look(&self, name: &str) -> Look {
        // What a named style says is the look of its kind, no emphasis.
        let style = self.paragraphs.get(name).filter(|it| it.parent.is_some());
        let is_automatic = |name: &str| name.starts_with('P') && name[1..].parse::<u32>().is_ok();
        let style = style.filter(|_| is_automatic(name));
        style.map_or_else(Look::default, |style| Look {
            strong: style.strong.unwrap_or_default(),
            emphasis: style.emphasis.unwrap_or_default(),
            struck: style.struck.unwrap_or_default(),
            code: false,
        })
    }

    pub(super) fn list(&self, name: &str) -> Option<&ListStyle> {
        self.lists.get(name)
    }
}

impl ListStyle {
    /// The number that a level begins with, counted from 1; none if it has no numbers.
    pub(super) fn start(&self, level: usize) -> Option<u64> {
        self.starts.get(level.checked_sub(1)?).copied().flatten()
    }
}

enum Family {
    Paragraph,
    Run,
    List,
    Other,
}

fn family(tag: &Tag<'_>) -> Family {
    match tag.attribute("family").as_deref() {
        Some("paragraph") => Family::Paragraph,
        Some("text") => Family::Run,
        _ => Family::Other,
    }
}

fn style(xml: &mut Xml<'_, '_>, parent: Option<String>) -> Result<Style, Error> {
    let mut style = Style {
        parent,
        ..Style::default()
    };
    loop {
        match xml.next()? {
            Node::Start(tag) => {
                if tag.name() == "text-properties" {
                    let said = |name| tag.attribute(name);
                    style.strong = said("font-weight").map(|it| is_bold(&it));
                    style.emphasis = said("font-style").map(|it| it != "normal");
                    style.struck = said("text-line-through-style")
                        .or_else(|| said("text-line-through-type"))
                        .map(|it| it != "none");
                }
                xml.skip()?;
            }
            Node::Text(_) => {}
            Node::End => return Ok(style),
        }
    }
}

fn is_bold(weight: &str) -> bool {
    weight == "bold" || weight.parse().is_ok_and(|weight: u16| weight >= 600)
}

fn list_style(xml: &mut Xml<'_, '_>) -> Result<ListStyle, Error> {
    let mut style = ListStyle::default();
    loop {
        match xml.next()? {
            Node::Start(tag) => {
                let level = tag.number::<usize>("level").unwrap_or(0);
                let is_number = tag.name() == "list-level-style-number";
                let has_format = tag.attribute("num-format").is_some_and(|it| !it.is_empty());
                if (1..=LEVELS).contains(&level) && is_number && has_format {
                    if style.starts.len() < level {
                        style.starts.resize(level, None);
                    }
                    let start = tag.number("start-value").unwrap_or(1);
                    style.starts[level - 1] = Some(start);
                }
                xml.skip()?;
            }
            Node::Text(_) => {}
            Node::End => return Ok(style),
        }
    }
}

/// A style's name as a person reads it, in lower case: `Preformatted_20_Text` is written for `Preformatted Text`.
fn decoded(name: &str) -> String {
    name.replace("_20_", " ").to_lowercase()
}
