//! Fields: instructions, and the text that they came to when the document was last opened in a word processor.

/// A field being read.
#[derive(Default)]
pub(super) struct Field {
    instruction: String,
    /// Whether what follows is what it came to.
    pub(super) in_result: bool,
    /// Whether it has begun a link.
    pub(super) is_link: bool,
}

/// Bytes of an instruction that are looked at.
const MAX_INSTRUCTION_BYTES: usize = 4096;

impl Field {
    pub(super) fn instruct(&mut self, text: &str) {
        if !self.in_result && self.instruction.len() + text.len() <= MAX_INSTRUCTION_BYTES {
            self.instruction.push_str(text);
        }
    }

    /// Where it leads, if it is a link.
    pub(super) fn href(&self) -> Option<String> {
        href(&self.instruction)
    }
}

/// Where `HYPERLINK "address" \l "place"` leads.
pub(in crate::read) fn href(instruction: &str) -> Option<String> {
    let rest = instruction.trim_start();
    let (name, rest) = rest.split_at_checked("HYPERLINK".len())?;
    if !name.eq_ignore_ascii_case("HYPERLINK") {
        return None;
    }
    let (mut address, mut place) = (None, None);
    let mut words = Words(rest);
    while let Some(word) = words.next() {
        match word {
            "\\l" => place = words.next(),
            "\\o" | "\\t" => {
                words.next();
            }
            word if word.starts_with('\\') => {}
            word => address = address.or(Some(word)),
        }
    }
    let mut href = address.unwrap_or_default().replace("\\\\", "\\");
    if let Some(place) = place {
        href.push('#');
        href.push_str(place);
    }
    (!href.is_empty()).then_some(href)
}

/// Words between white space, and what stands in quotes.
struct Words<'t>(&'t str);

impl<'t> Iterator for Words<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let rest = self.0.trim_start();
        if rest.is_empty() {
            return None;
        }
        let (word, rest) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        self.0 = rest;
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::href;

    #[test]
    fn a_link_is_told_from_its_instruction() {
        for (instruction, expected) in [
            (
                " HYPERLINK \"https://a.com/b c\" ",
                Some("https://a.com/b c"),
            ),
            ("hyperlink https://a.com \\h", Some("https://a.com")),
            ("HYPERLINK \\l \"_Toc1\" \\o \"go\"", Some("#_Toc1")),
            (
                "HYPERLINK \"https://a.com\" \\l \"x\"",
                Some("https://a.com#x"),
            ),
            ("HYPERLINK", None),
            ("PAGE", None),
            ("PAGEREF é", None),
        ] {
            assert_eq!(href(instruction).as_deref(), expected, "{instruction}");
        }
    }
}
