//! Running text out of marked-up text: white space folded, blocks on lines of their own.

use crate::Span;

/// A text under construction.
///
/// Breaks are only noted when they are asked for, and written before the next word: so there are
/// none at the ends of the text, and of several at one place the strongest wins.
#[derive(Default)]
pub(super) struct Flow {
    text: String,
    pending: Pending,
    /// Where a table cell begins that has no text yet: its first block needs no break.
    cell: Option<usize>,
}

/// What is to be written before the next word.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Pending {
    #[default]
    Nothing,
    Space,
    Tab,
    Line,
    Blank,
}

impl Flow {
    /// Adds text whose white space means nothing but the end of a word.
    pub(super) fn words(&mut self, text: &str) {
        if text.starts_with(is_space) {
            self.pend(Pending::Space);
        }
        // Words with one space between them go on as they are.
        let mut rest = text.trim_start_matches(is_space);
        while !rest.is_empty() {
            let end = end_of_folded(rest.as_bytes());
            self.verbatim(&rest[..end]);
            if end < rest.len() {
                self.pending = Pending::Space;
            }
            rest = rest[end..].trim_start_matches(is_space);
        }
        if !text.ends_with(is_space) && self.pending == Pending::Space {
            self.pending = Pending::Nothing;
        }
    }

    /// Adds text as it is.
    pub(super) fn verbatim(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str(match self.pending {
                Pending::Nothing => "",
                Pending::Space => " ",
                Pending::Tab => "\t",
                Pending::Line => "\n",
                Pending::Blank => "\n\n",
            });
        }
        self.pending = Pending::Nothing;
        self.text.push_str(text);
    }

    /// What follows stands on a line of its own.
    pub(super) fn line(&mut self) {
        self.pend(Pending::Line);
    }

    /// What follows stands apart, after a blank line.
    pub(super) fn paragraph(&mut self) {
        self.pend(Pending::Blank);
    }

    /// A line break that was asked for; a second one makes a blank line.
    pub(super) fn hard_break(&mut self) {
        self.pend(if self.pending >= Pending::Line {
            Pending::Blank
        } else {
            Pending::Line
        });
    }

    /// What follows stands on the same line, a little further.
    pub(super) fn tab(&mut self) {
        self.pend(Pending::Tab);
    }

    /// A table cell begins: it stays on the line of the one before it.
    pub(super) fn begin_cell(&mut self, first_of_row: bool) -> usize {
        if first_of_row {
            self.line();
        } else {
            self.pending = Pending::Tab;
        }
        self.cell = Some(self.text.len());
        self.text.len()
    }

    /// A table cell ends: its last block needs no break.
    pub(super) fn end_cell(&mut self) {
        self.pending = Pending::Nothing;
        self.cell = None;
    }

    fn pend(&mut self, pending: Pending) {
        if self.cell != Some(self.text.len()) {
            self.pending = self.pending.max(pending);
        }
    }

    /// Bytes written so far.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Where the text that was written since `start` stands, without the breaks around it; none if
    /// there is none.
    pub(super) fn span_since(&self, start: usize) -> Option<Span> {
        trimmed(&self.text, start..self.text.len())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// White space as HTML knows it: a no-break space is none.
fn is_space(char: char) -> bool {
    u8::try_from(char).is_ok_and(is_space_byte)
}

fn is_space_byte(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
}

/// Where the words end that have one space between them, in text that begins with a word.
fn end_of_folded(text: &[u8]) -> usize {
    let ends = |at: usize| {
        let next = text.get(at + 1).copied();
        text[at] != b' ' || next.is_none_or(is_space_byte)
    };
    let mut spaces = (0..text.len()).filter(|&at| is_space_byte(text[at]));
    spaces.find(|&at| ends(at)).unwrap_or(text.len())
}

/// The span without the white space at its ends; none if nothing is left.
pub(crate) fn trimmed(text: &str, span: Span) -> Option<Span> {
    let slice = &text[span.clone()];
    let start = span.start + (slice.len() - slice.trim_start().len());
    let end = start + slice.trim().len();
    (start < end).then_some(start..end)
}

/// The text with each run of white space folded into one space, and none at its ends.
pub(crate) fn folded(text: &str) -> String {
    if is_folded(text.as_bytes()) {
        return text.to_owned();
    }
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// Whether text is ASCII whose only white space is one space between words.
fn is_folded(text: &[u8]) -> bool {
    let mut before = b' ';
    for &byte in text {
        let is_graphic = byte.is_ascii_graphic();
        if !is_graphic && (byte != b' ' || before == b' ') {
            return false;
        }
        before = byte;
    }
    before != b' ' || text.is_empty()
}

/// The same for what XML calls white space: a no-break space is none.
pub(crate) fn folded_as_xml(text: &str) -> String {
    let is_space = |char| matches!(char, ' ' | '\t' | '\n' | '\r');
    let words = text.split(is_space).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_break_wins_and_none_stands_at_the_ends() {
        let mut flow = Flow::default();
        flow.paragraph();
        flow.words("  one \n two ");
        flow.line();
        flow.paragraph();
        flow.words("three");
        flow.words("four ");
        flow.paragraph();
        assert_eq!(flow.into_text(), "one two\n\nthreefour");
    }

    #[test]
    fn cells_of_a_row_stand_on_one_line_whatever_blocks_they_hold() {
        let mut flow = Flow::default();
        flow.words("before");
        flow.paragraph();
        for (index, cell) in ["a", "", "c"].into_iter().enumerate() {
            flow.begin_cell(index == 0);
            flow.paragraph();
            flow.words(cell);
            flow.paragraph();
            flow.end_cell();
        }
        flow.line();
        flow.words("after");
        assert_eq!(flow.into_text(), "before\n\na\tc\nafter");
    }
}
