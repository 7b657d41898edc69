//! What an HTML document says of itself.

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

use super::tree::{Element, Tree};
use crate::read::date::rfc3339;
use crate::read::flow::folded;

/// Names of `meta` elements kept at most; real documents have a few dozen.
const MAX_NAMES: usize = 1000;

/// The common names and where they come from, the first that is there wins. `<title>`, `<html
/// lang>` and `<link rel=canonical>` stand under `<…>`.
const SOURCES: [(&str, &[&str]); 12] = [
    (
        "title",
        &[
            "<title>",
            "og:title",
            "dc.title",
            "dcterms.title",
            "twitter:title",
            "citation_title",
        ],
    ),
    (
        "description",
        &[
            "description",
            "og:description",
            "dc.description",
            "twitter:description",
        ],
    ),
    (
        "author",
        &[
            "author",
            "article:author",
            "dc.creator",
            "dcterms.creator",
            "citation_author",
        ],
    ),
    ("subject", &["subject", "dc.subject", "dcterms.subject"]),
    (
        "publisher",
        &[
            "publisher",
            "dc.publisher",
            "dcterms.publisher",
            "og:site_name",
        ],
    ),
    (
        "rights",
        &["rights", "dc.rights", "dcterms.rights", "copyright"],
    ),
    ("keywords", &["keywords"]),
    ("generator", &["generator"]),
    (
        "language",
        &[
            "<html lang>",
            "content-language",
            "dc.language",
            "og:locale",
        ],
    ),
    (
        "created",
        &[
            "article:published_time",
            "datepublished",
            "dcterms.created",
            "dc.date",
            "dcterms.date",
            "date",
            "pubdate",
            "citation_publication_date",
        ],
    ),
    (
        "modified",
        &[
            "article:modified_time",
            "datemodified",
            "dcterms.modified",
            "article:modified",
            "og:updated_time",
            "last-modified",
        ],
    ),
    ("canonical", &[CANONICAL, "og:url"]),
];

/// What stands in the head.
pub(super) struct Head {
    /// Against which links are resolved: what the document says its base is, else what it says its own address is.
    pub(super) base: Option<Url>,
    pub(super) metadata: BTreeMap<String, Value>,
}

impl Head {
    pub(super) fn of(tree: &Tree) -> Self {
        let mut said: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut say = |name: &str, value: &str| {
            let (name, value) = (name.trim().to_ascii_lowercase(), folded(value));
            if !name.is_empty()
                && !value.is_empty()
                && (said.len() < MAX_NAMES || said.contains_key(&name))
            {
                said.entry(name).or_default().push(value);
            }
        };
        let (mut base, mut canonical) = (None, None);
        for (node, element) in tree.elements().filter(|(_, element)| element.is_html()) {
            let attribute = |name| element.attribute(name).unwrap_or_default();
            match element.name() {
                "base" if base.is_none() => base = element.attribute("href"),
                "html" => say("<html lang>", attribute("lang")),
                "link" if canonical.is_none() && is_canonical(attribute("rel")) => {
                    canonical = element.attribute("href");
                }
                "meta" => say(meta_name(element), attribute("content")),
                "title" => say("<title>", &tree.own_text(node)),
                _ => {}
            }
        }
        let canonical = canonical.map(folded).filter(|href| !href.is_empty());
        if let Some(canonical) = canonical {
            said.insert(CANONICAL.into(), vec![canonical]);
        }
        let address = [CANONICAL, "og:url"];
        let address = address.iter().find_map(|&name| said.get(name)?.first());
        let address = address.and_then(|address| Url::parse(address).ok());
        let base = base.and_then(|base| resolved(address.as_ref(), base.trim()));
        let base = base.or(address);
        Self {
            metadata: metadata(said, base.as_ref()),
            base,
        }
    }
}

/// Where the address that a document states is kept.
const CANONICAL: &str = "<link rel=canonical>";

fn is_canonical(rel: &str) -> bool {
    let mut words = rel.split_ascii_whitespace();
    words.any(|word| word.eq_ignore_ascii_case("canonical"))
}

fn resolved(base: Option<&Url>, href: &str) -> Option<Url> {
    match base {
        Some(base) => base.join(href).ok(),
        None => Url::parse(href).ok(),
    }
}

fn meta_name(element: &Element) -> &str {
    ["property", "name", "itemprop", "http-equiv"]
        .into_iter()
        .find_map(|name| element.attribute(name))
        .unwrap_or_default()
}

fn metadata(said: BTreeMap<String, Vec<String>>, base: Option<&Url>) -> BTreeMap<String, Value> {
    let mut metadata = BTreeMap::new();
    for (name, sources) in SOURCES {
        let Some(value) = sources.iter().find_map(|&source| said.get(source)?.first()) else {
            continue;
        };
        let value = match name {
            "keywords" => keywords(value),
            "created" | "modified" => rfc3339(value).unwrap_or_else(|| value.clone()).into(),
            "canonical" => resolved(base, value)
                .map_or_else(|| value.clone(), String::from)
                .into(),
            "language" => value.replace('_', "-").into(),
            _ => value.clone().into(),
        };
        metadata.insert(name.to_owned(), value);
    }
    // Vocabularies of their own (`og:`, `article:`, `dc.`, …) also stay under their own names.
    for (name, mut values) in said {
        let of_a_vocabulary = name.contains([':', '.']) || name.starts_with("citation_");
        if of_a_vocabulary && !name.starts_with('<') {
            let value = if values.len() == 1 {
                values.remove(0).into()
            } else {
                values.into()
            };
            metadata.insert(name, value);
        }
    }
    metadata
}

/// Key words, separated by commas or semicolons.
pub(in crate::read) fn keywords(written: &str) -> Value {
    written
        .split([',', ';'])
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .collect()
}
