//! The file name in a `Content-Disposition` header (RFC 6266).

use percent_encoding::percent_decode_str;

/// The file's name, without folders; none if the header gives none. `filename*` counts more than `filename`.
pub(super) fn file_name(disposition: &str) -> Option<String> {
    let mut plain = None;
    let mut extended = None;
    for (name, value) in Parameters::of(disposition) {
        if name.eq_ignore_ascii_case("filename*") {
            extended = extended.or_else(|| decode(&value));
        } else if name.eq_ignore_ascii_case("filename") {
            plain = plain.or(Some(value));
        }
    }
    without_folders(&extended.or(plain)?)
}

/// The last part of a path, in either system's spelling.
pub(super) fn without_folders(path: &str) -> Option<String> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Decodes `UTF-8''na%C3%AFve.txt` (RFC 8187); none in any other charset.
fn decode(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_language, encoded) = rest.split_once('\'')?;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    let decoded = percent_decode_str(encoded).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// The `; name=value` that follow a header's main word, with quotes taken off.
struct Parameters<'a> {
    rest: &'a str,
}

impl<'a> Parameters<'a> {
    fn of(header: &'a str) -> Self {
        Self {
            rest: header.split_once(';').map_or("", |(_, rest)| rest),
        }
    }
}

impl<'a> Iterator for Parameters<'a> {
    type Item = (&'a str, String);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, rest) = self.rest.split_once('=')?;
        let (value, rest) = if let Some(quoted) = rest.trim_start().strip_prefix('"') {
            unquote(quoted)
        } else {
            let (value, rest) = rest.split_once(';').unwrap_or((rest, ""));
            (value.trim().to_owned(), rest)
        };
        self.rest = rest.trim_start().trim_start_matches(';');
        Some((name.trim(), value))
    }
}

/// The text up to the closing quote, and what follows it. A backslash takes the character after it as it is.
fn unquote(quoted: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_name_is_read_however_it_is_written() {
        for (header, name) in [
            ("attachment; filename=a.pdf", "a.pdf"),
            ("attachment; filename=\"a b.pdf\"", "a b.pdf"),
            (
                "attachment; filename=\"a;b=\\\"c\\\".pdf\"; size=3",
                "a;b=\"c\".pdf",
            ),
            (
                "inline;size=3 ; FileName = x.txt ;creation-date=\"z\"",
                "x.txt",
            ),
            (
                "attachment; filename=\"naive.txt\"; filename*=UTF-8''na%C3%AFve.txt",
                "naïve.txt",
            ),
            (
                "attachment; filename*=utf-8'en'%e2%82%ac.csv; filename=x",
                "€.csv",
            ),
            (
                "attachment; filename*=ISO-8859-1''%A3.csv; filename=pound.csv",
                "pound.csv",
            ),
            ("attachment; filename=\"C:\\\\docs\\\\a.pdf\"", "a.pdf"),
            ("attachment; filename=../../etc/passwd", "passwd"),
            ("attachment; filename=\"never closed", "never closed"),
        ] {
            assert_eq!(file_name(header).as_deref(), Some(name), "{header}");
        }
    }

    #[test]
    fn a_header_without_a_name_gives_none() {
        for header in [
            "",
            "inline",
            "attachment;",
            "attachment; filename=",
            "attachment; filename=\"\"",
            "attachment; filename=folder/",
            "attachment; name=x",
            "attachment; filename*=UTF-8''%ff",
            "; = ; =\\",
        ] {
            assert_eq!(file_name(header), None, "{header}");
        }
    }
}
