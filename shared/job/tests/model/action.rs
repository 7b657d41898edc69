//! What can happen next: the processes' steps, the queue's freedoms, the client's wishes, and time.

use crate::budget::Event;
use crate::item::{Stage, small};
use crate::protocol::{Protocol, retry};
use crate::world::{Call, GENERATIONS, World};

/// One step. Workers are named by their place in the state that the step starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    StartSends,
    StartPutsRequest,
    StartPutsItem,
    StartPutsItemUnheard,
    StartDies,
    RetrySends,
    RetryWrites,
    RetryWritesUnheard,
    RetryDies,
    Cancel,
    RemovalDeletesItem,
    RemovalDeletesBytes,
    RemovalDies,
    RemovalIsRepeated,
    Deliver { worker: usize, generation: u8 },
    Duplicate { generation: u8 },
    Expire { worker: usize },
    GiveUpOn { generation: u8 },
    StoreResult { worker: usize },
    FindHopeless { worker: usize },
    MeetPassingFailure { worker: usize },
    SendNextStep { worker: usize },
    Write { worker: usize },
    WriteUnheard { worker: usize },
    WriteTwice { worker: usize },
    EchoArrives,
    DropOrphan { worker: usize },
    Die { worker: usize },
    LeaseEnds,
    DelayEnds,
    ReaperLooks { generation: u8 },
    ReaperBuries,
}

/// Who is behind a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The client asks for something.
    Client,
    /// Something goes wrong, or at least not as usual.
    Trouble,
    /// The processes do their work, and time passes.
    Progress,
}

impl Action {
    pub(crate) fn cause(self) -> Cause {
        match self {
            Self::StartSends
            | Self::RetrySends
            | Self::Cancel
            | Self::RemovalDeletesItem
            | Self::RemovalIsRepeated => Cause::Client,
            Self::StartPutsItemUnheard
            | Self::StartDies
            | Self::RetryWritesUnheard
            | Self::RetryDies
            | Self::RemovalDies
            | Self::Duplicate { .. }
            | Self::Expire { .. }
            | Self::GiveUpOn { .. }
            | Self::FindHopeless { .. }
            | Self::MeetPassingFailure { .. }
            | Self::WriteUnheard { .. }
            | Self::WriteTwice { .. }
            | Self::EchoArrives
            | Self::Die { .. } => Cause::Trouble,
            Self::StartPutsRequest
            | Self::StartPutsItem
            | Self::RetryWrites
            | Self::RemovalDeletesBytes
            | Self::Deliver { .. }
            | Self::StoreResult { .. }
            | Self::SendNextStep { .. }
            | Self::Write { .. }
            | Self::DropOrphan { .. }
            | Self::LeaseEnds
            | Self::DelayEnds
            | Self::ReaperLooks { .. }
            | Self::ReaperBuries => Cause::Progress,
        }
    }
}

impl Protocol {
    /// Every step that can be taken now.
    pub(crate) fn possible(&self, world: &World, actions: &mut Vec<Action>) {
        api_actions(world, actions);
        queue_actions(world, actions);
        reaper_actions(world, actions);
        for worker in 0..world.workers.len() {
            self.worker_actions(world, worker, actions);
        }
        if world.echo.is_some() {
            actions.push(Action::EchoArrives);
        }
        if let Some(item) = world.item {
            if item.has_live_lease() {
                actions.push(Action::LeaseEnds);
            }
            if item.stage == (Stage::Pending { is_due: false }) {
                actions.push(Action::DelayEnds);
            }
        }
    }
}

fn api_actions(world: &World, actions: &mut Vec<Action>) {
    call_actions(world, actions);
    let left = &world.left;
    if world.removal == Call::Died {
        actions.push(Action::RemovalIsRepeated);
    }
    let Some(job) = world.found() else { return };
    if left.allows(Event::Cancel) {
        actions.push(Action::Cancel);
    }
    // The call looks first: a job that cannot be retried gets no message.
    let retry = retry(small(job.generation));
    if left.allows(Event::Retry) && world.retry == Call::NotMade && retry.guard().allows(&job) {
        actions.push(Action::RetrySends);
    }
    // Nobody knows the job before its start is acknowledged.
    if left.allows(Event::Removal) && world.start == Call::Acknowledged {
        actions.push(Action::RemovalDeletesItem);
    }
}

/// How the calls that are under way go on.
fn call_actions(world: &World, actions: &mut Vec<Action>) {
    let left = &world.left;
    match world.start {
        Call::NotMade => actions.push(Action::StartSends),
        Call::FirstStepDone => actions.push(Action::StartPutsRequest),
        Call::SecondStepDone => {
            actions.push(Action::StartPutsItem);
            if left.allows(Event::LostAnswer) {
                actions.push(Action::StartPutsItemUnheard);
            }
        }
        Call::Acknowledged | Call::Died => {}
    }
    if world.retry.is_under_way() {
        actions.push(Action::RetryWrites);
        if left.allows(Event::LostAnswer) {
            actions.push(Action::RetryWritesUnheard);
        }
    }
    if world.removal.is_under_way() {
        actions.push(Action::RemovalDeletesBytes);
    }
    if left.allows(Event::Death) {
        let calls = [
            (world.start, Action::StartDies),
            (world.retry, Action::RetryDies),
            (world.removal, Action::RemovalDies),
        ];
        let under_way = calls.into_iter().filter(|(call, _)| call.is_under_way());
        actions.extend(under_way.map(|(_, death)| death));
    }
}

fn queue_actions(world: &World, actions: &mut Vec<Action>) {
    // Idle workers are alike.
    let idle = world.workers.iter().position(|worker| worker.is_idle());
    for generation in GENERATIONS {
        if world.queue[usize::from(generation)] == 0 {
            continue;
        }
        if let Some(worker) = idle {
            actions.push(Action::Deliver { worker, generation });
        }
        if world.left.allows(Event::Duplicate) {
            actions.push(Action::Duplicate { generation });
        }
        if world.left.allows(Event::DeadLetter) {
            actions.push(Action::GiveUpOn { generation });
        }
    }
}

fn reaper_actions(world: &World, actions: &mut Vec<Action>) {
    if world.reaper.is_some() {
        actions.push(Action::ReaperBuries);
        return;
    }
    for generation in GENERATIONS {
        if world.dead_letters[usize::from(generation)] > 0 {
            actions.push(Action::ReaperLooks { generation });
        }
    }
}
