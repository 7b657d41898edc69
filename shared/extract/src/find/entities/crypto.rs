//! Addresses of cryptocurrencies whose form has a checksum, checked by it: Bitcoin, Litecoin, Dogecoin, Tron, Ethereum.
//!
//! `network` says which. The value is as written, but in lower case where case carries nothing (bech32). An Ethereum
//! address in one case has no checksum and is taken by its form, one in mixed case must have the right one (EIP-55).

use std::sync::LazyLock;

use plan::EntityKind;
use regex::Regex;
use sha3::{Digest, Keccak256};

use super::boundary::stands_alone;
use super::search::{Finding, Search};
use crate::watch::Interrupted;

static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    let base58 = "[13LMDT][1-9A-HJ-NP-Za-km-z]{25,34}";
    let bech32 = "(?:bc1|ltc1)[02-9ac-hj-np-z]{8,87}|(?:BC1|LTC1)[02-9AC-HJ-NP-Z]{8,87}";
    let hex = "0x[0-9A-Fa-f]{40}";
    Regex::new(&format!(
        r"(?-u:\b)(?:(?P<bech32>{bech32})|(?P<hex>{hex})|(?P<base58>{base58}))(?-u:\b)"
    ))
    .expect("the pattern is valid")
});

const WRONG: &str = "Its checksum is wrong.";

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    search.each_match(&PATTERN, |text, captures| {
        let place = captures.get_match();
        let raw = place.as_str();
        if !stands_alone(text, &place.range()) {
            return None;
        }
        let (network, value, right) = if captures.name("bech32").is_some() {
            let network = if raw.to_ascii_lowercase().starts_with("bc") {
                "bitcoin"
            } else {
                "litecoin"
            };
            (
                network,
                raw.to_ascii_lowercase(),
                bech32::segwit::decode(raw).is_ok(),
            )
        } else if captures.name("hex").is_some() {
            ("ethereum", raw.to_owned(), has_right_case(&raw[2..]))
        } else {
            // Words and names have this form too: without the right checksum it is nothing.
            (base58_network(raw)?, raw.to_owned(), true)
        };
        let finding =
            Finding::new(EntityKind::CryptoAddress, value, place.range()).with("network", network);
        Some(if right {
            finding
        } else {
            finding.invalid(WRONG)
        })
    })
}

/// The network whose version byte the address begins with, if its checksum is right.
fn base58_network(raw: &str) -> Option<&'static str> {
    let payload = bs58::decode(raw).with_check(None).into_vec().ok()?;
    match (payload.len(), payload.first()?) {
        (21, 0x00 | 0x05) => Some("bitcoin"),
        (21, 0x30 | 0x32) => Some("litecoin"),
        (21, 0x1e) => Some("dogecoin"),
        (21, 0x41) => Some("tron"),
        _ => None,
    }
}

/// EIP-55: a letter is a capital where the digit at its place in the hash of the address is 8 or more.
fn has_right_case(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    if address == lower || address == address.to_ascii_uppercase() {
        return true;
    }
    let hash = format!("{:x}", Keccak256::digest(&lower));
    let mut pairs = address.chars().zip(hash.chars());
    pairs.all(|(c, digit)| {
        !c.is_ascii_alphabetic() || c.is_ascii_uppercase() == ('8'..='f').contains(&digit)
    })
}
