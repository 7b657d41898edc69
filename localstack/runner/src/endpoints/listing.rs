//! The objects of a bucket in the order of their keys, from where a page begins: what lies before it is not looked at, so a page of a
//! large bucket costs what a page of a small one does.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Component, Path};

use s3s::dto::{Object, Timestamp};

/// What a page is to have.
pub(super) struct Wanted<'a> {
    /// What all keys begin with.
    pub(super) prefix: &'a str,
    /// The key that all others come after.
    pub(super) after: Option<&'a str>,
    /// Most objects.
    pub(super) max: usize,
}

/// A page of objects.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The objects, by their keys.
    pub(super) objects: Vec<Object>,
    /// Whether there are more.
    pub(super) is_cut: bool,
}

/// Reads a page of a bucket, which is a folder.
pub(super) fn page(bucket: &Path, wanted: &Wanted<'_>) -> io::Result<Page> {
    let mut page = Page::default();
    let folder = wanted
        .prefix
        .rfind('/')
        .map_or("", |at| &wanted.prefix[..=at]);
    let folder = if is_canonical(folder) { folder } else { "" };
    let place = bucket.join(folder);
    if place.is_dir() {
        walk(&place, folder, wanted, &mut page)?;
    }
    Ok(page)
}

/// Nothing but names between the slashes: what a file system would understand in another way is no folder.
pub(super) fn is_canonical(folder: &str) -> bool {
    let path = Path::new(folder);
    path.components()
        .all(|part| matches!(part, Component::Normal(_)))
        && path.components().count() == folder.matches('/').count()
}

/// Adds what lies in a folder, whose keys begin with `folder`. As deep as a key has slashes, and a key has 1,024 bytes.
fn walk(place: &Path, folder: &str, wanted: &Wanted<'_>, page: &mut Page) -> io::Result<()> {
    let entries = fs::read_dir(place)?.collect::<io::Result<Vec<DirEntry>>>()?;
    let mut named: Vec<(String, DirEntry)> = entries
        .into_iter()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            // What is in a folder sorts by the slash behind its name.
            let slash = if entry.file_type().ok()?.is_dir() {
                "/"
            } else {
                ""
            };
            Some((format!("{folder}{name}{slash}"), entry))
        })
        .collect();
    named.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (key, entry) in named {
        if page.is_cut {
            break;
        }
        if key.ends_with('/') {
            let may_match = key.starts_with(wanted.prefix) || wanted.prefix.starts_with(&key);
            let is_before = |after: &str| *key <= *after && !after.starts_with(&key);
            if may_match && !wanted.after.is_some_and(is_before) {
                walk(&entry.path(), &key, wanted, page)?;
            }
        } else if key.starts_with(wanted.prefix) && wanted.after.is_none_or(|after| *key > *after) {
            if page.objects.len() == wanted.max {
                page.is_cut = true;
            } else if let Ok(object) = object(key, &entry) {
                page.objects.push(object);
            }
        }
    }
    Ok(())
}

/// Fails for what was removed meanwhile.
fn object(key: String, entry: &DirEntry) -> io::Result<Object> {
    let metadata = entry.metadata()?;
    Ok(Object {
        key: Some(key),
        last_modified: Some(Timestamp::from(metadata.modified()?)),
        size: i64::try_from(metadata.len()).ok(),
        ..Object::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(bucket: &Path, prefix: &str, after: Option<&str>, max: usize) -> (Vec<String>, bool) {
        let wanted = Wanted { prefix, after, max };
        let Page { objects, is_cut } = page(bucket, &wanted).unwrap();
        let keys = objects.into_iter().map(|it| it.key.unwrap());
        (keys.collect(), is_cut)
    }

    #[test]
    fn pages_of_any_size_give_every_key_once_and_in_order() {
        let bucket = tempfile::tempdir().unwrap();
        let mut all = ["a", "a.txt", "a/b", "a/b.c/d", "a-b/c", "b/a", "é/z", "b0"];
        for key in all.iter().filter(|key| **key != "a") {
            let place = bucket.path().join(key);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, key).unwrap();
        }
        all.sort_unstable();
        // A folder cannot have the name of a file.
        let all: Vec<&str> = all.into_iter().filter(|key| *key != "a").collect();
        for max in 1..=all.len() {
            for prefix in ["", "a", "a/", "a/b", "b/", "none/", "../"] {
                let mut found = Vec::new();
                loop {
                    let after = found.last().map(String::as_str);
                    let (more, is_cut) = keys(bucket.path(), prefix, after, max);
                    found.extend(more);
                    if !is_cut {
                        break;
                    }
                }
                let expected: Vec<&str> = all
                    .iter()
                    .copied()
                    .filter(|key| key.starts_with(prefix))
                    .collect();
                assert_eq!(found, expected, "{prefix} by {max}");
            }
        }
    }
}
