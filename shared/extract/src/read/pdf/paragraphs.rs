//! Lines that stand below each other -> paragraphs.

use super::lines::Line;
use super::words::Words;

/// A change of the letters' size that begins a new paragraph, as a part of it.
const SIZE_CHANGE: f32 = 0.12;
/// How much wider than usual the space above a new paragraph is.
const WIDER: f32 = 1.22;
/// Space between lines that is usual where there is nothing to compare it with, as a part of their size.
const USUAL: f32 = 1.6;
/// How far the first line of a paragraph is set in, as a part of its size.
const INDENT: f32 = 0.8;

/// Cuts lines, from top to bottom, into paragraphs.
pub(super) fn paragraphs(words: &Words, lines: Vec<Line>) -> Vec<Vec<Line>> {
    let usual = usual_leading(&lines);
    let left = lines
        .iter()
        .map(|line| line.area.left)
        .fold(f32::MAX, f32::min);
    let right = lines
        .iter()
        .map(|line| line.area.right)
        .fold(f32::MIN, f32::max);
    let mut paragraphs: Vec<Vec<Line>> = Vec::new();
    for line in lines {
        match paragraphs.last_mut() {
            Some(paragraph) if !begins(words, paragraph, &line, usual, (left, right)) => {
                paragraph.push(line);
            }
            _ => paragraphs.push(vec![line]),
        }
    }
    paragraphs
}

/// The distance of lines, as a part of their size, that is least among those that are common.
fn usual_leading(lines: &[Line]) -> f32 {
    let pairs = lines.windows(2).filter_map(|pair| match pair {
        [one, other] if !differ(one, other) => Some((one.base - other.base) / one.size),
        _ => None,
    });
    let mut leadings: Vec<f32> = pairs.filter(|leading| leading.is_finite()).collect();
    leadings.sort_by(f32::total_cmp);
    match leadings.len() {
        0 => USUAL,
        count => leadings[count / 4].clamp(0.9, 2.2),
    }
}

fn differ(one: &Line, other: &Line) -> bool {
    (one.size - other.size).abs() > SIZE_CHANGE * one.size.max(other.size)
}

/// Whether a line is the first of another paragraph.
fn begins(
    words: &Words,
    paragraph: &[Line],
    line: &Line,
    usual: f32,
    (left, right): (f32, f32),
) -> bool {
    let Some(last) = paragraph.last() else {
        return true;
    };
    let size = line.size;
    let is_far = last.base - line.base > WIDER * usual * size.max(last.size);
    let is_set_in = |line: &Line| line.area.left - left > INDENT * line.size;
    // A line that is set in below one that is not, where that is not the rest of a list item.
    let indented = is_set_in(line) && !is_set_in(last) && !has_marker(words, &paragraph[0]);
    let has_room = {
        let first = line
            .words
            .first()
            .map(|number| &words.list[*number as usize]);
        let width = first.map_or(0.0, |word| word.right - word.left);
        let margin = size + 0.05 * (right - left);
        last.area.right + width + margin < right
    };
    is_far
        || differ(last, line)
        || last.bold != line.bold
        || has_marker(words, line)
        || (indented && line.area.right > right - 0.3 * (right - left))
        || (has_room && ends_sentence(words, last))
}

fn ends_sentence(words: &Words, line: &Line) -> bool {
    let last = line
        .words
        .last()
        .map(|number| words.text(&words.list[*number as usize]));
    last.is_some_and(|word| word.ends_with(['.', '!', '?', ':', '。']))
}

fn has_marker(words: &Words, line: &Line) -> bool {
    let first = line
        .words
        .first()
        .map(|number| words.text(&words.list[*number as usize]));
    line.words.len() > 1 && first.is_some_and(|word| Marker::of(word).is_some())
}

/// What stands before an item of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    Bullet,
    Number(u64),
}

impl Marker {
    /// The marker that a word is, if it is one.
    pub(super) fn of(word: &str) -> Option<Self> {
        let mut chars = word.chars();
        let bullet = matches!(
            chars.next()?,
            '•' | '◦'
                | '▪'
                | '▫'
                | '‣'
                | '●'
                | '○'
                | '■'
                | '□'
                | '–'
                | '-'
                | '*'
                | '·'
                | '➢'
                | '✓'
                | '\u{f0b7}'
                | '\u{f0a7}'
        );
        if bullet && chars.next().is_none() {
            return Some(Self::Bullet);
        }
        let number = word.strip_suffix(['.', ')'])?;
        let short = (1..=3).contains(&number.len());
        let number = number.strip_prefix('(').unwrap_or(number);
        let digits = short && number.bytes().all(|byte| byte.is_ascii_digit());
        number.parse().ok().filter(|_| digits).map(Self::Number)
    }
}
