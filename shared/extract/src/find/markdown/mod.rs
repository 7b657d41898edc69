//! Markdown (`CommonMark` with GitHub's tables and strikethrough) out of a document of any format.

mod inline;

use crate::watch::Interrupted;
use crate::{BlockKind, Document, Span, Table, Watch};

use self::inline::Inline;
use super::outline::{self, Outline, Shape as Form};

/// Quotations and lists that are shown as standing in each other; deeper ones stand in the last.
const MAX_DEPTH: usize = 16;

/// The greatest number of an item that Markdown knows.
const MAX_NUMBER: u64 = 999_999_999;

/// Turns any part of a document into Markdown.
pub(super) struct Markdown<'a> {
    text: &'a str,
    shape: Shape<'a>,
    watch: &'a dyn Watch,
}

/// What a document's text is.
enum Shape<'a> {
    /// Markdown already.
    Markdown,
    /// The source of data, in this language.
    Source(&'static str),
    Prose {
        outline: Outline<'a>,
        inline: Inline<'a>,
    },
}

impl<'a> Markdown<'a> {
    pub(super) fn of(document: &'a Document, watch: &'a dyn Watch) -> Self {
        let text = document.text.as_str();
        let shape = match Form::of(document) {
            Form::Markdown => Shape::Markdown,
            Form::Source(language) => Shape::Source(language),
            Form::Prose => Shape::Prose {
                outline: Outline::of(document),
                inline: Inline::of(document),
            },
        };
        Self { text, shape, watch }
    }

    /// A part of the document as Markdown, in time linear in its length.
    pub(super) fn render(&self, span: Span) -> Result<String, Interrupted> {
        let (outline, inline) = match &self.shape {
            Shape::Markdown => return Ok(self.text[span].to_owned()),
            Shape::Source(language) => {
                return Ok(fenced(self.text[span].trim_matches('\n'), language));
            }
            Shape::Prose { outline, inline } => (outline, inline),
        };
        let mut page = Page {
            text: self.text,
            inline,
            out: String::new(),
            before: None,
            indents: Vec::new(),
        };
        outline.each(span.clone(), self.watch, |piece| match piece {
            outline::Piece::Lines(part) => page.lines(part),
            outline::Piece::Table(table) => page.table(table, &span),
            outline::Piece::Block(block, part) => {
                let quoted = usize::from(block.quoted).min(MAX_DEPTH);
                page.block(part, &block.kind, quoted);
            }
        })?;
        Ok(page.out)
    }
}

/// Markdown under construction.
struct Page<'a> {
    text: &'a str,
    inline: &'a Inline<'a>,
    out: String,
    /// What the last piece was.
    before: Option<Piece>,
    /// By depth: how far the text of the open items stands from the margin.
    indents: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Piece {
    is_item: bool,
    quoted: usize,
}

