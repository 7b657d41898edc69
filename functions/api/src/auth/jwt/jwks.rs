//! An issuer's keys (JWK set, RFC 7517): where they are, and which of them are good for anything.

use std::time::Duration;

use http::Uri;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::timeout;

use super::settings::{Source, is_plain, trusted_url};
use super::token::{Token, name};
use super::{Refused, fetch};

/// How long fetching keys may take, the description that says where they are included.
const FETCH_TIME: Duration = Duration::from_secs(5);

/// The most keys that are kept of an issuer's.
const MAX_KEYS: usize = 50;

/// Those of an issuer's keys that tokens can be signed with.
#[derive(Debug)]
pub(super) struct KeySet(Vec<Key>);

#[derive(Debug)]
struct Key {
    kid: Option<String>,
    key: DecodingKey,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

/// What is read of an issuer's description of itself (OIDC Discovery 1.0, section 3).
#[derive(Deserialize)]
struct Description {
    issuer: String,
    jwks_uri: String,
}

impl KeySet {
    /// Fetches the keys for this algorithm, or says in words for the log why they cannot be had.
    pub(super) async fn fetch(source: &Source, algorithm: Algorithm) -> Result<Self, String> {
        let fetched = async {
            let body = match source {
                Source::Keys(url) => fetch::get(url).await?,
                Source::Discovery { issuer, url } => {
                    fetch::get(&discover(issuer, url).await?).await?
                }
            };
            Self::read(&body, algorithm)
        };
        let late = || format!("they were not there within {} s", FETCH_TIME.as_secs());
        timeout(FETCH_TIME, fetched).await.map_err(|_| late())?
    }

    fn read(body: &[u8], algorithm: Algorithm) -> Result<Self, String> {
        let published: Published =
            serde_json::from_slice(body).map_err(|_| "what is there is no set of keys")?;
        let jwks = published.keys.into_iter();
        let jwks = jwks.filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
        let keys = jwks.filter(|jwk| fits(jwk, algorithm)).filter_map(|jwk| {
            let key = DecodingKey::from_jwk(&jwk).ok()?;
            let kid = jwk.common.key_id;
            Some(Key { kid, key })
        });
        let keys: Vec<Key> = keys.take(MAX_KEYS).collect();
        if keys.is_empty() {
            tracing::warn!(
                algorithm = name(algorithm),
                "The issuer of tokens publishes no key for the algorithm that is asked for"
            );
        }
        Ok(Self(keys))
    }

    /// Whether a key of this name is among them.
    pub(super) fn has(&self, kid: &str) -> bool {
        self.find(Some(kid)).is_some()
    }

    /// Checks that a token is signed with the one of them that it names, or with the only one.
    pub(super) fn check(&self, token: &Token<'_>) -> Result<(), Refused> {
        let Some(Key { key, .. }) = self.find(token.kid()) else {
            return Err(Refused::Invalid(match token.kid() {
                Some(_) => "The token is signed with a key that its issuer does not publish.",
                None => {
                    "The token does not say which of its issuer's keys it is signed with (`kid`)."
                }
            }));
        };
        let forged = Refused::Invalid("The token's signature does not fit.");
        token.is_signed_with(key).then_some(()).ok_or(forged)
    }

    fn find(&self, kid: Option<&str>) -> Option<&Key> {
        match (kid, self.0.as_slice()) {
            (Some(_), keys) => keys.iter().find(|key| key.kid.as_deref() == kid),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }
}

/// Where an issuer's own description says that its keys are.
async fn discover(issuer: &str, url: &Uri) -> Result<Uri, String> {
    let body = fetch::get(url).await?;
    let description: Description = serde_json::from_slice(&body).map_err(
        |_| "the issuer's openid-configuration is no description with `issuer` and `jwks_uri`",
    )?;
    if description.issuer != issuer {
        return Err(
            "the issuer's openid-configuration names another issuer than JWT_ISSUER".to_owned(),
        );
    }
    // Whoever is asked over TLS cannot send us to what listens on this machine.
    let trusted = trusted_url(&description.jwks_uri);
    let trusted = trusted.filter(|keys| is_plain(url) || !is_plain(keys));
    trusted
        .ok_or_else(|| "`jwks_uri` in the issuer's openid-configuration is no https URL".to_owned())
}

/// Whether a key is one for signatures by this algorithm. `kty` and `crv` decide; `use`, `key_ops` and `alg` may only rule out.
fn fits(jwk: &Jwk, algorithm: Algorithm) -> bool {
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    let of_its_kind = match (&jwk.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), RS256 | RS384 | RS512 | PS256 | PS384 | PS512) => true,
        (AlgorithmParameters::EllipticCurve(key), ES256) => key.curve == EllipticCurve::P256,
        (AlgorithmParameters::EllipticCurve(key), ES384) => key.curve == EllipticCurve::P384,
        (AlgorithmParameters::OctetKeyPair(key), EdDSA) => key.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    let common = &jwk.common;
    let for_it = common
        .key_algorithm
        .is_none_or(|of| of.to_string() == name(algorithm));
    let uses = common.public_key_use.as_ref();
    let operations = common.key_operations.as_ref();
    of_its_kind
        && for_it
        && uses.is_none_or(|it| *it == PublicKeyUse::Signature)
        && operations.is_none_or(|they| they.contains(&KeyOperations::Verify))
}
