//! Where the end of a job is to be told.

use serde_json::value::RawValue;

use super::elsewhere;
use crate::problem::{Flaws, Place};

/// Reads the `webhook` of a request: an object with a URL.
pub(super) fn read(value: &RawValue, flaws: &mut Flaws) -> Option<String> {
    let Ok(object) = serde_json::from_str(value.get()) else {
        flaws.add(
            Place::Pointer("/webhook".to_owned()),
            "A webhook is an object such as {\"url\": \"https://example.org/hook\"}.",
        );
        return None;
    };
    let [url] = super::json::members("/webhook", object, ["url"], flaws)?;
    let at = || Place::Pointer("/webhook/url".to_owned());
    let Some(url) = url.and_then(|url| serde_json::from_str::<String>(url.get()).ok()) else {
        flaws.add(
            at(),
            "The URL is missing: a string such as \"https://example.org/hook\".",
        );
        return None;
    };
    elsewhere::url(&url)
        .map_err(|detail| flaws.add(at(), detail))
        .ok()
}
