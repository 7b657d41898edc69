//! Damaged files: whatever is cut off or changed, an extraction ends, with a result or with an error that has a name.

use std::time::{Duration, Instant};

use extract::{Interrupted, Output, Problem, Watch};

use crate::{Fixture, extract_all, setting};

/// Damaged files in all; `MUTATIONS` sets another number.
const MUTATIONS: usize = 2_000;

/// The longest that a damaged file may take: far above what any takes, far below for ever.
const LONGEST: Duration = Duration::from_mins(1);

#[test]
fn a_damaged_file_is_read_or_refused_by_name() {
    let count = setting("MUTATIONS").map_or(MUTATIONS, |count| count.parse().expect("a number"));
    let seed = setting("SEED").map_or(0x2545_f491_4f6c_dd1d, |seed| {
        seed.parse().expect("a number other than 0")
    });
    let fixtures = Fixture::all();
    let mut random = Xorshift(seed);
    for number in 0..count {
        let fixture = &fixtures[number % fixtures.len()];
        let bytes = damaged(&fixture.bytes, &mut random);
        let name = if random.below(2) == 0 {
            fixture.name()
        } else {
            ""
        };
        let what = format!("mutation {number} (seed {seed}) of {}", fixture.path);
        let outcomes = extract_all(name, &bytes, &Deadline(Instant::now() + LONGEST));
        for outcome in outcomes.unwrap_or_else(|_| panic!("{what} takes too long")) {
            match outcome.document {
                Output::Extracted(_) => {}
                Output::Failed(failed) => {
                    let code = failed.error.code;
                    assert_ne!(code, Problem::ReaderFailed, "a reader panics on {what}");
                    assert!(!failed.error.detail.is_empty(), "{what}");
                }
            }
        }
    }
}

/// The bytes cut off, with bits flipped, with a piece taken out or doubled, or all of it.
fn damaged(whole: &[u8], random: &mut Xorshift) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    match random.below(4) {
        0 => bytes.truncate(1 + random.below(bytes.len())),
        1 => {}
        2 => {
            let start = random.below(bytes.len());
            let end = (start + 1 + random.below(64)).min(bytes.len());
            bytes.drain(start..end);
        }
        _ => {
            let start = random.below(bytes.len());
            let end = (start + 1 + random.below(64)).min(bytes.len());
            let piece = bytes[start..end].to_vec();
            let to = random.below(bytes.len());
            bytes.splice(to..to, piece);
        }
    }
    if bytes.is_empty() {
        return vec![0];
    }
    for _ in 0..random.below(9) {
        let at = random.below(bytes.len());
        bytes[at] ^= 1 << random.below(8);
    }
    bytes
}

/// Random numbers, the same ones every time.
struct Xorshift(u64);

impl Xorshift {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("less than the limit")
    }
}

/// Lets nothing run for longer.
struct Deadline(Instant);

impl Watch for Deadline {
    fn check(&self) -> Result<(), Interrupted> {
        if Instant::now() < self.0 {
            Ok(())
        } else {
            Err(Interrupted::OutOfTime)
        }
    }
}
