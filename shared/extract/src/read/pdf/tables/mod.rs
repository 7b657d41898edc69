//! Tables on a page.

pub(super) mod borderless;
pub(super) mod ruled;

use super::lines::{Line, Piece, lines};
use super::words::Words;

use crate::Merged;

/// A table that was found on a page.
#[derive(Debug)]
pub(super) struct Found {
    /// Its rows from top to bottom, all with the same number of cells.
    pub(super) rows: Vec<Vec<Vec<Line>>>,
    /// Cells that span several rows or columns. Their lines stand in the first row and column.
    pub(super) merged: Vec<Merged>,
    pub(super) header_rows: usize,
}

impl Found {
    fn new(words: &Words, rows: Vec<Vec<Vec<Line>>>, merged: Vec<Merged>) -> Self {
        let header_rows = header_rows(words, &rows, &merged);
        Self {
            rows,
            merged,
            header_rows,
        }
    }
}

fn cell(words: &Words, pieces: Vec<Piece>) -> Vec<Line> {
    lines(words, pieces)
}

/// How many rows are headers, as far as the look of them tells: bold above what is not, or names above numbers.
fn header_rows(words: &Words, rows: &[Vec<Vec<Line>>], merged: &[Merged]) -> usize {
    let Some((first, body)) = rows.split_first().filter(|(_, body)| !body.is_empty()) else {
        return 0;
    };
    let is_bold = |row: &[Vec<Line>]| {
        let mut lines = row.iter().flatten().peekable();
        lines.peek().is_some() && lines.all(|line| line.bold)
    };
    let bold = rows.iter().take_while(|row| is_bold(row)).count();
    if (1..rows.len()).contains(&bold) {
        return bold;
    }
    let is_number = |cell: &[Line]| cell.first().is_some_and(|line| has_digits(words, line));
    let names = first.iter().filter(|cell| !cell.is_empty()).count();
    let named = 2 * names > first.len() && !first.iter().any(|cell| is_number(cell));
    let numbers = (0..first.len()).filter(|&column| {
        let cells = body.iter().filter_map(|row| row.get(column));
        let filled: Vec<_> = cells.filter(|cell| !cell.is_empty()).collect();
        let numbers = filled.iter().filter(|cell| is_number(cell)).count();
        !filled.is_empty() && 5 * numbers >= 4 * filled.len()
    });
    if !named || numbers.count() == 0 {
        return 0;
    }
    // A cell of the first row that reaches further down makes the rows beside it headers too.
    let deepest = merged
        .iter()
        .filter(|it| it.row == 0)
        .map(|it| it.rows)
        .max();
    let spread = merged.iter().any(|it| it.row == 0 && it.columns > 1);
    match deepest {
        Some(deepest) if spread && deepest < rows.len() => deepest,
        _ => 1,
    }
}

fn has_digits(words: &Words, line: &Line) -> bool {
    let texts = line
        .words
        .iter()
        .map(|number| words.text(&words.list[*number as usize]));
    texts.flat_map(str::chars).any(|char| char.is_ascii_digit())
}
