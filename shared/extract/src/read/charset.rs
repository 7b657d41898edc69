//! From bytes to text: which charset it is, and what could not be decoded.
//!
//! In this order: a byte order mark; UTF-16 by its pattern; the bytes' being valid UTF-8; the
//! charset that the sender, the XML declaration or an HTML `meta` names; a guess. Valid UTF-8
//! weighs more than what anybody says, for other charsets hardly ever look like it by chance, while
//! documents often outlive the label they once had.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// A text and how it was decoded.
pub(super) struct Decoded {
    pub(super) text: String,
    /// The charset's WHATWG name.
    pub(super) charset: &'static str,
    pub(super) warnings: Vec<String>,
}

/// Decodes bytes; `declared` is the charset that the sender names.
pub(super) fn decode(bytes: &[u8], declared: Option<&str>) -> Decoded {
    if let Some((wide, mark)) = utf32_mark(bytes) {
        return decode_utf32(&bytes[mark..], wide);
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_as(encoding, &bytes[mark..], None);
    }
    if let Some(encoding) = utf16_by_pattern(bytes) {
        return decode_as(encoding, bytes, None);
    }
    let label = declared.or_else(|| label_within(bytes));
    let named = label.and_then(|label| Encoding::for_label_no_replacement(label.as_bytes()));
    let unknown = label.filter(|_| named.is_none()).map(|label| {
        let label: String = label
            .chars()
            .filter(|char| !char.is_control())
            .take(40)
            .collect();
        format!(
            "The charset {label:?} that the document is labelled with is unknown: it was guessed."
        )
    });
    let mut decoded = match (utf8(bytes), named) {
        (Utf8::Ascii, Some(encoding)) if encoding.is_ascii_compatible() => {
            decode_as(encoding, bytes, None)
        }
        (Utf8::Ascii, _) if !bytes.contains(&0x1b) => decode_as(UTF_8, bytes, None),
        (Utf8::Valid, None) => decode_as(UTF_8, bytes, None),
        (Utf8::Valid, Some(encoding)) => decode_as(UTF_8, bytes, contradiction(encoding, UTF_8)),
        (Utf8::Almost, named) if named.is_none_or(|encoding| encoding == UTF_8) => {
            decode_as(UTF_8, bytes, None)
        }
        (_, Some(encoding)) if encoding != UTF_8 => decode_as(encoding, bytes, None),
        (_, named) => {
            let guessed = guess(bytes);
            decode_as(
                guessed,
                bytes,
                named.and_then(|encoding| contradiction(encoding, guessed)),
            )
        }
    };
    decoded.warnings.splice(0..0, unknown);
    decoded
}

/// Whether the bytes are text in a charset that is full of zero bytes.
pub(super) fn is_wide(bytes: &[u8]) -> bool {
    utf32_mark(bytes).is_some()
        || Encoding::for_bom(bytes).is_some_and(|(encoding, _)| encoding != UTF_8)
        || utf16_by_pattern(bytes).is_some()
}

fn contradiction(named: &'static Encoding, read_as: &'static Encoding) -> Option<String> {
    (named != read_as).then(|| {
        let (named, read_as) = (named.name(), read_as.name());
        format!(
            "The document is labelled as {named}, but its bytes are {read_as}: it was read as \
             {read_as}."
        )
    })
}

fn decode_as(encoding: &'static Encoding, bytes: &[u8], warning: Option<String>) -> Decoded {
    let (text, lossy) = encoding.decode_without_bom_handling(bytes);
    let replaced = match (lossy, encoding == UTF_8) {
        (false, _) => 0,
        // What the sender wrote with that very character is no replacement.
        (true, true) => bytes
            .utf8_chunks()
            .filter(|chunk| !chunk.invalid().is_empty())
            .count(),
        (true, false) => text.matches(char::REPLACEMENT_CHARACTER).count(),
    };
    Decoded {
        text: text.into_owned(),
        charset: encoding.name(),
        warnings: warning
            .into_iter()
            .chain(replacements(replaced, encoding.name()))
            .collect(),
    }
}

fn replacements(count: usize, charset: &str) -> Option<String> {
    let places = if count == 1 {
        "1 place".to_owned()
    } else {
        format!("{count} places")
    };
    (count > 0).then(|| {
        format!("In {places} the bytes are not valid {charset}: U+FFFD stands there instead.")
    })
}

