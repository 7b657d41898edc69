//! Microdata, by the rules of the HTML standard.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::{Finder, MAX_DEPTH, add, after, types};
use crate::tree::{Element, Id, ROOT};
use crate::{Error, Structured, Syntax};

pub(super) fn find(finder: &mut Finder<'_>) -> Result<(), Error> {
    let tree = finder.tree;
    if !tree
        .elements()
        .any(|(_, element)| element.attribute("itemscope").is_some())
    {
        return Ok(());
    }
    let mut page = Page {
        ids: HashMap::new(),
        order: vec![0; tree.nodes.len()],
    };
    let mut number = 0;
    let mut top = Vec::new();
    let mut next = tree.first_child(ROOT);
    while let Some(node) = next {
        page.order[node] = number;
        number += 1;
        if let Some(element) = tree.element(node) {
            if let Some(id) = element.attribute("id") {
                page.ids.entry(id).or_insert(node);
            }
            if element.attribute("itemscope").is_some() && element.attribute("itemprop").is_none() {
                top.push(node);
            }
        }
        next = tree.first_child(node).or_else(|| after(tree, node, ROOT));
    }
    for node in top {
        let mut open = Vec::new();
        if let Some(value) = item(finder, &page, node, &mut open)? {
            let syntax = Syntax::Microdata;
            finder.found.items.push(Structured { syntax, value });
        }
    }
    Ok(())
}

/// What items refer to.
struct Page<'a> {
    ids: HashMap<&'a str, Id>,
    /// By node: its number in the order of the page.
    order: Vec<u32>,
}

/// An item with all its properties. `open` holds the items that it stands in.
fn item(
    finder: &mut Finder<'_>,
    page: &Page<'_>,
    node: Id,
    open: &mut Vec<Id>,
) -> Result<Option<Value>, Error> {
    let Some(element) = finder.element(node) else {
        return Ok(None);
    };
    if open.contains(&node) {
        return Ok(None);
    }
    if open.len() >= MAX_DEPTH {
        finder.left_out = true;
        return Ok(None);
    }
    if !finder.has_room(0) {
        return Ok(None);
    }
    open.push(node);
    let mut object = Map::new();
    describe(finder, element, open.len() == 1, &mut object);
    for property in properties(finder, page, node, element)? {
        let Some(element) = finder.element(property) else {
            continue;
        };
        let value = if element.attribute("itemscope").is_some() {
            item(finder, page, property, open)?
        } else {
            Some(Value::from(value(finder, property, element)?))
        };
        let Some(value) = value else { continue };
        let names = element.attribute("itemprop").unwrap_or_default();
        for (number, name) in names.split_ascii_whitespace().enumerate() {
            let bytes = name.len() + value.as_str().map_or(0, str::len);
            // A copy of an item holds as much again as the item.
            if (number == 0 || !value.is_object()) && finder.has_room(bytes) {
                add(&mut object, name, value.clone());
            }
        }
    }
    open.pop();
    Ok(Some(Value::Object(object)))
}

/// Types and id. Types of one vocabulary are named as JSON-LD would name them.
fn describe(finder: &Finder<'_>, element: &Element, is_top: bool, object: &mut Map<String, Value>) {
    let names = element.attribute("itemtype").unwrap_or_default();
    let mut names: Vec<String> = names.split_ascii_whitespace().map(str::to_owned).collect();
    let short: Option<Vec<String>> = names
        .iter()
        .map(|name| schema_org(name).map(str::to_owned))
        .collect();
    if let Some(short) = short.filter(|short| !short.is_empty()) {
        names = short;
        if is_top {
            object.insert("@context".into(), "https://schema.org".into());
        }
    }
    if let Some(types) = types(names) {
        object.insert("@type".into(), types);
    }
    if let Some(id) = element.attribute("itemid") {
        object.insert("@id".into(), finder.resolved(id).into());
    }
}

/// The name of a type of schema.org.
fn schema_org(name: &str) -> Option<&str> {
    let rest = name
        .strip_prefix("https://")
        .or_else(|| name.strip_prefix("http://"))?;
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    rest.strip_prefix("schema.org/")
        .filter(|name| !name.is_empty() && !name.contains('/'))
}

/// The elements that are properties of an item, in the order of the page.
fn properties(
    finder: &mut Finder<'_>,
    page: &Page<'_>,
    root: Id,
    item: &Element,
) -> Result<Vec<Id>, Error> {
    let tree = finder.tree;
    let mut found = Vec::new();
    let mut seen = HashSet::from([root]);
    let references = item.attribute("itemref").unwrap_or_default();
    let referred = references
        .split_ascii_whitespace()
        .filter_map(|id| page.ids.get(id).copied());
    let mut pending: Vec<Id> = referred.collect();
    let children = |node: Id, pending: &mut Vec<Id>| {
        let mut child = tree.first_child(node);
        while let Some(node) = child {
            pending.push(node);
            child = tree.next_sibling(node);
        }
    };
    children(root, &mut pending);
    while let Some(node) = pending.pop() {
        if !finder.step()? {
            break;
        }
        let Some(element) = tree.element(node) else {
            continue;
        };
        if !seen.insert(node) {
            continue;
        }
        if element.attribute("itemscope").is_none() {
            children(node, &mut pending);
        }
        if element
            .attribute("itemprop")
            .is_some_and(|names| !names.trim().is_empty())
        {
            found.push(node);
        }
    }
    found.sort_unstable_by_key(|node| page.order[*node]);
    Ok(found)
}

/// The value of a property that is no item.
fn value(finder: &mut Finder<'_>, node: Id, element: &Element) -> Result<String, Error> {
    let attribute = |name| element.attribute(name);
    let address = match element.name() {
        "audio" | "embed" | "iframe" | "img" | "source" | "track" | "video" => Some("src"),
        "a" | "area" | "link" => Some("href"),
        "object" => Some("data"),
        _ => None,
    };
    if let Some(address) = address {
        return Ok(attribute(address).map_or_else(String::new, |href| finder.resolved(href)));
    }
    let own = match element.name() {
        "meta" => return Ok(attribute("content").unwrap_or_default().to_owned()),
        "data" | "meter" => return Ok(attribute("value").unwrap_or_default().to_owned()),
        "time" => attribute("datetime"),
        // Not in the standard, but what those mean who write it.
        _ => attribute("content"),
    };
    match own {
        Some(own) => Ok(own.trim().to_owned()),
        None => finder.text(node),
    }
}
