//! PDF: the text page by page, links, and what the file says of itself.

use std::collections::{BTreeMap, HashMap};

use pdf_oxide::document::PdfDocument;
use pdf_oxide::object::Object;
use pdf_oxide::optional_content::decode_pdf_text_string;
use serde_json::Value;

use super::flow::folded;
use super::gather::Gathered;
use super::html::keywords;
use super::{Context, Fit, Format, Reader, check_text, date, passed};
use crate::{Document, Error, Limits, Link, Problem, Text};

pub(super) static FORMAT: Format = Format {
    name: "PDF",
    media_types: &["application/pdf", "application/x-pdf"],
    extensions: &["pdf"],
    reader: Reader::Bytes { fit, read },
};

/// Bytes within which the header has to begin; readers have always allowed for a little before it.
const HEADER_BYTES: usize = 1024;

fn fit(bytes: &[u8]) -> Fit {
    const HEADER: &[u8] = b"%PDF-";
    if bytes.trim_ascii_start().starts_with(HEADER) {
        return Fit::Certain;
    }
    let head = &bytes[..bytes.len().min(HEADER_BYTES)];
    if head.windows(HEADER.len()).any(|window| window == HEADER) {
        Fit::Permitted
    } else {
        Fit::No
    }
}

fn read(bytes: &[u8], context: &Context<'_>) -> Result<Document, Error> {
    let limits = context.limits;
    let pdf = PdfDocument::from_bytes(bytes.to_vec()).map_err(|error| failed(&error, bytes))?;
    context.watch.check()?;
    if pdf.is_encrypted() && !pdf.is_authenticated() {
        return Err(encrypted());
    }
    let pages = pdf.page_count().map_err(|error| failed(&error, bytes))?;
    if pages > limits.max_pages {
        return Err(passed(
            "max_pages",
            limits.max_pages,
            format!("The PDF has {pages} pages"),
        ));
    }
    if pages == 0 {
        return Err(Error::document(
            Problem::Malformed,
            format!("The PDF has no pages{}.", cut_off(bytes)),
        ));
    }

    let mut document = Document::default();
    let mut gathered = Gathered::new(limits);
    let (mut text, mut page_starts) = (String::new(), Vec::with_capacity(pages));
    let (mut blank, mut unreadable) = (Vec::new(), Vec::new());
    for page in 0..pages {
        context.watch.check()?;
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        page_starts.push(text.len());
        match pdf.extract_text(page) {
            Ok(words) if words.trim().is_empty() => blank.push(page + 1),
            Ok(words) => text.push_str(words.trim_end()),
            Err(pdf_oxide::Error::EncryptedPdf) => return Err(encrypted()),
            Err(_) => unreadable.push(page + 1),
        }
        check_text(text.len(), limits)?;
        for href in link_targets(&pdf, page, limits).unwrap_or_default() {
            gathered.link(Link {
                href,
                text: String::new(),
                span: None,
            });
        }
    }
    let nothing = unreadable.len() + blank.len() == pages;
    if unreadable.len() == pages || (nothing && is_cut_off(bytes)) {
        return Err(Error::document(
            Problem::Malformed,
            format!(
                "No text can be read from any page of the PDF{}.",
                cut_off(bytes)
            ),
        ));
    }

    document.metadata = metadata(&pdf);
    document.warnings = warnings(bytes, pages, &blank, &unreadable);
    gathered.finish(&mut document);
    document.text = Text::with_pages(text, page_starts);
    Ok(document)
}

fn encrypted() -> Error {
    Error::document(
        Problem::Encrypted,
        "The PDF is encrypted: it can only be read with its password. Send it without one.",
    )
}

fn failed(error: &pdf_oxide::Error, bytes: &[u8]) -> Error {
    match error {
        pdf_oxide::Error::EncryptedPdf => encrypted(),
        error => {
            let said: String = error
                .to_string()
                .chars()
                .filter(|char| !char.is_control())
                .take(200)
                .collect();
            Error::document(
                Problem::Malformed,
                format!("The PDF is damaged: {said}{}.", cut_off(bytes)),
            )
        }
    }
}

/// Says so if the file does not end as a PDF has to.
fn cut_off(bytes: &[u8]) -> &'static str {
    if is_cut_off(bytes) {
        "; it does not end with %%EOF, so it was probably cut off"
    } else {
        ""
    }
}

