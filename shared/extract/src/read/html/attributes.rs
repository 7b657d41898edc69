//! How many attributes a tag has that the parser is still in the middle of.
//!
//! The parser compares each attribute of a tag with all before it, and says nothing before the tag
//! ends. Where a tag begins is known to nobody but the parser: so all the places where one may
//! begin are followed at once. Two of them that come to the same state go on as one, and each state
//! only needs the greatest count.

/// Where in a tag the parser may be.
#[derive(Clone, Copy)]
enum State {
    TagName,
    BeforeName,
    Name,
    AfterName,
    BeforeValue,
    DoubleQuoted,
    SingleQuoted,
    Unquoted,
}

const STATES: [State; 8] = [
    State::TagName,
    State::BeforeName,
    State::Name,
    State::AfterName,
    State::BeforeValue,
    State::DoubleQuoted,
    State::SingleQuoted,
    State::Unquoted,
];

impl State {
    /// The state after a byte; none when the tag ends.
    fn after(self, byte: u8) -> Option<Self> {
        let is_space = matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c);
        Some(match (self, byte) {
            (Self::DoubleQuoted, b'"') | (Self::SingleQuoted, b'\'') => Self::BeforeName,
            (Self::DoubleQuoted | Self::SingleQuoted, _) => self,
            (_, b'>') => return None,
            (Self::TagName | Self::BeforeName, _) if is_space || byte == b'/' => Self::BeforeName,
            (Self::TagName, _) => Self::TagName,
            (Self::Name | Self::AfterName, b'/') => Self::BeforeName,
            (Self::Name | Self::AfterName, _) if is_space => Self::AfterName,
            (Self::Name | Self::AfterName, b'=') => Self::BeforeValue,
            (Self::BeforeName | Self::Name | Self::AfterName, _) => Self::Name,
            (Self::BeforeValue, _) if is_space => Self::BeforeValue,
            (Self::BeforeValue, b'"') => Self::DoubleQuoted,
            (Self::BeforeValue, b'\'') => Self::SingleQuoted,
            (Self::Unquoted, _) if is_space => Self::BeforeName,
            (Self::BeforeValue | Self::Unquoted, _) => Self::Unquoted,
        })
    }
}

/// The tag that the parser is in the middle of.
#[derive(Default)]
pub(super) struct OpenTag<'a> {
    /// Where it begins, if there is one.
    last_piece: &'a str,
    attributes: Option<Attributes>,
}

impl<'a> OpenTag<'a> {
    /// The parser was given another piece of the source, and got something out of it or did not.
    pub(super) fn read(&mut self, piece: &'a str, parser_moved: bool) {
        if parser_moved {
            self.attributes = None;
        } else {
            let attributes = self.attributes.get_or_insert_with(|| {
                let mut attributes = Attributes::default();
                attributes.read(self.last_piece);
                attributes
            });
            attributes.read(piece);
        }
        self.last_piece = piece;
    }

    /// The most attributes that it can have.
    pub(super) fn attributes(&self) -> usize {
        self.attributes.as_ref().map_or(0, Attributes::most)
    }
}

/// Follows all tags that may be open.
#[derive(Default)]
struct Attributes {
    /// By state: the most attributes that a tag in that state can have.
    counts: [Option<usize>; STATES.len()],
    /// The last two bytes.
    before: [u8; 2],
}

impl Attributes {
    /// Follows the tags through some more of the source.
    fn read(&mut self, source: &str) {
        for byte in source.bytes() {
            self.counts = self.after(byte);
            self.before = [self.before[1], byte];
        }
    }

    /// The most attributes that an open tag can have.
    fn most(&self) -> usize {
        self.counts.iter().flatten().copied().max().unwrap_or(0)
    }

    fn after(&self, byte: u8) -> [Option<usize>; STATES.len()] {
        let mut counts = [None; STATES.len()];
        let mut reach = |state: State, count| {
            let slot: &mut Option<usize> = &mut counts[state as usize];
            *slot = (*slot).max(Some(count));
        };
        if byte.is_ascii_alphabetic() && matches!(self.before, [_, b'<'] | [b'<', b'/']) {
            reach(State::TagName, 0);
        }
        for state in STATES {
            let Some(count) = self.counts[state as usize] else {
                continue;
            };
            let Some(next) = state.after(byte) else {
                continue;
            };
            let begins_a_name = matches!(next, State::Name) && !matches!(state, State::Name);
            reach(next, count + usize::from(begins_a_name));
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::Attributes;

    fn most(source: &str) -> usize {
        let mut attributes = Attributes::default();
        attributes.read(source);
        attributes.most()
    }

    #[test]
    fn attributes_are_counted_as_the_parser_does() {
        for (tag, count) in [
            ("<a", 0),
            ("<a ", 0),
            ("<a b", 1),
            ("<a/b/c/", 2),
            ("</a b c", 2),
            ("<a b = c d", 2),
            ("<a b='x y > z' c=\"> <\"d", 3),
            ("<a b=x/y c", 2),
            ("<a \" ' b", 3),
            ("<a =b =c", 1),
            ("<a b c>", 0),
            ("a < b c d", 0),
        ] {
            assert_eq!(most(tag), count, "{tag}");
        }
    }

    #[test]
    fn a_tag_is_counted_wherever_it_begins() {
        assert_eq!(most("<!-- <a b=\" --><a c d e"), 3);
        assert_eq!(most("<a b='<c d e f"), 3);
    }
}
