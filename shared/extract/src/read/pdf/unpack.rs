//! Streams unpacked, and refused before they take more memory than a document may.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::ZlibDecoder;
use hayro_syntax::Filter;
use hayro_syntax::object::Stream;
use memchr::memmem;

use crate::{Error, Limits, Problem, Watch};

use super::super::passed;

/// What deflate makes of a byte at most, and a little more.
const MAX_FLATE_RATIO: usize = 1040;
/// What LZW makes of a byte at most.
const MAX_LZW_RATIO: usize = 2800;
/// What run lengths make of a byte at most.
const MAX_RUN_RATIO: usize = 64;

/// Streams whose size cannot pass this are not looked at more closely, whatever they hold.
const HARMLESS_BYTES: usize = 32 << 20;

/// The content of a stream; none if it cannot be unpacked.
pub(super) fn unpacked<'a>(
    stream: &Stream<'a>,
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<Option<Cow<'a, [u8]>>, Error> {
    check(stream, limits, watch)?;
    let content = stream.decoded_data().ok();
    // What is damaged from its beginning unpacks to nothing.
    Ok(content.filter(|content| !content.is_empty() || stream.raw_data().is_empty()))
}

/// Whether a stream can be unpacked within the limits. Others unpack it later and know no limit.
pub(super) fn check(stream: &Stream<'_>, limits: &Limits, watch: &dyn Watch) -> Result<(), Error> {
    watch.check()?;
    let filters = stream.filters();
    let ratio = filters.iter().copied().map(ratio).product::<usize>();
    let packed = stream.dict().get::<i32>("Length").unwrap_or(i32::MAX);
    let packed = usize::try_from(packed).unwrap_or(usize::MAX);
    if packed.saturating_mul(ratio) <= HARMLESS_BYTES {
        return Ok(());
    }
    let packed = stream.raw_data();
    if packed.len().saturating_mul(ratio) <= HARMLESS_BYTES {
        return Ok(());
    }
    match filters.as_slice() {
        [Filter::FlateDecode] => inflate(&packed, limits, watch),
        _ if packed.len().saturating_mul(ratio) > limits.max_unpacked_bytes => Err(bomb(limits)),
        _ => Ok(()),
    }
}

/// Unpacks what seems to be packed by zlib, keeping nothing, to see how much it is.
fn inflate(packed: &[u8], limits: &Limits, watch: &dyn Watch) -> Result<(), Error> {
    let mut unpacked = ZlibDecoder::new(packed);
    let mut buffer = vec![0; 64 << 10];
    let mut bytes = 0;
    while let Ok(count @ 1..) = unpacked.read(&mut buffer) {
        watch.check()?;
        bytes += count;
        if bytes > limits.max_unpacked_bytes / 4 {
            return Err(bomb(limits));
        }
    }
    Ok(())
}

pub(super) fn bomb(limits: &Limits) -> Error {
    passed(
        "max_unpacked_bytes",
        limits.max_unpacked_bytes,
        "A stream of the PDF is too large when it is unpacked",
    )
}

fn ratio(filter: Filter) -> usize {
    match filter {
        Filter::FlateDecode => MAX_FLATE_RATIO,
        Filter::LzwDecode => MAX_LZW_RATIO,
        Filter::RunLengthDecode => MAX_RUN_RATIO,
        Filter::Ascii85Decode => 4,
        // Images are not unpacked at all.
        _ => 1,
    }
}

/// Checks what is done without limits while a file is opened: streams that hold objects are unpacked, nested objects are
/// read, all pages are listed. Nothing can be asked for one by one before, so they are looked for in the bytes.
pub(super) fn check_file(bytes: &[u8], limits: &Limits, watch: &dyn Watch) -> Result<(), Error> {
    const BEGIN: &[u8] = b"stream";
    const END: &[u8] = b"endstream";
    let mut pages = 0;
    let mut rest = 0;
    loop {
        watch.check()?;
        let Some(begin) = memmem::find(&bytes[rest..], BEGIN) else {
            return check_objects(&bytes[rest..], &mut pages, limits);
        };
        check_objects(&bytes[rest..rest + begin], &mut pages, limits)?;
        let before = &bytes[rest..rest + begin];
        let start = rest + begin + BEGIN.len();
        let Some(length) = memmem::find(&bytes[start..], END) else {
            return Ok(());
        };
        check_stream(before, &bytes[start..start + length], limits, watch)?;
        rest = start + length + END.len();
    }
}

/// A stream of a file, and what stands before it: its dictionary at the end.
fn check_stream(
    before: &[u8],
    stream: &[u8],
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<(), Error> {
    /// How much of what stands before a stream is looked at.
    const DICTIONARY_BYTES: usize = 512;
    let before = &before[before.len().saturating_sub(DICTIONARY_BYTES)..];
    let dictionary = memmem::rfind(before, b" obj").map_or(before, |at| &before[at..]);
    let count = |name: &str| memmem::find_iter(dictionary, name.as_bytes()).count();
    if stream.len().saturating_mul(MAX_FLATE_RATIO) > HARMLESS_BYTES && count("/Image") == 0 {
        inflate(stream.trim_ascii_start(), limits, watch)?;
    }
    let filters = ["Flate", "/Fl ", "LZW", "RunLength"].map(count);
    let is_chained = filters.into_iter().sum::<usize>() > 1;
    if is_chained && count("/ObjStm") + count("/XRef") > 0 {
        return Err(bomb(limits));
    }
    Ok(())
}

/// Objects that stand outside of streams.
fn check_objects(bytes: &[u8], pages: &mut usize, limits: &Limits) -> Result<(), Error> {
    /// Objects within objects. Files have some ten; reading deeper ones takes time again and again.
    const MAX_DEPTH: usize = 200;
    /// A file that was changed again and again holds its pages several times.
    const COPIES: usize = 4;
    for object in Objects(bytes) {
        let mut depth = 0_usize;
        for byte in object {
            match byte {
                b'<' | b'[' => depth += 1,
                b'>' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            // What is written as `<<` counts twice.
            if depth > 2 * MAX_DEPTH {
                return Err(Error::document(
                    Problem::LimitExceeded,
                    format!("The PDF nests objects more than {MAX_DEPTH} deep."),
                ));
            }
        }
    }
    let names = memmem::find_iter(bytes, b"/Page");
    *pages += names
        .filter(|at| {
            bytes
                .get(at + 5)
                .is_none_or(|next| !next.is_ascii_alphabetic())
        })
        .count();
    if *pages > COPIES * limits.max_pages {
        return Err(passed(
            "max_pages",
            limits.max_pages,
            format!("The PDF has {pages} pages or more"),
        ));
    }
    Ok(())
}

/// What stands between the ends of objects.
struct Objects<'b>(&'b [u8]);

impl<'b> Iterator for Objects<'b> {
    type Item = &'b [u8];

    fn next(&mut self) -> Option<&'b [u8]> {
        const END: &[u8] = b"endobj";
        if self.0.is_empty() {
            return None;
        }
        let length = memmem::find(self.0, END).map_or(self.0.len(), |at| at + END.len());
        let (object, rest) = self.0.split_at(length);
        self.0 = rest;
        Some(object)
    }
}
