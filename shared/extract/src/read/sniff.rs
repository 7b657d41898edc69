//! What a document's bytes are. The truth is in the bytes: what the sender says only settles ties.

use file_format::{FileFormat, Kind};

use super::hints::Hints;
use super::package::{Kind as PackageKind, Package};
use super::{Context, FORMATS, Fit, Format, Reader, charset, supported};
use crate::{Document, Error, Problem};

type BytesReader = fn(&[u8], &Context<'_>) -> Result<Document, Error>;
type PackageReader = fn(Package<'_>, &Context<'_>) -> Result<Document, Error>;
type TextReader = fn(String, &Context<'_>) -> Result<Document, Error>;

/// The format that reads these bytes as they are, if one does.
pub(super) fn binary(bytes: &[u8], hints: &Hints<'_>) -> Option<(&'static Format, BytesReader)> {
    let readers = FORMATS
        .iter()
        .copied()
        .filter_map(|format| match format.reader {
            Reader::Bytes { fit, read } => Some((format, fit(bytes), read)),
            Reader::Package { .. } | Reader::Text { .. } => None,
        });
    readers
        .filter(|&(format, fit, _)| {
            fit == Fit::Certain || fit >= Fit::Permitted && hints.claim(format)
        })
        .max_by_key(|&(_, fit, _)| fit)
        .map(|(format, _, read)| (format, read))
}

/// The format of a zip package.
pub(super) fn package(wanted: PackageKind) -> Result<(&'static Format, PackageReader), Error> {
    let mut formats = FORMATS.iter().copied();
    let found = formats.find_map(|format| match format.reader {
        Reader::Package { kind, read } if kind == wanted => Some((format, read)),
        _ => None,
    });
    found.ok_or_else(|| unsupported(wanted.media_type()))
}

/// The format of a text: the one that it certainly is, else the one that the sender names if the
/// text permits it, else the one that it looks like, else plain text.
pub(super) fn text(text: &str, hints: &Hints<'_>) -> (&'static Format, TextReader) {
    let (mut best, mut best_rank) = (None, None);
    for &format in FORMATS {
        let Reader::Text { fit, read } = format.reader else {
            continue;
        };
        let rank = match fit(text) {
            Fit::No => continue,
            Fit::Certain => return (format, read),
            Fit::Permitted | Fit::Likely if hints.claim(format) => {
                // Plain text is what senders say of any text; a file's name may say more.
                if format.is_text_plain() {
                    Rank::ClaimedPlain
                } else {
                    Rank::Claimed
                }
            }
            Fit::Likely => Rank::Likely,
            Fit::Permitted => continue,
        };
        if best_rank < Some(rank) {
            (best, best_rank) = (Some((format, read)), Some(rank));
        }
    }
    best.expect("every text fits plain text")
}

/// How much speaks for a format.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Likely,
    ClaimedPlain,
    Claimed,
}

impl Format {
    pub(super) fn is_text_plain(&self) -> bool {
        self.media_types[0] == "text/plain"
    }

    /// Whether a result in this format is the sender's text as it was sent.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.reader, Reader::Text { .. })
    }
}

/// Bytes looked at to tell text from other data.
const SAMPLE_BYTES: usize = 64 << 10;

/// Refuses what is not text, by the name under which it is known.
pub(super) fn refuse_unknown_binary(bytes: &[u8]) -> Result<(), Error> {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let is_other_language = sample.starts_with(b"%!PS");
    if !is_other_language && (charset::is_wide(sample) || !has_controls(sample)) {
        return Ok(());
    }
    let known = known_binary(bytes);
    if known.is_none() && mostly_text(sample) {
        return Ok(());
    }
    let recognised = known.as_deref().unwrap_or("binary data of an unknown kind");
    Err(unsupported(recognised))
}

/// Says of a document what it is, and that it is not supported.
pub(super) fn unsupported(recognised: &str) -> Error {
    let supported = supported();
    Error::document(
        Problem::UnsupportedFormat,
        format!(
            "The document was recognised as {recognised}, which is not supported. \
             Supported are: {supported}."
        ),
    )
}

/// The media type of data that are not text, if they are of a known kind.
fn known_binary(bytes: &[u8]) -> Option<String> {
    // The whole, not the sample: what tells one zip-based format from another may stand at its end.
    let format = FileFormat::from_bytes(bytes);
    let is_text_after_all = matches!(
        format.kind(),
        Kind::Metadata | Kind::Playlist | Kind::Geospatial | Kind::Subtitle
    );
    match format.media_type() {
        "application/octet-stream" => None,
        media_type if media_type.starts_with("text/") || is_text_after_all => None,
        media_type => Some(media_type.into()),
    }
}

/// Whether there are control characters that do not belong into a text.
fn has_controls(sample: &[u8]) -> bool {
    sample.iter().copied().any(is_control)
}

/// Text may hold a few stray control characters; other data hold many.
fn mostly_text(sample: &[u8]) -> bool {
    let controls = sample.iter().filter(|&&byte| is_control(byte)).count();
    controls * 32 < sample.len()
}

/// Escape is not among them: ISO-2022-JP is written with it.
fn is_control(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | 0x0b | 0x0c | b'\r' | 0x1b) || byte == 0x7f
}
