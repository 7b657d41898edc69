//! A zip package: what kind of document it is, and its entries, unpacked within the limits.
#![expect(dead_code, reason = "no format is read from packages yet")]

use std::borrow::Cow;
use std::io::{self, BufReader, Cursor, Read};
use std::ops::ControlFlow;

use zip::ZipArchive;
use zip::read::{ZipFile, ZipReadOptions};
use zip::result::ZipError;

use super::{Context, passed};
use crate::{Error, Limits, Problem, Watch};

/// A zip package. All that is unpacked from it counts towards one limit.
pub(super) struct Package<'a> {
    bytes: &'a [u8],
    archive: ZipArchive<Cursor<&'a [u8]>>,
    limits: &'a Limits,
    watch: &'a dyn Watch,
    /// Bytes that have been unpacked so far.
    unpacked: usize,
}

/// What a package is, by what it says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Docx,
    Pptx,
    Xlsx,
    Xlsb,
    Odt,
    Ods,
    Epub,
    /// An archive of files, as far as anybody knows.
    Zip,
}

impl Kind {
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Xlsb => "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Epub => "application/epub+zip",
            Self::Zip => "application/zip",
        }
    }
}

/// One entry of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its number in the package.
    pub(super) index: usize,
    /// Its path, with `/` between the names; none for one that would lie outside of where the package is unpacked.
    pub(super) path: Option<String>,
    /// Its path as it is written, wherever that leads.
    pub(super) name: String,
    pub(super) is_folder: bool,
    pub(super) is_encrypted: bool,
    /// Whether it stands for another file.
    pub(super) is_link: bool,
}

/// Whether the bytes begin like a package.
pub(super) fn is_package(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

impl<'a> Package<'a> {
    /// Opens a package: its list of entries is read, nothing is unpacked.
    pub(super) fn open(bytes: &'a [u8], context: &'a Context<'_>) -> Result<Self, Error> {
        let (limits, watch) = (context.limits, context.watch);
        check_entries(bytes, limits)?;
        watch.check()?;
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
        let package = Self {
            bytes,
            archive,
            limits,
            watch,
            unpacked: 0,
        };
        package.check_overlaps()?;
        Ok(package)
    }

    pub(super) fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// The package as it was sent.
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// What the package is. Reads what it says of itself, in whatever order its entries stand.
    pub(super) fn kind(&mut self) -> Result<Kind, Error> {
        if let Some(media_type) = self.head("mimetype")? {
            let media_type = String::from_utf8_lossy(&media_type);
            if let ControlFlow::Break(kind) = declared_kind(media_type.trim()) {
                return kind;
            }
        }
        if let Some(types) = self.head("[Content_Types].xml")? {
            let types = String::from_utf8_lossy(&types);
            let mut known = CONTENT_TYPES.iter();
            if let Some((_, kind)) = known.find(|(name, _)| types.contains(name)) {
                return Ok(*kind);
            }
        }
        let mut known = MAIN_PARTS.iter();
        let found = known.find(|(name, _)| self.contains(name));
        Ok(found.map_or(Kind::Zip, |(_, kind)| *kind))
    }

    /// All entries, in the order of the package's own list.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        (0..self.archive.len()).filter_map(|index| {
            let entry = self.archive.by_index_data(index).ok()?;
            let name = entry.name().map(Cow::into_owned);
            let name = name.unwrap_or_else(|_| String::from_utf8_lossy(entry.name_raw()).into());
            let path = entry.enclosed_name();
            let path = path.map(|path| path.to_string_lossy().replace('\\', "/"));
            Some(Entry {
                index,
                path: path.filter(|path| !path.is_empty()),
                name,
                is_folder: entry.is_dir(),
                is_encrypted: entry.encrypted(),
                is_link: entry.is_symlink(),
            })
        })
    }

    /// Whether there is an entry of that path.
    pub(super) fn contains(&self, path: &str) -> bool {
        self.archive.index_for_name(path).is_some()
    }

    /// Unpacks an entry.
    pub(super) fn read(&mut self, index: usize) -> Result<Vec<u8>, Error> {
        self.part_at(index)?.into_bytes()
    }

    /// Unpacks the entry of that path; none if there is none.
    pub(super) fn read_named(&mut self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let part = self.part(path)?;
        part.map(Part::into_bytes).transpose()
    }

    /// The entry of that path, to be unpacked while it is read; none if there is none.
    pub(super) fn part(&mut self, path: &str) -> Result<Option<Part<'_, 'a>>, Error> {
        let index = self.archive.index_for_name(path);
        index.map(|index| self.part_at(index)).transpose()
    }

    /// The entry of that number, to be unpacked while it is read.
    pub(super) fn part_at(&mut self, index: usize) -> Result<Part<'_, 'a>, Error> {
        let options = ZipReadOptions::new();
        let file = self.archive.by_index_with_options(index, options);
        let file = file.map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Error::document(
                Problem::Encrypted,
                "The package is encrypted: a password is needed to open what is in it.",
            ),
            error => damaged(&error),
        })?;
        let packed = usize::try_from(file.compressed_size()).unwrap_or(usize::MAX);
        let by_ratio = packed.saturating_mul(self.limits.max_unpack_ratio);
        Ok(Part {
            file,
            limits: self.limits,
            watch: self.watch,
            by_ratio: by_ratio.max(FREE_OF_RATIO_BYTES),
            here: 0,
            unpacked: &mut self.unpacked,
        })
    }

    /// The beginning of an entry; enough to say what the package is.
    fn head(&mut self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let Some(part) = self.part(path)? else {
            return Ok(None);
        };
        let mut head = Vec::new();
        let read = part.take(HEAD_BYTES).read_to_end(&mut head);
        read.map(|_| Some(head)).map_err(|error| unreadable(&error))
    }

    /// Entries that share bytes can make a small package unpack to a large one.
    fn check_overlaps(&self) -> Result<(), Error> {
        let sizes = (0..self.archive.len()).filter_map(|it| self.archive.by_index_data(it).ok());
        let packed = sizes.fold(0_u64, |all, it| all.saturating_add(it.compressed_size()));
        if packed > self.bytes.len() as u64 {
            let detail = "The package is damaged or cut off: its entries are larger than itself.";
            return Err(Error::document(Problem::Malformed, detail));
        }
        Ok(())
    }
}

