//! Scores the engine against what people found right: precision and recall, kind by kind.
//!
//! Each folder beside this file has a scorer: a file of Rust and a line in [`SCORERS`]. `scores.json` holds what was
//! reached; [`worse`] says where the engine has fallen behind it.

mod articles;
mod entities;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Goes through a folder and counts, by what is scored (`entities/email`).
type Scorer = fn(&Path, &mut Scores, &mut Faults);

/// Every folder with its scorer.
const SCORERS: [(&str, Scorer); 2] = [("articles", articles::score), ("entities", entities::score)];

/// How far a score may fall before it counts as worse.
const TOLERANCE: f64 = 0.001;

/// What is not right, in words.
pub(crate) type Faults = Vec<String>;

/// What was found, by what is scored.
pub(crate) type Scores = BTreeMap<String, Score>;

/// How what is found compares with what is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Score {
    /// Found, and there.
    pub(crate) right: usize,
    /// Found, and not there, or not so.
    pub(crate) wrong: usize,
    /// There, and not found.
    pub(crate) missed: usize,
}

impl Score {
    /// How much of what is found is right; 1 if nothing is found.
    pub(crate) fn precision(self) -> f64 {
        share(self.right, self.wrong)
    }

    /// How much of what is there is found; 1 if nothing is there.
    pub(crate) fn recall(self) -> f64 {
        share(self.right, self.missed)
    }

    /// Counts one more that is found (with whether it is right) or, with none, missed.
    pub(crate) fn count(&mut self, found: Option<bool>) {
        match found {
            Some(true) => self.right += 1,
            Some(false) => self.wrong += 1,
            None => self.missed += 1,
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "there are a few thousand at most"
)]
fn share(right: usize, rest: usize) -> f64 {
    if right + rest == 0 {
        return 1.0;
    }
    right as f64 / (right + rest) as f64
}

/// A recorded score, as shares.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Recorded {
    precision: f64,
    recall: f64,
}

/// The scores of all folders, and what is not right.
pub(crate) fn scores() -> (Scores, Faults) {
    let (mut scores, mut faults) = (Scores::new(), Faults::new());
    for (folder, score) in SCORERS {
        score(&root().join(folder), &mut scores, &mut faults);
    }
    (scores, faults)
}

/// A table of the scores, for people.
pub(crate) fn table(scores: &Scores) -> String {
    let mut table = format!(
        "{:28} {:>9} {:>9} {:>7} {:>7} {:>7}\n",
        "", "precision", "recall", "right", "wrong", "missed"
    );
    for (name, score) in scores {
        let Score {
            right,
            wrong,
            missed,
        } = *score;
        let (precision, recall) = (score.precision(), score.recall());
        writeln!(
            table,
            "{name:28} {precision:9.3} {recall:9.3} {right:7} {wrong:7} {missed:7}"
        )
        .expect("a string takes all");
    }
    table
}

/// Where the scores are worse than those that are recorded.
pub(crate) fn worse(scores: &Scores) -> Vec<String> {
    let recorded = fs::read_to_string(record()).unwrap_or_default();
    let recorded: BTreeMap<String, Recorded> = serde_json::from_str(&recorded).unwrap_or_default();
    let mut worse = Vec::new();
    for (name, now) in &shares(scores) {
        let Some(recorded) = recorded.get(name) else {
            worse.push(format!("{name} is not recorded"));
            continue;
        };
        let both = [
            ("precision", now.precision, recorded.precision),
            ("recall", now.recall, recorded.recall),
        ];
        for (what, now, before) in both {
            if now < before - TOLERANCE {
                worse.push(format!("{name}: {what} {now:.3}, it was {before:.3}"));
            }
        }
    }
    let gone = recorded.keys().filter(|name| !scores.contains_key(*name));
    worse.extend(gone.map(|name| format!("{name} is recorded, and scored no more")));
    worse
}

/// The scores as they are recorded.
pub(crate) fn shares(scores: &Scores) -> BTreeMap<String, Recorded> {
    let rounded = |share: f64| (share * 10_000.0).round() / 10_000.0;
    let shares = scores.iter().map(|(name, score)| {
        let (precision, recall) = (rounded(score.precision()), rounded(score.recall()));
        (name.clone(), Recorded { precision, recall })
    });
    shares.collect()
}

/// The file of the recorded scores.
pub(crate) fn record() -> PathBuf {
    root().join("scores.json")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("quality")
}
