//! ZIP archives in files: the list of what is in them, entry by entry, and the bytes of one.
//!
//! The list is read as it is needed and never held: an archive may list millions of entries. That of which the list tells
//! lies is bounded here, as the engine bounds what it unpacks itself.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};

use engine::Spool;
use extract::{DocumentError, LIMITS, Problem};
use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::entry::{Entry, number};

/// A ZIP archive.
#[derive(Debug)]
pub(super) struct Zip {
    file: File,
    bytes: u64,
    /// Where its list begins.
    list: u64,
    /// Where that ends.
    end: u64,
}

/// Why an archive, or a member of it, cannot be read.
#[derive(Debug)]
pub(super) enum Fault {
    /// It is what it is.
    Document(DocumentError),
    /// The file cannot be read or written now.
    File(io::Error),
}

/// The documents of an archive, in the order of its list.
pub(super) struct Documents<'a> {
    list: BufReader<&'a File>,
    /// Where the next entry begins.
    at: u64,
    end: u64,
}

/// Bytes at the end among which the end of the list stands: itself and a comment.
const TAIL_BYTES: u64 = END_BYTES as u64 + (64 << 10);
const END_BYTES: usize = 22;

/// The same in an archive that is too big for its fields, and what stands before the one and says where the other is.
const LONG_END_BYTES: usize = 56;
const LOCATOR_BYTES: usize = 20;

/// Bytes of a member's own header, but for its name and the like.
const HEADER_BYTES: usize = 30;

/// Bytes up to which a member may be packed as well as it likes, as in the engine.
const FREE_OF_RATIO_BYTES: u64 = 16 << 20;

impl Zip {
    /// Finds the list.
    pub(super) fn open(spool: Spool) -> Result<Self, Fault> {
        let Spool { mut file, bytes } = spool;
        let mut start = Vec::new();
        file.rewind()?;
        (&file).take(512).read_to_end(&mut start)?;
        if let Some(other) = other_format(&start) {
            let detail =
                format!("This is a {other} archive; documents are taken from ZIP archives only.");
            return Err(document(Problem::UnsupportedFormat, detail));
        }
        let tail_at = bytes.saturating_sub(TAIL_BYTES);
        let mut tail = Vec::new();
        file.seek(SeekFrom::Start(tail_at))?;
        (&file).read_to_end(&mut tail)?;
        let found = tail
            .windows(END_BYTES)
            .rposition(|it| it.starts_with(b"PK\x05\x06"));
        let Some(found) = found else {
            return Err(if start.starts_with(b"PK") {
                malformed("its end is missing, and with it the list of what is in it")
            } else {
                let detail = "This is no ZIP archive; documents are taken from ZIP archives only.";
                document(Problem::UnsupportedFormat, detail)
            });
        };
        let end = &tail[found..found + END_BYTES];
        let end_at = tail_at + found as u64;
        // What is too big for its field is said before that.
        let (mut length, mut list) = (number(&end[12..16]), number(&end[16..20]));
        let is_full = end[10..12] == [0xff; 2] || end[12..20].contains(&0xff);
        if is_full && let Some(long) = long_end(&file, end_at)? {
            (length, list) = (number(&long[40..48]), number(&long[48..56]));
        }
        match list.checked_add(length) {
            Some(end) if end <= end_at => Ok(Self {
                file,
                bytes,
                list,
                end,
            }),
            _ => Err(malformed(
                "its list of what is in it is not where it is said to be",
            )),
        }
    }

    /// How many documents there are. Refuses an archive whose members share bytes: a small one could unpack to a large one.
    pub(super) fn count(&self) -> Result<u64, Fault> {
        let (mut count, mut packed) = (0, 0_u64);
        for entry in self.documents(None)? {
            count += 1;
            packed = packed.saturating_add(entry?.packed);
        }
        if packed > self.bytes {
            return Err(malformed("its members are larger than itself"));
        }
        Ok(count)
    }

    /// The documents behind that of this entry; all if there is none.
    pub(super) fn documents(&self, after: Option<u64>) -> Result<Documents<'_>, Fault> {
        let mut list = BufReader::new(&self.file);
        let mut at = after.unwrap_or(self.list);
        list.seek(SeekFrom::Start(at))?;
        if after.is_some() {
            at = Entry::read(&mut list, at)?.end;
        }
        Ok(Documents {
            list,
            at,
            end: self.end,
        })
    }

    /// Unpacks the member of this entry into a file.
    pub(super) fn unpack(&self, entry: u64) -> Result<Spool, Fault> {
        let mut packed = BufReader::new(&self.file);
        packed.seek(SeekFrom::Start(entry))?;
        let entry = Entry::read(&mut packed, entry)?;
        if entry.is_encrypted {
            let detail = "The member is encrypted: a password is needed.";
            return Err(document(Problem::Encrypted, detail));
        }
        if entry.is_link {
            let detail = "The member is no file, but a link or the like.";
            return Err(document(Problem::UnsupportedFormat, detail));
        }
        check_size(&entry)?;
        packed.seek(SeekFrom::Start(entry.header))?;
        let mut header = [0; HEADER_BYTES];
        packed.read_exact(&mut header)?;
        let start =
            entry.header + HEADER_BYTES as u64 + number(&header[26..28]) + number(&header[28..30]);
        let end = start.checked_add(entry.packed);
        if !header.starts_with(b"PK\x03\x04") || end.is_none_or(|end| end > self.bytes) {
            return Err(malformed("a member is not where it is said to be"));
        }
        packed.seek(SeekFrom::Start(start))?;
        let packed = packed.take(entry.packed);
        match entry.method {
            0 => spool(packed, &entry),
            8 => spool(DeflateDecoder::new(packed), &entry),
            _ => {
                let detail =
                    "The member is packed in a way that is not supported; supported is Deflate.";
                Err(document(Problem::UnsupportedFormat, detail))
            }
        }
    }
}

