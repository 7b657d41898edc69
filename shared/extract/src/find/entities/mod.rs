//! Entities: what can be told from a text by its form, checked as far as its form allows.
//!
//! Each kind is one file with one function that goes through a [`Search`] and adds what it finds.
//! Here their findings are put in the order of the text, [`overlap`] leaves one for each place, and
//! they become records.
//!
//! Precision comes before recall: what might as well be something else is left out. No finding
//! crosses a line break.

mod amount;
mod bic;
mod boundary;
mod card;
mod coordinates;
mod crypto;
pub(super) mod currency;
mod date;
mod domain;
mod email;
mod hash;
mod hashtag;
mod iban;
mod ip;
mod mac;
mod money;
mod month;
mod number;
mod only;
mod overlap;
mod percent;
mod phone;
mod quantity;
mod search;
mod time;
mod unit;
mod url;
mod uuid;
mod vat;

use plan::Entities;
use serde_json::Value;

pub(super) use self::only::only;
use self::search::{Finding, Search, Settings, Window};
use super::structure::source;
use super::too_many;
use crate::watch::Interrupted;
use crate::{Limits, Record, Text, Watch};

/// Goes through a search and adds what it finds.
type Find = fn(&mut Search<'_>) -> Result<(), Interrupted>;

/// What finds all kinds, the most specific first: of two findings of the same length at the same place, the
/// one whose kind comes first here is taken.
const FINDERS: [Find; 20] = [
    uuid::find,
    iban::find,
    crypto::find,
    card::find,
    vat::find,
    email::find,
    url::find,
    mac::find,
    ip::find,
    hash::find,
    coordinates::find,
    date::find,
    time::find,
    money::find,
    percent::find,
    quantity::find,
    phone::find,
    bic::find,
    domain::find,
    hashtag::find,
];

/// What was found in a text.
pub(super) struct Found {
    /// In the order of the text.
    pub(super) records: Vec<Record>,
    /// Says so, if more could have been found than the limits allow.
    pub(super) warning: Option<String>,
}

/// Finds the wanted entities in the text of the document with this number.
pub(super) fn find(
    document: usize,
    text: &Text,
    options: &Entities,
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<Found, Interrupted> {
    find_in_windows(document, text, options, limits, watch, Window::BYTES)
}

/// As [`find`], in windows of about this many bytes.
fn find_in_windows(
    document: usize,
    text: &Text,
    options: &Entities,
    limits: &Limits,
    watch: &dyn Watch,
    window_bytes: usize,
) -> Result<Found, Interrupted> {
    let settings = Settings {
        options,
        decimal_mark: amount::decimal_mark(text.as_str()),
    };
    let mut records = Vec::new();
    let mut from = 0;
    while let Some(window) = Window::next(text.as_str(), from, window_bytes) {
        watch.check()?;
        let mut search = Search::new(window, settings, watch);
        for find in FINDERS {
            find(&mut search)?;
        }
        from = window.limit;
        for finding in overlap::resolve(search.into_findings()) {
            from = from.max(finding.span.end);
            if !options.kinds.contains(&finding.kind) {
                continue;
            }
            if records.len() == limits.max_records {
                return Ok(Found {
                    records,
                    warning: Some(too_many(limits)),
                });
            }
            records.push(record(document, text, finding));
        }
    }
    Ok(Found {
        records,
        warning: None,
    })
}

fn record(document: usize, text: &Text, finding: Finding) -> Record {
    let Finding {
        span,
        kind,
        value,
        members,
        withheld,
        flaw,
    } = finding;
    let raw = &text.as_str()[span.clone()];
    let mut record = Record::new();
    let mut add = |name: &str, value: Value| record.insert(name.into(), value);
    add(kind.name(), value.as_str().into());
    add("kind", kind.name().into());
    add("value", value.into());
    for (name, value) in members {
        add(name, value);
    }
    if !withheld {
        add("raw", raw.into());
    }
    add("valid", flaw.is_none().into());
    if let Some(flaw) = flaw {
        add("reason", flaw.into());
    }
    add("source", source(document, text, Some(&span)));
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LIMITS, NeverInterrupted};

    /// Something of each kind; windows will end in the midst of any of it.
    const SAMPLE: &str = "a@test.com, on 9 March 2026 1.234,50 € to DE89 3704 0044 0532 0130 00, \
        漢字 🙂 Tel: +49 30 123456, see https://example.com/a?b=c#d from 192.0.2.1 or 2001:db8::1; \
        card 4111 1111 1111 1111, id 67e55044-10b1-426f-9247-bb680e5fe0c8, \
        Mon, 9 Mar 2026 14:30:00 +0100, at 14:30, up 12.5 % to 3.5 kg, USt-IdNr. DE523438634, \
        BIC: DEUTDEFF, 00:1b:44:11:3a:b7, 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa, #rust on \
        docs.example.org, 33.8688° S 151.2093° E, da39a3ee5e6b4b0d3255bfef95601890afd80709, ";

    #[test]
    fn where_windows_end_makes_no_difference() {
        let all = Entities::default();
        for text in [SAMPLE.repeat(3), SAMPLE.replace(", ", "\n").repeat(3)] {
            let text = Text::new(text);
            let whole = find(0, &text, &all, &LIMITS, &NeverInterrupted).unwrap();
            assert_eq!(whole.records.len(), 66);
            for bytes in [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377] {
                let parts =
                    find_in_windows(0, &text, &all, &LIMITS, &NeverInterrupted, bytes).unwrap();
                assert_eq!(parts.records, whole.records, "in windows of {bytes} bytes");
            }
        }
    }
}
