//! What results are called: after their documents, and no two the same.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::inputs::From;
use super::send::hexadecimal;
use crate::output::steers;

/// Longest part of a path, in bytes, with room for the endings: file systems take 255.
const MAX_PART_BYTES: usize = 180;

/// Characters that some file system does not take in a name, beside those that steer.
const REFUSED: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

/// What stands for the folder above.
const UP: &str = "__";

/// The names that are taken.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Stems of results, as file systems compare them that know no difference between big and small letters.
    stems: HashSet<String>,
}

impl Names {
    /// What the results of this document are called, without an ending. It depends on the document's name alone, unless another one took that.
    pub(super) fn stem(&mut self, label: &str, from: &From) -> PathBuf {
        let (path, is_exact) = tidy(label, from);
        let mut stem = if is_exact && !looks_like_a_result(&path) {
            path.clone()
        } else {
            marked(&path, label, 0)
        };
        let mut count = 0;
        while !self.stems.insert(stem.to_string_lossy().to_lowercase()) {
            count += 1;
            stem = marked(&path, label, count);
        }
        stem
    }
}

/// A path below the folder for results, and whether it says all that the name does.
fn tidy(label: &str, from: &From) -> (PathBuf, bool) {
    let parts: Vec<String> = match from {
        From::File(path) => path.components().filter_map(part).collect(),
        From::Stdin(_) => vec![label.to_owned()],
        From::Url(address) | From::Object(address) | From::Prefix(address) => {
            let (_, rest) = address.split_once("://").unwrap_or(("", address));
            let rest = rest.split('#').next().unwrap_or(rest);
            let parts = rest.split('/').filter(|part| !part.is_empty());
            parts.map(ToOwned::to_owned).collect()
        }
    };
    let is_lossless = match from {
        From::File(path) => path.to_str().is_some(),
        _ => true,
    };
    let tidied: PathBuf = parts.iter().map(|part| tidy_part(part)).collect();
    // Where a path leads up, that is plain to see in its name.
    let up = |part: &String| {
        if part == ".." {
            UP.to_owned()
        } else {
            part.clone()
        }
    };
    let is_exact = is_lossless && tidied == parts.iter().map(up).collect::<PathBuf>();
    if tidied.as_os_str().is_empty() {
        return (PathBuf::from("document"), false);
    }
    (tidied, is_exact)
}

fn part(component: Component<'_>) -> Option<String> {
    match component {
        Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
        Component::ParentDir => Some("..".to_owned()),
        Component::Prefix(_) | Component::RootDir | Component::CurDir => None,
    }
}

/// A part that every file system takes, and that leads nowhere else.
fn tidy_part(part: &str) -> String {
    let mut tidy = String::new();
    for char in part.chars() {
        let char = if steers(char) || REFUSED.contains(&char) {
            '_'
        } else {
            char
        };
        if tidy.len() + char.len_utf8() > MAX_PART_BYTES {
            break;
        }
        tidy.push(char);
    }
    match tidy.as_str() {
        "" | "." => "_".to_owned(),
        ".." => UP.to_owned(),
        _ => tidy,
    }
}

/// Whether a document is called like another one's error: `a.error` beside `a`.
fn looks_like_a_result(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.to_lowercase().ends_with(".error")
}

/// The same path with a mark that tells the name apart from others.
fn marked(path: &Path, label: &str, count: usize) -> PathBuf {
    let hash = Sha256::digest(format!("{count}:{label}"));
    let mark = hexadecimal(&hash[..4]);
    let name = path.file_name().unwrap_or(OsStr::new("document"));
    let mut name = name.to_os_string();
    name.push(format!(".{mark}"));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn stems(labels: &[&str]) -> Vec<String> {
        let mut names = Names::default();
        let stem = |label: &&str| {
            let from = match label.split_once("://") {
                Some(_) => From::Url((*label).to_owned()),
                None if *label == "-" => From::Stdin(Arc::default()),
                None => From::File(PathBuf::from(label)),
            };
            names.stem(label, &from).to_string_lossy().into_owned()
        };
        labels.iter().map(stem).collect()
    }

    #[test]
    fn results_are_called_after_their_documents() {
        let documents = ["a.pdf", "in/b.pdf", "/data/c.pdf", "https://a.example/x/y"];
        let names = ["a.pdf", "in/b.pdf", "data/c.pdf", "a.example/x/y"];
        assert_eq!(stems(&documents), names);
    }

    #[test]
    fn no_two_are_called_the_same_and_none_leads_elsewhere() {
        let documents = [
            "a.pdf",
            "A.PDF",
            "../a.pdf",
            "__/a.pdf",
            "../../etc/passwd",
            "a",
            "a.error",
            "/a.pdf",
            "x\ny",
            "x_y",
            "https://h/",
            "https://h/?a=1",
            "https://h/?a=2",
            "https://h/../../x",
            "https://h/a\\b:c",
        ];
        let stems = stems(&documents);
        let distinct: HashSet<String> = stems.iter().map(|it| it.to_lowercase()).collect();
        assert_eq!(distinct.len(), documents.len(), "{stems:?}");
        for stem in &stems {
            let parts = Path::new(stem).components();
            let stays = parts.clone().all(|it| matches!(it, Component::Normal(_)));
            assert!(stays, "{stem}");
            assert!(!stem.contains(|it: char| it.is_control()), "{stem}");
            assert!(!looks_like_a_result(Path::new(stem)), "{stem}");
        }
        let long = "x".repeat(400);
        let [name] = &self::stems(&[&long])[..] else {
            panic!("one name")
        };
        assert!(name.len() < 200, "{name}");
    }
}
