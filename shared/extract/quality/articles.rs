//! Pages whose main content is known: beside each `page.html` lies a `page.json` with the title, byline, date and text that
//! a person would take out of it. Five are made by real generators of pages, the others after the make of real ones.
//!
//! The text is scored by its words, as many times as each is there (of Chinese and Japanese by its characters), the rest
//! by being the same. Those in `holdout` are scored apart: nobody looks at them to make the engine better.

use std::collections::BTreeMap;
use std::path::Path;

use extract::ArticleOutput;
use serde::Deserialize;
use serde_json::json;

use super::{Faults, Score, Scores, documents, extracted, truth};

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
        for page in documents(&folder) {
            let truth: Truth = truth(&page);
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

/// The main content that the engine finds.
fn found(page: &Path) -> ArticleOutput {
    let (_, document) = extracted(page, &json!(["article"]));
    document.article.expect("an article was asked for")
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
