//! The groups of an RTF document, each with what holds within it.

use std::collections::HashMap;

use encoding_rs::Encoding;

use super::charsets;
use super::information::Information;
use super::tokens::Token;
use super::writer::{Place, Writer};
use crate::read::docx::{href, is_code, is_quote};
use crate::read::draft::{Draft, Look, Shape};
use crate::read::flow::folded;
use crate::read::grid::Cover;
use crate::read::{Context, passed};
use crate::{Document, Error, Problem};

/// A document being read.
pub(super) struct RtfReader<'r, 'c> {
    context: &'r Context<'c>,
    groups: Vec<Group>,
    now: Group,
    /// Whether the group has just begun with `\*`: unless its word is known, it is skipped.
    is_optional: bool,
    writers: Writers<'c>,
    encoding: &'static Encoding,
    fonts: HashMap<i32, Font>,
    /// The font that the font table is at, and the style that the stylesheet is at.
    font: i32,
    style: i32,
    styles: HashMap<i32, Style>,
    /// Bytes of text that are still to be decoded.
    bytes: Vec<u8>,
    /// Half a character of UTF-16.
    high: Option<u16>,
    /// Characters to skip: they stand for one that was written as a number.
    skip: usize,
    instruction: String,
    /// The mark of the list item that comes next.
    list_mark: String,
    /// Whether that may turn out to be text: nothing but a tabulator after it says that it is none.
    is_mark_loose: bool,
    author: String,
    row: Row,
    information: Information,
    note_count: usize,
    images: usize,
    objects: usize,
    deletions: usize,
}

/// Where text goes. What is read aside comes back when its group ends.
struct Writers<'c> {
    body: Writer<'c>,
    notes: Option<Writer<'c>>,
    comments: Option<Writer<'c>>,
    margins: Vec<Document>,
    /// Those that wait, with what the one that goes on is.
    waiting: Vec<(Aside, Writer<'c>)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Aside {
    Note,
    Comment,
    Margin,
}

/// What holds within a group.
#[derive(Clone)]
struct Group {
    destination: Destination,
    look: Look,
    is_hidden: bool,
    is_deleted: bool,
    font: Option<i32>,
    /// How many characters stand for one that is written as a number.
    fallback: usize,
    paragraph: Paragraph,
    /// What ends with the group.
    ends: Ends,
}

#[derive(Clone, Default)]
struct Paragraph {
    style: Option<i32>,
    level: Option<u8>,
    is_in_list: bool,
    depth: u8,
    is_in_table: bool,
    has_hanging_indent: bool,
    /// From the left, in twentieths of a point.
    indent: i32,
}

/// Where text belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Destination {
    Text,
    Nowhere,
    Fonts,
    Styles,
    Information,
    /// A text or a date of the information.
    Said(&'static str),
    Instruction,
    ListMark,
    Author,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    Nothing,
    Link,
    Box,
    Aside,
}

/// A font, as far as it matters.
#[derive(Clone, Copy, Default)]
struct Font {
    encoding: Option<&'static Encoding>,
    /// Whether all its characters are of the same width, as code is set.
    is_fixed: bool,
}

/// A style, as far as it matters.
#[derive(Default)]
struct Style {
    name: String,
    level: Option<u8>,
}

/// What is said of the row being read.
#[derive(Default)]
struct Row {
    cells: Vec<Cell>,
    next: Cell,
    is_header: bool,
}

#[derive(Clone, Copy, Default)]
struct Cell {
    goes_on_left: bool,
    goes_on_above: bool,
}

/// Cells of a row of which more is known than their words.
const MAX_CELLS: usize = 1000;

/// Headers and footers of different wording that are kept.
const MAX_MARGINS: usize = 100;

/// Bytes of an instruction, of a list's mark or of a name that are looked at.
const MAX_ASIDE_BYTES: usize = 4096;

/// Bytes of text that are decoded at once.
const MAX_PENDING_BYTES: usize = 64 << 10;

