//! The body of a document, and what is written like it: notes, comments, headers and footers.

use super::lists::Lists;
use super::styles::Styles;
use crate::read::draft::{Draft, Look, Shape};
use crate::read::events::{Node, Tag, Xml};
use crate::read::flow::folded;
use crate::read::grid::Cover;
use crate::read::{Context, date};
use crate::{Cell, CellValue, Document, Error};

/// A body being read.
pub(super) struct Body<'c> {
    draft: Draft<'c>,
    /// What follows the text: notes, then comments.
    notes: Draft<'c>,
    comments: Draft<'c>,
    pub(super) styles: Styles,
    lists: Lists,
    note_count: usize,
    /// What stands before the words of the next paragraph.
    label: Option<String>,
    /// The shapes that are open, each with the paragraph that it interrupts.
    shapes: Vec<Option<Shape>>,
    left_out: LeftOut,
}

/// What is there but is not text.
#[derive(Default)]
struct LeftOut {
    images: usize,
    objects: usize,
    deletions: usize,
    hidden: usize,
}

/// Spaces that one element may stand for.
const MAX_SPACES: usize = 1000;

/// Times that one element may repeat a cell.
const MAX_REPEATED: usize = 1000;

impl<'c> Body<'c> {
    pub(super) fn new(context: &Context<'c>, styles: Styles) -> Self {
        Self {
            draft: Draft::new(context),
            notes: Draft::new(context),
            comments: Draft::new(context),
            styles,
            lists: Lists::default(),
            note_count: 0,
            label: None,
            shapes: Vec::new(),
            left_out: LeftOut::default(),
        }
    }

    /// The text, with warnings of what is not in it; and the styles, for others.
    pub(super) fn finish(self) -> Result<(Draft<'c>, Styles), Error> {
        let Self {
            mut draft,
            notes,
            comments,
            styles,
            left_out,
            ..
        } = self;
        for aside in [notes, comments] {
            let mut document = Document::default();
            aside.finish(&mut document);
            draft.adopt(document)?;
        }
        let LeftOut {
            images,
            objects,
            deletions,
            hidden,
        } = left_out;
        let has_text = draft.len() > 0;
        draft.leave_out(
            images,
            if has_text {
                "Text in images is not read. Images"
            } else {
                "The document has no text, only images, in which text is not read. Images"
            },
        );
        draft.leave_out(objects, "Embedded objects are not read");
        draft.leave_out(
            deletions,
            "What was deleted while changes were tracked is left out. Deletions",
        );
        draft.leave_out(hidden, "Hidden text is left out. Sections of it");
        Ok((draft, styles))
    }

    /// Paragraphs, lists, tables and shapes, to the end of the element that has begun.
    pub(super) fn blocks(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        loop {
            match xml.next()? {
                Node::Start(tag) => match block(&tag) {
                    Block::Paragraph(style, level) => self.paragraph(xml, &style, level)?,
                    Block::List => {
                        self.lists.begin(&tag, &self.styles);
                        self.blocks(xml)?;
                        self.lists.end();
                    }
                    Block::Item => {
                        self.lists.begin_item(&tag);
                        self.blocks(xml)?;
                    }
                    Block::Table => self.table(xml)?,
                    Block::Shape => self.shape(xml)?,
                    Block::Image => {
                        self.left_out.images += 1;
                        self.draft.interrupt();
                        self.blocks(xml)?;
                    }
                    Block::Object => {
                        self.left_out.objects += 1;
                        xml.skip()?;
                    }
                    Block::Changes => self.changes(xml)?,
                    Block::Hidden => {
                        self.left_out.hidden += 1;
                        xml.skip()?;
                    }
                    Block::Within => self.blocks(xml)?,
                    Block::Nothing => xml.skip()?,
                },
                Node::Text(_) => {}
                Node::End => return Ok(()),
            }
        }
    }

    fn paragraph(
        &mut self,
        xml: &mut Xml<'_, '_>,
        style: &str,
        level: Option<u8>,
    ) -> Result<(), Error> {
        self.step_out();
        let item = self.lists.next();
        let shape = match level {
            Some(level) => Shape::Heading(level),
            None => item.unwrap_or_else(|| self.styles.shape(style)),
        };
        let look = self.styles.paragraph_look(style);
        self.draft.begin(shape);
        if let Some(label) = self.label.take() {
            self.draft.text(&label, Look::default())?;
        }
        self.inlines(xml, look)?;
        self.draft.end();
        Ok(())
    }

