//! One sheet of a workbook.

use super::Shared;
use super::cfb::{u16_at, u32_at, utf16};
use super::record::{self, Record, Records};
use crate::Error;
use crate::read::Context;
use crate::read::sheets::Content;
use crate::read::sheets::grid::{Area, Grid};
use crate::read::sheets::number::{self, Kind};

/// Reads the sheet whose records begin there; says whether they also end.
pub(super) fn read(
    stream: &[u8],
    at: usize,
    shared: &Shared,
    context: &Context<'_>,
) -> Result<(Grid, bool), Error> {
    let mut sheet = Sheet {
        shared,
        context,
        grid: Grid::default(),
        formula: None,
    };
    // Charts that stand on the sheet have records of their own, among them some that look like cells.
    let mut depth = 0_usize;
    for (number, record) in Records::new(stream, at).enumerate() {
        if number.is_multiple_of(4096) {
            context.watch.check()?;
        }
        match record.kind {
            record::BEGIN => depth += 1,
            record::END if depth <= 1 => return Ok((sheet.grid, true)),
            record::END => depth -= 1,
            _ if depth == 1 && !sheet.grid.is_full() => {
                // What a record lacks is not there.
                let _ = sheet.record(&record);
            }
            _ => {}
        }
    }
    Ok((sheet.grid, false))
}

struct Sheet<'s, 'c> {
    shared: &'s Shared,
    context: &'s Context<'c>,
    grid: Grid,
    /// Where the formula stands whose text comes next.
    formula: Option<(u32, u32)>,
}

impl Sheet<'_, '_> {
    fn record(&mut self, record: &Record<'_>) -> Option<()> {
        let data = record.data;
        let place = || Some((u16_at(data, 0)?.into(), u16_at(data, 2)?.into()));
        let style = || u16_at(data, 4);
        match record.kind {
            record::NUMBER => {
                let number =
                    self.number(f64::from_le_bytes(*data.get(6..)?.first_chunk()?), style()?);
                self.cell(place()?, number);
            }
            record::SHORT_NUMBER => {
                let number = self.number(short(u32_at(data, 6)?), style()?);
                self.cell(place()?, number);
            }
            record::NUMBERS => {
                let (row, first): (u32, u32) = place()?;
                let numbers = data.get(4..data.len().checked_sub(2)?)?;
                for (column, number) in (first..).zip(numbers.as_chunks::<6>().0) {
                    let number = self.number(short(u32_at(number, 2)?), u16_at(number, 0)?);
                    self.cell((row, column), number);
                }
            }
            record::SHARED_TEXT => {
                let index = usize::try_from(u32_at(data, 6)?).ok()?;
                let text = Content::text(self.shared.strings.get(index)?);
                self.cell(place()?, text);
            }
            record::TEXT | record::RICH_TEXT => {
                let text = Content::text(&self.shared.charset.long(data.get(6..)?)?);
                self.cell(place()?, text);
            }
            record::TRUTH_OR_ERROR => {
                let content = match data.get(6..8)? {
                    [truth, 0] => Content::boolean(*truth != 0),
                    [code, _] => error(*code),
                    _ => return None,
                };
                self.cell(place()?, content);
            }
            record::FORMULA => self.formula(place()?, style()?, data.get(6..14)?)?,
            record::FORMULA_TEXT => {
                let place = self.formula.take()?;
                let text = Content::text(&self.shared.charset.long(data)?);
                self.cell(place, text);
            }
            record::MERGED => {
                for four in data.get(2..)?.as_chunks::<8>().0 {
                    self.grid.merge(area(four)?, self.context);
                }
            }
            record::LINK => {
                let href = href(data)?;
                self.grid.link(area(data)?, href, self.context);
            }
            _ => {}
        }
        Some(())
    }

    /// A formula is what it came to.
    fn formula(&mut self, place: (u32, u32), style: u16, result: &[u8]) -> Option<()> {
        self.formula = None;
        let content = match *result {
            [0, _, _, _, _, _, 0xff, 0xff] => {
                self.formula = Some(place);
                return Some(());
            }
            [1, _, truth, _, _, _, 0xff, 0xff] => Content::boolean(truth != 0),
            [2, _, code, _, _, _, 0xff, 0xff] => error(code),
            [_, _, _, _, _, _, 0xff, 0xff] => return Some(()),
            _ => self.number(f64::from_le_bytes(*result.first_chunk()?), style),
        };
        self.cell(place, content);
        Some(())
    }

    fn number(&self, number: f64, style: u16) -> Content {
        let kind = self.shared.kinds.get(usize::from(style));
        number::content(number, kind.unwrap_or(&Kind::Number), self.shared.epoch)
    }

    fn cell(&mut self, (row, column): (u32, u32), content: Content) {
        self.grid.cell(row, column, content, self.context);
    }
}

/// A number in thirty bits: the upper ones of a floating-point number or an integer, perhaps a hundredth of it.
fn short(written: u32) -> f64 {
    let number = if written & 2 == 0 {
        f64::from_bits(u64::from(written & !3) << 32)
    } else {
        f64::from(written.cast_signed() >> 2)
    };
    if written & 1 == 0 {
        number
    } else {
        number / 100.0
    }
}

fn error(code: u8) -> Content {
    Content::text(match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    })
}

/// First and last row, first and last column.
fn area(data: &[u8]) -> Option<Area> {
    Some(Area {
        first_row: u16_at(data, 0)?.into(),
        last_row: u16_at(data, 2)?.into(),
        first_column: u16_at(data, 4)?.into(),
        last_column: u16_at(data, 6)?.into(),
    })
}

/// The address that a link leads to, if it is one on the web.
fn href(data: &[u8]) -> Option<String> {
    const URL: [u8; 16] = [
        0xe0, 0xc9, 0xea, 0x79, 0xf9, 0xba, 0xce, 0x11, 0x8c, 0x82, 0x00, 0xaa, 0x00, 0x4b, 0xa9,
        0x0b,
    ];
    let at = data.windows(URL.len()).position(|it| it == URL)? + URL.len();
    let length = usize::try_from(u32_at(data, at)?).ok()?;
    let bytes = data.get(at + 4..)?;
    let text = utf16(&bytes[..length.min(bytes.len())]);
    let text = text.split('\0').next()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