impl<'r, 'c> RtfReader<'r, 'c> {
    pub(super) fn new(context: &'r Context<'c>) -> Self {
        Self {
            context,
            groups: Vec::new(),
            now: Group {
                destination: Destination::Text,
                look: Look::default(),
                is_hidden: false,
                is_deleted: false,
                font: None,
                fallback: 1,
                paragraph: Paragraph::default(),
                ends: Ends::Nothing,
            },
            is_optional: false,
            writers: Writers {
                body: Writer::new(Draft::new(context)),
                notes: Some(Writer::new(Draft::new(context))),
                comments: Some(Writer::new(Draft::new(context))),
                margins: Vec::new(),
                waiting: Vec::new(),
            },
            encoding: encoding_rs::WINDOWS_1252,
            fonts: HashMap::new(),
            font: 0,
            style: 0,
            styles: HashMap::new(),
            bytes: Vec::new(),
            high: None,
            skip: 0,
            instruction: String::new(),
            list_mark: String::new(),
            is_mark_loose: false,
            author: String::new(),
            row: Row::default(),
            information: Information::default(),
            note_count: 0,
            images: 0,
            objects: 0,
            deletions: 0,
        }
    }

    /// Reads a token; says whether the document goes on.
    pub(super) fn read(&mut self, token: Token<'_>) -> Result<bool, Error> {
        match token {
            Token::Byte(byte) if self.skip == 0 => self.bytes.push(byte),
            Token::Byte(_) => self.skip -= 1,
            Token::Text(text) => {
                let skipped = self.skip.min(text.len());
                self.skip -= skipped;
                self.is_optional = false;
                if self.now.destination != Destination::Nowhere {
                    self.bytes.extend_from_slice(&text[skipped..]);
                }
                if self.bytes.len() > MAX_PENDING_BYTES {
                    self.decode()?;
                }
            }
            Token::Open => {
                self.decode()?;
                self.open()?;
            }
            Token::Close => {
                self.decode()?;
                self.close()?;
                return Ok(!self.groups.is_empty());
            }
            Token::Symbol(symbol) => self.symbol(symbol)?,
            Token::Word(word, number) => self.word(word, number)?,
        }
        Ok(true)
    }

    /// The document that was read.
    pub(super) fn finish(mut self) -> Result<Document, Error> {
        self.decode()?;
        let is_cut_off = !self.groups.is_empty();
        while !self.groups.is_empty() {
            self.close()?;
        }
        let Self {
            writers,
            information,
            images,
            objects,
            deletions,
            ..
        } = self;
        let mut draft = writers.body.end();
        for aside in [writers.notes, writers.comments].into_iter().flatten() {
            let mut document = Document::default();
            aside.end().finish(&mut document);
            draft.adopt(document)?;
        }
        draft.leave_out(images, "Text in images is not read. Images");
        draft.leave_out(objects, "Embedded objects are not read");
        draft.leave_out(
            deletions,
            "What was deleted while changes were tracked is left out. Deletions",
        );
        if is_cut_off {
            let warning = "The document ends before its groups do: it may be cut off.";
            draft.warnings.push(warning.into());
        }
        for margin in writers.margins {
            draft.adopt(margin)?;
        }
        let mut document = Document {
            metadata: information.finish(),
            ..Document::default()
        };
        draft.finish(&mut document);
        Ok(document)
    }

    fn open(&mut self) -> Result<(), Error> {
        let max = self.context.limits.max_rtf_depth;
        if self.groups.len() >= max {
            return Err(passed(
                "max_rtf_depth",
                max,
                "The RTF's groups are nested deeper",
            ));
        }
        self.skip = 0;
        self.is_optional = false;
        // A style that names no number is the first one.
        self.style = 0;
        let inner = Group {
            ends: Ends::Nothing,
            ..self.now.clone()
        };
        self.groups.push(std::mem::replace(&mut self.now, inner));
        Ok(())
    }

    fn close(&mut self) -> Result<(), Error> {
        self.skip = 0;
        self.is_optional = false;
        match self.now.ends {
            Ends::Nothing => {}
            Ends::Link => self.writer().draft.end_link(),
            Ends::Box => self.writer().end_paragraph(),
            Ends::Aside => self.end_aside()?,
        }
        let Some(outer) = self.groups.pop() else {
            let detail = "The document is no RTF: a group ends that has not begun.";
            return Err(Error::document(Problem::Malformed, detail));
        };
        // What is said of a paragraph within a group of its own is said of the paragraph.
        self.now = outer;
        Ok(())
    }

    fn symbol(&mut self, symbol: u8) -> Result<(), Error> {
        if self.skip > 0 && symbol != b'*' {
            self.skip -= 1;
            return Ok(());
        }
        match symbol {
            b'*' => self.is_optional = true,
            b'\\' | b'{' | b'}' => self.bytes.push(symbol),
            b'~' => self.char('\u{a0}')?,
            b'_' => self.char('\u{2011}')?,
            b'\r' | b'\n' => self.end_paragraph()?,
            _ => {}
        }
        Ok(())
    }

