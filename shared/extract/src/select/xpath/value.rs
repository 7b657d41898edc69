//! What expressions come to, and how one type becomes another (XPath 1.0, sections 3.4 and 4).

use super::node::Place;

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// In the order of the document, each once.
    Nodes(Vec<Place>),
    String(String),
    Number(f64),
    Boolean(bool),
}

/// The number that a text is; NaN if it is none.
pub(super) fn number_of(text: &str) -> f64 {
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().any(|byte| byte.is_ascii_digit());
    if is_number {
        text.parse().unwrap_or(f64::NAN)
    } else {
        f64::NAN
    }
}

/// A number as a text: never with an exponent, and with the fifteen digits that a floating-point number surely has.
pub(super) fn text_of(number: f64) -> String {
    const DIGITS: f64 = 15.0;
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .into();
    }
    if number == 0.0 {
        return "0".into();
    }
    if number.fract() == 0.0 {
        return format!("{number:.0}");
    }
    let whole_digits = number.abs().log10().floor() + 1.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 340"
    )]
    let decimals = (DIGITS - whole_digits).clamp(0.0, 340.0) as usize;
    let written = format!("{number:.decimals$}");
    if written.contains('.') {
        written
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned()
    } else {
        written
    }
}

/// The nearest whole number; of two that are as near, the greater one.
pub(super) fn rounded(number: f64) -> f64 {
    let down = number.floor();
    if number - down < 0.5 {
        down
    } else {
        number.ceil()
    }
}

pub(super) fn is_true(number: f64) -> bool {
    number != 0.0 && !number.is_nan()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_without_exponents_and_without_noise() {
        for (number, text) in [
            (0.1 + 0.2, "0.3"),
            (-0.0, "0"),
            (1e15, "1000000000000000"),
            (-2.5, "-2.5"),
            (1.0 / 3.0, "0.333333333333333"),
            (0.000_012_5, "0.0000125"),
            (123_456.789, "123456.789"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(text_of(number), text);
        }
    }

    #[test]
    fn only_what_is_written_as_a_number_is_one() {
        for (text, number) in [(" 12 ", 12.0), ("-.5", -0.5), ("5.", 5.0), ("007", 7.0)] {
            assert_eq!(number_of(text).to_string(), number.to_string(), "{text}");
        }
        for text in [
            "", ".", "-", "+1", "1e3", "1 2", "0x1", "--1", "1.2.3", "Infinity", "nan",
        ] {
            assert!(number_of(text).is_nan(), "{text}");
        }
    }
}
