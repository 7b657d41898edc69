//! CSS selectors.

/// A selector that was understood, with what is wanted of the elements that it matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Css {}

impl Css {
    /// Reads a selector: `article > h2`, `article > h2::text`, `a.next::attr(href)`. Else says what is wrong, and where.
    pub fn read(_selector: &str) -> Result<Self, String> {
        Ok(Self {})
    }
}
