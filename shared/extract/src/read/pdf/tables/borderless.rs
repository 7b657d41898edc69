//! Tables without lines: words in columns, over several rows.

use super::{Found, cell, has_digits};
use crate::read::pdf::lines::{Line, Piece, PieceKind};
use crate::read::pdf::words::Words;

/// Rows of a table at least; of one with two columns, which may as well be a list of names and values.
const MIN_ROWS: usize = 2;
const MIN_ROWS_OF_TWO: usize = 3;
/// Words in a cell, on average: more of them are no cells.
const MAX_WORDS: usize = 8;
/// What is closer to the line above it than that, as a part of its size, stands beside it.
const CLOSEST: f32 = 0.9;
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
    let mut rows = rows(words, pieces);
    let last = rows.iter().rposition(|row| filled(row) > 1)?;
    rows.truncate(last + 1);
    let first = rows.iter().position(|row| filled(row) > 1)?;
    rows.drain(..first);
    join_names_with_values(&mut rows);
    let width = rows[0].len();
    if width < 2 {
        return None;
    }
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

/// A name at one side of its column may stand apart from all values at the other: two columns in place of one.
fn join_names_with_values(rows: &mut [Vec<Vec<Line>>]) {
    let Some((names, values)) = rows.split_first() else {
        return;
    };
    let is_name = |column: usize| {
        !names[column].is_empty() && values.iter().all(|row| row[column].is_empty())
    };
    let is_value = |column: usize| {
        names[column].is_empty() && values.iter().any(|row| !row[column].is_empty())
    };
    let mut joined: Vec<usize> = Vec::new();
    for column in 1..names.len() {
        let is_free = joined.last().is_none_or(|last| last + 1 < column);
        let belong =
            is_name(column - 1) && is_value(column) || is_value(column - 1) && is_name(column);
        if is_free && belong {
            joined.push(column);
        }
    }
    for row in rows {
        for column in joined.iter().rev() {
            let cell = row.remove(*column);
            row[column - 1].extend(cell);
        }
    }
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
    let close = closeness(&rows);
    let mut whole: Vec<(f32, Vec<Vec<Line>>)> = Vec::new();
    for (base, row) in rows {
        match whole.last_mut() {
            Some((last, above)) if goes_on(*last - base, close, above, &row) => {
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

/// How close a line has to be to the one above it to stand in a cell with it: as close as lines of one cell are, where
/// rows are clearly further apart. 0 if they are not.
fn closeness(rows: &[(f32, Vec<Vec<Line>>)]) -> f32 {
    /// How much further apart than lines in a cell rows are.
    const FURTHER: f32 = 1.3;
    let sizes = rows.iter().flat_map(|(_, row)| row.iter().flatten());
    let size = sizes.map(|line| line.size).fold(0.0, f32::max);
    let gap = |pair: &[(f32, Vec<Vec<Line>>)]| pair[0].0 - pair[1].0;
    let gaps = rows.windows(2).map(gap).filter(|gap| *gap > CLOSEST * size);
    let least = gaps.clone().fold(f32::MAX, f32::min);
    let close = least * f32::midpoint(1.0, FURTHER);
    let far = gaps.clone().filter(|gap| *gap > FURTHER * least).count();
    let some_are_whole = rows.windows(2).any(|pair| {
        let (_, row) = &pair[1];
        gap(pair) < close && filled(row) == row.len()
    });
    if least > SAME_ROW * size || some_are_whole || 4 * far < gaps.count() {
        return 0.0;
    }
    close
}

/// Whether a row has only the next lines of some cells above it.
fn goes_on(gap: f32, close: f32, above: &[Vec<Line>], row: &[Vec<Line>]) -> bool {
    let size = row
        .iter()
        .flatten()
        .map(|line| line.size)
        .fold(0.0, f32::max);
    // Lines below each other are not that close: those of one cell stand beside the middle of another.
    if gap < CLOSEST * size {
        return true;
    }
    let few = filled(row) <= (row.len() / 3).max(1);
    let in_cells = row
        .iter()
        .zip(above)
        .all(|(cell, above)| cell.is_empty() || !above.is_empty());
    in_cells
        && filled(row) < filled(above)
        && (gap < close || row[0].is_empty() && few && gap <= SAME_ROW * size)
}
