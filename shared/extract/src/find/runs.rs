//! What stands within a piece of text, as runs of one style each.

use std::borrow::Cow;
use std::iter::repeat_n;

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::outline::{Shape, with_indent};
use super::ranges::{KINDS, Kind, Ranges};
use crate::read::markdown_events;
use crate::watch::Interrupted;
use crate::{Cell, Document, Span, Watch};

/// What a document's text is made of, run by run.
pub(super) struct Runs<'a> {
    text: &'a str,
    of: Of<'a>,
}

enum Of<'a> {
    /// The text is what it says.
    Text(Ranges<'a>),
    /// The text is Markdown: what a reader of it sees, in the order of the text, and where it begins there.
    Markdown(Vec<(usize, Inline<'a>)>),
}

/// A run, or what stands between two.
#[derive(Clone, PartialEq)]
pub(super) enum Inline<'a> {
    Run(Run<'a>),
    /// The end of a line. Two are a blank line between.
    Break,
}

/// Text of one style.
#[derive(Clone, PartialEq)]
pub(super) struct Run<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) style: Style,
    /// Where it leads.
    pub(super) href: Option<Cow<'a, str>>,
}

/// How a run is set apart.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) struct Style([bool; KINDS.len()]);

impl Style {
    pub(super) fn has(self, kind: Kind) -> bool {
        self.0[kind as usize]
    }

    fn with(mut self, kind: Kind) -> Self {
        self.0[kind as usize] = true;
        self
    }
}

impl<'a> Runs<'a> {
    pub(super) fn of(document: &'a Document, watch: &dyn Watch) -> Result<Self, Interrupted> {
        let text = document.text.as_str();
        let of = match Shape::of(document) {
            Shape::Markdown => Of::Markdown(seen(text, watch)?),
            Shape::Source(_) | Shape::Prose => Of::Text(Ranges::of(document)),
        };
        Ok(Self { text, of })
    }

    /// The runs of a part of the text, without white space around its lines.
    pub(super) fn within(&self, span: Span) -> Vec<Inline<'a>> {
        match &self.of {
            Of::Text(ranges) => lines(self.text, ranges, span),
            Of::Markdown(seen) => {
                let first = seen.partition_point(|(start, _)| *start < span.start);
                let seen = seen[first..].iter();
                let within = seen.take_while(|(start, _)| *start < span.end);
                trimmed(within.map(|(_, inline)| inline.clone()).collect())
            }
        }
    }

    /// The runs of a cell. Where the source writes the cell otherwise (CSV doubles its quotes) it is given as it is meant.
    pub(super) fn cell<'c>(&self, cell: &'c Cell) -> Vec<Inline<'c>>
    where
        'a: 'c,
    {
        let is_meant = |span: &Span| {
            let written: String = match &self.of {
                Of::Text(_) => return same_words(&self.text[span.clone()], &cell.text),
                Of::Markdown(_) => plain(&self.within(span.clone()), " "),
            };
            same_words(&written, &cell.text)
        };
        match cell.span.clone().filter(is_meant) {
            Some(span) => self.within(span),
            None if cell.text.is_empty() => Vec::new(),
            None => vec![Inline::Run(Run {
                text: Cow::Borrowed(&cell.text),
                style: Style::default(),
                href: None,
            })],
        }
    }

    /// Code as it stands.
    pub(super) fn code(&self, span: Span) -> Cow<'a, str> {
        match &self.of {
            Of::Text(_) => {
                let code: &'a str = &self.text[with_indent(self.text, span)];
                Cow::Borrowed(code.trim_matches('\n'))
            }
            Of::Markdown(seen) => {
                let first = seen.partition_point(|(start, _)| *start < span.start);
                let seen = seen[first..].iter();
                let within = seen.take_while(|(start, _)| *start < span.end);
                let within: Vec<_> = within.map(|(_, inline)| inline.clone()).collect();
                Cow::Owned(plain(&within, "\n").trim_matches('\n').to_owned())
            }
        }
    }
}

/// The text of runs alone.
pub(super) fn plain(runs: &[Inline<'_>], between_lines: &str) -> String {
    let text = runs.iter().map(|inline| match inline {
        Inline::Run(run) => run.text.as_ref(),
        Inline::Break => between_lines,
    });
    text.collect()
}

fn same_words(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}

fn lines<'a>(text: &'a str, ranges: &Ranges<'a>, span: Span) -> Vec<Inline<'a>> {
    let mut runs = Vec::new();
    let mut breaks = 0_usize;
    let mut at = span.start;
    for line in text[span].split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        let end = start + line.trim().len();
        at += line.len();
        if start < end {
            if !runs.is_empty() {
                runs.extend(repeat_n(Inline::Break, breaks.min(2)));
            }
            breaks = 0;
            line_runs(text, ranges, start..end, &mut runs);
        }
        breaks += 1;
    }
    runs
}

