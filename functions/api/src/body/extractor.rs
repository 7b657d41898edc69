//! A saved extractor, named in the place of a list: `invoice`, or `invoice@3` for one of its versions.

use job::ExtractorName;

use crate::problem::Place;

/// A saved extractor that a request names. Whether there is one, the store knows.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Its name.
    pub(crate) name: ExtractorName,
    /// Its version; none is the latest.
    pub(crate) version: Option<u32>,
    /// Where the request says so.
    pub(crate) place: Place,
}

/// Reads what stands at this place.
pub(super) fn read(text: &str, place: &Place) -> Result<Asked, String> {
    let (name, version) = match text.split_once('@') {
        None => (text, None),
        Some((name, version)) => (name, Some(number(version))),
    };
    match (ExtractorName::new(name), version) {
        (Some(name), None) => Ok(Asked {
            name,
            version: None,
            place: place.clone(),
        }),
        (Some(name), Some(Some(version))) => Ok(Asked {
            name,
            version: Some(version),
            place: place.clone(),
        }),
        _ => Err("This names no saved extractor; one is named as `invoice`, or as `invoice@3` in one of its versions.".to_owned()),
    }
}

/// A version as it is written, and in no other way.
fn number(text: &str) -> Option<u32> {
    let digits = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}
