//! PDF: text in reading order, page by page, with headings, lists, tables and links, and what the file says of itself.
//!
//! A page's operations are run ([`content`]) for the words and lines that it draws; words are put in order
//! ([`layout`]), and written into the document's text ([`compose`]).

mod columns;
mod compose;
mod content;
mod fonts;
mod geometry;
mod headings;
mod layout;
mod lines;
mod links;
mod metadata;
mod paragraphs;
mod rules;
mod tables;
mod unpack;
mod words;

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_syntax::object::{Array, Stream};
use hayro_syntax::page::Page;
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use self::compose::Composer;
use self::fonts::Fonts;
use self::geometry::Area;
use super::{Context, Fit, Format, Reader, passed};
use crate::{Document, Error, Problem};

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
    unpack::check_file(bytes, limits, context.watch)?;
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| failed(error, bytes))?;
    context.watch.check()?;
    let pages = pdf.pages();
    if pages.len() > limits.max_pages {
        return Err(passed(
            "max_pages",
            limits.max_pages,
            format!("The PDF has {} pages", pages.len()),
        ));
    }

    let mut fonts = Fonts::new(limits, context.watch);
    let mut composer = Composer::new(limits);
    let mut outcome = Outcome::default();
    for (number, page) in pages.iter().enumerate() {
        context.watch.check()?;
        composer.begin_page();
        // What is damaged may surprise those who read it; one page of it must not cost the others.
        let read = AssertUnwindSafe(|| read_page(page, &mut fonts, &mut composer, context));
        match catch_unwind(read) {
            Ok(seen) => outcome.add(number + 1, seen?),
            Err(_) => outcome.unreadable.push(number + 1),
        }
    }
    if outcome.nothing(pages.len()) && (outcome.blank.is_empty() || is_cut_off(bytes)) {
        return Err(Error::document(
            Problem::Malformed,
            format!(
                "No text can be read from any page of the PDF{}.",
                cut_off(bytes)
            ),
        ));
    }

    let mut document = Document {
        metadata: metadata::metadata(&pdf, limits, context.watch)?,
        warnings: outcome.warnings(bytes, pages.len()),
        ..Document::default()
    };
    composer.finish(&mut document);
    Ok(document)
}

/// What became of a page.
#[derive(Clone, Copy)]
enum Seen {
    Text,
    /// No text, but an image.
    Image,
    /// Neither text nor image.
    Blank,
    /// Text whose letters are not known for the most part: its fonts do not say which they are.
    Garbled,
    /// Not all of it could be read.
    Part,
    Unreadable,
}

fn read_page<'a>(
    page: &Page<'a>,
    fonts: &mut Fonts<'a>,
    composer: &mut Composer<'_>,
    context: &Context<'_>,
) -> Result<Seen, Error> {
    let (limits, watch) = (context.limits, context.watch);
    let contents = contents(page);
    let mut unpacked = Vec::new();
    let mut bytes = 0;
    for part in &contents {
        if let Some(part) = unpack::unpacked(part, limits, watch)? {
            bytes += part.len();
            if bytes > limits.max_unpacked_bytes {
                return Err(unpack::bomb(limits));
            }
            unpacked.push(part);
        }
    }
    let parts = unpacked.len();
    let stream = match unpacked.pop() {
        Some(whole) if unpacked.is_empty() => whole,
        last => {
            unpacked.extend(last);
            // No word goes across.
            Cow::Owned(unpacked.join(b"\n".as_slice()))
        }
    };
    let content = content::content(&stream, page.resources(), fonts, limits, watch)?;
    watch.check()?;
    let letters = content.words.list.len();
    let layout = layout::layout(&content, visible(page));
    watch.check()?;
    let mut tables = layout.tables;
    for item in layout.items {
        composer.item(&content.words, item, &mut tables)?;
    }
    links::links(page, composer, watch)?;
    Ok(if parts == 0 && !contents.is_empty() {
        Seen::Unreadable
    } else if content.cut || parts < contents.len() {
        Seen::Part
    } else if content.words.unknown > letters {
        Seen::Garbled
    } else if !composer.placed.is_empty() {
        Seen::Text
    } else if content.has_image {
        Seen::Image
    } else {
        Seen::Blank
    })
}

