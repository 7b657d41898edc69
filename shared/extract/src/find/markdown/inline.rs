//! One line of Markdown: emphasis, links, and what would be taken for either.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::find::ranges::{KINDS, Kind, Range, Ranges};
use crate::{Cell, Document, Span};

/// What stands within the lines of a document.
pub(super) struct Inline<'a> {
    text: &'a str,
    ranges: Ranges<'a>,
}

impl<'a> Inline<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        Self {
            text: document.text.as_str(),
            ranges: Ranges::of(document),
        }
    }

    /// All lines of a span, with what breaks them.
    pub(super) fn broken_lines(&self, span: Span) -> String {
        let mut out = String::new();
        let mut blank = false;
        for line in self.lines(span) {
            if line.is_empty() {
                blank = true;
                continue;
            }
            if !out.is_empty() {
                out.push_str(if blank { "\n\n" } else { "\\\n" });
            }
            blank = false;
            self.line(line, &mut out);
        }
        out
    }

    /// All lines of a span as one, which does not begin a line.
    pub(super) fn words(&self, span: Span) -> String {
        let mut out = String::new();
        self.joined(span, false, &mut out);
        out
    }

    /// A cell of a table.
    pub(super) fn cell(&self, cell: &Cell, out: &mut String) {
        // Where the source writes the cell otherwise (CSV doubles its quotes) it is shown as it is meant.
        let as_written = |span: &Span| {
            let words = self.text[span.clone()].split_whitespace();
            words.eq(cell.text.split_whitespace())
        };
        match cell.span.clone().filter(as_written) {
            Some(span) => self.joined(span, true, out),
            None => Line::new(&cell.text, None, true).text(0..cell.text.len(), out),
        }
    }

    /// A line that begins a line of Markdown.
    pub(super) fn line(&self, line: Span, out: &mut String) {
        let escape = looks_like_a_block(&self.text[line.clone()]).map(|at| line.start + at);
        self.render(line, &Line::new(self.text, escape, false), out);
    }

    fn joined(&self, span: Span, in_cell: bool, out: &mut String) {
        let mut first = true;
        for line in self.lines(span).filter(|line| !line.is_empty()) {
            if !std::mem::take(&mut first) {
                out.push(' ');
            }
            self.render(line, &Line::new(self.text, None, in_cell), out);
        }
    }

    /// The lines of a span, without white space around them.
    fn lines(&self, span: Span) -> impl Iterator<Item = Span> {
        let mut at = span.start;
        self.text[span].split_inclusive('\n').map(move |line| {
            let start = at + (line.len() - line.trim_start().len());
            at += line.len();
            let end = start + line.trim().len();
            if start < end { start..end } else { at..at }
        })
    }

    fn render(&self, line: Span, writer: &Line<'_>, out: &mut String) {
        let mut waiting: BinaryHeap<Waiting> = BinaryHeap::new();
        for kind in KINDS {
            let ranges = self.ranges.of_kind(kind);
            let first = ranges.partition_point(|range| range.span.end <= line.start);
            for (index, Range { span, .. }) in ranges.iter().enumerate().skip(first) {
                if span.start >= line.end {
                    break;
                }
                let (start, end) = (span.start.max(line.start), span.end.min(line.end));
                waiting.push(Reverse((start, Reverse(end), kind, index)));
            }
        }
        let mut open: Vec<Open> = Vec::new();
        // How long the output was behind the latest mark. By its last character one is not told from the text's own.
        let mut behind_mark = None;
        let mut at = line.start;
        loop {
            let next = waiting
                .peek()
                .map_or(line.end, |Reverse((start, ..))| *start);
            let close = open.last().map_or(line.end, |open| open.end);
            if close <= next {
                writer.text(at..close, out);
                at = close;
                match open.pop() {
                    Some(done) => {
                        self.close(&done, out);
                        behind_mark = (done.kind != Kind::Link).then_some(out.len());
                    }
                    None => return,
                }
                continue;
            }
            let Some(Reverse((start, Reverse(end), kind, index))) = waiting.pop() else {
                return;
            };
            if start < at {
                // It begins in code, and goes on behind it.
                if at < end {
                    waiting.push(Reverse((at, Reverse(end), kind, index)));
                }
                continue;
            }
            writer.text(at..start, out);
            at = start;
            if end > close {
                waiting.push(Reverse((close, Reverse(end), kind, index)));
            }
            let end = end.min(close);
            if kind == Kind::Code {
                code(&self.text[start..end], writer.in_cell, out);
                at = end;
            } else if kind == Kind::Link {
                begin_link(out);
                open.push(Open { kind, index, end });
            } else if behind_mark != Some(out.len())
                && self.can_mark(kind, &(start..end), &line, &open)
            {
                out.push_str(mark(kind));
                behind_mark = Some(out.len());
                open.push(Open { kind, index, end });
            }
        }
    }

    /// Whether emphasis can be shown where it stands, within what is open.
    fn can_mark(&self, kind: Kind, span: &Span, line: &Span, open: &[Open]) -> bool {
        let before = self.text[line.start..span.start].chars().next_back();
        let after = self.text[span.end..line.end].chars().next();
        // Whether it begins or ends with a character that is not the text's own: of a range within it, or what is left of one.
        let is_marked = |last: usize| {
            others(kind).any(|kind| {
                let ranges = self.ranges.of_kind(kind);
                let index = ranges.partition_point(|range| range.span.end <= last);
                let covers = ranges
                    .get(index)
                    .is_some_and(|range| range.span.start <= last);
                covers && !open.iter().any(|it| (it.kind, it.index) == (kind, index))
            })
        };
        let edges = [is_marked(span.start), is_marked(span.end - 1)];
        can_flank(before, &self.text[span.clone()], after, edges)
    }

    fn close(&self, open: &Open, out: &mut String) {
        out.push_str(mark(open.kind));
        if open.kind == Kind::Link {
            out.push_str("](");
            destination(self.ranges.of_kind(Kind::Link)[open.index].href, out);
            out.push(')');
        }
    }
}

