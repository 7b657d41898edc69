//! Styles: what a paragraph or a run is, by the style it names.

use std::collections::HashMap;

use crate::Error;
use crate::read::draft::Look;
use crate::read::events::{Node, Xml};

/// The styles of a document, by their ids, each with what it takes over from others.
#[derive(Default)]
pub(super) struct Styles {
    paragraphs: HashMap<String, Paragraph>,
    runs: HashMap<String, Run>,
    default_paragraph: Option<String>,
}

/// What a style makes of a paragraph.
#[derive(Debug, Clone, Default)]
pub(super) struct Paragraph {
    /// The level of a heading.
    pub(super) level: Option<u8>,
    pub(super) is_code: bool,
    pub(super) is_quote: bool,
    pub(super) is_caption: bool,
    /// The list that it belongs to, and how deep it stands there.
    pub(super) list: Option<String>,
    pub(super) depth: Option<u8>,
    /// How deep it stands by its name: `List Bullet 2`.
    pub(super) named_depth: u8,
}

/// What is said of a run; none where nothing is said.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Run {
    pub(super) strong: Option<bool>,
    pub(super) emphasis: Option<bool>,
    pub(super) struck: Option<bool>,
    pub(super) hidden: Option<bool>,
    pub(super) is_code: bool,
}

/// A style as it is written.
#[derive(Default)]
struct Written {
    kind: String,
    base: Option<String>,
    name: String,
    level: Option<u8>,
    list: Option<String>,
    depth: Option<u8>,
    run: Run,
}

/// How many styles may rest on each other.
const MAX_BASES: usize = 32;

impl Styles {
    pub(super) fn of(xml: Option<Xml<'_, '_>>) -> Result<Self, Error> {
        let Some(mut xml) = xml else {
            return Ok(Self::default());
        };
        let mut written = HashMap::new();
        let mut default_paragraph = None;
        xml.root()?;
        loop {
            match xml.next()? {
                Node::Start(tag) if tag.name() == "style" => {
                    let id = tag.attribute("styleId").unwrap_or_default().into_owned();
                    let kind = tag.attribute("type").unwrap_or_default().into_owned();
                    if kind == "paragraph" && tag.attribute("default").is_some_and(|it| it != "0") {
                        default_paragraph = Some(id.clone());
                    }
                    written.insert(id, style(&mut xml, kind)?);
                }
                Node::Start(_) => xml.skip()?,
                Node::Text(_) => {}
                Node::End => break,
            }
        }
        let mut styles = Self {
            default_paragraph,
            ..Self::default()
        };
        for (id, style) in &written {
            match style.kind.as_str() {
                "paragraph" => {
                    let resolved = paragraph(style, &written);
                    styles.paragraphs.insert(id.clone(), resolved);
                }
                "character" => {
                    styles.runs.insert(id.clone(), run(style, &written));
                }
                _ => {}
            }
        }
        Ok(styles)
    }

    /// What the style of that id makes of a paragraph, or that of paragraphs that name none.
    pub(super) fn paragraph(&self, id: Option<&str>) -> Paragraph {
        let id = id.or(self.default_paragraph.as_deref());
        let style = id.and_then(|id| self.paragraphs.get(id));
        style.cloned().unwrap_or_default()
    }

    /// What the style of that id makes of a run.
    pub(super) fn run(&self, id: &str) -> Run {
        self.runs.get(id).copied().unwrap_or_default()
    }
}

impl Run {
    /// Reads one property of a run.
    pub(super) fn set(&mut self, name: &str, value: Option<&str>) {
        let on = Some(!matches!(value, Some("0" | "false" | "off" | "none")));
        match name {
            "b" => self.strong = on,
            "i" => self.emphasis = on,
            "strike" | "dstrike" => self.struck = on,
            "vanish" => self.hidden = on,
            _ => {}
        }
    }

    /// This, and where it says nothing, the other.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            strong: self.strong.or(other.strong),
            emphasis: self.emphasis.or(other.emphasis),
            struck: self.struck.or(other.struck),
            hidden: self.hidden.or(other.hidden),
            is_code: self.is_code || other.is_code,
        }
    }

    pub(super) fn look(self) -> Look {
        Look {
            strong: self.strong.unwrap_or_default(),
            emphasis: self.emphasis.unwrap_or_default(),
            struck: self.struck.unwrap_or_default(),
            code: self.is_code,
        }
    }
}

fn style(xml: &mut Xml<'_, '_>, kind: String) -> Result<Written, Error> {
    let mut style = Written {
        kind,
        ..Written::default()
    };
    let mut open = 1;
    while open > 0 {
        match xml.next()? {
            Node::Start(tag) => {
                open += 1;
                let value = tag.attribute("val");
                match tag.name() {
                    "name" => style.name = value.unwrap_or_default().to_lowercase(),
                    "basedOn" => style.base = value.map(Into::into),
                    "outlineLvl" => style.level = tag.number("val"),
                    "numId" => style.list = value.map(Into::into),
                    "ilvl" => style.depth = tag.number("val"),
                    // How parts of a table look is said in the same words.
                    "tblStylePr" => {
                        xml.skip()?;
                        open -= 1;
                    }
                    name => style.run.set(name, value.as_deref()),
                }
            }
            Node::Text(_) => {}
            Node::End => open -= 1,
        }
    }
    Ok(style)
}

/// The style and those that it rests on.
fn chain<'s>(
    style: &'s Written,
    all: &'s HashMap<String, Written>,
) -> impl Iterator<Item = &'s Written> {
    let base = |style: &&'s Written| all.get(style.base.as_deref()?);
    std::iter::successors(Some(style), base).take(MAX_BASES)
}

fn paragraph(style: &Written, all: &HashMap<String, Written>) -> Paragraph {
    let mut resolved = Paragraph::default();
    for style in chain(style, all) {
        let name = style.name.as_str();
        let heading = name
            .strip_prefix("heading ")
            .and_then(|it| it.trim().parse().ok());
        let titled = (name == "title").then_some(1);
        // Outlines count from 0; 9 is body text.
        let outlined = style.level.filter(|&it| it < 9).map(|it| it + 1);
        resolved.level = resolved.level.or(heading).or(titled).or(outlined);
        resolved.is_code |= is_code(name);
        resolved.is_quote |= is_quote(name);
        resolved.is_caption |= name == "caption";
        if resolved.list.is_none() {
            resolved.list.clone_from(&style.list);
            let named = name
                .strip_prefix("list ")
                .and_then(|it| it.split(' ').nth(1));
            let named = named.and_then(|it| it.parse().ok());
            resolved.named_depth = named.unwrap_or_default();
        }
        resolved.depth = resolved.depth.or(style.depth);
    }
    resolved
}

fn run(style: &Written, all: &HashMap<String, Written>) -> Run {
    chain(style, all).fold(Run::default(), |run, style| {
        let mut of_style = style.run;
        of_style.is_code = is_code(&style.name);
        run.or(of_style)
    })
}

/// Names of styles for code, in lower case, as word processors and converters call them.
pub(in crate::read) fn is_code(name: &str) -> bool {
    matches!(
        name,
        "code"
            | "code block"
            | "html code"
            | "html preformatted"
            | "html keyboard"
            | "html sample"
            | "macro"
            | "macro text"
            | "preformatted text"
            | "preformatted"
            | "source code"
            | "source text"
            | "source_20_text"
            | "preformatted_20_text"
            | "verbatim char"
    )
}

pub(in crate::read) fn is_quote(name: &str) -> bool {
    matches!(
        name,
        "quote" | "intense quote" | "block text" | "quotations" | "block quotation"
    )
}
