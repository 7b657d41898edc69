//! CSS selectors, Level 4 as far as it speaks of documents, with the endings `::text` and `::attr(name)`.

mod flaw;
mod split;
mod syntax;

use cssparser::Parser as Source;
use selectors::parser::Selector;

use self::flaw::explained;
use self::split::Written;
pub use self::syntax::{Name, Never, Syntax};
use crate::syntax::{check_length, flaw};

/// A list of selectors that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Css {
    /// The selectors; at least one.
    pub parts: Vec<Part>,
}

/// One selector, with what is wanted of the elements that it matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The selector. None: any element.
    pub selector: Option<Selector<Syntax>>,
    /// Whether the element that is searched may match as well, not only those within it.
    pub with_scope: bool,
    /// What is wanted.
    pub what: What,
}

/// What is wanted of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The element: all of its text.
    Element,
    /// Each text that stands right in it, not in an element within it (`::text`).
    Text,
    /// The attribute of this name (`::attr(name)`).
    Attribute(String),
}

impl Css {
    /// Reads a list of selectors: `article > h2`, `article > h2::text, a.next::attr(href)`. Else says what is wrong, and where.
    pub fn read(selectors: &str) -> Result<Self, String> {
        check_length(selectors)?;
        let parts = split::at_commas(selectors).map(|written| part(selectors, &written));
        Ok(Self {
            parts: parts.collect::<Result<_, _>>()?,
        })
    }
}

fn part(source: &str, written: &Written<'_>) -> Result<Part, String> {
    let what = match &written.attribute {
        Some("") => {
            let at = written.at + written.selector.len();
            return Err(flaw(source, at, "`::attr(name)` names an attribute"));
        }
        Some(name) => What::Attribute((*name).to_owned()),
        None if written.is_text => What::Text,
        None => What::Element,
    };
    let selector = written.selector.trim();
    if selector.is_empty() && what != What::Element {
        return Ok(Part {
            selector: None,
            with_scope: true,
            what,
        });
    }
    let mut parsed = parse(source, written.at, written.selector)?;
    if written.selector.ends_with(char::is_whitespace) && what != What::Element {
        // `p ::text`: of the paragraph and of all within it.
        parsed = parse(
            source,
            written.at,
            &format!(":is({selector}, {selector} *)"),
        )?;
    }
    Ok(Part {
        selector: Some(parsed),
        with_scope: selector.starts_with(":scope"),
        what,
    })
}

fn parse(source: &str, at: usize, selector: &str) -> Result<Selector<Syntax>, String> {
    let mut input = Source::new(selector);
    let parsed = Selector::parse(&syntax::Grammar, &mut input);
    let parsed = parsed.and_then(|parsed| {
        input.expect_exhausted()?;
        Ok(parsed)
    });
    parsed.map_err(|error| {
        let at = at + input.position().byte_index();
        flaw(source, at.min(source.len()), explained(error.kind))
    })
}