/// The streams of a page's content.
fn contents<'a>(page: &Page<'a>) -> Vec<Stream<'a>> {
    /// Streams of one page; a hostile file may name one again and again.
    const MAX_STREAMS: usize = 10_000;
    if let Some(stream) = page.raw().get::<Stream<'a>>("Contents") {
        return vec![stream];
    }
    let streams = page.raw().get::<Array<'a>>("Contents");
    streams.map_or_else(Vec::new, |streams| {
        streams.iter::<Stream<'a>>().take(MAX_STREAMS).collect()
    })
}

/// The part of a page that is seen.
fn visible(page: &Page<'_>) -> Area {
    let seen = page.intersected_crop_box();
    #[expect(clippy::cast_possible_truncation, reason = "points")]
    let area = Area::around([
        (seen.x0 as f32, seen.y0 as f32),
        (seen.x1 as f32, seen.y1 as f32),
    ]);
    if area.width() > 1.0 && area.height() > 1.0 {
        area
    } else {
        Area {
            left: f32::MIN,
            bottom: f32::MIN,
            right: f32::MAX,
            top: f32::MAX,
        }
    }
}

fn failed(error: LoadPdfError, bytes: &[u8]) -> Error {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => Error::document(
            Problem::Encrypted,
            "The PDF is encrypted: it can only be read with its password. Send it without one.",
        ),
        LoadPdfError::Decryption(_) => Error::document(
            Problem::Encrypted,
            "The PDF is encrypted in a way that is not supported. Send it without encryption.",
        ),
        LoadPdfError::Invalid => Error::document(
            Problem::Malformed,
            format!(
                "The PDF is damaged: no pages are found in it{}.",
                cut_off(bytes)
            ),
        ),
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

/// What became of the pages that are not just text, by their numbers.
#[derive(Default)]
struct Outcome {
    blank: Vec<usize>,
    images: Vec<usize>,
    unreadable: Vec<usize>,
    partly: Vec<usize>,
    garbled: Vec<usize>,
}

impl Outcome {
    fn add(&mut self, number: usize, seen: Seen) {
        let pages = match seen {
            Seen::Text => return,
            Seen::Image => &mut self.images,
            Seen::Blank => &mut self.blank,
            Seen::Garbled => &mut self.garbled,
            Seen::Part => &mut self.partly,
            Seen::Unreadable => &mut self.unreadable,
        };
        pages.push(number);
    }

    /// Whether no page has text.
    fn nothing(&self, pages: usize) -> bool {
        self.unreadable.len() + self.blank.len() == pages
    }

    fn warnings(&self, bytes: &[u8], pages: usize) -> Vec<String> {
        let mut warnings = Vec::new();
        if is_cut_off(bytes) {
            let cut_off = "it was probably cut off, and something may be missing";
            warnings.push(format!("The PDF does not end with %%EOF: {cut_off}."));
        }
        let mut warn = |pages: &[usize], what: &str, why: &str| {
            if !pages.is_empty() {
                warnings.push(format!("{what}: {}{why}.", ranges(pages)));
            }
        };
        warn(&self.unreadable, "Pages that could not be read", "");
        warn(&self.partly, "Pages of which only a part could be read", "");
        let garbled = ". Their fonts do not say which letters they show";
        warn(&self.garbled, "Pages whose text is not understood", garbled);
        if self.images.len() == pages {
            warnings.push(format!(
                "The PDF has no text on any of its pages ({}), which are images. Text in images \
                 is not read.",
                ranges(&self.images)
            ));
        } else {
            let not_read = ". Text in images is not read";
            warn(
                &self.images,
                "Pages without text, which are images",
                not_read,
            );
            warn(&self.blank, "Pages without text", "");
        }
        warnings
    }
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
