//! A compound file (MS-CFB): named streams in chains of sectors.
//!
//! Each chain is followed for no more sectors than there are in the file, so that one that runs in a circle ends, and each stream
//! is at most as long as the file.

use std::borrow::Cow;

/// A compound file.
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    sector_bytes: usize,
    /// The sector after each.
    next: Vec<u32>,
    /// The same of the small sectors, in which short streams stand.
    next_small: Vec<u32>,
    small: Vec<u8>,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    start: u32,
    length: usize,
}

pub(super) const MAGIC: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Streams shorter than this stand in small sectors.
const SHORT_BYTES: usize = 4096;
const SMALL_SECTOR_BYTES: usize = 64;
const ENTRY_BYTES: usize = 128;
/// From here on the numbers of sectors mean something else, such as the end of a chain.
const LAST_SECTOR: u32 = 0xffff_fffa;

impl<'a> Compound<'a> {
    /// None if it is damaged beyond use.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let sector_bytes = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut file = Self {
            bytes,
            sector_bytes,
            next: Vec::new(),
            next_small: Vec::new(),
            small: Vec::new(),
            entries: Vec::new(),
        };
        for sector in file.table_sectors()? {
            file.next.extend(numbers(file.sector(sector)?));
        }
        let directory = file.chain(u32_at(bytes, 48)?, usize::MAX);
        let (entries, _) = directory.as_chunks::<ENTRY_BYTES>();
        file.entries = entries
            .iter()
            .filter_map(|entry| Entry::read(entry))
            .collect();
        let root = entries.first().and_then(|it| Entry::read(it))?;
        file.small = file.chain(root.start, root.length);
        let small_table = file.chain(u32_at(bytes, 60)?, usize::MAX);
        file.next_small = numbers(&small_table).collect();
        Some(file)
    }

    /// Whether there is a stream of one of these names.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        let is_one = |name: &&str| {
            self.entries
                .iter()
                .any(|it| it.name.eq_ignore_ascii_case(name))
        };
        names.iter().any(is_one)
    }

    /// The stream of the first of these names that there is; cut short where the file is damaged.
    pub(super) fn stream(&self, names: &[&str]) -> Option<Vec<u8>> {
        let named = |name: &&str| {
            let is_it = |entry: &&Entry| entry.name.eq_ignore_ascii_case(name);
            self.entries.iter().find(is_it)
        };
        let entry = names.iter().find_map(named)?;
        if entry.length >= SHORT_BYTES {
            return Some(self.chain(entry.start, entry.length));
        }
        let sector = |number: u32| {
            let start = (number as usize).checked_mul(SMALL_SECTOR_BYTES)?;
            let end = (start + SMALL_SECTOR_BYTES).min(self.small.len());
            self.small.get(start..end)
        };
        Some(follow(entry.start, entry.length, &self.next_small, sector))
    }

    /// The sectors in which the table of chains stands: the first are named in the header, the rest in a chain of their own.
    fn table_sectors(&self) -> Option<Vec<u32>> {
        let mut sectors: Vec<u32> = numbers(self.bytes.get(76..512)?).collect();
        let mut more = u32_at(self.bytes, 68)?;
        for _ in 0..=self.sectors() {
            if more >= LAST_SECTOR {
                break;
            }
            let mut listed: Vec<u32> = numbers(self.sector(more)?).collect();
            more = listed.pop()?;
            sectors.extend(listed);
        }
        sectors.retain(|&sector| sector < LAST_SECTOR);
        sectors.truncate(self.sectors());
        Some(sectors)
    }

    fn sectors(&self) -> usize {
        self.bytes.len() / self.sector_bytes
    }

    /// A sector; the last one of a file may be cut off.
    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let start = (number as usize + 1).checked_mul(self.sector_bytes)?;
        let end = (start + self.sector_bytes).min(self.bytes.len());
        self.bytes.get(start..end)
    }

    fn chain(&self, start: u32, length: usize) -> Vec<u8> {
        let length = length.min(self.bytes.len());
        follow(start, length, &self.next, |number| self.sector(number))
    }
}

/// The bytes of a chain, as far as it leads.
fn follow<'s>(
    start: u32,
    length: usize,
    next: &[u32],
    sector: impl Fn(u32) -> Option<&'s [u8]>,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut number = start;
    for _ in 0..=next.len() {
        let Some(sector) = sector(number).filter(|_| number < LAST_SECTOR) else {
            break;
        };
        bytes.extend_from_slice(sector);
        if bytes.len() >= length {
            break;
        }
        let Some(&after) = next.get(number as usize) else {
            break;
        };
        number = after;
    }
    bytes.truncate(length);
    bytes
}

impl Entry {
    fn read(entry: &[u8]) -> Option<Self> {
        let units: Vec<u16> = entry[..64]
            .as_chunks()
            .0
            .iter()
            .map(|it| u16::from_le_bytes(*it))
            .collect();
        let name = units.split(|&unit| unit == 0).next()?;
        let name = String::from_utf16_lossy(name);
        (!name.is_empty()).then_some(Self {
            name,
            start: u32_at(entry, 116)?,
            length: usize::try_from(u32_at(entry, 120)?).ok()?,
        })
    }
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.as_chunks().0.iter().map(|it| u32::from_le_bytes(*it))
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..)?.first_chunk().copied()?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..)?.first_chunk().copied()?))
}

/// Text in UTF-16.
pub(super) fn utf16(bytes: &[u8]) -> Cow<'_, str> {
    encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0
}
