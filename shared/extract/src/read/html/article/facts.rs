//! Title, author and date of a page's main content.

use serde_json::Value;

use super::hints::{self, Hint};
use super::pieces::Kind;
use super::{Metadata, Page};
use crate::read::date::rfc3339;
use crate::read::flow::folded;
use crate::tree::{Element, Id};

/// The longest title and the longest name of an author, in bytes.
const MAX_TITLE_BYTES: usize = 400;
const MAX_BYLINE_BYTES: usize = 120;

/// The longest date, in bytes.
const MAX_DATE_BYTES: usize = 60;

/// What stands between a page's title and the site's name.
const SEPARATORS: [&str; 9] = [" | ", " - ", " – ", " — ", " · ", " :: ", " » ", "_", ": "];

/// Words before an author's name.
const BY: [&str; 19] = [
    "by",
    "by:",
    "von",
    "por",
    "par",
    "di",
    "de",
    "door",
    "av",
    "af",
    "автор",
    "автор:",
    "记者",
    "作者",
    "文",
    "text:",
    "posted",
    "written",
    "author:",
];

/// A title, and the piece of text that it stands in.
#[derive(Default)]
pub(super) struct Title {
    pub(super) text: Option<String>,
    pub(super) piece: Option<usize>,
}

/// The title: a heading that what the head says agrees with, else what the head says.
pub(super) fn title(page: &Page<'_>, metadata: &Metadata, json_ld: &[&Value]) -> Title {
    let said = |name: &str| metadata.get(name).and_then(Value::as_str);
    let headline = articles(json_ld).find_map(|it| it.get("headline")?.as_str());
    let claims: Vec<String> = [headline, said("og:title"), said("title")]
        .into_iter()
        .flatten()
        .filter(|claim| claim.len() <= 2 * MAX_TITLE_BYTES)
        .map(comparable)
        .collect();
    let mut best: Option<(u8, usize, usize)> = None;
    for (index, piece) in page.pieces.iter().enumerate() {
        if piece.span.len() > MAX_TITLE_BYTES || page.hints[piece.owner] == Hint::Comment {
            continue;
        }
        let text = comparable(&page.text[piece.span.clone()]);
        let agreement = claims
            .iter()
            .map(|claim| agreement(claim, &text))
            .max()
            .unwrap_or(0);
        let is_heading = piece.kind == Kind::Heading;
        if agreement > 0 {
            let rank = (agreement + u8::from(is_heading), text.len(), index);
            if best.is_none_or(|(other, length, _)| (other, length) < (rank.0, rank.1)) {
                best = Some(rank);
            }
        }
    }
    if let Some((_, _, index)) = best {
        let text = folded(&page.text[page.pieces[index].span.clone()]);
        let text = text
            .trim_end_matches(['¶', '#', '\u{f0c1}', '🔗'])
            .trim_end();
        return Title {
            text: Some(text.to_owned()),
            piece: Some(index),
        };
    }
    let first = headline.or_else(|| said("og:title"));
    Title {
        text: first
            .map(folded)
            .or_else(|| said("title").map(without_site)),
        piece: None,
    }
}

/// How far what stands in a page is what its head says: 3 the same, 1 a part of it between separators.
fn agreement(claim: &str, text: &str) -> u8 {
    if text.is_empty() {
        return 0;
    }
    if claim == text {
        return 3;
    }
    let Some(at) = claim.find(text) else { return 0 };
    let (before, after) = (&claim[..at], &claim[at + text.len()..]);
    let begins = before.is_empty() || SEPARATORS.iter().any(|it| before.ends_with(it));
    let ends = after.is_empty() || SEPARATORS.iter().any(|it| after.starts_with(it));
    u8::from(begins && ends)
}

/// The longest part between separators.
fn without_site(title: &str) -> String {
    let title = folded(title);
    let parts = SEPARATORS[..7]
        .iter()
        .find(|it| title.contains(**it))
        .map(|it| title.split(it));
    let longest = parts.and_then(|parts| parts.max_by_key(|part| part.len()).map(str::to_owned));
    longest.unwrap_or(title)
}

/// A text as titles are compared: in one case, with one kind of quotation marks.
fn comparable(text: &str) -> String {
    let folded = folded(text);
    let plain = folded
        .trim_end_matches(['¶', '#', '\u{f0c1}', '🔗'])
        .trim_end()
        .chars();
    let plain = plain.map(|char| match char {
        '’' | '‘' | '`' => '\'',
        '“' | '”' | '„' => '"',
        char => char,
    });
    plain.flat_map(char::to_lowercase).collect()
}

