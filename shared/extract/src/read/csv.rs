//! CSV and its kin (tab, semicolon, bar): the text is the source, and its cells are a table.

use std::collections::HashSet;
use std::mem::discriminant;

use csv_core::{ReadFieldResult, ReaderBuilder};

use super::flow::folded;
use super::gather::{Gathered, Rows};
use super::values::{is_json_number, moment};
use super::{Context, Fit, Format, Reader, check_text};
use crate::{Cell, CellValue, Document, Error, Span, Table, Text};

pub(super) static FORMAT: Format = Format {
    name: "CSV",
    media_types: &[
        "text/csv",
        "text/tab-separated-values",
        "application/csv",
        "application/vnd.ms-excel",
    ],
    extensions: &["csv", "tsv", "tab", "psv"],
    reader: Reader::Text { fit, read },
};

/// What cells are divided by, the most telling first.
const DELIMITERS: [char; 4] = ['\t', ';', '|', ','];

/// Bytes and records that a guess rests on.
const SAMPLE_BYTES: usize = 64 << 10;
const SAMPLE_RECORDS: usize = 100;

fn fit(text: &str) -> Fit {
    // Prose has commas too, but not the same number on every line, nor without a space behind them.
    let Some(guess) = guess(text) else {
        return Fit::Permitted;
    };
    let looks_like_a_table = guess.records >= 2
        && guess.regular == guess.records
        && guess.width * guess.records >= 6
        && guess.spaced * 2 < guess.records * (guess.width - 1)
        && guess.unfinished * 2 < guess.records
        && guess.longest <= 500;
    if looks_like_a_table {
        Fit::Likely
    } else {
        Fit::Permitted
    }
}

fn read(text: String, context: &Context<'_>) -> Result<Document, Error> {
    check_text(text.len(), context.limits)?;
    let stated = stated_delimiter(&text);
    let begin = stated.map_or(0, |_| text.find('\n').map_or(text.len(), |end| end + 1));
    let delimiter = stated
        .or_else(|| Some(guess(&text)?.delimiter))
        .unwrap_or(',');
    let mut document = Document::default();
    if delimiter == '\t' {
        "text/tab-separated-values".clone_into(&mut document.media_type);
    }

    let mut gathered = Gathered::new(context.limits);
    if let Some(mut rows) = gathered.begin_table() {
        let mut end = 0;
        let mut records = Records::new(&text, delimiter);
        records.at = begin;
        while let Some(record) = records.next(context.limits.max_table_cells) {
            if rows.len().is_multiple_of(1024) {
                context.watch.check()?;
            }
            let row = record.iter().map(|span| cell(&text, span)).collect();
            if !gathered.row(&mut rows, row) {
                break;
            }
            end = records.at;
        }
        if rows.ragged() {
            let width = rows.width();
            document.warnings.push(format!(
                "Not all rows have the same number of cells: the shorter ones were filled up to \
                 {width} with empty cells."
            ));
        }
        let header_rows = usize::from(has_header(rows.as_slice()));
        type_columns(&text, &mut rows, header_rows);
        let span = super::flow::trimmed(&text, begin..end.max(begin));
        gathered.table(
            Table {
                caption: None,
                rows: Vec::new(),
                header_rows,
                span,
                ..Table::default()
            },
            rows,
        );
    }
    gathered.finish(&mut document);
    document.text = Text::new(text);
    Ok(document)
}

/// What a spreadsheet program says in a first line of its own: `sep=;`.
fn stated_delimiter(text: &str) -> Option<char> {
    let line = text.lines().next()?.trim_matches('"');
    let mut said = line
        .strip_prefix("sep=")
        .or_else(|| line.strip_prefix("SEP="))?
        .chars();
    let delimiter = said.next().filter(char::is_ascii)?;
    (said.next().is_none() && !delimiter.is_alphanumeric()).then_some(delimiter)
}

/// Types the cells of each column in which all are of one type and none stands in quotation marks. A single cell says too
/// little: the number of a house may be `12a` in the next row.
fn type_columns(source: &str, rows: &mut Rows, header_rows: usize) {
    let value = |cell: &Cell| {
        let span = cell.span.as_ref()?;
        let is_quoted = source[..span.start].ends_with('"');
        if is_quoted { None } else { typed(&cell.text) }
    };
    for column in 0..rows.width() {
        let body = || rows.as_slice()[header_rows..].iter();
        let cells = || {
            body()
                .filter_map(|row| row.get(column))
                .filter(|it| !it.text.is_empty())
        };
        let mut kinds = cells().map(|cell| value(cell).map(|it| discriminant(&it)));
        let Some(Some(first)) = kinds.next() else {
            continue;
        };
        if kinds.all(|kind| kind == Some(first)) {
            for cell in rows.column_mut(column).skip(header_rows) {
                cell.value = value(cell);
            }
        }
    }
}

/// What a cell says if it is no text. A number is one only in the form in which JSON writes it, so that nothing is lost and
/// the zeros in front of a telephone's or a place's number stay.
fn typed(text: &str) -> Option<CellValue> {
    match text {
        "true" | "True" | "TRUE" => Some(CellValue::Boolean(true)),
        "false" | "False" | "FALSE" => Some(CellValue::Boolean(false)),
        _ if is_json_number(text) => Some(CellValue::Number(text.to_owned())),
        _ => moment(text).map(CellValue::Moment),
    }
}

