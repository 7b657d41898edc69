//! I-Regexp (RFC 9485), the regular expressions of `JSONPath`.

use regex::{Regex, RegexBuilder};

/// Bytes that a compiled expression may take.
const MAX_COMPILED_BYTES: usize = 1 << 20;

/// Length of an expression, in bytes.
const MAX_BYTES: usize = 4_096;

/// Compiles an expression that is to match all of a text, or a part of it; none if it is none.
///
/// What the library understands beyond the RFC (`\d`, `\b`) it may understand.
pub(super) fn compile(pattern: &str, whole: bool) -> Option<Regex> {
    if pattern.len() > MAX_BYTES {
        return None;
    }
    let translated = translated(pattern)?;
    let pattern = if whole {
        format!(r"\A(?:{translated})\z")
    } else {
        translated
    };
    RegexBuilder::new(&pattern)
        .size_limit(MAX_COMPILED_BYTES)
        .build()
        .ok()
}

/// The same in the library's language: there a dot matches a carriage return, a parenthesis may begin with flags, and sets
/// have operators.
fn translated(pattern: &str) -> Option<String> {
    let mut translated = String::with_capacity(pattern.len());
    let mut in_set = false;
    let mut chars = pattern.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' => {
                translated.push('\\');
                translated.extend(chars.next());
                continue;
            }
            '[' if in_set => translated.push('\\'),
            '&' | '~' if in_set => translated.push('\\'),
            '[' => in_set = true,
            ']' => in_set = false,
            '.' if !in_set => {
                translated.push_str(r"[^\n\r]");
                continue;
            }
            '(' if !in_set && chars.peek() == Some(&'?') => return None,
            _ => {}
        }
        translated.push(char);
    }
    Some(translated)
}
