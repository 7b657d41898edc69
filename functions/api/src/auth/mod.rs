//! Who calls, and what is permitted to them.
//!
//! - [`Auth`] says who a request comes from: by a key, by a token of an identity provider, or nobody asks ([`AuthSettings`]).
//! - [`gate()`] stands before every operation that needs a caller: `router` names the scope beside the operation. What passes finds its
//!   [`Caller`](crate::caller::Caller) among the request's extensions, and there is no other way to a tenant.
//! - [`operators_only`] stands before what is no operation, and tells of all tenants.
//! - `keys` knows keys for a minute, so that they cost one read a minute, and a revoked one is good for no longer.
//! - `refusal` is what is answered to whoever does not pass.

mod gate;
mod jwt;
mod keys;
mod operators;
mod refusal;
mod settings;

use std::sync::Arc;

use access::{Actor, ApiKey, Identity, Scopes};
use http::{HeaderMap, HeaderName, header};
use job::Tenant;
use service::Clock;
use store::ApiKeys;

pub(crate) use gate::{Gate, gate};
pub(crate) use jwt::MAX_TOKEN_BYTES;
pub use jwt::SettingsError as AuthSettingsError;
pub(crate) use operators::operators_only;
pub(crate) use refusal::{forbidden, foreign_tenant, operators_alone, unauthenticated};
pub use settings::AuthSettings;

use self::jwt::{Jwt, Refused};
use self::keys::KeyCache;
use self::refusal::{ambiguous, invalid, invalid_key};
use crate::problem::Problem;

/// The header in which a key may stand, in the place of `Authorization: Bearer`.
pub(crate) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Says who calls. Cheap to clone; the clones share what they know of keys.
#[derive(Debug, Clone)]
pub struct Auth(Arc<Mode>);

#[derive(Debug)]
enum Mode {
    /// Everybody may do everything, as the tenant of an installation that has only one.
    Open,
    /// Callers have keys.
    Keys(KeyCache),
    /// Callers have keys, or tokens of an identity provider.
    KeysAndTokens(KeyCache, Jwt),
}

impl Auth {
    /// Callers as the settings ask for them, with these keys, by this clock.
    pub fn new(settings: AuthSettings, keys: ApiKeys, clock: Clock) -> Self {
        Self(Arc::new(match settings {
            AuthSettings::Open => Mode::Open,
            AuthSettings::Keys => Mode::Keys(KeyCache::new(keys, clock)),
            AuthSettings::KeysAndTokens(tokens) => {
                let tokens = Jwt::new(*tokens, clock.clone());
                Mode::KeysAndTokens(KeyCache::new(keys, clock), tokens)
            }
        }))
    }

    /// Nobody is asked who they are.
    pub fn open() -> Self {
        Self(Arc::new(Mode::Open))
    }

    /// How callers are known, by the name that settings give it.
    pub(crate) fn mode(&self) -> &'static str {
        match &*self.0 {
            Mode::Open => "open",
            Mode::Keys(_) => "keys",
            Mode::KeysAndTokens(..) => "keys+jwt",
        }
    }

    /// Who sent a request with these headers.
    pub(crate) async fn identify(&self, headers: &HeaderMap) -> Result<Identity, Problem> {
        match &*self.0 {
            Mode::Open => Ok(anybody()),
            Mode::Keys(keys) => {
                let key: ApiKey = credential(headers)?.parse().map_err(|_| invalid_key())?;
                keys.identify(&key).await
            }
            Mode::KeysAndTokens(keys, tokens) => {
                let credential = credential(headers)?;
                if let Ok(key) = credential.parse() {
                    return keys.identify(&key).await;
                }
                if credential.starts_with(ApiKey::PREFIX) {
                    return Err(invalid_key());
                }
                tokens
                    .identify(credential)
                    .await
                    .map_err(|refused| match refused {
                        Refused::Invalid(why) => invalid(why),
                        Refused::Unavailable(cause) => Problem::unavailable(cause),
                    })
            }
        }
    }

    /// Whether what was said of this caller still holds: for whoever waits, or gets one answer for long.
    pub(crate) async fn still_holds(&self, identity: &Identity) -> Result<(), Problem> {
        match (&*self.0, &identity.actor) {
            (Mode::Keys(keys) | Mode::KeysAndTokens(keys, _), Actor::Key(id)) => {
                keys.still_holds(*id).await
            }
            (Mode::KeysAndTokens(keys, _), _) if keys.is_over(identity.until) => {
                Err(invalid("The token's time is over."))
            }
            _ => Ok(()),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "who is not asked belongs to the one tenant that there is"
)]
fn anybody() -> Identity {
    Identity {
        actor: Actor::Anybody,
        tenant: Tenant::sole(),
        scopes: Scopes::ALL,
        until: None,
    }
}

/// What the caller shows: a key or a token. A gateway's own `Authorization`, such as a signature, is none.
fn credential(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut shown = None;
    for value in headers.get_all(header::AUTHORIZATION) {
        let Some((scheme, token)) = value.to_str().ok().and_then(|it| it.split_once(' ')) else {
            continue;
        };
        if scheme.eq_ignore_ascii_case("bearer") {
            one(&mut shown, token.trim())?;
        }
    }
    for value in headers.get_all(API_KEY) {
        one(
            &mut shown,
            value.to_str().map_err(|_| invalid_key())?.trim(),
        )?;
    }
    shown.ok_or_else(unauthenticated)
}

/// The same twice is no contradiction: clients that know both headers send both.
fn one<'a>(shown: &mut Option<&'a str>, credential: &'a str) -> Result<(), Problem> {
    match shown.replace(credential) {
        Some(before) if before != credential => Err(ambiguous()),
        _ => Ok(()),
    }
}
