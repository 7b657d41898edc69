//! Fields: what a client wants by a name of its own, and where it stands.
//!
//! A [`Fields`] gives records; each [`Field`] is a value, an object of fields, or a list of such objects. What a value is taken from is
//! said by [`Selector`]s, what becomes of it by the rest of its [`Rule`].

mod default;
mod read;
mod selector;
mod words;

use serde_json::Value;

pub(crate) use self::default::{MAX_DEFAULT_CHARS, MAX_DEFAULTS};
pub(crate) use self::read::{Counts, MAX_REPLACEMENTS, MAX_WITH_BYTES};
pub(crate) use self::selector::MAX_TEXT_BYTES;
pub use self::selector::{JsonLd, Label};
pub use self::words::words;
use crate::{Css, JsonPath, Locale, Pattern, XPath};

/// The most fields of one request, objects and lists of them included.
pub const MAX_FIELDS: usize = 200;

/// How deep fields may stand in fields.
pub const MAX_DEPTH: usize = 8;

/// The most selectors of one request.
pub const MAX_SELECTORS: usize = 400;

/// The most regular expressions and labels of one request: each takes memory while it is used.
pub const MAX_PATTERNS: usize = 100;

/// The longest name of a field or of a kind of record, in characters.
pub const MAX_NAME_CHARS: usize = 64;

/// Fields that are extracted together.
#[derive(Debug, Clone, PartialEq)]
pub struct Fields {
    /// What kind of records they give: the member `kind` of each. Default: `fields`.
    pub name: String,
    /// One record for each match of its `each`; one for the document if it has none.
    pub group: Group,
}

/// Some fields, and what they are repeated for.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What to repeat the fields for: they are looked for within each match.
    pub each: Option<Each>,
    /// The fields, in the order in which they were written.
    pub fields: Vec<Field>,
}

/// One field.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub content: Content,
    /// Whether it is a problem if there is nothing. Default: no.
    pub required: bool,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A value, or a list of values.
    Value(Box<Rule>),
    /// An object of fields; a list of objects if it is repeated.
    Group(Group),
}

/// How a value is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Where it is taken from: the first of these that gives a value.
    pub selectors: Vec<Selector>,
    /// What it is. Default: a string.
    pub kind: Kind,
    /// How it is written, where its form leaves that open.
    pub locale: Option<Locale>,
    /// What it is if there is nothing: JSON of this type, in the form of a result.
    pub default: Option<Value>,
    /// Whether all matches are wanted, as a list. Default: only the first.
    pub many: bool,
    /// Whether white space around a string is cut, and folded within. Default: yes.
    pub trim: bool,
    /// What of the text counts.
    pub part: Option<Pattern>,
    /// What is replaced in it, one after the other.
    pub replace: Vec<Replace>,
}

/// Something that is replaced in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Replace {
    /// All matches of this…
    pub pattern: Pattern,
    /// … by this; `$1` or `${name}` stand for groups.
    pub with: String,
}

/// The types of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// A number, with the decimals that are written.
    Decimal,
    /// A truth value.
    Boolean,
    /// A day.
    Date,
    /// A day and a time of it.
    DateTime,
    /// An amount and its currency.
    Money,
    /// An absolute URL.
    Url,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
}

impl Kind {
    /// All types, in the order in which they are documented.
    pub const ALL: [Self; 10] = [
        Self::String,
        Self::Integer,
        Self::Decimal,
        Self::Boolean,
        Self::Date,
        Self::DateTime,
        Self::Money,
        Self::Url,
        Self::Email,
        Self::Phone,
    ];

    /// Its name in a request.
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::DateTime => "datetime",
            Self::Money => "money",
            Self::Url => "url",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }

    /// Whether its values are written differently in different places.
    pub const fn has_locales(self) -> bool {
        match self {
            Self::Integer
            | Self::Decimal
            | Self::Date
            | Self::DateTime
            | Self::Money
            | Self::Phone => true,
            Self::String | Self::Boolean | Self::Url | Self::Email => false,
        }
    }
}

/// Where a value is taken from. Within a group all but `Meta` and `JsonLd` look at the group's match alone.
#[derive(Debug, Clone, PartialEq)]
pub enum Selector {
    /// Elements of HTML or XML, their attributes or texts.
    Css(Css),
    /// Nodes of HTML or XML, or what is reckoned of them.
    XPath(XPath),
    /// Values of JSON and its kin.
    JsonPath(JsonPath),
    /// What matches in the text.
    Regex(Pattern),
    /// The cells of a table's column: the [`words()`] of its header.
    Column(String),
    /// What stands right of a label, or below it.
    Label(Label),
    /// Metadata: the name, common or the document's own.
    Meta(String),
    /// Structured data: a member of things of some type.
    JsonLd(JsonLd),
}

/// What a group is repeated for. Of several the first that matches anything.
#[derive(Debug, Clone, PartialEq)]
pub enum Each {
    /// Elements of HTML or XML.
    Css(Vec<Css>),
    /// Nodes of HTML or XML.
    XPath(Vec<XPath>),
    /// Values of JSON and its kin.
    JsonPath(Vec<JsonPath>),
    /// What matches in the text.
    Regex(Vec<Pattern>),
    /// The rows, below their headers, of all tables that have columns with all these [`words()`]; of all tables, if there are none.
    Rows(Vec<String>),
}

impl Fields {
    /// All groups, at any depth, the outermost first.
    pub fn groups(&self) -> Vec<&Group> {
        let mut groups = vec![&self.group];
        let mut next = 0;
        while let Some(group) = groups.get(next).copied() {
            groups.extend(
                group
                    .fields
                    .iter()
                    .filter_map(|field| match &field.content {
                        Content::Group(group) => Some(group),
                        Content::Value(_) => None,
                    }),
            );
            next += 1;
        }
        groups
    }

    /// All selectors of values, at any depth.
    pub fn selectors(&self) -> impl Iterator<Item = &Selector> {
        let fields = self.groups().into_iter().flat_map(|group| &group.fields);
        fields.flat_map(|field| match &field.content {
            Content::Value(rule) => rule.selectors.as_slice(),
            Content::Group(_) => &[],
        })
    }

    /// Whether they look at elements of HTML or XML.
    pub fn needs_elements(&self) -> bool {
        self.use_any(
            |selector| matches!(selector, Selector::Css(_) | Selector::XPath(_)),
            |each| matches!(each, Each::Css(_) | Each::XPath(_)),
        )
    }

    /// Whether they look at values of JSON and its kin.
    pub fn needs_json(&self) -> bool {
        self.use_any(
            |selector| matches!(selector, Selector::JsonPath(_)),
            |each| matches!(each, Each::JsonPath(_)),
        )
    }

    /// Whether they look at structured data.
    pub fn needs_structured(&self) -> bool {
        self.use_any(
            |selector| matches!(selector, Selector::JsonLd(_)),
            |_| false,
        )
    }

    fn use_any(&self, value: fn(&Selector) -> bool, group: fn(&Each) -> bool) -> bool {
        let groups = self.groups();
        let mut each = groups.iter().filter_map(|group| group.each.as_ref());
        self.selectors().any(value) || each.any(group)
    }
}
