//! The extraction engine: bytes and what is wanted from them in, records with their places out.
//!
//! Two layers. [`read`] turns bytes of any supported format into one [`Document`]; [`find`] holds the extractors,
//! which only ever see a [`Document`]. A new format is one file in `read/` and a line in its table; a new extractor
//! is one file in `find/` and a variant of [`Extractor`].
//!
//! **Invariant:** this crate does no I/O, reads no clock and no environment, and knows nothing of jobs or AWS. The same
//! bytes always give the same answer. Whatever the bytes are, it returns: with an [`Extraction`], or with an [`Error`]
//! that says what is wrong with them.

mod document;
mod error;
mod extraction;
pub mod find;
mod limits;
pub mod read;
mod watch;

pub use document::{Cell, Document, Link, Span, Table, Text};
pub use error::{Error, Problem};
pub use extraction::{
    DocumentOutput, Extraction, Extractor, Input, LinkOutput, Place, Record, TableOutput, extract,
};
pub use limits::{LIMITS, Limits};
pub use watch::{Interrupted, NeverInterrupted, Watch};
