//! What a page draws -> what is read, in its order.

use std::collections::HashMap;

use super::columns::{Item, order};
use super::content::Content;
use super::geometry::Area;
use super::lines::{Piece, PieceKind, pieces};
use super::rules::Rule;
use super::tables::{Found, ruled};

/// Directions of text on a page that are told apart; more of them are a drawing, and left out.
const MAX_ANGLES: usize = 16;

/// A page in reading order. Tables whose cells are drawn are numbered.
pub(super) struct Layout {
    pub(super) items: Vec<Item>,
    pub(super) tables: Vec<Option<Found>>,
}

/// Puts what a page draws in order: first what reads in the direction of most letters, then what is turned.
pub(super) fn layout(content: &Content, page: Area) -> Layout {
    let words = &content.words;
    let mut layout = Layout {
        items: Vec::new(),
        tables: Vec::new(),
    };
    let mut taken: Vec<bool> = words
        .list
        .iter()
        .map(|word| !page.contains(word.place()))
        .collect();
    for (number, angle) in angles(content).into_iter().enumerate() {
        let mut tables = Vec::new();
        if number == 0 {
            let rules: Vec<Rule> = content
                .rules
                .iter()
                .map(|rule| turned(*rule, angle))
                .collect();
            let found = ruled::tables(words, &rules, angle, &mut taken);
            for table in found {
                tables.push(Piece {
                    area: table.area,
                    base: table.area.bottom,
                    size: table.area.height(),
                    kind: PieceKind::Table(layout.tables.len()),
                });
                layout.tables.push(Some(table.table));
            }
        }
        let mut pieces = pieces(words, |number, word| !taken[number] && word.angle == angle);
        pieces.append(&mut tables);
        layout.items.extend(order(words, pieces));
    }
    layout
}

/// The directions of the words, those of most letters first.
fn angles(content: &Content) -> Vec<i16> {
    let mut letters: HashMap<i16, usize> = HashMap::new();
    for word in &content.words.list {
        *letters.entry(word.angle).or_default() += content.words.text(word).len();
    }
    let mut angles: Vec<_> = letters.into_iter().collect();
    angles.sort_unstable_by_key(|(angle, letters)| (usize::MAX - letters, *angle));
    angles.truncate(MAX_ANGLES);
    angles.into_iter().map(|(angle, _)| angle).collect()
}

/// A line on a page that is turned as its words are.
fn turned(rule: Rule, angle: i16) -> Rule {
    let Rule {
        horizontal,
        at,
        from,
        to,
    } = rule;
    let mirrored = |at: f32, from: f32, to: f32| (-at, -to, -from);
    let (swapped, (at, from, to)) = match (angle, horizontal) {
        (90, true) => (true, (at, -to, -from)),
        (90, false) => (true, (-at, from, to)),
        (-90, true) => (true, (-at, from, to)),
        (-90, false) => (true, (at, -to, -from)),
        (180 | -180, _) => (false, mirrored(at, from, to)),
        _ => (false, (at, from, to)),
    };
    Rule {
        horizontal: horizontal != swapped,
        at,
        from,
        to,
    }
}
