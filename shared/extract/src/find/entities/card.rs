//! Payment card numbers, in one piece or grouped as on the card, checked by network, length and
//! check digit.
//!
//! The value is masked (`411111******1111`) and the text itself withheld, unless the request asks for more: a card number
//! must not be copied around. `network` says whose it is. The thirteen digits of old Visa cards are not read, for article numbers look the
//! same.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use plan::{Cards, EntityKind};
use regex::Regex;

use super::boundary::{before, part_of_number, stands_alone};
use super::search::{Finding, Search};
use crate::Span;
use crate::watch::Interrupted;

static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    let groups = [
        "[0-9]{14,19}",
        "([0-9]{4}(?:[ -][0-9]{4}){3})(?:[ -][0-9]{3})?",
        "[0-9]{4}[ -][0-9]{6}[ -][0-9]{4,5}",
    ];
    Regex::new(&format!(r"(?-u:\b)(?:{})(?-u:\b)", groups.join("|"))).expect("the pattern is valid")
});

/// Network, how many digits tell it, between which numbers these lie, and how many digits there are
/// in all.
type Network = (
    &'static str,
    usize,
    RangeInclusive<u32>,
    RangeInclusive<usize>,
);

/// The networks whose numbers can be told by their first digits.
const NETWORKS: [Network; 14] = [
    ("visa", 1, 4..=4, 16..=16),
    ("visa", 1, 4..=4, 19..=19),
    ("mastercard", 2, 51..=55, 16..=16),
    ("mastercard", 4, 2221..=2720, 16..=16),
    ("amex", 2, 34..=34, 15..=15),
    ("amex", 2, 37..=37, 15..=15),
    ("diners", 3, 300..=305, 14..=14),
    ("diners", 2, 36..=36, 14..=14),
    ("diners", 2, 38..=39, 14..=14),
    ("discover", 4, 6011..=6011, 16..=16),
    ("discover", 3, 644..=659, 16..=16),
    ("jcb", 4, 3528..=3589, 16..=16),
    ("unionpay", 2, 62..=62, 16..=19),
    ("maestro", 4, 6759..=6763, 16..=19),
];

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    let cards = search.settings().options.cards;
    search.each_match(&PATTERN, |text, captures| {
        let place = captures.get_match();
        // Three more digits may be those from the back of the card.
        let sixteen = captures.get(1).map(|part| part.range());
        let valid = |finding: &Finding| finding.flaw.is_none();
        let whole = read(text, place.range(), cards);
        let without = || read(text, sixteen.clone()?, cards);
        whole
            .clone()
            .filter(valid)
            .or_else(|| without().filter(valid))
            .or(whole)
    })
}

fn read(text: &str, span: Span, cards: Cards) -> Option<Finding> {
    let raw = &text[span.clone()];
    let digits: String = raw.chars().filter(char::is_ascii_digit).collect();
    let mixed = raw.contains(' ') && raw.contains('-');
    let labelled = before(text, span.start).is_some_and(|c| "#+-./\\".contains(c));
    if mixed
        || labelled
        || !stands_alone(text, &span)
        || part_of_number(text, &span, &['.', ',', '-'])
    {
        return None;
    }
    let network = network(&digits)?;
    let finding = match cards {
        Cards::Masked => Finding::new(EntityKind::Card, masked(&digits), span).withheld(),
        Cards::Full => Finding::new(EntityKind::Card, digits.as_str(), span),
    };
    let finding = finding.with("network", network);
    Some(if has_right_check_digit(&digits) {
        finding
    } else {
        finding.invalid("Its check digit is wrong.")
    })
}

fn network(digits: &str) -> Option<&'static str> {
    let mut networks = NETWORKS.into_iter();
    let (name, ..) = networks.find(|(_, told_by, numbers, lengths)| {
        let prefix = digits[..*told_by]
            .parse()
            .expect("a few digits are a number");
        numbers.contains(&prefix) && lengths.contains(&digits.len())
    })?;
    Some(name)
}

/// The Luhn algorithm.
fn has_right_check_digit(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(|byte| u32::from(byte - b'0'))
        .enumerate()
        .map(|(index, digit)| match (index % 2, digit) {
            (0, digit) => digit,
            (_, digit @ 0..=4) => digit * 2,
            (_, digit) => digit * 2 - 9,
        })
        .sum();
    sum.is_multiple_of(10)
}

fn masked(digits: &str) -> String {
    let (first, rest) = digits.split_at(6);
    let (hidden, last) = rest.split_at(rest.len() - 4);
    format!("{first}{}{last}", "*".repeat(hidden.len()))
}
