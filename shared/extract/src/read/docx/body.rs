//! The body of a document, and what is written like it: notes, comments, headers and footers.

use std::collections::HashMap;

use super::field::{Field, href};
use super::numbering::Numbering;
use super::styles::{Run, Styles};
use crate::Error;
use crate::read::draft::{Draft, Shape};
use crate::read::events::{Node, Tag, Xml};
use crate::read::grid::Cover;
use crate::read::opc::Relations;

/// A body being read.
pub(super) struct Body<'c, 's> {
    pub(super) draft: Draft<'c>,
    styles: &'s Styles,
    numbering: Numbering,
    /// Those of the part being read.
    pub(super) relations: Relations,
    pub(super) notes: NotesByKind,
    /// What stands before the words of the next paragraph.
    pub(super) label: Option<String>,
    fields: Vec<Field>,
    left_out: LeftOut,
}

/// The numbers of notes, by their ids.
pub(super) type Notes = HashMap<String, usize>;

/// The notes that the text refers to; footnotes and endnotes are numbered together.
#[derive(Default)]
pub(super) struct NotesByKind {
    footnotes: Notes,
    endnotes: Notes,
}

impl NotesByKind {
    pub(super) fn of(&mut self, one: &str) -> &mut Notes {
        match one {
            "footnote" => &mut self.footnotes,
            _ => &mut self.endnotes,
        }
    }
}

/// What is there but is not text.
#[derive(Default)]
struct LeftOut {
    images: usize,
    charts: usize,
    objects: usize,
    deletions: usize,
    hidden: usize,
}

/// What a paragraph says of itself.
#[derive(Default)]
struct Properties {
    style: Option<String>,
    list: Option<String>,
    depth: Option<u8>,
    level: Option<u8>,
}

/// Fields that may stand in each other.
const MAX_FIELDS: usize = 256;

impl<'c, 's> Body<'c, 's> {
    pub(super) fn new(
        draft: Draft<'c>,
        styles: &'s Styles,
        numbering: Numbering,
        relations: Relations,
    ) -> Self {
        Self {
            draft,
            styles,
            numbering,
            relations,
            notes: NotesByKind::default(),
            label: None,
            fields: Vec::new(),
            left_out: LeftOut::default(),
        }
    }

