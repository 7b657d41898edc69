//! Each operation of the API's own description, refused.

use serde_json::{Value, json};

use super::canaries::Kept;
use super::world::World;

/// Calls each operation as those who may not, and as somebody who may, with nonsense in each place.
pub(super) async fn refuse_each(world: &mut World) {
    let described = world.call("GET /api/schema/", &[("accept", "application/json")], "");
    let described: Value = described.await.json();
    let operations: Vec<_> = described["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, operations)| {
            let methods = operations.as_object().unwrap().keys();
            methods.filter_map(move |method| {
                let method = method.to_uppercase();
                ["GET", "POST", "PUT", "PATCH", "DELETE"]
                    .contains(&&*method)
                    .then(|| (method, path.clone()))
            })
        })
        .collect();
    assert!(operations.len() > 30, "{operations:?}");
    for (method, path) in operations {
        let nonsense = world
            .canaries
            .of_client(&format!("nonsense for {method} {path}"));
        let filled: String = path
            .split('/')
            .map(|part| {
                if part.starts_with('{') {
                    nonsense.as_str()
                } else {
                    part
                }
            })
            .collect::<Vec<_>>()
            .join("/");
        let call = format!("{method} {filled}");
        for (number, shown) in world.wrong.clone().iter().enumerate() {
            let bearer = format!("Bearer {shown}");
            let header = if number % 2 == 0 {
                ("authorization", &bearer)
            } else {
                ("x-api-key", shown)
            };
            world.call_as(&call, &[(header.0, header.1)], "").await;
        }
        let idempotency = world.canaries.draw("an Idempotency-Key", Kept::Nowhere);
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", &idempotency),
            ("prefer", &format!("wait={nonsense}")),
            ("if-match", &nonsense),
        ];
        let body = json!({ &nonsense: &nonsense, "source": {"text": &nonsense, &nonsense: 1} });
        world.call(&call, &headers, body.to_string()).await;
        let query = format!("{call}?{nonsense}={nonsense}&limit={nonsense}&cursor={nonsense}");
        world.call(&query, &[], nonsense.clone()).await;
    }
}
