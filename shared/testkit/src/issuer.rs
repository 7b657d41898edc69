//! An identity provider.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use http::header::LOCATION;
use jiff::Timestamp;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{OwnedRwLockWriteGuard, RwLock, watch};
use tokio::task::JoinHandle;

/// An identity provider on loopback that publishes keys, and counts how often it is asked for them.
pub struct Issuer {
    /// What stands in its tokens' `iss`: where it is.
    pub url: String,
    state: Arc<Published>,
    server: JoinHandle<()>,
}

/// A key of an issuer's. They are made for tests and fixed: drawing one takes a second.
#[derive(Clone)]
pub struct SigningKey {
    kid: String,
    algorithm: Algorithm,
    key: EncodingKey,
    jwk: Value,
}

struct Published {
    description: Mutex<Value>,
    keys: Mutex<Answer>,
    /// How often it was asked for its keys.
    fetches: watch::Sender<usize>,
    /// Whoever writes keeps all answers back.
    gate: Arc<RwLock<()>>,
}

/// What an issuer says when it is asked for its keys.
#[derive(Debug, Clone)]
enum Answer {
    Body(Vec<u8>),
    Status(u16),
    Redirect(String),
}

impl Issuer {
    /// The audience of the tokens that it issues.
    pub const AUDIENCE: &str = "scan";

