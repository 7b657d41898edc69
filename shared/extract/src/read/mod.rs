//! Reading: bytes of any supported format -> one [`Document`].
//!
//! A format is one file here that says how its bytes are recognised and read, and one line in
//! `FORMATS`. What a sender says of a document only ever chooses between the formats that its
//! bytes permit.

mod archive;
mod cards;
mod charset;
mod csv;
mod date;
mod docx;
mod draft;
mod eml;
mod encrypted;
mod epub;
mod events;
mod flow;
mod gather;
mod grid;
mod headers;
mod hints;
mod html;
mod json;
mod markdown;
mod mbox;
mod ndjson;
mod odf;
mod odt;
mod opc;
mod package;
mod pdf;
mod plain;
mod pptx;
mod records;
mod rtf;
mod sheets;
mod sniff;
mod toml;
mod values;
mod xml;
mod yaml;

use std::cell::RefCell;
use std::thread;

use plan::{Fields, Plan};

pub(crate) use self::flow::{folded, folded_as_xml};
use self::hints::Hints;
use self::package::Package;
use crate::{Document, Error, Input, Limits, Problem, Watch};

pub(crate) use self::flow::trimmed;
pub(crate) use self::markdown::events as markdown_events;

/// All formats, the surest to recognise first.
static FORMATS: &[&Format] = &[
    &pdf::FORMAT,
    &docx::FORMAT,
    &pptx::FORMAT,
    &odt::FORMAT,
    &epub::FORMAT,
    &rtf::FORMAT,
    &sheets::xlsx::FORMAT,
    &sheets::ods::FORMAT,
    &sheets::xls::FORMAT,
    &archive::zip::FORMAT,
    &archive::gzip::FORMAT,
    &archive::tar::FORMAT,
    &mbox::FORMAT,
    &eml::FORMAT,
    &cards::vcf::FORMAT,
    &cards::ics::FORMAT,
    &html::FORMAT,
    &xml::FORMAT,
    &json::FORMAT,
    &ndjson::FORMAT,
    &toml::FORMAT,
    &yaml::FORMAT,
    &csv::FORMAT,
    &markdown::FORMAT,
    &plain::FORMAT,
];

/// What the engine knows of a format.
struct Format {
    /// What people call it.
    name: &'static str,
    /// The media types it goes by, or their suffixes (`+json`); results use the first.
    media_types: &'static [&'static str],
    /// The endings of its files' names, in lower case.
    extensions: &'static [&'static str],
    reader: Reader,
}

/// How a format is recognised and read.
enum Reader {
    /// From the bytes as they are.
    Bytes {
        fit: fn(&[u8]) -> Fit,
        read: fn(&[u8], &Context<'_>) -> Result<Document, Error>,
    },
    /// From a zip package of that kind.
    Package {
        kind: package::Kind,
        read: fn(Package<'_>, &Context<'_>) -> Result<Document, Error>,
    },
    /// From the decoded text.
    Text {
        fit: fn(&str) -> Fit,
        read: fn(String, &Context<'_>) -> Result<Document, Error>,
    },
}

/// How well some bytes fit a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// They cannot be that.
    No,
    /// They can be read as that if the sender says so.
    Permitted,
    /// They look like that; what the sender says weighs more.
    Likely,
    /// They are that, whatever the sender says.
    Certain,
}

/// What every reader is given besides the document.
struct Context<'a> {
    /// The name of the file, if the sender gave one.
    name: Option<&'a str>,
    limits: &'a Limits,
    watch: &'a dyn Watch,
    needs: Needs,
    members: RefCell<&'a mut Each<'a>>,
}

impl Context<'_> {
    /// Hands over a document that was found within the one being read; it is extracted at once. An error is the outer
    /// document's: a fault of the member's own is none.
    fn member(&self, member: Member<'_>) -> Result<(), Error> {
        self.watch.check()?;
        (self.members.borrow_mut())(member)
    }
}

/// What is called with each document within the one being read.
type Each<'a> = dyn FnMut(Member<'_>) -> Result<(), Error> + 'a;

/// A document within another one.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// Its path in the archive, or the name of the attachment.
    pub path: &'a str,
    /// The media type that the outer document claims, if it does.
    pub declared: Option<&'a str>,
    /// Its bytes, unpacked.
    pub bytes: &'a [u8],
}

/// What reading has to keep beyond the text, since something that is wanted rests on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is needed or not")]
pub struct Needs {
    /// [`Document::structured`].
    pub structured: bool,
    /// [`Document::article`].
    pub article: bool,
    /// [`Document::tree`].
    pub tree: bool,
    /// [`Document::data`].
    pub data: bool,
}

impl Needs {
    /// What a plan rests on.
    pub fn of(plan: &Plan) -> Self {
        Self {
            structured: plan.structured || plan.fields.iter().any(Fields::needs_structured),
            article: plan.article,
            tree: plan.fields.iter().any(Fields::needs_elements),
            data: plan.fields.iter().any(Fields::needs_json),
        }
    }
}

