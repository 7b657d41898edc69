//! Texts in which people marked what entities are there: `⟦kind|what stands there⟧`, with its value where that is another:
//! `⟦money=4.90 EUR|4,90 €⟧`. The marks are taken out before the engine sees the text.
//!
//! A finding is right if kind, place and value are. Those in `holdout` are scored apart: nobody looks at them to make the
//! engine better.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use extract::{Document, Input, LIMITS, NeverInterrupted, Record, Text};
use plan::Plan;
use serde_json::json;

use super::{Faults, Scores};

/// Where something stands, in Unicode scalar values, with its kind and value.
type Mark = ((usize, usize), String, String);

pub(crate) fn score(folder: &Path, scores: &mut Scores, faults: &mut Faults) {
    for (part, folder) in [
        ("entities", folder.to_owned()),
        ("entities-holdout", folder.join("holdout")),
    ] {
        for (path, marked) in texts(&folder) {
            let (text, there) = unmarked(&marked);
            let found = found(&text);
            let mut count = |kind: &str, found| {
                for name in [format!("{part}/{kind}"), format!("{part}/(all)")] {
                    scores.entry(name).or_default().count(found);
                }
            };
            for mark in &found {
                let right = there.contains(mark);
                count(&mark.1, Some(right));
                faults.extend(
                    (!right)
                        .then(|| fault("wrong", &path, &text, mark))
                        .flatten(),
                );
            }
            for mark in there.iter().filter(|mark| !found.contains(mark)) {
                count(&mark.1, None);
                faults.extend(fault("missed", &path, &text, mark));
            }
        }
    }
}

/// What is not right; nothing of what is held out.
fn fault(
    what: &str,
    path: &Path,
    text: &str,
    ((start, end), kind, value): &Mark,
) -> Option<String> {
    let held_out = path.components().any(|part| part.as_os_str() == "holdout");
    let raw: String = text.chars().take(*end).skip(*start).collect();
    let name = path.file_stem().unwrap_or_default().display();
    (!held_out).then(|| format!("{what:6} {name}: {kind} {value:?} at {raw:?}"))
}

fn texts(folder: &Path) -> BTreeMap<PathBuf, String> {
    let entries = fs::read_dir(folder).expect("a folder of texts");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let texts = paths.filter(|path| path.extension().is_some_and(|it| it == "txt"));
    texts
        .map(|path| (path.clone(), fs::read_to_string(path).expect("a text")))
        .collect()
}

fn unmarked(marked: &str) -> (String, Vec<Mark>) {
    let (mut text, mut marks, mut length) = (String::new(), Vec::new(), 0);
    let mut add = |part: &str| {
        let start = length;
        text.push_str(part);
        length += part.chars().count();
        (start, length)
    };
    let mut parts = marked.split('⟦');
    add(parts.next().unwrap_or_default());
    for part in parts {
        let (mark, rest) = part.split_once('⟧').expect("every mark ends");
        let (name, raw) = mark.split_once('|').expect("a mark has its kind");
        let (kind, value) = name.split_once('=').unwrap_or((name, raw));
        marks.push((add(raw), kind.to_owned(), value.to_owned()));
        add(rest);
    }
    (text, marks)
}

/// What is found in the text, whatever a reader would make of it.
fn found(text: &str) -> Vec<Mark> {
    let input = Input {
        name: None,
        declared: None,
        bytes: text.as_bytes(),
    };
    let document = Document {
        text: Text::new(text.to_owned()),
        ..Document::default()
    };
    let plan = Plan::read(&json!(["entities"])).expect("a plan");
    let found = extract::find::find(0, input, document, &plan, &LIMITS, &NeverInterrupted);
    let (records, _) = found.expect("nothing interrupts");
    records.iter().map(mark).collect()
}

fn mark(record: &Record) -> Mark {
    let text = |name: &str| record.get(name).and_then(|it| it.as_str());
    let kind = text("kind").expect("a record has a kind");
    let value = text("value").expect("a record has a value");
    let unit = match kind {
        "money" => text("currency"),
        "quantity" => text("unit"),
        _ => None,
    };
    let place = |name: &str| {
        usize::try_from(record["source"][name].as_u64().unwrap_or(0)).expect("an offset")
    };
    let value = unit.map_or_else(|| value.to_owned(), |unit| format!("{value} {unit}"));
    ((place("start"), place("end")), kind.to_owned(), value)
}
