//! Callers that an identity provider vouches for: by a token (JWT, RFC 7519) that it signed.
//!
//! - `settings`: which tokens are good, and what their claims say.
//! - `token`: a token as it came, of which nothing is known to be true.
//! - `keys`: the provider's keys, as they were fetched last; `jwks`: which there are; `fetch`: how they come.
//! - `claims`: whom a token speaks of, once its signature is known to fit.
//!
//! **Invariant:** a token chooses neither its algorithm nor where its key comes from, and nothing of it reaches a log.

mod claims;
mod fetch;
mod jwks;
mod keys;
mod settings;
#[cfg(test)]
mod tests;
mod token;

use std::sync::Arc;

use access::Identity;
use service::Clock;

pub(super) use settings::Settings;
pub use settings::SettingsError;
pub(crate) use token::MAX_TOKEN_BYTES;

use keys::Keys;
use token::Token;

/// Tells whose a token is. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Jwt(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    settings: Settings,
    keys: Keys,
    clock: Clock,
}

/// Why a token says nothing of who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is no good, for this reason: words for the caller that hold nothing of the token.
    Invalid(&'static str),
    /// It cannot be told, for this reason: words for the log.
    Unavailable(String),
}

impl Jwt {
    /// Tells it of the tokens that these settings ask for. Fetches nothing before the first token.
    pub(crate) fn new(settings: Settings, clock: Clock) -> Self {
        let keys = Keys::new(settings.source.clone(), settings.algorithm, clock.clone());
        Self(Arc::new(Parts {
            settings,
            keys,
            clock,
        }))
    }

    /// The caller whose token this is.
    pub(crate) async fn identify(&self, token: &str) -> Result<Identity, Refused> {
        let Parts {
            settings,
            keys,
            clock,
        } = &*self.0;
        let token = Token::read(token, settings.algorithm)?;
        verify(&token, keys).await?;
        claims::identity(&token.claims()?, settings, clock.now())
    }
}

/// Checks a token's signature, if need be by keys that were published since we last looked.
async fn verify(token: &Token<'_>, keys: &Keys) -> Result<(), Refused> {
    let known = keys.current().await?;
    let checked = known.check(token);
    // A token that names no key may be signed with one that is not known yet.
    let names_known_key = token.kid().is_some_and(|kid| known.has(kid));
    if checked.is_ok() || names_known_key {
        return checked;
    }
    keys.newer_than(&known).await?.check(token)
}
