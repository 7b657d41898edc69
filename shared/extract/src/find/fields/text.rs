//! What of a text counts, and where that stands.

use std::borrow::Cow;
use std::ops::Range;

use plan::fields::Rule;
use plan::{Pattern, Wanted};

use crate::Span;

/// The longest text that something is replaced in, before and after, in bytes.
const MAX_REPLACED_BYTES: usize = 64 << 10;

/// A text, and where it stands.
#[derive(Debug)]
pub(super) struct Part<'t> {
    pub(super) text: Cow<'t, str>,
    pub(super) span: Option<Span>,
    /// Whether the document's text says just this there.
    verbatim: bool,
}

impl<'t> Part<'t> {
    /// A text that stands word for word at this place.
    pub(super) fn verbatim(text: &'t str, span: Span) -> Self {
        Self {
            text: text.into(),
            span: Some(span),
            verbatim: true,
        }
    }

    /// The same without white space around it, folded within; none if nothing is left. `trim`: else as it is.
    pub(super) fn trimmed(self, trim: bool) -> Option<Self> {
        let inner = self.text.trim();
        if inner.is_empty() {
            return None;
        }
        if !trim || (inner.len() == self.text.len() && is_folded(inner)) {
            return Some(self);
        }
        let before = self.text.len() - self.text.trim_start().len();
        let text = if is_folded(inner) {
            inner.to_owned()
        } else {
            inner.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        Some(Self {
            span: self.narrowed(Some(before..before + inner.len())),
            verbatim: self.verbatim && text == inner,
            text: text.into(),
        })
    }

    /// Where a part of it stands; where it stands itself, if it does not stand there word for word.
    pub(super) fn narrowed(&self, within: Option<Range<usize>>) -> Option<Span> {
        let span = self.span.clone()?;
        Some(match within.filter(|_| self.verbatim) {
            Some(within) => span.start + within.start..span.start + within.end,
            None => span,
        })
    }
}

/// What counts of a text that stands here in the document's; none if nothing is left. White space first, then `match`, then `replace`.
pub(super) fn part<'t>(
    rule: &Rule,
    document: &str,
    text: &'t str,
    span: Option<Span>,
) -> Result<Option<Part<'t>>, String> {
    // Texts of elements, for one, are folded.
    let verbatim = span
        .as_ref()
        .is_some_and(|span| document[span.clone()] == *text);
    let part = Part {
        text: text.into(),
        span,
        verbatim,
    };
    let Some(mut part) = part.trimmed(rule.trim) else {
        return Ok(None);
    };
    if let Some(pattern) = &rule.part {
        let Some(within) = matching(pattern, &part.text) else {
            return Err("What was found does not match `match`.".to_owned());
        };
        part.span = part.narrowed(Some(within.clone()));
        part.text = part.text[within].to_owned().into();
    }
    for replace in &rule.replace {
        let replaced = replaced(&replace.pattern, &part.text, &replace.with)?;
        if replaced != part.text {
            part.text = replaced.into();
            part.verbatim = false;
        }
    }
    Ok(part.trimmed(rule.trim))
}

/// Whether all its white space is single spaces.
fn is_folded(text: &str) -> bool {
    !text.contains("  ") && text.chars().all(|c| c == ' ' || !c.is_whitespace())
}

/// What counts of a match, if there is one.
fn matching(pattern: &Pattern, text: &str) -> Option<Range<usize>> {
    let captures = pattern.regex().captures(text)?;
    let group = match pattern.wanted() {
        Wanted::Group(group) => group,
        Wanted::Named => 0,
    };
    Some(captures.get(group)?.range())
}

/// The text with all matches replaced.
fn replaced(pattern: &Pattern, text: &str, with: &str) -> Result<String, String> {
    let too_long = || {
        Err(format!(
            "What was found is longer than {MAX_REPLACED_BYTES} bytes; nothing is replaced in so long a text."
        ))
    };
    if text.len() > MAX_REPLACED_BYTES {
        return too_long();
    }
    let (mut result, mut done) = (String::with_capacity(text.len()), 0);
    for captures in pattern.regex().captures_iter(text) {
        let range = captures.get_match().range();
        result.push_str(&text[done..range.start]);
        captures.expand(with, &mut result);
        done = range.end;
        if result.len() > MAX_REPLACED_BYTES {
            return too_long();
        }
    }
    result.push_str(&text[done..]);
    Ok(result)
}
