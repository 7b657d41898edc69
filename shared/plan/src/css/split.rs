//! A list of selectors -> each of them, and its ending.

/// A selector as it is written.
pub(super) struct Written<'s> {
    /// Where it begins in the list.
    pub(super) at: usize,
    /// The selector without its ending.
    pub(super) selector: &'s str,
    /// Whether it ends with `::text`.
    pub(super) is_text: bool,
    /// What `::attr(…)` names, if it ends so.
    pub(super) attribute: Option<&'s str>,
}

/// The selectors of a list, in their order.
pub(super) fn at_commas(list: &str) -> impl Iterator<Item = Written<'_>> {
    let mut start = Some(0);
    std::iter::from_fn(move || {
        let at = start?;
        let rest = &list[at..];
        let length = first_comma(rest).unwrap_or(rest.len());
        start = (length < rest.len()).then_some(at + length + 1);
        Some(written(at, &rest[..length]))
    })
}

/// The comma that ends the first selector: none within brackets, strings and comments counts.
fn first_comma(list: &str) -> Option<usize> {
    let (mut depth, mut quote, mut escaped, mut in_comment) = (0_usize, None, false, false);
    let bytes = list.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        let next = bytes.get(at + 1);
        match byte {
            _ if in_comment => in_comment = !(byte == b'/' && at > 0 && bytes[at - 1] == b'*'),
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            _ if quote == Some(byte) => quote = None,
            _ if quote.is_some() => {}
            b'"' | b'\'' => quote = Some(byte),
            b'/' if next == Some(&b'*') => in_comment = true,
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

fn written(at: usize, part: &str) -> Written<'_> {
    let end = part.trim_end();
    let is_text = ends_with(end, "::text");
    let attribute = end.strip_suffix(')').and_then(|end| {
        let (before, name) = end.rsplit_once('(')?;
        let name = name.trim();
        let is_name = !name.contains(|char: char| char.is_whitespace() || "\"'<>=/".contains(char));
        (is_name && ends_with(before, "::attr")).then(|| (before.len() - "::attr".len(), name))
    });
    let selector = match attribute {
        Some((length, _)) => &part[..length],
        None if is_text => &end[..end.len() - "::text".len()],
        None => part,
    };
    Written {
        at,
        selector,
        is_text,
        attribute: attribute.map(|(_, name)| name),
    }
}

fn ends_with(text: &str, ending: &str) -> bool {
    let tail = text
        .len()
        .checked_sub(ending.len())
        .and_then(|at| text.get(at..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(ending))
}
