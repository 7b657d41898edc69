//! GZIP: one member, or all those of the TAR archive in it.

use std::cell::{Cell, RefCell};
use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::unpack::Counted;
use super::{Archive, Unpacked, tar};
use crate::read::{Context, Fit, Format, Reader, passed};
use crate::{Document, Error, Problem};

pub(in crate::read) static FORMAT: Format = Format {
    name: "GZIP",
    media_types: &["application/gzip", "application/x-gzip"],
    extensions: &["gz", "tgz"],
    reader: Reader::Bytes { fit, read },
};

fn fit(bytes: &[u8]) -> Fit {
    if bytes.starts_with(&[0x1f, 0x8b, 8]) {
        Fit::Certain
    } else {
        Fit::No
    }
}

fn read(bytes: &[u8], context: &Context<'_>) -> Result<Document, Error> {
    let (taken, stopped) = (Cell::new(0), RefCell::new(None));
    let decoder = MultiGzDecoder::new(Counted::new(bytes, &taken));
    let name = decoder
        .header()
        .and_then(|header| header.filename())
        .map(|name| String::from_utf8_lossy(name).into_owned());
    let source = Unpacked::new(decoder, context, Some(&taken), &stopped);
    let read = either(source, name, context);
    stopped.into_inner().map_or(read, Err)
}

/// A TAR archive is known by its first block.
fn either(
    mut source: impl Read,
    name: Option<String>,
    context: &Context<'_>,
) -> Result<Document, Error> {
    let mut start = Vec::new();
    let first = (&mut source)
        .take(tar::BLOCK_BYTES as u64)
        .read_to_end(&mut start);
    if first.is_ok() && tar::begins(&start) {
        tar::members(start.chain(source), context)
    } else {
        let name = name.unwrap_or_else(|| name_within(context.name));
        one(start, source, first.is_ok(), &name, context)
    }
}

/// One member. Of damaged data the part before the fault is still worth having.
fn one(
    mut bytes: Vec<u8>,
    source: impl Read,
    sound: bool,
    name: &str,
    context: &Context<'_>,
) -> Result<Document, Error> {
    let longest = context.limits.max_document_bytes;
    let rest = (longest + 1 - bytes.len().min(longest)) as u64;
    let sound = sound && source.take(rest).read_to_end(&mut bytes).is_ok();
    if bytes.len() > longest {
        let found = "What the document unpacks to has more bytes";
        return Err(passed("max_document_bytes", longest, found));
    }
    if bytes.is_empty() && !sound {
        let detail = "The document is damaged: nothing in it could be unpacked.";
        return Err(Error::document(Problem::Malformed, detail));
    }
    let mut archive = Archive::new(context);
    archive.member(name, &bytes)?;
    if !sound {
        let count = bytes.len();
        archive.warnings.push(format!(
            "The document is damaged or cut off: only its first {count} bytes could be unpacked."
        ));
    }
    archive.finish()
}

/// What a file is called before it is packed.
fn name_within(packed: Option<&str>) -> String {
    let file = packed.and_then(|name| name.rsplit(['/', '\\']).next());
    let (stem, extension) = file
        .and_then(|file| file.rsplit_once('.'))
        .unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "gz" if !stem.is_empty() => stem.to_owned(),
        _ => "content".to_owned(),
    }
}