/// The order of the bytes in a word.
#[derive(Clone, Copy)]
enum Order {
    Little,
    Big,
}

fn utf32_mark(bytes: &[u8]) -> Option<(Order, usize)> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => Some((Order::Little, 4)),
        [0, 0, 0xfe, 0xff, ..] => Some((Order::Big, 4)),
        _ => None,
    }
}

/// UTF-32, which no standard of the web knows.
fn decode_utf32(bytes: &[u8], order: Order) -> Decoded {
    let mut replaced = 0;
    let (words, rest) = bytes.as_chunks::<4>();
    let mut text: String = words
        .iter()
        .map(|word| match order {
            Order::Little => u32::from_le_bytes(*word),
            Order::Big => u32::from_be_bytes(*word),
        })
        .map(|scalar| {
            char::from_u32(scalar).unwrap_or_else(|| {
                replaced += 1;
                char::REPLACEMENT_CHARACTER
            })
        })
        .collect();
    if !rest.is_empty() {
        replaced += 1;
        text.push(char::REPLACEMENT_CHARACTER);
    }
    let charset = match order {
        Order::Little => "UTF-32LE",
        Order::Big => "UTF-32BE",
    };
    Decoded {
        text,
        charset,
        warnings: replacements(replaced, charset).into_iter().collect(),
    }
}

/// UTF-16 without a mark: in most scripts every second byte of spaces, digits and line ends is
/// zero, and no other is.
fn utf16_by_pattern(bytes: &[u8]) -> Option<&'static Encoding> {
    let (pairs, _) = bytes[..bytes.len().min(4096)].as_chunks::<2>();
    let high_zero = pairs.iter().filter(|pair| pair[0] == 0).count();
    let low_zero = pairs.iter().filter(|pair| pair[1] == 0).count();
    let share = pairs.len() / 4;
    match (high_zero, low_zero) {
        (0, low) if low > share => Some(UTF_16LE),
        (high, 0) if high > share => Some(UTF_16BE),
        _ => None,
    }
}

/// How far bytes are UTF-8.
enum Utf8 {
    Ascii,
    Valid,
    /// But for a few damaged places among many sound ones.
    Almost,
    No,
}

fn utf8(bytes: &[u8]) -> Utf8 {
    if bytes.is_ascii() {
        return Utf8::Ascii;
    }
    let (mut sound, mut damaged) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        sound += chunk
            .valid()
            .chars()
            .filter(|char| !char.is_ascii())
            .count();
        damaged += usize::from(!chunk.invalid().is_empty());
    }
    match (sound, damaged) {
        (_, 0) => Utf8::Valid,
        (sound, damaged) if damaged * 10 <= sound => Utf8::Almost,
        _ => Utf8::No,
    }
}

/// Bytes that a guess rests on.
const GUESS_BYTES: usize = 1 << 20;

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let sample = &bytes[..bytes.len().min(GUESS_BYTES)];
    detector.feed(sample, sample.len() == bytes.len());
    detector.guess(None, Utf8Detection::Allow)
}

/// Bytes within which a document must name its charset; the HTML standard's own number.
const LABEL_BYTES: usize = 1024;

/// The charset named in an XML declaration or an HTML `meta`, if the bytes are markup.
fn label_within(bytes: &[u8]) -> Option<&str> {
    let head = &bytes[..bytes.len().min(LABEL_BYTES)];
    if head.trim_ascii_start().first() != Some(&b'<') {
        return None;
    }
    let end = head
        .iter()
        .position(|byte| !byte.is_ascii())
        .unwrap_or(head.len());
    let head = str::from_utf8(&head[..end]).ok()?;
    let lower = head.to_ascii_lowercase();
    let label = |at: usize| {
        let value = head[at..]
            .trim_start()
            .strip_prefix('=')?
            .trim_start()
            .trim_start_matches(['"', '\'']);
        let end = value
            .find(['"', '\'', ' ', ';', '>', '/', '?'])
            .unwrap_or(value.len());
        (end > 0).then(|| &value[..end])
    };
    if lower.trim_start().starts_with("<?xml") {
        let declaration = &lower[..lower.find("?>")?];
        return label(declaration.find("encoding")? + "encoding".len());
    }
    let metas = lower.match_indices("<meta").map(|(at, _)| at);
    metas.into_iter().find_map(|at| {
        let tag = &lower[at..at + lower[at..].find('>')?];
        label(at + tag.find("charset")? + "charset".len())
    })
}
