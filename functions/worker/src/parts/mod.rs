//! Jobs of many documents: done in parts, each of which is a job of its own, and put together again.
//!
//! - `step` is what a worker does for the whole: makes parts, looks at them, and goes on in another step until all are done.
//! - `slices` says which documents the next part has; `part` does one; `merge` makes one result of a batch, `collect`
//!   one of a collection.
//! - `cursor` is what one step tells the next.
//!
//! **Invariant:** each of it can be repeated from the start of its step. Which documents a part has is decided by the one write that makes
//! the part, so a step that is done again goes on behind the parts that it finds.

mod collect;
mod cursor;
mod merge;
mod part;
mod slices;
mod step;

pub(crate) use step::is_of_many;