fn begin_link(out: &mut String) {
    // Else it would be a picture.
    if out.ends_with('!') {
        out.insert(out.len() - 1, '\\');
    }
    out.push('[');
}

/// What stands on both sides of a range of this kind.
fn mark(kind: Kind) -> &'static str {
    match kind {
        Kind::Strong => "**",
        Kind::Emphasis => "*",
        Kind::Struck => "~~",
        Kind::Link | Kind::Code => "",
    }
}

/// Kinds that are marked with other characters than this one.
fn others(than: Kind) -> impl Iterator<Item = Kind> {
    let has_asterisks = |kind| matches!(kind, Kind::Strong | Kind::Emphasis);
    KINDS
        .into_iter()
        .filter(move |&kind| kind != than && !(has_asterisks(kind) && has_asterisks(than)))
}

/// A range that is to begin: its start and end, its kind and number. The first one comes first, the longest of those.
type Waiting = Reverse<(usize, Reverse<usize>, Kind, usize)>;

/// A range that was begun.
struct Open {
    kind: Kind,
    index: usize,
    end: usize,
}

/// Whether Markdown takes marks around this content for emphasis: they must not touch white space inside, nor stand
/// between punctuation inside and a word outside.
fn can_flank(before: Option<char>, content: &str, after: Option<char>, marked: [bool; 2]) -> bool {
    let (Some(first), Some(last)) = (content.chars().next(), content.chars().next_back()) else {
        return false;
    };
    let bounds = |inside: char, outside: Option<char>, is_marked: bool| {
        !inside.is_whitespace()
            && (inside.is_alphanumeric() && !is_marked
                || outside.is_none_or(|char| !char.is_alphanumeric()))
    };
    bounds(first, before, marked[0]) && bounds(last, after, marked[1])
}

fn code(content: &str, in_cell: bool, out: &mut String) {
    let content = content.trim();
    if content.is_empty() {
        return out.push(' ');
    }
    let fence = "`".repeat(longest_run(content, b'`') + 1);
    let pad = if content.starts_with('`') || content.ends_with('`') {
        " "
    } else {
        ""
    };
    out.push_str(&fence);
    out.push_str(pad);
    for char in content.chars() {
        if in_cell && char == '|' {
            out.push('\\');
        }
        out.push(char);
    }
    out.push_str(pad);
    out.push_str(&fence);
}

/// Where a link leads; between angle brackets if it would end too early without.
fn destination(href: &str, out: &mut String) {
    let is_plain =
        |char: char| !char.is_whitespace() && !char.is_control() && !"()<>\\&|".contains(char);
    if !href.is_empty()
        && href.chars().all(|char| is_plain(char) || char == '&')
        && !has_reference(href)
    {
        return out.push_str(href);
    }
    out.push('<');
    for char in href.chars() {
        match char {
            '\n' => out.push_str("%0A"),
            '\r' => out.push_str("%0D"),
            '<' | '>' | '\\' | '&' | '|' => {
                out.push('\\');
                out.push(char);
            }
            char => out.push(char),
        }
    }
    out.push('>');
}

/// Whether there is anything like `&amp;`.
fn has_reference(text: &str) -> bool {
    text.match_indices('&')
        .any(|(at, _)| is_reference(&text[at..]))
}

