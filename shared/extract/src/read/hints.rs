//! What the sender says of a document: hints, never trusted.

use super::{FORMATS, Format};
use crate::Input;

/// Media types that senders use when they do not know, or do not say, what they send.
const UNSPECIFIC: [&str; 6] = [
    "",
    "*/*",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
    "binary/octet-stream",
    "multipart/form-data",
];

/// The declared media type and the file name, taken apart.
pub(super) struct Hints<'a> {
    /// The declared media type without its parameters, in lower case; none if it says nothing.
    media_type: Option<String>,
    charset: Option<&'a str>,
    /// The ending of the file's name, in lower case.
    extension: Option<String>,
}

impl<'a> Hints<'a> {
    pub(super) fn new(input: Input<'a>) -> Self {
        let (media_type, parameters) = match input.declared {
            Some(declared) => declared.split_once(';').unwrap_or((declared, "")),
            None => ("", ""),
        };
        let media_type = media_type.trim().to_ascii_lowercase();
        Self {
            media_type: (!UNSPECIFIC.contains(&media_type.as_str())).then_some(media_type),
            charset: parameters.split(';').find_map(charset),
            extension: input.name.and_then(extension),
        }
    }

    /// The declared charset.
    pub(super) fn charset(&self) -> Option<&'a str> {
        self.charset
    }

    /// Whether the media type or the file name says that the document is of this format.
    pub(super) fn claim(&self, format: &Format) -> bool {
        self.type_claims(format) || self.extension_claims(format)
    }

    fn type_claims(&self, format: &Format) -> bool {
        self.media_type.as_deref().is_some_and(|claimed| {
            format.media_types.iter().any(|known| {
                if known.starts_with('+') {
                    claimed.ends_with(known)
                } else {
                    claimed == *known
                }
            })
        })
    }

    fn extension_claims(&self, format: &Format) -> bool {
        self.extension
            .as_deref()
            .is_some_and(|extension| format.extensions.contains(&extension))
    }

    /// What the sender says if it cannot be squared with the format that the bytes have.
    ///
    /// `text/plain` fits every kind of text. An unknown ending of a name says nothing.
    pub(super) fn contradiction(&self, format: &Format) -> Option<String> {
        if self.claim(format) {
            return None;
        }
        match (&self.media_type, &self.extension) {
            (Some(media_type), _) if media_type == "text/plain" && format.is_text() => None,
            (Some(media_type), _) => Some(format!("is declared as {}", shortened(media_type))),
            (None, Some(extension)) => FORMATS
                .iter()
                .any(|other| !other.is_text_plain() && self.extension_claims(other))
                .then(|| format!("is named like a .{extension} file")),
            (None, None) => None,
        }
    }
}

/// `charset=…` among the parameters of a media type.
fn charset(parameter: &str) -> Option<&str> {
    let (name, value) = parameter.split_once('=')?;
    name.trim()
        .eq_ignore_ascii_case("charset")
        .then(|| value.trim().trim_matches(['"', '\'']))
}

fn extension(name: &str) -> Option<String> {
    let file = name.rsplit(['/', '\\']).next()?;
    let (stem, extension) = file.rsplit_once('.')?;
    (!stem.is_empty() && !extension.is_empty() && extension.len() <= 16)
        .then(|| extension.to_ascii_lowercase())
}

/// Keeps a hostile claim from filling a message.
fn shortened(claim: &str) -> String {
    claim
        .chars()
        .filter(|char| !char.is_control())
        .take(100)
        .collect()
}
