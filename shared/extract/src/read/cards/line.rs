//! A line of an address book or a calendar: `NAME;PARAMETER=…:value`, folded and escaped.

use encoding_rs::Encoding;

/// A line, taken apart.
#[derive(Debug)]
pub(super) struct Line {
    /// In upper case, without the group in front of it.
    pub(super) name: String,
    /// Names in upper case; those without a name are types.
    parameters: Vec<(String, String)>,
    /// As it is written, its escapes included.
    pub(super) value: String,
}

impl Line {
    /// The first value of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    /// All types, in lower case: `work`, `cell`.
    pub(super) fn types(&self) -> impl Iterator<Item = String> {
        let types = self.parameters.iter().filter(|(name, _)| name == "TYPE");
        types
            .flat_map(|(_, value)| value.split(','))
            .map(|one| one.trim_matches('"').to_ascii_lowercase())
    }

    /// The value as text.
    pub(super) fn text(&self) -> String {
        unescaped(&self.value)
    }

    /// The parts that a separator divides the value into, as text.
    pub(super) fn parts(&self, separator: char) -> Vec<String> {
        let mut parts = vec![String::new()];
        let mut escaped = false;
        for char in self.value.chars() {
            if char == separator && !escaped {
                parts.push(String::new());
            } else if let Some(part) = parts.last_mut() {
                part.push(char);
            }
            escaped = char == '\\' && !escaped;
        }
        parts.iter().map(|part| unescaped(part)).collect()
    }

    fn read(written: &str) -> Option<Self> {
        let colon = unquoted(written, ':')?;
        let (head, value) = (&written[..colon], &written[colon + 1..]);
        let mut head = head;
        let mut pieces = Vec::new();
        while let Some(at) = unquoted(head, ';') {
            pieces.push(&head[..at]);
            head = &head[at + 1..];
        }
        pieces.push(head);
        let mut pieces = pieces.into_iter();
        let name = pieces.next()?.trim();
        let name = name.rsplit('.').next()?.to_ascii_uppercase();
        let is_name = |char: char| char.is_ascii_alphanumeric() || char == '-' || char == '_';
        if name.is_empty() || !name.chars().all(is_name) {
            return None;
        }
        let parameters: Vec<(String, String)> = pieces
            .map(|piece| match piece.split_once('=') {
                Some((name, value)) => (
                    name.trim().to_ascii_uppercase(),
                    value.trim().trim_matches('"').to_owned(),
                ),
                None if is_encoding(piece) => ("ENCODING".to_owned(), piece.to_owned()),
                None => ("TYPE".to_owned(), piece.trim().to_owned()),
            })
            .collect();
        let mut line = Self {
            name,
            parameters,
            value: value.to_owned(),
        };
        if line.is_quoted_printable() {
            line.value = line.decoded();
        }
        Some(line)
    }

    fn is_quoted_printable(&self) -> bool {
        let encoding = self.parameter("ENCODING");
        encoding.is_some_and(|it| it.eq_ignore_ascii_case("quoted-printable"))
    }

    /// Quoted-printable, in the charset that the line names.
    fn decoded(&self) -> String {
        let mut bytes = Vec::with_capacity(self.value.len());
        let mut rest = self.value.as_bytes();
        while let [first, after @ ..] = rest {
            let hex = after.get(..2).and_then(|hex| str::from_utf8(hex).ok());
            let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
            if let (b'=', Some(byte)) = (first, byte) {
                bytes.push(byte);
                rest = &after[2..];
            } else {
                bytes.push(*first);
                rest = after;
            }
        }
        let charset = self.parameter("CHARSET").unwrap_or("utf-8");
        let charset = Encoding::for_label(charset.as_bytes()).unwrap_or(encoding_rs::UTF_8);
        let text = charset.decode_without_bom_handling(&bytes).0;
        text.replace("\r\n", "\n")
    }
}

fn is_encoding(piece: &str) -> bool {
    let names = ["quoted-printable", "base64", "b", "8bit", "7bit"];
    names
        .iter()
        .any(|name| piece.trim().eq_ignore_ascii_case(name))
}

/// Where a character first stands outside of quotation marks.
fn unquoted(written: &str, wanted: char) -> Option<usize> {
    let mut quoted = false;
    for (at, char) in written.char_indices() {
        match char {
            '"' => quoted = !quoted,
            _ if char == wanted && !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

fn unescaped(written: &str) -> String {
    let mut text = String::with_capacity(written.len());
    let mut chars = written.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next() {
                Some('n' | 'N') => text.push('\n'),
                Some(other) => text.push(other),
                None => text.push('\\'),
            },
            _ => text.push(char),
        }
    }
    text
}

/// The lines of a text, put together where they were folded. A line that cannot be taken apart is none.
pub(super) struct Lines<'a> {
    rest: std::iter::Peekable<std::str::Lines<'a>>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let rest = text.lines().peekable();
        Self { rest }
    }
}

impl Iterator for Lines<'_> {
    type Item = Option<Line>;

    fn next(&mut self) -> Option<Option<Line>> {
        let mut written = self.rest.find(|line| !line.trim().is_empty())?.to_owned();
        let head = written.split(':').next().unwrap_or_default();
        let head = head.to_ascii_uppercase();
        let is_quoted_printable = head.contains("QUOTED-PRINTABLE");
        loop {
            let soft_break = is_quoted_printable && written.ends_with('=');
            let is_folded = |next: &&str| next.starts_with([' ', '\t']);
            if soft_break {
                let Some(next) = self.rest.next() else { break };
                written.pop();
                written.push_str(next);
            } else if let Some(next) = self.rest.next_if(is_folded) {
                written.push_str(&next[1..]);
            } else {
                break;
            }
        }
        Some(Line::read(&written))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<Line> {
        Lines::new(text).map(|line| line.expect("a line")).collect()
    }

    #[test]
    fn folded_lines_are_one_and_quotation_marks_hide_colons() {
        let found = lines("a.NOTE;X=\"a:b;c\";HOME:one\r\n  two\r\n\tthree\r\nTEL:4");
        assert_eq!(found[0].name, "NOTE");
        assert_eq!(found[0].parameter("X"), Some("a:b;c"));
        assert_eq!(found[0].types().collect::<Vec<_>>(), ["home"]);
        assert_eq!(found[0].text(), "one twothree");
        assert_eq!(found[1].value, "4");
    }

    #[test]
    fn quoted_printable_is_decoded_across_its_soft_breaks() {
        let found = lines("N;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:M=FCl=\nler;Zo=EB=3B\nTEL:4");
        assert_eq!(found[0].value, "Müller;Zoë;");
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_separator_that_is_escaped_separates_nothing() {
        let found = lines(r"ADR:;;Main St. 1\; back;Rome\, or near;;1 \\;IT");
        let parts = [
            "",
            "",
            "Main St. 1; back",
            "Rome, or near",
            "",
            r"1 \",
            "IT",
        ];
        assert_eq!(found[0].parts(';'), parts);
    }
}
