//! What a worker does with one message.

use job::protocol::{ClaimRefused, claim_refused, completed_by, is_settled, may_be_continued};
use job::{Change, Progress};

use crate::action::Action;
use crate::budget::Event;
use crate::item::{NOW, earlier, failure, later, result_of_attempt};
use crate::protocol::Protocol;
use crate::rules::Rule;
use crate::world::{Call, Doing, Worker, World, Write};

impl Protocol {
    pub(crate) fn worker_actions(&self, world: &World, worker: usize, actions: &mut Vec<Action>) {
        let left = &world.left;
        let doing = world.workers[worker].doing;
        match doing {
            Doing::Nothing => return,
            Doing::Extracting { .. } => {
                actions.push(Action::StoreResult { worker });
                if left.allows(Event::Failure) {
                    actions.push(Action::FindHopeless { worker });
                }
                if left.allows(Event::Release) {
                    actions.push(Action::MeetPassingFailure { worker });
                }
                if left.allows(Event::Step) {
                    actions.push(Action::SendNextStep { worker });
                }
            }
            Doing::Announcing => actions.push(Action::SendNextStep { worker }),
            Doing::Claiming
            | Doing::Exhausting
            | Doing::Completing { .. }
            | Doing::Failing { .. }
            | Doing::Releasing { .. }
            | Doing::Continuing { .. } => {
                actions.push(Action::Write { worker });
                if left.allows(Event::Echo) {
                    actions.push(Action::WriteTwice { worker });
                }
                let is_accepted = || {
                    let change = self.change(world, next_write(world, worker));
                    world.found().is_some_and(|job| change.guard().allows(&job))
                };
                // An answer that was lost matters only if there was something to tell.
                if left.allows(Event::LostAnswer) && is_accepted() {
                    actions.push(Action::WriteUnheard { worker });
                }
            }
        }
        if doing == Doing::Claiming && self.may_drop(world, worker) {
            actions.push(Action::DropOrphan { worker });
        }
        if left.allows(Event::Death) {
            actions.push(Action::Die { worker });
        }
        if left.allows(Event::Expiry) && world.workers[worker].has_message {
            actions.push(Action::Expire { worker });
        }
    }

    /// The change that a worker asks for by a write.
    pub(crate) fn change(&self, world: &World, write: Write) -> Change {
        let now = NOW;
        let generation = self.generation_named(world, write.generation);
        // Without the fence, a worker ends whatever attempt it finds.
        let fence = |mine: u8| match world.item {
            Some(item) if !self.keeps(Rule::AttemptIsFence) => item.attempt.into(),
            _ => mine.into(),
        };
        match write.doing {
            Doing::Nothing | Doing::Extracting { .. } | Doing::Announcing => {
                unreachable!("a worker that writes nothing was asked what it writes")
            }
            Doing::Claiming => Change::Claim {
                generation,
                delivery: job::Delivery(write.delivery.into()),
                now,
                lease_ends_at: later(),
            },
            Doing::Exhausting => Change::Exhaust {
                generation,
                now,
                failure: failure(),
            },
            Doing::Completing { attempt } => Change::Complete {
                attempt: fence(attempt),
                now,
                result: result_of_attempt(attempt),
                progress: None,
            },
            Doing::Failing { attempt } => Change::Fail {
                attempt: fence(attempt),
                now,
                failure: failure(),
            },
            Doing::Releasing { attempt } => Change::Release {
                attempt: fence(attempt),
                not_before: later(),
                failure: Some(failure()),
            },
            Doing::Continuing { attempt } => Change::Continue {
                attempt: fence(attempt),
                now: if self.keeps(Rule::StepNeedsLease) {
                    now
                } else {
                    earlier()
                },
                not_before: later(),
                progress: Progress::default(),
            },
        }
    }

    /// Sends the message of the next step, and then is about to make the job pending in it.
    pub(crate) fn send_next_step(&self, world: &mut World, worker: usize) {
        let next = usize::from(world.workers[worker].generation) + 1;
        match world.workers[worker].doing {
            Doing::Announcing => {
                world.queue[next] += 1;
                world.forget_delivery(worker);
            }
            Doing::Extracting { .. } => {
                world.left.spend(Event::Step);
                if self.keeps(Rule::StepSendsFirst) {
                    world.queue[next] += 1;
                }
                world.turn(worker, |attempt| Doing::Continuing { attempt });
            }
            _ => {}
        }
    }

    /// Makes a worker's write; says whether it was accepted.
    pub(crate) fn write(&self, world: &mut World, write: Write) -> bool {
        let is_accepted = world.write(&self.change(world, write));
        if is_accepted && matches!(write.doing, Doing::Continuing { .. }) {
            self.skip_attempts(world);
        }
        is_accepted
    }

