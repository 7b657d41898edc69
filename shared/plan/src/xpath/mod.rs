//! XPath 1.0, the whole of it but for variables, of which there are none.

mod function;
mod lexer;
mod parse;

pub use self::function::Function;

/// An expression that was understood, and is well-typed.
#[derive(Debug, Clone, PartialEq)]
pub struct XPath {
    /// The expression.
    pub expression: Expression,
}

impl XPath {
    /// Reads an expression: `//a[@rel='next']/@href`, `count(//li)`. Else says what is wrong, and where.
    pub fn read(expression: &str) -> Result<Self, String> {
        crate::syntax::check_length(expression)?;
        parse::parse(expression).map(|expression| Self { expression })
    }
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// One of them is true.
    Or(Vec<Self>),
    /// All of them are true.
    And(Vec<Self>),
    /// A value compares with the next one; what that says is compared with the one after it, and so on.
    Compare(Box<Self>, Vec<(Comparison, Self)>),
    /// A number and the next one make another; that one and the one after it the next, and so on.
    Reckon(Box<Self>, Vec<(Operation, Self)>),
    /// A number with its sign changed.
    Negate(Box<Self>),
    /// The nodes of all of them.
    Union(Vec<Self>),
    /// Nodes that are reached by steps.
    Path(Path),
    /// A string.
    Literal(String),
    /// A number.
    Number(f64),
    /// What a function makes of its arguments, which are as many and of such types as it takes.
    Call(Function, Vec<Self>),
}

/// What an expression comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Nodes.
    Nodes,
    /// A string.
    String,
    /// A number.
    Number,
    /// A truth value.
    Boolean,
}

impl Expression {
    /// What it comes to, whatever the document.
    pub fn kind(&self) -> Type {
        match self {
            Self::Or(_) | Self::And(_) | Self::Compare(..) => Type::Boolean,
            Self::Reckon(..) | Self::Negate(_) | Self::Number(_) => Type::Number,
            Self::Literal(_) => Type::String,
            Self::Union(_) => Type::Nodes,
            Self::Path(Path {
                start: Start::Expression(expression),
                predicates,
                steps,
            }) if predicates.is_empty() && steps.is_empty() => expression.kind(),
            Self::Path(_) => Type::Nodes,
            Self::Call(function, _) => function.kind(),
        }
    }
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
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

/// How two numbers make a third.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `div`
    Divide,
    /// `mod`
    Remainder,
}

/// Nodes that are reached by steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// Where they begin.
    pub start: Start,
    /// What must be true of the nodes that they begin at; they are counted in the order of the document.
    pub predicates: Vec<Expression>,
    /// The steps.
    pub steps: Vec<Step>,
}

/// Where a path begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// At the document.
    Root,
    /// At the node that is looked at.
    Context,
    /// At the nodes of an expression.
    Expression(Box<Expression>),
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// In which direction.
    pub axis: Axis,
    /// To which nodes.
    pub test: NodeTest,
    /// What must be true of them; they are counted in the direction of the axis.
    pub predicates: Vec<Expression>,
}

/// The direction of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the specification")]
pub enum Axis {
    Ancestor,
    AncestorOrSelf,
    Attribute,
    Child,
    Descendant,
    DescendantOrSelf,
    Following,
    FollowingSibling,
    Namespace,
    Parent,
    Preceding,
    PrecedingSibling,
    SelfNode,
}

impl Axis {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "ancestor" => Self::Ancestor,
            "ancestor-or-self" => Self::AncestorOrSelf,
            "attribute" => Self::Attribute,
            "child" => Self::Child,
            "descendant" => Self::Descendant,
            "descendant-or-self" => Self::DescendantOrSelf,
            "following" => Self::Following,
            "following-sibling" => Self::FollowingSibling,
            "namespace" => Self::Namespace,
            "parent" => Self::Parent,
            "preceding" => Self::Preceding,
            "preceding-sibling" => Self::PrecedingSibling,
            "self" => Self::SelfNode,
            _ => return None,
        })
    }
}

/// Which nodes a step leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeTest {
    /// Any that the axis is made for: elements, attributes, namespaces (`*`).
    Any,
    /// Any of these in the namespace of a prefix (`prefix:*`).
    AnyIn(String),
    /// Any of these of this name.
    Name {
        /// The prefix of its namespace. None: it is in no namespace.
        prefix: Option<String>,
        /// Its name without the prefix.
        local: String,
    },
    /// Any node at all (`node()`).
    Node,
    /// Texts (`text()`).
    Text,
    /// Comments (`comment()`).
    Comment,
    /// Processing instructions, of any target or of this one (`processing-instruction('name')`).
    Instruction(Option<String>),
}
