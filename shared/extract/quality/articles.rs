//! Pages whose main content is known: beside each `page.html` lies a `page.json` with the title, byline, date and text that
//! a person would take out of it. Five are made by real generators of pages, the others after the make of real ones.
//!
//! The text is scored by its words, as many times as each is there (of Chinese and Japanese by its characters), the rest
//! by being the same. Those in `holdout` are scored apart: nobody looks at them to make the engine better.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use extract::{ArticleOutput, Input, LIMITS, NeverInterrupted, Numbers, Output};
use plan::Plan;
use serde::Deserialize;
use serde_json::json;

use super::{Faults, Score, Scores};

/// What is there.
#[derive(Deserialize)]
struct Truth {
    title: String,
    byline: Option<String>,
    published: Option<String>,
    text: String,
}

pub(crate) fn score(folder: &Path, scores: &mut Scores, faults: &mut Faults) {
    for (part, folder) in [
        ("articles", folder.to_owned()),
        ("articles-holdout", folder.join("holdout")),
    ] {
        for page in pages(&folder) {
            let truth = fs::read_to_string(page.with_extension("json")).expect("what is there");
            let truth: Truth = serde_json::from_str(&truth).expect("what is there");
            let found = found(&page);
            let name = page.file_stem().unwrap_or_default().display().to_string();
            let mut say = |what: &str, detail: String| {
                if part == "articles" {
                    faults.push(format!("{name}: {what}: {detail}"));
                }
            };
            let mut add = |what: &str, score: Score| {
                let all = scores.entry(format!("{part}/{what}")).or_default();
                all.right += score.right;
                all.wrong += score.wrong;
                all.missed += score.missed;
            };
            let (text, wrong, missed) = words_of(&found.text, &truth.text);
            if text.precision() < 0.98 {
                say("too much", wrong.join(" "));
            }
            if text.recall() < 0.98 {
                say("missing", missed.join(" "));
            }
            add("text", text);
            let day = |date: &String| date.get(..10).unwrap_or(date).to_owned();
            for (what, found, there) in [
                ("title", found.title, Some(truth.title)),
                ("byline", found.byline, truth.byline),
                (
                    "published",
                    found.published.as_ref().map(day),
                    truth.published.as_ref().map(day),
                ),
            ] {
                let same = there == found;
                if !same {
                    say(what, format!("{found:?} for {there:?}"));
                }
                add(
                    what,
                    Score {
                        right: usize::from(same && found.is_some()),
                        wrong: usize::from(!same && found.is_some()),
                        missed: usize::from(!same && there.is_some()),
                    },
                );
            }
        }
    }
}

/// The pages of a folder, in the order of their names.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of pages");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut pages: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|it| it == "html"))
        .collect();
    pages.sort();
    pages
}

/// The main content that the engine finds.
fn found(page: &Path) -> ArticleOutput {
    let bytes = fs::read(page).expect("a page");
    let input = Input {
        name: Some("page.html"),
        declared: None,
        bytes: &bytes,
    };
    let plan = Plan::read(&json!(["article"])).expect("a plan");
    let numbers = Numbers {
        document: 0,
        members: 1,
    };
    let outcomes = extract::extract(numbers, input, &plan, &LIMITS, &NeverInterrupted);
    let outcome = outcomes.expect("nothing interrupts").swap_remove(0);
    match outcome.document {
        Output::Extracted(document) => document.article.expect("an article was asked for"),
        Output::Failed(failed) => panic!("{}: {}", page.display(), failed.error.detail),
    }
}

/// Compares words; those that are too many, and those that are missing.
fn words_of(found: &str, there: &str) -> (Score, Vec<String>, Vec<String>) {
    let mut counts: BTreeMap<String, isize> = BTreeMap::new();
    for word in words(found) {
        *counts.entry(word).or_default() += 1;
    }
    let mut missed = Vec::new();
    let mut right = 0;
    for word in words(there) {
        let count = counts.entry(word.clone()).or_default();
        if *count > 0 {
            *count -= 1;
            right += 1;
        } else {
            missed.push(word);
        }
    }
    let mut wrong = Vec::new();
    for word in words(found) {
        let count = counts.entry(word.clone()).or_default();
        if *count > 0 {
            *count -= 1;
            wrong.push(word);
        }
    }
    let score = Score {
        right,
        wrong: wrong.len(),
        missed: missed.len(),
    };
    (score, wrong, missed)
}

fn words(text: &str) -> Vec<String> {
    let is_ideograph = |char: char| ('\u{3040}'..='\u{9fff}').contains(&char);
    let mut words = Vec::new();
    for word in text.split(|char: char| !char.is_alphanumeric()) {
        if word.chars().any(is_ideograph) {
            words.extend(word.chars().map(String::from));
        } else if !word.is_empty() {
            words.push(word.to_lowercase());
        }
    }
    words
}
