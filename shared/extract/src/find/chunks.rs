//! Chunks: the text in pieces for retrieval, each a stretch of the text under the headings it belongs to.
//!
//! A section begins with its heading and ends before the next one. One that fits is one chunk; a longer one is cut where a
//! reader would pause: after a paragraph rather than after a line, a sentence, or a word, and each further piece begins
//! with the end of the one before it. Headings without any text of their own stay with what follows.

use plan::Chunks;

use super::structure::place;
use crate::output::ChunkOutput;
use crate::read::trimmed;
use crate::watch::Interrupted;
use crate::{Block, BlockKind, Span, Text, Watch};

/// Cuts the text of a document into chunks.
pub(super) fn chunks(
    text: &Text,
    blocks: &[Block],
    options: &Chunks,
    watch: &dyn Watch,
) -> Result<Vec<ChunkOutput>, Interrupted> {
    let mut output = Vec::new();
    for section in sections(text.as_str(), blocks) {
        watch.check()?;
        for span in pieces(text.as_str(), section.span.clone(), options) {
            output.push(ChunkOutput {
                headings: section.headings.clone(),
                text: text.as_str()[span.clone()].to_owned(),
                place: place(text, &span),
            });
        }
    }
    Ok(output)
}

/// A stretch of the text that no heading interrupts.
struct Section {
    headings: Vec<String>,
    span: Span,
}

/// The sections that have text in them.
fn sections(text: &str, blocks: &[Block]) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut path: Vec<(u8, String)> = Vec::new();
    // The section under way: where it begins, and where its text begins, after the headings.
    let (mut start, mut body) = (0, 0);
    let mut end_at = |end: usize, start: usize, path: &[(u8, String)]| {
        if let Some(span) = trimmed(text, start..end) {
            let headings = path.iter().map(|(_, heading)| heading.clone()).collect();
            sections.push(Section { headings, span });
        }
    };
    for block in blocks {
        let BlockKind::Heading(level) = block.kind else {
            continue;
        };
        // Tables may hold headings; blocks within their cells do not rise above them.
        if block.span.start < body {
            continue;
        }
        let has_text = trimmed(text, body..block.span.start).is_some();
        let deeper = path.last().is_none_or(|(last, _)| *last < level);
        if has_text || !deeper {
            end_at(block.span.start, start, &path);
            start = block.span.start;
        }
        path.retain(|(above, _)| *above < level);
        let words = text[block.span.clone()].split_whitespace();
        path.push((level, words.collect::<Vec<_>>().join(" ")));
        body = block.span.end;
    }
    end_at(text.len(), start, &path);
    sections
}

/// A section in pieces of the longest length at most.
fn pieces(text: &str, section: Span, options: &Chunks) -> Vec<Span> {
    let mut pieces: Vec<Span> = Vec::new();
    // Where the next piece begins, and up to where all has been said.
    let (mut start, mut said) = (section.start, section.start);
    loop {
        let rest = start..section.end;
        let longest = after_chars(text, &rest, options.max_chars);
        let end = longest.map_or(section.end, |longest| pause(text, start..longest, said));
        let piece = trimmed(text, start..end);
        pieces.extend(piece.filter(|piece| piece.end > said));
        if longest.is_none() {
            return pieces;
        }
        said = end;
        // At most half is repeated, so that each piece has as much to say again.
        start = overlap(text, start..end, options.overlap_chars)
            .filter(|&back| back >= start + (end - start) / 2)
            .unwrap_or(end);
    }
}

/// Where so many characters of a span end; none if it has no more than that.
fn after_chars(text: &str, span: &Span, chars: usize) -> Option<usize> {
    let (at, _) = text[span.clone()].char_indices().nth(chars)?;
    Some(span.start + at)
}

/// The best place to cut a span: in its second half, and after what has been said, the last end of a paragraph, else of a line, a
/// sentence, a word; else its end.
fn pause(text: &str, span: Span, said: usize) -> usize {
    let half = text.ceil_char_boundary(span.start + span.len() / 2);
    let half = half.max(said).min(span.end);
    let tail = &text[half..span.end];
    let found = tail
        .rfind("\n\n")
        .or_else(|| tail.rfind('\n'))
        .or_else(|| last_sentence(tail))
        .or_else(|| tail.rfind(char::is_whitespace));
    match found {
        Some(at) => {
            let width = text[half + at..].chars().next().map_or(1, char::len_utf8);
            half + at + width
        }
        None => span.end,
    }
}

/// Where the last sentence in a text ends: the white space after it, or its stop where none is written.
fn last_sentence(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().rev();
    let mut after_is_space = false;
    let mut after = text.len();
    chars.find_map(|(at, char)| {
        let ends = match char {
            '.' | '!' | '?' | '…' if after_is_space => Some(after),
            '。' | '！' | '？' => Some(at),
            _ => None,
        };
        (after_is_space, after) = (char.is_whitespace(), at);
        ends
    })
}

/// Where the next piece begins that repeats so many characters of this one at most: at a word. None: it repeats nothing.
fn overlap(text: &str, piece: Span, chars: usize) -> Option<usize> {
    let within = &text[piece.clone()];
    let (at, _) = within.char_indices().rev().nth(chars.checked_sub(1)?)?;
    let at = piece.start + at;
    let word = text[at..piece.end].find(char::is_whitespace)?;
    let begin = at + word;
    let begin = begin + (text[begin..].len() - text[begin..].trim_start().len());
    (begin < piece.end).then_some(begin)
}
