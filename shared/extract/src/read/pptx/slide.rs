//! The shapes of a slide, in the order of the file.

use std::collections::HashSet;

use crate::Error;
use crate::read::draft::{Draft, Look, Shape};
use crate::read::events::{Node, Tag, Xml};
use crate::read::grid::Cover;
use crate::read::opc::Relations;

/// A slide being read, into the text of all.
pub(super) struct Slide<'c> {
    pub(super) draft: Draft<'c>,
    /// Those of the part being read.
    pub(super) relations: Relations,
    /// Parts that hold the words of diagrams.
    diagrams: Vec<String>,
    /// Footers that have been read: they are the same on most slides.
    footers: HashSet<String>,
    images: usize,
    charts: usize,
    objects: usize,
}

/// What a shape is there for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Title,
    /// Its paragraphs are items unless they say otherwise.
    List,
    Text,
    Footer,
    Notes,
    /// Numbers and dates that stand on every slide.
    Nothing,
}

/// Footers of different wording that are kept.
const MAX_FOOTERS: usize = 100;

impl<'c> Slide<'c> {
    pub(super) fn new(draft: Draft<'c>) -> Self {
        Self {
            draft,
            relations: Relations::default(),
            diagrams: Vec::new(),
            footers: HashSet::new(),
            images: 0,
            charts: 0,
            objects: 0,
        }
    }

    /// Reads a slide; says whether it is shown.
    pub(super) fn read(&mut self, mut xml: Xml<'_, '_>) -> Result<bool, Error> {
        let shown = loop {
            match xml.next()? {
                Node::Start(tag) => {
                    break !matches!(tag.attribute("show").as_deref(), Some("0" | "false"));
                }
                Node::Text(_) => {}
                Node::End => return Ok(true),
            }
        };
        self.shapes(&mut xml, false)?;
        Ok(shown)
    }

    /// Reads what the speaker has noted on a slide.
    pub(super) fn read_notes(&mut self, mut xml: Xml<'_, '_>) -> Result<(), Error> {
        xml.root()?;
        self.shapes(&mut xml, true)
    }

    /// The parts with the words of the diagrams that were met.
    pub(super) fn take_diagrams(&mut self) -> Vec<String> {
        std::mem::take(&mut self.diagrams)
    }

