//! Links and places: the reader found them, here they take the form that a result gives them.

use serde_json::{Value, json};

use crate::output::{LinkOutput, Place};
use crate::watch::Interrupted;
use crate::{Link, Span, Text, Watch};

/// Links between two questions to the watch.
const LINKS_PER_CHECK: usize = 1_000;

/// The links, in the order in which the reader gives them.
pub(super) fn links(
    text: &Text,
    links: Vec<Link>,
    watch: &dyn Watch,
) -> Result<Vec<LinkOutput>, Interrupted> {
    let mut output = Vec::with_capacity(links.len());
    for (
        number,
        Link {
            href,
            text: words,
            span,
        },
    ) in links.into_iter().enumerate()
    {
        if number % LINKS_PER_CHECK == 0 {
            watch.check()?;
        }
        let place = span.map(|span| place(text, &span));
        output.push(LinkOutput {
            href,
            text: words,
            place,
        });
    }
    Ok(output)
}

/// The place in the form in which results give it.
pub(super) fn place(text: &Text, span: &Span) -> Place {
    Place {
        page: text.page_at(span.start),
        start: text.scalar_offset(span.start),
        end: text.scalar_offset(span.end),
    }
}

/// From the first of some places to the last.
pub(super) fn hull<'s>(spans: impl IntoIterator<Item = &'s Span>) -> Option<Span> {
    spans
        .into_iter()
        .cloned()
        .reduce(|whole, span| whole.start.min(span.start)..whole.end.max(span.end))
}

/// The `source` of a record: a place, and the document's number.
pub(super) fn source(document: usize, text: &Text, span: Option<&Span>) -> Value {
    let mut source = json!({"document": document});
    let Some(span) = span else { return source };
    let place = place(text, span);
    if let Some(page) = place.page {
        source["page"] = page.into();
    }
    source["start"] = place.start.into();
    source["end"] = place.end.into();
    source
}
