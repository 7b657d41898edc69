//! How much may happen in one search.

/// What need not happen, but may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The client no longer wants the job.
    Cancel,
    /// The client wants a failed or cancelled job to be tried again.
    Retry,
    /// The client wants the job to be gone.
    Removal,
    /// An attempt finds that the job cannot be done.
    Failure,
    /// An attempt fails for a reason that may pass.
    Release,
    /// An attempt was a step of its job, and another one is to follow.
    Step,
    /// A process dies.
    Death,
    /// A write takes place, but its answer is lost; the client library repeats it.
    LostAnswer,
    /// A write's request takes effect once more, at any later time.
    Echo,
    /// A message is delivered twice.
    Duplicate,
    /// A message is delivered again while its worker still works on it.
    Expiry,
    /// The queue gives up on a message.
    DeadLetter,
}

/// What may still happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Budget {
    each: [u8; Event::ALL.len()],
    faults: u8,
}

impl Event {
    pub(crate) const ALL: [Self; 12] = [
        Self::Cancel,
        Self::Retry,
        Self::Removal,
        Self::Failure,
        Self::Release,
        Self::Step,
        Self::Death,
        Self::LostAnswer,
        Self::Echo,
        Self::Duplicate,
        Self::Expiry,
        Self::DeadLetter,
    ];

    /// Whether the machinery errs, rather than that a client wishes or a document is bad.
    pub(crate) fn is_fault(self) -> bool {
        match self {
            Self::Cancel
            | Self::Retry
            | Self::Removal
            | Self::Failure
            | Self::Release
            | Self::Step => false,
            Self::Death
            | Self::LostAnswer
            | Self::Echo
            | Self::Duplicate
            | Self::Expiry
            | Self::DeadLetter => true,
        }
    }
}

impl Budget {
    /// These events, each as often as it is named.
    pub(crate) fn of(events: &[Event]) -> Self {
        let mut each = [0; Event::ALL.len()];
        for &event in events {
            each[event as usize] += 1;
        }
        Self {
            each,
            faults: u8::MAX,
        }
    }

    /// At most so many faults together.
    pub(crate) fn with_faults(self, faults: u8) -> Self {
        Self { faults, ..self }
    }

    pub(crate) fn allows(&self, event: Event) -> bool {
        self.each[event as usize] > 0 && (self.faults > 0 || !event.is_fault())
    }

    pub(crate) fn spend(&mut self, event: Event) {
        self.each[event as usize] -= 1;
        if event.is_fault() {
            self.faults -= 1;
            if self.faults == 0 {
                // What can no longer happen makes no difference between states.
                for fault in Event::ALL.into_iter().filter(|event| event.is_fault()) {
                    self.each[fault as usize] = 0;
                }
            }
        }
    }
}
