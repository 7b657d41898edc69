//! Entities: what can be told from a text by its form, checked as far as its form allows.
//!
//! Each kind is one file with one function that goes through a [`Search`] and adds what it finds.
//! Here their findings are put in the order of the text, [`overlap`] leaves one for each place, and
//! they become records.
//!
//! Precision comes before recall: what might as well be something else is left out. No finding
//! crosses a line break.

mod amount;
mod boundary;
mod card;
pub(super) mod currency;
mod date;
mod email;
mod iban;
mod ip;
mod money;
mod month;
mod only;
mod overlap;
mod phone;
mod search;
mod url;
mod uuid;

use serde_json::{Value, json};

pub(super) use self::only::only;
use self::search::{Finding, Search, Window};
use super::structure::place;
use crate::watch::Interrupted;
use crate::{Limits, Record, Text, Watch};

/// Goes through a search and adds what it finds.
type Find = fn(&mut Search<'_>) -> Result<(), Interrupted>;

/// All kinds, the most specific first: of two findings of the same length at the same place, the
/// one whose kind comes first here is taken.
const KINDS: [Find; 9] = [
    uuid::find,
    iban::find,
    card::find,
    email::find,
    url::find,
    ip::find,
    date::find,
    money::find,
    phone::find,
];

/// What was found in a text.
pub(super) struct Found {
    /// In the order of the text.
    pub(super) records: Vec<Record>,
    /// Says so, if more could have been found than the limits allow.
    pub(super) warning: Option<String>,
}

/// Finds all entities in the text of the document with this number.
pub(super) fn find(
    document: usize,
    text: &Text,
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<Found, Interrupted> {
    find_in_windows(document, text, limits, watch, Window::BYTES)
}

/// As [`find`], in windows of about this many bytes.
fn find_in_windows(
    document: usize,
    text: &Text,
    limits: &Limits,
    watch: &dyn Watch,
    window_bytes: usize,
) -> Result<Found, Interrupted> {
    let mut records = Vec::new();
    let mut from = 0;
    while let Some(window) = Window::next(text.as_str(), from, window_bytes) {
        watch.check()?;
        let mut search = Search::new(window, watch);
        for kind in KINDS {
            kind(&mut search)?;
        }
        from = window.limit;
        for finding in overlap::resolve(search.into_findings()) {
            if records.len() == limits.max_records {
                return Ok(Found {
                    records,
                    warning: Some(too_many(limits)),
                });
            }
            from = from.max(finding.span.end);
            records.push(record(document, text, finding));
        }
    }
    Ok(Found {
        records,
        warning: None,
    })
}

fn too_many(limits: &Limits) -> String {
    let max = limits.max_records;
    format!("Only the first {max} records are given (max_records): the text holds more.")
}

fn record(document: usize, text: &Text, finding: Finding) -> Record {
    let Finding {
        span,
        kind,
        value,
        members,
        withheld,
    } = finding;
    let raw = &text.as_str()[span.clone()];
    let changed = raw != value;
    let mut record = Record::new();
    record.insert(kind.into(), value.into());
    record.extend(
        members
            .into_iter()
            .map(|(name, value)| (name.into(), value)),
    );
    if changed && !withheld {
        record.insert("raw".into(), raw.into());
    }
    record.insert("source".into(), source(document, text, &span));
    record
}

fn source(document: usize, text: &Text, span: &crate::Span) -> Value {
    let place = place(text, span);
    let mut source = json!({"document": document});
    if let Some(page) = place.page {
        source["page"] = page.into();
    }
    source["start"] = place.start.into();
    source["end"] = place.end.into();
    source
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LIMITS, NeverInterrupted};

    /// Something of each kind; windows will end in the midst of any of it.
    const SAMPLE: &str = "a@test.com, on 9 March 2026 1.234,50 € to DE89 3704 0044 0532 0130 00, \
        漢字 🙂 Tel: +49 30 123456, see https://example.com/a?b=c#d from 192.0.2.1 or 2001:db8::1; \
        card 4111 1111 1111 1111, id 67e55044-10b1-426f-9247-bb680e5fe0c8, \
        Mon, 9 Mar 2026 14:30:00 +0100, ";

    #[test]
    fn where_windows_end_makes_no_difference() {
        for text in [SAMPLE.repeat(3), SAMPLE.replace(", ", "\n").repeat(3)] {
            let text = Text::new(text);
            let whole = find(0, &text, &LIMITS, &NeverInterrupted).unwrap();
            assert_eq!(whole.records.len(), 33);
            for bytes in [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377] {
                let parts = find_in_windows(0, &text, &LIMITS, &NeverInterrupted, bytes).unwrap();
                assert_eq!(parts.records, whole.records, "in windows of {bytes} bytes");
            }
        }
    }
}