/// Reads a document, for all that can be needed of it. Documents within it are left aside.
pub fn read(input: Input<'_>, limits: &Limits, watch: &dyn Watch) -> Result<Document, Error> {
    let needs = Needs {
        structured: true,
        article: true,
        tree: true,
        data: true,
    };
    on_its_own_stack(|| read_any(input, needs, limits, watch, &mut |_| Ok(())))
        .unwrap_or_else(|detail| Err(Error::document(Problem::ReaderFailed, detail)))
}

/// What is said of a document on which a reader panics.
pub(crate) const FAILED: &str = "The reader failed on this document; the fault is ours.";

/// Bytes of stack for reading. Parsers of hostile input may recurse deeply; only what is used takes
/// memory.
const STACK_BYTES: usize = 64 << 20;

/// Runs something where neither a panic nor deep recursion hurts anybody else; else says what went wrong.
pub(crate) fn on_its_own_stack<T: Send>(run: impl FnOnce() -> T + Send) -> Result<T, &'static str> {
    thread::scope(|scope| {
        thread::Builder::new()
            .name("reader".into())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, run)
            .map_err(|_| "There was no room to start the reader.")?
            .join()
            .map_err(|_| FAILED)
    })
}

/// Reads a document on this thread's stack. `members` is called with each document within it.
pub(crate) fn read_any(
    input: Input<'_>,
    needs: Needs,
    limits: &Limits,
    watch: &dyn Watch,
    members: &mut dyn FnMut(Member<'_>) -> Result<(), Error>,
) -> Result<Document, Error> {
    let bytes = input.bytes.len();
    if bytes == 0 {
        return Err(Error::document(
            Problem::Empty,
            "The document has no bytes.",
        ));
    }
    if bytes > limits.max_document_bytes {
        return Err(passed(
            "max_document_bytes",
            limits.max_document_bytes,
            format!("The document has {bytes} bytes"),
        ));
    }
    let context = &Context {
        name: input.name,
        limits,
        watch,
        needs,
        members: RefCell::new(members),
    };
    let mut document = read_as_what_it_is(input, context)?;
    headers::find(&mut document, context)?;
    check_text(document.text.as_str().len(), limits)?;
    Ok(document)
}

fn read_as_what_it_is(input: Input<'_>, context: &Context<'_>) -> Result<Document, Error> {
    let hints = Hints::new(input);
    if package::is_package(input.bytes) {
        let mut package = match Package::open(input.bytes, context) {
            Ok(package) => package,
            Err(error) => return archive::zip::salvage(input.bytes, context)?.ok_or(error),
        };
        let (format, read) = sniff::package(package.kind()?)?;
        let mut document = read(package, context)?;
        label(&mut document, format, &hints);
        return Ok(document);
    }
    if encrypted::is_office_document(input.bytes) {
        return Err(Error::document(
            Problem::Encrypted,
            "The document is an encrypted Office document: a password is needed to open it.",
        ));
    }
    if let Some((format, read)) = sniff::binary(input.bytes, &hints) {
        let mut document = read(input.bytes, context)?;
        label(&mut document, format, &hints);
        return Ok(document);
    }
    sniff::refuse_unknown_binary(input.bytes)?;

    let decoded = charset::decode(input.bytes, hints.charset());
    context.watch.check()?;
    let (format, read) = sniff::text(&decoded.text, &hints);
    context.watch.check()?;
    let mut document = read(decoded.text, context)?;
    document.charset = Some(decoded.charset.to_owned());
    document.warnings.splice(0..0, decoded.warnings);
    label(&mut document, format, &hints);
    Ok(document)
}

/// Says what the document was read as, and warns where the sender said otherwise.
fn label(document: &mut Document, format: &'static Format, hints: &Hints<'_>) {
    if document.media_type.is_empty() {
        format.media_types[0].clone_into(&mut document.media_type);
    }
    if let Some(claim) = hints.contradiction(format) {
        let truth = &document.media_type;
        document.warnings.insert(
            0,
            format!("The document {claim}, but its bytes are {truth}: it was read as {truth}."),
        );
    }
}

/// The names of all formats, for messages.
fn supported() -> String {
    let names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
    names.join(", ")
}

fn check_text(bytes: usize, limits: &Limits) -> Result<(), Error> {
    if bytes > limits.max_text_bytes {
        return Err(passed(
            "max_text_bytes",
            limits.max_text_bytes,
            format!("The document's text has {bytes} bytes or more"),
        ));
    }
    Ok(())
}

/// A limit was passed: says which, and what was found.
pub(crate) fn passed(name: &str, limit: usize, found: impl std::fmt::Display) -> Error {
    Error::document(
        Problem::LimitExceeded,
        format!("{found}; the limit {name} is {limit}."),
    )
}