    /// What stands in a paragraph, to the end of the element that has begun.
    fn inlines(&mut self, xml: &mut Xml<'_, '_>, look: Look) -> Result<(), Error> {
        loop {
            let inline = match xml.next()? {
                Node::Start(tag) => inline(&tag),
                Node::Text(text) => {
                    self.draft.text(&text, look)?;
                    continue;
                }
                Node::End => return Ok(()),
            };
            match inline {
                Inline::Span(style) => {
                    let look = self.styles.look(&style, look);
                    self.inlines(xml, look)?;
                }
                Inline::Link(address) => {
                    self.draft.begin_link(address);
                    self.inlines(xml, look)?;
                    self.draft.end_link();
                }
                Inline::Spaces(count) => {
                    self.draft.text(&" ".repeat(count.min(MAX_SPACES)), look)?;
                    xml.skip()?;
                }
                Inline::Tab => {
                    self.draft.tab()?;
                    xml.skip()?;
                }
                Inline::LineBreak => {
                    self.draft.line_break()?;
                    xml.skip()?;
                }
                Inline::Note => {
                    self.note_count += 1;
                    let number = self.note_count;
                    self.draft.text(&format!("[{number}]"), Look::default())?;
                    self.note(xml, number)?;
                }
                Inline::Comment => self.comment(xml)?,
                Inline::Shape => self.shape(xml)?,
                Inline::Within => self.inlines(xml, look)?,
                Inline::Nothing => xml.skip()?,
            }
        }
    }

    /// A note stands amid the text but is read after it.
    fn note(&mut self, xml: &mut Xml<'_, '_>, number: usize) -> Result<(), Error> {
        loop {
            match xml.next()? {
                Node::Start(tag) if tag.name() == "note-body" => {
                    let label = self.label.replace(format!("[{number}] "));
                    let lists = self.lists.suspend();
                    std::mem::swap(&mut self.draft, &mut self.notes);
                    self.blocks(xml)?;
                    std::mem::swap(&mut self.draft, &mut self.notes);
                    self.lists.resume(lists);
                    self.label = label;
                }
                Node::Start(_) => xml.skip()?,
                Node::Text(_) => {}
                Node::End => return Ok(()),
            }
        }
    }

    fn comment(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        let before = self.label.replace("Comment: ".to_owned());
        let lists = self.lists.suspend();
        std::mem::swap(&mut self.draft, &mut self.comments);
        loop {
            match xml.next()? {
                Node::Start(tag) => match block(&tag) {
                    Block::Paragraph(style, level) => self.paragraph(xml, &style, level)?,
                    Block::List => {
                        self.lists.begin(&tag, &self.styles);
                        self.blocks(xml)?;
                        self.lists.end();
                    }
                    _ if tag.name() == "creator" => {
                        let author = folded(&xml.text()?);
                        if !author.is_empty() && self.label.is_some() {
                            self.label = Some(format!("Comment by {author}: "));
                        }
                    }
                    _ => xml.skip()?,
                },
                Node::Text(_) => {}
                Node::End => break,
            }
        }
        std::mem::swap(&mut self.draft, &mut self.comments);
        self.lists.resume(lists);
        self.label = before;
        Ok(())
    }

    /// A shape may hold text, which stands apart from the paragraph that it hangs on.
    fn shape(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        let lists = self.lists.suspend();
        let (images, objects) = (self.left_out.images, self.left_out.objects);
        self.shapes.push(None);
        self.blocks(xml)?;
        let around = self.shapes.pop().flatten();
        if self.left_out.objects > objects {
            // The picture of an object is the object.
            self.left_out.images = images;
        }
        self.lists.resume(lists);
        self.draft.resume(around);
        Ok(())
    }

    /// The first text of a shape ends the paragraph around it for now.
    fn step_out(&mut self) {
        if let Some(around @ None) = self.shapes.last_mut() {
            *around = self.draft.suspend();
        }
    }

    fn changes(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        let mut open = 1;
        while open > 0 {
            match xml.next()? {
                Node::Start(tag) => {
                    open += 1;
                    self.left_out.deletions += usize::from(tag.name() == "deletion");
                }
                Node::Text(_) => {}
                Node::End => open -= 1,
            }
        }
        Ok(())
    }

    fn table(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        self.step_out();
        let lists = self.lists.suspend();
        self.draft.begin_table();
        self.rows(xml, false)?;
        self.draft.end_table();
        self.lists.resume(lists);
        Ok(())
    }

    fn rows(&mut self, xml: &mut Xml<'_, '_>, are_headers: bool) -> Result<(), Error> {
        loop {
            match xml.next()? {
                Node::Start(tag) => match tag.name() {
                    "table-row" => {
                        self.row(xml)?;
                        self.draft.end_row(are_headers);
                    }
                    "table-header-rows" => self.rows(xml, true)?,
                    "table-rows" | "table-row-group" => self.rows(xml, are_headers)?,
                    _ => xml.skip()?,
                },
                Node::Text(_) => {}
                Node::End => return Ok(()),
            }
        }
    }

