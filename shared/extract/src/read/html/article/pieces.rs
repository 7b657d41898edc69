//! A page's text in pieces, each with what speaks for its being main content.

use super::hints::Hint;
use super::share;
use crate::read::html::page::Read;
use crate::tree::{Id, Tree};
use crate::{BlockKind, Span};

/// Characters below which a text is no sentence.
const SHORT: f64 = 30.0;

/// Characters of code that count at most.
const MAX_CODE: f64 = 2_000.0;

/// How much a character of Chinese, Japanese or Korean says, in letters of other scripts.
const IDEOGRAPH: f64 = 2.5;

/// A piece of text that stands apart.
pub(super) struct Piece {
    pub(super) span: Span,
    /// The element that it stands right in.
    pub(super) owner: Id,
    pub(super) kind: Kind,
    /// How much of it carries links, from 0 to 1.
    linked: f64,
    /// How much it speaks for the elements that it stands in.
    pub(super) weight: f64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Heading,
    Text,
    Item,
    Code,
    /// A cell of a table.
    Cell,
}

impl Piece {
    pub(super) fn is_mostly_links(&self) -> bool {
        self.linked > 0.7
    }
}

/// All pieces, in the order of the text.
pub(super) fn of(tree: &Tree, read: &Read, hints: &[Hint]) -> Vec<Piece> {
    let document = &read.document;
    let text = document.text.as_str();
    let mut links = document
        .links
        .iter()
        .filter_map(|link| link.span.clone())
        .peekable();
    let mut pieces = Vec::with_capacity(document.blocks.len());
    for (block, &owner) in document.blocks.iter().zip(&read.owners) {
        let in_cell = tree
            .element(owner)
            .is_some_and(|it| matches!(it.name(), "td" | "th"));
        let kind = match block.kind {
            BlockKind::Heading(_) => Kind::Heading,
            BlockKind::Item { .. } => Kind::Item,
            BlockKind::Code { .. } => Kind::Code,
            BlockKind::Paragraph if in_cell => Kind::Cell,
            BlockKind::Paragraph => Kind::Text,
        };
        for span in paragraphs(text, block.span.clone(), kind) {
            let mut linked = 0;
            while let Some(link) = links.next_if(|link| link.start < span.end) {
                linked += link
                    .end
                    .min(span.end)
                    .saturating_sub(link.start.max(span.start));
            }
            let mut piece = Piece {
                linked: share(linked, span.len()),
                span,
                owner,
                kind,
                weight: 0.0,
            };
            piece.weight = weight(&piece, &text[piece.span.clone()], hints[owner]);
            pieces.push(piece);
        }
    }
    pieces
}

/// The paragraphs of a block: a page may part them by empty lines alone.
fn paragraphs(text: &str, block: Span, kind: Kind) -> Vec<Span> {
    if kind == Kind::Code || !text[block.clone()].contains("\n\n") {
        return vec![block];
    }
    let mut at = block.start;
    let mut spans = Vec::new();
    for part in text[block].split("\n\n") {
        let trimmed = part.trim();
        let start = at + (part.len() - part.trim_start().len());
        if !trimmed.is_empty() {
            spans.push(start..start + trimmed.len());
        }
        at += part.len() + 2;
    }
    spans
}

fn weight(piece: &Piece, text: &str, hint: Hint) -> f64 {
    let length = length(text);
    if hint != Hint::None {
        return -0.05 * length;
    }
    if piece.linked > 0.5 {
        return -length;
    }
    let unlinked = length * (1.0 - piece.linked);
    match piece.kind {
        Kind::Heading => 0.0,
        Kind::Code => length.min(MAX_CODE),
        Kind::Item => 0.6 * unlinked,
        Kind::Cell if length < 80.0 => 0.3 * unlinked,
        Kind::Text | Kind::Cell if length < SHORT => -5.0,
        Kind::Text | Kind::Cell => {
            let certainty = if has_sentence(text) { 1.0 } else { 0.5 };
            certainty * unlinked * length / (length + 60.0)
        }
    }
}

/// How long a text is, in letters.
fn length(text: &str) -> f64 {
    let letters = |char: char| {
        if ('\u{2e80}'..='\u{ffdc}').contains(&char) {
            IDEOGRAPH
        } else {
            1.0
        }
    };
    if text.is_ascii() {
        share(text.len(), 1)
    } else {
        text.chars().map(letters).sum()
    }
}

/// Whether a sentence ends in it.
fn has_sentence(text: &str) -> bool {
    let ends = |char: char| {
        matches!(
            char,
            '.' | '!' | '?' | '…' | ':' | ';' | '。' | '！' | '？' | '，' | '؟' | '۔' | '।'
        )
    };
    text.trim_end_matches(|char: char| !char.is_alphanumeric() && !ends(char))
        .ends_with(ends)
        || text.contains(". ")
        || text.contains('。')
}
