//! The operations, as the description has them.

use access::Scope;
use http::Method;
use serde_json::Value;

/// An operation.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    /// What names it: its handler.
    pub(crate) id: String,
    pub(crate) method: Method,
    /// Its path, with the name of a parameter where a thing is to be named.
    pub(crate) path: String,
    /// The scope that its caller needs: the same wherever the key stands; none if it is for everybody.
    pub(crate) needs: Option<Scope>,
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

fn needs(operation: &Value) -> Option<Scope> {
    let schemes = operation.get("security")?.as_array().unwrap();
    let scopes: Vec<&Value> = ["bearer", "api_key"]
        .iter()
        .map(|scheme| {
            let found = schemes.iter().find_map(|it| it.get(scheme));
            found.unwrap_or_else(|| panic!("{scheme} does not open {operation}"))
        })
        .collect();
    assert_eq!(scopes[0], scopes[1], "one scope wherever the key stands");
    let [scope] = &scopes[0].as_array().unwrap()[..] else {
        panic!("one scope for each operation: {operation}");
    };
    Some(scope.as_str().unwrap().parse().unwrap())
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
