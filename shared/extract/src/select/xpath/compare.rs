//! Comparisons (XPath 1.0, section 3.4).

use std::collections::HashSet;

use plan::xpath::Comparison;

use super::Evaluation;
use super::node::Place;
use super::value::{Value, is_true, number_of};
use crate::Error;

impl Evaluation<'_, '_, '_> {
    pub(super) fn compare(
        &mut self,
        left: Value,
        comparison: Comparison,
        right: Value,
    ) -> Result<bool, Error> {
        match (left, right) {
            (Value::Nodes(left), Value::Nodes(right)) => {
                self.compare_nodes(&left, comparison, &right)
            }
            (Value::Nodes(nodes), Value::Boolean(boolean)) => compare_values(
                &Value::Boolean(!nodes.is_empty()),
                comparison,
                &Value::Boolean(boolean),
            ),
            (Value::Boolean(boolean), Value::Nodes(nodes)) => compare_values(
                &Value::Boolean(boolean),
                comparison,
                &Value::Boolean(!nodes.is_empty()),
            ),
            (Value::Nodes(nodes), value) => self.compare_with_any(&nodes, comparison, &value),
            (value, Value::Nodes(nodes)) => {
                self.compare_with_any(&nodes, turned(comparison), &value)
            }
            (left, right) => compare_values(&left, comparison, &right),
        }
    }

    /// Whether the comparison holds of any of the nodes.
    fn compare_with_any(
        &mut self,
        nodes: &[Place],
        comparison: Comparison,
        value: &Value,
    ) -> Result<bool, Error> {
        for &place in nodes {
            let text = Value::String(self.text_at(place)?.into_owned());
            if compare_values(&text, comparison, value)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the comparison holds of any two of the nodes.
    fn compare_nodes(
        &mut self,
        left: &[Place],
        comparison: Comparison,
        right: &[Place],
    ) -> Result<bool, Error> {
        match comparison {
            Comparison::Equal => {
                let mut texts = HashSet::new();
                for &place in left {
                    let text = self.text_at(place)?;
                    self.budget.hold(text.len())?;
                    texts.insert(text);
                }
                for &place in right {
                    if texts.contains(&self.text_at(place)?) {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Comparison::NotEqual => {
                // All texts are the same, or two of them differ; if those are on one side, any of the other will do.
                let (Some(&first), false) = (left.first(), right.is_empty()) else {
                    return Ok(false);
                };
                let first = self.text_at(first)?;
                for &place in left.iter().chain(right) {
                    if self.text_at(place)? != first {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Comparison::Less | Comparison::LessOrEqual => {
                let (least, most) = (
                    self.extreme(left, f64::min)?,
                    self.extreme(right, f64::max)?,
                );
                compare_values(&Value::Number(least), comparison, &Value::Number(most))
            }
            Comparison::Greater | Comparison::GreaterOrEqual => {
                let (most, least) = (
                    self.extreme(left, f64::max)?,
                    self.extreme(right, f64::min)?,
                );
                compare_values(&Value::Number(most), comparison, &Value::Number(least))
            }
        }
    }

    /// The least or greatest number among the nodes; NaN if there is none.
    fn extreme(&mut self, nodes: &[Place], choose: fn(f64, f64) -> f64) -> Result<f64, Error> {
        let mut extreme = f64::NAN;
        for &place in nodes {
            extreme = choose(extreme, number_of(&self.text_at(place)?));
        }
        Ok(extreme)
    }
}

/// Compares two values that are no nodes.
#[expect(
    clippy::unnecessary_wraps,
    reason = "so the arms of its caller are of one type"
)]
fn compare_values(left: &Value, comparison: Comparison, right: &Value) -> Result<bool, Error> {
    let equal = || match (left, right) {
        (Value::Boolean(_), _) | (_, Value::Boolean(_)) => truth(left) == truth(right),
        (Value::String(left), Value::String(right)) => left == right,
        _ => number(left)
            .partial_cmp(&number(right))
            .is_some_and(std::cmp::Ordering::is_eq),
    };
    Ok(match comparison {
        Comparison::Equal => equal(),
        Comparison::NotEqual => !equal(),
        Comparison::Less => number(left) < number(right),
        Comparison::LessOrEqual => number(left) <= number(right),
        Comparison::Greater => number(left) > number(right),
        Comparison::GreaterOrEqual => number(left) >= number(right),
    })
}

fn number(value: &Value) -> f64 {
    match value {
        Value::Number(number) => *number,
        Value::Boolean(boolean) => f64::from(u8::from(*boolean)),
        Value::String(string) => number_of(string),
        Value::Nodes(_) => f64::NAN,
    }
}

fn truth(value: &Value) -> bool {
    match value {
        Value::Number(number) => is_true(*number),
        Value::Boolean(boolean) => *boolean,
        Value::String(string) => !string.is_empty(),
        Value::Nodes(nodes) => !nodes.is_empty(),
    }
}

/// The same comparison with its sides changed.
fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same => same,
    }
}