    /// Makes the write and does what its answer asks for.
    pub(crate) fn make_write(&self, world: &mut World, worker: usize) {
        let is_accepted = self.write(world, next_write(world, worker));
        match (world.workers[worker].doing, is_accepted) {
            (Doing::Nothing | Doing::Extracting { .. } | Doing::Announcing, _) => {}
            (Doing::Claiming, true) => extract(world, worker),
            (Doing::Claiming, false) => self.after_refused_claim(world, worker),
            (Doing::Exhausting | Doing::Completing { .. } | Doing::Failing { .. }, true) => {
                world.forget_delivery(worker);
            }
            (Doing::Releasing { .. }, true) => give_back(world, worker),
            (Doing::Continuing { .. }, true) => {
                if self.keeps(Rule::StepSendsFirst) {
                    world.forget_delivery(worker);
                } else {
                    world.workers[worker].doing = Doing::Announcing;
                }
            }
            (Doing::Completing { attempt }, false) => {
                self.after_refused_completion(world, worker, attempt);
            }
            (
                Doing::Exhausting
                | Doing::Failing { .. }
                | Doing::Releasing { .. }
                | Doing::Continuing { .. },
                false,
            ) => self.leave(world, worker),
        }
    }

    fn after_refused_claim(&self, world: &mut World, worker: usize) {
        match self.why_refused(world, worker) {
            ClaimRefused::Own => extract(world, worker),
            ClaimRefused::NotThereYet => give_back(world, worker),
            ClaimRefused::Settled => world.forget_delivery(worker),
            ClaimRefused::Wait(_) if self.keeps(Rule::WaitingMessageIsGivenBack) => {
                give_back(world, worker);
            }
            ClaimRefused::Wait(_) => world.forget_delivery(worker),
            ClaimRefused::Exhausted if self.keeps(Rule::ExhaustedJobFails) => {
                world.workers[worker].doing = Doing::Exhausting;
            }
            ClaimRefused::Exhausted => give_back(world, worker),
        }
    }

    fn after_refused_completion(&self, world: &mut World, worker: usize, attempt: u8) {
        let delivery = job::Delivery(World::delivery(worker).into());
        let is_own = self.keeps(Rule::OwnCompletionIsRecognised)
            && world
                .found()
                .is_some_and(|found| completed_by(&found, attempt.into(), delivery));
        if !is_own && self.keeps(Rule::LoserDeletesItsResult) {
            world.objects &= !self.place_of_result(attempt);
        }
        self.leave(world, worker);
    }

    /// Ends a delivery whose attempt, if it had one, is over for this worker.
    fn leave(&self, world: &mut World, worker: usize) {
        let generation = self.generation_named(world, world.workers[worker].generation);
        if is_settled(world.found().as_ref(), generation)
            || !self.keeps(Rule::LoserGivesUnsettledBack)
        {
            world.forget_delivery(worker);
        } else {
            give_back(world, worker);
        }
    }

    /// Puts the result where the pointer will point to.
    pub(crate) fn store_result(&self, world: &mut World, worker: usize) {
        world.turn(worker, |attempt| Doing::Completing { attempt });
        if let Doing::Completing { attempt } = world.workers[worker].doing {
            world.objects |= self.place_of_result(attempt);
        }
    }

    /// Whether a message that runs ahead of its item may be older than any call that could still
    /// put the item.
    fn may_drop(&self, world: &World, worker: usize) -> bool {
        let generation = world.workers[worker].generation;
        let is_young = world.sender_is_under_way(generation);
        let named = self.generation_named(world, generation);
        let is_next_step = may_be_continued(world.found().as_ref(), named, NOW);
        self.why_refused(world, worker) == ClaimRefused::NotThereYet
            && (!is_young || !self.keeps(Rule::WorkerKeepsYoungMessage))
            && (!is_next_step || !self.keeps(Rule::WorkerKeepsMessageOfNextStep))
    }

    fn why_refused(&self, world: &World, worker: usize) -> ClaimRefused {
        let generation = self.generation_named(world, world.workers[worker].generation);
        let delivery = job::Delivery(World::delivery(worker).into());
        claim_refused(world.found().as_ref(), generation, delivery, NOW)
    }

    pub(crate) fn place_of_result(&self, attempt: u8) -> u16 {
        if self.keeps(Rule::ResultKeyNamesAttempt) {
            1 << attempt
        } else {
            1 << 1
        }
    }
}

/// The conditional write a worker is about to make.
pub(crate) fn next_write(world: &World, worker: usize) -> Write {
    let Worker {
        doing, generation, ..
    } = world.workers[worker];
    Write {
        doing,
        generation,
        delivery: World::delivery(worker),
    }
}

fn extract(world: &mut World, worker: usize) {
    if let Some(item) = world.item {
        world.workers[worker].doing = Doing::Extracting {
            attempt: item.attempt,
        };
    }
}

fn give_back(world: &mut World, worker: usize) {
    let of = world.workers[worker];
    if of.has_message {
        world.queue[usize::from(of.generation)] += 1;
    }
    world.forget_delivery(worker);
}

/// A dead worker's message comes back, if it still was its own.
pub(crate) fn lose_worker(world: &mut World, worker: usize) {
    world.left.spend(Event::Death);
    let dead = world.workers[worker];
    world.seen.result_orphaned_by_two_faults |= !dead.has_message
        && matches!(dead.doing, Doing::Completing { .. })
        && world.removal == Call::Acknowledged;
    give_back(world, worker);
}
