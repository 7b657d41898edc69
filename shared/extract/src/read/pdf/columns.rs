//! The order in which a page is read: columns, tables, lines.
//!
//! A page is cut into bands, each as high as the same gaps between columns last. A band of columns of running text is read
//! column by column, each of which is a small page itself; what stands in a band of short cells is a table, or is read
//! line by line.

use super::geometry::Area;
use super::lines::{COLUMN_GAP, Line, Piece, PieceKind, lines};
use super::tables::Found;
use super::tables::borderless::{self, Borderless};
use super::words::Words;

/// Columns within columns.
const MAX_DEPTH: usize = 6;
/// The height of a gap, as a part of the letters' size, behind which a lone piece begins something new.
const NEW_BAND: f32 = 1.8;
/// The height of a gap, as a part of the letters' size, that a header may have below it.
const HEADER_GAP: f32 = 3.2;
/// How much higher a gap is than those between the rows above it, where other columns begin behind it.
const WIDER_GAP: f32 = 1.8;
/// How much wider a gap is that is surely between columns: words of justified text may be as far apart as some columns.
const WIDE: f32 = 2.2;
/// Words of a row in a column: more of them are rather running text than a cell.
const MANY_WORDS: usize = 4;
/// How many lines a column of running text has at least.
const MIN_COLUMN_LINES: usize = 3;
/// The part of the lines of two columns that may stand on common base lines, for the columns not to be rows of cells.
const MAX_ALIGNED: f32 = 0.6;

/// What is read next.
#[derive(Debug)]
pub(super) enum Item {
    /// Lines that stand below each other, and are cut into paragraphs.
    Lines(Vec<Line>),
    Table(Found),
    /// A table that was found before, by its number.
    Known(usize),
}

/// Brings pieces into the order in which they are read.
pub(super) fn order(words: &Words, pieces: Vec<Piece>) -> Vec<Item> {
    let mut items = Vec::new();
    within(words, pieces, 0, &mut items);
    items
}

fn within(words: &Words, pieces: Vec<Piece>, depth: usize, items: &mut Vec<Item>) {
    let gutter = COLUMN_GAP * median_size(&pieces);
    let mut plain: Vec<Piece> = Vec::new();
    for band in bands(words, pieces, gutter) {
        if band.columns.len() > 1 {
            let columns = band.by_column();
            if depth < MAX_DEPTH && is_running_text(words, &columns) {
                read_plain(words, &mut plain, items);
                for column in columns {
                    within(words, column, depth + 1, items);
                }
                continue;
            }
            if let Some(table) = borderless::table(words, &columns) {
                let Borderless { top, bottom, table } = table;
                let (above, rest): (Vec<_>, Vec<_>) =
                    band.pieces.into_iter().partition(|piece| piece.base > top);
                plain.extend(above);
                read_plain(words, &mut plain, items);
                items.push(Item::Table(table));
                plain.extend(rest.into_iter().filter(|piece| piece.base < bottom));
                continue;
            }
        }
        for piece in band.pieces {
            if let PieceKind::Table(table) = piece.kind {
                read_plain(words, &mut plain, items);
                items.push(Item::Known(table));
            } else {
                plain.push(piece);
            }
        }
    }
    read_plain(words, &mut plain, items);
}

fn read_plain(words: &Words, plain: &mut Vec<Piece>, items: &mut Vec<Item>) {
    if !plain.is_empty() {
        items.push(Item::Lines(lines(words, std::mem::take(plain))));
    }
}

