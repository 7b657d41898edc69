//! XPath over a document's tree. Nothing recurses on the tree's depth, only on the expression's.

mod axis;
mod compare;
mod function;
mod node;
mod value;

use std::borrow::Cow;
use std::collections::HashMap;

use plan::xpath::{Axis, Expression, NodeTest, Operation, Path, Start, Step, Type};

use self::axis::Way;
use self::node::{Part, Place, XML_NAMESPACE};
use self::value::Value;
use super::{Budget, Node};
use crate::Error;
use crate::tree::{Id, ROOT, Tree};

/// What an expression comes to: nodes, or the text of a value.
pub(super) enum Outcome {
    Nodes(Vec<Selected>),
    Value(String),
}

/// A node that was selected.
pub(super) enum Selected {
    Node(Node),
    /// The namespace of this name.
    Namespace(String),
}

/// Evaluates an expression at a node.
pub(super) fn evaluate(
    expression: &Expression,
    tree: &Tree,
    at: Node,
    budget: &mut Budget<'_>,
) -> Result<Outcome, Error> {
    let place = match at {
        Node::Tree(id) => Place::node(id),
        Node::Attribute { element, index } => Place::attribute(element, index),
        Node::Data(_) | Node::Value => return Ok(Outcome::Nodes(Vec::new())),
    };
    let mut evaluation = Evaluation {
        tree,
        budget,
        prefixes: HashMap::new(),
        ids: None,
    };
    let context = Context {
        place,
        position: 1,
        size: 1,
    };
    let value = evaluation.evaluate(expression, context)?;
    let selected = match value {
        Value::Nodes(places) => places,
        value => return evaluation.string(value).map(Outcome::Value),
    };
    let selected = selected.into_iter().map(|place| match place.part() {
        Part::Node => Selected::Node(Node::Tree(place.id())),
        Part::Attribute(index) => Selected::Node(Node::Attribute {
            element: place.id(),
            index,
        }),
        Part::Namespace(index) => {
            let namespaces = node::namespaces(tree, place.id());
            Selected::Namespace(namespaces.get(index).map_or("", |it| it.1).to_owned())
        }
    });
    Ok(Outcome::Nodes(selected.collect()))
}

/// What is looked at.
#[derive(Clone, Copy)]
struct Context {
    place: Place,
    /// Its number among those it was selected with, counted from 1.
    position: usize,
    /// How many they are.
    size: usize,
}

/// As many nodes may be collected before those that are there twice are dropped.
const MANY: usize = 1 << 20;

/// The nodes in the order of the document, each once.
fn in_order(mut nodes: Vec<Place>) -> Vec<Place> {
    if !nodes.is_sorted_by(|one, other| one < other) {
        nodes.sort_unstable();
        nodes.dedup();
    }
    nodes
}

struct Evaluation<'t, 'b, 'w> {
    tree: &'t Tree,
    budget: &'b mut Budget<'w>,
    /// The namespaces of prefixes that were asked for.
    prefixes: HashMap<String, Option<&'t str>>,
    /// The elements with IDs, once somebody asks.
    ids: Option<HashMap<&'t str, Id>>,
}

impl<'t> Evaluation<'t, '_, '_> {
    fn evaluate(&mut self, expression: &Expression, context: Context) -> Result<Value, Error> {
        self.budget.step()?;
        Ok(match expression {
            Expression::Or(all) => {
                for expression in all {
                    if self.is_true(expression, context)? {
                        return Ok(Value::Boolean(true));
                    }
                }
                Value::Boolean(false)
            }
            Expression::And(all) => {
                for expression in all {
                    if !self.is_true(expression, context)? {
                        return Ok(Value::Boolean(false));
                    }
                }
                Value::Boolean(true)
            }
            Expression::Compare(first, rest) => {
                let mut left = self.evaluate(first, context)?;
                for (comparison, right) in rest {
                    let right = self.evaluate(right, context)?;
                    left = Value::Boolean(self.compare(left, *comparison, right)?);
                }
                left
            }
            Expression::Reckon(first, rest) => {
                let mut left = self.number_of(first, context)?;
                for (operation, right) in rest {
                    let right = self.number_of(right, context)?;
                    left = match operation {
                        Operation::Add => left + right,
                        Operation::Subtract => left - right,
                        Operation::Multiply => left * right,
                        Operation::Divide => left / right,
                        Operation::Remainder => left % right,
                    };
                }
                Value::Number(left)
            }
            Expression::Negate(operand) => Value::Number(-self.number_of(operand, context)?),
            Expression::Union(all) => {
                let mut nodes = Vec::new();
                for expression in all {
                    nodes.extend(self.nodes_of(expression, context)?);
                    nodes = in_order(nodes);
                }
                Value::Nodes(nodes)
            }
            Expression::Path(path) => Value::Nodes(self.path(path, context)?),
            Expression::Literal(literal) => Value::String(literal.clone()),
            Expression::Number(number) => Value::Number(*number),
            Expression::Call(function, arguments) => self.call(*function, arguments, context)?,
        })
    }

    fn path(&mut self, path: &Path, context: Context) -> Result<Vec<Place>, Error> {
        let mut nodes = self.start(path, context)?;
        for step in &path.steps {
            nodes = self.step(step, &nodes)?;
        }
        Ok(nodes)
    }

