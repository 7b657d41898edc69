//! What a kind is given to search, and what it gives back.

use plan::{Entities, EntityKind};
use regex::{Captures, Regex};
use serde_json::Value;

use super::boundary;
use crate::watch::Interrupted;
use crate::{Span, Watch};

/// Something found in the text.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    /// Where it stands.
    pub(super) span: Span,
    pub(super) kind: EntityKind,
    /// Its value in the normal form of its kind.
    pub(super) value: String,
    /// What else there is to say of it.
    pub(super) members: Vec<(&'static str, Value)>,
    /// Whether the text itself must not be copied into the record.
    pub(super) withheld: bool,
    /// Why it is not valid, though it has the form of its kind.
    pub(super) flaw: Option<&'static str>,
}

impl Finding {
    pub(super) fn new(kind: EntityKind, value: impl Into<String>, span: Span) -> Self {
        Self {
            span,
            kind,
            value: value.into(),
            members: Vec::new(),
            withheld: false,
            flaw: None,
        }
    }

    /// The same with one more member.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.members.push((name, value.into()));
        self
    }

    /// The same without the text itself.
    pub(super) fn withheld(self) -> Self {
        Self {
            withheld: true,
            ..self
        }
    }

    /// The same as something that only has the form of its kind.
    pub(super) fn invalid(self, flaw: &'static str) -> Self {
        Self {
            flaw: Some(flaw),
            ..self
        }
    }
}

/// A stretch of a text. A long text is searched window by window: that bounds the memory for
/// findings that overlap, allows to stop early, and to ask the watch now and then.
///
/// ```text
///   …already searched… | from … findings begin here … limit | … they may reach up to here … end
/// ```
#[derive(Debug, Clone, Copy)]
pub(super) struct Window<'a> {
    /// The whole text, up to the window's end: a kind may look behind `from`.
    pub(super) text: &'a str,
    /// Where the search begins.
    pub(super) from: usize,
    /// What begins here or later belongs to the next window.
    pub(super) limit: usize,
    /// Whether the text goes on after the window's end.
    cut: bool,
}

impl<'a> Window<'a> {
    /// How much is searched at a time.
    pub(super) const BYTES: usize = 256 << 10;

    /// How far a finding may reach beyond the limit; what is longer (only a URL can be) is not
    /// found.
    const LONGEST_FINDING: usize = 8 << 10;

    /// The window that begins at `from`, with its limit `bytes` later, or at the last white space
    /// before that; none at the end of the text.
    pub(super) fn next(text: &'a str, from: usize, bytes: usize) -> Option<Self> {
        if from >= text.len() {
            return None;
        }
        let limit = match text.ceil_char_boundary(from + bytes.max(1)) {
            limit if limit == text.len() => limit,
            limit => {
                let space = text[from..limit].rfind(char::is_whitespace);
                space
                    .filter(|&space| space > 0)
                    .map_or(limit, |space| from + space)
            }
        };
        let end = text.ceil_char_boundary(limit + Self::LONGEST_FINDING);
        Some(Self {
            text: &text[..end],
            from,
            limit,
            cut: end < text.len(),
        })
    }
}

/// What the search of all windows of a text is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings<'a> {
    /// How entities are wanted.
    pub(super) options: &'a Entities,
    /// What this text writes before decimals, `.` or `,`: tells what a lone separator before three digits means.
    pub(super) decimal_mark: char,
}

/// A window under search, and what was found in it so far.
pub(super) struct Search<'a> {
    window: Window<'a>,
    settings: Settings<'a>,
    watch: &'a dyn Watch,
    places: usize,
    findings: Vec<Finding>,
}

impl<'a> Search<'a> {
    /// Places between two questions to the watch.
    const PLACES_PER_CHECK: usize = 1_000;

    pub(super) fn new(window: Window<'a>, settings: Settings<'a>, watch: &'a dyn Watch) -> Self {
        Self {
            window,
            settings,
            watch,
            places: 0,
            findings: Vec::new(),
        }
    }

    /// The window to search.
    pub(super) fn window(&self) -> Window<'a> {
        self.window
    }

    /// What the search is told.
    pub(super) fn settings(&self) -> Settings<'a> {
        self.settings
    }

    /// To be called for each place that is looked at closely.
    pub(super) fn step(&mut self) -> Result<(), Interrupted> {
        self.places += 1;
        if self.places.is_multiple_of(Self::PLACES_PER_CHECK) {
            self.watch.check()?;
        }
        Ok(())
    }

    /// Adds a finding, unless it belongs to the next window, is cut off by the end of this one, or is not valid and
    /// not wanted so.
    pub(super) fn add(&mut self, finding: Finding) {
        if finding.flaw.is_some() && !self.settings.options.invalid {
            return;
        }
        let Window {
            text, limit, cut, ..
        } = self.window;
        let whole = !(cut && finding.span.end == text.len());
        if whole && finding.span.start < limit {
            self.findings.push(finding);
        }
    }

    /// Adds what `read` makes of the pattern's matches. After a finding the search goes on at its
    /// end, after a match that is none at the match's second character, for what follows may be
    /// one.
    pub(super) fn each_match(
        &mut self,
        pattern: &Regex,
        read: impl Fn(&'a str, &Captures<'a>) -> Option<Finding>,
    ) -> Result<(), Interrupted> {
        let Window {
            text,
            mut from,
            limit,
            ..
        } = self.window;
        while let Some(captures) = pattern.captures_at(text, from) {
            let place = captures.get_match();
            if place.start() >= limit {
                break;
            }
            self.step()?;
            from = match read(text, &captures) {
                Some(finding) => {
                    let end = finding.span.end;
                    self.add(finding);
                    end
                }
                None => {
                    place.start() + boundary::after(text, place.start()).map_or(1, char::len_utf8)
                }
            };
        }
        Ok(())
    }

    /// All that was found.
    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}