/// Whether this begins like `&amp;`.
fn is_reference(text: &str) -> bool {
    let name = text[1..].bytes().take(40);
    let name = name
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#')
        .count();
    text.as_bytes().get(name + 1) == Some(&b';')
}

/// Whether this may be what stands behind the `<` of a tag, a comment or an address in angle brackets. An e-mail address may begin
/// with a digit or almost any sign.
fn is_tag_or_address(rest: &[u8]) -> bool {
    let is_tag = |next: &u8| next.is_ascii_alphabetic() || b"/!?".contains(next);
    let end = |byte: &u8| byte.is_ascii_whitespace() || b"<>".contains(byte);
    let address = || {
        let (address, rest) = rest.split_at(rest.iter().position(end).unwrap_or(rest.len()));
        rest.first() == Some(&b'>') && address.contains(&b'@')
    };
    rest.first().is_some_and(is_tag) || address()
}

/// The longest run of a byte.
pub(super) fn longest_run(text: &str, of: u8) -> usize {
    let runs = text.as_bytes().chunk_by(|one, other| one == other);
    let runs = runs.filter(|run| run[0] == of).map(<[u8]>::len);
    runs.max().unwrap_or(0)
}

/// Text of no document as a line of its own.
pub(super) fn escaped(text: &str, out: &mut String) {
    let escape = looks_like_a_block(text);
    Line::new(text, escape, false).text(0..text.len(), out);
}

/// Where a line needs a `\` that would be a heading, an item, a quotation, a rule or the like without.
fn looks_like_a_block(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let ends_at = |at: usize| {
        bytes
            .get(at)
            .is_none_or(|byte| matches!(byte, b' ' | b'\t'))
    };
    let run = |of: u8| bytes.iter().take_while(|byte| **byte == of).count();
    let is_rule = || bytes.iter().all(|byte| b"-=:|+ \t".contains(byte));
    match bytes.first()? {
        b'#' => (run(b'#') <= 6 && ends_at(run(b'#'))).then_some(0),
        b'>' => Some(0),
        b'*' => ends_at(1).then_some(0),
        b'-' | b'+' if ends_at(1) || is_rule() => Some(0),
        b'=' | b':' | b'|' if is_rule() => Some(0),
        b'0'..=b'9' => {
            let digits = bytes
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            let is_item = matches!(bytes.get(digits), Some(b'.' | b')')) && ends_at(digits + 1);
            (digits <= 9 && is_item).then_some(digits)
        }
        _ => None,
    }
}

/// Writes pieces of a text as they are, but for what means something in Markdown.
struct Line<'a> {
    text: &'a str,
    /// A place that needs a `\` for where it stands.
    escape: Option<usize>,
    in_cell: bool,
}

impl<'a> Line<'a> {
    fn new(text: &'a str, escape: Option<usize>, in_cell: bool) -> Self {
        Self {
            text,
            escape,
            in_cell,
        }
    }

    fn text(&self, span: Span, out: &mut String) {
        let bytes = self.text.as_bytes();
        let mut written = span.start;
        for at in span.clone() {
            let is_special = match bytes[at] {
                b'`' | b'[' | b']' | b'~' => true,
                b'*' => !self.is_alone(at, &span) || self.escape == Some(at),
                b'_' => !self.is_within_a_word(at),
                b'<' => is_tag_or_address(&bytes[at + 1..]),
                b'&' => is_reference(&self.text[at..]),
                b'\\' => {
                    bytes
                        .get(at + 1)
                        .is_none_or(|next| next.is_ascii_punctuation() || *next == b'\n')
                        || at + 1 == span.end
                }
                b'|' => self.in_cell || self.escape == Some(at),
                _ => self.escape == Some(at),
            };
            if is_special {
                out.push_str(&self.text[written..at]);
                out.push('\\');
                written = at;
            }
        }
        for (number, piece) in self.text[written..span.end].split('\n').enumerate() {
            if number > 0 {
                out.push(' ');
            }
            out.push_str(piece);
        }
    }

    /// Whether white space stands on both sides within the piece: beyond it a mark may stand.
    fn is_alone(&self, at: usize, piece: &Span) -> bool {
        let is_space = |at: usize| self.text.as_bytes()[at].is_ascii_whitespace();
        piece.start < at && at + 1 < piece.end && is_space(at - 1) && is_space(at + 1)
    }

    /// Whether letters or digits stand on both sides of an underscore.
    fn is_within_a_word(&self, at: usize) -> bool {
        let before = self.text[..at].chars().next_back();
        let after = self.text[at + 1..].chars().next();
        before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)
    }
}
