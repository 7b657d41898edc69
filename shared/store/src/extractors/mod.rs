//! Saved extractors.
//!
//! | item | pk | sk |
//! | --- | --- | --- |
//! | an extractor, in its latest version | `T#<tenant>#X` | `X#<name>` |
//! | an earlier version of it | same | `V#<name>#<version>` |
//!
//! **All is decided at the item of the latest version**: each write of it asks that it is still as it was read. Before a version is
//! replaced it is filed under its number. Whoever dies in between has filed what is there anyway.
//!
//! A removed extractor keeps its item for as long as a job may name one of its versions, so that a name made anew goes on
//! counting, and `invoice@3` never means two things.

mod kept;
mod table;

use jiff::Timestamp;
use job::{ExtractorName, Tenant};
use serde_json::Value;

use crate::{Error, Store, keys};
use kept::Kept;
use table::Query;

/// Times that a write is tried anew because others wrote at the same time. Each time one of them got through.
const MAX_ROUNDS: usize = 16;

/// A saved extractor in one version.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedExtractor {
    /// Its name.
    pub name: ExtractorName,
    /// Its version; the first is 1, and none is ever used again.
    pub version: u32,
    /// What it extracts, as the client wrote it.
    pub extract: Value,
    /// When this version was made.
    pub created_at: Timestamp,
    /// The number that was drawn for the write that made this version: no other version has it.
    pub mark: u64,
}

/// A version of a saved extractor, without its definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtractorVersion {
    /// The extractor's name.
    pub name: ExtractorName,
    /// The version.
    pub version: u32,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtractorPage<T, C> {
    /// What is in it.
    pub items: Vec<T>,
    /// Behind what the next one begins; none if this is the last.
    pub next: Option<C>,
}

/// What became of saving an extractor.
#[derive(Debug, Clone, PartialEq)]
pub enum Saved {
    /// There was none of this name.
    Created(SavedExtractor),
    /// It has a new version.
    Changed(SavedExtractor),
    /// Its latest version says the same.
    Unchanged(SavedExtractor),
    /// The caller did not want to replace what is there.
    Refused,
}

/// What became of removing an extractor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// It is gone, with all its versions.
    Done,
    /// The caller did not want to remove what is there.
    Refused,
    /// There is none of this name.
    NotFound,
}

impl Store {
    /// A saved extractor: in this version, or else in its latest.
    pub async fn extractor(
        &self,
        tenant: &Tenant,
        name: &ExtractorName,
        version: Option<u32>,
    ) -> Result<Option<SavedExtractor>, Error> {
        let Some(latest) = self.latest_extractor(tenant, name).await? else {
            return Ok(None);
        };
        let Some(version) = version.filter(|it| *it != latest.ver) else {
            return latest.extractor(name);
        };
        if latest.def.is_none() || !(latest.beg..latest.ver).contains(&version) {
            return Ok(None);
        }
        let sort = keys::extractor_version(name, version);
        match self.read_extractor(tenant, sort).await? {
            Some(kept) => kept.extractor(name),
            None => Ok(None),
        }
    }

    /// The saved extractors in the order of their names, behind this one, so many at most.
    pub async fn extractors(
        &self,
        tenant: &Tenant,
        after: Option<&ExtractorName>,
        limit: usize,
    ) -> Result<ExtractorPage<ExtractorVersion, ExtractorName>, Error> {
        // `!` sorts before all that a name may go on with, and `~` behind it.
        let from = after.map_or_else(|| "X#".to_owned(), |name| format!("X#{name}!"));
        let query = Query {
            tenant,
            from,
            to: "X#~".to_owned(),
            forward: true,
            limit: limit + 1,
        };
        let (mut items, unread) = self.extractor_versions_between(query).await?;
        let more = items.len() > limit;
        items.truncate(limit);
        let last = if more {
            items.last().map(|version| version.name.clone())
        } else {
            unread.and_then(|sort| ExtractorName::new(sort.strip_prefix("X#")?))
        };
        Ok(ExtractorPage { items, next: last })
    }

