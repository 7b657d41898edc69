//! Every interleaving of one job's life is tried: one job, two workers, a queue that repeats
//! itself, a reaper, a client that cancels, retries and removes, processes that die, answers that
//! are lost, and time that passes whenever it likes.
//!
//! The search runs the product's own functions ([`job::Change`], [`job::protocol`]) on real jobs;
//! written here is only the world around them. Each rule of the protocol is also left out once,
//! which must break what the rule is there for: so the search is known to see it.

mod action;
mod budget;
mod item;
mod properties;
mod protocol;
mod reaper;
mod rest;
mod rules;
mod worker;
mod world;

use std::collections::BTreeSet;

use stateright::{Checker, HasDiscoveries, Model};

use budget::Budget;
use budget::Event::{
    self, Cancel, DeadLetter, Death, Duplicate, Expiry, LostAnswer, Removal, Retry, Step,
};
use properties::{COMPLETED_HAS_RESULT, NO_BYTES_STAY};
use protocol::Protocol;
use rest::Space;
use rules::Rule;

/// Claims that each submission may use: enough for one to be lost and for another to take its
/// place.
const CLAIMS: u8 = 2;

/// Faults that may meet in the searches of every day; those of `make model` go further.
const FAULTS: u8 = 3;

#[test]
fn no_three_faults_break_an_invariant() {
    assert_invariants(all_but_steps().with_faults(FAULTS), CLAIMS);
}

#[test]
fn after_any_three_faults_a_job_comes_to_rest_without_help() {
    assert_rest(all_but_steps().with_faults(FAULTS), CLAIMS);
}

#[test]
fn no_two_faults_break_an_invariant_of_a_job_of_two_steps() {
    assert_invariants(Budget::of(&Event::ALL).with_faults(2), CLAIMS);
}

#[test]
fn after_any_fault_a_job_of_two_steps_comes_to_rest_without_help() {
    assert_rest(Budget::of(&Event::ALL).with_faults(1), CLAIMS);
}

#[test]
#[ignore = "takes minutes: `make model`"]
fn no_three_faults_break_an_invariant_of_a_job_of_two_steps() {
    assert_invariants(Budget::of(&Event::ALL).with_faults(3), CLAIMS);
}

#[test]
#[ignore = "takes minutes: `make model`"]
fn after_any_three_faults_a_job_of_two_steps_comes_to_rest_without_help() {
    assert_rest(Budget::of(&Event::ALL).with_faults(3), CLAIMS);
}

#[test]
#[ignore = "takes minutes: `make model`"]
fn no_five_faults_break_an_invariant() {
    assert_invariants(all_but_steps().with_faults(5), CLAIMS);
}

#[test]
#[ignore = "takes minutes: `make model`"]
fn after_any_four_faults_a_job_comes_to_rest_without_help() {
    assert_rest(all_but_steps().with_faults(4), CLAIMS);
}

#[test]
#[ignore = "takes minutes: `make model`"]
fn no_three_faults_break_an_invariant_of_a_job_with_three_attempts() {
    assert_invariants(all_but_steps().with_faults(3), 3);
}

#[test]
#[ignore = "takes minutes: `make model`"]
fn the_same_fault_twice_breaks_no_invariant_and_leaves_nothing_pending() {
    let faults = Event::ALL.into_iter().filter(|event| event.is_fault());
    for fault in faults {
        let one_step = Event::ALL.into_iter().filter(|event| *event != Step);
        let events: Vec<Event> = one_step.chain([fault]).collect();
        let budget = Budget::of(&events).with_faults(3);
        assert_invariants(budget, CLAIMS);
        assert_rest(budget, CLAIMS);
    }
}

#[test]
fn an_item_before_its_message_is_pending_for_ever_if_start_dies_in_between() {
    strands(Rule::StartSendsFirst, &[Death]);
}

#[test]
fn a_retry_before_its_message_is_pending_for_ever_if_it_dies_in_between() {
    strands(Rule::RetrySendsFirst, &[Cancel, Retry, Death]);
}

#[test]
fn a_step_before_its_message_is_pending_for_ever_if_its_worker_dies_in_between() {
    strands(Rule::StepSendsFirst, &[Step, Death]);
}

#[test]
fn a_next_steps_message_dropped_by_a_worker_leaves_its_job_pending_for_ever() {
    strands(Rule::WorkerKeepsMessageOfNextStep, &[Step]);
}

#[test]
fn a_next_steps_letter_dropped_by_the_reaper_leaves_its_job_pending_for_ever() {
    strands(Rule::ReaperKeepsLetterOfNextStep, &[Step, DeadLetter]);
}

#[test]
fn a_job_continued_after_its_lease_may_be_pending_for_ever() {
    strands(Rule::StepNeedsLease, &[Step]);
}

