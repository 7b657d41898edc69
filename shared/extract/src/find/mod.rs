//! Finding: the extractors. Each sees only a [`Document`](crate::Document).
use crate::extraction::{DocumentOutput, sha256_hex};
use crate::{Document, Error, Extraction, Extractor, Input, Limits, Watch};

/// Runs the wanted extractors over a document.
pub fn find(
    _index: usize,
    input: Input<'_>,
    document: Document,
    _wanted: &[Extractor],
    _limits: &Limits,
    _watch: &dyn Watch,
) -> Result<Extraction, Error> {
    Ok(Extraction {
        records: Vec::new(),
        document: DocumentOutput {
            name: input.name.map(Into::into),
            pages: document.text.pages(),
            media_type: document.media_type,
            charset: document.charset,
            bytes: input.bytes.len(),
            sha256: sha256_hex(input.bytes),
            text: None,
            metadata: None,
            links: None,
            tables: None,
            warnings: document.warnings,
        },
    })
}
