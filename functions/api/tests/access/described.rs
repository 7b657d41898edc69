//! The operations, as the description has them.

use access::Scope;
use http::Method;
use serde_json::Value;

/// What an operation needs of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing: it is for everybody.
    Nothing,
    /// To be known, whatever it may do.
    Caller,
    /// This scope.
    Scope(Scope),
}

/// An operation.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    /// What names it: its handler.
    pub(crate) id: String,
    pub(crate) method: Method,
    /// Its path, with the name of a parameter where a thing is to be named.
    pub(crate) path: String,
    /// What its caller needs: the same wherever the key stands.
    pub(crate) needs: Needs,
}

/// All operations.
pub(crate) fn operations() -> Vec<Operation> {
    let description = api::openapi();
    let paths = description["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(|(method, operation)| Operation {
            id: operation["operationId"].as_str().unwrap().to_owned(),
            method: method.to_uppercase().parse().unwrap(),
            path: path.clone(),
            needs: needs(operation),
        })
    });
    operations.collect()
}

fn needs(operation: &Value) -> Needs {
    let Some(schemes) = operation.get("security") else {
        return Needs::Nothing;
    };
    let schemes = schemes.as_array().unwrap();
    let scopes: Vec<&Value> = ["bearer", "api_key"]
        .iter()
        .map(|scheme| {
            let found = schemes.iter().find_map(|it| it.get(scheme));
            found.unwrap_or_else(|| panic!("{scheme} does not open {operation}"))
        })
        .collect();
    assert_eq!(scopes[0], scopes[1], "one scope wherever the key stands");
    match &scopes[0].as_array().unwrap()[..] {
        [] => Needs::Caller,
        [scope] => Needs::Scope(scope.as_str().unwrap().parse().unwrap()),
        _ => panic!("one scope for each operation: {operation}"),
    }
}

impl Needs {
    /// In words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Caller => "to be known",
            Self::Scope(scope) => scope.name(),
        }
    }

    /// Whether this scope alone suffices.
    pub(crate) fn is_met_by(self, scope: Scope) -> bool {
        match self {
            Self::Nothing | Self::Caller => true,
            Self::Scope(needed) => [needed, Scope::Admin].contains(&scope),
        }
    }
}

impl Operation {
    /// Whether its path names a thing.
    pub(crate) fn names_a_thing(&self) -> bool {
        self.path.contains('{')
    }

    /// Its path where it names this.
    pub(crate) fn path_of(&self, name: &str) -> String {
        match (self.path.find('{'), self.path.find('}')) {
            (Some(begin), Some(end)) => {
                format!("{}{name}{}", &self.path[..begin], &self.path[end + 1..])
            }
            _ => self.path.clone(),
        }
    }
}
