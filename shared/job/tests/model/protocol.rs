//! The protocol as a model: from one state to the next.

use job::{Change, limits};
use stateright::{Model, Property};

use crate::action::Action;
use crate::budget::{Budget, Event};
use crate::item::{Item, NOW, Stage, earlier, new_job};
use crate::properties;
use crate::rules::Rule;
use crate::worker::{lose_worker, next_write};
use crate::world::{Call, Doing, Worker, World};

/// The protocol, its bounds, and the rule that is left out, if one is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Protocol {
    pub(crate) budget: Budget,
    /// Claims that each submission may use: the last ones of [`limits::MAX_ATTEMPTS`], as if
    /// those before had passed unseen.
    pub(crate) claims: u8,
    pub(crate) without: Option<Rule>,
}

/// The request's place among the objects.
const REQUEST: u16 = 1;

impl Model for Protocol {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self.budget)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        self.possible(world, actions);
    }

    fn next_state(&self, before: &World, action: Action) -> Option<World> {
        let mut world = before.clone();
        self.step(&mut world, action);
        let world = world.in_order();
        (world != *before).then_some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}

impl Protocol {
    pub(crate) fn keeps(&self, rule: Rule) -> bool {
        self.without != Some(rule)
    }

    fn step(&self, world: &mut World, action: Action) {
        match action {
            Action::StartSends => {
                if self.keeps(Rule::StartSendsFirst) {
                    world.queue[0] += 1;
                } else {
                    self.put_item(world);
                }
                world.start = Call::FirstStepDone;
            }
            Action::StartPutsRequest => {
                world.objects |= REQUEST;
                world.start = Call::SecondStepDone;
            }
            Action::StartPutsItem => {
                if self.keeps(Rule::StartSendsFirst) {
                    self.put_item(world);
                } else {
                    world.queue[0] += 1;
                }
                world.start = Call::Acknowledged;
            }
            Action::StartPutsItemUnheard => {
                world.left.spend(Event::LostAnswer);
                self.put_item(world);
            }
            Action::StartDies => die(&mut world.left, &mut world.start),
            Action::RetrySends => {
                world.left.spend(Event::Retry);
                world.retried = world.item.map_or(0, |item| item.generation);
                if self.keeps(Rule::RetrySendsFirst) {
                    send_retry(world);
                } else {
                    self.write_retry(world);
                }
                world.retry = Call::FirstStepDone;
            }
            Action::RetryWrites => {
                if self.keeps(Rule::RetrySendsFirst) {
                    self.write_retry(world);
                } else {
                    send_retry(world);
                }
                world.retry = Call::Acknowledged;
            }
            Action::RetryWritesUnheard => {
                world.left.spend(Event::LostAnswer);
                self.write_retry(world);
            }
            Action::RetryDies => die(&mut world.left, &mut world.retry),
            Action::Cancel => {
                if world.write(&Change::Cancel { now: NOW }) {
                    world.left.spend(Event::Cancel);
                }
            }
            Action::RemovalDeletesItem => {
                world.left.spend(Event::Removal);
                world.item = None;
                world.removal = Call::FirstStepDone;
            }
            Action::RemovalDeletesBytes => {
                world.objects = 0;
                world.removal = Call::Acknowledged;
            }
            Action::RemovalDies => die(&mut world.left, &mut world.removal),
            Action::RemovalIsRepeated => {
                world.removal = if self.keeps(Rule::RepeatedRemovalPurges) {
                    Call::FirstStepDone
                } else {
                    Call::Acknowledged
                };
            }
            Action::Deliver { worker, generation } => {
                world.queue[usize::from(generation)] -= 1;
                world.workers[worker] = Worker {
                    doing: Doing::Claiming,
                    generation,
                    has_message: true,
                };
            }
            Action::Duplicate { generation } => {
                world.left.spend(Event::Duplicate);
                world.queue[usize::from(generation)] += 1;
            }
            Action::Expire { worker } => {
                world.left.spend(Event::Expiry);
                let worker = &mut world.workers[worker];
                worker.has_message = false;
                world.queue[usize::from(worker.generation)] += 1;
            }
            Action::GiveUpOn { generation } => {
                world.left.spend(Event::DeadLetter);
                world.queue[usize::from(generation)] -= 1;
                world.dead_letters[usize::from(generation)] += 1;
            }
            Action::StoreResult { worker } => self.store_result(world, worker),
            Action::FindHopeless { worker } => {
                world.left.spend(Event::Failure);
                world.turn(worker, |attempt| Doing::Failing { attempt });
            }
            Action::MeetPassingFailure { worker } => {
                world.left.spend(Event::Release);
                world.turn(worker, |attempt| Doing::Releasing { attempt });
            }
            Action::SendNextStep { worker } => self.send_next_step(world, worker),
            Action::Write { worker } => self.make_write(world, worker),
            Action::WriteUnheard { worker } => {
                world.left.spend(Event::LostAnswer);
                self.write(world, next_write(world, worker));
            }
            Action::WriteTwice { worker } => {
                world.left.spend(Event::Echo);
                world.echo = Some(next_write(world, worker));
                self.make_write(world, worker);
            }
            Action::EchoArrives => {
                if let Some(write) = world.echo.take() {
                    self.write(world, write);
                }
            }
            Action::DropOrphan { worker } => {
                self.purge_if_gone(world);
                world.forget_delivery(worker);
            }
            Action::Die { worker } => lose_worker(world, worker),
            // A lease that ends by itself looks like one that is ended.
            Action::LeaseEnds => {
                world.write(&Change::EndLease { now: earlier() });
            }
            Action::DelayEnds => {
                if let Some(Item { stage, .. }) = &mut world.item {
                    *stage = Stage::Pending { is_due: true };
                }
            }
            Action::ReaperLooks { generation } => self.look_at_dead_letter(world, generation),
            Action::ReaperBuries => self.bury(world),
        }
    }

    fn put_item(&self, world: &mut World) {
        if world.item.is_none() {
            world.item = Some(Item::from_job(&new_job()));
            self.skip_attempts(world);
        }
    }

    fn write_retry(&self, world: &mut World) {
        if world.write(&retry(world.retried)) {
            self.skip_attempts(world);
        }
    }

    /// Lets all but the last attempts of a new submission pass unseen.
    pub(crate) fn skip_attempts(&self, world: &mut World) {
        let attempts = u8::try_from(limits::MAX_ATTEMPTS).expect("attempts are few");
        if let Some(item) = &mut world.item {
            item.attempt += attempts - self.claims;
        }
    }

    /// The generation by which the reader of a message addresses the job.
    pub(crate) fn generation_named(&self, world: &World, generation: u8) -> u32 {
        let named = match world.item {
            Some(item) if !self.keeps(Rule::MessageNamesGeneration) => item.generation,
            _ => generation,
        };
        named.into()
    }

    /// Deletes what lies under the prefix of a job that is gone.
    pub(crate) fn purge_if_gone(&self, world: &mut World) {
        if world.item.is_none() && self.keeps(Rule::DroppingPurges) {
            world.objects = 0;
        }
    }
}

/// The one retry of a search: of this submission.
pub(crate) fn retry(generation: u8) -> Change {
    Change::Retry {
        generation: generation.into(),
        now: NOW,
    }
}

fn send_retry(world: &mut World) {
    world.queue[usize::from(world.retried) + 1] += 1;
}

fn die(left: &mut Budget, call: &mut Call) {
    left.spend(Event::Death);
    *call = Call::Died;
}
