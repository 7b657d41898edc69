//! Scores the engine against what people found right: precision and recall, kind by kind.
//!
//! Each folder beside this file has a scorer: a file of Rust and a line in [`SCORERS`]. `scores.json` holds what was
//! reached; [`worse`] says where the engine has fallen behind it.

mod articles;
mod entities;
mod invoices;
mod tables;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use extract::{DocumentOutput, Input, LIMITS, NeverInterrupted, Numbers, Output, Record};
use plan::Plan;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Goes through a folder and counts, by what is scored (`entities/email`).
type Scorer = fn(&Path, &mut Scores, &mut Faults);

/// Every folder with its scorer.
const SCORERS: [(&str, Scorer); 4] = [
    ("articles", articles::score),
    ("entities", entities::score),
    ("invoices", invoices::score),
    ("tables", tables::score),
];

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
        "{:32} {:>9} {:>9} {:>7} {:>7} {:>7}\n",
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
            "{name:32} {precision:9.3} {recall:9.3} {right:7} {wrong:7} {missed:7}"
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

/// The documents of a folder that have their truth beside them, in the order of their names.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of documents");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let is_truth = |path: &PathBuf| path.extension().is_some_and(|it| it == "json");
    let mut documents: Vec<_> = paths
        .filter(|path| path.is_file() && !is_truth(path) && path.with_extension("json").exists())
        .collect();
    documents.sort();
    documents
}

/// The truth beside a document.
fn truth<T: DeserializeOwned>(document: &Path) -> T {
    let truth = fs::read_to_string(document.with_extension("json")).expect("what is there");
    serde_json::from_str(&truth).expect("what is there")
}

/// What the engine makes of a document.
fn extracted(document: &Path, plan: &Value) -> (Vec<Record>, DocumentOutput) {
    let bytes = fs::read(document).expect("a document");
    let name = document.file_name().and_then(|name| name.to_str());
    let input = Input {
        name,
        declared: None,
        bytes: &bytes,
    };
    let plan = Plan::read(plan).expect("a plan");
    let numbers = Numbers {
        document: 0,
        members: 1,
    };
    let outcomes = extract::extract(numbers, input, &plan, &LIMITS, &NeverInterrupted);
    let outcome = outcomes.expect("nothing interrupts").swap_remove(0);
    match outcome.document {
        Output::Extracted(output) => (outcome.records, *output),
        Output::Failed(failed) => panic!("{}: {}", document.display(), failed.error.detail),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("quality")
}
