//! `OpenGraph` and Twitter cards: names and values in `meta` elements.

use serde_json::{Map, Value};

use super::{Finder, add};
use crate::{Error, Structured, Syntax};

/// The vocabularies that came with `OpenGraph`.
const OPEN_GRAPH: [&str; 8] = [
    "og:", "article:", "book:", "fb:", "music:", "product:", "profile:", "video:",
];

/// Properties that have properties: each is an object with its `url`, and there may be several.
const OBJECTS: [&str; 3] = ["og:image", "og:video", "og:audio"];

pub(super) fn find(finder: &mut Finder<'_>) -> Result<(), Error> {
    let tree = finder.tree;
    let (mut open_graph, mut twitter) = (Map::new(), Map::new());
    for (_, element) in tree
        .elements()
        .filter(|(_, element)| element.name() == "meta")
    {
        finder.watch.check()?;
        let name = element
            .attribute("property")
            .or_else(|| element.attribute("name"));
        let name = name.unwrap_or_default().trim().to_ascii_lowercase();
        let Some(content) = element.attribute("content").map(str::trim) else {
            continue;
        };
        let is_open_graph = OPEN_GRAPH.iter().any(|prefix| name.starts_with(prefix));
        if !is_open_graph && !name.starts_with("twitter:")
            || !finder.has_room(name.len() + content.len())
        {
            continue;
        }
        if is_open_graph {
            take(finder, &mut open_graph, &name, content);
        } else {
            add(&mut twitter, &name, content.into());
        }
    }
    for (syntax, object) in [(Syntax::OpenGraph, open_graph), (Syntax::Twitter, twitter)] {
        if !object.is_empty() {
            let value = Value::Object(object);
            finder.found.items.push(Structured { syntax, value });
        }
    }
    Ok(())
}

fn take(finder: &Finder<'_>, object: &mut Map<String, Value>, name: &str, content: &str) {
    let part = OBJECTS.iter().find_map(|&of| {
        let rest = name.strip_prefix(of)?;
        rest.strip_prefix(':')
            .or(rest.is_empty().then_some("url"))
            .map(|part| (of, part))
    });
    let Some((of, part)) = part else {
        return add(object, name, content.into());
    };
    let content = if matches!(part, "url" | "secure_url") {
        finder.resolved(content)
    } else {
        content.to_owned()
    };
    let entry = object.entry(of).or_insert_with(|| Value::Array(Vec::new()));
    let Value::Array(all) = entry else { return };
    // The address begins an object, unless it is said twice of the same one.
    let begins = all.last().is_none_or(|last| {
        part == "url" && last.get("url").is_some_and(|url| *url != content.as_str())
    });
    if begins {
        all.push(Value::Object(Map::new()));
    }
    if let Some(Value::Object(last)) = all.last_mut() {
        last.insert(part.to_owned(), content.into());
    }
}
