//! Unpacking within the limits.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};

use crate::Error;
use crate::read::{Context, passed};

/// Unpacked bytes, counted: the source ends with an error where a limit is passed or the watch says stop.
///
/// What reads from it may wrap that error beyond recognition; it is kept here ([`Unpacked::stopped`]).
pub(in crate::read) struct Unpacked<'a, 'c, R> {
    source: R,
    context: &'a Context<'c>,
    /// Bytes that were packed, as far as they were taken; none if nothing is packed.
    packed: Option<&'a Cell<usize>>,
    bytes: usize,
    stopped: &'a RefCell<Option<Error>>,
}

/// Up to here the ratio says nothing.
const FREE_BYTES: usize = 16 << 20;

impl<'a, 'c, R> Unpacked<'a, 'c, R> {
    pub(in crate::read) fn new(
        source: R,
        context: &'a Context<'c>,
        packed: Option<&'a Cell<usize>>,
        stopped: &'a RefCell<Option<Error>>,
    ) -> Self {
        Self {
            source,
            context,
            packed,
            bytes: 0,
            stopped,
        }
    }

    fn check(&self) -> Result<(), Error> {
        self.context.watch.check()?;
        let limits = self.context.limits;
        if self.bytes > limits.max_unpacked_bytes {
            let found = "The document unpacks to more bytes";
            let limit = limits.max_unpacked_bytes;
            return Err(passed("max_unpacked_bytes", limit, found));
        }
        let most = |packed: &Cell<usize>| packed.get().saturating_mul(limits.max_unpack_ratio);
        if self.bytes > FREE_BYTES && self.packed.is_some_and(|packed| self.bytes > most(packed)) {
            let found = "The document unpacks to more times its size";
            return Err(passed("max_unpack_ratio", limits.max_unpack_ratio, found));
        }
        Ok(())
    }
}

impl<R: Read> Read for Unpacked<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.bytes = self.bytes.saturating_add(read);
        self.check().map_err(|error| {
            *self.stopped.borrow_mut() = Some(error.clone());
            io::Error::other(error)
        })?;
        Ok(read)
    }
}

/// Packed bytes, counted as they are taken.
pub(in crate::read) struct Counted<'a> {
    bytes: &'a [u8],
    taken: &'a Cell<usize>,
}

impl<'a> Counted<'a> {
    pub(in crate::read) fn new(bytes: &'a [u8], taken: &'a Cell<usize>) -> Self {
        Self { bytes, taken }
    }
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.taken.set(self.taken.get() + read);
        Ok(read)
    }
}
