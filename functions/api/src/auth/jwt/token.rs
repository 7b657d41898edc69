//! A token as it came (JWS compact serialization, RFC 7515): nothing of it is known to be true.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value};

use super::Refused;

/// Longest token that is looked at, in bytes.
pub(crate) const MAX_TOKEN_BYTES: usize = 16 << 10;

/// A token whose signature nobody has checked, signed by the one algorithm that is asked for, or so it says.
#[derive(Debug)]
pub(super) struct Token<'a> {
    /// The header and the claims, as they are signed.
    message: &'a str,
    claims: &'a str,
    signature: &'a str,
    kid: Option<String>,
    algorithm: Algorithm,
}

/// What is read of a header. `jku`, `jwk`, `x5u` and `x5c` would let a token say where its key comes from: they are not read at all.
#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<IgnoredAny>,
}

impl<'a> Token<'a> {
    /// Reads one that has to be signed by this algorithm.
    pub(super) fn read(text: &'a str, algorithm: Algorithm) -> Result<Self, Refused> {
        if text.len() > MAX_TOKEN_BYTES {
            return Err(Refused::Invalid("The token is longer than 16,384 bytes."));
        }
        let (message, signature) = text.rsplit_once('.').ok_or(NO_JWT)?;
        let (header, claims) = message.split_once('.').ok_or(NO_JWT)?;
        let header: Header = decode(header).ok_or(NO_JWT)?;
        if header.alg != name(algorithm) {
            return Err(Refused::Invalid(
                "The token is signed by another algorithm than the one that is accepted here.",
            ));
        }
        if header.crit.is_some() {
            return Err(Refused::Invalid(
                "The token's header asks (`crit`) for extensions that are not known here.",
            ));
        }
        if !header.typ.as_deref().is_none_or(names_a_caller) {
            return Err(Refused::Invalid(
                "The token is not of a kind (`typ`) that says who calls: `JWT`, or `at+jwt`.",
            ));
        }
        Ok(Self {
            message,
            claims,
            signature,
            kid: header.kid,
            algorithm,
        })
    }

    /// The key that it says it is signed with.
    pub(super) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether it is signed with this key.
    pub(super) fn is_signed_with(&self, key: &DecodingKey) -> bool {
        let message = self.message.as_bytes();
        // What is no signature at all is an error, and no less wrong.
        crypto::verify(self.signature, message, key, self.algorithm).unwrap_or(false)
    }

    /// What it claims.
    pub(super) fn claims(&self) -> Result<Map<String, Value>, Refused> {
        let unreadable = Refused::Invalid("The token's claims are no JSON object.");
        decode(self.claims).ok_or(unreadable)
    }
}

const NO_JWT: Refused = Refused::Invalid(
    "The token is neither a key nor a signed JWT: a header, claims and a signature, in base64url with dots between.",
);

/// An algorithm as headers and keys name it.
pub(super) fn name(algorithm: Algorithm) -> String {
    format!("{algorithm:?}")
}

/// Whether a token of this type may say who calls (RFC 7519, section 5.1; RFC 9068, section 2.1). What an issuer signs for another purpose, such
/// as a logout, says so here.
fn names_a_caller(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    let short = typ.strip_prefix("application/").unwrap_or(&typ);
    ["jwt", "at+jwt"].contains(&short)
}

fn decode<T: DeserializeOwned>(part: &str) -> Option<T> {
    let json = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&json).ok()
}
