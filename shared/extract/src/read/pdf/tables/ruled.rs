//! Tables whose cells are drawn: the grid of their lines, and the words in it.

use super::{Found, cell};
use crate::Merged;
use crate::read::pdf::content::MAX_RULES;
use crate::read::pdf::geometry::Area;
use crate::read::pdf::lines::{Piece, PieceKind};
use crate::read::pdf::rules::Rule;
use crate::read::pdf::words::Words;

/// How far apart lines may be that are meant to be one, or to touch, in points.
const NEAR: f32 = 2.5;
/// Pairs of lines that are looked at on a page. With more of them, it is a drawing.
const MAX_PAIRS: usize = 4_000_000;
/// Cells of a grid.
const MAX_CELLS: usize = 100_000;
/// Words in a single cell beside nearly none in others: a frame around a text.
const FRAMED_WORDS: usize = 40;

/// A table and where it is.
#[derive(Debug)]
pub(in crate::read::pdf) struct Ruled {
    pub(in crate::read::pdf) area: Area,
    pub(in crate::read::pdf) table: Found,
}

/// The tables that lines on a page draw. Words that stand in them are marked as `taken`.
pub(in crate::read::pdf) fn tables(
    words: &Words,
    rules: &[Rule],
    angle: i16,
    taken: &mut [bool],
) -> Vec<Ruled> {
    if rules.len() < 4 || rules.len() > MAX_RULES {
        return Vec::new();
    }
    let across = joined(rules.iter().filter(|rule| rule.horizontal));
    let down = joined(rules.iter().filter(|rule| !rule.horizontal));
    if across.len() < 2 || down.len() < 2 || across.len() * down.len() > MAX_PAIRS {
        return Vec::new();
    }
    let grids = grids(&across, &down);
    let mut tables: Vec<Ruled> = Vec::new();
    for grid in grids {
        if let Some(table) = grid.fill(words, angle, taken) {
            tables.push(table);
        }
    }
    tables
}

/// Joins lines that go on with each other or lie over one another.
fn joined<'r>(rules: impl Iterator<Item = &'r Rule>) -> Vec<Rule> {
    let mut rules: Vec<Rule> = rules.copied().collect();
    rules.sort_by(|one, other| one.at.total_cmp(&other.at));
    let mut groups: Vec<Vec<Rule>> = Vec::new();
    for rule in rules {
        match groups.last_mut() {
            Some(group) if rule.at - group[0].at <= NEAR => group.push(rule),
            _ => groups.push(vec![rule]),
        }
    }
    let mut joined: Vec<Rule> = Vec::new();
    for mut group in groups {
        group.sort_by(|one, other| one.from.total_cmp(&other.from));
        let at = group[0].at;
        let start = joined.len();
        for rule in group {
            match joined[start..].last_mut() {
                Some(last) if rule.from - last.to <= NEAR => last.to = last.to.max(rule.to),
                _ => joined.push(Rule { at, ..rule }),
            }
        }
    }
    // What is no longer than a letter is part of a drawing.
    joined.retain(|rule| rule.to - rule.from > 2.0 * NEAR);
    joined
}

/// Lines that touch each other.
#[derive(Default)]
struct Grid {
    across: Vec<Rule>,
    down: Vec<Rule>,
}

fn grids(across: &[Rule], down: &[Rule]) -> Vec<Grid> {
    let mut groups: Vec<usize> = (0..across.len() + down.len()).collect();
    for (row, one) in across.iter().enumerate() {
        for (column, other) in down.iter().enumerate() {
            let touch = other.at >= one.from - NEAR
                && other.at <= one.to + NEAR
                && one.at >= other.from - NEAR
                && one.at <= other.to + NEAR;
            if touch {
                let (one, other) = (
                    root(&mut groups, row),
                    root(&mut groups, across.len() + column),
                );
                groups[other] = one;
            }
        }
    }
    let mut grids: Vec<Grid> = Vec::new();
    let mut grid_of: Vec<Option<usize>> = vec![None; groups.len()];
    for number in 0..groups.len() {
        let group = root(&mut groups, number);
        let grid = *grid_of[group].get_or_insert_with(|| {
            grids.push(Grid::default());
            grids.len() - 1
        });
        match across.get(number) {
            Some(rule) => grids[grid].across.push(*rule),
            None => grids[grid].down.push(down[number - across.len()]),
        }
    }
    grids.retain(|grid| !grid.across.is_empty() && !grid.down.is_empty());
    grids
}

fn root(groups: &mut [usize], mut number: usize) -> usize {
    while groups[number] != number {
        groups[number] = groups[groups[number]];
        number = groups[number];
    }
    number
}

