//! Percentages.

use super::{assert_found, assert_not_found};

#[test]
fn percentages_are_found() {
    assert_found(
        "percent",
        &[
            ("19 %", "19", "19 %"),
            ("up 12.5%,", "12.5", "12.5%"),
            ("12,5 Prozent", "12.5", "12,5 Prozent"),
            ("-3%", "-3", "-3%"),
            ("5-10%", "10", "10%"),
            ("1,234.5 %", "1234.5", "1,234.5 %"),
            ("3.5 per cent", "3.5", "3.5 per cent"),
            ("打折15%。", "15", "15%"),
        ],
    );
}

#[test]
fn what_only_resembles_them_is_left_alone() {
    assert_not_found(
        "percent",
        &[
            "%d", "100%25", "50%off", "a20%", "1.2.3%", "10:30%", "percent", "12%d",
        ],
    );
}
