//! The forms in which a result can be read, and which of them a client accepts (RFC 9110, section 12.5.1).

pub(crate) mod csv;
mod page;
mod written;

use http::{HeaderMap, HeaderValue, header};

use crate::problem::Problem;

pub(crate) use page::{Cursor, Page, PageOptions, no_such_page, wants_link};
pub(crate) use written::{documents, records};

/// A form of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// All of it.
    Json,
    /// The texts of the documents.
    Text,
    /// The documents as Markdown.
    Markdown,
    /// The records as the rows of a table.
    Csv,
    /// The records, one a line.
    Ndjson,
}

impl Form {
    /// All forms; of those that a client accepts equally the first is taken.
    pub(crate) const ALL: [Self; 5] = [
        Self::Json,
        Self::Text,
        Self::Markdown,
        Self::Csv,
        Self::Ndjson,
    ];

    /// Its media type.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Text => "text/plain",
            Self::Markdown => "text/markdown",
            Self::Csv => "text/csv",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    /// Its `Content-Type`.
    pub(crate) const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json",
            Self::Text => "text/plain; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Ndjson => "application/x-ndjson",
        })
    }

    /// Other names that it goes by.
    const fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Json => &["text/json"],
            Self::Markdown => &["text/x-markdown"],
            Self::Csv => &["application/csv"],
            Self::Ndjson => &[
                "application/ndjson",
                "application/jsonl",
                "application/jsonlines",
            ],
            Self::Text => &[],
        }
    }

    /// The form that a client likes best.
    pub(crate) fn accepted(headers: &HeaderMap) -> Result<Self, Problem> {
        Self::accepted_of(headers, &Self::ALL)
    }

    /// The one of these forms that a client likes best; of those that it likes equally the first.
    pub(crate) fn accepted_of(headers: &HeaderMap, offered: &[Self]) -> Result<Self, Problem> {
        let mut ranges = Vec::new();
        for value in headers.get_all(header::ACCEPT) {
            let value = value.to_str().unwrap_or_default();
            ranges.extend(value.split(',').filter_map(Range::read));
        }
        if ranges.is_empty()
            && let Some(first) = offered.first()
        {
            return Ok(*first);
        }
        let mut best = None;
        for &form in offered {
            let weight = form.weight(&ranges);
            if weight > best.map_or(0, |(_, weight)| weight) {
                best = Some((form, weight));
            }
        }
        best.map(|(form, _)| form).ok_or_else(|| {
            Problem::not_acceptable(format!("Offered are: {}.", media_types(offered)))
        })
    }

    /// How much a client wants it, in thousandths; the range that fits it most closely counts.
    fn weight(self, ranges: &[Range<'_>]) -> u16 {
        let fitting = ranges.iter().filter_map(|range| {
            let closeness = range.closeness(self)?;
            Some((closeness, range.weight))
        });
        fitting.max().map_or(0, |(_, weight)| weight)
    }
}

/// The media types of these forms, for messages.
fn media_types(forms: &[Form]) -> String {
    let types: Vec<_> = forms.iter().map(|form| form.media_type()).collect();
    types.join(", ")
}

/// One media range that a client accepts.
struct Range<'a> {
    kind: &'a str,
    /// Thousandths.
    weight: u16,
}

impl<'a> Range<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';');
        let kind = parts.next()?.trim();
        if kind.is_empty() {
            return None;
        }
        let weight = parts.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim()
                .eq_ignore_ascii_case("q")
                .then(|| thousandths(value.trim()))
        });
        Some(Self {
            kind,
            weight: weight.unwrap_or(1_000),
        })
    }

    /// How closely it fits a form; none if it does not.
    fn closeness(&self, form: Form) -> Option<u8> {
        let mut names = std::iter::once(form.media_type()).chain(form.aliases().iter().copied());
        let (kind, _) = form.media_type().split_once('/')?;
        match self.kind.split_once('/') {
            Some(("*", "*")) => Some(0),
            Some((of, "*")) if of.eq_ignore_ascii_case(kind) => Some(1),
            _ => names
                .any(|name| name.eq_ignore_ascii_case(self.kind))
                .then_some(2),
        }
    }
}

/// A weight such as `0.8`; one that cannot be read is 1, as if it were not there.
fn thousandths(value: &str) -> u16 {
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    let digits = format!("{decimals:0<3}");
    match (whole, digits.get(..3).and_then(|it| it.parse::<u16>().ok())) {
        ("0", Some(thousandths)) => thousandths,
        _ => 1_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(accept: &str) -> Option<Form> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        Form::accepted(&headers).ok()
    }

    #[test]
    fn what_is_liked_best_is_chosen() {
        for (accept, form) in [
            ("*/*", Form::Json),
            ("", Form::Json),
            ("text/csv", Form::Csv),
            ("TEXT/CSV; header=absent", Form::Csv),
            ("text/*", Form::Text),
            ("text/csv;q=0.5, application/x-ndjson", Form::Ndjson),
            ("application/jsonl", Form::Ndjson),
            ("text/html, application/xhtml+xml, */*;q=0.8", Form::Json),
            ("*/*, application/json;q=0", Form::Text),
            ("text/markdown;q=0.123, text/csv;q=0.122", Form::Markdown),
            (
                "application/json;q=0.2, text/*;q=0.1, */*;q=1",
                Form::Ndjson,
            ),
        ] {
            assert_eq!(accepted(accept), Some(form), "{accept}");
        }
    }

    #[test]
    fn what_is_not_offered_is_refused() {
        for accept in [
            "image/png",
            "application/xml, text/html",
            "text/csv;q=0",
            "json",
        ] {
            assert_eq!(accepted(accept), None, "{accept}");
        }
    }
}
