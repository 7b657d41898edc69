//! What stands right of a label, or below it.
//!
//! A label in a cell of a table names the next cell of its row, or the one below it. Elsewhere it names what follows in its line, after a
//! colon, a gap, a tab, or, if that begins like a number or a code, a space; where nothing does, what stands below it in the next line. A
//! label must begin its line or a column of it, or else have a colon. Another label is nobody's value.

use plan::fields::{Label, words};

use super::Search;
use super::select::{Candidate, SIZE_OF_SEARCH};
use crate::{Cell, Error, Span, Table};

/// The values that a label names in this part of the text. `many`: else the first is enough.
pub(super) fn values<'a>(
    search: &mut Search<'a>,
    label: &Label,
    within: &Span,
    many: bool,
) -> Result<Vec<Candidate<'a>>, Error> {
    let text = search.document.text.as_str();
    search.budget.read(within.len() / SIZE_OF_SEARCH)?;
    let mut candidates = Vec::new();
    for found in label.regex().find_iter(&text[within.clone()]) {
        search.watch.check()?;
        let place = within.start + found.start()..within.start + found.end();
        let Some(candidate) = value(search, label, &place, within)? else {
            continue;
        };
        search.budget.pick(candidate.text.len())?;
        candidates.push(candidate);
        if !many {
            break;
        }
    }
    Ok(candidates)
}

fn value<'a>(
    search: &mut Search<'a>,
    label: &Label,
    place: &Span,
    within: &Span,
) -> Result<Option<Candidate<'a>>, Error> {
    let text = search.document.text.as_str();
    let labels = &search.labels;
    let Some((table, row, column)) = search.tables.at(place, &mut search.budget)? else {
        let line = Line::of(text, place, within);
        return Ok(line.value(labels).map(|span| of_text(text, span)));
    };
    let cell = &table.rows[row][column];
    if words(&cell.text) == label.words() {
        return Ok(beside(table, row, column, labels).map(Candidate::of_cell));
    }
    let cell = cell.span.clone().unwrap_or_else(|| place.clone());
    let line = Line::of(text, place, &cell);
    Ok(line.value(labels).map(|span| of_text(text, span)))
}

fn of_text(text: &str, span: Span) -> Candidate<'_> {
    Candidate::new(&text[span.clone()], Some(span))
}

/// The cell that a label in a cell names.
fn beside<'a>(table: &'a Table, row: usize, column: usize, labels: &[&Label]) -> Option<&'a Cell> {
    let own = &table.rows[row][column].text;
    let is_other = |cell: &&Cell| !cell.text.is_empty() && cell.text != *own;
    let is_value = |cell: &&Cell| !is_label(&cell.text, labels);
    let right = || {
        let mut cells = table.rows[row][column + 1..].iter();
        cells.find(is_other).filter(is_value)
    };
    let below = || {
        let mut cells = table.rows[row + 1..]
            .iter()
            .filter_map(|row| row.get(column));
        // One that spans rows is repeated in each.
        cells
            .find(|cell| cell.text != *own)
            .filter(is_other)
            .filter(is_value)
    };
    let wide = table.rows[row].len() > 2 && table.rows.len() > 1;
    let heads_column = row < table.header_rows || (row == 0 && wide);
    if heads_column {
        below().or_else(right)
    } else {
        right().or_else(below)
    }
}

/// A label in a line of text.
struct Line<'t> {
    text: &'t str,
    /// The label.
    label: &'t Span,
    /// What may be looked at.
    within: &'t Span,
    /// The line that the label stands in.
    whole: Span,
}

impl<'t> Line<'t> {
    fn of(text: &'t str, label: &'t Span, within: &'t Span) -> Self {
        let start = text[within.start..label.start]
            .rfind(['\n', '\r'])
            .map_or(within.start, |at| within.start + at + 1);
        let end = text[label.end..within.end]
            .find(['\n', '\r'])
            .map_or(within.end, |at| label.end + at);
        Self {
            text,
            label,
            within,
            whole: start..end,
        }
    }

    fn value(&self, labels: &[&Label]) -> Option<Span> {
        let before = &self.text[self.whole.start..self.label.start];
        let follows = Follows::of(&self.text[self.label.end..self.whole.end]);
        let begins = begins_column(before);
        let announced = follows.how == Joint::Colon && ends_something(before);
        if !begins && !announced {
            return None;
        }
        let right = self.label.end + follows.at..self.whole.end;
        let right = self.cut(right, labels);
        match (follows.how, right) {
            (Joint::Colon | Joint::Gap, Some(right)) if !self.is_label(&right, labels) => {
                Some(right)
            }
            (Joint::Space, Some(right)) if begins_like_code(&self.text[right.clone()]) => {
                Some(right)
            }
            (Joint::Space, Some(_)) => None,
            (Joint::Colon | Joint::Gap, Some(_)) | (_, None) if begins => self.below(labels),
            _ => None,
        }
    }

    /// What stands here up to the next gap, or to the next label that has a colon.
    fn cut(&self, span: Span, labels: &[&Label]) -> Option<Span> {
        let segment = segments(self.text, &span).into_iter().next()?;
        let text = &self.text[segment.clone()];
        let next = labels.iter().filter_map(|label| {
            let mut found = label.regex().find_iter(text);
            let found = found.find(|found| {
                let colon = Follows::of(&text[found.end()..]).how == Joint::Colon;
                let apart = text[..found.start()].chars().next_back();
                colon && apart.is_none_or(char::is_whitespace)
            })?;
            Some(found.start())
        });
        let end = segment.start + next.min().unwrap_or(text.len());
        let length = self.text[segment.start..end].trim_end().len();
        (length > 0).then_some(segment.start..segment.start + length)
    }

