//! What texts are read as.

use serde_json::{Value, json};

use super::{found, record};

/// The value of a text, and the problem with it.
fn read(text: &str, kind: &str, locale: Option<&str>) -> (Value, String) {
    let mut field = json!({"regex": "(?s).+", "type": kind});
    if let Some(locale) = locale {
        field["locale"] = locale.into();
    }
    let record = record(text, &json!({"it": field}));
    let problem = record["problems"][0]["detail"].as_str().unwrap_or_default();
    (record["it"].clone(), problem.to_owned())
}

fn check(kind: &str, cases: &[(&str, Option<&str>, Value)]) {
    for (text, locale, expected) in cases {
        let (value, problem) = read(text, kind, *locale);
        assert_eq!(value, *expected, "{text} {locale:?}: {problem}");
        assert_eq!(problem.is_empty(), !expected.is_null(), "{text}: {problem}");
    }
}

#[test]
fn numbers_are_exact_and_as_long_as_they_are_written() {
    check(
        "decimal",
        &[
            ("1234.50", None, json!("1234.50")),
            ("1.234,50", None, json!("1234.50")),
            ("1,234.50", None, json!("1234.50")),
            ("1'234.50", None, json!("1234.50")),
            ("1\u{202f}234,5", None, json!("1234.5")),
            ("12,34,567.00", None, json!("1234567.00")),
            ("0.1", None, json!("0.1")),
            (".5", None, json!("0.5")),
            ("0,125", None, json!("0.125")),
            ("-7", None, json!("-7")),
            ("−7,25", None, json!("-7.25")),
            ("7,25-", None, json!("-7.25")),
            ("(7.25)", None, json!("-7.25")),
            ("-0.00", None, json!("0.00")),
            ("+7", None, json!("7")),
            ("19 %", None, json!("19")),
            ("12.50 €", None, json!("12.50")),
            ("$ -3", None, json!("-3")),
            ("-€3.10", None, json!("-3.10")),
            ("5,- €", None, json!("5")),
            (
                "123456789012345678901234567.89",
                None,
                json!("123456789012345678901234567.89"),
            ),
            ("1.234", Some("de"), json!("1234")),
            ("1,234", Some("de-AT"), json!("1.234")),
            ("1,234", Some("en-US"), json!("1234")),
            ("1.234", Some("de-CH"), json!("1.234")),
            ("1,234", Some("en-ZA"), json!("1.234")),
            // Whatever the locale, the form is certain.
            ("1.5", Some("de"), json!("1.5")),
            ("1.234,50", Some("en-US"), json!("1234.50")),
        ],
    );
    for (text, locale) in [
        ("1.234", None),
        ("1,234", None),
        ("x", None),
        ("5 kg", None),
        ("1.23.4", None),
        ("1,2,3", Some("en")),
        ("--1", None),
        ("1 2", None),
        ("", None),
    ] {
        if text.is_empty() {
            continue;
        }
        let (value, problem) = read(text, "decimal", locale);
        assert!(value.is_null() && !problem.is_empty(), "{text}: {value}");
    }
    let (_, problem) = read("1.234", "decimal", None);
    assert_eq!(problem, "`1.234` can be 1234 or 1.234; a `locale` decides.");
}

#[test]
fn whole_numbers_are_numbers_where_that_is_exact_everywhere() {
    check(
        "integer",
        &[
            ("5", None, json!(5)),
            ("-1,234", None, json!(-1234)),
            ("1.234", None, json!(1234)),
            ("1 234 567", None, json!(1_234_567)),
            ("5,00", None, json!(5)),
            ("-0", None, json!(0)),
            ("9007199254740991", None, json!(9_007_199_254_740_991_u64)),
            ("9007199254740992", None, json!("9007199254740992")),
            (
                "-123456789012345678901234567890",
                None,
                json!("-123456789012345678901234567890"),
            ),
            ("5.5", None, json!(null)),
            ("five", None, json!(null)),
        ],
    );
}

