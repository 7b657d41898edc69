//! Quantities.

use super::{assert_found, assert_not_found};
use crate::support::found_in;

#[test]
fn quantities_are_found() {
    assert_found(
        "quantity",
        &[
            ("12.4 kg", "12.4", "12.4 kg"),
            ("72,5 m²", "72.5", "72,5 m²"),
            ("3,500 l/h", "3500", "3,500 l/h"),
            ("-5 °C", "-5", "-5 °C"),
            ("+40 °C", "40", "+40 °C"),
            ("40x30x20 cm", "20", "20 cm"),
            ("5-10 kg", "10", "10 kg"),
            ("1.5TB", "1.5", "1.5TB"),
            ("60s", "60", "60s"),
            ("3.5-inch", "3.5", "3.5-inch"),
            ("within 30 days", "30", "30 days"),
            ("14 Tagen", "14", "14 Tagen"),
            ("0,35 kWh", "0.35", "0,35 kWh"),
            ("72 dB(A)", "72", "72 dB(A)"),
            ("1 250 kg", "1250", "1 250 kg"),
        ],
    );
    for (text, unit) in [
        ("12 Kg", "kg"),
        ("5 qm", "m²"),
        ("100 Mbps", "Mbit/s"),
        ("3 Nm", "N·m"),
        ("2 years", "a"),
        ("3 Monate", "mo"),
        ("16 KB", "kB"),
        ("5 bytes", "B"),
    ] {
        assert_eq!(found_in(text)[0]["unit"], unit, "{text}");
    }
}

#[test]
fn what_only_resembles_them_is_left_alone() {
    assert_not_found(
        "quantity",
        &[
            "4 A",
            "5G",
            "the 80s",
            "1990s",
            "$5m",
            "5m users",
            "2026 ha sido",
            "123456 B Amtsgericht",
            "24/7 h",
            "10:30 h",
            "1.2.3 kg",
            "kg",
            "5 kgs",
            "5 kg/ha",
            "120 W Main St",
            "7 in the room",
            "x5 kg",
            "8h",
        ],
    );
}
