//! What was found on the pages -> one text, with the places of everything in it.

use crate::{Cell, Document, Error, Limits, Mark, MarkKind, Merged, Span, Table, Text};

use super::super::check_text;
use super::super::flow::folded;
use super::super::gather::Gathered;
use super::columns::Item;
use super::fonts::Style;
use super::headings::{Looks, Paragraph, blocks};
use super::lines::{Line, is_right_to_left_letter};
use super::paragraphs::{Marker, paragraphs};
use super::tables::Found;
use super::words::{Word, Words};

/// A gap within a line that is no space between words any more, as a part of their size.
const TAB_GAP: f32 = 2.0;

/// The text under construction.
pub(super) struct Composer<'l> {
    limits: &'l Limits,
    text: String,
    page_starts: Vec<usize>,
    paragraphs: Vec<Paragraph>,
    looks: Looks,
    marks: Vec<Mark>,
    pub(super) gathered: Gathered<'l>,
    /// The words of the page at hand.
    pub(super) placed: Vec<Placed>,
    /// Whether anything was written on the page at hand.
    fresh: bool,
}

/// A word on the page at hand: where it is drawn, and where it stands in the text.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) at: (f32, f32),
    pub(super) span: Span,
}

impl<'l> Composer<'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            text: String::new(),
            page_starts: Vec::new(),
            paragraphs: Vec::new(),
            looks: Looks::default(),
            marks: Vec::new(),
            gathered: Gathered::new(limits),
            placed: Vec::new(),
            fresh: true,
        }
    }

    pub(super) fn begin_page(&mut self) {
        self.page_starts.push(self.text.len());
        self.placed.clear();
        self.fresh = true;
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Adds what is read next on the page at hand.
    pub(super) fn item(
        &mut self,
        words: &Words,
        item: Item,
        known: &mut [Option<Found>],
    ) -> Result<(), Error> {
        match item {
            Item::Lines(lines) => {
                for paragraph in paragraphs(words, lines) {
                    self.paragraph(words, &paragraph);
                }
            }
            Item::Table(table) => self.table(words, table),
            Item::Known(number) => {
                if let Some(table) = known.get_mut(number).and_then(Option::take) {
                    self.table(words, table);
                }
            }
        }
        check_text(self.text.len(), self.limits)
    }

    /// What follows stands apart from what is there.
    fn apart(&mut self) {
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        if self.fresh {
            if let Some(start) = self.page_starts.last_mut() {
                *start = self.text.len();
            }
            self.fresh = false;
        }
    }

    fn paragraph(&mut self, words: &Words, lines: &[Line]) {
        let Some(first) = lines.first().filter(|line| !line.words.is_empty()) else {
            return;
        };
        let first_word = words.text(&words.list[first.words[0] as usize]);
        if self.goes_on(first_word, lines) {
            if !self.joins_word(words, first) {
                self.text.push('\n');
            }
            self.lines(words, lines);
            if let Some(last) = self.paragraphs.last_mut() {
                last.span.end = self.text.len();
                last.lines += lines.len();
                last.marks.end = self.marks.len();
            }
            return;
        }
        self.apart();
        let start = self.text.len();
        let last_word = first
            .words
            .last()
            .map(|number| words.text(&words.list[*number as usize]));
        // Dashes around a page number are no list.
        let marker = Marker::of(first_word)
            .filter(|_| first.words.len() > 1 && last_word != Some(first_word));
        let marks = self.marks.len();
        self.lines(words, lines);
        self.looks.add(
            first.size,
            lines.iter().all(|line| line.bold),
            self.text.len() - start,
        );
        self.paragraphs.push(Paragraph {
            span: start..self.text.len(),
            body: marker.map_or(start, |_| start + first_word.len()),
            marker,
            left: first.area.left,
            size: first.size,
            bold: lines.iter().all(|line| line.bold),
            lines: lines.len(),
            marks: marks..self.marks.len(),
        });
    }

    fn lines(&mut self, words: &Words, lines: &[Line]) {
        for (number, line) in lines.iter().enumerate() {
            if number > 0 && !self.joins_word(words, line) {
                self.text.push('\n');
            }
            self.line(words, line);
        }
    }

    /// Whether lines go on with the last paragraph, in another column of the same page.
    fn goes_on(&self, first_word: &str, lines: &[Line]) -> bool {
        let Some(last) = self.paragraphs.last().filter(|_| !self.fresh) else {
            return false;
        };
        let is_last = last.span.end == self.text.len();
        let same_look = lines
            .iter()
            .all(|line| line.bold == last.bold && (line.size - last.size).abs() < 0.05 * line.size);
        let in_sentence = !self.text.ends_with(['.', '!', '?', ':', ';', '。']);
        let is_long = last.lines > 1 && lines.len() > 1;
        is_last && same_look && in_sentence && is_long && first_word.starts_with(char::is_lowercase)
    }

    /// Whether a line goes on with the last word, which was broken at a hyphen; then takes away what only breaks it.
    fn joins_word(&mut self, words: &Words, line: &Line) -> bool {
        let next = line
            .words
            .first()
            .map(|number| words.text(&words.list[*number as usize]));
        let next = next.and_then(|next| next.chars().next());
        let (Some(next), Some(before)) =
            (next, self.text.strip_suffix(['-', '\u{ad}', '\u{2010}']))
        else {
            return false;
        };
        let Some(last) = before
            .chars()
            .next_back()
            .filter(|last| last.is_alphanumeric())
        else {
            return false;
        };
        // `COVID-` and `19`, `A-` and `1`.
        if next.is_ascii_digit() && last.is_uppercase() {
            return true;
        }
        let hyphenated = last.is_uppercase() && next.is_uppercase()
            || last.is_lowercase() && next.is_lowercase();
        if hyphenated {
            let length = before.len();
            self.text.truncate(length);
            if let Some(last) = self.placed.last_mut() {
                last.span.end = last.span.end.min(length);
            }
            if let Some(last) = self.marks.last_mut() {
                last.span.end = last.span.end.min(length);
            }
        }
        hyphenated
    }

    /// Writes the words of a line.
    fn line(&mut self, words: &Words, line: &Line) {
        let mut last: Option<&Word> = None;
        let mut marked: Option<(usize, Style)> = None;
        for number in &line.words {
            let word = &words.list[*number as usize];
            if let Some(last) = last {
                // Words that are written from right to left follow each other so, and may be far from the others.
                let backwards = word.left < last.left;
                let gap = if backwards {
                    last.left - word.right
                } else {
                    word.left - last.right
                };
                let apart = if backwards {
                    word.is_apart(last)
                } else {
                    last.is_apart(word)
                };
                if gap > TAB_GAP * last.size.max(word.size)
                    && !turned(words.text(last))
                    && !turned(words.text(word))
                {
                    self.text.push('\t');
                } else if apart {
                    self.text.push(' ');
                }
            }
            if marked.is_some_and(|(_, style)| style != word.style) {
                self.mark(marked.take());
            }
            let start = self.text.len();
            if marked.is_none() && word.style != Style::default() {
                marked = Some((start, word.style));
            }
            self.word(words.text(word));
            self.placed.push(Placed {
                at: word.place(),
                span: start..self.text.len(),
            });
            last = Some(word);
        }
        self.mark(marked);
    }

    fn word(&mut self, text: &str) {
        if turned(text) {
            self.text.extend(text.chars().rev());
        } else if text.contains('\u{ad}') {
            self.text.push_str(&text.replace('\u{ad}', "-"));
        } else {
            self.text.push_str(text);
        }
    }

    fn mark(&mut self, marked: Option<(usize, Style)>) {
        let Some((start, style)) = marked else {
            return;
        };
        let span = start..self.text.trim_end().len();
        let kinds = [
            (style.bold, MarkKind::Strong),
            (style.italic, MarkKind::Emphasis),
        ];
        for (_, kind) in kinds.into_iter().filter(|(marked, _)| *marked) {
            self.marks.push(Mark {
                span: span.clone(),
                kind,
            });
        }
    }

    /// Writes a table row by row, and adds it to those of the document.
    fn table(&mut self, words: &Words, table: Found) {
        let Found {
            rows,
            merged,
            header_rows,
        } = table;
        self.apart();
        let start = self.text.len();
        let mut cells = Vec::with_capacity(rows.len());
        for (number, row) in rows.iter().enumerate() {
            if number > 0 {
                self.text.push('\n');
            }
            cells.push(self.row(words, row));
        }
        let length = self.text.trim_end().len();
        self.text.truncate(length.max(start));
        for cell in &merged {
            repeat(&mut cells, cell);
        }
        let Some(mut kept) = self.gathered.begin_table() else {
            return;
        };
        let count = cells.len();
        for row in cells {
            if !self.gathered.row(&mut kept, row) {
                break;
            }
        }
        let merged = if kept.len() == count {
            merged
        } else {
            Vec::new()
        };
        let table = Table {
            header_rows,
            span: Some(start..self.text.len()).filter(|span| !span.is_empty()),
            merged,
            ..Table::default()
        };
        self.gathered.table(table, kept);
    }

    /// Writes a row of a table, its cells separated by tabs.
    fn row(&mut self, words: &Words, row: &[Vec<Line>]) -> Vec<Cell> {
        let mut cells = Vec::with_capacity(row.len());
        for (number, lines) in row.iter().enumerate() {
            if number > 0 {
                self.text.push('\t');
            }
            let start = self.text.len();
            for (number, line) in lines.iter().enumerate() {
                if number > 0 && !self.joins_word(words, line) {
                    self.text.push(' ');
                }
                let start = self.text.len();
                self.line(words, line);
                self.looks
                    .add(line.size, line.bold, self.text.len() - start);
            }
            let text = folded(&self.text[start..]);
            cells.push(Cell {
                span: Some(start..self.text.len()).filter(|_| !text.is_empty()),
                text,
                ..Cell::default()
            });
        }
        cells
    }

    /// Hands all over to the document.
    pub(super) fn finish(self, document: &mut Document) {
        let Self {
            text,
            page_starts,
            paragraphs,
            looks,
            marks,
            gathered,
            ..
        } = self;
        let (blocks, marks) = blocks(&text, paragraphs, &looks, marks);
        document.blocks = blocks;
        document.marks = marks;
        gathered.finish(document);
        document.text = Text::with_pages(text, page_starts);
    }
}

/// Whether a word is written from right to left, and was shown the other way round.
fn turned(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_right_to_left_letter)
}

/// Repeats the text of a cell that spans several rows or columns in each.
fn repeat(rows: &mut [Vec<Cell>], cell: &Merged) {
    let Merged {
        row,
        column,
        rows: height,
        columns: width,
    } = *cell;
    let text = rows[row][column].text.clone();
    for other in rows.iter_mut().skip(row).take(height) {
        for other in other.iter_mut().skip(column).take(width) {
            if other.span.is_none() {
                other.text.clone_from(&text);
            }
        }
    }
}
