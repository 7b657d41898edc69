//! How much work selectors may cause.

#![expect(dead_code, reason = "the evaluation of selectors comes next")]

use crate::read::passed;
use crate::{Error, Limits, Watch};

/// The steps that are left to all selectors of one document.
pub struct Budget<'a> {
    steps: usize,
    bytes: usize,
    limits: &'a Limits,
    watch: &'a dyn Watch,
}

/// Steps between two looks at the watch.
const STEPS_PER_CHECK: usize = 65_536;

impl<'a> Budget<'a> {
    /// All that the limits allow.
    pub fn new(limits: &'a Limits, watch: &'a dyn Watch) -> Self {
        Self {
            steps: 0,
            bytes: 0,
            limits,
            watch,
        }
    }

    /// Takes one step: a node was looked at.
    pub(super) fn step(&mut self) -> Result<(), Error> {
        self.steps += 1;
        if self.steps.is_multiple_of(STEPS_PER_CHECK) {
            self.watch.check()?;
        }
        if self.steps > self.limits.max_selector_steps {
            let found = "The selectors look at more nodes of the document";
            return Err(passed(
                "max_selector_steps",
                self.limits.max_selector_steps,
                found,
            ));
        }
        Ok(())
    }

    /// Counts text that is copied out of the document.
    pub(super) fn copy(&mut self, bytes: usize) -> Result<(), Error> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > self.limits.max_selected_bytes {
            let found = "What the selectors pick has more bytes";
            return Err(passed(
                "max_selected_bytes",
                self.limits.max_selected_bytes,
                found,
            ));
        }
        Ok(())
    }
}
