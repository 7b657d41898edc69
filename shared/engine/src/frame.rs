//! What parent and child say to each other: frames of a length (4 bytes, the least first), a tag (1 byte) and the rest.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use bytes::{Buf, BytesMut};
use extract::DocumentError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_util::codec::LengthDelimitedCodec;

/// Longest frame of a child's, tag included.
const MAX_ANSWER_BYTES: usize = 64 << 10;

/// What a parent says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    /// [`Order`]: to extract a document, whose bytes are the next frame.
    Extract = 1,
    /// Its bytes.
    Bytes = 2,
    /// To stop.
    Stop = 3,
}

/// A document to be extracted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Order {
    /// The number of the document.
    pub(crate) document: usize,
    /// The number of the first document found within it.
    pub(crate) members: usize,
    pub(crate) name: Option<String>,
    pub(crate) declared: Option<String>,
    /// What is wanted, as a request says it.
    pub(crate) extract: Value,
    /// Outcomes that are known: documents within it to be left aside, by their number among its outcomes.
    pub(crate) known: BTreeMap<usize, DocumentError>,
}

/// What a child says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tell {
    /// The extraction of an outcome of this number (8 bytes) begins; 0 is the document itself.
    Began = 1,
    /// It has ended.
    Ended = 2,
    /// [`Head`] of the next outcome.
    Head = 3,
    /// Part of its records: JSON, joined by commas.
    Records = 4,
    /// Part of what is said of it: JSON.
    Document = 5,
    /// Part of the names of the columns of all records: a JSON list.
    Columns = 6,
    /// All was told; with the memory that the process holds, in bytes (8 bytes).
    Done = 7,
    /// It was told to stop, and did.
    Stopped = 8,
    /// What is wanted cannot be understood.
    Refused = 9,
}

/// What a parent has to know of an outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    /// What the bytes are; none if there is nothing of it.
    pub(crate) media_type: Option<String>,
    /// Why there is nothing of it.
    pub(crate) error: Option<DocumentError>,
    /// How many pages it has; none of a format without pages.
    pub(crate) pages: u32,
    /// How many records were found in it.
    pub(crate) records: u32,
}

impl Head {
    /// Of an outcome of which there is nothing.
    pub(crate) fn failed(error: DocumentError) -> Self {
        Self {
            error: Some(error),
            ..Self::default()
        }
    }
}

/// Takes a child's frames apart, each with its tag.
pub(crate) fn codec() -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder()
        .little_endian()
        .max_frame_length(MAX_ANSWER_BYTES)
        .new_codec()
}

/// What stands before the content of a frame, which has so many bytes.
pub(crate) fn start(ask: Ask, bytes: u64) -> io::Result<[u8; 5]> {
    head(ask as u8, bytes)
}

fn head(tag: u8, bytes: u64) -> io::Result<[u8; 5]> {
    let length = u32::try_from(bytes.saturating_add(1)).map_err(|_| io::ErrorKind::FileTooLarge)?;
    let [a, b, c, d] = length.to_le_bytes();
    Ok([a, b, c, d, tag])
}

/// Writes a frame. What belongs to the result may lie in a buffer until all is told.
pub(crate) fn tell(out: &mut impl Write, tell: Tell, content: &[u8]) -> io::Result<()> {
    out.write_all(&head(tell as u8, content.len() as u64)?)?;
    out.write_all(content)?;
    match tell {
        Tell::Head | Tell::Records | Tell::Document | Tell::Columns => Ok(()),
        _ => out.flush(),
    }
}

/// Reads a frame; none at the end.
pub(crate) fn read(from: &mut impl Read) -> io::Result<Option<(Ask, Vec<u8>)>> {
    let mut head = [0; 5];
    match from.read_exact(&mut head) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let [a, b, c, d, tag] = head;
    let ask = match tag {
        1 => Ask::Extract,
        2 => Ask::Bytes,
        3 => Ask::Stop,
        _ => return Err(io::ErrorKind::InvalidData.into()),
    };
    let length = u32::from_le_bytes([a, b, c, d]).saturating_sub(1) as usize;
    let mut content = vec![0; length];
    from.read_exact(&mut content)?;
    Ok(Some((ask, content)))
}

/// What a child's frame says.
pub(crate) fn understand(mut frame: BytesMut) -> Option<(Tell, BytesMut)> {
    let tell = match frame.first()? {
        1 => Tell::Began,
        2 => Tell::Ended,
        3 => Tell::Head,
        4 => Tell::Records,
        5 => Tell::Document,
        6 => Tell::Columns,
        7 => Tell::Done,
        8 => Tell::Stopped,
        9 => Tell::Refused,
        _ => return None,
    };
    frame.advance(1);
    Some((tell, frame))
}

/// A number in a frame.
pub(crate) fn number(content: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(content.try_into().ok()?))
}

/// Writes what is written to it as frames of one kind.
pub(crate) struct Parts<'a, W> {
    pub(crate) out: &'a mut W,
    pub(crate) tell: Tell,
}

impl<W: Write> Write for Parts<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = &bytes[..bytes.len().min(MAX_ANSWER_BYTES - 1)];
        tell(self.out, self.tell, part)?;
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