fn median_size(pieces: &[Piece]) -> f32 {
    let sizes = pieces
        .iter()
        .filter(|piece| matches!(piece.kind, PieceKind::Words(_)));
    let mut sizes: Vec<f32> = sizes.map(|piece| piece.size).collect();
    sizes.sort_by(f32::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or(10.0)
}

/// Pieces with gaps between them that go through from top to bottom.
struct Band {
    pieces: Vec<Piece>,
    /// What is not gap, from left to right.
    columns: Vec<(f32, f32)>,
    /// Rows of pieces that go over several columns.
    rows: usize,
    bottom: f32,
    /// The height of the widest gap between two of its rows.
    widest_gap: f32,
}

impl Band {
    /// Adds a row with so many columns.
    fn add(&mut self, row: Vec<Piece>, columns: usize, top: f32, bottom: f32) {
        self.widest_gap = self.widest_gap.max(self.bottom - top);
        self.pieces.extend(row);
        self.rows += usize::from(columns > 1);
        self.bottom = self.bottom.min(bottom);
    }

    /// Whether its columns rather hold running text than cells.
    fn is_wordy(&self) -> bool {
        let words = self.pieces.iter().map(|piece| match &piece.kind {
            PieceKind::Words(numbers) => numbers.len(),
            PieceKind::Table(_) => 0,
        });
        words.sum::<usize>() > MANY_WORDS * self.columns.len()
    }

    fn by_column(&self) -> Vec<Vec<Piece>> {
        let mut columns = vec![Vec::new(); self.columns.len()];
        for piece in &self.pieces {
            let (x, _) = piece.area.center();
            let column = self.columns.partition_point(|(_, right)| *right < x);
            columns[column.min(self.columns.len() - 1)].push(piece.clone());
        }
        columns
    }
}

fn bands(words: &Words, pieces: Vec<Piece>, gutter: f32) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::new();
    for row in rows(pieces) {
        let taken = intervals(row.iter().map(|piece| piece.area), gutter);
        let surely = intervals(row.iter().map(|piece| piece.area), WIDE * gutter).len();
        let top = row
            .iter()
            .map(|piece| piece.band().1)
            .fold(f32::MIN, f32::max);
        let bottom = row
            .iter()
            .map(|piece| piece.band().0)
            .fold(f32::MAX, f32::min);
        let size = row.iter().map(|piece| piece.size).fold(0.0, f32::max);
        let has_table = row
            .iter()
            .any(|piece| matches!(piece.kind, PieceKind::Table(_)));
        if let Some(band) = bands.last_mut() {
            let both = merged(&band.columns, &taken, gutter);
            let (old, new) = (band.columns.len(), taken.len());
            let goes_on = match (old, new) {
                (1, 1) => true,
                (1, _) => both.len() == new && band.bottom - top <= NEW_BAND * size,
                (_, 1) => both.len() == old && band.bottom - top <= NEW_BAND * size && !has_table,
                _ if both.len() < 2 => false,
                _ if both.len() >= old => both.len() >= new || band.rows > 1,
                _ => band.rows <= 1 && both.len() >= new,
            };
            // A wide gap, and other columns behind it.
            let is_other = both.len() != old
                && band.rows > 1
                && band.bottom - top > WIDER_GAP * band.widest_gap;
            if goes_on && !is_other {
                band.columns = both;
                band.add(row, new, top, bottom);
                continue;
            }
            if let Some(row) = fitted(words, &row, &band.columns) {
                band.add(row, new, top, bottom);
                continue;
            }
            let is_first =
                band.rows <= 1 && !band.is_wordy() && band.bottom - top <= HEADER_GAP * size;
            if is_first && let Some(above) = fitted(words, &band.pieces, &taken) {
                band.pieces = above;
                band.columns = taken;
                band.add(row, new, top, bottom);
                continue;
            }
            if new > 1 && both.len() == old && old >= surely.max(2) && band.is_wordy() {
                band.columns = both;
                band.add(row, new, top, bottom);
                continue;
            }
        }
        bands.push(Band {
            rows: usize::from(taken.len() > 1),
            pieces: row,
            columns: taken,
            bottom,
            widest_gap: 0.0,
        });
    }
    bands
}

/// The words of a row in pieces that stand in the columns of others, if they do: words in narrow columns, and headers
/// above them, may be no further apart than words of a text.
fn fitted(words: &Words, row: &[Piece], columns: &[(f32, f32)]) -> Option<Vec<Piece>> {
    if columns.len() < 3 {
        return None;
    }
    let mut parts: Vec<Option<Piece>> = vec![None; columns.len()];
    for piece in row {
        let PieceKind::Words(numbers) = &piece.kind else {
            return None;
        };
        for number in numbers {
            let area = words.list[*number as usize].area();
            let first = columns.partition_point(|(_, right)| *right <= area.left);
            let last = columns.partition_point(|(left, _)| *left < area.right);
            let column = match last.checked_sub(first)? {
                1 => first,
                // It stands between two columns, nearer to one.
                0 => {
                    let right = columns
                        .get(first)
                        .map_or(f32::MAX, |(left, _)| left - area.right);
                    let left = first.checked_sub(1).map(|it| area.left - columns[it].1);
                    let nearer_left = left.is_some_and(|left| left < right);
                    if nearer_left { first - 1 } else { first }
                }
                _ => return None,
            };
            match &mut parts[column] {
                Some(part) => {
                    part.area = part.area.union(area);
                    if let PieceKind::Words(numbers) = &mut part.kind {
                        numbers.push(*number);
                    }
                }
                part => {
                    *part = Some(Piece {
                        area,
                        kind: PieceKind::Words(vec![*number]),
                        base: piece.base,
                        size: piece.size,
                    });
                }
            }
        }
    }
    let is_in_place = |(part, column): (&Option<Piece>, &(f32, f32))| {
        part.as_ref().is_none_or(|Piece { area, .. }| {
            let common = area.right.min(column.1) - area.left.max(column.0);
            common > 0.5 * area.width().min(column.1 - column.0)
        })
    };
    let fits = parts.iter().zip(columns).all(is_in_place);
    let parts: Vec<Piece> = parts.into_iter().flatten().collect();
    (fits && parts.len() > 2 && are_apart(words, &parts)).then_some(parts)
}