#[test]
fn amounts_have_a_currency() {
    let of = |amount: &str, currency: &str| json!({"amount": amount, "currency": currency});
    check(
        "money",
        &[
            ("1.234,50 €", None, of("1234.50", "EUR")),
            ("EUR 1,234.50", None, of("1234.50", "EUR")),
            ("$1,234", None, of("1234", "USD")),
            ("$1.234", None, of("1.234", "USD")),
            ("1.234 €", None, of("1234", "EUR")),
            ("-$12.00", None, of("-12.00", "USD")),
            ("12.00- EUR", None, of("-12.00", "EUR")),
            ("($12.00)", None, of("-12.00", "USD")),
            ("CHF 5.–", None, of("5", "CHF")),
            ("12.50", Some("de-CH"), of("12.50", "CHF")),
            ("12,50", Some("de-AT"), of("12.50", "EUR")),
            ("$5", Some("en-CA"), of("5", "CAD")),
            ("$5", Some("de-AT"), of("5", "USD")),
            ("5 kr", Some("sv-SE"), of("5", "SEK")),
            ("Price: $12.50 plus tax", None, of("12.50", "USD")),
            ("5 kr", None, json!(null)),
            ("12.50", None, json!(null)),
            ("12.50", Some("de"), json!(null)),
            ("from $5 to $10", None, json!(null)),
        ],
    );
}

#[test]
fn a_day_that_can_be_another_one_is_a_problem_and_no_guess() {
    check(
        "date",
        &[
            ("2026-03-09", None, json!("2026-03-09")),
            ("2026/3/9", None, json!("2026-03-09")),
            ("9 March 2026", None, json!("2026-03-09")),
            ("9. März 2026", None, json!("2026-03-09")),
            ("Vienna, March 9th, 2026", None, json!("2026-03-09")),
            ("09.03.2026", None, json!("2026-03-09")),
            ("25/12/2026", None, json!("2026-12-25")),
            ("12/25/2026", None, json!("2026-12-25")),
            ("04/04/2026", None, json!("2026-04-04")),
            ("03/04/2026", None, json!(null)),
            ("03/04/2026", Some("en"), json!(null)),
            ("03/04/2026", Some("en-US"), json!("2026-03-04")),
            ("03/04/2026", Some("en-GB"), json!("2026-04-03")),
            ("03-04-2026", Some("nl-NL"), json!("2026-04-03")),
            ("09.03.26", Some("de"), json!("2026-03-09")),
            ("09.03.69", Some("de"), json!("1969-03-09")),
            ("09.03.26", None, json!(null)),
            ("2026-03-09T23:30:00-05:00", None, json!("2026-03-09")),
            ("30.02.2026", None, json!(null)),
            ("1 May 2026 to 2 May 2026", None, json!(null)),
            ("soon", None, json!(null)),
        ],
    );
    let (_, problem) = read("03/04/2026", "date", None);
    assert!(problem.contains("2026-04-03 or 2026-03-04"), "{problem}");
}

#[test]
fn a_point_in_time_has_a_time_of_day() {
    check(
        "datetime",
        &[
            ("2026-03-09T14:30:00Z", None, json!("2026-03-09T14:30:00Z")),
            ("2026-03-09 14:30", None, json!("2026-03-09T14:30:00")),
            (
                "Mon, 9 Mar 2026 14:30:00 +0100",
                None,
                json!("2026-03-09T14:30:00+01:00"),
            ),
            (
                "3/9/2026 2:30 PM",
                Some("en-US"),
                json!("2026-03-09T14:30:00"),
            ),
            (
                "3/9/2026 12:05 a.m.",
                Some("en-US"),
                json!("2026-03-09T00:05:00"),
            ),
            (
                "09.03.2026 um 14.30 Uhr",
                None,
                json!("2026-03-09T14:30:00"),
            ),
            ("March 9, 2026 at 14:30", None, json!("2026-03-09T14:30:00")),
            ("2026-03-09", None, json!(null)),
            ("3/9/2026 2:30 PM", None, json!(null)),
            ("3/9/2026 25:30", Some("en-US"), json!(null)),
        ],
    );
}

#[test]
fn truth_is_told_in_several_languages() {
    check(
        "boolean",
        &[
            ("Yes", None, json!(true)),
            ("nein", None, json!(false)),
            ("1", None, json!(true)),
            ("✗", None, json!(false)),
            ("maybe", None, json!(null)),
        ],
    );
}