    fn word(&mut self, word: &[u8], number: Option<i32>) -> Result<(), Error> {
        if word == b"u" {
            return self.unicode(number.unwrap_or(0));
        }
        self.decode()?;
        let is_optional = std::mem::take(&mut self.is_optional);
        if self.now.destination == Destination::Nowhere && word != b"shptxt" {
            return Ok(());
        }
        let is_on = number != Some(0);
        match word {
            b"ansicpg" => {
                let encoding = charsets::of_code_page(number.unwrap_or(0));
                self.encoding = encoding.unwrap_or(self.encoding);
            }
            b"mac" => self.encoding = encoding_rs::MACINTOSH,
            b"uc" => {
                let fallback = usize::try_from(number.unwrap_or(1)).unwrap_or(0);
                self.now.fallback = fallback.min(64);
            }
            b"f" => match self.now.destination {
                Destination::Fonts => self.font = number.unwrap_or(0),
                _ => self.now.font = number,
            },
            b"fcharset" => {
                let encoding = charsets::of_font(number.unwrap_or(0));
                self.fonts.entry(self.font).or_default().encoding = encoding;
            }
            b"cpg" if self.now.destination == Destination::Fonts => {
                let encoding = charsets::of_code_page(number.unwrap_or(0));
                self.fonts.entry(self.font).or_default().encoding = encoding;
            }
            b"fmodern" if self.now.destination == Destination::Fonts => {
                self.fonts.entry(self.font).or_default().is_fixed = true;
            }
            b"plain" => {
                self.now.look = Look::default();
                self.now.is_hidden = false;
                self.now.is_deleted = false;
                self.now.font = None;
            }
            b"b" => self.now.look.strong = is_on,
            b"i" => self.now.look.emphasis = is_on,
            b"strike" | b"striked" => self.now.look.struck = is_on,
            b"v" => self.now.is_hidden = is_on,
            b"deleted" => self.now.is_deleted = is_on,
            _ if self.destination(word)? => {}
            _ if is_optional => self.now.destination = Destination::Nowhere,
            _ if matches!(self.now.destination, Destination::Said(_)) => {
                if let Destination::Said(name) = self.now.destination {
                    self.information.date(name, word, number.unwrap_or(0));
                }
            }
            _ if self.paragraph_word(word, number) => {}
            _ => self.text_word(word)?,
        }
        Ok(())
    }

    /// Words that say where the text of their group belongs.
    fn destination(&mut self, word: &[u8]) -> Result<bool, Error> {
        if self.now.destination == Destination::Information {
            let name = Information::text_name(word).or_else(|| Information::date_name(word));
            let name = name.filter(|name| !self.information.knows(name));
            self.now.destination = name.map_or(Destination::Nowhere, Destination::Said);
            return Ok(true);
        }
        let destination = match word {
            b"fonttbl" => Destination::Fonts,
            b"stylesheet" => Destination::Styles,
            b"info" => Destination::Information,
            b"generator" => Destination::Said("generator"),
            b"fldinst" => {
                self.instruction.clear();
                Destination::Instruction
            }
            b"fldrslt" => {
                if let Some(address) = href(&self.instruction) {
                    self.begin_paragraph()?;
                    self.writer().draft.begin_link(address);
                    self.now.ends = Ends::Link;
                }
                self.instruction.clear();
                Destination::Text
            }
            b"listtext" | b"pntext" => {
                self.list_mark.clear();
                self.is_mark_loose = false;
                Destination::ListMark
            }
            b"atnauthor" => {
                self.author.clear();
                Destination::Author
            }
            b"footnote" => {
                self.note_count += 1;
                let mark = format!("[{}]", self.note_count);
                self.begin_paragraph()?;
                self.writer().draft.text(&mark, Look::default())?;
                self.begin_aside(Aside::Note, Some(format!("{mark} ")));
                Destination::Text
            }
            b"annotation" => {
                let author = folded(&std::mem::take(&mut self.author));
                let label = if author.is_empty() {
                    "Comment: ".to_owned()
                } else {
                    format!("Comment by {author}: ")
                };
                self.begin_aside(Aside::Comment, Some(label));
                Destination::Text
            }
            b"header" | b"headerl" | b"headerr" | b"headerf" | b"footer" | b"footerl"
            | b"footerr" | b"footerf" => {
                self.begin_aside(Aside::Margin, None);
                Destination::Text
            }
            b"shptxt" => {
                self.writer().end_paragraph();
                self.now.ends = Ends::Box;
                self.now.paragraph = Paragraph::default();
                Destination::Text
            }
            b"shppict" | b"shp" | b"ud" | b"upr" => return Ok(true),
            b"pict" => {
                self.images += 1;
                self.writer().draft.interrupt();
                Destination::Nowhere
            }
            b"object" => {
                self.objects += 1;
                Destination::Nowhere
            }
            b"colortbl" | b"shpinst" | b"shprslt" | b"nonshppict" | b"bkmkstart" | b"bkmkend"
            | b"ftnsep" | b"ftnsepc" | b"ftncn" | b"aftnsep" | b"aftnsepc" | b"aftncn" | b"pn"
            | b"xe" | b"tc" | b"tcn" | b"rxe" | b"txe" | b"revtbl" | b"listtable"
            | b"listoverridetable" | b"filetbl" | b"atnid" | b"atndate" | b"atnref"
            | b"template" | b"private" | b"nonesttables" => Destination::Nowhere,
            _ => return Ok(false),
        };
        self.now.destination = destination;
        Ok(true)
    }