/// Who wrote it: what the head says, else the only one whom the page itself calls the author.
pub(super) fn byline(page: &Page<'_>, metadata: &Metadata, json_ld: &[&Value]) -> Option<String> {
    let names: Vec<String> = articles(json_ld)
        .find_map(|it| Some(names(it.get("author")?)).filter(|names| !names.is_empty()))
        .unwrap_or_default();
    if !names.is_empty() {
        return Some(names.join(", "));
    }
    let said = |name: &str| {
        metadata
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let labelled = said("twitter:label1").filter(|label| comparable(label).contains("written by"));
    let is_name = |name: &String| !name.contains("://") && name.len() <= MAX_BYLINE_BYTES;
    let meta = ["author", "article:author"]
        .into_iter()
        .find_map(|name| said(name).filter(is_name));
    meta.or_else(|| labelled.and(said("twitter:data1")))
        .or_else(|| named_in_the_page(page))
}

fn named_in_the_page(page: &Page<'_>) -> Option<String> {
    let says_author = |element: &Element| {
        let has = |name, word: &str| {
            let words = element.attribute(name).unwrap_or_default();
            words
                .split_ascii_whitespace()
                .any(|it| it.eq_ignore_ascii_case(word))
        };
        match () {
            () if has("rel", "author") => 3,
            () if has("itemprop", "author") => 2,
            () => u8::from(hints::names_an_author(element)),
        }
    };
    let mut best: Vec<(u8, String)> = Vec::new();
    for node in page.order.iter().map(|&node| node as Id) {
        let Some(element) = page
            .tree
            .element(node)
            .filter(|_| page.hints[node] != Hint::Comment)
        else {
            continue;
        };
        let rank = says_author(element);
        if rank == 0 || best.iter().any(|(other, _)| *other > rank) {
            continue;
        }
        let Some(name) = page.tree.span(node).and_then(|span| name(&page.text[span])) else {
            continue;
        };
        best.retain(|(other, _)| *other == rank);
        // One within another says the same again, more precisely.
        match best
            .iter_mut()
            .find(|(_, known)| known.contains(&name) || name.contains(known.as_str()))
        {
            Some((_, known)) if name.len() < known.len() => *known = name,
            Some(_) => {}
            None => best.push((rank, name)),
        }
        if best.len() > 1 {
            return None;
        }
    }
    best.pop().map(|(_, name)| name)
}

/// The name in a line such as `By Ann Example, editor`.
fn name(line: &str) -> Option<String> {
    let line = line[..line.floor_char_boundary(2 * MAX_BYLINE_BYTES)]
        .trim()
        .lines()
        .next()?;
    if line.len() > MAX_BYLINE_BYTES {
        return None;
    }
    let mut words: Vec<&str> = line.split_whitespace().collect();
    while words
        .first()
        .is_some_and(|word| BY.contains(&word.to_lowercase().as_str()))
    {
        words.remove(0);
    }
    let name = words.join(" ");
    let end = name
        .find([',', '|', '·', '•', '(', '/'])
        .unwrap_or(name.len());
    let name = name[..end].trim();
    let is_name =
        name.chars().any(char::is_alphabetic) && !name.contains(|char: char| char.is_ascii_digit());
    is_name.then(|| name.to_owned())
}

/// When it was published.
pub(super) fn published(
    page: &Page<'_>,
    metadata: &Metadata,
    json_ld: &[&Value],
) -> Option<String> {
    let said = articles(json_ld).find_map(|it| rfc3339(it.get("datePublished")?.as_str()?));
    let said = said.or_else(|| rfc3339(metadata.get("created")?.as_str()?));
    said.or_else(|| dated_in_the_page(page))
}

fn dated_in_the_page(page: &Page<'_>) -> Option<String> {
    let mut best: Option<(u8, String)> = None;
    for node in page.order.iter().map(|&node| node as Id) {
        let Some(element) = page
            .tree
            .element(node)
            .filter(|_| page.hints[node] != Hint::Comment)
        else {
            continue;
        };
        let property = element.attribute("itemprop").unwrap_or_default();
        let rank = if property.contains("datePublished") {
            3
        } else if property.contains("dateCreated") || element.attribute("pubdate").is_some() {
            2
        } else {
            u8::from(element.name() == "time" || element.name() == "abbr")
        };
        if rank == 0 || best.as_ref().is_some_and(|(other, _)| *other >= rank) {
            continue;
        }
        let attributes = ["datetime", "content", "title"]
            .into_iter()
            .filter_map(|name| element.attribute(name));
        let span = page
            .tree
            .span(node)
            .filter(|span| span.len() <= MAX_DATE_BYTES);
        let text = span.map(|span| &page.text[span]);
        if let Some(date) = attributes.chain(text).find_map(rfc3339) {
            best = Some((rank, date));
        }
    }
    best.map(|(_, date)| date)
}

/// Items of JSON-LD that are articles of some kind.
fn articles<'v>(json_ld: &[&'v Value]) -> impl Iterator<Item = &'v Value> {
    let is_article = |item: &&Value| {
        let named = |kind: &Value| {
            let kind = kind.as_str().unwrap_or_default();
            ["Article", "Posting", "Recipe", "Report", "CreativeWork"]
                .iter()
                .any(|it| kind.ends_with(it))
        };
        match &item["@type"] {
            Value::Array(kinds) => kinds.iter().any(named),
            kind => named(kind),
        }
    };
    json_ld.iter().copied().filter(is_article)
}

/// The names of people.
fn names(author: &Value) -> Vec<String> {
    match author {
        Value::String(name) if !name.contains("://") => vec![folded(name)],
        Value::Object(person) if person.get("@type").is_none_or(|it| it != "Organization") => {
            let name = person.get("name").and_then(Value::as_str);
            name.map(folded)
                .filter(|name| !name.is_empty())
                .into_iter()
                .collect()
        }
        Value::Array(authors) => authors.iter().take(20).flat_map(names_of_one).collect(),
        _ => Vec::new(),
    }
}

fn names_of_one(author: &Value) -> Vec<String> {
    if author.is_array() {
        Vec::new()
    } else {
        names(author)
    }
}
