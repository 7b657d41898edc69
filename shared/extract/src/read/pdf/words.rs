//! Glyphs, as a page shows them one by one -> words with their places.

use super::fonts::{Style, UNKNOWN};
use super::geometry::Area;

/// What separates two words, as a part of the letters' size.
const WORD_GAP: f32 = 0.15;
/// How far letters of a word may lie over one another, as a part of their size.
const OVERLAP: f32 = 0.4;
/// How far letters of a word may differ in height, as a part of their size.
const RISE: f32 = 0.1;

/// The words of a page, in the order in which it shows them.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// The characters of all words.
    text: String,
    pub(super) list: Vec<Word>,
    /// Glyphs of which the font does not say what they are.
    pub(super) unknown: usize,
    /// Whether white space was shown after the last word.
    spaced: bool,
    /// Whether the next glyph goes on with the last word, if it stands where it should.
    open: bool,
    /// Where the next glyph of the last word is expected.
    pen: f32,
}

/// A word: letters next to each other.
///
/// Coordinates are those of a page turned so that the word reads from left to right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    start: u32,
    end: u32,
    pub(super) left: f32,
    pub(super) right: f32,
    /// The height of its base line.
    pub(super) base: f32,
    /// The size of its letters.
    pub(super) size: f32,
    /// By how many degrees the page has to be turned back, so that the word reads from left to right.
    pub(super) angle: i16,
    pub(super) style: Style,
    /// Whether white space was shown before it.
    pub(super) spaced: bool,
}

/// A glyph on a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) characters: &'a str,
    pub(super) left: f32,
    pub(super) right: f32,
    /// Where the next glyph will be, if it is not moved.
    pub(super) next: f32,
    pub(super) base: f32,
    pub(super) size: f32,
    pub(super) angle: i16,
    pub(super) style: Style,
}

impl Words {
    pub(super) fn text(&self, word: &Word) -> &str {
        &self.text[word.start as usize..word.end as usize]
    }

    /// Bytes of all words.
    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    pub(super) fn add(&mut self, shown: Shown<'_>) {
        let places = [shown.left, shown.right, shown.base, shown.size, shown.next];
        if !places.iter().all(|place| place.is_finite()) || shown.size <= 0.0 {
            return;
        }
        if shown.characters == UNKNOWN {
            self.unknown += 1;
        }
        for (index, part) in shown.characters.split(' ').enumerate() {
            if index > 0 {
                self.spaced = true;
                self.open = false;
            }
            if !part.is_empty() {
                self.letters(part, shown);
            }
        }
        if shown.characters.is_empty() && self.continues(&shown) {
            self.widen(&shown);
        }
    }

    fn letters(&mut self, characters: &str, shown: Shown<'_>) {
        let end = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
        if self.continues(&shown) {
            self.text.push_str(characters);
            self.widen(&shown);
        } else {
            let start = end(&self.text);
            self.text.push_str(characters);
            self.list.push(Word {
                start,
                end: start,
                left: shown.left,
                right: shown.right,
                base: shown.base,
                size: shown.size,
                angle: shown.angle,
                style: shown.style,
                spaced: self.spaced,
            });
            self.spaced = false;
            self.open = true;
        }
        self.pen = shown.next;
        if let Some(word) = self.list.last_mut() {
            word.end = end(&self.text);
        }
    }

    /// Whether a glyph belongs to the last word.
    fn continues(&self, shown: &Shown<'_>) -> bool {
        let Some(word) = self.list.last().filter(|_| self.open) else {
            return false;
        };
        let gap = shown.left - self.pen;
        let size = word.size.max(shown.size);
        word.angle == shown.angle
            && word.style == shown.style
            && (word.base - shown.base).abs() <= RISE * size
            && (-OVERLAP * size..WORD_GAP * size).contains(&gap)
            && (word.size - shown.size).abs() <= 0.2 * size
    }

    fn widen(&mut self, shown: &Shown<'_>) {
        self.pen = shown.next;
        if let Some(word) = self.list.last_mut() {
            word.left = word.left.min(shown.left);
            word.right = word.right.max(shown.right);
        }
    }
}

impl Word {
    /// Whether a gap before another word on its line separates the two.
    pub(super) fn is_apart(&self, next: &Self) -> bool {
        next.spaced || next.left - self.right > WORD_GAP * self.size.min(next.size)
    }

    pub(super) fn area(&self) -> Area {
        Area {
            left: self.left,
            right: self.right,
            bottom: self.base - 0.22 * self.size,
            top: self.base + 0.75 * self.size,
        }
    }

    /// The middle of the word on the page as it is.
    pub(super) fn place(&self) -> (f32, f32) {
        let center = self.area().center();
        if self.angle == 0 {
            return center;
        }
        let (sin, cos) = f32::from(self.angle).to_radians().sin_cos();
        let (x, y) = center;
        (x * cos - y * sin, x * sin + y * cos)
    }
}
