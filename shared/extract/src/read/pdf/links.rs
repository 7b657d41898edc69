//! Links: areas on a page -> the words in them.

use hayro_syntax::object::{Array, Dict, Name, String as PdfString};
use hayro_syntax::page::Page;

use crate::{Link, Span};

use super::super::flow::folded;
use super::compose::{Composer, Placed};
use super::geometry::Area;

/// Adds the web links of a page. Links to places within the document are left out.
pub(super) fn links(page: &Page<'_>, max_links: usize, composer: &mut Composer<'_>) {
    let Some(annotations) = page.raw().get::<Array<'_>>("Annots") else {
        return;
    };
    let mut links: Vec<(String, Option<Span>)> = Vec::new();
    // A hostile file may share one endless list between all its pages.
    for annotation in annotations.iter::<Dict<'_>>().take(max_links + 1) {
        let Some(href) = target(&annotation) else {
            continue;
        };
        let areas = areas(&annotation);
        let span = span(&areas, &composer.placed);
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

/// Whether nothing but white space separates two places.
fn follow(text: &str, one: &Span, other: &Span) -> bool {
    text.get(one.end..other.start)
        .is_some_and(|between| between.trim().is_empty())
}
