//! How much work selectors may cause.

use super::Picked;
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

/// Bytes of text that are looked at in one step.
pub(super) const BYTES_PER_STEP: usize = 32;

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
        self.steps(1)
    }

    /// Takes several steps at once.
    pub(super) fn steps(&mut self, steps: usize) -> Result<(), Error> {
        let before = self.steps;
        self.steps = before.saturating_add(steps);
        if before / STEPS_PER_CHECK != self.steps / STEPS_PER_CHECK {
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

    /// Takes the steps that it costs to look at so many bytes of text.
    pub(crate) fn read(&mut self, bytes: usize) -> Result<(), Error> {
        self.steps(bytes / BYTES_PER_STEP)
    }

    /// How many steps are left.
    pub(super) fn left(&self) -> usize {
        self.limits.max_selector_steps.saturating_sub(self.steps)
    }

    /// Counts a pick that copies this much text out of the document.
    pub(crate) fn pick(&mut self, bytes: usize) -> Result<(), Error> {
        self.hold(size_of::<Picked>() + bytes)
    }

    /// Refuses more nodes than can be picked.
    pub(super) fn check_picks(&self, picks: usize) -> Result<(), Error> {
        let mut after = Self { ..*self };
        after.hold(picks.saturating_mul(size_of::<Picked>()))
    }

    /// Counts text of which much may lie in memory at once.
    pub(super) fn hold(&mut self, bytes: usize) -> Result<(), Error> {
        self.bytes = self.bytes.saturating_add(bytes);
        let limit = self.limits.max_selected_bytes;
        if self.bytes > limit {
            let found = "What the selectors pick has more bytes";
            return Err(passed("max_selected_bytes", limit, found));
        }
        Ok(())
    }

    /// Refuses a selection that is longer than a document can have values: it names them again and again.
    pub(super) fn check_values(&self, selected: usize) -> Result<(), Error> {
        let limit = self.limits.max_data_values;
        if selected > limit {
            let found = "A selector selects more values";
            return Err(passed("max_data_values", limit, found));
        }
        Ok(())
    }
}
