//! One sheet: its cells, and what comes behind them.

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::Shared;
use super::strings::unescaped;
use crate::read::opc::Relations;
use crate::read::package::Package;
use crate::read::sheets::grid::{Area, Grid};
use crate::read::sheets::number::{self, Kind};
use crate::read::sheets::{Content, MAX_COLUMN, MAX_ROW};
use crate::read::{Context, date, events};
use crate::{CellValue, Error, Problem};

/// Reads a sheet in one pass. Its cells are nearly all of a workbook, so this loop looks at the events themselves.
pub(super) fn read(
    package: &mut Package<'_>,
    path: &str,
    shared: &Shared,
    context: &Context<'_>,
) -> Result<Grid, Error> {
    let mut sheet = Sheet {
        shared,
        relations: Relations::of(path, package)?,
        context,
        grid: Grid::default(),
        row: 0,
        column: 0,
        cell: None,
        text: String::new(),
        is_wanted: false,
        is_phonetic: false,
    };
    let Some(part) = package.part(path)? else {
        return Ok(sheet.grid);
    };
    let mut reader = Reader::from_reader(part.buffered());
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_dangling_amp = true;
    sheet.events(&mut reader, path)?;
    Ok(sheet.grid)
}

/// A sheet being read.
struct Sheet<'s, 'c> {
    shared: &'s Shared,
    relations: Relations,
    context: &'s Context<'c>,
    grid: Grid,
    /// Where the next cell stands that does not say it itself.
    row: u32,
    column: u32,
    cell: Option<Open>,
    /// The value of the cell, as far as it was read.
    text: String,
    /// Whether text that comes next belongs to the value.
    is_wanted: bool,
    /// Whether it would say how the value is pronounced.
    is_phonetic: bool,
}

/// A cell that is not complete.
struct Open {
    style: usize,
    holds: Holds,
}

/// What a cell says that its value is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Number,
    /// The number of a string that cells share.
    Shared,
    Text,
    Boolean,
    /// In ISO 8601.
    Moment,
}

