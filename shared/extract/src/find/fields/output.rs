//! What a record says besides its values: what is wrong, and where they stand.

use serde_json::{Map, Value, json};

use super::super::structure::{hull, place, source};
use crate::{Record, Span, Text};

/// What has been found out about some values, by JSON pointers into their record.
#[derive(Default)]
pub(super) struct Output {
    problems: Vec<(String, String)>,
    places: Vec<(String, Span)>,
}

impl Output {
    /// Says why there is no value, or not the one that was wanted.
    pub(super) fn problem(&mut self, pointer: &str, detail: impl Into<String>) {
        self.problems.push((pointer.to_owned(), detail.into()));
    }

    /// Says where a value stands, if that is known.
    pub(super) fn place(&mut self, pointer: &str, span: Option<Span>) {
        self.places
            .extend(span.map(|span| (pointer.to_owned(), span)));
    }

    /// Adds what was found out about other values.
    pub(super) fn extend(&mut self, other: Self) {
        self.problems.extend(other.problems);
        self.places.extend(other.places);
    }

    /// The record of these values. `span` is where it stands; if that is not known, it reaches from the first of its values to
    /// the last.
    pub(super) fn into_record(
        self,
        document: usize,
        kind: &str,
        values: Map<String, Value>,
        span: Option<Span>,
        text: &Text,
    ) -> Record {
        let Self { problems, places } = self;
        let span = span.or_else(|| hull(places.iter().map(|(_, span)| span)));
        let mut source = source(document, text, span.as_ref());
        if !places.is_empty() {
            let fields = places.into_iter();
            let fields = fields.map(|(pointer, span)| (pointer, place_of(text, &span)));
            source["fields"] = fields.collect::<Map<_, _>>().into();
        }
        let mut record = Record::with_capacity(values.len() + 3);
        record.insert("kind".into(), kind.into());
        record.extend(values);
        if !problems.is_empty() {
            let problems = problems.into_iter();
            let problems =
                problems.map(|(field, detail)| json!({"field": field, "detail": detail}));
            record.insert("problems".into(), problems.collect());
        }
        record.insert("source".into(), source);
        record
    }
}

/// The JSON pointer to a member of what another leads to.
pub(super) fn member(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn place_of(text: &Text, span: &Span) -> Value {
    serde_json::to_value(place(text, span)).expect("numbers always serialise")
}