/// Whether the gaps between parts of a row are wider than those between the words in them.
fn are_apart(words: &Words, parts: &[Piece]) -> bool {
    const WIDER: f32 = 1.25;
    let between = parts
        .windows(2)
        .map(|pair| pair[1].area.left - pair[0].area.right);
    let within = parts.iter().flat_map(|part| match &part.kind {
        PieceKind::Words(numbers) => numbers.windows(2),
        PieceKind::Table(_) => [].windows(2),
    });
    let within =
        within.map(|pair| words.list[pair[1] as usize].left - words.list[pair[0] as usize].right);
    between.fold(f32::MAX, f32::min) > WIDER * within.fold(0.0, f32::max)
}

/// Pieces next to each other, from top to bottom.
fn rows(mut pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    pieces.sort_by(|one, other| other.band().1.total_cmp(&one.band().1));
    let mut rows: Vec<Vec<Piece>> = Vec::new();
    let mut bottom = f32::INFINITY;
    for piece in pieces {
        let (low, high) = piece.band();
        match rows.last_mut() {
            Some(row) if high > bottom => {
                bottom = bottom.min(low);
                row.push(piece);
            }
            _ => {
                bottom = low;
                rows.push(vec![piece]);
            }
        }
    }
    rows
}

/// What areas take from left to right; gaps that are less wide than `gutter` are none.
fn intervals(areas: impl Iterator<Item = Area>, gutter: f32) -> Vec<(f32, f32)> {
    let mut intervals: Vec<_> = areas.map(|area| (area.left, area.right)).collect();
    join(&mut intervals, gutter);
    intervals
}

fn merged(one: &[(f32, f32)], other: &[(f32, f32)], gutter: f32) -> Vec<(f32, f32)> {
    let mut both = [one, other].concat();
    join(&mut both, gutter);
    both
}

fn join(intervals: &mut Vec<(f32, f32)>, gutter: f32) {
    intervals.sort_by(|one, other| one.0.total_cmp(&other.0));
    intervals.dedup_by(|next, one| {
        let joined = next.0 - one.1 < gutter;
        if joined {
            one.1 = one.1.max(next.1);
        }
        joined
    });
}

/// Whether columns are read one after the other, and not line by line.
fn is_running_text(words: &Words, columns: &[Vec<Piece>]) -> bool {
    let columns: Vec<Vec<Line>> = columns
        .iter()
        .map(|column| lines(words, column.clone()))
        .collect();
    let holds_tables = columns.iter().any(Vec::is_empty);
    if columns.iter().any(|lines| lines.len() < MIN_COLUMN_LINES) {
        return holds_tables;
    }
    columns.iter().all(|lines| fills_its_column(lines)) || !are_aligned(&columns)
}

/// Whether most lines are as wide as their column, and have several words.
fn fills_its_column(lines: &[Line]) -> bool {
    let left = lines
        .iter()
        .map(|line| line.area.left)
        .fold(f32::MAX, f32::min);
    let right = lines
        .iter()
        .map(|line| line.area.right)
        .fold(f32::MIN, f32::max);
    let wide = lines
        .iter()
        .filter(|line| line.area.width() >= 0.7 * (right - left));
    let words = lines.iter().map(|line| line.words.len()).sum::<usize>();
    2 * wide.count() >= lines.len() && words >= 3 * lines.len()
}

/// Whether the lines of the columns stand on common base lines.
fn are_aligned(columns: &[Vec<Line>]) -> bool {
    let Some(fewest) = columns.iter().min_by_key(|lines| lines.len()) else {
        return false;
    };
    let is_common = |line: &&Line| {
        let mut others = columns.iter().filter(|lines| !std::ptr::eq(*lines, fewest));
        others.any(|lines| {
            let below = lines.partition_point(|it| it.base > line.base + 0.25 * line.size);
            lines
                .get(below)
                .is_some_and(|it| line.base - it.base <= 0.25 * line.size)
        })
    };
    let common = fewest.iter().filter(is_common).count();
    #[expect(clippy::cast_precision_loss, reason = "a part of some lines")]
    let part = common as f32 / fewest.len() as f32;
    part > MAX_ALIGNED
}
