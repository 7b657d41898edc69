//! Signatures, by Standard Webhooks: HMAC-SHA256 of id, time and body, one for each secret that signs now.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use store::webhooks::Secret;

/// The value of the header `webhook-signature`.
pub(crate) fn signatures(
    secrets: &[Secret],
    event_id: &str,
    now: Timestamp,
    body: &[u8],
) -> String {
    let signed = |secret: &Secret| {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&secret.key).expect("a key of any length will do");
        mac.update(format!("{event_id}.{}.", now.as_second()).as_bytes());
        mac.update(body);
        let code = mac.finalize().into_bytes();
        format!("v1,{}", BASE64_STANDARD.encode(code))
    };
    let signatures: Vec<String> = secrets.iter().map(signed).collect();
    signatures.join(" ")
}
