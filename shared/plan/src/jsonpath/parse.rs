//! The grammar of `JSONPath`, and the types of its functions.

use super::string;
use super::{Comparison, Literal, Operand, Query, Segment, Selector, Test};
use crate::syntax::{MAX_DEPTH, flaw};

/// The largest integer that every reader of JSON can hold.
const MAX_INTEGER: i64 = (1 << 53) - 1;

pub(super) fn parse(source: &str) -> Result<Query, String> {
    let mut parser = Parser {
        source,
        at: 0,
        depth: 0,
    };
    if !parser.take("$") {
        return Err(parser.flaw("a query begins with `$`, the root"));
    }
    let segments = parser.segments()?;
    if parser.at < source.len() {
        return Err(
            parser.flaw("here a step is due (`.name`, `['name']`, `[0]`, `..`), or the end")
        );
    }
    Ok(Query {
        relative: false,
        segments,
    })
}

struct Parser<'s> {
    source: &'s str,
    at: usize,
    depth: usize,
}

/// A part of a filter of which the place decides what it may be.
enum Part {
    Operand(Operand),
    /// A query, which may stand for its value or for the question whether it selects any.
    Query(Query),
    /// A function that says true or false.
    Test(Test),
}

impl<'s> Parser<'s> {
    fn segments(&mut self) -> Result<Vec<Segment>, String> {
        let mut segments = Vec::new();
        loop {
            let before = self.at;
            self.space();
            let descendants = self.take("..");
            let selectors = if self.take("[") {
                self.bracketed()?
            } else if descendants || self.take(".") {
                vec![self.shorthand()?]
            } else {
                self.at = before;
                return Ok(segments);
            };
            segments.push(Segment {
                descendants,
                selectors,
            });
        }
    }

    /// What follows a dot.
    fn shorthand(&mut self) -> Result<Selector, String> {
        if self.take("*") {
            return Ok(Selector::Wildcard);
        }
        let is_first = |char: char| char.is_ascii_alphabetic() || char == '_' || !char.is_ascii();
        let rest = self.rest();
        let end = rest
            .find(|char: char| !is_first(char) && !char.is_ascii_digit())
            .unwrap_or(rest.len());
        if !rest.starts_with(is_first) {
            return Err(self.flaw("here a name or `*` is due; other names are written `['name']`"));
        }
        self.at += end;
        Ok(Selector::Name(rest[..end].to_owned()))
    }

    fn bracketed(&mut self) -> Result<Vec<Selector>, String> {
        self.enter()?;
        let mut selectors = Vec::new();
        loop {
            self.space();
            selectors.push(self.selector()?);
            self.space();
            if self.take("]") {
                self.depth -= 1;
                return Ok(selectors);
            }
            self.expect(",", "`,` or `]`")?;
        }
    }

    fn selector(&mut self) -> Result<Selector, String> {
        match self.peek() {
            Some('\'' | '"') => Ok(Selector::Name(self.string()?)),
            Some('*') => {
                self.at += 1;
                Ok(Selector::Wildcard)
            }
            Some('?') => {
                self.at += 1;
                self.space();
                Ok(Selector::Filter(self.or()?))
            }
            Some('-' | '0'..='9' | ':') => self.index_or_slice(),
            _ => Err(self.flaw("here a name in quotes, a number, `*`, a slice or `?` is due")),
        }
    }

    fn index_or_slice(&mut self) -> Result<Selector, String> {
        let start = self.optional_integer()?;
        let after = self.at;
        self.space();
        if !self.take(":") {
            self.at = after;
            let Some(index) = start else {
                return Err(self.flaw("here a number is due"));
            };
            return Ok(Selector::Index(index));
        }
        self.space();
        let end = self.optional_integer()?;
        let after = self.at;
        self.space();
        let mut step = None;
        if self.take(":") {
            let after = self.at;
            self.space();
            step = self.optional_integer()?;
            if step.is_none() {
                self.at = after;
            }
        } else {
            self.at = after;
        }
        Ok(Selector::Slice { start, end, step })
    }

