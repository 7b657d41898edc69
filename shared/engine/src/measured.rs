//! What an extraction has dealt with and taken: for accounts, not for the result.

use std::ops::AddAssign;
use std::time::Duration;

/// What an extraction dealt with, and how long it took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measured {
    /// Documents that it was given and of which there is an outcome, be that an error; not those within them.
    pub documents: u64,
    /// Their size, in bytes.
    pub bytes: u64,
    /// Pages of these documents and of those within them: the sum of the members `pages` in the result. None of formats without pages.
    pub pages: u64,
    /// Records in the result.
    pub records: u64,
    /// How long it took, whatever came of it.
    pub time: Duration,
}

impl AddAssign for Measured {
    fn add_assign(&mut self, more: Self) {
        let Self {
            documents,
            bytes,
            pages,
            records,
            time,
        } = more;
        self.documents += documents;
        self.bytes += bytes;
        self.pages += pages;
        self.records += records;
        self.time += time;
    }
}

/// An extraction: how it ended, and what it took. What it dealt with is told only where there is an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extraction<E> {
    /// How it ended.
    pub ended: E,
    /// What it took.
    pub measured: Measured,
}
