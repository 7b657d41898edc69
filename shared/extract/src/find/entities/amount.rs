//! Amounts as people write them, made into plain decimal numbers: `1.234,50` -> `1234.50`.

/// The number that is written here in digits and separators, its decimals as many as are written.
///
/// Of two kinds of separators the last one, if it occurs once, is before the decimals. A lone comma
/// or point before three digits separates thousands, unless `is_decimal` says that it stands
/// before decimals. Thousands must be grouped throughout, by three or in the Indian
/// way; what is not is no amount.
pub(super) fn read(raw: &str, is_decimal: impl Fn(char) -> bool) -> Option<String> {
    let mut separators = raw.char_indices().filter(|(_, c)| !c.is_ascii_digit());
    let decimals_at = separators.next_back().filter(|&(index, last)| {
        let lone = !raw[..index].contains(|c: char| !c.is_ascii_digit());
        let fraction = &raw[index + last.len_utf8()..];
        match last {
            '.' | ',' if lone => !could_be_group(&raw[..index], fraction) || is_decimal(last),
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

/// Whether what stands before and after a separator could be groups of thousands.
fn could_be_group(whole: &str, fraction: &str) -> bool {
    fraction.len() == 3 && whole.len() <= 3 && !whole.starts_with('0')
}

/// What a text writes before decimals: a comma, if that stands more often before one or two last digits than a point
/// does, else a point. Only the text's beginning is looked at.
pub(super) fn decimal_mark(text: &str) -> char {
    let bytes = &text.as_bytes()[..text.len().min(64 << 10)];
    let digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    let mark = |index: usize| matches!(bytes.get(index), Some(b'.' | b','));
    let (mut points, mut commas) = (0, 0);
    for (index, byte) in bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| matches!(byte, b'.' | b','))
    {
        let decimals = (1..4).find(|offset| !digit(index + offset)).unwrap_or(4) - 1;
        let whole = index > 0 && digit(index - 1);
        // `1.2.3` and `1,2,3` are no numbers.
        let first = bytes[..index]
            .iter()
            .rev()
            .find(|byte| !byte.is_ascii_digit());
        let alone =
            first != Some(byte) && !(mark(index + decimals + 1) && digit(index + decimals + 2));
        if whole && (1..=2).contains(&decimals) && alone {
            *(if *byte == b'.' {
                &mut points
            } else {
                &mut commas
            }) += 1;
        }
    }
    if commas > points { ',' } else { '.' }
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
            ("5", "", "5"),
            ("007", "", "7"),
            ("0,5", "", "0.5"),
            ("12.50", "", "12.50"),
            ("1.234,50", "", "1234.50"),
            ("1,234.50", "", "1234.50"),
            ("1 234 567,8", "", "1234567.8"),
            ("1\u{202f}234,567", "", "1234.567"),
            ("1'234.50", ".", "1234.50"),
            ("1,234,567", "", "1234567"),
            ("1.234.567", ".", "1234567"),
            ("12,34,567.00", ".", "1234567.00"),
            ("1,234", ",", "1.234"),
            ("1,234", ".", "1234"),
            ("1.234", "", "1234"),
            ("1.234", ".", "1.234"),
            ("1.234", ".,", "1.234"),
            ("0.123", "", "0.123"),
            ("1234.567", "", "1234.567"),
            ("1.2345", "", "1.2345"),
        ];
        for (raw, marks, number) in cases {
            let read = read(raw, |separator| marks.contains(separator));
            assert_eq!(
                read.as_deref(),
                Some(number),
                "{raw}, decimals after any of `{marks}`"
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
            assert_eq!(read(raw, |_| false), None, "{raw}");
        }
    }

    #[test]
    fn a_scale_moves_the_point() {
        assert_eq!(shifted("3.2", 6), "3200000");
        assert_eq!(shifted("0.5", 3), "500");
        assert_eq!(shifted("1.23456", 3), "1234.56");
        assert_eq!(shifted("7", 9), "7000000000");
    }

    #[test]
    fn a_text_shows_what_it_writes_before_decimals() {
        for (text, mark) in [
            ("", '.'),
            ("3.5 kg and 1,234 g", '.'),
            ("3,5 kg and 1.234 g", ','),
            (
                "Version 1.2, 1.3, vom 09.03.2026: 4,50 und 3,20 und 1,0",
                ',',
            ),
            ("1,2,3 and 4,5,6 and 0.5", '.'),
        ] {
            assert_eq!(decimal_mark(text), mark, "{text}");
        }
    }
}
