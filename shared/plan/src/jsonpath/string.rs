//! Strings of `JSONPath`.

/// What is wrong, and at which byte.
type Flaw = (usize, &'static str);

/// Reads the string that the source begins with, and says how many bytes it takes, its quotes included.
pub(super) fn read(source: &str) -> Result<(String, usize), Flaw> {
    let mut chars = source.char_indices();
    let quote = chars.next().map_or('"', |(_, quote)| quote);
    let mut string = String::new();
    while let Some((at, char)) = chars.next() {
        match char {
            _ if char == quote => return Ok((string, at + 1)),
            '\0'..='\x1f' => return Err((at, "control characters are written `\\u00XX`")),
            '\\' => {
                let (char, length) = escaped(&source[at..], quote).map_err(|what| (at, what))?;
                string.push(char);
                // The backslash is taken already.
                for _ in 1..length {
                    chars.next();
                }
            }
            _ => string.push(char),
        }
    }
    Err((source.len(), "the string does not end"))
}

/// The character that an escape sequence stands for, and the length of the sequence.
fn escaped(source: &str, quote: char) -> Result<(char, usize), &'static str> {
    let plain = match source.chars().nth(1) {
        Some('b') => '\x08',
        Some('f') => '\x0c',
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('/') => '/',
        Some('\\') => '\\',
        Some(char) if char == quote => quote,
        Some('u') => return unicode(source),
        _ => return Err("there is no such escape sequence"),
    };
    Ok((plain, 2))
}

fn unicode(source: &str) -> Result<(char, usize), &'static str> {
    const FLAW: &str =
        "after `\\u` four hexadecimal digits are due, and a surrogate needs its other half";
    let unit = |from: usize| {
        let digits = source.get(from..from + 6)?.strip_prefix("\\u")?;
        let are_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u16::from_str_radix(digits, 16)
            .ok()
            .filter(|_| are_hexadecimal)
    };
    let first = unit(0).ok_or(FLAW)?;
    let is_high = (0xd800..0xdc00).contains(&first);
    let units = [Some(first), if is_high { unit(6) } else { None }];
    let mut chars = char::decode_utf16(units.into_iter().flatten());
    match chars.next() {
        Some(Ok(char)) => Ok((char, if is_high { 12 } else { 6 })),
        _ => Err(FLAW),
    }
}