    /// Words that say something of the paragraph or the row.
    fn paragraph_word(&mut self, word: &[u8], number: Option<i32>) -> bool {
        let small = |number: Option<i32>| u8::try_from(number.unwrap_or(0)).unwrap_or(u8::MAX);
        let paragraph = &mut self.now.paragraph;
        match word {
            b"pard" => *paragraph = Paragraph::default(),
            b"intbl" => paragraph.is_in_table = true,
            b"s" if self.now.destination == Destination::Styles => {
                self.style = number.unwrap_or(0);
            }
            b"s" => paragraph.style = number,
            b"outlinelevel" if self.now.destination == Destination::Styles => {
                let style = self.styles.entry(self.style).or_default();
                style.level = Some(small(number)).filter(|&level| level < 9);
            }
            b"outlinelevel" => paragraph.level = Some(small(number)).filter(|&level| level < 9),
            b"ls" => paragraph.is_in_list = true,
            b"ilvl" => paragraph.depth = small(number),
            b"li" => paragraph.indent = number.unwrap_or(0),
            b"fi" => paragraph.has_hanging_indent = number.is_some_and(|number| number < 0),
            b"trowd" => self.row = Row::default(),
            b"trhdr" => self.row.is_header = true,
            b"clmrg" => self.row.next.goes_on_left = true,
            b"clvmrg" => self.row.next.goes_on_above = true,
            b"cellx" => {
                let cell = std::mem::take(&mut self.row.next);
                if self.row.cells.len() < MAX_CELLS {
                    self.row.cells.push(cell);
                }
            }
            _ => return false,
        }
        true
    }

    /// Words that are text, or end a piece of it.
    fn text_word(&mut self, word: &[u8]) -> Result<(), Error> {
        let char = match word {
            b"par" | b"sect" | b"page" => return self.end_paragraph(),
            b"cell" if self.is_text() => {
                let cells = std::mem::take(&mut self.row.cells);
                self.writer().end_cell(|index| match cells.get(index) {
                    Some(cell) if cell.goes_on_left => Cover::Left,
                    Some(cell) if cell.goes_on_above => Cover::Below(1),
                    _ => Cover::Wide(1),
                });
                self.row.cells = cells;
                return Ok(());
            }
            b"row" if self.is_text() => {
                let is_header = self.row.is_header;
                self.writer().end_row(is_header);
                return Ok(());
            }
            // A table within a cell: its cells are words of that cell.
            b"nestcell" => ' ',
            b"nestrow" | b"line" => {
                if self.is_text() && self.writer().is_in_paragraph() {
                    self.writer().draft.line_break()?;
                }
                return Ok(());
            }
            b"tab" => {
                if self.is_text() && std::mem::take(&mut self.is_mark_loose) {
                    return Ok(());
                }
                if self.is_text() && self.writer().is_in_paragraph() {
                    self.writer().draft.tab()?;
                }
                return Ok(());
            }
            b"bullet" => '•',
            b"emdash" => '—',
            b"endash" => '–',
            b"lquote" => '‘',
            b"rquote" => '’',
            b"ldblquote" => '“',
            b"rdblquote" => '”',
            b"enspace" | b"emspace" | b"qmspace" => ' ',
            _ => return Ok(()),
        };
        self.char(char)
    }