/// Bytes up to which an entry may be packed as well as it likes.
const FREE_OF_RATIO_BYTES: usize = 16 << 20;

/// Bytes of an entry that are looked at to tell what the package is.
const HEAD_BYTES: u64 = 1 << 20;

/// What the list of content types of an Office document (ECMA-376) says of its main part.
const CONTENT_TYPES: [(&str, Kind); 13] = [
    ("wordprocessingml.document.main+xml", Kind::Docx),
    ("wordprocessingml.template.main+xml", Kind::Docx),
    ("ms-word.document.macroEnabled.main+xml", Kind::Docx),
    ("ms-word.template.macroEnabledTemplate.main+xml", Kind::Docx),
    ("presentationml.presentation.main+xml", Kind::Pptx),
    ("presentationml.slideshow.main+xml", Kind::Pptx),
    ("presentationml.template.main+xml", Kind::Pptx),
    (
        "ms-powerpoint.presentation.macroEnabled.main+xml",
        Kind::Pptx,
    ),
    ("ms-powerpoint.slideshow.macroEnabled.main+xml", Kind::Pptx),
    ("spreadsheetml.sheet.main+xml", Kind::Xlsx),
    ("spreadsheetml.template.main+xml", Kind::Xlsx),
    ("ms-excel.sheet.macroEnabled.main+xml", Kind::Xlsx),
    ("ms-excel.sheet.binary.macroEnabled.main", Kind::Xlsb),
];

/// Where the main part stands in nearly all documents, for those that do not say what they are.
const MAIN_PARTS: [(&str, Kind); 5] = [
    ("word/document.xml", Kind::Docx),
    ("ppt/presentation.xml", Kind::Pptx),
    ("xl/workbook.xml", Kind::Xlsx),
    ("xl/workbook.bin", Kind::Xlsb),
    ("META-INF/container.xml", Kind::Epub),
];

/// What the entry `mimetype` of an `OpenDocument` or EPUB file means.
fn declared_kind(media_type: &str) -> ControlFlow<Result<Kind, Error>> {
    const OPEN_DOCUMENT: &str = "application/vnd.oasis.opendocument.";
    if media_type == "application/epub+zip" {
        return ControlFlow::Break(Ok(Kind::Epub));
    }
    let Some(kind) = media_type.strip_prefix(OPEN_DOCUMENT) else {
        return ControlFlow::Continue(());
    };
    ControlFlow::Break(match kind {
        "text" | "text-template" | "text-master" | "text-web" => Ok(Kind::Odt),
        "spreadsheet" | "spreadsheet-template" => Ok(Kind::Ods),
        _ => Err(super::sniff::unsupported(media_type)),
    })
}