    fn start(&mut self, path: &Path, context: Context) -> Result<Vec<Place>, Error> {
        let mut nodes = match &path.start {
            Start::Root => vec![Place::node(ROOT)],
            Start::Context => vec![context.place],
            Start::Expression(expression) => self.nodes_of(expression, context)?,
        };
        for predicate in &path.predicates {
            nodes = self.filter(predicate, nodes)?;
        }
        Ok(nodes)
    }

    fn step(&mut self, step: &Step, context: &[Place]) -> Result<Vec<Place>, Error> {
        let way = self.way(step)?;
        let Some((first, _)) = step.predicates.split_first() else {
            return way.all_from(context, self.budget);
        };
        let most = match first {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "what is no number of a node is none that is found"
            )]
            Expression::Number(number) => *number as usize,
            _ => usize::MAX,
        };
        let (mut found, mut full) = (Vec::new(), MANY);
        for &place in context {
            let mut nodes = way.first_from(place, most, self.budget)?;
            for predicate in &step.predicates {
                nodes = self.filter(predicate, nodes)?;
            }
            found.extend(nodes);
            if found.len() > full {
                found = in_order(found);
                full = found.len().saturating_mul(2).max(MANY);
            }
        }
        Ok(in_order(found))
    }

    fn way<'a>(&mut self, step: &'a Step) -> Result<Way<'a>, Error>
    where
        't: 'a,
    {
        let prefix = match &step.test {
            NodeTest::AnyIn(prefix) => Some(prefix),
            NodeTest::Name { prefix, .. } => prefix.as_ref(),
            _ => None,
        };
        let namespace = match prefix {
            Some(prefix) => self.namespace(prefix)?,
            None => Some(""),
        };
        Ok(Way {
            tree: self.tree,
            axis: step.axis,
            test: &step.test,
            namespace,
        })
    }

    /// The namespace that a prefix stands for: as the root declares it, or else the first element that does.
    fn namespace(&mut self, prefix: &str) -> Result<Option<&'t str>, Error> {
        if prefix == "xml" {
            return Ok(Some(XML_NAMESPACE));
        }
        if let Some(known) = self.prefixes.get(prefix) {
            return Ok(*known);
        }
        let mut found = None;
        for (_, element) in self.tree.elements() {
            self.budget.step()?;
            let mut declared = element.namespaces.iter();
            if let Some((_, name)) = declared.find(|(declared, _)| **declared == *prefix) {
                found = Some(&**name);
                break;
            }
        }
        self.prefixes.insert(prefix.to_owned(), found);
        Ok(found)
    }

    fn filter(&mut self, predicate: &Expression, nodes: Vec<Place>) -> Result<Vec<Place>, Error> {
        let size = nodes.len();
        let mut kept = Vec::new();
        for (index, place) in nodes.into_iter().enumerate() {
            let context = Context {
                place,
                position: index + 1,
                size,
            };
            let holds = if predicate.kind() == Type::Number {
                #[expect(clippy::cast_precision_loss, reason = "nodes are fewer than 2^53")]
                let position = context.position as f64;
                self.number_of(predicate, context)?
                    .total_cmp(&position)
                    .is_eq()
            } else {
                self.is_true(predicate, context)?
            };
            if holds {
                kept.push(place);
            }
        }
        Ok(kept)
    }

    fn nodes_of(&mut self, expression: &Expression, context: Context) -> Result<Vec<Place>, Error> {
        match self.evaluate(expression, context)? {
            Value::Nodes(nodes) => Ok(nodes),
            // The parser lets no other value stand where nodes are due.
            _ => Ok(Vec::new()),
        }
    }

    fn is_true(&mut self, expression: &Expression, context: Context) -> Result<bool, Error> {
        // Whether there are any nodes is known with the first one.
        if let Expression::Path(path) = expression
            && let Some((last, steps)) = path.steps.split_last()
            && last.predicates.is_empty()
            && last.axis != Axis::SelfNode
        {
            let mut nodes = self.start(path, context)?;
            for step in steps {
                nodes = self.step(step, &nodes)?;
            }
            let way = self.way(last)?;
            for place in nodes {
                if !way.first_from(place, 1, self.budget)?.is_empty() {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        Ok(match self.evaluate(expression, context)? {
            Value::Nodes(nodes) => !nodes.is_empty(),
            Value::String(string) => !string.is_empty(),
            Value::Number(number) => value::is_true(number),
            Value::Boolean(boolean) => boolean,
        })
    }

    fn number_of(&mut self, expression: &Expression, context: Context) -> Result<f64, Error> {
        let value = self.evaluate(expression, context)?;
        self.number(value)
    }

    fn string_of(&mut self, expression: &Expression, context: Context) -> Result<String, Error> {
        let value = self.evaluate(expression, context)?;
        self.string(value)
    }

    fn number(&mut self, value: Value) -> Result<f64, Error> {
        Ok(match value {
            Value::Number(number) => number,
            Value::Boolean(boolean) => f64::from(u8::from(boolean)),
            value => value::number_of(&self.string(value)?),
        })
    }

    fn string(&mut self, value: Value) -> Result<String, Error> {
        Ok(match value {
            Value::Nodes(nodes) => match nodes.first() {
                Some(&place) => self.text_at(place)?.into_owned(),
                None => String::new(),
            },
            Value::String(string) => string,
            Value::Number(number) => value::text_of(number),
            Value::Boolean(boolean) => boolean.to_string(),
        })
    }

    fn text_at(&mut self, place: Place) -> Result<Cow<'t, str>, Error> {
        node::string_value(place, self.tree, self.budget)
    }
}
