//! What must hold in every state, and what must be seen in some state so that the search is known
//! to be a real one.

use job::limits;
use stateright::Property;

use crate::budget::Event;
use crate::item::Stage;
use crate::protocol::Protocol;
use crate::world::{Call, Doing, World};

pub(crate) const COMPLETED_HAS_RESULT: &str =
    "a completed job has the result of the attempt that completed it";
pub(crate) const FINAL_STAYS: &str = "a final state changes only by retry or removal";
pub(crate) const CANCEL_STAYS: &str = "an acknowledged cancel stays";
pub(crate) const ACKNOWLEDGED_EXISTS: &str = "an acknowledged job exists until it is removed";
pub(crate) const REMOVED_STAYS_AWAY: &str = "a removed job never comes back";
pub(crate) const ATTEMPTS_ARE_BOUNDED: &str = "a submission is claimed at most so often";
pub(crate) const ATTEMPT_GROWS: &str = "the attempt number never falls";
pub(crate) const LEASE_IS_RESPECTED: &str = "a live lease is nobody else's";
pub(crate) const NO_BYTES_STAY: &str = "a job that is gone leaves no bytes, but for two faults";

pub(crate) fn all() -> Vec<Property<Protocol>> {
    let mut all = invariants();
    all.extend(occurrences());
    all
}

fn invariants() -> Vec<Property<Protocol>> {
    vec![
        Property::always(COMPLETED_HAS_RESULT, |protocol, world: &World| {
            world.item.is_none_or(|item| match item.stage {
                Stage::Completed { result_of, .. } => {
                    result_of == item.attempt
                        && world.objects & protocol.place_of_result(result_of) != 0
                }
                _ => true,
            })
        }),
        Property::always(FINAL_STAYS, |_, world: &World| {
            world.seen.broken != Some(FINAL_STAYS)
        }),
        Property::always(CANCEL_STAYS, |_, world: &World| {
            world.item.is_none_or(|item| {
                world.seen.cancelled != Some(item.generation) || item.stage == Stage::Cancelled
            })
        }),
        Property::always(ACKNOWLEDGED_EXISTS, |_, world: &World| {
            world.item.is_some()
                || world.start != Call::Acknowledged
                || world.removal != Call::NotMade
        }),
        Property::always(REMOVED_STAYS_AWAY, |_, world: &World| {
            world.item.is_none() || world.removal == Call::NotMade
        }),
        Property::always(ATTEMPTS_ARE_BOUNDED, |protocol, world: &World| {
            world.seen.claims <= protocol.claims
        }),
        Property::always(ATTEMPT_GROWS, |_, world: &World| {
            world.seen.broken != Some(ATTEMPT_GROWS)
        }),
        Property::always(LEASE_IS_RESPECTED, |_, world: &World| {
            world.seen.broken != Some(LEASE_IS_RESPECTED)
        }),
        Property::always(NO_BYTES_STAY, |_, world: &World| {
            let is_gone_for_good = world.item.is_none() && world.removal != Call::Died;
            !(world.is_quiet() && is_gone_for_good)
                || world.objects == 0
                || world.seen.result_orphaned_by_two_faults
        }),
    ]
}

fn occurrences() -> Vec<Property<Protocol>> {
    vec![
        Property::sometimes(
            "a job completes in its second submission",
            |_, world: &World| {
                world.item.is_some_and(|item| {
                    item.generation == 1 && matches!(item.stage, Stage::Completed { .. })
                })
            },
        ),
        Property::sometimes("two workers hold the same job", |_, world: &World| {
            world
                .workers
                .iter()
                .all(|worker| matches!(worker.doing, Doing::Extracting { .. }))
        }),
        Property::sometimes(
            "a job completes in its third submission",
            |protocol, world: &World| {
                let is_expected = protocol.budget.allows(Event::Step);
                !is_expected
                    || world.item.is_some_and(|item| {
                        item.generation == 2 && matches!(item.stage, Stage::Completed { .. })
                    })
            },
        ),
        Property::sometimes("a job uses all its attempts", |_, world: &World| {
            let limit = u8::try_from(2 * limits::MAX_ATTEMPTS).expect("it is small");
            world
                .item
                .is_some_and(|item| item.attempt == limit && item.stage == Stage::Failed)
        }),
        Property::sometimes("a dead letter is buried", |_, world: &World| {
            // Nothing else ends a job that was never claimed as failed.
            world.seen.claims == 0 && world.item.is_some_and(|item| item.stage == Stage::Failed)
        }),
        Property::sometimes("two faults leave bytes", |_, world: &World| {
            world.is_quiet() && world.item.is_none() && world.objects != 0
        }),
    ]
}