/// An entry being unpacked.
pub(super) struct Part<'p, 'a> {
    file: ZipFile<'p, Cursor<&'a [u8]>>,
    limits: &'a Limits,
    watch: &'a dyn Watch,
    /// Bytes that it may unpack to, for its packed size.
    by_ratio: usize,
    /// Bytes that it has unpacked to.
    here: usize,
    unpacked: &'p mut usize,
}

impl Part<'_, '_> {
    /// Bytes that it unpacks to, by what the package says.
    pub(super) fn length(&self) -> u64 {
        self.file.size()
    }

    /// To be read piece by piece.
    pub(super) fn buffered(self) -> BufReader<Self> {
        BufReader::with_capacity(PIECE_BYTES, self)
    }

    fn into_bytes(mut self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let read = self.read_to_end(&mut bytes);
        read.map_err(|error| unreadable(&error))?;
        Ok(bytes)
    }

    fn check(&self) -> Result<(), Error> {
        let Limits {
            max_unpacked_bytes,
            max_unpack_ratio,
            ..
        } = *self.limits;
        self.watch.check()?;
        if *self.unpacked > max_unpacked_bytes {
            let found = "The package unpacks to more bytes";
            return Err(passed("max_unpacked_bytes", max_unpacked_bytes, found));
        }
        if self.here > self.by_ratio {
            let found = "An entry of the package unpacks to more times its size";
            return Err(passed("max_unpack_ratio", max_unpack_ratio, found));
        }
        Ok(())
    }
}

/// Bytes unpacked at a time.
const PIECE_BYTES: usize = 64 << 10;

impl Read for Part<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.here += read;
        *self.unpacked += read;
        self.check().map_err(io::Error::other)?;
        Ok(read)
    }
}

/// Why an entry could not be read to its end.
pub(super) fn unreadable(error: &io::Error) -> Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(error) => Error::clone(error),
        None => Error::document(
            Problem::Malformed,
            "The package is damaged: an entry cannot be unpacked.",
        ),
    }
}

fn damaged(error: &ZipError) -> Error {
    let (problem, detail) = match error {
        ZipError::CompressionMethodNotSupported(_) => (
            Problem::UnsupportedFormat,
            "The package is packed in a way that is not supported; supported is Deflate.".into(),
        ),
        ZipError::InvalidArchive(said) => (
            Problem::Malformed,
            format!("The package is damaged or cut off: {said}."),
        ),
        ZipError::UnsupportedArchive(said) => (
            Problem::UnsupportedFormat,
            format!("The package is of a kind that is not supported: {said}."),
        ),
        _ => (
            Problem::Malformed,
            "The package is damaged or cut off.".into(),
        ),
    };
    Error::document(problem, detail)
}

/// Bytes at the end among which the end of the list of entries stands: itself and a comment.
const TAIL_BYTES: usize = 22 + (64 << 10);

/// Refuses a list with too many entries before it is read: each takes memory.
fn check_entries(bytes: &[u8], limits: &Limits) -> Result<(), Error> {
    let tail = &bytes[bytes.len().saturating_sub(TAIL_BYTES)..];
    let mut ends = tail.windows(22).filter(|it| it.starts_with(b"PK\x05\x06"));
    let max = limits.max_package_entries;
    let too_many = ends.any(|end| {
        // Where a field holds the largest number, the truth is in a record of the zip64 extension.
        let is_long =
            end[10..12] == [0xff; 2] || end[12..16] == [0xff; 4] || end[16..20] == [0xff; 4];
        let count = usize::from(u16::from_le_bytes([end[10], end[11]]));
        if is_long {
            has_long_list(bytes, max)
        } else {
            count > max
        }
    });
    if too_many {
        let found = "The package has more entries";
        return Err(passed("max_package_entries", max, found));
    }
    Ok(())
}

fn has_long_list(bytes: &[u8], max: usize) -> bool {
    let mut ends = bytes.windows(40).filter(|it| it.starts_with(b"PK\x06\x06"));
    ends.any(|end| {
        let count = end[32..40].iter().rev();
        count.fold(0_u64, |count, &byte| count << 8 | u64::from(byte)) > max as u64
    })
}
