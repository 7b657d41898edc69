//! Hardware addresses.

use super::{assert_found, assert_not_found};

#[test]
fn hardware_addresses_are_found() {
    assert_found(
        "mac",
        &[
            (
                "00:1B:44:11:3A:B7",
                "00:1b:44:11:3a:b7",
                "00:1B:44:11:3A:B7",
            ),
            (
                "at 00-1b-44-11-3a-b7.",
                "00:1b:44:11:3a:b7",
                "00-1b-44-11-3a-b7",
            ),
            ("001b.4411.3ab7", "00:1b:44:11:3a:b7", "001b.4411.3ab7"),
            (
                "MAC 00:11:22:33:44:55",
                "00:11:22:33:44:55",
                "00:11:22:33:44:55",
            ),
            (
                "MAC:00:1b:44:11:3a:b7,",
                "00:1b:44:11:3a:b7",
                "00:1b:44:11:3a:b7",
            ),
        ],
    );
}

#[test]
fn what_only_resembles_them_is_left_alone() {
    assert_not_found(
        "mac",
        &[
            "10:20:30:40:50:60",
            "10-20-30-40-50-60",
            "16:27:ac:a5:76:28:2d:36",
            "00:1b:44:11:3a",
            "00:1b-44:11-3a:b7",
            "x00:1b:44:11:3a:b7",
            "00:1b:44:11:3a:g7",
            "1234.5678.9012",
        ],
    );
}
