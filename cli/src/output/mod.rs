//! What is said: results to standard output, for programs too, and words for people to standard error.

mod table;

use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;
use service::config::optional;

pub(crate) use table::{Cell, Color, table};

/// How results are told.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub(crate) struct Output {
    /// In JSON, as the API has it.
    pub(crate) json: bool,
    /// Without words for people, but for errors.
    pub(crate) quiet: bool,
    /// Whether standard output is a terminal.
    pub(crate) to_terminal: bool,
    is_plain: bool,
}

impl Output {
    /// As was asked for, and as the terminal can.
    pub(crate) fn new(json: bool, quiet: bool) -> Self {
        let to_terminal = io::stdout().is_terminal();
        let is_plain = optional("NO_COLOR").is_some()
            || optional("TERM").is_some_and(|terminal| terminal == "dumb");
        Self {
            json,
            quiet,
            to_terminal,
            is_plain,
        }
    }

    /// Whether standard output shows colours.
    pub(crate) fn colors(self) -> bool {
        self.to_terminal && !self.is_plain && !self.json
    }

    /// Words for whoever looks.
    pub(crate) fn note(self, words: &str) {
        if !self.quiet {
            complain(words);
        }
    }

    /// One thing of several in JSON: a line.
    pub(crate) fn line(value: &impl Serialize) -> io::Result<()> {
        say(&serde_json::to_string(value)?)
    }

    /// One thing alone in JSON.
    pub(crate) fn pretty(value: &impl Serialize) -> io::Result<()> {
        say(&serde_json::to_string_pretty(value)?)
    }
}

/// Says a result. It is certain to have been written when this returns.
pub(crate) fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Says words to whoever may be looking. Nobody can be told if this fails.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// A text that others wrote, on one line and without what would steer a terminal or turn its letters round.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_whitespace() {
            plain.push(' ');
        } else if !steers(char) {
            plain.push(char);
        }
    }
    plain
}

/// Text of many lines that others wrote, for a terminal.
pub(crate) fn plain_lines(text: &str) -> String {
    text.chars()
        .filter(|char| matches!(char, '\n' | '\t') || !steers(*char))
        .collect()
}

/// Whether a character does something to a terminal beside being shown.
pub(crate) fn steers(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