    fn row(&mut self, xml: &mut Xml<'_, '_>) -> Result<(), Error> {
        loop {
            let (is_covered, repeated, cover, value) = match xml.next()? {
                Node::Start(tag) => {
                    let span = |name| tag.number(name).unwrap_or(1);
                    let cover = Cover::Listed {
                        columns: span("number-columns-spanned"),
                        rows: span("number-rows-spanned"),
                    };
                    let repeated = span("number-columns-repeated").min(MAX_REPEATED);
                    match tag.name() {
                        "table-cell" => (false, repeated, cover, value(&tag)),
                        "covered-table-cell" => (true, repeated, Cover::Covered, None),
                        _ => {
                            xml.skip()?;
                            continue;
                        }
                    }
                }
                Node::Text(_) => continue,
                Node::End => return Ok(()),
            };
            if is_covered {
                for _ in 0..repeated {
                    self.draft.cell(Cell::default(), cover);
                }
                xml.skip()?;
            } else {
                self.draft.begin_cell(value);
                self.blocks(xml)?;
                self.draft.end_cell(cover);
                self.draft.repeat_cell(repeated - repeated.min(1));
            }
        }
    }
}

/// A part of a text.
enum Block {
    /// A paragraph of some style; a heading, if it has a level.
    Paragraph(String, Option<u8>),
    List,
    Item,
    Table,
    Shape,
    Image,
    Object,
    Changes,
    Hidden,
    /// Something that only surrounds others.
    Within,
    Nothing,
}

fn block(tag: &Tag<'_>) -> Block {
    let style = || tag.attribute("style-name").unwrap_or_default().into_owned();
    match tag.name() {
        "p" => Block::Paragraph(style(), None),
        "h" => Block::Paragraph(style(), Some(tag.number("outline-level").unwrap_or(1))),
        "list" => Block::List,
        "list-item" | "list-header" => Block::Item,
        "table" => Block::Table,
        "frame" | "g" | "custom-shape" | "rect" | "ellipse" | "circle" | "polygon" | "path"
        | "line" | "connector" | "caption" | "text-box" => Block::Shape,
        "image" => Block::Image,
        "object" | "object-ole" | "plugin" | "applet" => Block::Object,
        "tracked-changes" => Block::Changes,
        "section" if tag.attribute("display").as_deref() == Some("none") => Block::Hidden,
        "text" | "section" | "table-of-content" | "illustration-index" | "table-index"
        | "object-index" | "user-index" | "alphabetical-index" | "bibliography" | "index-body"
        | "index-title" | "numbered-paragraph" | "a" => Block::Within,
        _ => Block::Nothing,
    }
}

/// A part of a paragraph.
enum Inline {
    /// A run of some style.
    Span(String),
    Link(String),
    Spaces(usize),
    Tab,
    LineBreak,
    Note,
    Comment,
    Shape,
    Within,
    Nothing,
}

fn inline(tag: &Tag<'_>) -> Inline {
    let attribute = |name| tag.attribute(name).unwrap_or_default().into_owned();
    match tag.name() {
        "span" => Inline::Span(attribute("style-name")),
        "a" => Inline::Link(attribute("href")),
        "s" => Inline::Spaces(tag.number("c").unwrap_or(1)),
        "tab" => Inline::Tab,
        "line-break" => Inline::LineBreak,
        "note" => Inline::Note,
        "annotation" => Inline::Comment,
        "frame" | "g" | "custom-shape" | "rect" | "ellipse" | "circle" | "polygon" | "path"
        | "line" | "connector" | "caption" => Inline::Shape,
        "script" | "ruby-text" | "note-citation" | "tracked-changes" | "hidden-text"
        | "event-listeners" | "desc" => Inline::Nothing,
        // Fields hold what they came to.
        _ => Inline::Within,
    }
}

/// What a cell holds, if that is no text.
fn value(tag: &Tag<'_>) -> Option<CellValue> {
    match &*tag.attribute("value-type")? {
        "float" | "percentage" | "currency" => {
            let number = tag.attribute("value")?;
            let number = number.trim();
            serde_json::from_str::<serde_json::Number>(number).ok()?;
            Some(CellValue::Number(number.to_owned()))
        }
        "boolean" => Some(CellValue::Boolean(
            &*tag.attribute("boolean-value")? == "true",
        )),
        "date" => date::rfc3339(&tag.attribute("date-value")?).map(CellValue::Moment),
        "time" => {
            let time = tag.attribute("time-value")?;
            let is_duration = time.starts_with("PT") && time.len() < 32;
            is_duration.then(|| CellValue::Moment(time.into_owned()))
        }
        _ => None,
    }
}
