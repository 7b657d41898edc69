//! `JSONPath`, RFC 9535, the whole of it.

mod parse;
mod string;

/// A query that was understood, and is well-typed.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonPath {
    /// The query, which begins at the root.
    pub query: Query,
}

impl JsonPath {
    /// Reads a query: `$.items[?@.price < 10].name`. Else says what is wrong, and where.
    pub fn read(query: &str) -> Result<Self, String> {
        crate::syntax::check_length(query)?;
        parse::parse(query).map(|query| Self { query })
    }
}

/// A query: where it begins, and the steps from there.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Whether it begins at the value that a filter looks at (`@`), not at the root (`$`).
    pub relative: bool,
    /// The steps.
    pub segments: Vec<Segment>,
}

impl Query {
    /// Whether it selects one value at most, whatever it is asked of.
    pub fn is_singular(&self) -> bool {
        self.segments.iter().all(|segment| {
            let one = matches!(*segment.selectors, [Selector::Name(_) | Selector::Index(_)]);
            one && !segment.descendants
        })
    }
}

/// One step of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Whether it begins at the value and at all within it (`..`).
    pub descendants: bool,
    /// What is selected of each; at least one.
    pub selectors: Vec<Selector>,
}

/// What is selected of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Selector {
    /// The member of this name.
    Name(String),
    /// All members or elements.
    Wildcard,
    /// The element of this number, counted from 0, or from the end if negative.
    Index(i64),
    /// Elements from a number to before a number, each as often as the step says.
    Slice {
        /// The first.
        start: Option<i64>,
        /// The one after the last.
        end: Option<i64>,
        /// How far from one to the next. Default: 1.
        step: Option<i64>,
    },
    /// The members or elements of which this is true.
    Filter(Test),
}

/// What is true or false of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// One of them.
    Or(Vec<Self>),
    /// All of them.
    And(Vec<Self>),
    /// The opposite.
    Not(Box<Self>),
    /// The query selects something.
    Exists(Query),
    /// Two values compare.
    Compare(Operand, Comparison, Operand),
    /// A text matches a regular expression (RFC 9485).
    Matches {
        /// The text.
        text: Operand,
        /// The expression.
        pattern: Operand,
        /// Whether all of the text is to match (`match`), not a part of it (`search`).
        whole: bool,
    },
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A value, or nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// It is written down.
    Literal(Literal),
    /// What a query selects, which is one value at most.
    Query(Query),
    /// The length of a string, an array or an object (`length`).
    Length(Box<Self>),
    /// How many values a query selects (`count`).
    Count(Query),
    /// The value that a query selects, if it is one (`value`).
    Value(Query),
}

/// A value that is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true`, `false`
    Boolean(bool),
    /// A number, as it is written.
    Number(String),
    /// A string.
    String(String),
}
