//! Each kind: what is found and how it is normalised, and what is left alone.

mod bic;
mod card;
mod coordinates;
mod crypto_address;
mod date;
mod domain;
mod email;
mod hash;
mod hashtag;
mod iban;
mod ip;
mod mac;
mod money;
mod percent;
mod phone;
mod quantity;
mod time;
mod url;
mod uuid;
mod vat;

use crate::support::{raws, values};

/// Texts with the one value that is found in each, and what of the text it stands for.
type Found<'a> = &'a [(&'a str, &'a str, &'a str)];

fn assert_found(kind: &str, cases: Found<'_>) {
    let wrong: Vec<_> = cases
        .iter()
        .map(|&(text, value, raw)| (text, (vec![value.into()], vec![raw.into()])))
        .map(|(text, expected)| (text, expected, (values(kind, text), raws(kind, text))))
        .filter(|(_, expected, found)| expected != found)
        .collect();
    assert!(
        wrong.is_empty(),
        "text, expected and found values and places: {wrong:#?}"
    );
}

fn assert_not_found(kind: &str, texts: &[&str]) {
    let wrong: Vec<_> = texts
        .iter()
        .map(|text| (text, raws(kind, text)))
        .filter(|(_, found)| !found.is_empty())
        .collect();
    assert!(
        wrong.is_empty(),
        "text and what was found in it: {wrong:#?}"
    );
}