impl Sheet<'_, '_> {
    fn events<R: BufRead>(&mut self, reader: &mut Reader<R>, path: &str) -> Result<(), Error> {
        let mut buffer = Vec::new();
        let mut depth = 0_usize;
        loop {
            buffer.clear();
            let event = reader.read_event_into(&mut buffer);
            match event.map_err(|error| events::fault(path, &error))? {
                Event::Start(tag) => {
                    depth += 1;
                    self.begin(&tag, false);
                }
                Event::Empty(tag) => self.begin(&tag, true),
                Event::End(tag) => {
                    depth = depth.saturating_sub(1);
                    self.end(tag.local_name().as_ref());
                }
                Event::Text(text) if self.is_wanted => self.text.push_str(&text),
                Event::CData(text) if self.is_wanted => self.text.push_str(&text),
                Event::GeneralRef(reference) if self.is_wanted => {
                    self.text.push_str(&events::resolved(&reference));
                }
                Event::Eof if depth > 0 => {
                    let detail = format!("The part {path} ends amid its elements.");
                    return Err(Error::document(Problem::Malformed, detail));
                }
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn begin(&mut self, tag: &BytesStart<'_>, is_empty: bool) {
        match tag.local_name().as_ref() {
            "c" => self.begin_cell(tag, is_empty),
            "v" => self.is_wanted = !is_empty && self.cell.is_some(),
            "t" => {
                let is_text = matches!(&self.cell, Some(open) if open.holds == Holds::Text);
                self.is_wanted = !is_empty && is_text && !self.is_phonetic;
            }
            "rPh" => self.is_phonetic = !is_empty,
            "row" => {
                if let Some(number) = attribute(tag, "r").and_then(|it| it.parse::<u32>().ok()) {
                    self.row = number.saturating_sub(1).min(MAX_ROW);
                }
                self.column = 0;
                self.row += u32::from(is_empty && self.row < MAX_ROW);
            }
            "mergeCell" => {
                if let Some(area) = attribute(tag, "ref").and_then(|it| area(&it)) {
                    self.grid.merge(area, self.context);
                }
            }
            "hyperlink" => self.hyperlink(tag),
            _ => {}
        }
    }

    fn begin_cell(&mut self, tag: &BytesStart<'_>, is_empty: bool) {
        let mut open = Open {
            style: 0,
            holds: Holds::Number,
        };
        for attribute in tag.attributes().with_checks(false).flatten() {
            let value = attribute.value.as_ref();
            match attribute.key.into_inner() {
                "r" => {
                    if let Some((row, column)) = place(value) {
                        (self.row, self.column) = (row, column);
                    }
                }
                "s" => open.style = value.parse().unwrap_or(0),
                "t" => {
                    open.holds = match value {
                        "s" => Holds::Shared,
                        "b" => Holds::Boolean,
                        "d" => Holds::Moment,
                        "n" => Holds::Number,
                        // `str`, `inlineStr`, and `e`: an error is what it is called.
                        _ => Holds::Text,
                    }
                }
                _ => {}
            }
        }
        if is_empty {
            self.next_column();
        } else {
            self.text.clear();
            self.cell = Some(open);
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "v" | "t" => self.is_wanted = false,
            "rPh" => self.is_phonetic = false,
            "c" => {
                self.is_wanted = false;
                if let Some(open) = self.cell.take()
                    && !self.text.is_empty()
                    && !self.grid.is_full()
                {
                    let content = self.content(&open);
                    self.grid.cell(self.row, self.column, content, self.context);
                }
                self.next_column();
            }
            "row" => {
                self.row += u32::from(self.row < MAX_ROW);
                self.column = 0;
            }
            _ => {}
        }
    }

    fn next_column(&mut self) {
        self.column += u32::from(self.column < MAX_COLUMN);
    }

    fn content(&self, open: &Open) -> Content {
        let written = self.text.trim();
        match open.holds {
            Holds::Shared => {
                let index = written.parse().ok();
                let text = index.and_then(|index| self.shared.strings.get(index));
                Content::text(&unescaped(text.unwrap_or_default()))
            }
            Holds::Boolean => Content::boolean(matches!(written, "1" | "true")),
            Holds::Moment => match date::rfc3339(written) {
                Some(moment) => Content {
                    value: Some(CellValue::Moment(moment.clone())),
                    text: moment,
                },
                None => Content::text(written),
            },
            Holds::Number => match written.parse() {
                Ok(number) => {
                    let kind = self.shared.kinds.get(open.style);
                    number::content(number, kind.unwrap_or(&Kind::Number), self.shared.epoch)
                }
                Err(_) => Content::text(written),
            },
            Holds::Text => Content::text(&unescaped(&self.text)),
        }
    }

    fn hyperlink(&mut self, tag: &BytesStart<'_>) {
        let id = |key: &str| matches!(key.split_once(':'), Some((_, "id")));
        let target = find(tag, id).and_then(|id| self.relations.get(&id));
        let target = target.filter(|it| it.is_external);
        let area = attribute(tag, "ref").and_then(|it| area(&it));
        if let (Some(area), Some(target)) = (area, target) {
            let href = target.target.clone();
            self.grid.link(area, href, self.context);
        }
    }
}

fn attribute<'t>(tag: &'t BytesStart<'_>, name: &str) -> Option<Cow<'t, str>> {
    find(tag, |key| key == name)
}

fn find<'t>(tag: &'t BytesStart<'_>, matches: impl Fn(&str) -> bool) -> Option<Cow<'t, str>> {
    let mut attributes = tag.attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    let found = attributes.find(|it| matches(it.key.into_inner()))?;
    found.normalized_value(XmlVersion::Implicit1_0).ok()
}

/// Row and column of `AB12`, counted from 0.
fn place(reference: &str) -> Option<(u32, u32)> {
    let mut column = 0_u32;
    let mut bytes = reference.bytes().filter(|&byte| byte != b'$').peekable();
    while let Some(letter) = bytes.next_if(u8::is_ascii_alphabetic) {
        let letter = u32::from(letter.to_ascii_uppercase() - b'A') + 1;
        column = column.checked_mul(26)?.checked_add(letter)?;
    }
    let mut row = 0_u32;
    for digit in bytes {
        let digit = char::from(digit).to_digit(10)?;
        row = row.checked_mul(10)?.checked_add(digit)?;
    }
    let place = (row.checked_sub(1)?, column.checked_sub(1)?);
    (place.0 <= MAX_ROW && place.1 <= MAX_COLUMN).then_some(place)
}

/// `A1:B2`, or one cell.
fn area(reference: &str) -> Option<Area> {
    let (first, last) = reference.split_once(':').unwrap_or((reference, reference));
    let ((first_row, first_column), (last_row, last_column)) = (place(first)?, place(last)?);
    Some(Area {
        first_row,
        last_row,
        first_column,
        last_column,
    })
}
