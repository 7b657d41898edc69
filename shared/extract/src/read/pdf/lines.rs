//! Words -> pieces of lines, and those -> lines.

use super::geometry::Area;
use super::words::{Word, Words};

/// How wide a gap between two words has to be, as a part of their size, so that they may belong to different columns.
pub(super) const COLUMN_GAP: f32 = 0.7;
/// How far words on one line may differ in height, as a part of their size. Footnote marks are raised.
const LINE_RISE: f32 = 0.4;
/// How far the base lines of words in a piece may differ, as a part of their size.
const PIECE_RISE: f32 = 0.1;

/// Sizes of letters that are told apart in a line.
const MAX_SIZES: usize = 16;

/// Words that follow each other closely, or a table: what layout moves around as one.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) area: Area,
    /// The height of its base line; of a table, its bottom.
    pub(super) base: f32,
    /// The size of its letters; of a table, its height.
    pub(super) size: f32,
    pub(super) kind: PieceKind,
}

#[derive(Debug, Clone)]
pub(super) enum PieceKind {
    /// Words by their numbers on the page, from left to right.
    Words(Vec<u32>),
    /// A table by its number on the page.
    Table(usize),
}

impl Piece {
    /// The band of heights that the letters surely take.
    pub(super) fn band(&self) -> (f32, f32) {
        match self.kind {
            PieceKind::Words(_) => (self.base, self.base + 0.6 * self.size),
            PieceKind::Table(_) => (self.area.bottom, self.area.top),
        }
    }
}

/// Joins words that are shown one after the other and stand next to each other.
pub(super) fn pieces(words: &Words, wanted: impl Fn(usize, &Word) -> bool) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut last: Option<&Word> = None;
    for (number, word) in words.list.iter().enumerate() {
        if !wanted(number, word) {
            last = None;
            continue;
        }
        let index = u32::try_from(number).unwrap_or(u32::MAX);
        let joined = last.is_some_and(|last| {
            let size = last.size.min(word.size);
            let gap = word.left - last.right;
            (last.base - word.base).abs() <= PIECE_RISE * size
                && gap > -0.3 * size
                && gap < COLUMN_GAP * size
        });
        match pieces.last_mut() {
            Some(Piece {
                area,
                size,
                kind: PieceKind::Words(words),
                ..
            }) if joined => {
                *area = area.union(word.area());
                *size = size.max(word.size);
                words.push(index);
            }
            _ => pieces.push(Piece {
                area: word.area(),
                base: word.base,
                size: word.size,
                kind: PieceKind::Words(vec![index]),
            }),
        }
        last = Some(word);
    }
    pieces
}

/// A line of text.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Its words by their numbers on the page, from left to right.
    pub(super) words: Vec<u32>,
    pub(super) area: Area,
    pub(super) base: f32,
    /// The size of most of its letters.
    pub(super) size: f32,
    /// Whether all of it is bold.
    pub(super) bold: bool,
}

/// Puts the words of pieces into lines, from top to bottom. Tables are none of them.
pub(super) fn lines(words: &Words, mut pieces: Vec<Piece>) -> Vec<Line> {
    pieces.sort_by(|one, other| other.base.total_cmp(&one.base));
    let mut lines: Vec<(f32, f32, Vec<u32>)> = Vec::new();
    for piece in pieces {
        let PieceKind::Words(mut numbers) = piece.kind else {
            continue;
        };
        match lines.last_mut() {
            Some((base, size, line)) if *base - piece.base <= LINE_RISE * size.max(piece.size) => {
                if piece.size > *size {
                    *base = piece.base;
                    *size = piece.size;
                }
                line.append(&mut numbers);
            }
            _ => lines.push((piece.base, piece.size, numbers)),
        }
    }
    lines
        .into_iter()
        .map(|(base, _, numbers)| Line::new(words, base, numbers))
        .collect()
}

impl Line {
    fn new(words: &Words, base: f32, mut numbers: Vec<u32>) -> Self {
        let word = |number: &u32| &words.list[*number as usize];
        numbers.sort_by(|one, other| word(one).left.total_cmp(&word(other).left));
        // Bold is sometimes faked by showing a word twice.
        numbers.dedup_by(|next, one| {
            let (next, one) = (word(next), word(one));
            (next.left - one.left).abs() < 0.2 * one.size
                && (next.base - one.base).abs() < 0.2 * one.size
                && words.text(next) == words.text(one)
        });
        put_in_order_of_speech(words, &mut numbers);
        let areas = numbers.iter().map(|number| word(number).area());
        let area = areas.reduce(Area::union).unwrap_or(Area::NOTHING);
        let mut letters: Vec<(f32, usize)> = Vec::new();
        for number in &numbers {
            let (size, count) = (word(number).size, words.text(word(number)).len());
            match letters
                .iter()
                .position(|(known, _)| (*known - size).abs() < 0.1)
            {
                Some(known) => letters[known].1 += count,
                None if letters.len() < MAX_SIZES => letters.push((size, count)),
                None => {}
            }
        }
        let most = letters.iter().max_by_key(|(_, count)| *count);
        Self {
            area,
            base,
            size: most.map_or(0.0, |(size, _)| *size),
            bold: numbers.iter().all(|number| word(number).style.bold),
            words: numbers,
        }
    }
}

/// Turns around what is written from right to left, and in a line of such words what is not.
fn put_in_order_of_speech(words: &Words, numbers: &mut [u32]) {
    let direction = |number: &u32| {
        let text = words.text(&words.list[*number as usize]);
        let letter = text.chars().find(|char| char.is_alphabetic());
        letter.map(is_right_to_left_letter)
    };
    let backwards = numbers
        .iter()
        .filter(|number| direction(number) == Some(true))
        .count();
    if backwards == 0 {
        return;
    }
    let forwards = numbers
        .iter()
        .filter(|number| direction(number) == Some(false))
        .count();
    let mostly = backwards > forwards;
    if mostly {
        numbers.reverse();
    }
    for run in numbers.chunk_by_mut(|one, other| {
        direction(one) != Some(mostly) && direction(other) != Some(mostly)
            || !mostly && direction(one) == Some(true) && direction(other) == Some(true)
    }) {
        let turns = if mostly { Some(false) } else { Some(true) };
        if run.iter().any(|number| direction(number) == turns) {
            run.reverse();
        }
    }
}

pub(super) fn is_right_to_left_letter(char: char) -> bool {
    matches!(char, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}')
}
