//! An expression -> its tokens (XPath 1.0, section 3.7).

use crate::syntax::flaw;

/// A token, and the byte at which it begins.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub(super) at: usize,
    pub(super) token: Token,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A sign: `(`, `//`, `!=`, …
    Sign(&'static str),
    /// An operator that is a name, or `*` that is no name: `and`, `or`, `mod`, `div`, `*`.
    Operator(&'static str),
    /// A name with the prefix of its namespace; a local name of `*` is any.
    Name(Option<String>, String),
    /// The name of a function, or of a type of node; `(` follows.
    Function(String),
    /// The name of an axis; `::` follows and is no token.
    Axis(String),
    Literal(String),
    Number(f64),
}

/// Signs, the longer ones before those that they begin with.
const SIGNS: [&str; 19] = [
    "//", "::", "..", "<=", ">=", "!=", "(", ")", "[", "]", ".", "@", ",", "/", "|", "+", "-", "=",
    "<",
];

const OPERATORS: [&str; 4] = ["and", "or", "mod", "div"];

pub(super) fn tokens(source: &str) -> Result<Vec<Placed>, String> {
    let mut tokens: Vec<Placed> = Vec::new();
    let mut at = 0;
    loop {
        let rest = source[at..].trim_start_matches(is_space);
        at = source.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            return Ok(tokens);
        };
        let operand_before = tokens.last().is_some_and(|last| ends_operand(&last.token));
        let (token, length) = match first {
            '*' if operand_before => (Token::Operator("*"), 1),
            '"' | '\'' => {
                literal(rest).ok_or_else(|| flaw(source, at, "this string does not end"))?
            }
            '0'..='9' => number(rest),
            '.' if rest[1..].starts_with(|char: char| char.is_ascii_digit()) => number(rest),
            '>' if !rest.starts_with(">=") => (Token::Sign(">"), 1),
            '$' => return Err(flaw(source, at, "there are no variables")),
            _ => match SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
                Some(sign) => (Token::Sign(sign), sign.len()),
                None => name(rest, operand_before)
                    .ok_or_else(|| flaw(source, at, "this character cannot stand here"))?,
            },
        };
        tokens.push(Placed { at, token });
        at += length;
    }
}

/// Whether what follows a token must be an operator: then `*` and `and` are no names.
fn ends_operand(token: &Token) -> bool {
    match token {
        Token::Sign(sign) => matches!(*sign, ")" | "]" | "." | ".."),
        Token::Name(..) | Token::Literal(_) | Token::Number(_) => true,
        Token::Operator(_) | Token::Function(_) | Token::Axis(_) => false,
    }
}

fn literal(rest: &str) -> Option<(Token, usize)> {
    let quote = rest.chars().next()?;
    let end = rest[1..].find(quote)?;
    Some((Token::Literal(rest[1..=end].to_owned()), end + 2))
}

fn number(rest: &str) -> (Token, usize) {
    let mut point = false;
    let end = rest
        .find(|char: char| {
            let is_part = char.is_ascii_digit() || char == '.' && !point;
            point |= char == '.';
            !is_part
        })
        .unwrap_or(rest.len());
    (Token::Number(rest[..end].parse().unwrap_or(f64::NAN)), end)
}

fn name(rest: &str, operand_before: bool) -> Option<(Token, usize)> {
    if rest.starts_with('*') {
        return Some((Token::Name(None, "*".into()), 1));
    }
    let first = ncname(rest)?;
    let operator = OPERATORS.into_iter().find(|operator| *operator == first);
    if let Some(operator) = operator
        && operand_before
    {
        return Some((Token::Operator(operator), first.len()));
    }
    let after = rest[first.len()..].trim_start_matches(is_space);
    if let Some(after) = after.strip_prefix("::") {
        return Some((Token::Axis(first.to_owned()), rest.len() - after.len()));
    }
    if let Some(local) = rest[first.len()..].strip_prefix(':') {
        let prefix = Some(first.to_owned());
        if local.starts_with('*') {
            return Some((Token::Name(prefix, "*".into()), first.len() + 2));
        }
        let local = ncname(local)?;
        let length = first.len() + 1 + local.len();
        return Some((Token::Name(prefix, local.to_owned()), length));
    }
    if after.starts_with('(') {
        return Some((Token::Function(first.to_owned()), first.len()));
    }
    Some((Token::Name(None, first.to_owned()), first.len()))
}

/// The name without a colon that the text begins with.
fn ncname(text: &str) -> Option<&str> {
    let begins = |char: char| char == '_' || char.is_alphabetic();
    let goes_on = |char: char| {
        begins(char)
            || char.is_alphanumeric()
            || matches!(char, '-' | '.' | '\u{b7}')
            || is_mark(char)
    };
    if !text.starts_with(begins) {
        return None;
    }
    let end = text.find(|char| !goes_on(char)).unwrap_or(text.len());
    Some(&text[..end])
}

/// Accents that stand on their own.
fn is_mark(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

fn is_space(char: char) -> bool {
    matches!(char, ' ' | '\t' | '\n' | '\r')
}
