//! Tokens of an issuer on loopback.

mod claims;
mod keys;
mod signatures;

use std::time::Duration;

use access::Identity;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use service::Clock;
use testkit::{Issuer, SigningKey};

use super::{Jwt, Refused, Settings};

/// An issuer, and whoever trusts it.
struct World {
    issuer: Issuer,
    key: SigningKey,
    jwt: Jwt,
    clock: Clock,
}

impl World {
    /// An issuer with one key of RSA.
    async fn start() -> Self {
        Self::with(&[]).await
    }

    /// The same, trusted by other settings.
    async fn with(settings: &[(&str, &str)]) -> Self {
        Self::signing(SigningKey::rsa("first", Algorithm::RS256), settings).await
    }

    /// An issuer that signs with this key.
    async fn signing(key: SigningKey, settings: &[(&str, &str)]) -> Self {
        let issuer = Issuer::start(&[&key]).await;
        let clock = Clock::system();
        let jwt = Jwt::new(read(&issuer, settings), clock.clone());
        Self {
            issuer,
            key,
            jwt,
            clock,
        }
    }

    /// A token as it should be, but for these claims; null takes one away.
    fn token(&self, claims: Value) -> String {
        self.key.sign(&self.claims(claims))
    }

    fn claims(&self, claims: Value) -> Value {
        self.issuer.claims(self.clock.now(), claims)
    }

    /// Whose a token with these claims is.
    async fn identify(&self, claims: Value) -> Result<Identity, Refused> {
        self.jwt.identify(&self.token(claims)).await
    }

    /// Whether a plain token is good now.
    async fn lets_in(&self, key: &SigningKey) -> bool {
        let token = key.sign(&self.claims(json!({})));
        self.jwt.identify(&token).await.is_ok()
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

fn read(issuer: &Issuer, more: &[(&str, &str)]) -> Settings {
    let settings = issuer.settings();
    let get = |variable: &str| {
        let more = more.iter().find(|(name, _)| *name == variable);
        let usual = || settings.iter().find(|(name, _)| *name == variable);
        let value = more.map(|(_, value)| (*value).to_owned());
        value.or_else(|| usual().map(|(_, value)| value.clone()))
    };
    Settings::read(get).unwrap()
}

/// Why a token is refused.
fn words(answer: Result<Identity, Refused>) -> &'static str {
    match answer {
        Err(Refused::Invalid(why)) => why,
        other => panic!("{other:?}"),
    }
}
