//! What a workbook says of itself, in a property set (MS-OLEPS).

use std::collections::BTreeMap;

use encoding_rs::Encoding;
use jiff::Timestamp;
use serde_json::Value;

use super::cfb::{Compound, u16_at, u32_at, utf16};
use crate::read::flow::folded;

/// The metadata under their common names. What cannot be read is not there.
pub(super) fn read(file: &Compound<'_>) -> BTreeMap<String, Value> {
    let stream = file
        .stream(&["\u{5}SummaryInformation"])
        .unwrap_or_default();
    properties(&stream).unwrap_or_default()
}

/// Numbers of properties and the names of what they say.
const NAMES: [(u32, &str); 8] = [
    (2, "title"),
    (3, "subject"),
    (4, "author"),
    (5, "keywords"),
    (6, "description"),
    (12, "created"),
    (13, "modified"),
    (18, "generator"),
];

/// Properties that are looked at; real documents have a dozen.
const MAX_PROPERTIES: u32 = 100;

fn properties(stream: &[u8]) -> Option<BTreeMap<String, Value>> {
    let section = stream.get(usize::try_from(u32_at(stream, 44)?).ok()?..)?;
    let count = u32_at(section, 4)?.min(MAX_PROPERTIES);
    let places = (0..count as usize).map_while(|number| {
        let at = 8 + 8 * number;
        Some((u32_at(section, at)?, u32_at(section, at + 4)? as usize))
    });
    let places: Vec<(u32, usize)> = places.collect();
    let code_page = places.iter().find(|(id, _)| *id == 1);
    let code_page = code_page.and_then(|(_, at)| u16_at(section, at.checked_add(4)?));
    let mut metadata = BTreeMap::new();
    for (id, at) in places {
        let name = NAMES.iter().find(|(known, _)| *known == id);
        let value = value(section, at, code_page.unwrap_or(1252));
        if let (Some((_, name)), Some(value)) = (name, value) {
            let value = match *name {
                "keywords" => crate::read::html::keywords(&value),
                _ => value.into(),
            };
            metadata.insert((*name).to_owned(), value);
        }
    }
    Some(metadata)
}

fn value(section: &[u8], at: usize, code_page: u16) -> Option<String> {
    let data = section.get(at..)?;
    let text = match u16_at(data, 0)? {
        // Text in the set's charset.
        0x1e => {
            let length = usize::try_from(u32_at(data, 4)?).ok()?;
            let bytes = data.get(8..)?;
            let bytes = &bytes[..length.min(bytes.len())];
            match code_page {
                1200 => utf16(bytes).into_owned(),
                65001 => String::from_utf8_lossy(bytes).into_owned(),
                page => {
                    let encoding = Encoding::for_label(format!("windows-{page}").as_bytes());
                    let encoding = encoding.unwrap_or(encoding_rs::WINDOWS_1252);
                    encoding.decode_without_bom_handling(bytes).0.into_owned()
                }
            }
        }
        // A time, in tenths of microseconds since 1601.
        0x40 => {
            let ticks = u64::from_le_bytes(*data.get(4..)?.first_chunk()?);
            let seconds = i64::try_from(ticks / 10_000_000).ok()? - 11_644_473_600;
            let time = Timestamp::from_second(seconds).ok()?;
            // That of a document that was never saved is the beginning of all time.
            (seconds > 0).then(|| time.to_string())?
        }
        _ => return None,
    };
    let text = folded(text.trim_matches('\0'));
    (!text.is_empty()).then_some(text)
}