    /// A character written as its number in UTF-16, followed by others that stand for it.
    fn unicode(&mut self, number: i32) -> Result<(), Error> {
        self.decode()?;
        self.is_optional = false;
        self.skip = self.now.fallback;
        // Numbers above 32,767 are written as negative ones.
        let Ok(unit) = u16::try_from(number & 0xffff) else {
            return Ok(());
        };
        let units = match self.high.take() {
            Some(high) => vec![high, unit],
            None if (0xd800..0xdc00).contains(&unit) => {
                self.high = Some(unit);
                return Ok(());
            }
            None => vec![unit],
        };
        for char in char::decode_utf16(units) {
            self.char(char.unwrap_or(char::REPLACEMENT_CHARACTER))?;
        }
        Ok(())
    }

    fn char(&mut self, char: char) -> Result<(), Error> {
        self.decode()?;
        self.put(char.encode_utf8(&mut [0; 4]))
    }

    /// Decodes the bytes that have come together.
    fn decode(&mut self) -> Result<(), Error> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let bytes = std::mem::take(&mut self.bytes);
        let font = self.now.font.and_then(|font| self.fonts.get(&font));
        let encoding = font.and_then(|font| font.encoding);
        let encoding = encoding.unwrap_or(self.encoding);
        let (text, _) = encoding.decode_without_bom_handling(&bytes);
        self.put(&text)?;
        // Its room is used again.
        self.bytes = bytes;
        self.bytes.clear();
        Ok(())
    }

    fn put(&mut self, text: &str) -> Result<(), Error> {
        let append = |to: &mut String| {
            if to.len() + text.len() <= MAX_ASIDE_BYTES {
                to.push_str(text);
            }
        };
        match self.now.destination {
            Destination::Text => return self.put_text(text),
            Destination::Styles => {
                append(&mut self.styles.entry(self.style).or_default().name);
            }
            Destination::Said(name) => self.information.text(name, text),
            Destination::Instruction => append(&mut self.instruction),
            Destination::ListMark => append(&mut self.list_mark),
            Destination::Author => append(&mut self.author),
            Destination::Nowhere | Destination::Fonts | Destination::Information => {}
        }
        Ok(())
    }

    fn put_text(&mut self, text: &str) -> Result<(), Error> {
        if self.now.is_deleted {
            self.deletions += usize::from(!text.trim().is_empty());
            return Ok(());
        }
        if self.now.is_hidden {
            return Ok(());
        }
        // White space before the first word says nothing of the paragraph.
        if !self.writer().is_in_paragraph() && text.trim().is_empty() {
            return Ok(());
        }
        if !self.writer().is_in_paragraph() {
            if self.now.paragraph.has_hanging_indent && is_mark(text) {
                // Perhaps a list that is only set like one.
                text.trim().clone_into(&mut self.list_mark);
                self.is_mark_loose = true;
                return Ok(());
            }
            self.put_loose_mark()?;
        }
        self.begin_paragraph()?;
        let font = self.now.font.and_then(|font| self.fonts.get(&font));
        let look = Look {
            code: font.is_some_and(|font| font.is_fixed),
            ..self.now.look
        };
        self.writer().draft.text(text, look)
    }

    /// What looked like the mark of an item was the beginning of its text.
    fn put_loose_mark(&mut self) -> Result<(), Error> {
        if !std::mem::take(&mut self.is_mark_loose) {
            return Ok(());
        }
        let mark = std::mem::take(&mut self.list_mark);
        self.begin_paragraph()?;
        let look = self.now.look;
        self.writer().draft.text(&mark, look)
    }

    fn is_text(&self) -> bool {
        self.now.destination == Destination::Text
    }

    fn begin_paragraph(&mut self) -> Result<(), Error> {
        if self.writer().is_in_paragraph() {
            return Ok(());
        }
        let mark = folded(&std::mem::take(&mut self.list_mark));
        let said = &self.now.paragraph;
        let style = said.style.and_then(|style| self.styles.get(&style));
        let named = style.map_or(Shape::Plain, Style::shape);
        let level = said.level.or(style.and_then(|style| style.level));
        let shape = match level {
            Some(level) => Shape::Heading(level + 1),
            None if matches!(named, Shape::Heading(_)) => named,
            None if said.is_in_list || !mark.is_empty() => Shape::Item {
                depth: said.list_depth(),
                number: number(&mark),
            },
            None => named,
        };
        let is_in_table = said.is_in_table;
        self.writer().begin(|| Place { shape, is_in_table })
    }

    fn end_paragraph(&mut self) -> Result<(), Error> {
        self.decode()?;
        if self.is_text() {
            self.put_loose_mark()?;
            // Lines without words are part of code.
            if !self.now.paragraph.is_in_table {
                self.begin_paragraph()?;
            }
            self.list_mark.clear();
            self.writer().end_paragraph();
        }
        Ok(())
    }

    fn writer(&mut self) -> &mut Writer<'c> {
        &mut self.writers.body
    }

    fn begin_aside(&mut self, aside: Aside, label: Option<String>) {
        let fresh = || Writer::new(Draft::new(self.context));
        let writer = match aside {
            Aside::Note => self.writers.notes.take(),
            Aside::Comment => self.writers.comments.take(),
            Aside::Margin => None,
        };
        let mut writer = writer.unwrap_or_else(fresh);
        writer.label = label;
        let waiting = std::mem::replace(&mut self.writers.body, writer);
        self.writers.waiting.push((aside, waiting));
        self.now.ends = Ends::Aside;
        self.now.paragraph = Paragraph::default();
    }

    fn end_aside(&mut self) -> Result<(), Error> {
        let Some((aside, waiting)) = self.writers.waiting.pop() else {
            return Ok(());
        };
        let mut writer = std::mem::replace(&mut self.writers.body, waiting);
        writer.end_paragraph();
        let slot = match aside {
            Aside::Note => &mut self.writers.notes,
            Aside::Comment => &mut self.writers.comments,
            Aside::Margin => {
                self.add_margin(writer);
                return Ok(());
            }
        };
        let Some(other) = slot.take() else {
            *slot = Some(writer);
            return Ok(());
        };
        // A note within a note: both are kept, the outer one last.
        let mut document = Document::default();
        writer.end().finish(&mut document);
        let slot = match aside {
            Aside::Note => &mut self.writers.notes,
            _ => &mut self.writers.comments,
        };
        slot.insert(other).draft.adopt(document)
    }

    fn add_margin(&mut self, writer: Writer<'c>) {
        let mut margin = Document::default();
        writer.end().finish(&mut margin);
        let text = folded(margin.text.as_str());
        let margins = &mut self.writers.margins;
        let is_known = |known: &Document| folded(known.text.as_str()) == text;
        // A page's number alone says nothing.
        let says_something = text.contains(char::is_alphabetic);
        if says_something && margins.len() < MAX_MARGINS && !margins.iter().any(is_known) {
            margins.push(margin);
        }
    }
}