#[test]
fn addresses_have_their_normal_form() {
    check(
        "url",
        &[
            ("HTTPS://Example.com", None, json!("https://example.com/")),
            ("www.example.com", None, json!("https://www.example.com/")),
            ("mailto:a@test.com", None, json!("mailto:a@test.com")),
            (
                "see https://example.com/a.",
                None,
                json!("https://example.com/a"),
            ),
            ("/a/b", None, json!(null)),
            ("example", None, json!(null)),
        ],
    );
    check(
        "email",
        &[
            ("Ann@EXAMPLE.com", None, json!("Ann@example.com")),
            ("mailto:ann@example.com", None, json!("ann@example.com")),
            ("Ann <ann@example.com>", None, json!("ann@example.com")),
            ("a@example.com, b@example.com", None, json!(null)),
            ("ann", None, json!(null)),
        ],
    );
    check(
        "phone",
        &[
            ("+43 1 58858-0", None, json!("+431588580")),
            ("tel:+43158858", None, json!("+43158858")),
            ("+49 (0)30 123456", None, json!("+4930123456")),
            ("030 123456", Some("de-DE"), json!("+4930123456")),
            ("(202) 456-1111", Some("en-US"), json!("+12024561111")),
            ("Phone: +49 30 123456", None, json!("+4930123456")),
            ("030 123456", None, json!(null)),
            ("030 123456", Some("de"), json!(null)),
            ("12", Some("de-DE"), json!(null)),
        ],
    );
}

#[test]
fn what_json_says_to_be_a_number_is_read_as_json() {
    let json = r#"{"a": 1.234, "b": "1.234", "c": 1.5e3, "d": true, "e": null, "f": -12E-2}"#;
    let field = |path: &str, kind: &str| json!({"jsonpath": path, "type": kind, "locale": "de-DE"});
    let fields = json!({
        "a": field("$.a", "decimal"), "b": field("$.b", "decimal"), "c": field("$.c", "integer"),
        "d": {"jsonpath": "$.d", "type": "boolean"}, "e": {"jsonpath": "$.e"},
        "f": field("$.f", "decimal"), "m": field("$.a", "money"),
    });
    let record = &found("a.json", json, &json!({"fields": fields})).records[0];
    assert_eq!(record["a"], "1.234");
    assert_eq!(record["b"], "1234");
    assert_eq!(record["c"], 1500);
    assert_eq!(record["d"], true);
    assert_eq!(record["e"], Value::Null);
    assert_eq!(record["f"], "-0.12");
    assert_eq!(record["m"], json!({"amount": "1.234", "currency": "EUR"}));
    assert!(record.get("problems").is_none(), "{record}");
}

#[test]
fn relative_urls_are_resolved_where_the_document_says_against_what() {
    let link = "<a href=\"../b?c=1\">x</a><p>y</p>";
    let item = json!({"fields": {"link": {"css": "a::attr(href)", "type": "url"}}});
    for (head, expected) in [
        (
            "<base href=\"https://a.example/x/y/\">",
            json!("https://a.example/x/b?c=1"),
        ),
        (
            "<link rel=\"canonical\" href=\"https://a.example/x/y\">",
            json!("https://a.example/b?c=1"),
        ),
        ("", json!(null)),
    ] {
        let html = format!("<html><head>{head}</head><body>{link}</body></html>");
        let found = super::found("a.html", &html, &item);
        assert_eq!(found.records[0]["link"], expected, "{head}");
        if expected.is_null() {
            assert_eq!(
                found.records[0]["problems"][0]["detail"],
                "`../b?c=1` is no absolute URL, and the document states no base to resolve it against."
            );
        }
    }
    let based = "<base href=\"https://a.example/\"><p>not a link</p>";
    let item = json!({"fields": {"link": {"css": "p", "type": "url"}}});
    let found = super::found("a.html", based, &item);
    assert_eq!(found.records[0]["link"], json!(null));
}

#[test]
fn a_locale_says_what_a_number_of_a_csv_file_is() {
    for (locale, expected) in [(json!("de"), json!(1200)), (json!("en"), json!(null))] {
        let item = json!({"locale": locale, "each": {"rows": true}, "fields": {"n": {"column": "n", "type": "integer"}}});
        let found = super::found("a.csv", "n;m\n1.200;x\n", &item);
        assert_eq!(found.records[0]["n"], expected, "{locale}");
    }
}
