//! RTF, token by token.

/// What RTF is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'b> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// `\word`, perhaps with a number.
    Word(&'b [u8], Option<i32>),
    /// `\` and a character that is no letter.
    Symbol(u8),
    /// `\'hh`: a byte of text.
    Byte(u8),
    /// Bytes of text as they are.
    Text(&'b [u8]),
}

/// The tokens of a document.
pub(super) struct Tokens<'b> {
    rest: &'b [u8],
}

/// Letters that a word may have; the specification allows 32.
const MAX_LETTERS: usize = 64;

impl<'b> Tokens<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }

    fn control(&mut self) -> Option<Token<'b>> {
        let (&first, after) = self.rest.split_first()?;
        if first == b'\'' {
            let code = after
                .get(..2)
                .and_then(|code| std::str::from_utf8(code).ok());
            let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
            self.rest = code.map_or(after, |_| &after[2..]);
            return Some(Token::Byte(code.unwrap_or(b'?')));
        }
        if !first.is_ascii_alphabetic() {
            self.rest = after;
            return Some(Token::Symbol(first));
        }
        let letters = self.rest.iter().take(MAX_LETTERS);
        let letters = letters
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let (word, after) = self.rest.split_at(letters);
        let sign = usize::from(after.first() == Some(&b'-'));
        let digits = after[sign..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let mut end = 0;
        let mut number = None;
        if digits > 0 {
            end = sign + digits;
            let written = std::str::from_utf8(&after[..end]).unwrap_or_default();
            number = Some(written.parse().unwrap_or(i32::MAX));
        }
        // One space belongs to the word.
        end += usize::from(after.get(end) == Some(&b' '));
        self.rest = &after[end..];
        if word == b"bin" {
            let bytes = usize::try_from(number.unwrap_or(0)).unwrap_or(0);
            self.rest = self.rest.get(bytes..).unwrap_or_default();
        }
        Some(Token::Word(word, number))
    }
}

impl<'b> Iterator for Tokens<'b> {
    type Item = Token<'b>;

    fn next(&mut self) -> Option<Token<'b>> {
        loop {
            let (&first, after) = self.rest.split_first()?;
            match first {
                b'{' | b'}' | b'\\' | b'\r' | b'\n' | 0 => self.rest = after,
                _ => {
                    let is_text =
                        |byte: &u8| !matches!(byte, b'{' | b'}' | b'\\' | b'\r' | b'\n' | 0);
                    let length = self.rest.iter().take_while(|byte| is_text(byte)).count();
                    let (text, rest) = self.rest.split_at(length);
                    self.rest = rest;
                    return Some(Token::Text(text));
                }
            }
            match first {
                b'{' => return Some(Token::Open),
                b'}' => return Some(Token::Close),
                b'\\' => return self.control(),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Token, Tokens};

    #[test]
    fn words_numbers_bytes_and_text_are_told_apart() {
        let tokens: Vec<_> = Tokens::new(b"{\\b0 x\\'e9\\~\r\n\\u-10 ?\\bin3 {{{}\\").collect();
        assert_eq!(
            tokens,
            [
                Token::Open,
                Token::Word(b"b", Some(0)),
                Token::Text(b"x"),
                Token::Byte(0xe9),
                Token::Symbol(b'~'),
                Token::Word(b"u", Some(-10)),
                Token::Text(b"?"),
                Token::Word(b"bin", Some(3)),
                Token::Close,
            ]
        );
    }
}
