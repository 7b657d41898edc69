//! The shape of a saved extractor in the table.
//!
//! | attribute | type | meaning |
//! | --- | --- | --- |
//! | `ver` | N | version |
//! | `own` | N | the number that the write drew that made this version: no other version has it |
//! | `cre` | N | when this version was made, ms since 1970 |
//! | `def` | S | the definition, JSON; a removed extractor has none |
//! | `beg` | N | the first version since the extractor was last removed; latest version only |
//! | `ttl` | N | may be forgotten, seconds since 1970; removed extractors only |

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use job::{ExtractorName, Tenant};
use serde::{Deserialize, Serialize};

use super::{ExtractorVersion, SavedExtractor};
use crate::item::Attributes;
use crate::{Error, keys};

/// An item. The latest version of an extractor, or an earlier one.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) sk: String,
    pub(super) ver: u32,
    pub(super) own: u64,
    pub(super) cre: i64,
    #[serde(default)]
    pub(super) beg: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) def: Option<String>,
}

impl Kept {
    pub(super) fn read(item: Attributes) -> Result<Self, Error> {
        serde_dynamo::aws_sdk_dynamodb_1::from_item(item).map_err(unreadable)
    }

    pub(super) fn item(&self, tenant: &Tenant) -> Attributes {
        let mut item: HashMap<_, _> = serde_dynamo::aws_sdk_dynamodb_1::to_item(self)
            .expect("a struct of plain fields is an item");
        let pk = AttributeValue::S(keys::extractors(tenant));
        item.insert("pk".to_owned(), pk);
        item
    }

    /// The condition by which nobody has written since it was read: neither a version nor its end.
    pub(super) fn unchanged(&self) -> &'static str {
        match self.def {
            Some(_) => "#own = :own AND attribute_exists(#def)",
            None => "#own = :own AND attribute_not_exists(#def)",
        }
    }

    /// What it stands for; none if it was removed.
    pub(super) fn extractor(&self, name: &ExtractorName) -> Result<Option<SavedExtractor>, Error> {
        let Some(definition) = &self.def else {
            return Ok(None);
        };
        let ExtractorVersion {
            name,
            version,
            created_at,
        } = self.summary(name)?;
        Ok(Some(SavedExtractor {
            name,
            version,
            extract: serde_json::from_str(definition).map_err(unreadable)?,
            created_at,
            mark: self.own,
        }))
    }

    pub(super) fn summary(&self, name: &ExtractorName) -> Result<ExtractorVersion, Error> {
        Ok(ExtractorVersion {
            name: name.clone(),
            version: self.ver,
            created_at: Timestamp::from_millisecond(self.cre).map_err(unreadable)?,
        })
    }

    /// The name in its key.
    pub(super) fn name(&self) -> Result<ExtractorName, Error> {
        let name = self.sk.split('#').nth(1).unwrap_or_default();
        ExtractorName::new(name).ok_or_else(|| unreadable("its key names none"))
    }
}

fn unreadable(cause: impl std::fmt::Display) -> Error {
    Error::unreadable("an extractor's item", cause)
}
