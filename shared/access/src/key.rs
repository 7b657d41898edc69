//! Keys as their holders have them.
//!
//! `dx_<id>_<secret><checksum>`: the id in 16 hexadecimal digits, the secret in 64 (256 random bits), and the CRC-32 of all that stands before
//! it in 8. So whoever searches for secrets that were published by mistake finds them by `dx_[0-9a-f]{16}_[0-9a-f]{72}`, and knows by the checksum
//! that it is one; and a key that was mistyped is known for it without a look at any table.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

const PREFIX: &str = "dx_";
const ID_BYTES: usize = 8;
const SECRET_BYTES: usize = 32;
const CHECKSUM_BYTES: usize = 4;
const CHARS: usize = PREFIX.len() + 2 * ID_BYTES + 1 + 2 * (SECRET_BYTES + CHECKSUM_BYTES);

/// What names a key, and is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; ID_BYTES]);

/// A key as its holder has it.
pub struct ApiKey {
    id: KeyId,
    secret: [u8; SECRET_BYTES],
}

/// What is kept of a key's secret: its SHA-256. A slow hash would protect no better what has 256 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyHash([u8; 32]);

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a key")]
pub struct MalformedKey;

impl ApiKey {
    /// What every key begins with.
    pub const PREFIX: &str = PREFIX;

    /// A new one, of the operating system's random bits.
    pub fn draw() -> Self {
        Self {
            id: KeyId(rand::random()),
            secret: rand::random(),
        }
    }

    /// What names it.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// What is to be kept of it.
    pub fn hash(&self) -> KeyHash {
        KeyHash(Sha256::digest(self.secret).into())
    }

    /// The key as its holder is given it: the one place where the secret is written out.
    pub fn reveal(&self) -> String {
        let mut text = format!("{PREFIX}{}_{}", self.id, hex(&self.secret));
        let checksum = hex(&crc32fast::hash(text.as_bytes()).to_be_bytes());
        text.push_str(&checksum);
        text
    }
}

impl FromStr for ApiKey {
    type Err = MalformedKey;

    fn from_str(text: &str) -> Result<Self, MalformedKey> {
        if text.len() != CHARS || !text.is_ascii() {
            return Err(MalformedKey);
        }
        let (body, checksum) = text.split_at(CHARS - 2 * CHECKSUM_BYTES);
        if unhex(checksum) != Some(crc32fast::hash(body.as_bytes()).to_be_bytes()) {
            return Err(MalformedKey);
        }
        let parts = body.strip_prefix(PREFIX).and_then(|it| it.split_once('_'));
        let (id, secret) = parts.ok_or(MalformedKey)?;
        Ok(Self {
            id: id.parse()?,
            secret: unhex(secret).ok_or(MalformedKey)?,
        })
    }
}

impl fmt::Debug for ApiKey {
    /// Without the secret.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ApiKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl KeyHash {
    /// Whether it is this key's, in the same time whatever the answer.
    pub fn is_of(&self, key: &ApiKey) -> bool {
        self.0.ct_eq(&key.hash().0).into()
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash of these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for KeyHash {
    /// Not even the hash.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("KeyHash").finish_non_exhaustive()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&hex(&self.0))
    }
}

impl FromStr for KeyId {
    type Err = MalformedKey;

    fn from_str(text: &str) -> Result<Self, MalformedKey> {
        unhex(text).map(Self).ok_or(MalformedKey)
    }
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes from as many pairs of lower-case digits: one spelling each.
fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

fn digit(char: u8) -> Option<u8> {
    match char {
        b'0'..=b'9' => Some(char - b'0'),
        b'a'..=b'f' => Some(char - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_from_what_its_holder_was_given_and_from_nothing_else() {
        let key = ApiKey::draw();
        let text = key.reveal();
        let read: ApiKey = text.parse().unwrap();
        assert_eq!(read.id(), key.id());
        assert!(key.hash().is_of(&read));
        for at in 0..text.len() {
            let mut wrong = text.clone();
            let other = if &text[at..=at] == "0" { "1" } else { "0" };
            wrong.replace_range(at..=at, other);
            assert!(wrong.parse::<ApiKey>().is_err(), "{at}");
        }
        for wrong in [
            "",
            "dx_",
            &text.to_uppercase(),
            &format!("{text} "),
            &text[1..],
        ] {
            assert!(wrong.parse::<ApiKey>().is_err(), "{wrong}");
        }
        let wide = format!("é{}", &text[2..]);
        assert!(wide.parse::<ApiKey>().is_err());
    }

    #[test]
    fn no_two_keys_are_alike_and_a_hash_fits_its_own_alone() {
        let (one, other) = (ApiKey::draw(), ApiKey::draw());
        assert_ne!(one.id(), other.id());
        assert!(!one.hash().is_of(&other));
    }

    #[test]
    fn what_is_secret_is_not_printed() {
        let key = ApiKey::draw();
        let printed = format!("{key:?} {:?}", key.hash());
        assert!(printed.contains(&format!("{:?}", key.id())));
        let secret = &key.reveal()[20..];
        assert!(!printed.contains(&secret[..8]));
        assert!(!printed.contains(&format!("{:?}", key.secret)));
    }

    #[test]
    fn whoever_searches_for_secrets_finds_it_by_its_shape() {
        let text = ApiKey::draw().reveal();
        let digits = |part: &str| part.bytes().all(|byte| digit(byte).is_some());
        let parts: Vec<&str> = text.split('_').collect();
        assert_eq!(parts[0], "dx");
        assert_eq!((parts[1].len(), parts[2].len(), parts.len()), (16, 72, 3));
        assert!(digits(parts[1]) && digits(parts[2]));
    }
}
