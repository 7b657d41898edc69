//! UUIDs in their usual form, as five groups of hexadecimal digits:
//! `67e55044-10b1-426f-9247-bb680e5fe0c8`.
//!
//! The value is in lower case. Any version and variant is taken, for many systems make up their
//! own.

use std::sync::LazyLock;

use plan::EntityKind;
use regex::Regex;

use super::boundary::stands_alone;
use super::search::{Finding, Search};
use crate::watch::Interrupted;

static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u:\b)[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?-u:\b)")
        .expect("the pattern is valid")
});

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    search.each_match(&PATTERN, |text, captures| {
        let place = captures.get_match();
        let span = place.range();
        let longer = text[..span.start].ends_with('-') || text[span.end..].starts_with('-');
        (stands_alone(text, &span) && !longer)
            .then(|| Finding::new(EntityKind::Uuid, place.as_str().to_ascii_lowercase(), span))
    })
}
