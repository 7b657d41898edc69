//! ZIP, where it is an archive of files and not some document's package.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use zip::read::read_zipfile_from_stream;

use super::{Archive, Reason, Unpacked};
use crate::read::package::{Kind, Package};
use crate::read::{Context, Format, Reader};
use crate::{Document, Error};

pub(in crate::read) static FORMAT: Format = Format {
    name: "ZIP",
    media_types: &["application/zip", "application/x-zip-compressed"],
    extensions: &["zip"],
    reader: Reader::Package {
        kind: Kind::Zip,
        read,
    },
};

fn read(mut package: Package<'_>, context: &Context<'_>) -> Result<Document, Error> {
    let mut archive = Archive::new(context);
    let entries: Vec<_> = package.entries().collect();
    for entry in entries {
        archive.entry()?;
        let path = &entry.name;
        if entry.is_folder {
        } else if entry.is_link {
            archive.leave_out(Reason::Link, path);
        } else if entry.is_encrypted {
            archive.leave_out(Reason::Encrypted, path);
        } else if let Ok(part) = package.part_at(entry.index) {
            let length = part.length();
            archive.unpack(path, Some(length), part)?;
        } else {
            archive.leave_out(Reason::Damaged, path);
        }
    }
    archive.finish()
}

/// Reads an archive that has lost its end, and with it the list of what is in it: member by member, as far as that goes. None
/// if it was no archive of files but some document's package, or if nothing is left of it.
pub(in crate::read) fn salvage(
    bytes: &[u8],
    context: &Context<'_>,
) -> Result<Option<Document>, Error> {
    let name = bytes.get(30..).unwrap_or_default();
    if PACKAGES.iter().any(|part| name.starts_with(part)) {
        return Ok(None);
    }
    let stopped = RefCell::new(None);
    let packed = Cell::new(bytes.len());
    let mut source = bytes;
    let mut archive = Archive::new(context);
    while let Ok(Some(file)) = read_zipfile_from_stream(&mut source) {
        archive.entry()?;
        let path = file.name().map(Cow::into_owned).unwrap_or_default();
        if file.is_dir() {
            continue;
        }
        let length = file.size();
        let part = Unpacked::new(file, context, Some(&packed), &stopped);
        if !archive.unpack(&path, Some(length), part)? {
            break;
        }
    }
    if let Some(error) = stopped.into_inner() {
        return Err(error);
    }
    if archive.members.is_empty() {
        return Ok(None);
    }
    archive.damaged("its end is missing");
    let document = archive.finish()?;
    Ok(Some(Document {
        media_type: FORMAT.media_types[0].to_owned(),
        ..document
    }))
}

/// How the first entry's path begins in the packages of documents.
const PACKAGES: [&[u8]; 8] = [
    b"[Content_Types]",
    b"_rels/",
    b"docProps/",
    b"word/",
    b"xl/",
    b"ppt/",
    b"mimetype",
    b"META-INF/",
];
