//! Amounts of money.

use super::{assert_found, assert_not_found};
use crate::support::{found_in, values};

#[test]
fn amounts_of_money_are_found() {
    assert_found(
        "money",
        &[
            ("$5", "5", "$5"),
            ("costs $1,234.50.", "1234.50", "$1,234.50"),
            ("1.234,50 €", "1234.50", "1.234,50 €"),
            ("€1.234", "1234", "€1.234"),
            ("$1.234", "1.234", "$1.234"),
            ("1 234,50 EUR", "1234.50", "1 234,50 EUR"),
            ("1\u{202f}234\u{a0}€", "1234", "1\u{202f}234\u{a0}€"),
            ("CHF 1'234.50", "1234.50", "CHF 1'234.50"),
            ("EUR100", "100", "EUR100"),
            ("100EUR", "100", "100EUR"),
            ("₹12,34,567.00", "1234567.00", "₹12,34,567.00"),
            ("¥10,000", "10000", "¥10,000"),
            ("価格は10,000円です", "10000", "10,000円"),
            ("-12.50 €", "-12.50", "-12.50 €"),
            ("−$5.00", "-5.00", "−$5.00"),
            ("EUR -5", "-5", "EUR -5"),
            ("5,- €", "5", "5,- €"),
            ("$3.2 million", "3200000", "$3.2 million"),
            ("$5m", "5000000", "$5m"),
            ("€1,5 Mrd.", "1500000000", "€1,5 Mrd."),
            ("3 Mio. €", "3000000", "3 Mio. €"),
            ("(€50)", "50", "€50"),
            ("US$ 9.99", "9.99", "US$ 9.99"),
            ("20 euros", "20", "20 euros"),
            ("1.50 zł", "1.50", "1.50 zł"),
            ("CAD 20.00", "20.00", "CAD 20.00"),
            ("TOP 10 EUR", "10", "10 EUR"),
            ("VAT 100 EUR", "100", "100 EUR"),
            ("10-20 €", "20", "20 €"),
            ("in 2026 EUR 500", "500", "EUR 500"),
            ("2 EUR 200.00", "200.00", "EUR 200.00"),
            ("$0.00", "0.00", "$0.00"),
            ("🙂£5", "5", "£5"),
        ],
    );
    assert_eq!(values("money", "$5-$10"), ["5", "10"]);
    assert_eq!(values("money", "5 EUR 200 EUR"), ["5", "200"]);
    assert_eq!(values("money", "EUR 200 EUR 5"), ["200", "5"]);
    assert_eq!(values("money", "5 € 12,50 €"), ["5", "12.50"]);
    assert_eq!(values("money", "12,50 € | 13,00 €"), ["12.50", "13.00"]);
}

#[test]
fn money_names_its_currency() {
    for (text, currency) in [
        ("$5", "USD"),
        ("$100 CAD", "CAD"),
        ("A$5", "AUD"),
        ("5 €", "EUR"),
        ("5 Kč", "CZK"),
        ("¥5", "JPY"),
        ("CN¥5", "CNY"),
        ("5 KWD", "KWD"),
        ("R$ 5", "BRL"),
        ("100 руб.", "RUB"),
    ] {
        assert_eq!(found_in(text)[0]["currency"], currency, "{text}");
    }
}

#[test]
fn what_only_resembles_money_is_left_alone() {
    assert_not_found(
        "money",
        &[
            "1234.50",
            "5",
            "100 km",
            "EUR",
            "€",
            "EURO-5-norm",
            "EURUSD 1.10",
            "TOP 10",
            "AMD 5600",
            "CAD 2024",
            "ALL 50 states",
            "TRY 3",
            "XYZ 100",
            "eur 5",
            "$x",
            "${100}",
            "\\$1",
            "awk '{print $1}'",
            "$5$",
            "$1.2.3",
            "1,23,4 €",
            "1.2.3 EUR",
            "$5%",
            "$5abc",
            "5 EURx",
            "a$5",
            "100 USDT",
            "EUR\n5",
            "12:30 €",
            "XEUR 5",
            "5 kr",
            "CRC32",
            "3 BSD",
            "windows-1252 euro sign",
            "shuf -n 20 ${file}",
        ],
    );
}
