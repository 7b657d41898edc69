//! One finding for each place.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::search::Finding;
use crate::Span;

/// Leaves one finding for each place and puts them in the order of the text.
///
/// Of findings that overlap the longest valid one is taken: a URL with a date in its path is a URL, the
/// digits of an IBAN are no card number. Of two of the same length it is the one that was added
/// first, that is, the one of the more specific kind, or the one that begins earlier.
pub(super) fn resolve(mut findings: Vec<Finding>) -> impl Iterator<Item = Finding> {
    // The sort is stable, so that equals stay in the order in which they were added.
    findings.sort_by_key(|finding| (finding.flaw.is_some(), Reverse(finding.span.len())));
    let mut taken: BTreeMap<usize, Finding> = BTreeMap::new();
    for finding in findings {
        if is_free(&taken, &finding.span) {
            taken.insert(finding.span.start, finding);
        }
    }
    taken.into_values()
}

/// No two taken findings overlap, so only the last that begins before the place's end can reach
/// into it.
fn is_free(taken: &BTreeMap<usize, Finding>, span: &Span) -> bool {
    taken
        .range(..span.end)
        .next_back()
        .is_none_or(|(_, last)| last.span.end <= span.start)
}

#[cfg(test)]
mod tests {
    use plan::EntityKind;

    use super::*;

    fn resolved(spans: &[Span]) -> Vec<Span> {
        let findings = spans
            .iter()
            .map(|span| Finding::new(EntityKind::Date, "", span.clone()))
            .collect();
        resolve(findings).map(|finding| finding.span).collect()
    }

    #[test]
    fn the_longest_of_those_that_overlap_is_taken() {
        assert_eq!(resolved(&[3..5, 0..4, 4..10]), [0..4, 4..10]);
        assert_eq!(resolved(&[2..4, 0..9, 8..12, 12..13]), [0..9, 12..13]);
    }

    #[test]
    fn of_equally_long_ones_the_first_added_is_taken() {
        assert_eq!(resolved(&[4..8, 0..5, 6..10]), [0..5, 6..10]);
        assert_eq!(resolved(&[4..8, 2..6, 8..12]), [4..8, 8..12]);
    }

    #[test]
    fn what_only_touches_does_not_overlap() {
        assert_eq!(resolved(&[5..10, 0..5, 10..11]), [0..5, 5..10, 10..11]);
    }
}
