//! E-mail addresses.
//!
//! The value has its domain in lower case; the local part is left as it is written, for only its
//! own server knows whether case matters there. Letters of scripts written without spaces end an
//! address (`a@test.comまで`).

use linkify::{LinkFinder, LinkKind};
use plan::EntityKind;

use super::boundary::{is_typographic, is_unspaced};
use super::search::{Finding, Search};
use crate::Span;
use crate::watch::Interrupted;

/// Longest local part and longest address, in bytes (RFC 5321).
const MAX_LOCAL: usize = 64;
const MAX_ADDRESS: usize = 254;

/// Endings of file names, for `logo@2x.png` is no address. None is a top-level domain.
const FILE_ENDINGS: [&str; 17] = [
    "avif", "bmp", "css", "gif", "htm", "html", "jpeg", "jpg", "js", "json", "pdf", "png", "svg",
    "tiff", "webp", "xml", "yaml",
];

pub(super) fn find(search: &mut Search<'_>) -> Result<(), Interrupted> {
    let window = search.window();
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Email]);

    let mut start = window.from;
    for part in window.text[window.from..].split(|c| is_unspaced(c) || is_typographic(c)) {
        for link in finder.links(part) {
            search.step()?;
            if let Some(finding) = read(window.text, start + link.start()..start + link.end()) {
                search.add(finding);
            }
        }
        start += part.len();
        start += window.text[start..]
            .chars()
            .next()
            .map_or(0, char::len_utf8);
    }
    Ok(())
}

fn read(text: &str, place: Span) -> Option<Finding> {
    let (local, domain) = text[place.clone()].split_once('@')?;
    let local = without_wrapping(local);
    let start = place.start + text[place.clone()].find('@')? - local.len();
    let fits = local.len() <= MAX_LOCAL && local.len() + 1 + domain.len() <= MAX_ADDRESS;
    let ending = domain.rsplit('.').next()?.to_lowercase();
    let file = FILE_ENDINGS.contains(&ending.as_str());
    (!local.is_empty() && fits && !file && is_domain(domain)).then(|| {
        let value = format!("{local}@{}", domain.to_lowercase());
        Finding::new(EntityKind::Email, value, start..place.end)
    })
}

/// The local part without what may legally be part of it, but rather belongs to the text around it:
/// quotes, emphasis, `mail=`, `/path/`.
fn without_wrapping(local: &str) -> &str {
    let wrapping = |c| "/=?&|{}`*".contains(c);
    let inner = local.rsplit(wrapping).next().unwrap_or(local);
    inner.trim_start_matches(|c| "'.~-%+#$^!".contains(c))
}

/// Whether a mail server may have this name: labels of legal length, valid as an international
/// name.
fn is_domain(domain: &str) -> bool {
    domain
        .split('.')
        .all(|label| (1..=63).contains(&label.len()))
        && matches!(url::Host::parse(domain), Ok(url::Host::Domain(_)))
}
