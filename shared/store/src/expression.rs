//! Guards as condition expressions.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use job::{Guard, Test};

/// An expression under construction, with the names and values that its text refers to. All names are placeholders, for many
/// short ones are reserved words.
#[derive(Debug, Default)]
pub(crate) struct Expression {
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: HashMap<String, AttributeValue>,
}

impl Expression {
    /// A placeholder for an attribute's name.
    pub(crate) fn name(&mut self, attribute: &str) -> String {
        let placeholder = format!("#{attribute}");
        self.names.insert(placeholder.clone(), attribute.to_owned());
        placeholder
    }

    /// A placeholder for a value.
    pub(crate) fn value(&mut self, value: AttributeValue) -> String {
        let known = self.values.iter().find(|(_, known)| **known == value);
        if let Some((placeholder, _)) = known {
            return placeholder.clone();
        }
        let placeholder = format!(":{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    /// A placeholder for a number.
    pub(crate) fn number(&mut self, number: impl Into<i128>) -> String {
        self.value(AttributeValue::N(number.into().to_string()))
    }

    /// A placeholder for a text.
    pub(crate) fn text(&mut self, text: impl Into<String>) -> String {
        self.value(AttributeValue::S(text.into()))
    }

    /// The condition that a guard stands for.
    pub(crate) fn condition(&mut self, guard: &Guard) -> String {
        let clauses: Vec<String> = guard
            .clauses()
            .iter()
            .map(|clause| {
                let mut tests = vec![format!(
                    "{} = {}",
                    self.name("st"),
                    self.text(clause.status.name())
                )];
                tests.extend(clause.tests.iter().map(|&test| self.test(test)));
                format!("({})", tests.join(" AND "))
            })
            .collect();
        clauses.join(" OR ")
    }

    fn test(&mut self, test: Test) -> String {
        match test {
            Test::GenerationIs(generation) => {
                format!("{} = {}", self.name("gen"), self.number(generation))
            }
            Test::AttemptIs(attempt) => format!("{} = {}", self.name("att"), self.number(attempt)),
            Test::AttemptsLeft => format!("{} < {}", self.name("att"), self.name("lim")),
            Test::AttemptsSpent => format!("{} >= {}", self.name("att"), self.name("lim")),
            Test::DueAt(now) => {
                let (name, now) = (self.name("nbf"), self.number(now.as_millisecond()));
                format!("(attribute_not_exists({name}) OR {name} <= {now})")
            }
            Test::LeaseOverAt(now) => {
                let (name, now) = (self.name("lea"), self.number(now.as_millisecond()));
                format!("{name} < {now}")
            }
            Test::LeaseHoldsAt(now) => {
                let (name, now) = (self.name("lea"), self.number(now.as_millisecond()));
                format!("{name} >= {now}")
            }
        }
    }
}
