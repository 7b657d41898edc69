//! What stands right before and after a place in a text.

use crate::Span;

/// The character that ends at the offset.
pub(super) fn before(text: &str, offset: usize) -> Option<char> {
    text[..offset].chars().next_back()
}

/// The character that begins at the offset.
pub(super) fn after(text: &str, offset: usize) -> Option<char> {
    text[offset..].chars().next()
}

/// Whether the place neither continues a word or number, nor is continued by one.
///
/// Scripts that are written without spaces set no boundary by spaces: `电话1.2.3.4` does stand alone.
pub(super) fn stands_alone(text: &str, span: &Span) -> bool {
    !before(text, span.start).is_some_and(in_word) && !after(text, span.end).is_some_and(in_word)
}

/// Whether a separator and a further digit before its first or after its last digit make it a part
/// of some longer number.
pub(super) fn part_of_number(text: &str, span: &Span, separators: &[char]) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    let (head, place, tail) = (&text[..span.start], &text[span.clone()], &text[span.end..]);
    let goes_on = |rest: Option<&str>| rest.is_some_and(|rest| rest.starts_with(is_digit));
    let began = |rest: Option<&str>| rest.is_some_and(|rest| rest.ends_with(is_digit));
    (place.starts_with(is_digit) && began(head.strip_suffix(separators)))
        || (place.ends_with(is_digit) && goes_on(tail.strip_prefix(separators)))
}

/// What stands in the same line before the offset, at most this many bytes of it.
pub(super) fn line_before(text: &str, offset: usize, bytes: usize) -> &str {
    let head = &text[text.ceil_char_boundary(offset.saturating_sub(bytes))..offset];
    head.rsplit(['\n', '\r']).next().unwrap_or(head)
}

/// What stands in the same line from the offset on, at most this many bytes of it.
pub(super) fn line_after(text: &str, offset: usize, bytes: usize) -> &str {
    let tail = &text[offset..text.floor_char_boundary((offset + bytes).min(text.len()))];
    tail.split(['\n', '\r']).next().unwrap_or(tail)
}

/// Whether the dash before a number is a minus sign, not a hyphen or the dash of a range.
pub(super) fn is_sign(text: &str, dash: usize) -> bool {
    !before(text, dash).is_some_and(|c| in_word(c) || ")]%€$£¥.,".contains(c))
}

/// Whether the character is part of a word in a script that puts spaces between words.
pub(super) fn in_word(c: char) -> bool {
    c == '_' || (c.is_alphanumeric() && !is_unspaced(c))
}

/// Whether the character belongs to a script that is written without spaces, or that joins its
/// endings to foreign words (Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese), or to the
/// punctuation of these.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1100}'..='\u{11ff}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ffef}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Whether the character is a symbol or a punctuation mark beyond ASCII (quotes, dashes, arrows,
/// emoji, those of East Asian writing), which neither an address nor a URL holds unescaped.
pub(super) fn is_typographic(c: char) -> bool {
    matches!(c,
        '\u{a0}'..='\u{a9}'
        | '\u{ab}'..='\u{b4}'
        | '\u{b6}'..='\u{b9}'
        | '\u{bb}'..='\u{bf}'
        | '\u{2000}'..='\u{200b}'
        | '\u{200e}'..='\u{2bff}'
        | '\u{2e00}'..='\u{2e7f}'
        | '\u{3000}'..='\u{3004}'
        | '\u{3008}'..='\u{3020}'
        | '\u{fe00}'..='\u{fe4f}'
        | '\u{ff01}'..='\u{ff0f}'
        | '\u{ff1a}'..='\u{ff20}'
        | '\u{ff3b}'..='\u{ff40}'
        | '\u{ff5b}'..='\u{ff65}'
        | '\u{1f000}'..='\u{1faff}')
}
