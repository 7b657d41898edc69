//! One entry of the list of what is in a ZIP archive.

use std::io::{BufRead, Read};

use super::zip::{Fault, malformed};

/// What the list of an archive says of a member.
#[derive(Debug)]
pub(super) struct Entry {
    /// Where in the archive the entry begins.
    pub(super) at: u64,
    /// Where it ends.
    pub(super) end: u64,
    /// Its path as it is written, wherever that leads: it is only a name here.
    pub(super) name: String,
    /// Whether it is a document, and no folder or what systems put beside documents.
    pub(super) is_document: bool,
    pub(super) is_encrypted: bool,
    /// Whether it is no file.
    pub(super) is_link: bool,
    /// How it is packed.
    pub(super) method: u64,
    pub(super) crc: u32,
    /// Bytes that it is packed to.
    pub(super) packed: u64,
    /// Bytes that it unpacks to.
    pub(super) unpacked: u64,
    /// Where in the archive it begins itself, with a header.
    pub(super) header: u64,
}

/// Bytes of an entry, but for its name and the like.
const ENTRY_BYTES: usize = 46;

/// Longest name that is kept, in bytes: as long as the key of an object may be.
const MAX_NAME_BYTES: usize = 1_024;

impl Entry {
    /// Reads the entry that begins here.
    pub(super) fn read(list: &mut impl BufRead, at: u64) -> Result<Self, Fault> {
        let mut fields = [0; ENTRY_BYTES];
        list.read_exact(&mut fields)?;
        if !fields.starts_with(b"PK\x01\x02") {
            return Err(malformed(
                "its list of what is in it is not where it is said to be",
            ));
        }
        let field = |at: usize, bytes: usize| number(&fields[at..at + bytes]);
        let (name_bytes, extra_bytes, comment_bytes) = (field(28, 2), field(30, 2), field(32, 2));
        let (mut path, mut extra) = (Vec::new(), Vec::new());
        list.take(name_bytes).read_to_end(&mut path)?;
        list.take(extra_bytes).read_to_end(&mut extra)?;
        let comment = std::io::copy(&mut list.take(comment_bytes), &mut std::io::sink())?;
        if (path.len() + extra.len()) as u64 + comment != name_bytes + extra_bytes + comment_bytes {
            return Err(malformed("its list of what is in it is cut off"));
        }

        let mut long = long_fields(&extra).chunks_exact(8);
        let mut long_if_full = |short: u64| match short {
            0xffff_ffff => long.next().map_or(short, number),
            short => short,
        };
        let unpacked = long_if_full(field(24, 4));
        let packed = long_if_full(field(20, 4));
        let header = long_if_full(field(42, 4));

        // What Unix knows of a file, if it was packed there.
        let kind = if fields[5] == 3 {
            field(40, 2) & 0o170_000
        } else {
            0
        };
        let is_folder = path.ends_with(b"/") || kind == 0o040_000;
        let is_litter = path.starts_with(b"__MACOSX/")
            || path.rsplit(|&byte| byte == b'/').next() == Some(b".DS_Store");
        Ok(Self {
            at,
            end: at + ENTRY_BYTES as u64 + name_bytes + extra_bytes + comment_bytes,
            name: name(&path),
            is_document: !is_folder && !is_litter,
            is_encrypted: fields[8] & 1 != 0,
            is_link: !matches!(kind, 0 | 0o100_000),
            method: field(10, 2),
            crc: u32::try_from(field(16, 4)).unwrap_or(u32::MAX),
            packed,
            unpacked,
            header,
        })
    }
}

/// A number as ZIP writes it: the least byte first.
pub(super) fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// The numbers that are too big for their fields.
fn long_fields(mut extra: &[u8]) -> &[u8] {
    while let Some((head, rest)) = extra.split_at_checked(4) {
        let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let Some((fields, next)) = rest.split_at_checked(length) else {
            break;
        };
        if head[..2] == [1, 0] {
            return fields;
        }
        extra = next;
    }
    &[]
}

/// A path as it can be shown on one line. What is not in UTF-8 is in the alphabet of the first ZIP programs.
fn name(path: &[u8]) -> String {
    let text = match str::from_utf8(path) {
        Ok(text) => text.to_owned(),
        Err(_) => path.iter().map(|&byte| cp437(byte)).collect(),
    };
    let is_hidden = |char: char| char.is_control() || matches!(char, '\u{2028}' | '\u{2029}');
    let mut name = text.replace(is_hidden, "\u{fffd}");
    name.truncate(name.floor_char_boundary(MAX_NAME_BYTES));
    name
}

fn cp437(byte: u8) -> char {
    match byte.checked_sub(0x80) {
        None => char::from(byte),
        Some(at) => CP437.chars().nth(at.into()).unwrap_or_default(),
    }
}

/// The upper half of code page 437.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

#[cfg(test)]
mod tests {
    use super::*;

    /// An entry with this name, whose sizes and place are beside their fields.
    fn long_entry(name: &[u8]) -> Vec<u8> {
        let mut entry = vec![0; ENTRY_BYTES];
        entry[..4].copy_from_slice(b"PK\x01\x02");
        entry[20..28].fill(0xff);
        entry[42..46].fill(0xff);
        let other = [9, 9, 2, 0, 7, 7];
        let mut extra = [&other[..], &[1, 0, 24, 0]].concat();
        for number in [5_u64 << 32, 6, 7 << 32] {
            extra.extend(number.to_le_bytes());
        }
        entry[28] = u8::try_from(name.len()).unwrap();
        entry[30] = u8::try_from(extra.len()).unwrap();
        [&entry, name, &extra].concat()
    }

    #[test]
    fn numbers_that_are_too_big_for_their_fields_stand_beside_them() {
        let bytes = long_entry("é/a.txt".as_bytes());
        let entry = Entry::read(&mut &bytes[..], 3).unwrap();
        assert_eq!((entry.unpacked, entry.packed), (5 << 32, 6));
        assert_eq!((entry.header, entry.name.as_str()), (7 << 32, "é/a.txt"));
        assert_eq!(entry.end, 3 + bytes.len() as u64);
        for cut in 0..bytes.len() {
            assert!(Entry::read(&mut &bytes[..cut], 0).is_err());
        }
    }

    #[test]
    fn a_name_is_one_line_in_whatever_alphabet() {
        assert_eq!(name(b"\x82t\x82.txt"), "été.txt");
        assert_eq!(name(b"a\nb"), "a\u{fffd}b");
        assert_eq!(CP437.chars().count(), 128);
        assert_eq!(name("é".repeat(2_000).as_bytes()).len(), MAX_NAME_BYTES);
    }
}
