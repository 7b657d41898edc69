//! The language of a text: what the document says, else what its words look like.

use std::collections::BTreeMap;

use serde_json::Value;
use whatlang::Lang;

/// Characters that a guess rests on, at most.
const SAMPLE_CHARS: usize = 4_000;

/// The language as a tag of BCP 47; none where neither the document nor its words make it clear.
pub(super) fn language(metadata: &BTreeMap<String, Value>, text: &str) -> Option<String> {
    let stated = metadata.get("language").and_then(Value::as_str);
    stated.and_then(tag).or_else(|| guess(text))
}

/// What a document states, in the usual spelling: `en_us` is `en-US`. None if it is no tag.
fn tag(stated: &str) -> Option<String> {
    let stated = stated.trim().replace('_', "-");
    let mut parts = stated.split('-');
    let language = parts.next().filter(|it| (2..=3).contains(&it.len()))?;
    let all_fit = |part: &str| (1..=8).contains(&part.len()) && is_alphanumeric(part);
    if !language.bytes().all(|it| it.is_ascii_alphabetic()) || !parts.clone().all(all_fit) {
        return None;
    }
    let mut tag = language.to_ascii_lowercase();
    for part in parts {
        tag.push('-');
        match part.len() {
            2 => tag.push_str(&part.to_ascii_uppercase()),
            4 => {
                let (first, rest) = part.split_at(1);
                tag.push_str(&first.to_ascii_uppercase());
                tag.push_str(&rest.to_ascii_lowercase());
            }
            _ => tag.push_str(&part.to_ascii_lowercase()),
        }
    }
    Some(tag)
}

fn is_alphanumeric(part: &str) -> bool {
    part.bytes().all(|it| it.is_ascii_alphanumeric())
}

fn guess(text: &str) -> Option<String> {
    let end = text
        .char_indices()
        .nth(SAMPLE_CHARS)
        .map_or(text.len(), |(at, _)| at);
    let found = whatlang::detect(&text[..end])?;
    found.is_reliable().then(|| short(found.lang()).to_owned())
}

/// The tag of a language: its code of two letters in ISO 639-1.
fn short(lang: Lang) -> &'static str {
    match lang {
        Lang::Afr => "af",
        Lang::Aka => "ak",
        Lang::Amh => "am",
        Lang::Ara => "ar",
        Lang::Aze => "az",
        Lang::Bel => "be",
        Lang::Ben => "bn",
        Lang::Bul => "bg",
        Lang::Cat => "ca",
        Lang::Ces => "cs",
        Lang::Cmn => "zh",
        Lang::Cym => "cy",
        Lang::Dan => "da",
        Lang::Deu => "de",
        Lang::Ell => "el",
        Lang::Eng => "en",
        Lang::Epo => "eo",
        Lang::Est => "et",
        Lang::Fin => "fi",
        Lang::Fra => "fr",
        Lang::Guj => "gu",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Hrv => "hr",
        Lang::Hun => "hu",
        Lang::Hye => "hy",
        Lang::Ind => "id",
        Lang::Ita => "it",
        Lang::Jav => "jv",
        Lang::Jpn => "ja",
        Lang::Kan => "kn",
        Lang::Kat => "ka",
        Lang::Khm => "km",
        Lang::Kor => "ko",
        Lang::Lat => "la",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Mal => "ml",
        Lang::Mar => "mr",
        Lang::Mkd => "mk",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Nld => "nl",
        Lang::Nob => "nb",
        Lang::Ori => "or",
        Lang::Pan => "pa",
        Lang::Pes => "fa",
        Lang::Pol => "pl",
        Lang::Por => "pt",
        Lang::Ron => "ro",
        Lang::Rus => "ru",
        Lang::Sin => "si",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Sna => "sn",
        Lang::Spa => "es",
        Lang::Srp => "sr",
        Lang::Swe => "sv",
        Lang::Tam => "ta",
        Lang::Tel => "te",
        Lang::Tgl => "tl",
        Lang::Tha => "th",
        Lang::Tuk => "tk",
        Lang::Tur => "tr",
        Lang::Ukr => "uk",
        Lang::Urd => "ur",
        Lang::Uzb => "uz",
        Lang::Vie => "vi",
        Lang::Yid => "yi",
        Lang::Zul => "zu",
    }
}