impl Page<'_> {
    /// Text that no block covers: paragraphs between blank lines.
    fn lines(&mut self, span: Span) {
        let mut at = span.start;
        let mut paragraph = String::new();
        for line in self.text[span].split_inclusive('\n') {
            let trimmed = line.trim();
            if trimmed.is_empty() {
                self.paragraph(&paragraph, 0);
                paragraph.clear();
            } else {
                let start = at + (line.len() - line.trim_start().len());
                if !paragraph.is_empty() {
                    paragraph.push('\n');
                }
                self.inline
                    .line(start..start + trimmed.len(), &mut paragraph);
            }
            at += line.len();
        }
        self.paragraph(&paragraph, 0);
    }

    fn paragraph(&mut self, content: &str, quoted: usize) {
        if !content.is_empty() {
            self.begin(Piece {
                is_item: false,
                quoted,
            });
            self.write(content, "", 0, quoted);
        }
    }

    fn block(&mut self, span: Span, kind: &BlockKind, quoted: usize) {
        match kind {
            BlockKind::Heading(level) => {
                let mut content = self.inline.words(span);
                if content.ends_with('#') {
                    content.insert(content.len() - 1, '\\');
                }
                if !content.is_empty() {
                    self.begin(Piece {
                        is_item: false,
                        quoted,
                    });
                    let marks = &"######"[..usize::from(*level).clamp(1, 6)];
                    self.write(&content, &format!("{marks} "), 0, quoted);
                }
            }
            BlockKind::Paragraph => {
                let content = self.inline.broken_lines(span);
                self.paragraph(&content, quoted);
            }
            BlockKind::Item { depth, number } => {
                self.item(span, usize::from(*depth), *number, quoted);
            }
            BlockKind::Code { language } => {
                let code = &self.text[outline::with_indent(self.text, span)];
                let code = fenced(code, language.as_deref().unwrap_or(""));
                self.begin(Piece {
                    is_item: false,
                    quoted,
                });
                self.write(&code, "", 0, quoted);
            }
        }
    }

    fn item(&mut self, span: Span, depth: usize, number: Option<u64>, quoted: usize) {
        let content = self.inline.broken_lines(span);
        if content.is_empty() {
            return;
        }
        let outer = depth.clamp(1, MAX_DEPTH) - 1;
        let goes_deeper = outer > 0 && outer >= self.indents.len();
        self.begin(Piece {
            is_item: true,
            quoted,
        });
        if goes_deeper && number.is_some_and(|number| number != 1) && !self.indents.is_empty() {
            // Else it would go on with the paragraph above.
            self.write("", "", 0, quoted);
        }
        self.indents.truncate(outer);
        let indent = self.indents.last().copied().unwrap_or(0);
        let mark = match number {
            Some(number) => format!("{}. ", number.min(MAX_NUMBER)),
            None => "- ".to_owned(),
        };
        self.write(&content, &mark, indent, quoted);
        self.indents.push(indent + mark.len());
    }

    fn table(&mut self, table: &Table, within: &Span) {
        let header_rows = table.header_rows.min(table.rows.len());
        let (headers, rows) = table.rows.split_at(header_rows);
        if let Some(caption) = outline::caption(self.text, table) {
            let mut content = String::new();
            inline::escaped(caption, &mut content);
            self.paragraph(&content, 0);
        }
        self.begin(Piece {
            is_item: false,
            quoted: 0,
        });
        let width = table.rows.first().map_or(0, Vec::len);
        self.out.push('|');
        for column in 0..width {
            let mut before = "";
            self.out.push(' ');
            for cell in headers.iter().filter_map(|row| row.get(column)) {
                if !cell.text.is_empty() && cell.text != before {
                    if !before.is_empty() {
                        self.out.push(' ');
                    }
                    self.inline.cell(cell, &mut self.out);
                    before = &cell.text;
                }
            }
            self.out.push_str(" |");
        }
        self.out.push_str("\n|");
        self.out.push_str(&" --- |".repeat(width));
        self.out.push('\n');
        for row in rows {
            let mut spans = row.iter().filter_map(|cell| cell.span.as_ref()).peekable();
            let is_within = spans.peek().is_none()
                || spans.any(|cell| cell.start < within.end && within.start < cell.end);
            if !is_within {
                continue;
            }
            self.out.push('|');
            for cell in row {
                self.out.push(' ');
                self.inline.cell(cell, &mut self.out);
                self.out.push_str(" |");
            }
            self.out.push('\n');
        }
        self.out.pop();
    }

    /// Sets a piece apart from the one before.
    fn begin(&mut self, piece: Piece) {
        if !piece.is_item {
            self.indents.clear();
        }
        if let Some(before) = self.before {
            self.out.push('\n');
            if !(piece.is_item && before == piece) {
                quote(before.quoted.min(piece.quoted), &mut self.out);
                self.out.truncate(self.out.trim_end_matches(' ').len());
                self.out.push('\n');
                self.indents.clear();
            }
        }
        self.before = Some(piece);
    }

    /// Writes lines, the first with a mark before it, the others as far from the margin.
    fn write(&mut self, content: &str, mark: &str, indent: usize, quoted: usize) {
        for (number, line) in content.split('\n').enumerate() {
            if number > 0 {
                self.out.push('\n');
            }
            quote(quoted, &mut self.out);
            if line.is_empty() {
                self.out.truncate(self.out.trim_end_matches(' ').len());
                continue;
            }
            let spaces = if number == 0 {
                indent
            } else {
                indent + mark.len()
            };
            self.out.extend(std::iter::repeat_n(' ', spaces));
            if number == 0 {
                self.out.push_str(mark);
            }
            self.out.push_str(line);
        }
        if content.is_empty() {
            self.out.push('\n');
        }
    }
}

fn quote(quoted: usize, out: &mut String) {
    for _ in 0..quoted {
        out.push_str("> ");
    }
}

/// Code between fences that are longer than any in it.
fn fenced(code: &str, language: &str) -> String {
    let fence = "`".repeat((inline::longest_run(code, b'`') + 1).max(3));
    format!("{fence}{language}\n{code}\n{fence}")
}
