//! Reading, through the public API, of real files and of hostile ones.

mod article;
mod cards;
mod containers;
mod dialects;
mod formats;
mod hostile;
mod html;
mod markdown;
mod office;
mod pdf;
mod sheets;
mod structured;
mod types;
mod values;

use extract::{Document, Error, Input, LIMITS, Limits, NeverInterrupted, Problem, Span};
use serde_json::Value;

/// Documents of the folder `fixtures`, under their paths there.
macro_rules! fixtures {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_bytes!(concat!("../../fixtures/", $path)).as_slice())),*]
    };
}

const FIXTURES: &[(&str, &[u8])] = fixtures![
    "html/article.html",
    "xml/feed.xml",
    "pdf/invoice.pdf",
    "eml/mail.eml",
    "eml/newsletter.eml",
    "markdown/notes.md",
    "pdf/owner-password-rc4.pdf",
    "pdf/owner-password.pdf",
    "pdf/password.pdf",
    "csv/people.csv",
    "json/people.json",
    "pdf/scan.pdf",
    "html/shift-jis.html",
    "text/utf-16.txt",
    "html/windows-1252.html",
    "docx/notes.docx",
    "docx/report.docx",
    "epub/notes.epub",
    "odt/notes.odt",
    "odt/report.odt",
    "pptx/plans.pptx",
    "rtf/notes.rtf",
    "rtf/report.rtf",
];

#[track_caller]
fn fixture(wanted: &str) -> &'static [u8] {
    FIXTURES
        .iter()
        .find(|(path, _)| path.rsplit('/').next() == Some(wanted))
        .expect("a fixture of that name")
        .1
}

/// Reads a document of which nothing is said but its bytes.
fn read(bytes: impl AsRef<[u8]>) -> Result<Document, Error> {
    read_within(&LIMITS, None, None, bytes.as_ref())
}

fn read_named(name: &str, bytes: impl AsRef<[u8]>) -> Result<Document, Error> {
    read_within(&LIMITS, Some(name), None, bytes.as_ref())
}

fn read_declared(declared: &str, bytes: impl AsRef<[u8]>) -> Result<Document, Error> {
    read_within(&LIMITS, None, Some(declared), bytes.as_ref())
}

fn read_within(
    limits: &Limits,
    name: Option<&str>,
    declared: Option<&str>,
    bytes: &[u8],
) -> Result<Document, Error> {
    extract::read::read(
        Input {
            name,
            declared,
            bytes,
        },
        limits,
        &NeverInterrupted,
    )
}

/// What is wrong with a document.
#[track_caller]
fn problem(result: Result<Document, Error>) -> (Problem, String) {
    match result {
        Err(Error::Document { problem, detail }) => (problem, detail),
        Err(error) => panic!("no fault of the document: {error:?}"),
        Ok(document) => panic!("it was read as {}", document.media_type),
    }
}

/// The words at a place.
#[track_caller]
fn at<'d>(document: &'d Document, span: Option<&Span>) -> &'d str {
    &document.text.as_str()[span.expect("a place").clone()]
}

/// The cells of a table as plain text.
fn cells(document: &Document, table: usize) -> Vec<Vec<&str>> {
    let rows = document.tables[table].rows.iter();
    rows.map(|row| row.iter().map(|cell| cell.text.as_str()).collect())
        .collect()
}

fn metadata(document: &Document, name: &str) -> Value {
    document.metadata.get(name).cloned().unwrap_or_default()
}

/// Whether one of the warnings says all these words.
fn warns(document: &Document, words: &[&str]) -> bool {
    let mut warnings = document.warnings.iter();
    warnings.any(|warning| words.iter().all(|word| warning.contains(word)))
}
