//! Paragraphs -> headings and items of lists, by how they look beside the rest of the document.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::{Block, BlockKind, Mark, Span};

use super::paragraphs::Marker;

/// How much larger than most letters of the document those of a heading are.
const LARGER: f32 = 1.12;
/// Lines of a heading, and its characters.
const MAX_LINES: usize = 3;
const MAX_BYTES: usize = 240;
/// The lowest heading there is.
const MAX_LEVEL: usize = 6;

/// A paragraph as it was written.
#[derive(Debug)]
pub(super) struct Paragraph {
    pub(super) span: Span,
    /// Where its text begins, behind a marker.
    pub(super) body: usize,
    pub(super) marker: Option<Marker>,
    pub(super) left: f32,
    pub(super) size: f32,
    pub(super) bold: bool,
    pub(super) lines: usize,
    /// The marks in it, by their numbers.
    pub(super) marks: Range<usize>,
}

/// How a heading looks: its size in tenths of a point, and whether it is bold. What is greater is higher.
type Look = (i32, bool);

/// How the letters of a document look: how many look which way.
#[derive(Debug, Default)]
pub(super) struct Looks(BTreeMap<Look, usize>);

/// The blocks that paragraphs are, and the marks that say more than those.
pub(super) fn blocks(
    text: &str,
    paragraphs: Vec<Paragraph>,
    looks: &Looks,
    marks: Vec<Mark>,
) -> (Vec<Block>, Vec<Mark>) {
    let body = looks.body();
    let mut looks: Vec<Look> = paragraphs
        .iter()
        .filter(|it| is_heading(text, it, body))
        .map(look)
        .collect();
    looks.sort_unstable_by(|one, other| other.cmp(one));
    looks.dedup();

    let mut blocks = Vec::new();
    let mut said: Vec<Range<usize>> = Vec::new();
    let mut lefts: Vec<f32> = Vec::new();
    for paragraph in paragraphs {
        let kind = if is_heading(text, &paragraph, body) {
            said.push(paragraph.marks.clone());
            let level = looks.iter().position(|it| *it == look(&paragraph));
            let level = level.map_or(MAX_LEVEL, |level| (level + 1).min(MAX_LEVEL));
            lefts.clear();
            Some(BlockKind::Heading(u8::try_from(level).unwrap_or(u8::MAX)))
        } else if let Some(marker) = paragraph.marker {
            lefts.retain(|left| *left < paragraph.left - 0.5 * paragraph.size);
            lefts.push(paragraph.left);
            Some(BlockKind::Item {
                depth: u8::try_from(lefts.len()).unwrap_or(u8::MAX),
                number: match marker {
                    Marker::Bullet => None,
                    Marker::Number(number) => Some(number),
                },
            })
        } else {
            lefts.clear();
            None
        };
        if let Some(kind) = kind {
            let start = match kind {
                BlockKind::Item { .. } => paragraph.body,
                _ => paragraph.span.start,
            };
            if let Some(span) = super::super::flow::trimmed(text, start..paragraph.span.end) {
                blocks.push(Block {
                    span,
                    kind,
                    quoted: 0,
                });
            }
        }
    }
    (blocks, without(marks, &said))
}

impl Looks {
    pub(super) fn add(&mut self, size: f32, bold: bool, letters: usize) {
        /// More looks than that are no design.
        const MAX_LOOKS: usize = 10_000;
        if self.0.len() < MAX_LOOKS {
            *self.0.entry(rounded(size, bold)).or_default() += letters;
        }
    }

    /// How most letters look.
    fn body(&self) -> Look {
        let most = self.0.iter().max_by_key(|(_, letters)| **letters);
        most.map_or((0, false), |(look, _)| *look)
    }
}

fn look(paragraph: &Paragraph) -> Look {
    rounded(paragraph.size, paragraph.bold)
}

fn rounded(size: f32, bold: bool) -> Look {
    #[expect(clippy::cast_possible_truncation, reason = "a size of letters")]
    let size = (size * 10.0).round() as i32;
    (size, bold)
}

fn is_heading(text: &str, paragraph: &Paragraph, (body, body_is_bold): Look) -> bool {
    let words = &text[paragraph.span.clone()];
    if paragraph.lines > MAX_LINES
        || words.len() > MAX_BYTES
        || words.contains('\t')
        || words.contains(". . .")
        || !words.contains(char::is_alphabetic)
        || paragraph.marker == Some(Marker::Bullet)
    {
        return false;
    }
    let (size, bold) = look(paragraph);
    #[expect(clippy::cast_precision_loss, reason = "a size of letters")]
    let larger = size as f32 > LARGER * body as f32;
    let stands_out = bold && !body_is_bold && size * 20 >= body * 19 && paragraph.lines == 1;
    larger || (stands_out && !words.ends_with(['.', ':', ',', ';']))
}

fn without(marks: Vec<Mark>, said: &[Range<usize>]) -> Vec<Mark> {
    let mut said = said.iter().peekable();
    let numbered = marks.into_iter().enumerate();
    numbered
        .filter(|(number, _)| {
            while said.next_if(|range| range.end <= *number).is_some() {}
            !said.peek().is_some_and(|range| range.contains(number))
        })
        .map(|(_, mark)| mark)
        .filter(|mark| !mark.span.is_empty())
        .collect()
}
