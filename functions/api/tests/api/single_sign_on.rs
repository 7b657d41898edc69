//! Callers with tokens of an identity provider.

use std::time::Duration;

use api::AuthSettings;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use testkit::{Answer, Fault, Gate, Issuer, Lambda, Options, SigningKey, Stack};

const START: &str = "/api/v1/scan/start/";
const LIMITS: &str = "/api/v1/limits/";

struct World {
    stack: Stack,
    issuer: Issuer,
    key: SigningKey,
}

impl World {
    async fn start() -> Self {
        Self::with("keys+jwt", &[]).await
    }

    /// A stack whose callers are known so.
    async fn with(mode: &str, more: &[(&str, &str)]) -> Self {
        let key = SigningKey::rsa("first", Algorithm::RS256);
        let issuer = Issuer::start(&[&key]).await;
        let mut variables = issuer.settings();
        variables.push(("AUTH_MODE", mode.to_owned()));
        let get = |variable: &str| {
            let more = more.iter().find(|(name, _)| *name == variable);
            let usual = || variables.iter().find(|(name, _)| *name == variable);
            let value = more.map(|(_, value)| (*value).to_owned());
            value.or_else(|| usual().map(|(_, value)| value.clone()))
        };
        let auth = AuthSettings::read(get, AuthSettings::Open).unwrap();
        let options = Options {
            auth,
            ..Options::default()
        };
        let stack = Stack::with(options).await;
        Self { stack, issuer, key }
    }

    /// A token as it should be, but for these claims.
    fn token(&self, claims: Value) -> String {
        let claims = self.issuer.claims(self.stack.clock.now(), claims);
        self.key.sign(&claims)
    }

    async fn call(&self, method: Method, path: &str, token: &str) -> Answer {
        self.call_for(method, path, token, None).await
    }

    /// Calls for another tenant.
    async fn call_for(
        &self,
        method: Method,
        path: &str,
        token: &str,
        tenant: Option<&str>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("Authorization", format!("Bearer {token}"));
        if let Some(tenant) = tenant {
            request = request.header("X-Tenant", tenant);
        }
        self.stack.send(request.body(Body::empty()).unwrap()).await
    }
}

#[tokio::test]
async fn a_token_lets_its_subject_do_what_its_scopes_say_for_its_tenant_alone() {
    let world = World::start().await;
    let writes = world.token(json!({"scope": "openid scan:write"}));
    let answer = world.call(Method::POST, START, &writes).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    let status = format!("/api/v1/scan/status/{}/", answer.job_id());

    let reads = world.token(json!({"sub": "bob"}));
    let answer = world.call(Method::GET, &status, &reads).await;
    assert_eq!(answer.status, StatusCode::OK);
    let elsewhere = world.token(json!({"tenant": "other"}));
    let answer = world.call(Method::GET, &status, &elsewhere).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);

    for (method, path, token) in [
        (Method::GET, &*status, &writes),
        (Method::POST, START, &reads),
        (
            Method::GET,
            LIMITS,
            &world.token(json!({"scope": "openid email"})),
        ),
        (Method::GET, LIMITS, &world.token(json!({"scope": null}))),
    ] {
        let answer = world.call(method, path, token).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{answer:?}");
    }
}

