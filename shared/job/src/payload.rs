//! Where the bytes of a request or a result lie. The bytes themselves are moved by the store.

/// Bytes that belong to a job: its request or its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// How the bytes are packed where they lie.
    pub encoding: Encoding,
    /// Their size when unpacked, in bytes.
    pub bytes: u64,
    /// Where they lie.
    pub place: Place,
}

/// How a payload is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As they are.
    Plain,
    /// RFC 1952.
    Gzip,
}

/// Where a payload lies. Keys are not kept: they follow from the job's id, and for a result from the attempt as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the job's own item: these are the packed bytes.
    Inline(Vec<u8>),
    /// In an item of its own.
    Item,
    /// In an object of its own.
    Object,
    /// Where only a newer release finds them; this is what the table calls it.
    Unknown(Box<str>),
}
