//! `JSONPath` over a document's values.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

use plan::jsonpath::{Comparison, Literal, Operand, Query, Segment, Selector, Test};
use regex::Regex;

use super::{Budget, iregexp};
use crate::Error;
use crate::data::{Id, Kind, Values};

/// What a query selects, in its order; `root` is what it calls `$`.
pub(super) fn select(
    query: &Query,
    values: Values<'_>,
    root: Id,
    budget: &mut Budget<'_>,
) -> Result<Vec<Id>, Error> {
    let mut evaluation = Evaluation {
        values,
        root,
        budget,
        patterns: HashMap::new(),
    };
    evaluation.query(query, root)
}

struct Evaluation<'d, 'b, 'w> {
    values: Values<'d>,
    root: Id,
    budget: &'b mut Budget<'w>,
    /// Regular expressions by how they are written, and whether all of a text is to match. None: it is none.
    patterns: HashMap<(String, bool), Option<Regex>>,
}

/// Regular expressions that are kept.
const MAX_PATTERNS: usize = 64;

/// Steps that it costs to compile a regular expression: a document may hold one for every value.
const STEPS_PER_PATTERN: usize = 20_000;

/// What an operand comes to.
enum Value<'d> {
    Nothing,
    Null,
    Boolean(bool),
    Number(Cow<'d, str>),
    String(Cow<'d, str>),
    /// An array or an object.
    Compound(Id),
}

impl<'d> Evaluation<'d, '_, '_> {
    fn query(&mut self, query: &Query, current: Id) -> Result<Vec<Id>, Error> {
        let mut selected = vec![if query.relative { current } else { self.root }];
        for segment in &query.segments {
            selected = self.segment(segment, &selected)?;
        }
        Ok(selected)
    }

    fn segment(&mut self, segment: &Segment, from: &[Id]) -> Result<Vec<Id>, Error> {
        let mut selected = Vec::new();
        for &id in from {
            let visited = if segment.descendants {
                self.values.within(id)
            } else {
                id..id + 1
            };
            for id in visited {
                for selector in &segment.selectors {
                    self.budget.step()?;
                    self.select(selector, id, &mut selected)?;
                    self.budget.check_values(selected.len())?;
                }
            }
        }
        Ok(selected)
    }

    fn select(&mut self, selector: &Selector, id: Id, out: &mut Vec<Id>) -> Result<(), Error> {
        let kind = self.values.kind(id);
        match selector {
            Selector::Name(name) if kind == Kind::Object => out.extend(self.member(id, name)?),
            Selector::Index(index) if kind == Kind::Array => out.extend(self.element(id, *index)?),
            Selector::Slice { start, end, step } if kind == Kind::Array => {
                self.slice(id, *start, *end, step.unwrap_or(1), out)?;
            }
            Selector::Name(_) | Selector::Index(_) | Selector::Slice { .. } => {}
            Selector::Wildcard => {
                for child in self.values.children(id) {
                    self.budget.step()?;
                    out.push(child);
                }
            }
            Selector::Filter(test) => {
                for child in self.values.children(id) {
                    self.budget.step()?;
                    if self.test(test, child)? {
                        out.push(child);
                    }
                }
            }
        }
        Ok(())
    }

    /// The member of this name; the last one if there are several, as readers of JSON have it.
    fn member(&mut self, object: Id, name: &str) -> Result<Option<Id>, Error> {
        let mut found = None;
        for member in self.values.children(object) {
            self.budget.step()?;
            let written = self.values.name(member);
            self.budget.read(written.len())?;
            if written == name {
                found = Some(member);
            }
        }
        Ok(found)
    }

    fn element(&mut self, array: Id, index: i64) -> Result<Option<Id>, Error> {
        let count = if index < 0 { self.count(array)? } else { 0 };
        let Some(index) = index
            .checked_add(count)
            .and_then(|it| usize::try_from(it).ok())
        else {
            return Ok(None);
        };
        for (number, element) in self.values.children(array).enumerate() {
            self.budget.step()?;
            if number == index {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }

    fn count(&mut self, id: Id) -> Result<i64, Error> {
        let mut count = 0;
        for _ in self.values.children(id) {
            self.budget.step()?;
            count += 1;
        }
        Ok(count)
    }

    /// RFC 9535, section 2.3.4.2.2.
    fn slice(
        &mut self,
        array: Id,
        start: Option<i64>,
        end: Option<i64>,
        step: i64,
        out: &mut Vec<Id>,
    ) -> Result<(), Error> {
        let count = self.count(array)?;
        let bound = |at: Option<i64>, default: i64, least: i64, most: i64| {
            let from_start = |at: i64| if at < 0 { at.saturating_add(count) } else { at };
            at.map_or(default, from_start).clamp(least, most)
        };
        let elements: Vec<Id> = self.values.children(array).collect();
        let mut at = if step >= 0 {
            bound(start, 0, 0, count)
        } else {
            bound(start, count - 1, -1, count - 1)
        };
        let end = if step >= 0 {
            bound(end, count, 0, count)
        } else {
            bound(end, -1, -1, count - 1)
        };
        while step > 0 && at < end || step < 0 && at > end {
            self.budget.step()?;
            let element = usize::try_from(at).ok().and_then(|at| elements.get(at));
            out.extend(element);
            at = at.saturating_add(step);
        }
        Ok(())
    }

    fn test(&mut self, test: &Test, current: Id) -> Result<bool, Error> {
        self.budget.step()?;
        match test {
            Test::Or(tests) => {
                for test in tests {
                    if self.test(test, current)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Test::And(tests) => {
                for test in tests {
                    if !self.test(test, current)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Test::Not(test) => Ok(!self.test(test, current)?),
            Test::Exists(query) => Ok(!self.query(query, current)?.is_empty()),
            Test::Compare(left, comparison, right) => {
                let (left, right) = (self.operand(left, current)?, self.operand(right, current)?);
                self.compare(&left, *comparison, &right)
            }
            Test::Matches {
                text,
                pattern,
                whole,
            } => {
                let (text, pattern) = (
                    self.operand(text, current)?,
                    self.operand(pattern, current)?,
                );
                match (text, pattern) {
                    (Value::String(text), Value::String(pattern)) => {
                        self.matches(&text, pattern.into_owned(), *whole)
                    }
                    _ => Ok(false),
                }
            }
        }
    }

    fn matches(&mut self, text: &str, pattern: String, whole: bool) -> Result<bool, Error> {
        let key = (pattern, whole);
        if !self.patterns.contains_key(&key) {
            self.budget.steps(STEPS_PER_PATTERN)?;
            if self.patterns.len() == MAX_PATTERNS {
                self.patterns.clear();
            }
            let compiled = iregexp::compile(&key.0, whole);
            self.patterns.insert(key.clone(), compiled);
        }
        self.budget.read(text.len())?;
        let pattern = self.patterns.get(&key).and_then(Option::as_ref);
        Ok(pattern.is_some_and(|pattern| pattern.is_match(text)))
    }

    fn operand(&mut self, operand: &Operand, current: Id) -> Result<Value<'d>, Error> {
        let number = |count: usize| Value::Number(count.to_string().into());
        Ok(match operand {
            Operand::Literal(literal) => match literal {
                Literal::Null => Value::Null,
                Literal::Boolean(boolean) => Value::Boolean(*boolean),
                Literal::Number(written) => Value::Number(written.clone().into()),
                Literal::String(string) => Value::String(string.clone().into()),
            },
            Operand::Query(query) => match self.query(query, current)?.first() {
                Some(&id) => self.value(id)?,
                None => Value::Nothing,
            },
            Operand::Value(query) => match *self.query(query, current)? {
                [id] => self.value(id)?,
                _ => Value::Nothing,
            },
            Operand::Count(query) => number(self.query(query, current)?.len()),
            Operand::Length(operand) => match self.operand(operand, current)? {
                Value::String(string) => {
                    self.budget.read(string.len())?;
                    number(string.chars().count())
                }
                Value::Compound(id) => Value::Number(self.count(id)?.to_string().into()),
                _ => Value::Nothing,
            },
        })
    }

    fn value(&mut self, id: Id) -> Result<Value<'d>, Error> {
        let source = self.values.source(id);
        Ok(match self.values.kind(id) {
            Kind::Null => Value::Null,
            Kind::Boolean => Value::Boolean(source == "true"),
            Kind::Number => Value::Number(source.into()),
            Kind::String => {
                self.budget.read(source.len())?;
                Value::String(self.values.text(id))
            }
            Kind::Array | Kind::Object => Value::Compound(id),
        })
    }

    fn compare(
        &mut self,
        left: &Value<'d>,
        comparison: Comparison,
        right: &Value<'d>,
    ) -> Result<bool, Error> {
        use Comparison as C;
        Ok(match comparison {
            C::Equal => self.equal(left, right)?,
            C::NotEqual => !self.equal(left, right)?,
            C::Less => order(left, right) == Some(Ordering::Less),
            C::Greater => order(left, right) == Some(Ordering::Greater),
            C::LessOrEqual => {
                order(left, right) == Some(Ordering::Less) || self.equal(left, right)?
            }
            C::GreaterOrEqual => {
                order(left, right) == Some(Ordering::Greater) || self.equal(left, right)?
            }
        })
    }

    fn equal(&mut self, left: &Value<'d>, right: &Value<'d>) -> Result<bool, Error> {
        Ok(match (left, right) {
            (Value::Nothing, Value::Nothing) | (Value::Null, Value::Null) => true,
            (Value::Boolean(left), Value::Boolean(right)) => left == right,
            (Value::Number(_), Value::Number(_)) | (Value::String(_), Value::String(_)) => {
                order(left, right) == Some(Ordering::Equal)
            }
            (Value::Compound(left), Value::Compound(right)) => self.same(*left, *right)?,
            _ => false,
        })
    }

    /// Whether two values say the same; recurses no deeper than JSON may be nested.
    fn same(&mut self, left: Id, right: Id) -> Result<bool, Error> {
        self.budget.step()?;
        let kind = self.values.kind(left);
        if kind != self.values.kind(right) {
            return Ok(false);
        }
        if !matches!(kind, Kind::Array | Kind::Object) {
            let (left, right) = (self.value(left)?, self.value(right)?);
            return self.equal(&left, &right);
        }
        let (left, right) = (self.parts(left, kind)?, self.parts(right, kind)?);
        if left.len() != right.len() {
            return Ok(false);
        }
        for ((left_name, left), (right_name, right)) in left.into_iter().zip(right) {
            if left_name != right_name || !self.same(left, right)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The elements of an array, or the members of an object by their names.
    fn parts(&mut self, id: Id, kind: Kind) -> Result<Vec<(Cow<'d, str>, Id)>, Error> {
        let mut parts = Vec::new();
        for child in self.values.children(id) {
            self.budget.step()?;
            let name = if kind == Kind::Object {
                self.values.name(child)
            } else {
                Cow::Borrowed("")
            };
            parts.push((name, child));
        }
        if kind == Kind::Object {
            parts.sort();
        }
        Ok(parts)
    }
}

/// The order of two numbers or two strings; nothing else has one.
fn order(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => order_of_numbers(left, right),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// Integers are compared as they are written, however large; all else as floating-point numbers.
fn order_of_numbers(left: &str, right: &str) -> Option<Ordering> {
    if let (Ok(left), Ok(right)) = (left.parse::<i128>(), right.parse::<i128>()) {
        return Some(left.cmp(&right));
    }
    let (left, right): (f64, f64) = (left.parse().ok()?, right.parse().ok()?);
    left.partial_cmp(&right)
}