    /// What stands below the label, in the same column of the next line.
    fn below(&self, labels: &[&Label]) -> Option<Span> {
        let (text, within) = (self.text, self.within);
        let mut lines = lines(text, self.whole.end..within.end).skip(1);
        let next = lines
            .by_ref()
            .take(2)
            .find(|line| !text[line.clone()].trim().is_empty())?;
        let above = segments(text, &self.whole);
        let segments = segments(text, &next);
        let index = above.iter().position(|segment| {
            segment.start <= self.label.start && self.label.end <= segment.end
        })?;
        let found = if above.len() == 1 || above.len() == segments.len() {
            segments.get(index)?.clone()
        } else {
            let columns = |line: &Span, part: &Span| {
                let count = |end: usize| text[line.start..end].chars().count();
                count(part.start)..count(part.end)
            };
            let own = columns(&self.whole, &above[index]);
            segments.into_iter().find(|segment| {
                let other = columns(&next, segment);
                own.start < other.end && other.start < own.end
            })?
        };
        let pair = text[found.clone()]
            .split_once(':')
            .is_some_and(|(name, rest)| {
                rest.starts_with(char::is_whitespace)
                    && name.chars().count() <= 40
                    && !name.contains(|c: char| c.is_ascii_digit())
            });
        (!pair && !self.is_label(&found, labels)).then_some(found)
    }

    fn is_label(&self, span: &Span, labels: &[&Label]) -> bool {
        is_label(&self.text[span.clone()], labels)
    }
}

/// How a value is joined to its label.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    Colon,
    Gap,
    Space,
}

/// What follows a label in its line.
struct Follows {
    how: Joint,
    /// Where the value begins, behind the label, in bytes.
    at: usize,
}

impl Follows {
    fn of(tail: &str) -> Self {
        // «Invoice no.», «**Total**»
        let closed = tail.trim_start_matches(['.', '#', ')', ']', '*', '_', '°', 'º']);
        let rest = closed.trim_start();
        let space = &closed[..closed.len() - rest.len()];
        // «Total ........ 5.00», «Invoice # 17»
        let unled = rest.trim_start_matches(['.', '…', '#', '№']);
        let leaders = tail.len() - closed.len() > 2 || rest.len() - unled.len() > 1;
        let rest = unled.trim_start();
        let at = |rest: &str| {
            let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '*' || c == '_');
            tail.len() - rest.len()
        };
        if let Some(rest) = rest.strip_prefix([':', '：', '=']) {
            return Self {
                how: Joint::Colon,
                at: at(rest),
            };
        }
        let gap = leaders || is_gap(space) || rest.starts_with('|');
        Self {
            how: if gap { Joint::Gap } else { Joint::Space },
            at: at(rest.trim_start_matches('|')),
        }
    }
}

/// Whether a label after this begins its line, or a column of it.
fn begins_column(before: &str) -> bool {
    let trimmed = before.trim_end();
    let column = is_gap(&before[trimmed.len()..]) || trimmed.ends_with('|');
    column || !trimmed.contains(char::is_alphanumeric)
}

/// Whether what stands before a label has come to an end: a number, or a sentence.
fn ends_something(before: &str) -> bool {
    let last = before.trim_end().rsplit(char::is_whitespace).next();
    before.ends_with(char::is_whitespace)
        && last.is_some_and(|word| {
            word.ends_with([',', ';', '.', ')', '·', '•', '–', '—'])
                || word.contains(|c: char| c.is_ascii_digit())
        })
}

/// Whether this can follow a label after a single space: a number, an amount, a code.
fn begins_like_code(value: &str) -> bool {
    let mut words = value.split_whitespace();
    let first = words.next().unwrap_or_default();
    let has_digit = |word: &str| word.contains(|c: char| c.is_ascii_digit());
    let is_currency = first.chars().count() <= 3
        && first
            .chars()
            .all(|c| c.is_uppercase() || !c.is_alphanumeric());
    has_digit(first) || (is_currency && words.next().is_some_and(has_digit))
}

/// Whether this is a label itself.
fn is_label(text: &str, labels: &[&Label]) -> bool {
    text.trim_end().ends_with(':') || {
        let found = words(text);
        labels.iter().any(|label| label.words() == found)
    }
}

fn is_gap(space: &str) -> bool {
    space.contains('\t') || space.chars().count() > 1
}

/// The columns of a line: what stands between gaps.
fn segments(text: &str, line: &Span) -> Vec<Span> {
    let mut segments = Vec::new();
    let mut open: Option<Span> = None;
    for word in words_of(text, line) {
        open = match open {
            Some(segment) if !is_gap(&text[segment.end..word.start]) => {
                Some(segment.start..word.end)
            }
            segment => {
                segments.extend(segment);
                Some(word)
            }
        };
    }
    segments.extend(open);
    segments
}

/// What stands between white space and bars.
fn words_of<'t>(text: &'t str, line: &Span) -> impl Iterator<Item = Span> + use<'t> {
    let (start, text) = (line.start, &text[line.clone()]);
    let is_between = |c: char| c.is_whitespace() || c == '|';
    text.split(is_between)
        .filter(|word| !word.is_empty())
        .map(move |word| {
            let at = start + (word.as_ptr() as usize - text.as_ptr() as usize);
            at..at + word.len()
        })
}

/// The lines of a part of the text.
fn lines(text: &str, part: Span) -> impl Iterator<Item = Span> {
    let mut at = part.start;
    text[part].split('\n').map(move |line| {
        let start = at;
        at += line.len() + 1;
        start..start + line.trim_end_matches('\r').len()
    })
}
