//! Which of CSS there is, and what names are made of.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use cssparser::{ParseError, Parser as Source, ToCss};
use precomputed_hash::PrecomputedHash;
use selectors::parser::{NonTSPseudoClass, Parser, PseudoElement, SelectorImpl};

use super::flaw::Flaw;

/// The selectors of documents: nothing that only a browser knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Syntax;

impl SelectorImpl for Syntax {
    type ExtraMatchingData<'a> = ();
    type AttrValue = Name;
    type Identifier = Name;
    type LocalName = Name;
    type NamespaceUrl = Name;
    type NamespacePrefix = Name;
    type BorrowedNamespaceUrl = str;
    type BorrowedLocalName = str;
    type NonTSPseudoClass = Never;
    type PseudoElement = Never;
}

/// A name, or the value of an attribute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name(Box<str>);

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl ToCss for Name {
    fn to_css<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        cssparser::serialize_identifier(&self.0, out)
    }
}

impl PrecomputedHash for Name {
    fn precomputed_hash(&self) -> u32 {
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        let [a, b, c, d, ..] = hasher.finish().to_le_bytes();
        u32::from_le_bytes([a, b, c, d])
    }
}

/// Pseudo-classes beyond the structure of documents, and pseudo-elements: there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Never {}

impl NonTSPseudoClass for Never {
    fn is_active_or_hover(&self) -> bool {
        match *self {}
    }

    fn is_user_action_state(&self) -> bool {
        match *self {}
    }
}

impl PseudoElement for Never {}

impl ToCss for Never {
    fn to_css<W: fmt::Write>(&self, _: &mut W) -> fmt::Result {
        match *self {}
    }
}

/// What is accepted.
pub(super) struct Grammar;

impl<'i> Parser<'i> for Grammar {
    type Impl = Syntax;
    type Error = Flaw;

    fn parse_nth_child_of(&self) -> bool {
        true
    }

    fn parse_is_and_where(&self) -> bool {
        true
    }

    fn parse_has(&self) -> bool {
        true
    }

    fn allow_forgiving_selectors(&self) -> bool {
        false
    }

    fn parse_non_ts_pseudo_class(&self, name: &str) -> Result<Never, ParseError<Flaw>> {
        Err(ParseError::custom(Flaw::pseudo_class(name)))
    }

    fn parse_non_ts_functional_pseudo_class(
        &self,
        name: &str,
        _: &mut Source<'i>,
        _: bool,
    ) -> Result<Never, ParseError<Flaw>> {
        Err(ParseError::custom(Flaw::pseudo_class(name)))
    }

    fn parse_pseudo_element(&self, name: &str) -> Result<Never, ParseError<Flaw>> {
        Err(ParseError::custom(Flaw::pseudo_element(name)))
    }

    fn parse_functional_pseudo_element(
        &self,
        name: &str,
        _: &mut Source<'i>,
    ) -> Result<Never, ParseError<Flaw>> {
        Err(ParseError::custom(Flaw::pseudo_element(name)))
    }
}
