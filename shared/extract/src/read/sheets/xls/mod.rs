//! XLS (BIFF 5 and 8 in a compound file), as spreadsheet programs wrote it until 2007.
//!
//! Read here and not by a library: those that there are believe what a file says of its own sizes, and a few wrong bytes in one
//! make them ask for gigabytes.

mod cfb;
mod properties;
mod record;
mod sheet;

use std::collections::{HashMap, HashSet};

use self::cfb::{Compound, MAGIC, u16_at, u32_at};
use self::record::{Charset, Records};
use super::Book;
use super::number::{self, Epoch, Kind};
use crate::read::{Context, Fit, Format, Reader, passed};
use crate::{Document, Error, Problem};

pub(in crate::read) static FORMAT: Format = Format {
    name: "XLS",
    media_types: &["application/vnd.ms-excel", "application/msexcel"],
    extensions: &["xls", "xlt"],
    reader: Reader::Bytes { fit, read },
};

/// What the stream of a workbook is called in BIFF 8 and before.
const STREAMS: [&str; 2] = ["Workbook", "Book"];

fn fit(bytes: &[u8]) -> Fit {
    if !bytes.starts_with(&MAGIC) {
        return Fit::No;
    }
    match Compound::open(bytes) {
        Some(file) if file.has(&STREAMS) => Fit::Certain,
        Some(_) => Fit::No,
        None => Fit::Permitted,
    }
}

fn read(bytes: &[u8], context: &Context<'_>) -> Result<Document, Error> {
    let file = Compound::open(bytes).ok_or_else(|| damaged("its list of streams"))?;
    let stream = file.stream(&STREAMS);
    let stream = stream.ok_or_else(|| damaged("the stream of its workbook"))?;
    context.watch.check()?;
    let (shared, sheets) = globals(&stream, context)?;
    let mut book = Book::new(context);
    let mut seen = HashSet::new();
    for Listed {
        name,
        at,
        is_hidden,
        is_sheet,
    } in sheets
    {
        if !is_sheet || !seen.insert(at) {
            continue;
        }
        if is_hidden {
            book.hide(&name);
            continue;
        }
        let (grid, is_complete) = sheet::read(&stream, at, &shared, context)?;
        book.sheet(&name, grid)?;
        if !is_complete {
            let warning = "The document is damaged or cut off: cells of a sheet are missing.";
            book.warnings.push(warning.into());
        }
    }
    if seen.is_empty() {
        return Err(damaged("its list of sheets"));
    }
    Ok(book.finish(properties::read(&file)))
}

fn damaged(what: &str) -> Error {
    let detail = format!("The workbook is damaged: {what} cannot be read.");
    Error::document(Problem::Malformed, detail)
}

/// What all sheets have in common.
struct Shared {
    charset: Charset,
    strings: Vec<String>,
    /// What the number format of each style makes of a number.
    kinds: Vec<Kind>,
    epoch: Epoch,
}

/// A sheet, as the workbook lists it.
struct Listed {
    name: String,
    at: usize,
    is_hidden: bool,
    is_sheet: bool,
}

/// The records that come before those of the sheets.
fn globals(stream: &[u8], context: &Context<'_>) -> Result<(Shared, Vec<Listed>), Error> {
    let mut charset = Charset::default();
    let (mut strings, mut epoch, mut sheets) = (Vec::new(), Epoch::Of1900, Vec::new());
    let (mut formats, mut styles) = (HashMap::new(), Vec::new());
    for (number, record) in Records::new(stream, 0).enumerate() {
        if number.is_multiple_of(4096) {
            context.watch.check()?;
        }
        let data = record.data;
        match record.kind {
            record::BEGIN => charset.version(u16_at(data, 0)),
            record::END => break,
            record::ENCRYPTED => {
                let detail = "The workbook is encrypted: a password is needed to open it.";
                return Err(Error::document(Problem::Encrypted, detail));
            }
            record::CODE_PAGE => charset.code_page(u16_at(data, 0)),
            record::EPOCH if u16_at(data, 0) == Some(1) => epoch = Epoch::Of1904,
            record::FORMAT => {
                if let (Some(id), Some(code)) = (u16_at(data, 0), charset.format(data)) {
                    formats.insert(id, number::kind(&code));
                }
            }
            record::STYLE => styles.push(u16_at(data, 2).unwrap_or(0)),
            record::SHEET => {
                if sheets.len() >= context.limits.max_pages {
                    let found = "The workbook has more sheets";
                    return Err(passed("max_pages", context.limits.max_pages, found));
                }
                sheets.extend(listed(data, &charset));
            }
            record::STRINGS => strings = record::strings(&record, context)?,
            _ => {}
        }
    }
    let kind = |id: u16| {
        let own = formats.get(&id).cloned();
        own.unwrap_or_else(|| number::builtin(id.into()))
    };
    let shared = Shared {
        charset,
        strings,
        kinds: styles.into_iter().map(kind).collect(),
        epoch,
    };
    Ok((shared, sheets))
}

fn listed(data: &[u8], charset: &Charset) -> Option<Listed> {
    Some(Listed {
        at: usize::try_from(u32_at(data, 0)?).ok()?,
        is_hidden: data.get(4)? & 3 != 0,
        is_sheet: *data.get(5)? == 0,
        name: charset.short(data.get(6..)?)?,
    })
}