/// The first row is a header if all its cells have words in them, no two the same, none is a number
/// or an address, and none comes again further down its column.
fn has_header(rows: &[Vec<Cell>]) -> bool {
    let [first, rest @ ..] = rows else {
        return false;
    };
    let names: HashSet<_> = first.iter().map(|cell| cell.text.as_str()).collect();
    let is_name = |cell: &Cell| {
        cell.text
            .starts_with(|char: char| char.is_alphabetic() || matches!(char, '_' | '#' | '$'))
            && !cell.text.contains(['@', '\n'])
    };
    !rest.is_empty()
        && names.len() == first.len()
        && first.iter().all(is_name)
        && rest.iter().take(SAMPLE_RECORDS).all(|row| {
            row.iter()
                .zip(first)
                .all(|(cell, name)| cell.text != name.text)
        })
}

/// What a delimiter makes of a text.
struct Guess {
    delimiter: char,
    records: usize,
    /// Cells of most records.
    width: usize,
    /// Records that have so many.
    regular: usize,
    /// Cells but the first of their records that begin with a space.
    spaced: usize,
    /// Records whose last cell is empty, like lines of prose or code that end with the delimiter.
    unfinished: usize,
    /// Bytes of the longest cell.
    longest: usize,
}

/// The delimiter that divides most records into the same number of cells; none if no delimiter
/// divides any.
fn guess(text: &str) -> Option<Guess> {
    let sample = &text[..text.floor_char_boundary(SAMPLE_BYTES)];
    // The last line of a sample is cut off.
    let sample = if sample.len() < text.len() {
        &sample[..sample.rfind('\n').unwrap_or(sample.len())]
    } else {
        sample
    };
    DELIMITERS
        .into_iter()
        .filter_map(|delimiter| try_delimiter(sample, delimiter))
        // The first of several equals.
        .rev()
        .max_by_key(|guess| (guess.regular * 100 / guess.records, guess.width))
}

fn try_delimiter(sample: &str, delimiter: char) -> Option<Guess> {
    let mut guess = Guess {
        delimiter,
        records: 0,
        width: 0,
        regular: 0,
        spaced: 0,
        unfinished: 0,
        longest: 0,
    };
    let mut widths = Vec::new();
    let mut records = Records::new(sample, delimiter);
    while widths.len() < SAMPLE_RECORDS
        && let Some(record) = records.next(usize::MAX)
    {
        widths.push(record.len());
        guess.spaced += record
            .iter()
            .skip(1)
            .filter(|span| sample[(*span).clone()].starts_with(' '))
            .count();
        guess.unfinished += usize::from(record.last().is_some_and(std::ops::Range::is_empty));
        guess.longest = guess
            .longest
            .max(record.iter().map(ExactSizeIterator::len).max().unwrap_or(0));
    }
    guess.records = widths.len();
    widths.sort_unstable();
    let runs = widths.chunk_by(|one, other| one == other);
    let most = runs.filter(|run| run[0] > 1).max_by_key(|run| run.len())?;
    (guess.width, guess.regular) = (most[0], most.len());
    Some(guess)
}

/// The records of a source, as the places of their cells: quotation marks included, for a cell may
/// hold some itself.
struct Records<'a> {
    source: &'a str,
    at: usize,
    parser: csv_core::Reader,
    done: bool,
}

impl<'a> Records<'a> {
    fn new(source: &'a str, delimiter: char) -> Self {
        let delimiter = u8::try_from(delimiter).expect("all delimiters are ASCII");
        Self {
            source,
            at: 0,
            parser: ReaderBuilder::new().delimiter(delimiter).build(),
            done: false,
        }
    }

    /// The next record; of one with more than `max_cells` cells, so many and one more.
    fn next(&mut self, max_cells: usize) -> Option<Vec<Span>> {
        let mut record = Vec::new();
        // What the parser copies out is not needed: only what it takes in.
        let mut output = [0; 1024];
        let mut start = self.at;
        while !self.done {
            let rest = &self.source.as_bytes()[self.at..];
            let (result, taken, _) = self.parser.read_field(rest, &mut output);
            self.at += taken;
            match result {
                // At the end of the source the parser is told so by being given nothing.
                ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
                ReadFieldResult::Field { record_end } => {
                    if record.len() <= max_cells {
                        record.push(self.field(start, record_end));
                    }
                    start = self.at;
                    if record_end {
                        return Some(record);
                    }
                }
                ReadFieldResult::End => self.done = true,
            }
        }
        None
    }

    /// The place of a field, without the delimiter or the line end behind it, and without line ends
    /// that the record before it left.
    fn field(&self, start: usize, record_end: bool) -> Span {
        let taken = &self.source[start..self.at];
        let field = taken.trim_start_matches(['\r', '\n']);
        let start = self.at - field.len();
        let field = if record_end {
            field.trim_end_matches(['\r', '\n'])
        } else {
            &field[..field.len().saturating_sub(1)]
        };
        start..start + field.len()
    }
}

/// A cell, without its quotation marks.
fn cell(source: &str, field: &Span) -> Cell {
    let written = &source[field.clone()];
    let inner = written
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let (text, start) = match inner {
        Some(inner) => (inner.replace("\"\"", "\""), field.start + 1),
        None => (written.to_owned(), field.start),
    };
    let span = super::flow::trimmed(source, start..start + inner.unwrap_or(written).len());
    Cell {
        text: folded(&text),
        span,
        ..Cell::default()
    }
}
