//! The function, which asks for keys unless it is told otherwise.

use access::Scope;
use http::StatusCode;
use testkit::{Lambda, Output};

use crate::world::{OWNER, World};

#[tokio::test]
async fn a_function_that_is_told_nothing_asks_for_keys_and_writes_none_down() {
    let World { stack, .. } = World::start().await;
    let key = stack.key(OWNER, [Scope::ScanRead]).await;
    let unknown = access::ApiKey::draw().reveal();
    stack.dynamodb.reset_counts();
    let api = Lambda::start_talkative(env!("CARGO_BIN_EXE_api"), &stack).await;
    let bearer = format!("Bearer {key}");
    let path = "/api/v1/limits/";
    for (request, header, wanted) in [
        ("r-1", None, StatusCode::UNAUTHORIZED),
        (
            "r-2",
            Some(("x-api-key", &*unknown)),
            StatusCode::UNAUTHORIZED,
        ),
        ("r-3", Some(("x-api-key", &*key)), StatusCode::OK),
        ("r-4", Some(("authorization", &*bearer)), StatusCode::OK),
    ] {
        let headers = Vec::from_iter(header);
        let answer = api.request(request, "GET", path, &headers, "").await;
        assert_eq!(answer.status, wanted, "{request}: {}", answer.text());
    }
    let start = [("x-api-key", &*key)];
    let refused = api.request("r-5", "POST", "/api/v1/scan/start/", &start, "");
    assert_eq!(refused.await.status, StatusCode::FORBIDDEN);
    assert_eq!(stack.dynamodb.count("GetItem"), 2, "each key once");

    let output = api.stop().await;
    let Output { log, .. } = &output;
    let of = |request: &str| {
        let line = log
            .iter()
            .find(|it| it["request_id"] == request && !it["status"].is_null());
        line.unwrap_or_else(|| panic!("{request}: {}", output.text))
    };
    assert_eq!(of("r-3")["tenant"], OWNER);
    assert!(of("r-1")["tenant"].is_null());
    for key in [key, unknown] {
        let secret = key.rsplit('_').next().unwrap();
        assert_eq!(output.reveals(secret), None, "{}", output.text);
        assert_eq!(output.reveals(&secret[..16]), None, "{}", output.text);
    }
}
