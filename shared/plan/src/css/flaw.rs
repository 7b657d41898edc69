//! What is wrong with a selector, in words.

use cssparser::{BasicParseErrorKind, ParseErrorKind};
use selectors::parser::SelectorParseErrorKind;

/// What the parser finds, or what we know better.
#[derive(Debug, Clone)]
pub(super) enum Flaw {
    Kind(SelectorParseErrorKind),
    Said(String),
}

impl From<SelectorParseErrorKind> for Flaw {
    fn from(kind: SelectorParseErrorKind) -> Self {
        Self::Kind(kind)
    }
}

impl Flaw {
    pub(super) fn pseudo_class(name: &str) -> Self {
        let instead = match name.to_ascii_lowercase().as_str() {
            "contains" | "has-text" | "icontains" | "matches" => {
                "it is no CSS; XPath can ask for text: `//p[contains(., 'text')]`"
            }
            "eq" | "first" | "last" | "even" | "odd" | "gt" | "lt" => {
                "it is no CSS; there are `:first-child`, `:last-child` and `:nth-child(2)`"
            }
            "checked" | "disabled" | "required" | "readonly" | "open" => {
                "it is a state that a browser knows; the attribute can be asked for: `[checked]`, `[disabled]`"
            }
            "link" | "any-link" | "visited" => {
                "links can be asked for by their attribute: `a[href]`"
            }
            "lang" => "the attribute can be asked for: `[lang|=en]`",
            "text" => "the text is asked for with two colons: `::text`",
            "attr" => "an attribute is asked for with two colons: `::attr(name)`",
            "has" | "is" | "where" | "not" => {
                "it takes selectors, and none with `:has()` in `:has()`"
            }
            _ => "it is not known, or tells a state that only a browser knows",
        };
        let name: String = name.chars().take(40).collect();
        Self::Said(format!("`:{name}` cannot be used here: {instead}"))
    }

    pub(super) fn pseudo_element(name: &str) -> Self {
        let name: String = name.chars().take(40).collect();
        Self::Said(format!(
            "`::{name}` cannot be used here; there are `::text` and `::attr(name)`, at the end of a selector"
        ))
    }
}

/// What an error means.
pub(super) fn explained(kind: ParseErrorKind<Flaw>) -> String {
    use SelectorParseErrorKind as Kind;
    let said = match kind {
        ParseErrorKind::Custom(Flaw::Said(said)) => return said,
        ParseErrorKind::Custom(Flaw::Kind(kind)) => match kind {
            Kind::EmptySelector => "here a selector is due",
            Kind::DanglingCombinator => "after a combinator a selector is due",
            Kind::ClassNeedsIdent => "after `.` the name of a class is due",
            Kind::ExpectedNamespace => {
                "there are no prefixes of namespaces; write the name alone, or `*|name`"
            }
            Kind::PseudoElementExpectedColon
            | Kind::PseudoElementExpectedIdent
            | Kind::NoIdentForPseudo => "after `:` the name of a pseudo-class is due",
            Kind::UnsupportedPseudoClassOrElement | Kind::InvalidState => {
                "this pseudo-class cannot be used here; no `:has()` can stand in another one"
            }
            Kind::NoQualifiedNameInAttributeSelector
            | Kind::UnexpectedTokenInAttributeSelector
            | Kind::ExpectedBarInAttr
            | Kind::BadValueInAttr
            | Kind::InvalidQualNameInAttr => {
                "this is no attribute selector; they are written `[name]`, `[name=\"value\"]`"
            }
            _ => "this is no selector",
        },
        ParseErrorKind::Basic(BasicParseErrorKind::EndOfInput) => "the selector ends too early",
        ParseErrorKind::Basic(BasicParseErrorKind::TooManyNestedBlocks) => {
            "it is nested too deeply"
        }
        ParseErrorKind::Basic(_) => "this cannot stand here",
    };
    said.to_owned()
}
