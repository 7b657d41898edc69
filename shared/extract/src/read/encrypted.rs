//! Encrypted Office documents: a compound file (MS-CFB) with the package in it, out of reach (MS-OFFCRYPTO).

/// Whether the bytes are a compound file that holds an encrypted package.
pub(super) fn is_office_document(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC) && directory(bytes).is_some_and(|mut entries| entries.any(is_package))
}

const MAGIC: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// The bytes of an entry of the directory, its name in UTF-16 first.
const ENTRY_BYTES: usize = 128;

/// Sectors of a directory that are looked at. That of an encrypted document has one or two.
const MAX_SECTORS: usize = 64;

fn is_package(entry: &[u8]) -> bool {
    let name = "EncryptedPackage\0"
        .encode_utf16()
        .flat_map(u16::to_le_bytes);
    entry.iter().copied().take(34).eq(name)
}

/// The entries of the directory, whose sectors are chained up in the allocation table.
fn directory(bytes: &[u8]) -> Option<impl Iterator<Item = &[u8]>> {
    let size = match bytes.get(30..32)? {
        [9, 0] => 512,
        [12, 0] => 4096,
        _ => return None,
    };
    let first = number(bytes, 48)?;
    let sectors = std::iter::successors(Some(first), move |&sector| next(bytes, sector, size));
    let sectors = sectors.take(MAX_SECTORS);
    let sectors = sectors.map_while(move |sector| {
        let start = sector.checked_add(1)?.checked_mul(size)?;
        bytes.get(start..start.checked_add(size)?)
    });
    Some(sectors.flat_map(|sector| sector.chunks(ENTRY_BYTES)))
}

/// The sector after this one, for as far as the header tells where the allocation table stands.
fn next(bytes: &[u8], sector: usize, size: usize) -> Option<usize> {
    let per_sector = size / 4;
    let table = sector / per_sector;
    if table >= 109 {
        return None;
    }
    let table = number(bytes, 76 + 4 * table)?;
    let at = table.checked_add(1)?.checked_mul(size)?;
    number(bytes, at.checked_add(4 * (sector % per_sector))?)
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(bytes)).ok()
}
