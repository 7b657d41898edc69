//! Codes of banks.

use super::{assert_found, assert_not_found};
use crate::support::found_in;

#[test]
fn codes_of_banks_are_found() {
    assert_found(
        "bic",
        &[
            ("BIC: DEUTDEFF", "DEUTDEFF", "DEUTDEFF"),
            ("SWIFT code DEUTDEFF500.", "DEUTDEFF500", "DEUTDEFF500"),
            ("BIC/SWIFT: BNPAFRPPXXX", "BNPAFRPPXXX", "BNPAFRPPXXX"),
            (
                "DE89 3704 0044 0532 0130 00, COBADEFFXXX",
                "COBADEFFXXX",
                "COBADEFFXXX",
            ),
            (
                "BIC
DEUTDEFF",
                "DEUTDEFF",
                "DEUTDEFF",
            ),
        ],
    );
    assert_eq!(found_in("BIC DEUTDEFF")[0]["country"], "DE");
}

#[test]
fn what_only_resembles_them_is_left_alone() {
    assert_not_found(
        "bic",
        &[
            "DEUTDEFF",
            "DOCUMENT",
            "SECURITY NOTICE",
            "BIC: DEUTXXFF",
            "BIC DEUTDEFF5",
            "the BIC of DOCUMENT",
        ],
    );
}
