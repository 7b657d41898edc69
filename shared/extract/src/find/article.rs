//! The main content, in the form that a result gives it.

use plan::{Entities, EntityKind};

use super::entities;
use super::markdown::Markdown;
use super::structure::place;
use crate::output::ArticleOutput;
use crate::watch::Interrupted;
use crate::{Article, Document, Limits, Span, Text, Watch};

/// Bytes before the main content within which its date stands, and bytes of its beginning.
const HEAD_BYTES: usize = 400;
const BEGINNING_BYTES: usize = 40;

/// The main content: what the reader told from the rest, else all there is.
pub(super) fn article(
    document: &Document,
    markdown: &Markdown<'_>,
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<ArticleOutput, Interrupted> {
    let whole = || whole(document);
    let Article {
        title,
        byline,
        published,
        spans,
    } = document.article.clone().unwrap_or_else(whole);
    let text = document.text.as_str();
    let published = match (published, spans.first()) {
        (None, Some(first)) if document.article.is_some() => {
            date_before(text, first, limits, watch)?
        }
        (published, _) => published,
    };
    let mut output = ArticleOutput {
        title,
        byline,
        published,
        text: String::new(),
        markdown: String::new(),
        places: Vec::with_capacity(spans.len()),
    };
    for span in spans {
        output.places.push(place(&document.text, &span));
        add(&mut output.text, &text[span.clone()]);
        add(&mut output.markdown, &markdown.render(span)?);
    }
    Ok(output)
}

/// All of a document that is nothing but main content.
fn whole(document: &Document) -> Article {
    let said = |name: &str| {
        let value = document.metadata.get(name)?;
        value.as_str().map(str::to_owned)
    };
    let text = document.text.as_str();
    let start = text.len() - text.trim_start().len();
    let end = text.trim_end().len();
    Article {
        title: said("title"),
        byline: said("author"),
        published: said("created").or_else(|| said("date")),
        spans: (start < end).then_some(start..end).into_iter().collect(),
    }
}

/// The last date in what stands before the main content and in its first words.
fn date_before(
    text: &str,
    first: &Span,
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<Option<String>, Interrupted> {
    let start = text.floor_char_boundary(first.start.saturating_sub(HEAD_BYTES));
    let end = text.floor_char_boundary(first.end.min(first.start + BEGINNING_BYTES));
    let head = Text::new(text[start..end].to_owned());
    let dates = Entities {
        kinds: vec![EntityKind::Date, EntityKind::Datetime],
        ..Entities::default()
    };
    let found = entities::find(0, &head, &dates, limits, watch)?;
    let mut dates = found.records.iter().rev();
    Ok(dates.find_map(|it| it.get("value")?.as_str().map(str::to_owned)))
}

fn add(to: &mut String, piece: &str) {
    if !to.is_empty() {
        to.push_str("\n\n");
    }
    to.push_str(piece);
}
