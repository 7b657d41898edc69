//! One job and everything around it, at one moment.

use job::{Change, Job};

use crate::budget::Budget;
use crate::item::{Item, Stage};
use crate::properties::{ATTEMPT_GROWS, FINAL_STAYS, LEASE_IS_RESPECTED};

/// The submissions that a search can see: the first, one more by a retry, and one by a next step.
pub(crate) const GENERATIONS: [u8; 3] = [0, 1, 2];

/// Everything that the processes share or remember.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct World {
    /// The table.
    pub(crate) item: Option<Item>,
    /// The object store: a set of attempts whose result lies there. Bit 0 stands for the request.
    pub(crate) objects: u16,
    /// Messages that wait in the queue, by the generation they speak of.
    pub(crate) queue: [u8; GENERATIONS.len()],
    /// Messages that the queue has given up on, likewise.
    pub(crate) dead_letters: [u8; GENERATIONS.len()],
    /// Two workers. They are alike, so they are kept in order: a state and its mirror image are the
    /// same state.
    pub(crate) workers: [Worker; 2],
    /// The generation whose dead letter the reaper has decided to bury, if it has.
    pub(crate) reaper: Option<u8>,
    /// A worker's write that is still on its way a second time.
    pub(crate) echo: Option<Write>,
    pub(crate) start: Call,
    pub(crate) retry: Call,
    /// The generation that the retry leaves.
    pub(crate) retried: u8,
    pub(crate) removal: Call,
    /// What may still happen.
    pub(crate) left: Budget,
    pub(crate) seen: Seen,
}

/// A call to the API that takes more than one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Call {
    NotMade,
    FirstStepDone,
    SecondStepDone,
    /// Answered.
    Acknowledged,
    /// Its process died; nobody was told anything.
    Died,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Worker {
    pub(crate) doing: Doing,
    /// What its message speaks of.
    pub(crate) generation: u8,
    /// Whether its message is still its own: it is not once its visibility ran out.
    pub(crate) has_message: bool,
}

/// The write a worker is about to make, or the work before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Doing {
    Nothing,
    Claiming,
    Exhausting,
    Extracting {
        attempt: u8,
    },
    Completing {
        attempt: u8,
    },
    Failing {
        attempt: u8,
    },
    Releasing {
        attempt: u8,
    },
    Continuing {
        attempt: u8,
    },
    /// Only where the message of a next step goes last.
    Announcing,
}

/// What a worker's write says of the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Write {
    pub(crate) doing: Doing,
    pub(crate) generation: u8,
    pub(crate) delivery: u8,
}

/// What a property must remember because no process does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    /// Claims granted in the present submission.
    pub(crate) claims: u8,
    /// The generation whose cancel was acknowledged.
    pub(crate) cancelled: Option<u8>,
    /// A worker without a message died with a result that nobody knows of, after its job was
    /// removed.
    pub(crate) result_orphaned_by_two_faults: bool,
    /// What a write broke, by the name of the property.
    pub(crate) broken: Option<&'static str>,
}

impl Worker {
    pub(crate) const IDLE: Self = Self {
        doing: Doing::Nothing,
        generation: 0,
        has_message: false,
    };

    pub(crate) fn is_idle(self) -> bool {
        self.doing == Doing::Nothing
    }
}

impl Call {
    pub(crate) fn is_under_way(self) -> bool {
        matches!(self, Self::FirstStepDone | Self::SecondStepDone)
    }
}

impl World {
    pub(crate) fn new(left: Budget) -> Self {
        Self {
            item: None,
            objects: 0,
            queue: [0; GENERATIONS.len()],
            dead_letters: [0; GENERATIONS.len()],
            workers: [Worker::IDLE; 2],
            reaper: None,
            echo: None,
            start: Call::NotMade,
            retry: Call::NotMade,
            retried: 0,
            removal: Call::NotMade,
            left,
            seen: Seen::default(),
        }
    }