/// Cuts a line wherever a range begins or ends.
fn line_runs<'a>(text: &'a str, ranges: &Ranges<'a>, line: Span, runs: &mut Vec<Inline<'a>>) {
    let mut cuts = vec![line.start, line.end];
    for kind in KINDS {
        let ranges = ranges.of_kind(kind);
        let first = ranges.partition_point(|range| range.span.end <= line.start);
        let within = ranges[first..].iter();
        for range in within.take_while(|range| range.span.start < line.end) {
            cuts.extend([
                range.span.start.max(line.start),
                range.span.end.min(line.end),
            ]);
        }
    }
    cuts.sort_unstable();
    cuts.dedup();
    for cut in cuts.windows(2) {
        let mut style = Style::default();
        let mut href = None;
        for kind in KINDS {
            let ranges = ranges.of_kind(kind);
            let next = ranges.partition_point(|range| range.span.end <= cut[0]);
            if let Some(range) = ranges.get(next)
                && range.span.start <= cut[0]
            {
                style = style.with(kind);
                if kind == Kind::Link {
                    href = Some(Cow::Borrowed(range.href));
                }
            }
        }
        runs.push(Inline::Run(Run {
            text: Cow::Borrowed(&text[cut[0]..cut[1]]),
            style,
            href,
        }));
    }
}

/// What a reader of Markdown sees. HTML in it is left out.
fn seen<'a>(text: &'a str, watch: &dyn Watch) -> Result<Vec<(usize, Inline<'a>)>, Interrupted> {
    let mut seen = Vec::new();
    let mut open = [0_usize; KINDS.len()];
    let mut hrefs: Vec<Cow<'a, str>> = Vec::new();
    let mut hidden = 0_usize;
    for (event, span) in markdown_events(text) {
        watch.check()?;
        let (text, is_code) = match event {
            Event::Start(Tag::MetadataBlock(_)) => {
                hidden += 1;
                continue;
            }
            Event::End(TagEnd::MetadataBlock(_)) => {
                hidden = hidden.saturating_sub(1);
                continue;
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                hrefs.push(owned(dest_url));
                continue;
            }
            Event::End(TagEnd::Link) => {
                hrefs.pop();
                continue;
            }
            Event::Start(tag) => {
                if let Some(kind) = emphasis(tag.to_end()) {
                    open[kind as usize] += 1;
                }
                continue;
            }
            Event::End(tag) => {
                if let Some(kind) = emphasis(tag) {
                    open[kind as usize] = open[kind as usize].saturating_sub(1);
                }
                continue;
            }
            Event::HardBreak | Event::SoftBreak => {
                seen.push((span.start, Inline::Break));
                continue;
            }
            Event::Text(text) => (owned(text), false),
            Event::Code(text) => (owned(text), true),
            Event::FootnoteReference(name) => (Cow::Owned(format!("[{name}]")), false),
            _ => continue,
        };
        if hidden > 0 {
            continue;
        }
        let mut style = Style(open.map(|count| count > 0));
        if is_code {
            style = style.with(Kind::Code);
        }
        let href = hrefs.last().cloned();
        if href.is_some() {
            style = style.with(Kind::Link);
        }
        seen.push((span.start, Inline::Run(Run { text, style, href })));
    }
    Ok(seen)
}

fn emphasis(tag: TagEnd) -> Option<Kind> {
    match tag {
        TagEnd::Emphasis => Some(Kind::Emphasis),
        TagEnd::Strong => Some(Kind::Strong),
        TagEnd::Strikethrough => Some(Kind::Struck),
        _ => None,
    }
}

fn owned(text: CowStr<'_>) -> Cow<'_, str> {
    match text {
        CowStr::Borrowed(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.into_string()),
    }
}

/// Without breaks around.
fn trimmed(mut runs: Vec<Inline<'_>>) -> Vec<Inline<'_>> {
    while runs.last() == Some(&Inline::Break) {
        runs.pop();
    }
    let breaks = runs.iter().take_while(|it| **it == Inline::Break).count();
    runs.drain(..breaks);
    runs
}