    fn optional_integer(&mut self) -> Result<Option<i64>, String> {
        let rest = self.rest();
        let digits = rest.strip_prefix('-').unwrap_or(rest);
        let count = digits.bytes().take_while(u8::is_ascii_digit).count();
        let length = rest.len() - digits.len() + count;
        if length == 0 {
            return Ok(None);
        }
        let (digits, written) = (&digits[..count], &rest[..length]);
        if digits.is_empty() || written == "-0" || digits.len() > 1 && digits.starts_with('0') {
            return Err(
                self.flaw("an integer has neither leading zeros nor a minus alone or before 0")
            );
        }
        let integer = written
            .parse()
            .ok()
            .filter(|integer: &i64| integer.abs() <= MAX_INTEGER);
        if integer.is_none() {
            return Err(self.flaw(format!(
                "integers reach from -{MAX_INTEGER} to {MAX_INTEGER}"
            )));
        }
        self.at += length;
        Ok(integer)
    }

    fn or(&mut self) -> Result<Test, String> {
        self.operators("||", Self::and, Test::Or)
    }

    fn and(&mut self) -> Result<Test, String> {
        self.operators("&&", Self::basic, Test::And)
    }

    /// One or more tests with an operator between them.
    fn operators(
        &mut self,
        operator: &str,
        mut operand: impl FnMut(&mut Self) -> Result<Test, String>,
        all: fn(Vec<Test>) -> Test,
    ) -> Result<Test, String> {
        let mut tests = vec![operand(self)?];
        loop {
            let before = self.at;
            self.space();
            if !self.take(operator) {
                self.at = before;
                break;
            }
            self.space();
            tests.push(operand(self)?);
        }
        let one = tests.len() == 1;
        Ok(match tests.pop() {
            Some(test) if one => test,
            last => {
                tests.extend(last);
                all(tests)
            }
        })
    }

    fn basic(&mut self) -> Result<Test, String> {
        if self.take("!") {
            self.space();
            let test = if self.peek() == Some('(') {
                self.parentheses()?
            } else {
                let (start, part) = (self.at, self.part()?);
                self.test(part, start)?
            };
            return Ok(Test::Not(Box::new(test)));
        }
        if self.peek() == Some('(') {
            return self.parentheses();
        }
        let (start, left) = (self.at, self.part()?);
        let after = self.at;
        self.space();
        let Some(comparison) = self.comparison() else {
            self.at = after;
            return self.test(left, start);
        };
        let left = self.operand(left, start)?;
        self.space();
        let (start, right) = (self.at, self.part()?);
        let right = self.operand(right, start)?;
        Ok(Test::Compare(left, comparison, right))
    }

    fn parentheses(&mut self) -> Result<Test, String> {
        self.enter()?;
        self.expect("(", "`(`")?;
        self.space();
        let test = self.or()?;
        self.space();
        self.expect(")", "`)`, `&&` or `||`")?;
        self.depth -= 1;
        Ok(test)
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let all = [
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        let found = all.into_iter().find(|(sign, _)| self.take(sign));
        found.map(|(_, comparison)| comparison)
    }

    fn part(&mut self) -> Result<Part, String> {
        match self.peek() {
            Some('@' | '$') => {
                let relative = self.take("@") || !self.take("$");
                let segments = self.segments()?;
                Ok(Part::Query(Query { relative, segments }))
            }
            Some('\'' | '"') => Ok(literal(Literal::String(self.string()?))),
            Some('-' | '0'..='9') => self.number(),
            Some('a'..='z') => self.word(),
            _ => Err(self.flaw("here `@`, `$`, a literal or a function is due")),
        }
    }

    fn number(&mut self) -> Result<Part, String> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let digits = |from: usize| {
            let count = bytes[from..]
                .iter()
                .take_while(|byte| byte.is_ascii_digit());
            count.count()
        };
        let first = usize::from(rest.starts_with('-'));
        let whole = digits(first);
        let mut end = first + whole;
        if whole == 0 || whole > 1 && bytes[first] == b'0' {
            return Err(self.flaw("a number has neither leading zeros nor a minus alone"));
        }
        if bytes.get(end) == Some(&b'.') {
            let fraction = digits(end + 1);
            if fraction == 0 {
                self.at += end;
                return Err(self.flaw("after the decimal point digits are due"));
            }
            end += 1 + fraction;
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits((end + 1 + sign).min(bytes.len()));
            if exponent == 0 {
                self.at += end;
                return Err(self.flaw("after `e` the digits of the exponent are due"));
            }
            end += 1 + sign + exponent;
        }
        self.at += end;
        Ok(literal(Literal::Number(rest[..end].to_owned())))
    }