    /// What a read of the table, or a refused write, finds.
    pub(crate) fn found(&self) -> Option<Job> {
        self.item.map(Item::to_job)
    }

    /// Makes a conditional write; says whether it was accepted.
    pub(crate) fn write(&mut self, change: &Change) -> bool {
        let Some(before) = self.item else {
            return false;
        };
        let Some(job) = change.apply(&before.to_job()) else {
            return false;
        };
        let after = Item::from_job(&job);
        self.item = Some(after);
        self.watch(change, before, after);
        true
    }

    fn watch(&mut self, change: &Change, before: Item, after: Item) {
        let seen = &mut self.seen;
        match change {
            Change::Claim { .. } => seen.claims += 1,
            Change::Retry { .. } | Change::Continue { .. } => seen.claims = 0,
            Change::Cancel { .. } => seen.cancelled = Some(before.generation),
            _ => {}
        }
        let is_retry = matches!(change, Change::Retry { .. })
            && matches!(before.stage, Stage::Failed | Stage::Cancelled);
        if before.is_final() && !is_retry {
            seen.broken = Some(FINAL_STAYS);
        }
        if after.attempt < before.attempt {
            seen.broken = Some(ATTEMPT_GROWS);
        }
        if before.has_live_lease() && matches!(change, Change::Claim { .. }) {
            seen.broken = Some(LEASE_IS_RESPECTED);
        }
    }

    /// Whether the API call that sent the messages of this generation may still write.
    pub(crate) fn sender_is_under_way(&self, generation: u8) -> bool {
        match generation {
            0 => self.start.is_under_way(),
            _ => self.retry.is_under_way() && self.retried + 1 == generation,
        }
    }

    /// The number of a worker's present delivery. 0 is any delivery that is over.
    pub(crate) fn delivery(worker: usize) -> u8 {
        [1, 2][worker]
    }

    /// Turns a worker from extracting to one of the ways to end it.
    pub(crate) fn turn(&mut self, worker: usize, to: impl Fn(u8) -> Doing) {
        let doing = &mut self.workers[worker].doing;
        if let Doing::Extracting { attempt } = *doing {
            *doing = to(attempt);
        }
    }

    /// Ends a delivery without a word to the queue.
    pub(crate) fn forget_delivery(&mut self, worker: usize) {
        self.workers[worker] = Worker::IDLE;
        let over = Self::delivery(worker);
        self.renumber(|delivery| if delivery == over { 0 } else { delivery });
    }

    /// Gives the deliveries that are known anywhere other numbers.
    fn renumber(&mut self, number: impl Fn(u8) -> u8) {
        if let Some(Stage::Running { delivery, .. } | Stage::Completed { delivery, .. }) =
            self.item.as_mut().map(|item| &mut item.stage)
        {
            *delivery = number(*delivery);
        }
        if let Some(write) = &mut self.echo {
            write.delivery = number(write.delivery);
        }
    }

    /// Whether nobody does or is about to do anything.
    pub(crate) fn is_quiet(&self) -> bool {
        self.workers.iter().all(|worker| worker.is_idle())
            && self.queue == [0; GENERATIONS.len()]
            && self.dead_letters == [0; GENERATIONS.len()]
            && self.reaper.is_none()
            && ![self.start, self.retry, self.removal]
                .into_iter()
                .any(Call::is_under_way)
    }

    /// Whether the job stays as it is unless its client asks otherwise: it is final, or gone as it
    /// should be.
    pub(crate) fn is_settled(&self) -> bool {
        match &self.item {
            Some(item) => item.is_final(),
            None => self.start != Call::Acknowledged || self.removal != Call::NotMade,
        }
    }

    /// The same world with its workers in order.
    pub(crate) fn in_order(mut self) -> Self {
        if self.workers[0] > self.workers[1] {
            self.workers.swap(0, 1);
            self.renumber(|delivery| [0, 2, 1][usize::from(delivery)]);
        }
        self
    }
}