#[tokio::test]
async fn a_token_that_is_no_good_is_answered_in_words_that_hold_nothing_of_it() {
    let world = World::start().await;
    let forger = SigningKey::other_rsa("first");
    let claims = world.issuer.claims(world.stack.clock.now(), json!({}));
    let expired = world.token(json!({"exp": 1}));
    let stranger = world.token(json!({"sub": "Quetzalcoatlus", "tenant": "Quetzalcoatlus"}));
    for (token, word) in [
        (forger.sign(&claims), "signature"),
        (world.key.sign_by_public_half(&claims), "algorithm"),
        (expired, "(`exp`)"),
        (stranger, "tenant"),
        ("nonsense".to_owned(), "JWT"),
    ] {
        let answer = world.call(Method::GET, LIMITS, &token).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.header("www-authenticate").contains("invalid_token"));
        let text = answer.text();
        assert!(text.contains(word), "{text}");
        assert!(
            !text.contains("Quetzal") && !text.contains(&token),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_token_costs_no_look_at_the_table() {
    let world = World::start().await;
    let token = world.token(json!({}));
    for _ in 0..3 {
        let answer = world.call(Method::GET, LIMITS, &token).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    assert_eq!(world.stack.dynamodb.calls().values().sum::<usize>(), 0);
    assert_eq!(world.issuer.fetches(), 1);
}

#[tokio::test]
async fn a_token_is_good_until_it_expires() {
    let world = World::start().await;
    let token = world.token(json!({}));
    world.stack.clock.advance(Duration::from_secs(350));
    let answer = world.call(Method::GET, LIMITS, &token).await;
    assert_eq!(answer.status, StatusCode::OK);
    world.stack.clock.advance(Duration::from_secs(11));
    let answer = world.call(Method::GET, LIMITS, &token).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_a_token_opened_ends_with_it() {
    let world = World::start().await;
    let token = world.token(json!({"scope": "scan:read scan:write"}));
    let id = world.call(Method::POST, START, &token).await.job_id();
    let events = format!("/api/v1/scan/events/{id}/");
    let looks = Gate::new();
    let second_look = Fault::Hold(looks.clone());
    world.stack.dynamodb.break_after(1, "GetItem", second_look);
    let follows = world.call(Method::GET, &events, &token);
    let expires = async {
        looks.arrival().await;
        world.stack.clock.advance(Duration::from_mins(6));
        looks.open();
    };
    let (followed, ()) = tokio::join!(follows, expires);
    assert_eq!(followed.status, StatusCode::OK);
    assert_eq!(followed.text().matches("event: status").count(), 1);
}

#[tokio::test]
async fn without_the_issuers_keys_a_token_is_no_fault_of_its_holder() {
    let world = World::start().await;
    world.issuer.fail(500);
    let token = world.token(json!({}));
    let answer = world.call(Method::GET, LIMITS, &token).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!answer.header("retry-after").is_empty());
    assert!(!answer.text().contains("issuer"), "{answer:?}");
    // Who asks for what needs no caller does not notice.
    let health = world.stack.get("/api/v1/health/").await;
    assert_eq!(health.status, StatusCode::OK);
    assert_eq!(health.json()["auth"], "keys+jwt");

    world.issuer.publish(&[&world.key]);
    world.stack.clock.advance(Duration::from_secs(6));
    let answer = world.call(Method::GET, LIMITS, &token).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn where_only_keys_are_taken_nobody_is_asked_about_a_token() {
    let world = World::with("keys", &[]).await;
    let token = world.token(json!({}));
    let answer = world.call(Method::GET, LIMITS, &token).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.issuer.fetches(), 0);
}

#[tokio::test]
async fn an_admin_by_token_acts_for_other_tenants_only_where_tokens_may_make_operators() {
    let claims = || json!({"tenant": "default", "scope": "admin"});
    let world = World::start().await;
    let answer = world
        .call(Method::GET, LIMITS, &world.token(claims()))
        .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let admin = world.token(json!({"scope": "admin"}));
    let answer = world.call_for(Method::GET, LIMITS, &admin, Some("other"));
    assert_eq!(answer.await.status, StatusCode::FORBIDDEN);

    let world = World::with("keys+jwt", &[("JWT_OPERATORS", "true")]).await;
    let operator = world.token(claims());
    let answer = world.call_for(Method::GET, LIMITS, &operator, Some("other"));
    assert_eq!(answer.await.status, StatusCode::OK);
    let answer = world.call_for(Method::GET, LIMITS, &admin, Some("other"));
    assert_eq!(answer.await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn nothing_of_a_token_is_logged() {
    let world = World::start().await;
    let mut environment = world.issuer.settings();
    environment.push(("AUTH_MODE", "keys+jwt".to_owned()));
    environment.push(("JWT_TENANT", "acme".to_owned()));
    let binary = env!("CARGO_BIN_EXE_api");
    let api = Lambda::start_talkative_with(binary, &world.stack, environment).await;
    let claims =
        json!({"sub": "Quetzalcoatlus", "email": "Pteranodon", "scope": "scan:read Dimorphodon"});
    let good = world.token(claims.clone());
    let forged = format!("{}AAAA", &good[..good.len() - 4]);
    let unknown = SigningKey::other_rsa("Rhamphorhynchus").sign(&claims);
    let statuses = [(&good, 200), (&forged, 401), (&unknown, 401)];
    for (token, status) in statuses {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", &*bearer)];
        let answer = api.request("r-1", "GET", LIMITS, &headers, "").await;
        assert_eq!(answer.status.as_u16(), status);
    }
    let output = api.stop().await;

    let parts = |token: &str| token.split('.').map(ToOwned::to_owned).collect::<Vec<_>>();
    let signature = parts(&good)[2].clone();
    let words = [
        "Quetzalcoatlus",
        "Pteranodon",
        "Dimorphodon",
        "Rhamphorhynchus",
    ];
    for word in words.into_iter().chain([&*signature, &signature[..20]]) {
        assert_eq!(output.reveals(word), None, "{word}");
    }
}