impl Iterator for Documents<'_> {
    type Item = Result<Entry, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.at < self.end {
            let entry = match Entry::read(&mut self.list, self.at) {
                Ok(entry) if entry.end > self.end => {
                    Err(malformed("its list of what is in it is cut off"))
                }
                other => other,
            };
            self.at = entry.as_ref().map_or(self.end, |entry| entry.end);
            if !matches!(&entry, Ok(entry) if !entry.is_document) {
                return Some(entry);
            }
        }
        None
    }
}

impl From<io::Error> for Fault {
    /// What is read of an archive is bytes that others wrote: most likely these are wrong.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::UnexpectedEof | ErrorKind::InvalidInput | ErrorKind::InvalidData => {
                malformed("a part of it is cut off, or cannot be unpacked")
            }
            _ => Self::File(error),
        }
    }
}

pub(super) fn malformed(what: &str) -> Fault {
    let detail = format!("The archive is damaged or cut off: {what}.");
    document(Problem::Malformed, detail)
}

fn document(code: Problem, detail: impl Into<String>) -> Fault {
    let detail = detail.into();
    Fault::Document(DocumentError { code, detail })
}

/// The name of another format of archives that begins so.
fn other_format(start: &[u8]) -> Option<&'static str> {
    if start.starts_with(&[0x1f, 0x8b]) {
        Some("GZIP")
    } else if start.get(257..262) == Some(b"ustar") {
        Some("TAR")
    } else if start.starts_with(b"7z\xbc\xaf\x27\x1c") {
        Some("7z")
    } else if start.starts_with(b"Rar!\x1a\x07") {
        Some("RAR")
    } else {
        None
    }
}

/// What stands where the end of a big archive's list is, if there is one.
fn long_end(mut file: &File, end_at: u64) -> Result<Option<[u8; LONG_END_BYTES]>, Fault> {
    let Some(at) = end_at.checked_sub(LOCATOR_BYTES as u64) else {
        return Ok(None);
    };
    let mut locator = [0; LOCATOR_BYTES];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut locator)?;
    if !locator.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    let mut end = [0; LONG_END_BYTES];
    file.seek(SeekFrom::Start(number(&locator[8..16])))?;
    file.read_exact(&mut end)?;
    if end.starts_with(b"PK\x06\x06") {
        Ok(Some(end))
    } else {
        Err(malformed("its end is not where it is said to be"))
    }
}

/// Refuses a member that says itself that it unpacks to too much.
fn check_size(entry: &Entry) -> Result<(), Fault> {
    let (longest, ratio) = (LIMITS.max_document_bytes, LIMITS.max_unpack_ratio);
    let by_ratio = entry.packed.saturating_mul(ratio as u64);
    let detail = if entry.unpacked > longest as u64 {
        format!("The member has more bytes; the limit max_document_bytes is {longest}.")
    } else if entry.unpacked > by_ratio.max(FREE_OF_RATIO_BYTES) {
        format!("The member unpacks to more times its size; the limit max_unpack_ratio is {ratio}.")
    } else {
        return Ok(());
    };
    Err(document(Problem::LimitExceeded, detail))
}

/// Puts what is unpacked into a file, as long as it is what the list says.
fn spool(unpacked: impl Read, entry: &Entry) -> Result<Spool, Fault> {
    let mut unpacked = BufReader::with_capacity(PIECE_BYTES, unpacked.take(entry.unpacked + 1));
    let mut file = tempfile::tempfile().map_err(Fault::File)?;
    let (mut bytes, mut crc) = (0, Crc::new());
    loop {
        let piece = unpacked.fill_buf()?;
        if piece.is_empty() {
            break;
        }
        crc.update(piece);
        file.write_all(piece).map_err(Fault::File)?;
        let length = piece.len();
        bytes += length as u64;
        unpacked.consume(length);
    }
    if bytes != entry.unpacked || crc.sum() != entry.crc {
        return Err(malformed(
            "a member does not unpack to what the list says of it",
        ));
    }
    Ok(Spool { file, bytes })
}

/// Bytes unpacked at a time.
const PIECE_BYTES: usize = 64 << 10;