fn is_cut_off(bytes: &[u8]) -> bool {
    const END: &[u8] = b"%%EOF";
    let tail = &bytes[bytes.len().saturating_sub(HEADER_BYTES)..];
    !tail.windows(END.len()).any(|window| window == END)
}

fn warnings(bytes: &[u8], pages: usize, blank: &[usize], unreadable: &[usize]) -> Vec<String> {
    let mut warnings = Vec::new();
    if is_cut_off(bytes) {
        let cut_off = "it was probably cut off, and something may be missing";
        warnings.push(format!("The PDF does not end with %%EOF: {cut_off}."));
    }
    if !unreadable.is_empty() {
        warnings.push(format!(
            "Pages that could not be read: {}.",
            ranges(unreadable)
        ));
    }
    if blank.len() == pages {
        warnings.push(format!(
            "The PDF has no text on any of its pages ({}): they may be images. Text in images is \
             not read.",
            ranges(blank)
        ));
    } else if !blank.is_empty() {
        warnings.push(format!(
            "Pages without text, which may be images: {}.",
            ranges(blank)
        ));
    }
    warnings
}

/// Page numbers, which rise, as `1-3, 7`.
fn ranges(pages: &[usize]) -> String {
    let runs = pages.chunk_by(|one, next| one + 1 == *next);
    let runs = runs.map(|run| {
        if run.len() == 1 {
            run[0].to_string()
        } else {
            format!("{}-{}", run[0], run[run.len() - 1])
        }
    });
    runs.collect::<Vec<_>>().join(", ")
}

/// The web links on a page. Where their words stand is not known, only where they are drawn.
///
/// The library lists annotations too, but walks through all pages to find each page's.
fn link_targets(pdf: &PdfDocument, page: usize, limits: &Limits) -> Option<Vec<String>> {
    let page = pdf.get_page(page).ok()?;
    let annotations = resolved(pdf, page.as_dict()?.get("Annots")?)?;
    // A hostile file may share one endless list between all its pages.
    let annotations = annotations.as_array()?.iter().take(limits.max_links + 1);
    Some(
        annotations
            .filter_map(|annotation| link_target(pdf, annotation))
            .collect(),
    )
}

fn link_target(pdf: &PdfDocument, annotation: &Object) -> Option<String> {
    let annotation = resolved(pdf, annotation)?;
    let annotation = annotation.as_dict()?;
    let is_link = annotation.get("Subtype").and_then(Object::as_name) == Some("Link");
    let action = resolved(pdf, annotation.get("A").filter(|_| is_link)?)?;
    text(pdf, action.as_dict()?, "URI")
}

/// The information dictionary.
fn metadata(pdf: &PdfDocument) -> BTreeMap<String, Value> {
    let mut metadata = BTreeMap::new();
    let (major, minor) = pdf.version();
    metadata.insert("pdf_version".into(), format!("{major}.{minor}").into());

    let information = pdf
        .trailer()
        .as_dict()
        .and_then(|trailer| resolved(pdf, trailer.get("Info")?));
    let Some(information) = information else {
        return metadata;
    };
    let Some(information) = information.as_dict() else {
        return metadata;
    };
    for (name, key) in [
        ("title", "Title"),
        ("author", "Author"),
        ("subject", "Subject"),
        ("keywords", "Keywords"),
        ("generator", "Producer"),
        ("creator", "Creator"),
        ("created", "CreationDate"),
        ("modified", "ModDate"),
    ] {
        if let Some(value) = text(pdf, information, key) {
            let value = match name {
                "keywords" => keywords(&value),
                "created" | "modified" => date::rfc3339(&value).unwrap_or(value).into(),
                _ => value.into(),
            };
            metadata.insert(name.into(), value);
        }
    }
    metadata
}

fn text(pdf: &PdfDocument, dictionary: &HashMap<String, Object>, key: &str) -> Option<String> {
    let value = resolved(pdf, dictionary.get(key)?)?;
    let text = folded(&decode_pdf_text_string(value.as_string()?));
    (!text.is_empty()).then_some(text)
}

fn resolved(pdf: &PdfDocument, object: &Object) -> Option<Object> {
    match object.as_reference() {
        Some(reference) => pdf.load_object(reference).ok(),
        None => Some(object.clone()),
    }
}
