//! Finding: the extractors. Each sees only a [`Document`].

mod article;
mod chunks;
mod docling;
mod entities;
mod fields;
mod html;
mod language;
mod markdown;
mod outline;
mod ranges;
mod runs;
mod structure;
mod tables;

use plan::Plan;

use self::markdown::Markdown;
use crate::extraction::sha256_hex;
use crate::output::{DocumentOutput, StructuredOutput};
use crate::{Document, Error, Input, Limits, Record, Watch};

/// Finds what is wanted in a document.
///
/// `index` is the document's number in its job; every record's `source` carries it.
pub fn find(
    index: usize,
    input: Input<'_>,
    document: Document,
    plan: &Plan,
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<(Vec<Record>, DocumentOutput), Error> {
    let fields = fields::find(index, &document, &plan.fields, limits, watch)?;
    let shown = (plan.markdown || plan.article).then(|| Markdown::of(&document, watch));
    let shown = shown.as_ref();
    let whole = 0..document.text.as_str().len();
    let markdown = shown.filter(|_| plan.markdown).map(|it| it.render(whole));
    let html = plan.html.then(|| html::html(&document, watch));
    let sha256 = sha256_hex(input.bytes);
    let docling = plan
        .docling
        .then(|| docling::docling(input, &sha256, &document, watch));
    let article = shown.filter(|_| plan.article);
    let article = article.map(|it| article::article(&document, it, limits, watch));
    let Document {
        media_type,
        charset,
        text,
        blocks,
        links,
        tables,
        metadata,
        structured,
        mut warnings,
        ..
    } = document;

    let mut records = fields.records;
    warnings.extend(fields.warnings);
    if let Some(options) = &plan.entities {
        let found = entities::find(index, &text, options, limits, watch)?;
        records.extend(found.records);
        warnings.extend(found.warning);
    }
    let chunks = plan.chunks.as_ref();
    let chunks = chunks.map(|options| chunks::chunks(&text, &blocks, options, watch));
    let language = plan
        .metadata
        .then(|| language::language(&metadata, text.as_str()));
    let links = plan.links.then(|| structure::links(&text, links, watch));
    if plan.tables.as_ref().is_some_and(|options| options.records) {
        let warning = tables::records(index, &text, &tables, limits, watch, &mut records)?;
        warnings.extend(warning);
    }
    let wants_tables = plan.tables.is_some();
    let tables = wants_tables.then(|| tables::tables(&text, tables, watch));
    let structured = plan.structured.then(|| {
        let items = structured.into_iter();
        let items = items.map(|item| StructuredOutput {
            syntax: item.syntax,
            value: item.value,
        });
        items.collect()
    });

    let output = DocumentOutput {
        name: input.name.map(Into::into),
        media_type,
        charset,
        bytes: input.bytes.len(),
        sha256,
        pages: text.pages(),
        language: language.flatten(),
        links: links.transpose()?,
        tables: tables.transpose()?,
        structured,
        chunks: chunks.transpose()?,
        metadata: plan.metadata.then_some(metadata),
        markdown: markdown.transpose()?,
        html: html.transpose()?,
        docling: docling.transpose()?.map(Box::new),
        article: article.transpose()?,
        text: plan.text.then(|| text.into_string()),
        warnings,
        ..DocumentOutput::default()
    };
    Ok((records, output))
}

/// Says that there are more records than are given.
fn too_many(limits: &Limits) -> String {
    let max = limits.max_records;
    format!("Only the first {max} records are given (max_records): the text holds more.")
}