#[test]
fn a_message_without_a_generation_is_consumed_before_its_retry_is_written() {
    strands(Rule::MessageNamesGeneration, &[Cancel, Retry]);
}

#[test]
fn a_young_message_dropped_by_a_worker_leaves_its_job_pending_for_ever() {
    strands(Rule::WorkerKeepsYoungMessage, &[]);
}

#[test]
fn a_young_letter_dropped_by_the_reaper_leaves_its_job_pending_for_ever() {
    strands(Rule::ReaperKeepsYoungLetter, &[DeadLetter]);
}

#[test]
fn a_running_jobs_letter_dropped_by_the_reaper_leaves_it_running_for_ever() {
    strands(Rule::ReaperKeepsLetterOfRunningJob, &[Death, DeadLetter]);
}

#[test]
fn a_waiting_message_that_is_consumed_leaves_its_job_running_for_ever() {
    strands(Rule::WaitingMessageIsGivenBack, &[Death]);
}

#[test]
fn a_loser_that_consumes_its_message_leaves_the_job_to_nobody() {
    strands(Rule::LoserGivesUnsettledBack, &[Expiry, Death]);
}

#[test]
fn an_exhausted_job_that_nobody_ends_is_pending_for_ever() {
    strands(Rule::ExhaustedJobFails, &[Death, Death]);
}

#[test]
fn without_the_fence_a_job_is_completed_with_the_result_of_another_attempt() {
    breaks(Rule::AttemptIsFence, &[Duplicate], COMPLETED_HAS_RESULT);
}

#[test]
fn a_completion_that_is_not_recognised_deletes_the_live_result() {
    breaks(
        Rule::OwnCompletionIsRecognised,
        &[LostAnswer],
        COMPLETED_HAS_RESULT,
    );
}

#[test]
fn a_result_key_that_attempts_share_lets_the_loser_delete_the_live_result() {
    breaks(
        Rule::ResultKeyNamesAttempt,
        &[Duplicate],
        COMPLETED_HAS_RESULT,
    );
}

#[test]
fn a_loser_that_keeps_its_result_leaves_bytes_after_removal() {
    breaks(Rule::LoserDeletesItsResult, &[Removal], NO_BYTES_STAY);
}

#[test]
fn a_message_dropped_without_a_purge_leaves_the_bytes_of_a_start_that_died() {
    breaks(Rule::DroppingPurges, &[Death], NO_BYTES_STAY);
}

#[test]
fn a_message_dropped_without_a_purge_leaves_the_bytes_of_a_worker_that_died() {
    breaks(Rule::DroppingPurges, &[Removal, Death], NO_BYTES_STAY);
}

#[test]
fn a_repeated_removal_that_deletes_nothing_leaves_the_bytes_of_one_that_died() {
    breaks(
        Rule::RepeatedRemovalPurges,
        &[Removal, Death],
        NO_BYTES_STAY,
    );
}

/// All that may happen to a job that is done in one step.
fn all_but_steps() -> Budget {
    let events = Event::ALL.into_iter().filter(|event| *event != Step);
    Budget::of(&events.collect::<Vec<_>>())
}

/// Searches every state for one that breaks an invariant, and for what must occur.
fn assert_invariants(budget: Budget, claims: u8) {
    let protocol = Protocol {
        budget,
        claims,
        without: None,
    };
    protocol
        .checker()
        .threads(2)
        .spawn_bfs()
        .join()
        .assert_properties();
}

/// Searches every state for one from which no way leads to rest.
fn assert_rest(budget: Budget, claims: u8) {
    let protocol = Protocol {
        budget,
        claims,
        without: None,
    };
    assert_eq!(Space::explore(&protocol).stranding(), None);
}

/// Asserts that, without the rule, some state is a dead end, and that with it none is.
fn strands(rule: Rule, events: &[Event]) {
    let stranding = |without| {
        let protocol = Protocol {
            budget: Budget::of(events),
            claims: CLAIMS,
            without,
        };
        Space::explore(&protocol).stranding()
    };
    assert_eq!(stranding(None), None);
    assert!(stranding(Some(rule)).is_some(), "nothing is stranded");
}

/// Asserts that, without the rule, some state breaks this property, and that with it none does.
fn breaks(rule: Rule, events: &[Event], property: &'static str) {
    let counterexample = |without| {
        let protocol = Protocol {
            budget: Budget::of(events),
            claims: CLAIMS,
            without,
        };
        let search = protocol
            .checker()
            .finish_when(HasDiscoveries::AnyOf(BTreeSet::from([property])));
        search.spawn_bfs().join().discovery(property)
    };
    assert_eq!(counterexample(None), None);
    assert!(counterexample(Some(rule)).is_some(), "nothing breaks");
}
