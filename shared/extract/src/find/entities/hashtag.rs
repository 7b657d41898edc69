//! Hashtags: `#rustlang`, `#日本語`.
//!
//! The value is without the sign and in lower case, for case makes no difference. A tag begins with a letter. What may as
//! well be a colour (`#fade`), a reference (`#A12`), a preprocessor's or style sheet's line or an anchor is none.

use std::sync::LazyLock;

use plan::EntityKind;
use regex::Regex;

use super::boundary::{after, before, is_unspaced, line_before};
use super::search::{Finding, Search};
use crate::Span;
use crate::watch::Interrupted;

static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"#(?P<tag>\p{L}[\p{L}\p{M}\p{Nd}_]{1,99})").expect("the pattern is valid")
});

/// What begins a line of a program for the preprocessor.
const DIRECTIVES: [&str; 14] = [
    "define",
    "elif",
    "else",
    "endif",
    "endregion",
    "error",
    "if",
    "ifdef",
    "ifndef",
    "import",
    "include",
    "line",
    "pragma",
    "region",
];

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    search.each_match(&PATTERN, |text, captures| {
        let tag = captures.name("tag")?.as_str();
        let span = captures.get_match().range();
        let is_tag = begins(text, span.start)
            && !goes_on(text, span.end)
            && !is_code(text, tag, &span)
            && !is_reference(tag);
        is_tag.then(|| Finding::new(EntityKind::Hashtag, tag.to_lowercase(), span))
    })
}

fn begins(text: &str, start: usize) -> bool {
    let anchor = text[..start].ends_with("](") || text[..start].ends_with(['=', '&', '/']);
    let quoted = ["=\"", "='"].iter().any(|end| text[..start].ends_with(end));
    let free =
        |c: char| c.is_whitespace() || "([{\"'“”‘’«»‚„>,.;:!?*_|·–—".contains(c) || is_unspaced(c);
    !anchor && !quoted && before(text, start).is_none_or(free)
}

/// Whether what follows makes it part of something longer: `#INV-100`, `#main {`, `#call(`.
fn goes_on(text: &str, end: usize) -> bool {
    let tail = &text[end..];
    let joined = tail.strip_prefix(['-', '.', '/', '@', '\'', '’']);
    joined.is_some_and(|tail| tail.starts_with(char::is_alphanumeric))
        || tail.trim_start_matches(' ').starts_with('{')
        || after(text, end).is_some_and(|c| "([=#_".contains(c))
}

fn is_code(text: &str, tag: &str, span: &Span) -> bool {
    let colour = [3, 4, 6, 8].contains(&tag.len()) && tag.chars().all(|c| c.is_ascii_hexdigit());
    let begins_line = line_before(text, span.start, 8).trim_start().is_empty();
    colour || (begins_line && DIRECTIVES.contains(&tag))
}

/// Whether it is letters in capitals and then a number, as numbers of flats and papers are: `#B12`, `#INV100`.
fn is_reference(tag: &str) -> bool {
    let number = tag.trim_start_matches(|c: char| c.is_uppercase());
    number.len() < tag.len() && !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())
}
