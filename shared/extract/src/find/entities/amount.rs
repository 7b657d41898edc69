//! Amounts as people write them, made into plain decimal numbers: `1.234,50` -> `1234.50`.

use super::currency;

/// The number that is written here in digits and separators, its decimals as many as are written.
///
/// Of two kinds of separators the last one, if it occurs once, is before the decimals. A lone comma
/// before three digits separates thousands; a lone point does so too, unless the currency's
/// countries write a decimal point. Thousands must be grouped throughout, by three or in the Indian
/// way; what is not is no amount.
pub(super) fn read(raw: &str, currency: &str) -> Option<String> {
    let mut separators = raw.char_indices().filter(|(_, c)| !c.is_ascii_digit());
    let decimals_at = separators.next_back().filter(|&(index, last)| {
        let lone = !raw[..index].contains(|c: char| !c.is_ascii_digit());
        let fraction = &raw[index + last.len_utf8()..];
        match last {
            '.' | ',' if lone => is_decimal(&raw[..index], last, fraction, currency),
            '.' | ',' => !raw[..index].contains(last),
            _ => false,
        }
    });
    let (whole, fraction) = match decimals_at {
        Some((index, separator)) => (&raw[..index], Some(&raw[index + separator.len_utf8()..])),
        None => (raw, None),
    };
    let whole = ungrouped(whole)?;
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    Some(fraction.map_or_else(
        || whole.to_owned(),
        |fraction| format!("{whole}.{fraction}"),
    ))
}

/// Whether the only separator of a number stands before its decimals.
fn is_decimal(whole: &str, separator: char, fraction: &str, currency: &str) -> bool {
    let could_be_group = fraction.len() == 3 && whole.len() <= 3 && !whole.starts_with('0');
    !could_be_group
        || currency::has_three_decimals(currency)
        || (separator == '.' && currency::has_decimal_point(currency))
}

/// The digits of a whole number that is written in one piece or in groups.
fn ungrouped(whole: &str) -> Option<String> {
    let Some(separator) = whole.chars().find(|c| !c.is_ascii_digit()) else {
        return Some(whole.to_owned());
    };
    let groups: Vec<&str> = whole.split(separator).collect();
    let (first, last) = (groups[0], groups[groups.len() - 1]);
    let middle = &groups[1..groups.len() - 1];
    let by_three = first.len() <= 3 && middle.iter().all(|group| group.len() == 3);
    let indian =
        separator == ',' && first.len() <= 2 && middle.iter().all(|group| group.len() == 2);
    let digits = groups.concat();
    let uniform = digits.chars().all(|c| c.is_ascii_digit());
    (uniform && !first.is_empty() && last.len() == 3 && (by_three || indian)).then_some(digits)
}

/// The number times ten to this power.
pub(super) fn shifted(number: &str, power: usize) -> String {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let padded = format!("{fraction:0<power$}");
    let (moved, rest) = padded.split_at(power);
    let whole = format!("{whole}{moved}");
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    if rest.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{rest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_told_apart() {
        let cases = [
            ("5", "EUR", "5"),
            ("007", "EUR", "7"),
            ("0,5", "EUR", "0.5"),
            ("12.50", "EUR", "12.50"),
            ("1.234,50", "EUR", "1234.50"),
            ("1,234.50", "EUR", "1234.50"),
            ("1 234 567,8", "EUR", "1234567.8"),
            ("1\u{202f}234,567", "EUR", "1234.567"),
            ("1'234.50", "CHF", "1234.50"),
            ("1,234,567", "EUR", "1234567"),
            ("1.234.567", "USD", "1234567"),
            ("12,34,567.00", "INR", "1234567.00"),
            ("1,234", "USD", "1234"),
            ("1.234", "EUR", "1234"),
            ("1.234", "USD", "1.234"),
            ("1.234", "KWD", "1.234"),
            ("0.123", "EUR", "0.123"),
            ("1234.567", "EUR", "1234.567"),
            ("1.2345", "EUR", "1.2345"),
        ];
        for (raw, currency, number) in cases {
            assert_eq!(
                read(raw, currency).as_deref(),
                Some(number),
                "{raw} {currency}"
            );
        }
    }

    #[test]
    fn what_is_not_grouped_throughout_is_no_amount() {
        for raw in [
            "1,23,4",
            "1234,567.00",
            "1.23.456",
            "1,234 567",
            "1.234,567,890.1",
            "1,2,3",
            "2024 100",
        ] {
            assert_eq!(read(raw, "EUR"), None, "{raw}");
        }
    }

    #[test]
    fn a_scale_moves_the_point() {
        assert_eq!(shifted("3.2", 6), "3200000");
        assert_eq!(shifted("0.5", 3), "500");
        assert_eq!(shifted("1.23456", 3), "1234.56");
        assert_eq!(shifted("7", 9), "7000000000");
    }
}
