//! Where a key may stand, and where not.

use access::{ApiKey, Scope};
use axum::body::Body;
use http::{HeaderValue, Request, StatusCode};

use crate::world::{OWNER, World};

const PATH: &str = "/api/v1/limits/";

/// What a gateway signs a request with.
const SIGNATURE: &str = "AWS4-HMAC-SHA256 Credential=AKID/20260901/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=00";

#[tokio::test]
async fn a_key_is_taken_from_both_headers_and_from_nowhere_else() {
    let World { stack, key } = World::start().await;
    let other = stack.key(OWNER, Scope::ALL).await;
    let (a, k) = ("authorization", "x-api-key");
    let bearer = |scheme: &str| format!("{scheme} {key}");
    let headers = [
        // One of them, in any spelling.
        (vec![(a, bearer("Bearer"))], None),
        (vec![(a, bearer("bearer"))], None),
        (vec![(a, bearer("BEARER"))], None),
        (vec![(a, bearer("Bearer  ") + " ")], None),
        (vec![(k, key.clone())], None),
        (vec![(k, format!("  {key} "))], None),
        // Both, or one twice.
        (vec![(a, bearer("Bearer")), (k, key.clone())], None),
        (vec![(a, bearer("Bearer")), (a, bearer("bearer"))], None),
        (vec![(k, key.clone()), (k, key.clone())], None),
        // Beside what a gateway needs.
        (vec![(a, SIGNATURE.into()), (k, key.clone())], None),
        (vec![(a, SIGNATURE.into()), (a, bearer("Bearer"))], None),
        (vec![(a, "Basic YTpi".into()), (k, key.clone())], None),
        // Two that differ, whichever is good.
        (
            vec![(a, bearer("Bearer")), (k, other.clone())],
            Some("two different keys"),
        ),
        (
            vec![(a, bearer("Bearer")), (a, format!("Bearer {other}"))],
            Some("two different keys"),
        ),
        (
            vec![(k, key.clone()), (k, other.clone())],
            Some("two different keys"),
        ),
        (
            vec![(a, "Bearer x".into()), (k, key.clone())],
            Some("two different keys"),
        ),
        (
            vec![(a, bearer("Bearer")), (k, String::new())],
            Some("two different keys"),
        ),
        // Something else.
        (vec![], Some("needs a key")),
        (vec![(a, SIGNATURE.into())], Some("needs a key")),
        (vec![(a, format!("Basic {key}"))], Some("needs a key")),
        (vec![(a, key.clone())], Some("needs a key")),
        (vec![(a, "Bearer".into())], Some("needs a key")),
        (
            vec![("cookie", format!("x-api-key={key}"))],
            Some("needs a key"),
        ),
        (vec![(a, "Bearer ".into())], Some("no key that is known")),
        (
            vec![(a, format!("{0}, {0}", bearer("Bearer")))],
            Some("no key that is known"),
        ),
        (vec![(k, String::new())], Some("no key that is known")),
        (vec![(k, bearer("Bearer"))], Some("no key that is known")),
        (vec![(k, key.to_uppercase())], Some("no key that is known")),
        (vec![(k, "é".into())], Some("no key that is known")),
        (
            vec![(k, ApiKey::draw().reveal())],
            Some("no key that is known"),
        ),
        (vec![(k, "x".repeat(10_000))], Some("no key that is known")),
    ];
    for (headers, refused) in headers {
        let mut request = Request::get(PATH);
        for (name, value) in &headers {
            request = request.header(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let answer = stack.send(request.body(Body::empty()).unwrap()).await;
        let Some(because) = refused else {
            assert_eq!(answer.status, StatusCode::OK, "{headers:?}: {answer:?}");
            continue;
        };
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{headers:?}");
        let detail = answer.json()["detail"].to_string();
        assert!(detail.contains(because), "{headers:?}: {detail}");
        assert!(
            answer
                .header("www-authenticate")
                .starts_with("Bearer realm=")
        );
        assert!(!answer.text().contains(&key[3..]), "{answer:?}");
    }
}

#[tokio::test]
async fn a_key_in_an_address_is_none() {
    let World { stack, key } = World::start().await;
    for name in ["x-api-key", "api_key", "access_token", "key"] {
        let answer = stack.get(&format!("{PATH}?{name}={key}")).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}");
        assert_eq!(answer.json()["type"], "urn:problem:unauthenticated");
        assert!(!answer.text().contains(&key), "{answer:?}");
    }
}