impl Paragraph {
    /// How deep an item stands; by its indent, if no list says so.
    fn list_depth(&self) -> u8 {
        if self.is_in_list {
            return self.depth.saturating_add(1);
        }
        u8::try_from((self.indent / INDENT).clamp(1, 9)).unwrap_or(1)
    }
}

/// How far a list is usually indented, in twentieths of a point.
const INDENT: i32 = 360;

impl Style {
    fn shape(&self) -> Shape {
        let name = self.name.trim().trim_end_matches(';').to_lowercase();
        let heading = name.strip_prefix("heading ");
        match name.as_str() {
            "title" => Shape::Heading(1),
            "caption" => Shape::Caption,
            name if is_code(name) => Shape::Code,
            name if is_quote(name) => Shape::Quote,
            _ => match heading.and_then(|level| level.parse().ok()) {
                Some(level) => Shape::Heading(level),
                None => Shape::Plain,
            },
        }
    }
}

/// Whether a text looks like the mark of an item: `•`, `3.`, `b)`.
fn is_mark(text: &str) -> bool {
    let text = text.trim();
    let sign = text.strip_suffix(['.', ')']);
    let is_sign = |sign: &str| {
        (1..=4).contains(&sign.len()) && sign.bytes().all(|it| it.is_ascii_alphanumeric())
    };
    matches!(text, "•" | "–" | "-") || sign.is_some_and(is_sign)
}

/// The number in the mark of an item: `3.`, `(3)`.
fn number(mark: &str) -> Option<u64> {
    mark.trim_matches(|char: char| !char.is_alphanumeric())
        .parse()
        .ok()
}
