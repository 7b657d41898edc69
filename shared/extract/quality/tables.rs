//! Documents whose tables are known: beside each lies a `.json` with the texts of all cells and the number of header rows,
//! written by `make.py` from the data that it made the document of.
//!
//! Scored are the cells that are not empty, by format: right is one whose text is the same, but for white space, and stands
//! at its row and column of the table that fits best; one that is not so counts as wrong and, where there is a text,
//! as missed. A table is right under `header rows` if it has as many as are there. Those in `holdout` are scored apart:
//! nobody looks at them to make the engine better.

use std::path::Path;

use extract::TableOutput;
use serde::Deserialize;
use serde_json::json;

use super::{Faults, Score, Scores, documents, extracted, truth};

/// What is there.
#[derive(Deserialize)]
struct Truth {
    tables: Vec<Table>,
}

#[derive(Deserialize)]
struct Table {
    header_rows: usize,
    rows: Rows,
}

type Rows = Vec<Vec<String>>;

pub(crate) fn score(folder: &Path, scores: &mut Scores, faults: &mut Faults) {
    for (part, folder) in [
        ("tables", folder.to_owned()),
        ("tables-holdout", folder.join("holdout")),
    ] {
        for document in documents(&folder) {
            let mut found = found(&document);
            let Truth { tables } = truth(&document);
            let format = document.extension().unwrap_or_default().display();
            let format = format!("{part}/{format}");
            let name = document.file_stem().unwrap_or_default().display();
            let mut say = |fault: String| {
                if part == "tables" {
                    faults.push(format!("{name}: {fault}"));
                }
            };
            for there in tables {
                let best = best(&found, &there.rows).map(|best| found.swap_remove(best));
                let rows = best.as_ref().map_or(&[][..], |best| &best.rows);
                let all = scores.entry(format.clone()).or_default();
                add(all, compare(rows, &there.rows, &mut say));
                let headers = best.map(|best| best.header_rows);
                if headers != Some(there.header_rows) {
                    say(format!("{headers:?} header rows for {}", there.header_rows));
                }
                let headers = headers.map(|headers| headers == there.header_rows);
                let all = scores.entry(format!("{part}/header rows")).or_default();
                all.count(headers);
                if headers == Some(false) {
                    all.count(None);
                }
            }
            for table in found {
                let all = scores.entry(format.clone()).or_default();
                add(all, compare(&table.rows, &[], &mut say));
            }
        }
    }
}

fn found(document: &Path) -> Vec<TableOutput> {
    let (_, document) = extracted(document, &json!(["tables"]));
    document.tables.unwrap_or_default()
}

/// The table with the most right cells; none if no cell of any is right.
fn best(found: &[TableOutput], there: &Rows) -> Option<usize> {
    let right = |table: &TableOutput| compare(&table.rows, there, &mut |_| ()).right;
    let fits = found.iter().map(right).enumerate();
    let best = fits.rev().max_by_key(|&(_, right)| right)?;
    (best.1 > 0).then_some(best.0)
}

fn compare(found: &[Vec<String>], there: &[Vec<String>], say: &mut dyn FnMut(String)) -> Score {
    let mut score = Score::default();
    for row in 0..found.len().max(there.len()) {
        let width = |rows: &[Vec<String>]| rows.get(row).map_or(0, Vec::len);
        for column in 0..width(found).max(width(there)) {
            let (found, there) = (cell(found, row, column), cell(there, row, column));
            if found == there {
                score.right += usize::from(!there.is_empty());
                continue;
            }
            score.wrong += usize::from(!found.is_empty());
            score.missed += usize::from(!there.is_empty());
            say(format!(
                "{found:?} for {there:?} at row {row}, column {column}"
            ));
        }
    }
    score
}

/// The text of a cell, its white space folded; that of a cell beyond the table is empty.
fn cell(rows: &[Vec<String>], row: usize, column: usize) -> String {
    let cell = rows.get(row).and_then(|row| row.get(column));
    let words: Vec<_> = cell.map_or("", |it| it).split_whitespace().collect();
    words.join(" ")
}

fn add(all: &mut Score, score: Score) {
    all.right += score.right;
    all.wrong += score.wrong;
    all.missed += score.missed;
}