impl Grid {
    /// The table that it is, with the words in it, if it is one.
    fn fill(&self, words: &Words, angle: i16, taken: &mut [bool]) -> Option<Ruled> {
        let columns = edges(&self.down, &self.across);
        let mut rows = edges(&self.across, &self.down);
        rows.reverse();
        let (width, height) = (columns.len().checked_sub(1)?, rows.len().checked_sub(1)?);
        if width < 2 || height < 2 || width * height > MAX_CELLS {
            return None;
        }
        let cells = self.cells(&columns, &rows);
        let regions = cells
            .iter()
            .enumerate()
            .filter(|(at, first)| at == *first)
            .count();
        if regions < 3 {
            return None;
        }

        let area = Area {
            left: columns[0],
            right: columns[width],
            top: rows[0],
            bottom: rows[height],
        };
        let mut filled: Vec<Vec<Piece>> = vec![Vec::new(); width * height];
        let mut inside = Vec::new();
        for (number, word) in words.list.iter().enumerate() {
            let (x, y) = word.area().center();
            if word.angle != angle || taken[number] || !area.contains((x, y)) {
                continue;
            }
            let column = columns.partition_point(|edge| *edge <= x).clamp(1, width) - 1;
            let row = rows.partition_point(|edge| *edge > y).clamp(1, height) - 1;
            filled[cells[row * width + column]].push(Piece {
                area: word.area(),
                base: word.base,
                size: word.size,
                kind: PieceKind::Words(vec![u32::try_from(number).unwrap_or(u32::MAX)]),
            });
            inside.push(number);
        }
        let used = filled.iter().filter(|pieces| !pieces.is_empty()).count();
        let most = filled.iter().map(Vec::len).max().unwrap_or_default();
        let framed = most > FRAMED_WORDS && 10 * most > 8 * inside.len();
        if used < 3 || framed {
            return None;
        }
        for number in inside {
            taken[number] = true;
        }
        let merged = merged(&cells, width);
        let mut filled = filled.into_iter().map(|pieces| cell(words, pieces));
        let rows = (0..height)
            .map(|_| filled.by_ref().take(width).collect())
            .collect();
        Some(Ruled {
            area,
            table: Found::new(words, rows, merged),
        })
    }

    /// For each field of the grid the first field of the cell that it belongs to.
    fn cells(&self, columns: &[f32], rows: &[f32]) -> Vec<usize> {
        let (width, height) = (columns.len() - 1, rows.len() - 1);
        let mut groups: Vec<usize> = (0..width * height).collect();
        let mut join = |one: usize, other: usize| {
            let (one, other) = (root(&mut groups, one), root(&mut groups, other));
            groups[one.max(other)] = one.min(other);
        };
        for row in 0..height {
            let y = f32::midpoint(rows[row], rows[row + 1]);
            for column in 0..width {
                let x = f32::midpoint(columns[column], columns[column + 1]);
                let field = row * width + column;
                if column + 1 < width && !covered(&self.down, columns[column + 1], y) {
                    join(field, field + 1);
                }
                if row + 1 < height && !covered(&self.across, rows[row + 1], x) {
                    join(field, field + width);
                }
            }
        }
        let mut cells: Vec<usize> = (0..groups.len())
            .map(|field| root(&mut groups, field))
            .collect();
        split_what_is_no_rectangle(&mut cells, width);
        cells
    }
}

/// Whether a line at `at` passes the point `along` it.
fn covered(rules: &[Rule], at: f32, along: f32) -> bool {
    let near = rules.iter().filter(|rule| (rule.at - at).abs() <= NEAR);
    near.into_iter()
        .any(|rule| rule.from <= along && along <= rule.to)
}

/// Where lines stand, in rising order; and where the lines that cross them reach beyond the last.
fn edges(rules: &[Rule], crossing: &[Rule]) -> Vec<f32> {
    /// What is narrower is no column, in points.
    const MIN_WIDTH: f32 = 6.0;
    let mut edges: Vec<f32> = rules.iter().map(|rule| rule.at).collect();
    edges.sort_by(f32::total_cmp);
    edges.dedup_by(|next, one| *next - *one <= NEAR);
    let first = crossing
        .iter()
        .map(|rule| rule.from)
        .fold(f32::MAX, f32::min);
    let last = crossing.iter().map(|rule| rule.to).fold(f32::MIN, f32::max);
    if edges.first().is_some_and(|edge| edge - first > MIN_WIDTH) {
        edges.insert(0, first);
    }
    if edges.last().is_some_and(|edge| last - edge > MIN_WIDTH) {
        edges.push(last);
    }
    edges
}

/// The corners of each cell with several fields: first row and column, last row and column.
fn corners(cells: &[usize], width: usize) -> Vec<(usize, [usize; 4])> {
    let mut corners: Vec<Option<[usize; 4]>> = vec![None; cells.len()];
    for (field, &cell) in cells.iter().enumerate() {
        let (row, column) = (field / width, field % width);
        let [top, left, bottom, right] = corners[cell].get_or_insert([row, column, row, column]);
        *top = row.min(*top);
        *left = column.min(*left);
        *bottom = row.max(*bottom);
        *right = column.max(*right);
    }
    let several = corners.into_iter().enumerate();
    let several = several.filter_map(|(cell, corners)| Some((cell, corners?)));
    several
        .filter(|(_, [top, left, bottom, right])| top != bottom || left != right)
        .collect()
}

fn split_what_is_no_rectangle(cells: &mut [usize], width: usize) {
    let mut sizes = vec![0; cells.len()];
    for &cell in &*cells {
        sizes[cell] += 1;
    }
    let mut split = vec![false; cells.len()];
    for (cell, [top, left, bottom, right]) in corners(cells, width) {
        split[cell] = sizes[cell] != (bottom - top + 1) * (right - left + 1);
    }
    for field in 0..cells.len() {
        if split[cells[field]] {
            cells[field] = field;
        }
    }
}

fn merged(cells: &[usize], width: usize) -> Vec<Merged> {
    let corners = corners(cells, width).into_iter();
    corners
        .map(|(_, [row, column, bottom, right])| Merged {
            row,
            column,
            rows: bottom - row + 1,
            columns: right - column + 1,
        })
        .collect()
}