    /// Starts one that publishes these keys.
    pub async fn start(keys: &[&SigningKey]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let description = json!({"issuer": &url, "jwks_uri": format!("{url}/keys")});
        let state = Arc::new(Published {
            description: Mutex::new(description),
            keys: Mutex::new(Answer::Body(set_of(keys))),
            fetches: watch::Sender::new(0),
            gate: Arc::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(hand_out))
            .with_state(state.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, state, server }
    }

    /// The settings of whoever trusts it.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("JWT_ISSUER", self.url.clone()),
            ("JWT_AUDIENCE", Self::AUDIENCE.to_owned()),
        ]
    }

    /// Claims of a token that is good for five minutes from now.
    pub fn claims(&self, now: Timestamp, more: Value) -> Value {
        let now = now.as_second();
        let mut claims = json!({
            "iss": &self.url, "aud": Self::AUDIENCE, "sub": "ann", "iat": now, "exp": now + 300, "tenant": "acme", "scope": "scan:read",
        });
        let Value::Object(more) = more else {
            panic!("claims are an object: {more}")
        };
        for (name, value) in more {
            // A null takes a claim away.
            match value {
                Value::Null => claims.as_object_mut().unwrap().shift_remove(&name),
                value => claims.as_object_mut().unwrap().insert(name, value),
            };
        }
        claims
    }

    /// From now on it publishes these keys.
    pub fn publish(&self, keys: &[&SigningKey]) {
        self.answer(Answer::Body(set_of(keys)));
    }

    /// From now on this is the text of what it publishes.
    pub fn publish_text(&self, text: impl Into<Vec<u8>>) {
        self.answer(Answer::Body(text.into()));
    }

    /// From now on it answers with this status.
    pub fn fail(&self, status: u16) {
        self.answer(Answer::Status(status));
    }

    /// From now on it says that its keys are elsewhere.
    pub fn redirect(&self, to: &str) {
        self.answer(Answer::Redirect(to.to_owned()));
    }

    /// Keeps back what it says of its keys until this is dropped.
    pub async fn hold(&self) -> OwnedRwLockWriteGuard<()> {
        self.state.gate.clone().write_owned().await
    }

    /// From now on it describes itself so.
    pub fn describe(&self, description: Value) {
        *self.state.description.lock().unwrap() = description;
    }

    /// How often it was asked for its keys.
    pub fn fetches(&self) -> usize {
        *self.state.fetches.borrow()
    }

    /// Waits until it was asked so often.
    pub async fn asked(&self, times: usize) {
        let mut fetches = self.state.fetches.subscribe();
        fetches.wait_for(|count| *count >= times).await.unwrap();
    }

    fn answer(&self, answer: Answer) {
        *self.state.keys.lock().unwrap() = answer;
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl SigningKey {
    /// A key of RSA, for this algorithm of RSA's.
    pub fn rsa(kid: &str, algorithm: Algorithm) -> Self {
        let key = EncodingKey::from_rsa_der(include_bytes!("../keys/rsa.der"));
        Self::with_public_half(kid, algorithm, key)
    }

    /// Another key of RSA, for RS256.
    pub fn other_rsa(kid: &str) -> Self {
        let key = EncodingKey::from_rsa_der(include_bytes!("../keys/rsa-other.der"));
        Self::with_public_half(kid, Algorithm::RS256, key)
    }

    /// A key of the curve P-256, for ES256.
    pub fn p256(kid: &str) -> Self {
        let key = EncodingKey::from_ec_der(include_bytes!("../keys/p256.der"));
        Self::with_public_half(kid, Algorithm::ES256, key)
    }

    /// A key of the curve P-384, for ES384.
    pub fn p384(kid: &str) -> Self {
        let key = EncodingKey::from_ec_der(include_bytes!("../keys/p384.der"));
        Self::with_public_half(kid, Algorithm::ES384, key)
    }

    /// A key of the curve Ed25519, for `EdDSA`.
    pub fn ed25519(kid: &str) -> Self {
        let x = "3gc6GwQqbCln24JaEKaAo-PvydDOXsiEl9dItsdqbYU";
        Self {
            kid: kid.to_owned(),
            algorithm: Algorithm::EdDSA,
            key: EncodingKey::from_ed_der(include_bytes!("../keys/ed25519.der")),
            jwk: json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid, "alg": "EdDSA", "use": "sig"}),
        }
    }

    fn with_public_half(kid: &str, algorithm: Algorithm, key: EncodingKey) -> Self {
        let jwk = Jwk::from_encoding_key(&key, algorithm).unwrap();
        let mut jwk = serde_json::to_value(jwk).unwrap();
        jwk["kid"] = kid.into();
        jwk["use"] = "sig".into();
        Self {
            kid: kid.to_owned(),
            algorithm,
            key,
            jwk,
        }
    }

    /// Its public half, as an issuer publishes it.
    pub fn jwk(&self) -> Value {
        self.jwk.clone()
    }

    /// The same key, published otherwise: a null takes a member away.
    #[must_use]
    pub fn published_with(mut self, member: &str, value: Value) -> Self {
        let jwk = self.jwk.as_object_mut().unwrap();
        match value {
            Value::Null => jwk.shift_remove(member),
            value => jwk.insert(member.to_owned(), value),
        };
        self
    }

    /// The header of its tokens.
    pub fn header(&self) -> Value {
        json!({"alg": format!("{:?}", self.algorithm), "kid": self.kid, "typ": "JWT"})
    }

    /// A token with these claims.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_as(&self.header(), claims)
    }

    /// A token with these claims, whose header says this.
    pub fn sign_as(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let signature = crypto::sign(message.as_bytes(), &self.key, self.algorithm).unwrap();
        format!("{message}.{signature}")
    }

    /// A token that is signed with the published half of this key as a shared secret (HS256), as a forger would.
    pub fn sign_by_public_half(&self, claims: &Value) -> String {
        let secret = self.jwk["n"].as_str().unwrap();
        let secret = URL_SAFE_NO_PAD.decode(secret).unwrap();
        let header = json!({"alg": "HS256", "kid": self.kid, "typ": "JWT"});
        let message = message(&header, claims);
        let secret = EncodingKey::from_secret(&secret);
        let signature = crypto::sign(message.as_bytes(), &secret, Algorithm::HS256).unwrap();
        format!("{message}.{signature}")
    }
}

/// What is signed.
fn message(header: &Value, claims: &Value) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}", part(header), part(claims))
}

fn set_of(keys: &[&SigningKey]) -> Vec<u8> {
    let keys: Vec<&Value> = keys.iter().map(|key| &key.jwk).collect();
    json!({ "keys": keys }).to_string().into_bytes()
}

async fn describe(State(state): State<Arc<Published>>) -> String {
    state.description.lock().unwrap().to_string()
}

/// As text: nobody should ask for the type.
async fn hand_out(State(state): State<Arc<Published>>) -> Response {
    state.fetches.send_modify(|count| *count += 1);
    let _open = state.gate.read().await;
    let answer = state.keys.lock().unwrap().clone();
    let response = Response::builder();
    let response = match answer {
        Answer::Body(body) => response.body(Body::from(body)),
        Answer::Status(status) => response.status(status).body(Body::empty()),
        Answer::Redirect(to) => response
            .status(StatusCode::FOUND)
            .header(LOCATION, to)
            .body(Body::empty()),
    };
    response.unwrap()
}