    /// The versions of a saved extractor, the latest first, that came before this one, so many at most; none if there is no
    /// such extractor.
    pub async fn extractor_versions(
        &self,
        tenant: &Tenant,
        name: &ExtractorName,
        before: Option<u32>,
        limit: usize,
    ) -> Result<Option<ExtractorPage<ExtractorVersion, u32>>, Error> {
        let latest = self.latest_extractor(tenant, name).await?;
        let Some(latest) = latest.filter(|latest| latest.def.is_some()) else {
            return Ok(None);
        };
        let mut items = Vec::new();
        if before.is_none_or(|before| before > latest.ver) {
            items.push(latest.summary(name)?);
        }
        let end = before.map_or(latest.ver, |before| before.min(latest.ver));
        let mut unread = None;
        if latest.beg < end && items.len() <= limit {
            let query = Query {
                tenant,
                from: keys::extractor_version(name, latest.beg),
                to: keys::extractor_version(name, end - 1),
                forward: false,
                limit: limit + 1 - items.len(),
            };
            let (earlier, rest) = self.extractor_versions_between(query).await?;
            items.extend(earlier);
            unread = rest;
        }
        let more = items.len() > limit || unread.is_some();
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| last.version);
        Ok(Some(ExtractorPage { items, next }))
    }

    /// Saves an extractor: as a new version, unless the latest says the same. `allows` is asked about what would be replaced, and whether that
    /// says the same; it may be asked again, where others write at the same time. `mark` is a number drawn at random.
    pub async fn save_extractor(
        &self,
        tenant: &Tenant,
        name: &ExtractorName,
        extract: &Value,
        mark: u64,
        allows: impl Fn(Option<&SavedExtractor>, bool) -> bool,
        now: Timestamp,
    ) -> Result<Saved, Error> {
        // Members in their order: it is that of the columns.
        let definition = extract.to_string();
        let mut found = self.latest_extractor(tenant, name).await?;
        for _ in 0..MAX_ROUNDS {
            let current = match &found {
                Some(kept) => kept.extractor(name)?,
                None => None,
            };
            let live = found.as_ref().filter(|kept| kept.def.is_some());
            let says_so = live.is_some_and(|kept| kept.def.as_ref() == Some(&definition));
            if !allows(current.as_ref(), says_so) {
                return Ok(Saved::Refused);
            }
            if let Some(current) = current.filter(|_| says_so) {
                return Ok(Saved::Unchanged(current));
            }
            if let Some(kept) = live {
                self.file_extractor(tenant, name, kept).await?;
            }
            let version = found.as_ref().map_or(1, |kept| kept.ver + 1);
            let next = Kept {
                sk: keys::extractor(name),
                ver: version,
                own: mark,
                cre: now.as_millisecond(),
                beg: live.map_or(version, |kept| kept.beg),
                def: Some(definition.clone()),
            };
            let saved = next.extractor(name)?;
            let refused = self
                .replace_extractor(tenant, found.as_ref(), &next)
                .await?;
            let took_place = match &refused {
                None => true,
                // Our own write, whose answer was lost; what was done to it since is another matter.
                Some(other) => {
                    other.own == mark
                        || self
                            .made_extractor_version(tenant, name, version, mark)
                            .await?
                }
            };
            if took_place && let Some(saved) = saved {
                return Ok(match live {
                    Some(_) => Saved::Changed(saved),
                    None => Saved::Created(saved),
                });
            }
            found = refused;
        }
        Err(contended("save extractor"))
    }

    /// Removes an extractor with all its versions. Jobs keep what they were submitted with. `allows` is asked about what would be
    /// removed.
    pub async fn remove_extractor(
        &self,
        tenant: &Tenant,
        name: &ExtractorName,
        allows: impl Fn(&SavedExtractor) -> bool,
        now: Timestamp,
    ) -> Result<Removed, Error> {
        let mut found = self.latest_extractor(tenant, name).await?;
        for _ in 0..MAX_ROUNDS {
            let Some(kept) = found else {
                return Ok(Removed::NotFound);
            };
            let Some(current) = kept.extractor(name)? else {
                // An earlier removal may have died before the versions were gone.
                self.delete_extractor_versions(tenant, name, kept.ver)
                    .await?;
                return Ok(Removed::NotFound);
            };
            if !allows(&current) {
                return Ok(Removed::Refused);
            }
            match self.bury_extractor(tenant, name, &kept, now).await? {
                // It was buried as it was read: by this very write, or by another at the same time.
                Some(other) if other.own != kept.own => found = Some(other),
                _ => {
                    self.delete_extractor_versions(tenant, name, kept.ver)
                        .await?;
                    return Ok(Removed::Done);
                }
            }
        }
        Err(contended("remove extractor"))
    }
}

fn contended(operation: &'static str) -> Error {
    Error::Unavailable {
        operation,
        cause: format!("others wrote the same one {MAX_ROUNDS} times in a row"),
    }
}
