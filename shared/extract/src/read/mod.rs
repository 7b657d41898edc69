//! Reading: bytes of any supported format -> one [`Document`](crate::Document).
use crate::{Document, Error, Input, Limits, Watch};

/// Reads a document.
pub fn read(_input: Input<'_>, _limits: &Limits, _watch: &dyn Watch) -> Result<Document, Error> {
    Ok(Document::default())
}
