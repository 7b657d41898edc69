//! What a PDF says of itself: the information dictionary and XMP.

use std::collections::BTreeMap;

use encoding_rs::UTF_16LE;
use hayro_syntax::object::{DateTime, Dict, Stream};
use hayro_syntax::{Pdf, PdfVersion};
use serde_json::Value;

use crate::{Error, Limits, Watch};

use super::super::date;
use super::super::flow::folded;
use super::super::html::keywords;
use super::unpack::unpacked;

/// All that a file says of itself under common names.
pub(super) fn metadata(
    pdf: &Pdf,
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<BTreeMap<String, Value>, Error> {
    let mut metadata = BTreeMap::new();
    metadata.insert("pdf_version".into(), version(pdf.version()).into());
    let information = pdf.metadata();
    for (name, value) in [
        ("title", &information.title),
        ("author", &information.author),
        ("subject", &information.subject),
        ("keywords", &information.keywords),
        ("generator", &information.producer),
        ("creator", &information.creator),
    ] {
        let value = value.as_deref().map(|value| folded(&text_string(value)));
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let value = if name == "keywords" {
                keywords(&value)
            } else {
                value.into()
            };
            metadata.insert(name.into(), value);
        }
    }
    for (name, value) in [
        ("created", &information.creation_date),
        ("modified", &information.modification_date),
    ] {
        if let Some(value) = value {
            metadata.insert(name.into(), rfc3339(value).into());
        }
    }
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let Some(catalog) = catalog else {
        return Ok(metadata);
    };
    if let Some(language) = catalog.get::<hayro_syntax::object::String<'_>>("Lang") {
        let language = folded(&text_string(language.as_bytes()));
        if !language.is_empty() {
            metadata.insert("language".into(), language.into());
        }
    }
    if let Some(stream) = catalog.get::<Stream<'_>>("Metadata")
        && let Some(packet) = unpacked(&stream, limits, watch)?
    {
        add_xmp(&packet, &mut metadata);
    }
    Ok(metadata)
}

fn version(version: PdfVersion) -> &'static str {
    match version {
        PdfVersion::Pdf10 => "1.0",
        PdfVersion::Pdf11 => "1.1",
        PdfVersion::Pdf12 => "1.2",
        PdfVersion::Pdf13 => "1.3",
        PdfVersion::Pdf14 => "1.4",
        PdfVersion::Pdf15 => "1.5",
        PdfVersion::Pdf16 => "1.6",
        PdfVersion::Pdf17 => "1.7",
        PdfVersion::Pdf20 => "2.0",
    }
}

fn rfc3339(at: &DateTime) -> String {
    let DateTime {
        year,
        month,
        day,
        hour,
        minute,
        second,
        utc_offset_hour,
        utc_offset_minute,
    } = at;
    let time = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if (*utc_offset_hour, *utc_offset_minute) == (0, 0) {
        return format!("{time}Z");
    }
    let sign = if *utc_offset_hour < 0 { '-' } else { '+' };
    let hours = utc_offset_hour.unsigned_abs();
    format!("{time}{sign}{hours:02}:{utc_offset_minute:02}")
}

/// A text outside of pages: UTF-16 or UTF-8 behind a byte order mark, else PDF's own charset.
pub(super) fn text_string(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return encoding_rs::UTF_16BE
            .decode_without_bom_handling(rest)
            .0
            .into_owned();
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return UTF_16LE.decode_without_bom_handling(rest).0.into_owned();
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    bytes.iter().map(|byte| pdf_doc_char(*byte)).collect()
}

/// A character of `PDFDocEncoding`.
fn pdf_doc_char(byte: u8) -> char {
    const LOW: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    const HIGH: [char; 33] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚',
        '™', 'ﬁ', 'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{fffd}', '€',
    ];
    match byte {
        0x18..=0x1f => LOW[usize::from(byte - 0x18)],
        0x80..=0xa0 => HIGH[usize::from(byte - 0x80)],
        byte => char::from(byte),
    }
}

/// Adds what only the XMP packet says.
fn add_xmp(packet: &[u8], metadata: &mut BTreeMap<String, Value>) {
    /// A packet that is longer is not read.
    const MAX_BYTES: usize = 1 << 20;
    let Some(packet) = std::str::from_utf8(packet)
        .ok()
        .filter(|it| it.len() <= MAX_BYTES)
    else {
        return;
    };
    let packet = packet
        .trim_matches(|char: char| char.is_whitespace() || char == '\0' || char == '\u{feff}');
    let Ok(xmp) = roxmltree::Document::parse(packet) else {
        return;
    };
    for (name, space, tag) in [
        ("title", "http://purl.org/dc/elements/1.1/", "title"),
        ("author", "http://purl.org/dc/elements/1.1/", "creator"),
        (
            "description",
            "http://purl.org/dc/elements/1.1/",
            "description",
        ),
        ("keywords", "http://purl.org/dc/elements/1.1/", "subject"),
        ("language", "http://purl.org/dc/elements/1.1/", "language"),
        ("generator", "http://ns.adobe.com/pdf/1.3/", "Producer"),
        ("creator", "http://ns.adobe.com/xap/1.0/", "CreatorTool"),
        ("created", "http://ns.adobe.com/xap/1.0/", "CreateDate"),
        ("modified", "http://ns.adobe.com/xap/1.0/", "ModifyDate"),
    ] {
        if metadata.contains_key(name) {
            continue;
        }
        let values = values(&xmp, space, tag);
        let Some(first) = values.first() else {
            continue;
        };
        let value = match name {
            "keywords" => values.into(),
            "author" if values.len() > 1 => values.join(", ").into(),
            "created" | "modified" => date::rfc3339(first).unwrap_or_else(|| first.clone()).into(),
            _ => first.clone().into(),
        };
        metadata.insert(name.into(), value);
    }
}

/// The values of a property: its text, or those of its items; it may also be an attribute.
fn values(xmp: &roxmltree::Document<'_>, space: &str, tag: &str) -> Vec<String> {
    for node in xmp.descendants() {
        if let Some(value) = node.attribute((space, tag)).map(folded)
            && !value.is_empty()
        {
            return vec![value];
        }
        if node.has_tag_name((space, tag)) {
            let texts = node.descendants().filter(roxmltree::Node::is_text);
            let texts = texts.filter_map(|text| text.text()).map(folded);
            return texts.filter(|text| !text.is_empty()).collect();
        }
    }
    Vec::new()
}