    /// A literal that is a word, or a function.
    fn word(&mut self) -> Result<Part, String> {
        let (start, rest) = (self.at, self.rest());
        let is_part =
            |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_';
        let end = rest.find(|char| !is_part(char)).unwrap_or(rest.len());
        let word = &rest[..end];
        self.at += end;
        if self.take("(") {
            return self.function(word, start);
        }
        match word {
            "null" => Ok(literal(Literal::Null)),
            "true" => Ok(literal(Literal::Boolean(true))),
            "false" => Ok(literal(Literal::Boolean(false))),
            _ => {
                self.at = start;
                Err(self.flaw("this is no literal (`true`, `false`, `null`), and no function"))
            }
        }
    }

    fn function(&mut self, name: &str, start: usize) -> Result<Part, String> {
        let arguments = self.arguments()?;
        let mut parts = arguments.into_iter();
        match (name, parts.next(), parts.next(), parts.next()) {
            ("length", Some((at, part)), None, None) => {
                let value = Box::new(self.operand(part, at)?);
                Ok(Part::Operand(Operand::Length(value)))
            }
            ("count" | "value", Some((_, Part::Query(query))), None, None) => {
                let count = name == "count";
                let function = if count {
                    Operand::Count
                } else {
                    Operand::Value
                };
                Ok(Part::Operand(function(query)))
            }
            ("count" | "value", Some((at, _)), None, None) => {
                Err(flaw(self.source, at, format!("`{name}` takes a query")))
            }
            ("match" | "search", Some((at, text)), Some((then, pattern)), None) => {
                let (text, pattern) = (self.operand(text, at)?, self.operand(pattern, then)?);
                let whole = name == "match";
                Ok(Part::Test(Test::Matches {
                    text,
                    pattern,
                    whole,
                }))
            }
            ("length" | "count" | "value", ..) => Err(flaw(
                self.source,
                start,
                format!("`{name}` takes one argument"),
            )),
            ("match" | "search", ..) => Err(flaw(
                self.source,
                start,
                format!("`{name}` takes two arguments"),
            )),
            _ => {
                let known = "there are length, count, match, search and value";
                Err(flaw(
                    self.source,
                    start,
                    format!("there is no such function; {known}"),
                ))
            }
        }
    }

    /// The arguments of a function, each with where it begins.
    fn arguments(&mut self) -> Result<Vec<(usize, Part)>, String> {
        self.enter()?;
        let mut arguments = Vec::new();
        self.space();
        if !self.take(")") {
            loop {
                self.space();
                arguments.push((self.at, self.part()?));
                self.space();
                if self.take(")") {
                    break;
                }
                self.expect(",", "`,` or `)`")?;
            }
        }
        self.depth -= 1;
        Ok(arguments)
    }

    /// A part that stands where a value is due.
    fn operand(&self, part: Part, at: usize) -> Result<Operand, String> {
        let what = match part {
            Part::Operand(operand) => return Ok(operand),
            Part::Query(query) if query.is_singular() => return Ok(Operand::Query(query)),
            Part::Query(_) => "this query may select several values; here one value is due",
            Part::Test(_) => "this function says true or false, which is no value",
        };
        Err(flaw(self.source, at, what))
    }

    /// A part that stands where something true or false is due.
    fn test(&self, part: Part, at: usize) -> Result<Test, String> {
        let what = match part {
            Part::Query(query) => return Ok(Test::Exists(query)),
            Part::Test(test) => return Ok(test),
            Part::Operand(Operand::Literal(_)) => "a literal alone says nothing; compare it",
            Part::Operand(_) => "this function has a value that must be compared",
        };
        Err(flaw(self.source, at, what))
    }

    fn string(&mut self) -> Result<String, String> {
        let (string, length) = string::read(self.rest())
            .map_err(|(offset, what)| flaw(self.source, self.at + offset, what))?;
        self.at += length;
        Ok(string)
    }

    fn enter(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.flaw(format!("it is nested deeper than {MAX_DEPTH}")));
        }
        Ok(())
    }

    fn space(&mut self) {
        let rest = self.rest().trim_start_matches([' ', '\t', '\n', '\r']);
        self.at = self.source.len() - rest.len();
    }

    fn rest(&self) -> &'s str {
        &self.source[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn expect(&mut self, token: &str, due: &str) -> Result<(), String> {
        if self.take(token) {
            return Ok(());
        }
        Err(self.flaw(format!("here {due} is due")))
    }

    fn flaw(&self, what: impl std::fmt::Display) -> String {
        flaw(self.source, self.at, what)
    }
}

fn literal(literal: Literal) -> Part {
    Part::Operand(Operand::Literal(literal))
}
