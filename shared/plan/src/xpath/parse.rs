//! The grammar of XPath 1.0, and the types of its expressions.

use super::lexer::{Placed, Token, tokens};
use super::{Axis, Comparison, Expression, Function, NodeTest, Operation, Path, Start, Step, Type};
use crate::syntax::{MAX_DEPTH, flaw};

pub(super) fn parse(source: &str) -> Result<Expression, String> {
    let mut parser = Parser {
        source,
        tokens: tokens(source)?,
        next: 0,
        depth: 0,
    };
    let expression = parser.or()?;
    if parser.peek().is_some() {
        return Err(parser.flaw("here an operator is due, or the end"));
    }
    Ok(expression)
}

struct Parser<'s> {
    source: &'s str,
    tokens: Vec<Placed>,
    next: usize,
    depth: usize,
}

impl Parser<'_> {
    fn or(&mut self) -> Result<Expression, String> {
        self.enter()?;
        let mut all = vec![self.and()?];
        while self.take_operator("or") {
            all.push(self.and()?);
        }
        self.depth -= 1;
        Ok(one_or(all, Expression::Or))
    }

    fn and(&mut self) -> Result<Expression, String> {
        let mut all = vec![self.equality()?];
        while self.take_operator("and") {
            all.push(self.equality()?);
        }
        Ok(one_or(all, Expression::And))
    }

    fn equality(&mut self) -> Result<Expression, String> {
        let signs = [("=", Comparison::Equal), ("!=", Comparison::NotEqual)];
        self.chain(Self::relation, Expression::Compare, |parser| {
            parser.take_one_of(&signs)
        })
    }

    fn relation(&mut self) -> Result<Expression, String> {
        let signs = [
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        self.chain(Self::sum, Expression::Compare, |parser| {
            parser.take_one_of(&signs)
        })
    }

    fn sum(&mut self) -> Result<Expression, String> {
        let signs = [("+", Operation::Add), ("-", Operation::Subtract)];
        self.chain(Self::product, Expression::Reckon, |parser| {
            parser.take_one_of(&signs)
        })
    }

    fn product(&mut self) -> Result<Expression, String> {
        self.chain(Self::negation, Expression::Reckon, |parser| match () {
            () if parser.take_operator("*") => Some(Operation::Multiply),
            () if parser.take_operator("div") => Some(Operation::Divide),
            () if parser.take_operator("mod") => Some(Operation::Remainder),
            () => None,
        })
    }

    /// An operand, and all that operators of one rank add to it.
    fn chain<O>(
        &mut self,
        operand: fn(&mut Self) -> Result<Expression, String>,
        chained: fn(Box<Expression>, Vec<(O, Expression)>) -> Expression,
        operator: impl Fn(&mut Self) -> Option<O>,
    ) -> Result<Expression, String> {
        let first = operand(self)?;
        let mut rest = Vec::new();
        while let Some(operator) = operator(self) {
            rest.push((operator, operand(self)?));
        }
        Ok(if rest.is_empty() {
            first
        } else {
            chained(Box::new(first), rest)
        })
    }

    fn take_one_of<O: Copy>(&mut self, signs: &[(&str, O)]) -> Option<O> {
        let found = signs.iter().find(|(sign, _)| self.take(sign));
        found.map(|(_, operator)| *operator)
    }

    fn negation(&mut self) -> Result<Expression, String> {
        let mut signs = 0_usize;
        while self.take("-") {
            signs += 1;
        }
        let operand = self.union()?;
        Ok(match signs {
            0 => operand,
            // The sign changes again and again; what matters is that it becomes a number.
            _ if signs.is_multiple_of(2) => {
                Expression::Negate(Box::new(Expression::Negate(Box::new(operand))))
            }
            _ => Expression::Negate(Box::new(operand)),
        })
    }

    fn union(&mut self) -> Result<Expression, String> {
        let at = self.at();
        let mut all = vec![self.path()?];
        while self.take("|") {
            self.check_nodes(&all[all.len() - 1], at)?;
            let at = self.at();
            let operand = self.path()?;
            self.check_nodes(&operand, at)?;
            all.push(operand);
        }
        Ok(one_or(all, Expression::Union))
    }

    fn path(&mut self) -> Result<Expression, String> {
        let at = self.at();
        let Some(primary) = self.primary()? else {
            return self.location().map(Expression::Path);
        };
        let predicates = self.predicates()?;
        let mut steps = Vec::new();
        if self.take("//") {
            steps.push(anything_within());
            self.steps(&mut steps)?;
        } else if self.take("/") {
            self.steps(&mut steps)?;
        }
        if predicates.is_empty() && steps.is_empty() {
            return Ok(primary);
        }
        self.check_nodes(&primary, at)?;
        Ok(Expression::Path(Path {
            start: Start::Expression(Box::new(primary)),
            predicates,
            steps,
        }))
    }

    /// What is no path; none if a path begins here.
    fn primary(&mut self) -> Result<Option<Expression>, String> {
        let Some(token) = self.peek().cloned() else {
            return Err(self.flaw("here an expression is due"));
        };
        let expression = match token {
            Token::Sign("(") => {
                self.next += 1;
                let expression = self.or()?;
                self.expect(")")?;
                expression
            }
            Token::Literal(literal) => {
                self.next += 1;
                Expression::Literal(literal)
            }
            Token::Number(number) => {
                self.next += 1;
                Expression::Number(number)
            }
            Token::Function(name) if !is_node_type(&name) => self.call(&name)?,
            _ => return Ok(None),
        };
        Ok(Some(expression))
    }

    fn call(&mut self, name: &str) -> Result<Expression, String> {
        let at = self.at();
        let Some(function) = Function::from_name(name) else {
            let why = if Function::is_newer(name) {
                "this function is of a newer XPath; here there is XPath 1.0"
            } else {
                "XPath 1.0 has no such function"
            };
            return Err(self.flaw(why));
        };
        self.next += 1;
        self.expect("(")?;
        let mut arguments = Vec::new();
        if !self.take(")") {
            loop {
                let at = self.at();
                let argument = self.or()?;
                if function.takes_nodes() {
                    self.check_nodes(&argument, at)?;
                }
                arguments.push(argument);
                if self.take(")") {
                    break;
                }
                self.expect(",")?;
            }
        }
        let takes = function.arguments();
        if !takes.contains(&arguments.len()) {
            let (least, most) = (takes.start(), takes.end());
            let takes = match () {
                () if least == most => least.to_string(),
                () if *most == usize::MAX => format!("{least} or more"),
                () => format!("{least} or {most}"),
            };
            let given = arguments.len();
            let what = format!("`{name}` takes {takes} arguments, not {given}");
            return Err(flaw(self.source, at, what));
        }
        Ok(Expression::Call(function, arguments))
    }

    fn location(&mut self) -> Result<Path, String> {
        let mut steps = Vec::new();
        let mut start = Start::Context;
        if self.take("//") {
            start = Start::Root;
            steps.push(anything_within());
            self.steps(&mut steps)?;
        } else if self.take("/") {
            start = Start::Root;
            if self.begins_step() {
                self.steps(&mut steps)?;
            }
        } else {
            self.steps(&mut steps)?;
        }
        Ok(Path {
            start,
            predicates: Vec::new(),
            steps,
        })
    }

    fn steps(&mut self, steps: &mut Vec<Step>) -> Result<(), String> {
        loop {
            steps.push(self.step()?);
            if self.take("//") {
                steps.push(anything_within());
            } else if !self.take("/") {
                return Ok(());
            }
        }
    }

    fn begins_step(&self) -> bool {
        matches!(
            self.peek(),
            Some(
                Token::Sign("." | ".." | "@")
                    | Token::Name(..)
                    | Token::Axis(_)
                    | Token::Function(_)
            )
        )
    }

    fn step(&mut self) -> Result<Step, String> {
        for (sign, axis) in [("..", Axis::Parent), (".", Axis::SelfNode)] {
            if self.take(sign) {
                return Ok(Step {
                    axis,
                    test: NodeTest::Node,
                    predicates: Vec::new(),
                });
            }
        }
        let axis = if self.take("@") {
            Axis::Attribute
        } else if let Some(Token::Axis(name)) = self.peek() {
            let axis = Axis::from_name(name);
            let axis = axis.ok_or_else(|| self.flaw("there is no such axis"))?;
            self.next += 1;
            axis
        } else {
            Axis::Child
        };
        Ok(Step {
            axis,
            test: self.node_test()?,
            predicates: self.predicates()?,
        })
    }

    fn node_test(&mut self) -> Result<NodeTest, String> {
        let test = match self.peek().cloned() {
            Some(Token::Name(None, local)) if local == "*" => NodeTest::Any,
            Some(Token::Name(Some(prefix), local)) if local == "*" => NodeTest::AnyIn(prefix),
            Some(Token::Name(prefix, local)) => NodeTest::Name { prefix, local },
            Some(Token::Function(name)) => return self.node_type(&name),
            _ => {
                return Err(
                    self.flaw("here a step is due: a name, `*`, `@name`, `text()`, `.` or `..`")
                );
            }
        };
        self.next += 1;
        Ok(test)
    }

    fn node_type(&mut self, name: &str) -> Result<NodeTest, String> {
        let test = match name {
            "node" => NodeTest::Node,
            "text" => NodeTest::Text,
            "comment" => NodeTest::Comment,
            "processing-instruction" => NodeTest::Instruction(None),
            _ => return Err(self.flaw("no function can be a step in XPath 1.0")),
        };
        self.next += 1;
        self.expect("(")?;
        let test = match (test, self.peek().cloned()) {
            (NodeTest::Instruction(_), Some(Token::Literal(target))) => {
                self.next += 1;
                NodeTest::Instruction(Some(target))
            }
            (test, _) => test,
        };
        self.expect(")")?;
        Ok(test)
    }

    fn predicates(&mut self) -> Result<Vec<Expression>, String> {
        let mut predicates = Vec::new();
        while self.take("[") {
            predicates.push(self.or()?);
            self.expect("]")?;
        }
        Ok(predicates)
    }

    fn check_nodes(&self, expression: &Expression, at: usize) -> Result<(), String> {
        if expression.kind() == Type::Nodes {
            return Ok(());
        }
        Err(flaw(
            self.source,
            at,
            "here nodes are due, and this is a value",
        ))
    }

    fn enter(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.flaw(format!("it is nested deeper than {MAX_DEPTH}")));
        }
        Ok(())
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|placed| &placed.token)
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(next)) if *next == sign);
        self.next += usize::from(found);
        found
    }

    fn take_operator(&mut self, name: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Operator(next)) if *next == name);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.take(sign) {
            return Ok(());
        }
        Err(self.flaw(format!("here `{sign}` is due")))
    }

    /// The byte at which the next token begins.
    fn at(&self) -> usize {
        let next = self.tokens.get(self.next);
        next.map_or(self.source.len(), |placed| placed.at)
    }

    fn flaw(&self, what: impl std::fmt::Display) -> String {
        flaw(self.source, self.at(), what)
    }
}

/// `//` is short for this step.
fn anything_within() -> Step {
    Step {
        axis: Axis::DescendantOrSelf,
        test: NodeTest::Node,
        predicates: Vec::new(),
    }
}

fn is_node_type(name: &str) -> bool {
    matches!(name, "node" | "text" | "comment" | "processing-instruction")
}

/// The only one, or all.
fn one_or(mut all: Vec<Expression>, several: fn(Vec<Expression>) -> Expression) -> Expression {
    match all.pop() {
        Some(only) if all.is_empty() => only,
        last => {
            all.extend(last);
            several(all)
        }
    }
}
