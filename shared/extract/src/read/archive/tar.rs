//! TAR, as tar programs of all ages write it.

use std::cell::RefCell;
use std::io::Read;

use tar::EntryType;

use super::{Archive, Reason, Unpacked};
use crate::read::{Context, Fit, Format, Reader};
use crate::{Document, Error};

pub(in crate::read) static FORMAT: Format = Format {
    name: "TAR",
    media_types: &["application/x-tar", "application/tar"],
    extensions: &["tar"],
    reader: Reader::Bytes { fit, read },
};

/// Bytes of a header.
pub(super) const BLOCK_BYTES: usize = 512;

fn fit(bytes: &[u8]) -> Fit {
    if begins(bytes) { Fit::Certain } else { Fit::No }
}

/// Whether the bytes begin with a header whose checksum is right.
pub(super) fn begins(bytes: &[u8]) -> bool {
    let Some(header) = bytes.get(..BLOCK_BYTES) else {
        return false;
    };
    let (before, rest) = header.split_at(148);
    let (checksum, after) = rest.split_at(8);
    let sum: u32 = before
        .iter()
        .chain(after)
        .map(|&byte| u32::from(byte))
        .sum();
    let written = str::from_utf8(checksum).unwrap_or_default();
    let written = written.trim_matches(['\0', ' ']);
    // The checksum's own bytes count as spaces.
    header[0] != 0 && u32::from_str_radix(written, 8) == Ok(sum + 8 * u32::from(b' '))
}

fn read(bytes: &[u8], context: &Context<'_>) -> Result<Document, Error> {
    let stopped = RefCell::new(None);
    let source = Unpacked::new(bytes, context, None, &stopped);
    let read = members(source, context);
    stopped.into_inner().map_or(read, Err)
}

/// Hands over the members of an archive that is read from its start to its end.
pub(super) fn members(source: impl Read, context: &Context<'_>) -> Result<Document, Error> {
    let mut archive = Archive::new(context);
    let mut source = tar::Archive::new(source);
    let Ok(entries) = source.entries() else {
        archive.damaged("it cannot be read");
        return archive.finish();
    };
    for entry in entries {
        archive.entry()?;
        let Ok(entry) = entry else {
            archive.damaged("a header in it is wrong or cut off");
            break;
        };
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let size = entry.size();
        match entry.header().entry_type() {
            EntryType::Directory | EntryType::XGlobalHeader => {}
            EntryType::Link | EntryType::Symlink => archive.leave_out(Reason::Link, &path),
            EntryType::Char | EntryType::Block | EntryType::Fifo => {
                archive.leave_out(Reason::Special, &path);
            }
            // Old programs mark a folder by its path alone.
            _ if path.ends_with('/') => {}
            _ => {
                if !archive.unpack(&path, Some(size), entry)? {
                    archive.damaged("it is cut off");
                    break;
                }
            }
        }
    }
    archive.finish()
}
