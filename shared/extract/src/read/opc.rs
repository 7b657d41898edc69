//! What Office documents (ECMA-376) have in common: parts that refer to each other, and what the document says of itself.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::date::rfc3339;
use super::events::{Node, Xml};
use super::flow::folded;
use super::html::keywords;
use super::package::Package;
use crate::{Error, Problem};

/// What a part refers to, by the names that it uses.
#[derive(Clone, Default)]
pub(super) struct Relations(HashMap<String, Relation>);

/// One reference.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    /// The last word of its type: `hyperlink`, `header`, `slide`, …
    pub(super) kind: String,
    /// The path of another part; or an address, if it leads out of the package.
    pub(super) target: String,
    pub(super) is_external: bool,
}

impl Relations {
    /// Those of a part; of the package itself if the path is empty.
    pub(super) fn of(part: &str, package: &mut Package<'_>) -> Result<Self, Error> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let separator = if folder.is_empty() { "" } else { "/" };
        let path = format!("{folder}{separator}_rels/{name}.rels");
        let mut all = HashMap::new();
        let Some(mut xml) = package.xml(&path)? else {
            return Ok(Self(all));
        };
        xml.root()?;
        loop {
            match xml.next()? {
                Node::Start(tag) if tag.name() == "Relationship" => {
                    let attribute = |name| tag.attribute(name).unwrap_or_default();
                    let is_external = attribute("TargetMode") == "External";
                    let (kind, target) = (attribute("Type"), attribute("Target"));
                    let relation = Relation {
                        kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                        target: if is_external {
                            target.trim().to_owned()
                        } else {
                            joined(folder, &target)
                        },
                        is_external,
                    };
                    all.insert(attribute("Id").into_owned(), relation);
                    xml.skip()?;
                }
                Node::Start(_) => xml.skip()?,
                Node::Text(_) => {}
                Node::End => break,
            }
        }
        Ok(Self(all))
    }

    pub(super) fn get(&self, id: &str) -> Option<&Relation> {
        self.0.get(id)
    }

    /// All of a kind within the package, in the order of their targets.
    pub(super) fn targets(&self, kind: &str) -> Vec<&str> {
        let inner = self.0.values().filter(|it| !it.is_external);
        let mut targets: Vec<_> = inner
            .filter(|it| it.kind == kind)
            .map(|it| it.target.as_str())
            .collect();
        targets.sort_unstable_by_key(|target| (target.len(), *target));
        targets.dedup();
        targets
    }

    /// The first one of a kind.
    pub(super) fn target(&self, kind: &str) -> Option<&str> {
        self.targets(kind).first().copied()
    }
}

/// A path that is written in a part of that folder.
pub(super) fn joined(folder: &str, target: &str) -> String {
    let target = target.split(['#', '?']).next().unwrap_or_default();
    let mut names: Vec<&str> = match target.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => folder.split('/').filter(|it| !it.is_empty()).collect(),
    };
    for name in target.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            name => names.push(name),
        }
    }
    names.join("/")
}

/// The main part: what the package names as such, else where it usually stands.
pub(super) fn main_part(package: &mut Package<'_>, usual: &str) -> Result<String, Error> {
    let relations = Relations::of("", package)?;
    let named = relations.target("officeDocument");
    let named = named.filter(|path| package.contains(path));
    let path = named.unwrap_or(usual);
    if package.contains(path) {
        return Ok(path.to_owned());
    }
    let detail = format!("The package is damaged: it has no {usual}.");
    Err(Error::document(Problem::Malformed, detail))
}

/// What the document says of itself.
pub(super) fn metadata(package: &mut Package<'_>) -> Result<BTreeMap<String, Value>, Error> {
    let relations = Relations::of("", package)?;
    let mut metadata = BTreeMap::new();
    let part = |kind, usual: &str| relations.target(kind).unwrap_or(usual).to_owned();
    if let Some(xml) = package.xml(&part("core-properties", "docProps/core.xml"))? {
        core(xml, &mut metadata)?;
    }
    if let Some(xml) = package.xml(&part("extended-properties", "docProps/app.xml"))? {
        extended(xml, &mut metadata)?;
    }
    if let Some(xml) = package.xml(&part("custom-properties", "docProps/custom.xml"))? {
        custom(xml, &mut metadata)?;
    }
    Ok(metadata)
}

/// Properties of its own that are kept of a document; real ones have a few dozen.
pub(super) const MAX_PROPERTIES: usize = 1000;

fn core(xml: Xml<'_, '_>, metadata: &mut BTreeMap<String, Value>) -> Result<(), Error> {
    each_property(xml, |name, value| {
        let (common, kept) = match name {
            "dc:title" => ("title", false),
            "dc:creator" => ("author", true),
            "dc:subject" => ("subject", false),
            "dc:description" => ("description", false),
            "dc:language" => ("language", false),
            "cp:keywords" => ("keywords", false),
            "dcterms:created" => ("created", false),
            "dcterms:modified" => ("modified", false),
            _ => ("", true),
        };
        let value = match common {
            "keywords" => keywords(&value),
            "created" | "modified" => rfc3339(&value).unwrap_or(value).into(),
            _ => Value::from(value),
        };
        if kept && metadata.len() < MAX_PROPERTIES {
            metadata.insert(name.to_owned(), value.clone());
        }
        if !common.is_empty() {
            metadata.insert(common.to_owned(), value);
        }
    })
}

fn extended(xml: Xml<'_, '_>, metadata: &mut BTreeMap<String, Value>) -> Result<(), Error> {
    let mut version = None;
    each_property(xml, |name, value| match name {
        "Application" => {
            metadata.insert("generator".into(), value.into());
        }
        "AppVersion" => version = Some(value),
        "Company" | "Manager" | "Template" | "HyperlinkBase" => {
            metadata.insert(format!("app:{name}"), value.into());
        }
        _ => {}
    })?;
    if let (Some(version), Some(Value::String(generator))) =
        (version, metadata.get_mut("generator"))
        && !generator.contains(|char: char| char.is_ascii_digit())
    {
        generator.push(' ');
        generator.push_str(&version);
    }
    Ok(())
}

/// Each property that is a text, under its name as written. White space is folded.
fn each_property(mut xml: Xml<'_, '_>, mut each: impl FnMut(&str, String)) -> Result<(), Error> {
    xml.root()?;
    loop {
        let name = match xml.next()? {
            Node::Start(tag) => tag.full_name().to_owned(),
            Node::Text(_) => continue,
            Node::End => return Ok(()),
        };
        let value = folded(&xml.text()?);
        if !value.is_empty() {
            each(&name, value);
        }
    }
}

fn custom(mut xml: Xml<'_, '_>, metadata: &mut BTreeMap<String, Value>) -> Result<(), Error> {
    xml.root()?;
    loop {
        let name = match xml.next()? {
            Node::Start(tag) => tag.attribute("name").unwrap_or_default().into_owned(),
            Node::Text(_) => continue,
            Node::End => return Ok(()),
        };
        let value = folded(&xml.text()?);
        if !value.is_empty() && !name.is_empty() && metadata.len() < MAX_PROPERTIES {
            metadata.insert(format!("custom:{}", folded(&name)), value.into());
        }
    }
}
