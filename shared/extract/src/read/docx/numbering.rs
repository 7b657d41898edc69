//! Lists: how the levels of each are numbered, and how far each has come.

use std::collections::HashMap;

use crate::Error;
use crate::read::events::{Node, Xml};

/// Levels that a list can have.
const LEVELS: usize = 9;

/// The lists of a document.
#[derive(Default)]
pub(super) struct Numbering {
    /// By the id that paragraphs name.
    lists: HashMap<String, List>,
    kinds: HashMap<String, Kind>,
    /// How far each kind has come.
    counts: HashMap<String, [Option<u64>; LEVELS]>,
}

/// A list: one of a kind, perhaps with other numbers to begin with.
#[derive(Default)]
struct List {
    kind: String,
    starts: [Option<u64>; LEVELS],
    has_begun: bool,
}

/// How lists of a kind are numbered.
#[derive(Default)]
struct Kind {
    levels: [Level; LEVELS],
    /// The style that says how, for a kind that does not itself.
    by_style: Option<String>,
    /// The style that this kind belongs to.
    of_style: Option<String>,
}

#[derive(Clone, Copy, Default)]
struct Level {
    mark: Mark,
    start: Option<u64>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Mark {
    #[default]
    Bullet,
    Number,
    None,
}

/// What a paragraph is in its list.
pub(super) struct Item {
    pub(super) depth: u8,
    pub(super) number: Option<u64>,
}

impl Numbering {
    pub(super) fn of(xml: Option<Xml<'_, '_>>) -> Result<Self, Error> {
        let mut numbering = Self::default();
        let Some(mut xml) = xml else {
            return Ok(numbering);
        };
        xml.root()?;
        loop {
            match xml.next()? {
                Node::Start(tag) if tag.name() == "abstractNum" => {
                    let id = tag.attribute("abstractNumId").unwrap_or_default();
                    let id = id.into_owned();
                    numbering.kinds.insert(id, kind(&mut xml)?);
                }
                Node::Start(tag) if tag.name() == "num" => {
                    let id = tag.attribute("numId").unwrap_or_default().into_owned();
                    numbering.lists.insert(id, list(&mut xml)?);
                }
                Node::Start(_) => xml.skip()?,
                Node::Text(_) => {}
                Node::End => break,
            }
        }
        numbering.follow_styles();
        Ok(numbering)
    }

    /// The next item of a list, at a level that counts from 0; none if it is in no list.
    pub(super) fn next(&mut self, list: &str, level: u8) -> Option<Item> {
        let level = usize::from(level).min(LEVELS - 1);
        let depth = u8::try_from(level + 1).unwrap_or(u8::MAX);
        let list = self.lists.get_mut(list)?;
        let kind = self.kinds.get(&list.kind)?;
        let Level { mark, start } = kind.levels[level];
        let counts = self.counts.entry(list.kind.clone()).or_default();
        if !std::mem::replace(&mut list.has_begun, true) {
            for (count, start) in counts.iter_mut().zip(list.starts) {
                // One before the number to begin with.
                *count = start.map_or(*count, |start| start.checked_sub(1));
            }
        }
        let first = list.starts[level].or(start).unwrap_or(1);
        let number = counts[level].map_or(first, |count| count.saturating_add(1));
        counts[level] = Some(number);
        counts[level + 1..].fill(None);
        match mark {
            Mark::Bullet => Some(Item {
                depth,
                number: None,
            }),
            Mark::Number => Some(Item {
                depth,
                number: Some(number),
            }),
            Mark::None => None,
        }
    }

    /// Lists of a kind that leaves it to a style are numbered as that style says.
    fn follow_styles(&mut self) {
        let of_styles: HashMap<String, String> = self
            .kinds
            .iter()
            .filter_map(|(id, kind)| Some((kind.of_style.clone()?, id.clone())))
            .collect();
        for list in self.lists.values_mut() {
            let kind = self.kinds.get(&list.kind);
            let style = kind.and_then(|kind| kind.by_style.as_ref());
            if let Some(of_style) = style.and_then(|style| of_styles.get(style)) {
                list.kind.clone_from(of_style);
            }
        }
    }
}

fn kind(xml: &mut Xml<'_, '_>) -> Result<Kind, Error> {
    let mut kind = Kind::default();
    loop {
        match xml.next()? {
            Node::Start(tag) => {
                let value = tag.attribute("val").map(Into::into);
                match tag.name() {
                    "numStyleLink" => kind.by_style = value,
                    "styleLink" => kind.of_style = value,
                    "lvl" => {
                        let index = tag.number::<usize>("ilvl").unwrap_or(0);
                        let level = level(xml)?;
                        if let Some(slot) = kind.levels.get_mut(index) {
                            *slot = level;
                        }
                        continue;
                    }
                    _ => {}
                }
                xml.skip()?;
            }
            Node::Text(_) => {}
            Node::End => return Ok(kind),
        }
    }
}

fn level(xml: &mut Xml<'_, '_>) -> Result<Level, Error> {
    let mut level = Level::default();
    loop {
        match xml.next()? {
            Node::Start(tag) => {
                match tag.name() {
                    "start" => level.start = tag.number("val"),
                    "numFmt" => {
                        level.mark = match tag.attribute("val").as_deref() {
                            Some("bullet") => Mark::Bullet,
                            Some("none") => Mark::None,
                            _ => Mark::Number,
                        };
                    }
                    _ => {}
                }
                xml.skip()?;
            }
            Node::Text(_) => {}
            Node::End => return Ok(level),
        }
    }
}

fn list(xml: &mut Xml<'_, '_>) -> Result<List, Error> {
    let mut list = List::default();
    let mut level = 0;
    let mut open = 1;
    while open > 0 {
        match xml.next()? {
            Node::Start(tag) => {
                open += 1;
                match tag.name() {
                    "abstractNumId" => {
                        list.kind = tag.attribute("val").unwrap_or_default().into_owned();
                    }
                    "lvlOverride" => level = tag.number::<usize>("ilvl").unwrap_or(0),
                    "startOverride" => {
                        if let Some(start) = list.starts.get_mut(level) {
                            *start = tag.number("val");
                        }
                    }
                    _ => {}
                }
            }
            Node::Text(_) => {}
            Node::End => open -= 1,
        }
    }
    Ok(list)
}
