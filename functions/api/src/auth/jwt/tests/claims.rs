use access::{Scope, Scopes};
use serde_json::{Value, json};

use super::{World, words};

#[tokio::test]
async fn a_token_has_to_be_of_our_issuer_and_for_us() {
    let world = World::with(&[("JWT_AUDIENCE", "scan, api://scan")]).await;
    let url = world.issuer.url.clone();
    for good in [
        json!({"aud": "api://scan"}),
        json!({"aud": ["another", "scan"]}),
        json!({"aud": null, "client_id": "scan"}),
    ] {
        assert!(world.identify(good.clone()).await.is_ok(), "{good}");
    }
    for bad in [
        json!({"iss": null}),
        json!({"iss": format!("{url}/")}),
        json!({"iss": url.to_uppercase()}),
        json!({"iss": [url]}),
        json!({"aud": null}),
        json!({"aud": "scan2"}),
        json!({"aud": "Scan"}),
        json!({"aud": []}),
        json!({"aud": [["scan"], 1]}),
        json!({"aud": {"scan": true}}),
        // For whom it was issued counts only where it does not say for whom it is.
        json!({"aud": "another", "client_id": "scan"}),
    ] {
        assert!(
            words(world.identify(bad.clone()).await).starts_with("The token is "),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn a_token_is_good_for_its_time_and_a_minute_more_on_either_side() {
    let world = World::start().await;
    let now = world.clock.now().as_second();
    let good = [
        json!({"exp": now - 50}),
        json!({"exp": now + 1_000_000_000}),
        json!({"exp": 32_503_680_000.5}),
        json!({"nbf": now + 50, "iat": now + 50}),
        json!({"nbf": 0, "iat": null}),
    ];
    for claims in good {
        assert!(world.identify(claims.clone()).await.is_ok(), "{claims}");
    }
    let no_time = "A time of the token (`exp`, `nbf`, `iat`) is no number of seconds.";
    for (claims, why) in [
        (json!({"exp": now - 61}), "The token has expired (`exp`)."),
        (json!({"exp": 0}), "The token has expired (`exp`)."),
        (json!({"exp": -1.5e300}), "The token has expired (`exp`)."),
        (
            json!({"nbf": now + 90}),
            "The token is not yet valid (`nbf`).",
        ),
        (
            json!({"iat": now + 90}),
            "The token was issued in the future (`iat`).",
        ),
        (
            json!({"exp": null}),
            "The token does not say when it expires (`exp`).",
        ),
        (json!({"exp": (now + 300).to_string()}), no_time),
        (json!({"nbf": "now"}), no_time),
        (json!({"iat": [now]}), no_time),
    ] {
        assert_eq!(words(world.identify(claims).await), why);
    }
}

#[tokio::test]
async fn a_token_expires_while_it_is_in_use() {
    let world = World::start().await;
    let token = world.token(json!({}));
    let until = world.jwt.identify(&token).await.unwrap().until.unwrap();
    let left = until.duration_since(world.clock.now()).as_secs();
    assert!((358..=360).contains(&left), "{left}");
    world.pass(355);
    assert!(world.jwt.identify(&token).await.is_ok());
    world.pass(6);
    assert_eq!(
        words(world.jwt.identify(&token).await),
        "The token has expired (`exp`)."
    );
}

#[tokio::test]
async fn a_token_says_whom_it_speaks_of_in_plain_characters() {
    let world = World::start().await;
    for good in [
        "a",
        "auth0|5f7c",
        "Ann B. <ann@example.com>",
        &"x".repeat(256),
    ] {
        let caller = world.identify(json!({"sub": good})).await.unwrap();
        assert_eq!(caller.actor.to_string(), format!("subject:{good}"));
    }
    for bad in [
        Value::Null,
        json!(""),
        json!(7),
        json!("a\nb"),
        json!("a\u{202e}b"),
        json!("é"),
        json!("\u{7f}"),
        json!("x".repeat(257)),
    ] {
        let why = words(world.identify(json!({"sub": bad})).await);
        assert!(why.contains("(`sub`)"), "{why}");
    }
}

#[tokio::test]
async fn the_tenant_is_what_the_configured_claim_names() {
    let acme = json!("acme");
    for (name, claims) in [
        ("tenant", json!({"tenant": acme})),
        ("tid", json!({"tid": acme, "tenant": "other"})),
        (
            "https://x.example/a.b/tenant",
            json!({"https://x.example/a.b/tenant": acme}),
        ),
        (
            "app.tenant",
            json!({"app": {"tenant": acme}, "tenant": "other"}),
        ),
        ("a.b.c", json!({"a": {"b": {"c": ["acme"]}}})),
        ("a.b.c", json!({"a": {"b.c": acme}})),
        ("a.b.c", json!({"a.b": {"c": acme}})),
        // The whole name comes before the path.
        ("a.b", json!({"a": {"b": "other"}, "a.b": acme})),
    ] {
        let world = World::with(&[("JWT_TENANT_CLAIM", name)]).await;
        let caller = world.identify(claims).await.unwrap();
        assert_eq!(caller.tenant.as_str(), "acme", "{name}");
    }
    let world = World::start().await;
    let id = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    let caller = world.identify(json!({"tenant": id})).await.unwrap();
    assert_eq!(caller.tenant.as_str(), id);
}

#[tokio::test]
async fn a_claim_that_names_no_tenant_is_refused() {
    let world = World::with(&[("JWT_TENANT_CLAIM", "app.tenant")]).await;
    for claims in [
        json!({}),
        json!({"app": "acme"}),
        json!({"app": {}}),
        json!({"app": {"tenant": ""}}),
        json!({"app": {"tenant": "Acme"}}),
        json!({"app": {"tenant": "acme#1"}}),
        json!({"app": {"tenant": 7}}),
        json!({"app": {"tenant": []}}),
        json!({"app": {"tenant": ["acme", "other"]}}),
        json!({"app": {"tenant": {"acme": 1}}}),
        json!({"app": {"tenant": "x".repeat(65)}}),
    ] {
        let why = words(world.identify(claims.clone()).await);
        assert!(why.contains("tenant"), "{claims}: {why}");
    }
}

#[tokio::test]
async fn nobody_becomes_an_operator_but_where_configuration_says_so() {
    let claims = || json!({"tenant": "default", "scope": "admin"});

    let world = World::start().await;
    let why = words(world.identify(claims()).await);
    assert!(why.contains("`default`"), "{why}");
    let admin = world.identify(json!({"scope": "admin"})).await.unwrap();
    assert!(admin.may(Scope::Admin) && !admin.is_operator());

    for settings in [("JWT_OPERATORS", "true"), ("JWT_TENANT", "default")] {
        let world = World::with(&[settings]).await;
        assert!(world.identify(claims()).await.unwrap().is_operator());
    }
    let world = World::with(&[("JWT_TENANT", "fixed")]).await;
    let caller = world.identify(claims()).await.unwrap();
    assert_eq!(caller.tenant.as_str(), "fixed");
    assert!(!caller.is_operator());
}

#[tokio::test]
async fn scopes_are_what_the_configured_claim_says() {
    use Scope::{ExtractorsWrite, ScanRead, ScanWrite};
    let claims = json!({
        "scope": "openid scan:read email scan:write nonsense",
        "scp": ["scan:read", 7, "extractors:write"],
        "realm_access": {"roles": ["offline_access", "scan:read"]},
        "https://x.example/roles": "scan:write",
        "odd": {"scan:read": true},
    });
    for (claim, scopes) in [
        ("scope", vec![ScanRead, ScanWrite]),
        ("scp", vec![ScanRead, ExtractorsWrite]),
        ("realm_access.roles", vec![ScanRead]),
        ("https://x.example/roles", vec![ScanWrite]),
        ("odd", vec![]),
        ("missing", vec![]),
    ] {
        let world = World::with(&[("JWT_SCOPE_CLAIM", claim)]).await;
        let caller = world.identify(claims.clone()).await.unwrap();
        assert_eq!(caller.scopes.iter().collect::<Vec<_>>(), scopes, "{claim}");
    }
}

#[tokio::test]
async fn a_map_says_what_groups_may_and_then_nothing_else_does() {
    let map = "readers=scan:read; CN=Staff,OU=Scan = scan:read, scan:write ;Site Admins=admin";
    let settings = [("JWT_SCOPES", map), ("JWT_SCOPE_CLAIM", "groups")];
    let world = World::with(&settings).await;
    for (groups, scopes) in [
        (json!(["readers"]), Scopes::from(Scope::ScanRead)),
        (
            json!(["CN=Staff,OU=Scan", "readers", "others"]),
            [Scope::ScanRead, Scope::ScanWrite].into_iter().collect(),
        ),
        (json!(["Site Admins"]), Scopes::from(Scope::Admin)),
        (json!("Site Admins"), Scopes::default()),
        (json!("others readers"), Scopes::from(Scope::ScanRead)),
        (json!(["admin", "scan:write", "Readers"]), Scopes::default()),
    ] {
        let caller = world.identify(json!({"groups": groups})).await.unwrap();
        assert_eq!(caller.scopes, scopes, "{groups}");
    }
}
