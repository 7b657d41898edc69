//! What `OpenDocument` files have in common: what they say of themselves, and whether they are encrypted.

use std::collections::BTreeMap;

use serde_json::Value;

use super::date::rfc3339;
use super::events::Node;
use super::flow::folded;
use super::opc::MAX_PROPERTIES;
use super::package::Package;
use crate::{Error, Problem};

/// Refuses a document that was saved with a password.
pub(super) fn check_encryption(package: &mut Package<'_>) -> Result<(), Error> {
    let Some(mut xml) = package.xml("META-INF/manifest.xml")? else {
        return Ok(());
    };
    let mut open = 0;
    loop {
        match xml.next()? {
            Node::Start(tag) if tag.name() == "encryption-data" => {
                return Err(Error::document(
                    Problem::Encrypted,
                    "The document is encrypted: a password is needed to open it.",
                ));
            }
            Node::Start(_) => open += 1,
            Node::Text(_) => {}
            Node::End => {
                open -= 1;
                if open <= 0 {
                    return Ok(());
                }
            }
        }
    }
}

/// What the document says of itself.
pub(super) fn metadata(package: &mut Package<'_>) -> Result<BTreeMap<String, Value>, Error> {
    let mut said = Said::default();
    let Some(mut xml) = package.xml("meta.xml")? else {
        return Ok(said.metadata);
    };
    xml.root()?;
    let mut open = 1;
    while open > 0 {
        let (name, own) = match xml.next()? {
            Node::Start(tag) if tag.name() == "meta" => {
                open += 1;
                continue;
            }
            Node::Start(tag) => {
                let own = tag.attribute("name").map(|it| folded(&it));
                (tag.full_name().to_owned(), own)
            }
            Node::Text(_) => continue,
            Node::End => {
                open -= 1;
                continue;
            }
        };
        let value = folded(&xml.text()?);
        if !value.is_empty() {
            said.say(&name, own, value);
        }
    }
    Ok(said.finish())
}

#[derive(Default)]
struct Said {
    metadata: BTreeMap<String, Value>,
    keywords: Vec<Value>,
    /// Who changed it last: the author, if nobody else is named.
    editor: Option<String>,
}

impl Said {
    fn say(&mut self, name: &str, own: Option<String>, value: String) {
        let common = match name {
            "dc:title" => "title",
            "dc:subject" => "subject",
            "dc:description" => "description",
            "dc:language" => "language",
            "meta:initial-creator" => "author",
            "meta:creation-date" => "created",
            "dc:date" => "modified",
            "meta:generator" => "generator",
            _ => "",
        };
        let value = match (name, own) {
            ("meta:keyword", _) => {
                if self.keywords.len() < MAX_PROPERTIES {
                    self.keywords.push(value.into());
                }
                return;
            }
            ("meta:user-defined", Some(own)) => {
                if self.metadata.len() < MAX_PROPERTIES {
                    self.metadata.insert(format!("custom:{own}"), value.into());
                }
                return;
            }
            ("dc:creator", _) => self.editor.insert(value).clone(),
            ("meta:creation-date" | "dc:date", _) => rfc3339(&value).unwrap_or(value),
            _ => value,
        };
        let keeps_its_name = matches!(
            name,
            "dc:creator" | "meta:initial-creator" | "meta:printed-by"
        );
        if keeps_its_name {
            self.metadata.insert(name.to_owned(), value.clone().into());
        }
        if !common.is_empty() {
            self.metadata.insert(common.to_owned(), value.into());
        }
    }

    fn finish(self) -> BTreeMap<String, Value> {
        let Self {
            mut metadata,
            keywords,
            editor,
        } = self;
        if let Some(editor) = editor {
            metadata.entry("author".into()).or_insert(editor.into());
        }
        if !keywords.is_empty() {
            metadata.insert("keywords".into(), keywords.into());
        }
        metadata
    }
}
