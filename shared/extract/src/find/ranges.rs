//! What stands within the lines of a document: links and emphasis, by kind.

use crate::{Document, MarkKind, Span};

/// The ranges of a document, by kind.
pub(super) struct Ranges<'a>([Vec<Range<'a>>; KINDS.len()]);

/// A link, or a mark.
#[derive(Clone)]
pub(super) struct Range<'a> {
    pub(super) span: Span,
    /// Where a link leads.
    pub(super) href: &'a str,
}

/// Kinds of ranges. Of those that begin and end together the first ones stand outside.
pub(super) const KINDS: [Kind; 5] = [
    Kind::Link,
    Kind::Strong,
    Kind::Emphasis,
    Kind::Struck,
    Kind::Code,
];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Link,
    Strong,
    Emphasis,
    Struck,
    Code,
}

impl<'a> Ranges<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        let mut ranges: [Vec<Range<'a>>; KINDS.len()] = Default::default();
        for link in &document.links {
            if let Some(span) = link.span.clone() {
                let href = link.href.as_str();
                ranges[Kind::Link as usize].push(Range { span, href });
            }
        }
        for mark in &document.marks {
            let kind = match mark.kind {
                MarkKind::Strong => Kind::Strong,
                MarkKind::Emphasis => Kind::Emphasis,
                MarkKind::Struck => Kind::Struck,
                MarkKind::Code => Kind::Code,
            };
            let span = mark.span.clone();
            ranges[kind as usize].push(Range { span, href: "" });
        }
        Self(ranges.map(disjoint))
    }

    /// Those of a kind, in the order of the text; none overlaps another.
    pub(super) fn of_kind(&self, kind: Kind) -> &[Range<'a>] {
        &self.0[kind as usize]
    }
}

/// Ranges of one kind made disjoint: emphasis that overlaps or touches is one, of links the first one counts.
fn disjoint(mut ranges: Vec<Range<'_>>) -> Vec<Range<'_>> {
    ranges.sort_by_key(|range| range.span.start);
    let mut disjoint: Vec<Range<'_>> = Vec::with_capacity(ranges.len());
    for range in ranges.into_iter().filter(|range| !range.span.is_empty()) {
        match disjoint.last_mut() {
            Some(last) if range.href.is_empty() && range.span.start <= last.span.end => {
                last.span.end = last.span.end.max(range.span.end);
            }
            Some(last) if range.span.start < last.span.end => {}
            _ => disjoint.push(range),
        }
    }
    disjoint
}
