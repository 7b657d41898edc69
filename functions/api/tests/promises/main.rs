//! What the API promises its clients, tried by calls at random: no job is lost, no page of a list is wrong, nothing takes effect
//! twice. `play` plays steps on a whole product, `model` says what its answers may be.
//!
//! `PROMISES=1000` plays so many of each kind.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

mod model;
mod play;
mod step;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::play::{Spoilt, play};
use crate::step::Step;

/// Plays of each kind, unless the environment says how many.
const PLAYS: u32 = 10;

#[test]
fn what_is_promised_holds() {
    holds(step::smooth(), false);
}

#[test]
fn what_is_promised_holds_whatever_goes_wrong() {
    holds(step::rough(), true);
}

fn holds(steps: impl Strategy<Value = Vec<Step>>, rough: bool) {
    let found =
        TestRunner::new(config(PLAYS, 400)).run(&steps, |steps| played(&steps, rough, Spoilt::Not));
    if let Err(TestError::Fail(why, steps)) = found {
        panic!("{why}\nafter these steps: {steps:#?}");
    }
    found.unwrap();
}

#[test]
fn what_breaks_a_promise_is_found_and_told_in_few_steps() {
    for (spoilt, most) in [
        (Spoilt::LosesJobs, 4),
        (Spoilt::StartsTwice, 2),
        (Spoilt::HidesJobs, 2),
    ] {
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(config(4 * PLAYS, 60), rng);
        let found = runner.run(&step::few(), |steps| played(&steps, false, spoilt));
        let Err(TestError::Fail(_, steps)) = found else {
            panic!("{spoilt:?}: {found:?}");
        };
        assert!(steps.len() <= most, "{spoilt:?}: {steps:#?}");
    }
}

fn played(steps: &[Step], rough: bool, spoilt: Spoilt) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let played = runtime.block_on(play(steps, rough, spoilt));
    played.map_err(TestCaseError::fail)
}

fn config(plays: u32, shrinks: u32) -> Config {
    #[expect(clippy::disallowed_methods, reason = "a switch of this test alone")]
    let wanted = std::env::var("PROMISES")
        .ok()
        .and_then(|plays| plays.parse().ok());
    Config {
        cases: wanted.unwrap_or(plays),
        max_shrink_iters: shrinks,
        failure_persistence: None,
        ..Config::default()
    }
}
