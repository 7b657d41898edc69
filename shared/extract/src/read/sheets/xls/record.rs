//! The records of a workbook's stream, and the strings in them.

use encoding_rs::Encoding;

use super::cfb::{u16_at, u32_at, utf16};
use crate::Error;
use crate::read::{Context, check_text};

pub(super) const FORMULA: u16 = 0x0006;
pub(super) const END: u16 = 0x000a;
pub(super) const EPOCH: u16 = 0x0022;
pub(super) const ENCRYPTED: u16 = 0x002f;
const CONTINUED: u16 = 0x003c;
pub(super) const CODE_PAGE: u16 = 0x0042;
pub(super) const SHEET: u16 = 0x0085;
pub(super) const NUMBERS: u16 = 0x00bd;
pub(super) const RICH_TEXT: u16 = 0x00d6;
pub(super) const STYLE: u16 = 0x00e0;
pub(super) const MERGED: u16 = 0x00e5;
pub(super) const STRINGS: u16 = 0x00fc;
pub(super) const SHARED_TEXT: u16 = 0x00fd;
pub(super) const LINK: u16 = 0x01b8;
pub(super) const NUMBER: u16 = 0x0203;
pub(super) const TEXT: u16 = 0x0204;
pub(super) const TRUTH_OR_ERROR: u16 = 0x0205;
pub(super) const FORMULA_TEXT: u16 = 0x0207;
pub(super) const SHORT_NUMBER: u16 = 0x027e;
pub(super) const FORMAT: u16 = 0x041e;
pub(super) const BEGIN: u16 = 0x0809;

/// A record.
pub(super) struct Record<'s> {
    pub(super) kind: u16,
    pub(super) data: &'s [u8],
    /// What comes right behind it; it may be continued there.
    rest: &'s [u8],
}

/// The records from a place in the stream on. One that is cut off ends them.
pub(super) struct Records<'s> {
    rest: &'s [u8],
}

impl<'s> Records<'s> {
    pub(super) fn new(stream: &'s [u8], at: usize) -> Self {
        let rest = stream.get(at..).unwrap_or_default();
        Self { rest }
    }
}

impl<'s> Iterator for Records<'s> {
    type Item = Record<'s>;

    fn next(&mut self) -> Option<Record<'s>> {
        let kind = u16_at(self.rest, 0)?;
        let length = usize::from(u16_at(self.rest, 2)?);
        let data = self.rest.get(4..4 + length)?;
        self.rest = &self.rest[4 + length..];
        Some(Record {
            kind,
            data,
            rest: self.rest,
        })
    }
}

/// How a workbook writes text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Charset {
    /// Before BIFF 8: one byte a letter, in this charset.
    bytes: Option<&'static Encoding>,
    code_page: &'static Encoding,
}

impl Default for Charset {
    fn default() -> Self {
        Self {
            bytes: None,
            code_page: encoding_rs::WINDOWS_1252,
        }
    }
}

impl Charset {
    pub(super) fn version(&mut self, version: Option<u16>) {
        self.bytes = (version == Some(0x0500)).then_some(self.code_page);
    }

    pub(super) fn code_page(&mut self, number: Option<u16>) {
        let label = match number.unwrap_or_default() {
            932 => "shift_jis".to_owned(),
            936 => "gbk".to_owned(),
            949 => "euc-kr".to_owned(),
            950 => "big5".to_owned(),
            10_000 | 0x8000 => "macintosh".to_owned(),
            number => format!("windows-{number}"),
        };
        if let Some(encoding) = Encoding::for_label(label.as_bytes()) {
            self.code_page = encoding;
            self.bytes = self.bytes.map(|_| encoding);
        }
    }

    /// A text that begins with its length in one byte.
    pub(super) fn short(&self, data: &[u8]) -> Option<String> {
        let (&length, rest) = data.split_first()?;
        self.characters(rest, length.into())
    }

    /// A text that begins with its length in two bytes.
    pub(super) fn long(&self, data: &[u8]) -> Option<String> {
        let length = u16_at(data, 0)?;
        self.characters(&data[2..], length.into())
    }

