//! Tables without lines: words in columns, over several rows.

use super::{Found, cell, has_digits};
use crate::read::pdf::lines::{Line, Piece, PieceKind};
use crate::read::pdf::words::Words;

/// Rows of a table at least; of one with two columns, which may as well be a list of names and values.
const MIN_ROWS: usize = 2;
const MIN_ROWS_OF_TWO: usize = 3;
/// Words in a cell, on average: more of them are no cells.
const MAX_WORDS: usize = 8;
/// How close a line has to be to the one above it, as a part of its size, to go on with it.
const SAME_ROW: f32 = 1.45;

/// A table, and the heights that its base lines lie between.
pub(in crate::read::pdf) struct Borderless {
    pub(in crate::read::pdf) top: f32,
    pub(in crate::read::pdf) bottom: f32,
    pub(in crate::read::pdf) table: Found,
}

/// The table that pieces in columns are, if they are one. What stands alone above or below it is no part of it.
pub(in crate::read::pdf) fn table(words: &Words, pieces: &[Vec<Piece>]) -> Option<Borderless> {
    let mut all = pieces.iter().flatten();
    if all.any(|piece| matches!(piece.kind, PieceKind::Table(_))) {
        return None;
    }
    let width = pieces.len();
    let mut rows = rows(words, pieces);
    let last = rows.iter().rposition(|row| filled(row) > 1)?;
    rows.truncate(last + 1);
    let first = rows.iter().position(|row| filled(row) > 1)?;
    rows.drain(..first);
    let full = rows.iter().filter(|row| filled(row) > 1).count();
    let enough = if width == 2 {
        MIN_ROWS_OF_TWO
    } else {
        MIN_ROWS
    };
    if full < enough || 10 * full < 6 * rows.len() {
        return None;
    }
    let cells = rows.iter().map(|row| filled(row)).sum::<usize>();
    let lines = rows.iter().flatten().flatten();
    let count = lines.clone().map(|line| line.words.len()).sum::<usize>();
    if count > MAX_WORDS * cells || 10 * cells < 4 * width * rows.len() {
        return None;
    }
    if width == 2 {
        let numbers = rows
            .iter()
            .filter(|row| row[1].iter().any(|line| has_digits(words, line)));
        if 2 * numbers.count() < rows.len() || rows.iter().any(|row| is_label(words, &row[0])) {
            return None;
        }
    }
    let bases = rows.iter().flatten().flatten().map(|line| line.base);
    // Letters may be raised above their line, or lowered.
    let margin = 0.3
        * rows
            .iter()
            .flatten()
            .flatten()
            .map(|line| line.size)
            .fold(0.0, f32::max);
    Some(Borderless {
        top: bases.clone().fold(f32::MIN, f32::max) + margin,
        bottom: bases.fold(f32::MAX, f32::min) - margin,
        table: Found::new(words, rows, Vec::new()),
    })
}

fn filled(row: &[Vec<Line>]) -> usize {
    row.iter().filter(|cell| !cell.is_empty()).count()
}

/// Whether a cell says what the next one is.
fn is_label(words: &Words, cell: &[Line]) -> bool {
    let last = cell.last().and_then(|line| line.words.last());
    last.is_some_and(|number| words.text(&words.list[*number as usize]).ends_with(':'))
}

/// The lines of all columns, those at one height in one row; those that go on with a cell with the row above.
fn rows(words: &Words, pieces: &[Vec<Piece>]) -> Vec<Vec<Vec<Line>>> {
    let columns = pieces.iter().map(|column| cell(words, column.clone()));
    let mut lines: Vec<(usize, Line)> = columns
        .enumerate()
        .flat_map(|(column, lines)| lines.into_iter().map(move |line| (column, line)))
        .collect();
    lines.sort_by(|(_, one), (_, other)| other.base.total_cmp(&one.base));
    let mut rows: Vec<(f32, Vec<Vec<Line>>)> = Vec::new();
    for (column, line) in lines {
        match rows.last_mut() {
            Some((base, row)) if *base - line.base <= 0.4 * line.size && row[column].is_empty() => {
                row[column].push(line);
            }
            _ => {
                let mut row = vec![Vec::new(); pieces.len()];
                let base = line.base;
                row[column].push(line);
                rows.push((base, row));
            }
        }
    }
    let mut whole: Vec<(f32, Vec<Vec<Line>>)> = Vec::new();
    for (base, row) in rows {
        match whole.last_mut() {
            Some((last, above)) if goes_on(*last - base, above, &row) => {
                *last = base;
                for (cell, more) in above.iter_mut().zip(row) {
                    cell.extend(more);
                }
            }
            _ => whole.push((base, row)),
        }
    }
    whole.into_iter().map(|(_, row)| row).collect()
}

/// Whether a row has only the next lines of some cells above it.
fn goes_on(gap: f32, above: &[Vec<Line>], row: &[Vec<Line>]) -> bool {
    let few = filled(row) <= (row.len() / 3).max(1);
    let size = row
        .iter()
        .flatten()
        .map(|line| line.size)
        .fold(0.0, f32::max);
    let in_cells = row
        .iter()
        .zip(above)
        .all(|(cell, above)| cell.is_empty() || !above.is_empty());
    row[0].is_empty() && few && in_cells && gap <= SAME_ROW * size
}