    /// The text, with warnings of what is not in it.
    pub(super) fn finish(self) -> Draft<'c> {
        let Self {
            mut draft,
            left_out,
            ..
        } = self;
        let has_text = draft.len() > 0;
        let LeftOut {
            images,
            charts,
            objects,
            deletions,
            hidden,
        } = left_out;
        draft.leave_out(
            images,
            if has_text {
                "Text in images is not read. Images"
            } else {
                "The document has no text, only images, in which text is not read. Images"
            },
        );
        draft.leave_out(charts, "Charts and diagrams are not read");
        draft.leave_out(objects, "Embedded objects are not read");
        draft.leave_out(
            deletions,
            "What was deleted while changes were tracked is left out. Deletions",
        );
        draft.leave_out(hidden, "Hidden text is left out. Runs of it");
        draft
    }

    /// Paragraphs and tables, to the end of the element that has begun.
    pub(super) fn blocks(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        loop {
            match xml.next()? {
                Node::Start(tag) => match tag.name() {
                    "p" => self.paragraph(xml)?,
                    "tbl" => self.table(xml)?,
                    "body" | "sdt" | "sdtContent" | "customXml" | "ins" | "moveTo"
                    | "AlternateContent" | "Choice" => self.blocks(xml)?,
                    "del" | "moveFrom" => self.deletion(xml)?,
                    "altChunk" => {
                        self.left_out.objects += 1;
                        xml.skip()?;
                    }
                    _ => xml.skip()?,
                },
                Node::Text(_) => {}
                Node::End => return Ok(()),
            }
        }
    }

    fn paragraph(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        let mut has_begun = false;
        loop {
            let inline = match xml.next()? {
                Node::Start(tag) if tag.name() == "pPr" && !has_begun => None,
                Node::Start(tag) => Some(self.inline(&tag)),
                Node::Text(_) => continue,
                Node::End => break,
            };
            let properties = match inline {
                None => properties(xml)?,
                Some(_) => Properties::default(),
            };
            if !std::mem::replace(&mut has_begun, true) {
                let shape = self.shape(&properties);
                self.draft.begin(shape);
                self.put_label()?;
            }
            if let Some(inline) = inline {
                self.read_inline(inline, xml)?;
            }
        }
        if has_begun {
            self.draft.end();
        }
        Ok(())
    }

    fn shape(&mut self, said: &Properties) -> Shape {
        let style = self.styles.paragraph(said.style.as_deref());
        let level = match said.level {
            // Outlines count from 0; 9 is body text.
            Some(level @ 0..9) => Some(level + 1),
            Some(_) => None,
            None => style.level,
        };
        let list = said.list.as_ref().or(style.list.as_ref());
        let depth = said.depth.or(style.depth).unwrap_or_default();
        let item = list.and_then(|list| self.numbering.next(list, depth));
        match (level, item) {
            (Some(level), _) => Shape::Heading(level),
            (None, Some(item)) => Shape::Item {
                depth: item.depth.max(style.named_depth),
                number: item.number,
            },
            (None, None) => Shape::from(&style),
        }
    }

    /// What stands in a paragraph, to the end of the element that has begun.
    fn inlines(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        loop {
            let inline = match xml.next()? {
                Node::Start(tag) => self.inline(&tag),
                Node::Text(_) => continue,
                Node::End => return Ok(()),
            };
            self.read_inline(inline, xml)?;
        }
    }

    fn inline(&self, tag: &Tag<'_>) -> Inline {
        match tag.name() {
            "r" => Inline::Run,
            "hyperlink" => {
                let relation = tag.relation().and_then(|id| self.relations.get(&id));
                let mut address = relation.map_or_else(String::new, |it| it.target.clone());
                if let Some(anchor) = tag.attribute("anchor").filter(|it| !it.is_empty()) {
                    address.push('#');
                    address.push_str(&anchor);
                }
                Inline::Link(address)
            }
            "fldSimple" => match tag.attribute("instr").and_then(|it| href(&it)) {
                Some(address) => Inline::Link(address),
                None => Inline::Within,
            },
            "ins" | "moveTo" | "smartTag" | "sdt" | "sdtContent" | "customXml" | "dir" | "bdo"
            | "AlternateContent" | "Choice" => Inline::Within,
            "del" | "moveFrom" => Inline::Deletion,
            "oMath" | "oMathPara" => Inline::Formula,
            _ => Inline::Nothing,
        }
    }

    fn read_inline(&mut self, inline: Inline, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        match inline {
            Inline::Run => self.run(xml),
            Inline::Link(address) => {
                self.draft.begin_link(address);
                self.inlines(xml)?;
                self.draft.end_link();
                Ok(())
            }
            Inline::Within => self.inlines(xml),
            Inline::Deletion => self.deletion(xml),
            Inline::Formula => {
                let formula = xml.text()?;
                self.text(&formula, Run::default())
            }
            Inline::Nothing => xml.skip(),
        }
    }

    fn run(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        let mut run = Run::default();
        self.pieces(xml, &mut run)
    }

    /// What a run consists of, to the end of the element that has begun.
    fn pieces(&mut self, xml: &mut Xml<'_, '_>, run: &mut Run) -> Result<(), Error> {
        loop {
            let piece = match xml.next()? {
                Node::Start(tag) => piece(&tag),
                Node::Text(_) => continue,
                Node::End => return Ok(()),
            };
            match piece {
                Piece::Properties => *run = self.run_properties(xml)?,
                Piece::Text => loop {
                    match xml.next()? {
                        Node::Text(text) => self.text(&text, *run)?,
                        Node::Start(_) => xml.skip()?,
                        Node::End => break,
                    }
                },
                Piece::Char(char) => {
                    self.text(char.encode_utf8(&mut [0; 4]), *run)?;
                    xml.skip()?;
                }
                Piece::Tab | Piece::LineBreak => {
                    if self.is_seen(*run) {
                        match piece {
                            Piece::Tab => self.draft.tab()?,
                            _ => self.draft.line_break()?,
                        }
                    }
                    xml.skip()?;
                }
                Piece::Note(one, id) => {
                    if self.is_seen(*run) {
                        let mark = format!("[{}]", self.note(one, id));
                        self.text(&mark, Run::default())?;
                    }
                    xml.skip()?;
                }
                Piece::Instruction => {
                    let instruction = xml.text()?;
                    if let Some(field) = self.fields.last_mut() {
                        field.instruct(&instruction);
                    }
                }
                Piece::Field(step) => {
                    self.field(step);
                    xml.skip()?;
                }
                Piece::Drawing => self.drawing(xml)?,
                Piece::Object => {
                    self.left_out.objects += 1;
                    let images = self.left_out.images;
                    self.drawing(xml)?;
                    // The picture of an object is the object.
                    self.left_out.images = images;
                }
                Piece::Within => self.pieces(xml, run)?,
                Piece::Nothing => xml.skip()?,
            }
        }
    }

    fn run_properties(&self, xml: &mut Xml<'_, '_>) -> Result<Run, Error> {
        let mut direct = Run::default();
        let mut style = Run::default();
        loop {
            match xml.next()? {
                Node::Start(tag) => {
                    let value = tag.attribute("val");
                    match tag.name() {
                        "rStyle" => style = self.styles.run(value.as_deref().unwrap_or_default()),
                        name => direct.set(name, value.as_deref()),
                    }
                    xml.skip()?;
                }
                Node::Text(_) => {}
                Node::End => return Ok(direct.or(style)),
            }
        }
    }

    fn text(&mut self, text: &str, run: Run) -> Result<(), Error> {
        if run.hidden == Some(true) {
            self.left_out.hidden += usize::from(!text.trim().is_empty());
        } else if self.is_seen(run) {
            self.draft.text(text, run.look())?;
        }
        Ok(())
    }

    /// Instructions of fields are not seen, nor what fields within them came to.
    fn is_seen(&self, run: Run) -> bool {
        run.hidden != Some(true) && self.fields.iter().all(|field| field.in_result)
    }

    fn field(&mut self, step: Step) {
        match step {
            Step::Begin if self.fields.len() < MAX_FIELDS => self.fields.push(Field::default()),
            Step::Begin => {}
            Step::Result => {
                let Some(field) = self.fields.last_mut() else {
                    return;
                };
                field.in_result = true;
                if let Some(address) = field.href() {
                    field.is_link = true;
                    self.draft.begin_link(address);
                }
            }
            Step::End => {
                if self.fields.pop().is_some_and(|field| field.is_link) {
                    self.draft.end_link();
                }
            }
        }
    }

    /// The number of the note of that id.
    fn note(&mut self, one: &str, id: String) -> usize {
        let number = self.notes.footnotes.len() + self.notes.endnotes.len() + 1;
        *self.notes.of(one).entry(id).or_insert(number)
    }

    fn deletion(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        self.left_out.deletions += 1;
        xml.skip()
    }

    /// A drawing may hold text in boxes, which stands apart from the paragraph that it hangs on.
    fn drawing(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        let mut open = 1;
        while open > 0 {
            let is_text = match xml.next()? {
                Node::Start(tag) => match tag.name() {
                    "txbxContent" => true,
                    name => {
                        open += 1;
                        match name {
                            "blip" | "imagedata" => {
                                self.left_out.images += 1;
                                self.draft.interrupt();
                            }
                            "chart" | "relIds" => self.left_out.charts += 1,
                            "Fallback" => {
                                open -= 1;
                                xml.skip()?;
                            }
                            _ => {}
                        }
                        false
                    }
                },
                Node::Text(_) => false,
                Node::End => {
                    open -= 1;
                    false
                }
            };
            if is_text {
                let around = self.draft.suspend();
                self.blocks(xml)?;
                self.draft.resume(around);
            }
        }
        Ok(())
    }

    fn table(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        self.draft.begin_table();
        self.rows(xml)?;
        self.draft.end_table();
        Ok(())
    }

    fn rows(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        loop {
            match xml.next()? {
                Node::Start(tag) => match tag.name() {
                    "tr" => {
                        let mut row = Row::default();
                        self.row(xml, &mut row)?;
                        if !row.is_deleted {
                            self.draft.end_row(row.is_header);
                        }
                    }
                    "tblCaption" => {
                        let caption = tag.attribute("val").unwrap_or_default();
                        self.draft.table_caption(&caption);
                        xml.skip()?;
                    }
                    "tblPr" | "sdt" | "sdtContent" | "customXml" | "ins" => self.rows(xml)?,
                    _ => xml.skip()?,
                },
                Node::Text(_) => {}
                Node::End => return Ok(()),
            }
        }
    }

    fn row(&mut self, xml: &mut Xml<'_, '_>, row: &mut Row) -> Result<(), Error> {
        loop {
            match xml.next()? {
                Node::Start(tag) => match tag.name() {
                    "tc" if row.is_deleted => xml.skip()?,
                    "tc" => self.cell(xml)?,
                    "trPr" | "sdt" | "sdtContent" | "customXml" => self.row(xml, row)?,
                    "tblHeader" => {
                        row.is_header = is_on(&tag);
                        xml.skip()?;
                    }
                    "gridBefore" => {
                        let columns = tag.number("val").unwrap_or(0).min(MAX_SKIPPED);
                        for _ in 0..columns {
                            self.draft.cell(crate::Cell::default(), Cover::Wide(1));
                        }
                        xml.skip()?;
                    }
                    "del" => {
                        row.is_deleted = true;
                        self.deletion(xml)?;
                    }
                    _ => xml.skip()?,
                },
                Node::Text(_) => {}
                Node::End => return Ok(()),
            }
        }
    }

    fn cell(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        let mut columns = 1;
        let mut goes_on = false;
        self.draft.begin_cell(None);
        loop {
            match xml.next()? {
                Node::Start(tag) => match tag.name() {
                    "p" => self.paragraph(xml)?,
                    "tbl" => self.table(xml)?,
                    "tcPr" => (columns, goes_on) = cell_properties(xml)?,
                    "sdt" | "sdtContent" | "customXml" | "ins" | "moveTo" | "AlternateContent"
                    | "Choice" => self.blocks(xml)?,
                    "del" | "moveFrom" => self.deletion(xml)?,
                    _ => xml.skip()?,
                },
                Node::Text(_) => {}
                Node::End => break,
            }
        }
        self.draft.end_cell(if goes_on {
            Cover::Below(columns)
        } else {
            Cover::Wide(columns)
        });
        Ok(())
    }
}

