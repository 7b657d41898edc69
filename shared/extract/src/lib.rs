//! The extraction engine: bytes and what is wanted from them in, records with their places out.
//!
//! Two layers. [`read`] turns bytes of any supported format into one [`Document`]; [`find`] holds the extractors,
//! which only ever see a [`Document`]. A new format is one file in `read/` and a line in its table; a new extractor
//! is one file in `find/` and a member of the [`Plan`](plan::Plan).
//!
//! **Invariant:** this crate does no I/O, reads no clock and no environment, and knows nothing of jobs or AWS. The same
//! bytes always give the same answer. Whatever the bytes are, it returns: with what was extracted, or with what is wrong
//! with them.

pub mod data;
pub mod docling;
mod document;
mod error;
mod extraction;
pub mod find;
mod output;
pub mod read;
pub mod select;
pub mod tree;
mod watch;

pub use document::{
    Article, Block, BlockKind, Cell, CellValue, Document, Link, Mark, MarkKind, Merged, Span,
    Structured, Syntax, Table, Text,
};
pub use error::{Error, Problem};
pub use extraction::{Input, Numbers, Record, extract};
pub use output::{
    ArticleOutput, ChunkOutput, DocumentError, DocumentOutput, FailedOutput, LinkOutput, Outcome,
    Output, Place, RowObjects, Scalar, StructuredOutput, TableOutput,
};
pub use plan::{LIMITS, Limits};
pub use watch::{Interrupted, NeverInterrupted, Watch};
