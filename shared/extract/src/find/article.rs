//! The main content, in the form that a result gives it.

use super::markdown::Markdown;
use super::structure::place;
use crate::output::ArticleOutput;
use crate::watch::Interrupted;
use crate::{Article, Document, Watch};

/// The main content: what the reader told from the rest, else all there is.
pub(super) fn article(
    document: &Document,
    watch: &dyn Watch,
) -> Result<ArticleOutput, Interrupted> {
    let whole = || whole(document);
    let Article {
        title,
        byline,
        published,
        spans,
    } = document.article.clone().unwrap_or_else(whole);
    let markdown = Markdown::of(document, watch);
    let text = document.text.as_str();
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

fn add(to: &mut String, piece: &str) {
    if !to.is_empty() {
        to.push_str("\n\n");
    }
    to.push_str(piece);
}
