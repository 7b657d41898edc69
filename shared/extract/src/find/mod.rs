//! Finding: the extractors. Each sees only a [`Document`].

mod entities;
mod structure;

use crate::extraction::{DocumentOutput, sha256_hex};
use crate::{Document, Error, Extraction, Extractor, Input, Limits, Watch};

/// Runs the wanted extractors over a document.
///
/// `index` is the document's number in its job; every record's `source` carries it.
pub fn find(
    index: usize,
    input: Input<'_>,
    document: Document,
    wanted: &[Extractor],
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<Extraction, Error> {
    let Document {
        media_type,
        charset,
        text,
        links,
        tables,
        metadata,
        mut warnings,
    } = document;
    let wants = |extractor| wanted.contains(&extractor);

    let mut records = Vec::new();
    if wants(Extractor::Entities) {
        let found = entities::find(index, &text, limits, watch)?;
        records = found.records;
        warnings.extend(found.warning);
    }
    let links = wants(Extractor::Links).then(|| structure::links(&text, links, watch));
    let tables = wants(Extractor::Tables).then(|| structure::tables(&text, tables, watch));

    Ok(Extraction {
        records,
        document: DocumentOutput {
            name: input.name.map(Into::into),
            media_type,
            charset,
            bytes: input.bytes.len(),
            sha256: sha256_hex(input.bytes),
            pages: text.pages(),
            links: links.transpose()?,
            tables: tables.transpose()?,
            metadata: wants(Extractor::Metadata).then_some(metadata),
            text: wants(Extractor::Text).then(|| text.into_string()),
            warnings,
        },
    })
}
