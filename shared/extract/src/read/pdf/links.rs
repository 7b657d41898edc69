//! Links: areas on a page -> the words in them.

use hayro_syntax::object::{Array, Dict, Name, String as PdfString};
use hayro_syntax::page::Page;

use crate::{Interrupted, Link, Span, Watch};

use super::super::flow::folded;
use super::compose::{Composer, Placed};
use super::geometry::Area;

/// Annotations that are looked at between two questions to the watch.
const ANNOTATIONS_PER_CHECK: usize = 100;

/// Adds the web links of a page. Links to places within the document are left out.
pub(super) fn links(
    page: &Page<'_>,
    composer: &mut Composer<'_>,
    watch: &dyn Watch,
) -> Result<(), Interrupted> {
    let Some(room) = composer.gathered.links_left() else {
        return Ok(());
    };
    let Some(annotations) = page.raw().get::<Array<'_>>("Annots") else {
        return Ok(());
    };
    let mut links: Vec<(String, Option<Span>)> = Vec::new();
    // One more shows that some were left out. A hostile file may share one endless list between all its pages.
    let annotations = annotations.iter::<Dict<'_>>().take(room + 1);
    for (number, annotation) in annotations.enumerate() {
        if number % ANNOTATIONS_PER_CHECK == 0 {
            watch.check()?;
        }
        let Some(href) = target(&annotation) else {
            continue;
        };
        let areas = areas(&annotation);
        let span = span(&areas, &composer.placed);
        let span = span.map(|span| without_stop(composer.as_str(), span, &href));
        // A link over several lines is often as many links.
        match (links.last_mut(), &span) {
            (Some((last, Some(before))), Some(span))
                if *last == href && follow(composer.as_str(), before, span) =>
            {
                before.end = before.end.max(span.end);
            }
            _ => links.push((href, span)),
        }
    }
    // What has no words has no place; the rest comes in the order of the text.
    links.sort_by_key(|(_, span)| span.as_ref().map_or(usize::MAX, |span| span.start));
    for (href, span) in links {
        let text = span
            .clone()
            .map_or_else(String::new, |span| folded(&composer.as_str()[span]));
        composer.gathered.link(Link { href, text, span });
    }
    Ok(())
}

fn target(annotation: &Dict<'_>) -> Option<String> {
    if annotation.get::<Name<'_>>("Subtype")?.as_str() != "Link" {
        return None;
    }
    let action = annotation.get::<Dict<'_>>("A")?;
    let target = action.get::<PdfString<'_>>("URI")?;
    let target = super::metadata::text_string(target.as_bytes());
    let target = folded(&target);
    (!target.is_empty()).then_some(target)
}

/// Where the link is on the page; of each of its lines, if it says so.
fn areas(annotation: &Dict<'_>) -> Vec<Area> {
    /// Corners of more lines are not looked at.
    const MAX_LINES: usize = 100;
    let corners = annotation.get::<Array<'_>>("QuadPoints");
    let corners: Vec<f32> = corners.map_or_else(Vec::new, |corners| {
        corners.iter::<f32>().take(8 * MAX_LINES).collect()
    });
    let lines = corners
        .chunks_exact(8)
        .map(|line| Area::around(line.chunks_exact(2).map(|point| (point[0], point[1]))));
    let lines: Vec<Area> = lines.collect();
    if !lines.is_empty() {
        return lines;
    }
    let corners = annotation.get::<[f32; 4]>("Rect");
    let corners =
        corners.map(|[x, y, other_x, other_y]| Area::around([(x, y), (other_x, other_y)]));
    corners.into_iter().collect()
}

/// Where the words in some areas stand, from the first to the last.
fn span(areas: &[Area], placed: &[Placed]) -> Option<Span> {
    let inside = placed
        .iter()
        .filter(|word| areas.iter().any(|area| area.contains(word.at)));
    let spans = inside.map(|word| word.span.clone());
    spans.reduce(|one, other| one.start.min(other.start)..one.end.max(other.end))
}

/// The words of a link without what ends the sentence behind it: that is drawn with the last word.
fn without_stop(text: &str, span: Span, href: &str) -> Span {
    const STOPS: [char; 4] = ['.', ',', ';', ':'];
    let words = text.get(span.clone()).unwrap_or_default();
    let kept = words.trim_end_matches(STOPS).len();
    if kept == 0 || href.ends_with(STOPS) {
        return span;
    }
    span.start..span.start + kept
}

/// Whether nothing but white space separates two places.
fn follow(text: &str, one: &Span, other: &Span) -> bool {
    text.get(one.end..other.start)
        .is_some_and(|between| between.trim().is_empty())
}
