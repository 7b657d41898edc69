//! Streams unpacked, and refused before they take more memory than a document may.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::ZlibDecoder;
use hayro_syntax::Filter;
use hayro_syntax::object::Stream;

use crate::{Error, Limits, Watch};

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
    Ok(stream.decoded_data().ok())
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

fn bomb(limits: &Limits) -> Error {
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

/// The streams that are unpacked while the file is opened hold objects and where they are. They cannot be asked for one
/// by one before it is open, so they are looked for in the bytes.
pub(super) fn check_file(bytes: &[u8], limits: &Limits, watch: &dyn Watch) -> Result<(), Error> {
    const BEGIN: &[u8] = b"stream";
    const END: &[u8] = b"endstream";
    /// How much of what stands before a stream is looked at: its dictionary.
    const DICTIONARY_BYTES: usize = 512;
    let mut rest = 0;
    while let Some(found) = memchr::memmem::find(&bytes[rest..], BEGIN) {
        let start = rest + found + BEGIN.len();
        let Some(length) = memchr::memmem::find(&bytes[start..], END) else {
            break;
        };
        rest = start + length + END.len();
        let before = &bytes[(start - BEGIN.len()).saturating_sub(DICTIONARY_BYTES)..start];
        let dictionary = memchr::memmem::rfind(before, b" obj").map_or(before, |at| &before[at..]);
        let filters = ["Flate", "/Fl ", "LZW", "RunLength"]
            .map(|name| memchr::memmem::find_iter(dictionary, name.as_bytes()).count());
        let is_image = memchr::memmem::find(dictionary, b"/Image").is_some();
        if length * MAX_FLATE_RATIO > HARMLESS_BYTES && !is_image {
            inflate(
                bytes[start..start + length].trim_ascii_start(),
                limits,
                watch,
            )?;
        }
        let chained = filters.into_iter().sum::<usize>() > 1;
        let holds_objects = [b"/ObjStm".as_slice(), b"/XRef"]
            .iter()
            .any(|name| memchr::memmem::find(dictionary, name).is_some());
        if chained && holds_objects {
            return Err(bomb(limits));
        }
    }
    Ok(())
}