    /// The code of a number format.
    pub(super) fn format(&self, data: &[u8]) -> Option<String> {
        let data = data.get(2..)?;
        if self.bytes.is_some() {
            self.short(data)
        } else {
            self.long(data)
        }
    }

    /// Of a text that is cut off, what is there.
    fn characters(&self, data: &[u8], length: usize) -> Option<String> {
        if let Some(encoding) = self.bytes {
            let bytes = &data[..length.min(data.len())];
            return Some(encoding.decode_without_bom_handling(bytes).0.into_owned());
        }
        let (&flags, data) = data.split_first()?;
        let bytes = if flags & 1 == 0 { length } else { 2 * length };
        Some(letters(&data[..bytes.min(data.len())], flags & 1 != 0))
    }
}

/// Letters of two bytes, or of one if all of them are Latin.
fn letters(bytes: &[u8], are_wide: bool) -> String {
    if are_wide {
        utf16(bytes).into_owned()
    } else {
        bytes.iter().copied().map(char::from).collect()
    }
}

/// The strings that cells share. They may run on in the records that continue this one, even in the midst of a string.
pub(super) fn strings(record: &Record<'_>, context: &Context<'_>) -> Result<Vec<String>, Error> {
    let continued = Records { rest: record.rest };
    let continued = continued.take_while(|it| it.kind == CONTINUED);
    let mut source = Pieces {
        now: record.data.get(8..).unwrap_or_default(),
        later: continued.map(|it| it.data).collect(),
    };
    source.later.reverse();
    let count = u32_at(record.data, 4).unwrap_or(0);
    let (mut strings, mut bytes) = (Vec::new(), 0_usize);
    for number in 0..count {
        if number.is_multiple_of(4096) {
            context.watch.check()?;
        }
        let Some(string) = source.string() else { break };
        bytes += string.len();
        check_text(bytes, context.limits)?;
        strings.push(string);
    }
    Ok(strings)
}

/// The data of a record and of those that continue it.
struct Pieces<'s> {
    now: &'s [u8],
    /// The last one first.
    later: Vec<&'s [u8]>,
}

impl<'s> Pieces<'s> {
    fn string(&mut self) -> Option<String> {
        let length = usize::from(u16::from_le_bytes(self.array()?));
        let [flags] = self.array()?;
        let runs = if flags & 8 == 0 {
            0
        } else {
            u16::from_le_bytes(self.array()?).into()
        };
        let extra = if flags & 4 == 0 {
            0
        } else {
            u32::from_le_bytes(self.array()?)
        };
        let string = self.characters(length, flags & 1 != 0)?;
        self.skip(4 * runs)?;
        self.skip(usize::try_from(extra).ok()?)?;
        Some(string)
    }

    /// Letters; each record that continues says anew how wide they are.
    fn characters(&mut self, length: usize, are_wide: bool) -> Option<String> {
        let (mut left, mut are_wide) = (length, are_wide);
        let mut all = String::new();
        loop {
            let width = if are_wide { 2 } else { 1 };
            let here = left.min(self.now.len() / width);
            let (bytes, rest) = self.now.split_at(here * width);
            self.now = rest;
            all.push_str(&letters(bytes, are_wide));
            left -= here;
            if left == 0 {
                return Some(all);
            }
            let (&flags, rest) = self.later.pop()?.split_first()?;
            are_wide = flags & 1 != 0;
            self.now = rest;
        }
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut array = [0; N];
        for byte in &mut array {
            *byte = *self.some()?.split_off_first()?;
        }
        Some(array)
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        let mut left = count;
        while left > 0 {
            let now = self.some()?;
            let here = left.min(now.len());
            *now = &now[here..];
            left -= here;
        }
        Some(())
    }

    /// The piece that is being read, with something left in it.
    fn some(&mut self) -> Option<&mut &'s [u8]> {
        while self.now.is_empty() {
            self.now = self.later.pop()?;
        }
        Some(&mut self.now)
    }
}
