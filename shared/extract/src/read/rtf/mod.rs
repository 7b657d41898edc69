//! RTF: the text that its groups come to, then notes, comments, headers and footers.

mod charsets;
mod information;
mod reader;
mod tokens;
mod writer;

use self::reader::RtfReader;
use self::tokens::Tokens;
use super::{Context, Fit, Format, Reader};
use crate::{Document, Error};

pub(super) static FORMAT: Format = Format {
    name: "RTF",
    media_types: &["application/rtf", "text/rtf", "application/x-rtf"],
    extensions: &["rtf"],
    reader: Reader::Bytes { fit, read },
};

fn fit(bytes: &[u8]) -> Fit {
    if bytes.trim_ascii_start().starts_with(br"{\rtf") {
        Fit::Certain
    } else {
        Fit::No
    }
}

/// Tokens between two looks at the watch.
const TOKENS_PER_CHECK: usize = 4096;

fn read(bytes: &[u8], context: &Context<'_>) -> Result<Document, Error> {
    let mut reader = RtfReader::new(context);
    for (step, token) in Tokens::new(bytes.trim_ascii_start()).enumerate() {
        if step.is_multiple_of(TOKENS_PER_CHECK) {
            context.watch.check()?;
        }
        if !reader.read(token)? {
            break;
        }
    }
    context.watch.check()?;
    reader.finish()
}
