//! Plain text: the text is what was sent.

use super::{Context, Fit, Format, Reader, check_text};
use crate::{Document, Error, Text};

pub(super) static FORMAT: Format = Format {
    name: "plain text",
    media_types: &["text/plain"],
    extensions: &["txt", "text", "log"],
    reader: Reader::Text {
        fit: |_| Fit::Likely,
        read,
    },
};

fn read(text: String, context: &Context<'_>) -> Result<Document, Error> {
    check_text(text.len(), context.limits)?;
    Ok(Document {
        text: Text::new(text),
        ..Document::default()
    })
}