/// Columns that a row may leave out at its beginning.
const MAX_SKIPPED: usize = 1000;

#[derive(Default)]
struct Row {
    is_header: bool,
    is_deleted: bool,
}

/// A part of a paragraph.
enum Inline {
    Run,
    Link(String),
    /// Something that only surrounds others.
    Within,
    Deletion,
    Formula,
    Nothing,
}

/// A part of a run.
enum Piece {
    Properties,
    Text,
    Char(char),
    Tab,
    LineBreak,
    /// A reference to a note: what kind of note, and its id.
    Note(&'static str, String),
    Instruction,
    Field(Step),
    Drawing,
    Object,
    Within,
    Nothing,
}

/// Where a field begins, where what it came to begins, and where that ends.
#[derive(Clone, Copy)]
enum Step {
    Begin,
    Result,
    End,
}

fn piece(tag: &Tag<'_>) -> Piece {
    let id = || tag.attribute("id").unwrap_or_default().into_owned();
    match tag.name() {
        "t" => Piece::Text,
        "rPr" => Piece::Properties,
        "tab" | "ptab" => Piece::Tab,
        "br" | "cr" => Piece::LineBreak,
        "noBreakHyphen" => Piece::Char('\u{2011}'),
        "sym" => symbol(tag),
        "footnoteReference" => Piece::Note("footnote", id()),
        "endnoteReference" => Piece::Note("endnote", id()),
        "instrText" => Piece::Instruction,
        "fldChar" => match tag.attribute("fldCharType").as_deref() {
            Some("begin") => Piece::Field(Step::Begin),
            Some("separate") => Piece::Field(Step::Result),
            Some("end") => Piece::Field(Step::End),
            _ => Piece::Nothing,
        },
        "drawing" | "pict" => Piece::Drawing,
        "object" => Piece::Object,
        "AlternateContent" | "Choice" | "ruby" | "rubyBase" | "r" => Piece::Within,
        _ => Piece::Nothing,
    }
}

/// A character of a font. One of a font's own is known to that font alone.
fn symbol(tag: &Tag<'_>) -> Piece {
    let code = tag.attribute("char");
    let code = code.and_then(|code| u32::from_str_radix(&code, 16).ok());
    let char = code.and_then(char::from_u32);
    let char = char.filter(|char| !matches!(char, '\u{e000}'..='\u{f8ff}') && !char.is_control());
    char.map_or(Piece::Nothing, Piece::Char)
}

fn properties(xml: &mut Xml<'_, '_>) -> Result<Properties, Error> {
    let mut properties = Properties::default();
    loop {
        match xml.next()? {
            Node::Start(tag) => {
                let value = tag.attribute("val");
                match tag.name() {
                    "pStyle" => properties.style = value.map(Into::into),
                    "outlineLvl" => properties.level = tag.number("val"),
                    "numPr" => {
                        list_properties(xml, &mut properties)?;
                        continue;
                    }
                    _ => {}
                }
                xml.skip()?;
            }
            Node::Text(_) => {}
            Node::End => return Ok(properties),
        }
    }
}

fn list_properties(xml: &mut Xml<'_, '_>, properties: &mut Properties) -> Result<(), Error> {
    loop {
        match xml.next()? {
            Node::Start(tag) => {
                match tag.name() {
                    "numId" => properties.list = tag.attribute("val").map(Into::into),
                    "ilvl" => properties.depth = tag.number("val"),
                    _ => {}
                }
                xml.skip()?;
            }
            Node::Text(_) => {}
            Node::End => return Ok(()),
        }
    }
}

/// How many columns a cell spans, and whether it goes on with the one above.
fn cell_properties(xml: &mut Xml<'_, '_>) -> Result<(usize, bool), Error> {
    let (mut columns, mut goes_on) = (1, false);
    loop {
        match xml.next()? {
            Node::Start(tag) => {
                match tag.name() {
                    "gridSpan" => columns = tag.number("val").unwrap_or(1),
                    "vMerge" => goes_on = tag.attribute("val").is_none_or(|it| it != "restart"),
                    _ => {}
                }
                xml.skip()?;
            }
            Node::Text(_) => {}
            Node::End => return Ok((columns, goes_on)),
        }
    }
}

fn is_on(tag: &Tag<'_>) -> bool {
    !matches!(tag.attribute("val").as_deref(), Some("0" | "false" | "off"))
}
