//! The functions of XPath 1.0.

use std::ops::RangeInclusive;

use super::Type;

/// A function of the core library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the specification")]
pub enum Function {
    Boolean,
    Ceiling,
    Concat,
    Contains,
    Count,
    False,
    Floor,
    Id,
    Lang,
    Last,
    LocalName,
    Name,
    NamespaceUri,
    NormalizeSpace,
    Not,
    Number,
    Position,
    Round,
    StartsWith,
    String,
    StringLength,
    Substring,
    SubstringAfter,
    SubstringBefore,
    Sum,
    Translate,
    True,
}

const ALL: [(&str, Function); 27] = [
    ("boolean", Function::Boolean),
    ("ceiling", Function::Ceiling),
    ("concat", Function::Concat),
    ("contains", Function::Contains),
    ("count", Function::Count),
    ("false", Function::False),
    ("floor", Function::Floor),
    ("id", Function::Id),
    ("lang", Function::Lang),
    ("last", Function::Last),
    ("local-name", Function::LocalName),
    ("name", Function::Name),
    ("namespace-uri", Function::NamespaceUri),
    ("normalize-space", Function::NormalizeSpace),
    ("not", Function::Not),
    ("number", Function::Number),
    ("position", Function::Position),
    ("round", Function::Round),
    ("starts-with", Function::StartsWith),
    ("string", Function::String),
    ("string-length", Function::StringLength),
    ("substring", Function::Substring),
    ("substring-after", Function::SubstringAfter),
    ("substring-before", Function::SubstringBefore),
    ("sum", Function::Sum),
    ("translate", Function::Translate),
    ("true", Function::True),
];

impl Function {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        ALL.into_iter()
            .find(|(known, _)| *known == name)
            .map(|(_, function)| function)
    }

    /// The name of a function that is not known, if a newer XPath has it: people try these.
    pub(super) fn is_newer(name: &str) -> bool {
        [
            "matches",
            "replace",
            "lower-case",
            "upper-case",
            "ends-with",
            "string-join",
            "tokenize",
        ]
        .contains(&name)
    }

    /// What it comes to.
    pub(super) fn kind(self) -> Type {
        match self {
            Self::Id => Type::Nodes,
            Self::Boolean
            | Self::Contains
            | Self::False
            | Self::Lang
            | Self::Not
            | Self::StartsWith
            | Self::True => Type::Boolean,
            Self::Ceiling
            | Self::Count
            | Self::Floor
            | Self::Last
            | Self::Number
            | Self::Position
            | Self::Round
            | Self::StringLength
            | Self::Sum => Type::Number,
            Self::Concat
            | Self::LocalName
            | Self::Name
            | Self::NamespaceUri
            | Self::NormalizeSpace
            | Self::String
            | Self::Substring
            | Self::SubstringAfter
            | Self::SubstringBefore
            | Self::Translate => Type::String,
        }
    }

    /// How many arguments it takes.
    pub(super) fn arguments(self) -> RangeInclusive<usize> {
        match self {
            Self::False | Self::Last | Self::Position | Self::True => 0..=0,
            Self::LocalName
            | Self::Name
            | Self::NamespaceUri
            | Self::NormalizeSpace
            | Self::Number
            | Self::String
            | Self::StringLength => 0..=1,
            Self::Boolean
            | Self::Ceiling
            | Self::Count
            | Self::Floor
            | Self::Id
            | Self::Lang
            | Self::Not
            | Self::Round
            | Self::Sum => 1..=1,
            Self::Contains | Self::StartsWith | Self::SubstringAfter | Self::SubstringBefore => {
                2..=2
            }
            Self::Substring => 2..=3,
            Self::Translate => 3..=3,
            Self::Concat => 2..=usize::MAX,
        }
    }

    /// Whether its argument must be nodes.
    pub(super) fn takes_nodes(self) -> bool {
        matches!(
            self,
            Self::Count | Self::Sum | Self::LocalName | Self::Name | Self::NamespaceUri
        )
    }
}