    /// Reads the words of a diagram.
    pub(super) fn read_diagram(&mut self, mut xml: Xml<'_, '_>) -> Result<(), Error> {
        let mut open = 0;
        loop {
            match xml.next()? {
                Node::Start(tag) if tag.name() == "t" => self.body(&mut xml, Role::Text)?,
                Node::Start(_) => open += 1,
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

    /// The text, with warnings of what is not in it.
    pub(super) fn finish(self) -> Draft<'c> {
        let mut draft = self.draft;
        draft.leave_out(self.images, "Text in images is not read. Images");
        draft.leave_out(self.charts, "Charts are not read");
        draft.leave_out(self.objects, "Embedded objects are not read");
        draft
    }

    /// Shapes, also grouped ones, to the end of the element that has begun.
    fn shapes(&mut self, xml: &mut Xml<'_, '_>, is_notes: bool) -> Result<(), Error> {
        loop {
            match xml.next()? {
                Node::Start(tag) => match tag.name() {
                    "cSld" | "spTree" | "grpSp" | "AlternateContent" | "Choice" => {
                        self.shapes(xml, is_notes)?;
                    }
                    "sp" | "cxnSp" => self.shape(xml, is_notes)?,
                    "graphicFrame" | "pic" if !is_notes => self.frame(xml)?,
                    _ => xml.skip()?,
                },
                Node::Text(_) => {}
                Node::End => return Ok(()),
            }
        }
    }

    fn shape(&mut self, xml: &mut Xml<'_, '_>, is_notes: bool) -> Result<(), Error> {
        let mut role = if is_notes { Role::Nothing } else { Role::Text };
        loop {
            match xml.next()? {
                Node::Start(tag) => match tag.name() {
                    "nvSpPr" => role = placeholder(xml, is_notes)?.unwrap_or(role),
                    "txBody" if role == Role::Nothing => xml.skip()?,
                    "txBody" if role == Role::Footer => {
                        let footer = xml.text()?;
                        self.footer(footer.trim())?;
                    }
                    "txBody" => self.body(xml, role)?,
                    _ => xml.skip()?,
                },
                Node::Text(_) => {}
                Node::End => return Ok(()),
            }
        }
    }

    fn footer(&mut self, footer: &str) -> Result<(), Error> {
        if self.footers.len() < MAX_FOOTERS && self.footers.insert(footer.to_owned()) {
            self.draft.begin(Shape::Plain);
            self.draft.text(footer, Look::default())?;
            self.draft.end();
        }
        Ok(())
    }

    /// The paragraphs of a shape or cell, to the end of the element that has begun.
    fn body(&mut self, xml: &mut Xml<'_, '_>, role: Role) -> Result<(), Error> {
        let mut list = List::default();
        let mut is_first = true;
        loop {
            match xml.next()? {
                Node::Start(tag) => match tag.name() {
                    "p" => self.paragraph(xml, role, &mut list, &mut is_first)?,
                    "lstStyle" => list.levels = list_style(xml)?,
                    _ => xml.skip()?,
                },
                Node::Text(_) => {}
                Node::End => return Ok(()),
            }
        }
    }

    fn paragraph(
        &mut self,
        xml: &mut Xml<'_, '_>,
        role: Role,
        list: &mut List,
        is_first: &mut bool,
    ) -> Result<(), Error> {
        let mut properties = Properties::default();
        let mut has_begun = false;
        loop {
            let piece = match xml.next()? {
                Node::Start(tag) => match tag.name() {
                    "pPr" if !has_begun => {
                        let level = tag.number::<usize>("lvl").unwrap_or(0);
                        properties = paragraph_properties(xml, level)?;
                        continue;
                    }
                    "r" => Piece::Run,
                    "br" => Piece::LineBreak,
                    "fld" => match tag.attribute("type").as_deref() {
                        Some("slidenum") => Piece::Nothing,
                        _ => Piece::Run,
                    },
                    "AlternateContent" | "Choice" | "m" => Piece::Formula,
                    _ => Piece::Nothing,
                },
                Node::Text(_) => continue,
                Node::End => break,
            };
            if !matches!(piece, Piece::Nothing) && !std::mem::replace(&mut has_begun, true) {
                self.draft.begin(list.shape(role, &properties));
                if role == Role::Notes && std::mem::replace(is_first, false) {
                    self.draft.text("Speaker notes: ", Look::default())?;
                }
            }
            match piece {
                Piece::Run => self.run(xml)?,
                Piece::LineBreak => {
                    // A heading is one line.
                    match role {
                        Role::Title => self.draft.text(" ", Look::default())?,
                        _ => self.draft.line_break()?,
                    }
                    xml.skip()?;
                }
                Piece::Formula => {
                    let formula = formula(xml)?;
                    self.draft.text(&formula, Look::default())?;
                }
                Piece::Nothing => xml.skip()?,
            }
        }
        if has_begun {
            self.draft.end();
        }
        Ok(())
    }

    fn run(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        let mut look = Look::default();
        let mut is_link = false;
        loop {
            match xml.next()? {
                Node::Start(tag) => match tag.name() {
                    "rPr" => {
                        look = run_look(&tag);
                        if let Some(address) = self.link(xml)? {
                            self.draft.begin_link(address);
                            is_link = true;
                        }
                    }
                    "t" => {
                        let text = xml.text()?;
                        self.draft.text(&text, look)?;
                    }
                    _ => xml.skip()?,
                },
                Node::Text(_) => {}
                Node::End => break,
            }
        }
        if is_link {
            self.draft.end_link();
        }
        Ok(())
    }

    /// Where a run leads, to the end of its properties. A place within the presentation is no address.
    fn link(&self, xml: &mut Xml<'_, '_>) -> Result<Option<String>, Error> {
        let mut address = None;
        loop {
            match xml.next()? {
                Node::Start(tag) => {
                    if tag.name() == "hlinkClick" {
                        let relation = tag.relation().and_then(|id| self.relations.get(&id));
                        let relation = relation.filter(|it| it.is_external);
                        address = relation.map(|it| it.target.clone());
                    }
                    xml.skip()?;
                }
                Node::Text(_) => {}
                Node::End => return Ok(address),
            }
        }
    }

    /// A picture, or a frame with a table, a chart, a diagram or an object in it.
    fn frame(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        let mut open = 1;
        let mut objects = 0;
        let mut images = 0;
        while open > 0 {
            match xml.next()? {
                Node::Start(tag) => match tag.name() {
                    "tbl" => self.table(xml)?,
                    "Fallback" => xml.skip()?,
                    name => {
                        open += 1;
                        match name {
                            "blip" => images += 1,
                            "chart" => self.charts += 1,
                            "oleObj" => objects += 1,
                            "relIds" => {
                                let id = tag.attribute("dm");
                                let data = id.and_then(|id| self.relations.get(&id));
                                self.diagrams.extend(data.map(|it| it.target.clone()));
                            }
                            _ => {}
                        }
                    }
                },
                Node::Text(_) => {}
                Node::End => open -= 1,
            }
        }
        self.objects += objects;
        // The picture of an object is the object.
        self.images += if objects == 0 { images } else { 0 };
        Ok(())
    }

    fn table(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        let mut has_header = false;
        let mut row = 0_usize;
        self.draft.begin_table();
        loop {
            match xml.next()? {
                Node::Start(tag) => match tag.name() {
                    "tr" => {
                        self.row(xml)?;
                        self.draft.end_row(has_header && row == 0);
                        row += 1;
                    }
                    "tblPr" => {
                        has_header = is_set(&tag, "firstRow");
                        xml.skip()?;
                    }
                    _ => xml.skip()?,
                },
                Node::Text(_) => {}
                Node::End => break,
            }
        }
        self.draft.end_table();
        Ok(())
    }

    fn row(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        loop {
            match xml.next()? {
                Node::Start(tag) if tag.name() == "tc" => {
                    let cover = if is_set(&tag, "hMerge") || is_set(&tag, "vMerge") {
                        Cover::Covered
                    } else {
                        Cover::Listed {
                            columns: tag.number("gridSpan").unwrap_or(1),
                            rows: tag.number("rowSpan").unwrap_or(1),
                        }
                    };
                    self.cell(xml, cover)?;
                }
                Node::Start(_) => xml.skip()?,
                Node::Text(_) => {}
                Node::End => return Ok(()),
            }
        }
    }

    fn cell(&mut self, xml: &mut Xml<'_, '_>, cover: Cover) -> Result<(), Error> {
        if cover == Cover::Covered {
            self.draft.cell(crate::Cell::default(), cover);
            return xml.skip();
        }
        self.draft.begin_cell(None);
        loop {
            match xml.next()? {
                Node::Start(tag) => match tag.name() {
                    "txBody" => self.body(xml, Role::Text)?,
                    _ => xml.skip()?,
                },
                Node::Text(_) => {}
                Node::End => break,
            }
        }
        self.draft.end_cell(cover);
        Ok(())
    }
}

/// A part of a paragraph.
enum Piece {
    Run,
    LineBreak,
    Formula,
    Nothing,
}

/// Levels of a list.
const LEVELS: usize = 9;

/// The list that the paragraphs of a shape make up.
#[derive(Default)]
struct List {
    counts: [Option<u64>; LEVELS],
    /// What the shape says of each level.
    levels: [Option<Bullet>; LEVELS],
}

#[derive(Clone, Copy, Default)]
struct Properties {
    level: usize,
    bullet: Option<Bullet>,
}

#[derive(Clone, Copy)]
enum Bullet {
    None,
    Sign,
    /// A number, and the one to begin with.
    Number(u64),
}

impl List {
    fn shape(&mut self, role: Role, properties: &Properties) -> Shape {
        let level = properties.level.min(LEVELS - 1);
        let bullet = properties.bullet.or(self.levels[level]);
        let bullet = bullet.or((role == Role::List).then_some(Bullet::Sign));
        if role == Role::Title {
            return Shape::Heading(1);
        }
        self.counts[level + 1..].fill(None);
        let number = match bullet {
            Some(Bullet::Number(first)) => {
                Some(self.counts[level].map_or(first, |count| count.saturating_add(1)))
            }
            _ => None,
        };
        self.counts[level] = number;
        match bullet {
            None | Some(Bullet::None) => Shape::Plain,
            Some(Bullet::Sign | Bullet::Number(_)) => Shape::Item {
                depth: u8::try_from(level + 1).unwrap_or(u8::MAX),
                number,
            },
        }
    }
}

/// What the shape is there for, if it says so.
fn placeholder(xml: &mut Xml<'_, '_>, is_notes: bool) -> Result<Option<Role>, Error> {
    let mut role = None;
    let mut open = 1;
    while open > 0 {
        match xml.next()? {
            Node::Start(tag) => {
                open += 1;
                if tag.name() == "ph" {
                    role = Some(match (tag.attribute("type").as_deref(), is_notes) {
                        (Some("body"), true) => Role::Notes,
                        (_, true) => Role::Nothing,
                        (Some("title" | "ctrTitle"), _) => Role::Title,
                        (Some("dt" | "sldNum"), _) => Role::Nothing,
                        (Some("ftr" | "hdr"), _) => Role::Footer,
                        (None | Some("body" | "obj"), _) => Role::List,
                        (Some(_), _) => Role::Text,
                    });
                }
            }
            Node::Text(_) => {}
            Node::End => open -= 1,
        }
    }
    Ok(role)
}

fn paragraph_properties(xml: &mut Xml<'_, '_>, level: usize) -> Result<Properties, Error> {
    let mut properties = Properties {
        level,
        bullet: None,
    };
    loop {
        match xml.next()? {
            Node::Start(tag) => {
                properties.bullet = bullet(&tag).or(properties.bullet);
                xml.skip()?;
            }
            Node::Text(_) => {}
            Node::End => return Ok(properties),
        }
    }
}

fn bullet(tag: &Tag<'_>) -> Option<Bullet> {
    match tag.name() {
        "buNone" => Some(Bullet::None),
        "buChar" | "buBlip" => Some(Bullet::Sign),
        "buAutoNum" => Some(Bullet::Number(tag.number("startAt").unwrap_or(1))),
        _ => None,
    }
}

/// What a shape says of each level of its lists: `lvl1pPr` and so on.
fn list_style(xml: &mut Xml<'_, '_>) -> Result<[Option<Bullet>; LEVELS], Error> {
    let mut levels = [None; LEVELS];
    loop {
        let level = match xml.next()? {
            Node::Start(tag) => {
                let level = tag.name().strip_prefix("lvl");
                level.and_then(|it| it.strip_suffix("pPr")?.parse::<usize>().ok())
            }
            Node::Text(_) => continue,
            Node::End => return Ok(levels),
        };
        let bullet = paragraph_properties(xml, 0)?.bullet;
        if let Some(slot) = level.and_then(|it| levels.get_mut(it.checked_sub(1)?)) {
            *slot = bullet;
        }
    }
}

fn run_look(tag: &Tag<'_>) -> Look {
    Look {
        strong: is_set(tag, "b"),
        emphasis: is_set(tag, "i"),
        struck: matches!(
            tag.attribute("strike").as_deref(),
            Some("sngStrike" | "dblStrike")
        ),
        code: false,
    }
}

/// The words of a formula, but not of what stands for it where formulas are not known.
fn formula(xml: &mut Xml<'_, '_>) -> Result<String, Error> {
    let mut all = String::new();
    let mut open = 1;
    while open > 0 {
        match xml.next()? {
            Node::Start(tag) if tag.name() == "Fallback" => xml.skip()?,
            Node::Start(_) => open += 1,
            Node::Text(text) => all.push_str(&text),
            Node::End => open -= 1,
        }
    }
    Ok(all)
}

fn is_set(tag: &Tag<'_>, name: &str) -> bool {
    matches!(tag.attribute(name).as_deref(), Some("1" | "true" | "on"))
}
