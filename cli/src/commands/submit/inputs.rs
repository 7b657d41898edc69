//! The documents that are meant.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use super::Arguments;
use super::names::Names;
use crate::failure::Failure;
use crate::output::plain;

/// Longest document on standard input, in bytes. It is held in memory.
const MAX_STDIN_BYTES: u64 = 64 << 20;

/// A document, or many in one place.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    /// What it was called by whoever meant it: the same in each run.
    pub(super) label: String,
    /// Where it is.
    pub(super) from: From,
    /// What its results are called in the folder for them, without an ending.
    pub(super) stem: PathBuf,
}

/// Where a document is.
#[derive(Debug, Clone)]
pub(super) enum From {
    File(PathBuf),
    Stdin(Arc<Vec<u8>>),
    Url(String),
    Object(String),
    /// All objects whose keys begin so.
    Prefix(String),
}

impl Input {
    /// Whether it is many documents.
    pub(super) fn is_collection(&self) -> bool {
        matches!(self.from, From::Prefix(_))
    }

    /// What it is called on a terminal.
    pub(super) fn shown(&self) -> String {
        plain(&self.label)
    }
}

/// Finds all of them, each once, in the order in which they were named; those of a folder by name.
pub(super) fn find(arguments: &Arguments) -> Result<Vec<Input>, Failure> {
    let mut found = Vec::new();
    for given in &arguments.inputs {
        add(given, arguments, &mut found)?;
    }
    let mut seen = HashSet::new();
    found.retain(|(label, _)| seen.insert(label.clone()));
    if found.is_empty() {
        return Err(Failure::usage("there is no document in what was named"));
    }
    let mut names = Names::default();
    let inputs = found.into_iter().map(|(label, from)| {
        let stem = names.stem(&label, &from);
        Input { label, from, stem }
    });
    Ok(inputs.collect())
}

fn add(given: &str, arguments: &Arguments, found: &mut Vec<(String, From)>) -> Result<(), Failure> {
    if given == "-" {
        found.push((arguments.stdin_name.clone(), From::Stdin(read_stdin()?)));
        return Ok(());
    }
    if given.starts_with("http://") || given.starts_with("https://") {
        found.push((given.to_owned(), From::Url(given.to_owned())));
        return Ok(());
    }
    if given.starts_with("s3://") {
        let from = if given.ends_with('/') {
            From::Prefix(given.to_owned())
        } else {
            From::Object(given.to_owned())
        };
        found.push((given.to_owned(), from));
        return Ok(());
    }
    let path = Path::new(given);
    match fs::metadata(path) {
        Ok(about) if about.is_dir() => add_folder(path, arguments, found),
        Ok(about) if about.is_file() => {
            found.push(of_file(path));
            Ok(())
        }
        Ok(_) => Err(Failure::usage(format!(
            "{} is no file; `-` reads a document from standard input",
            plain(given)
        ))),
        // A pattern that the shell left to us. A file whose name looks like one was found before.
        Err(error)
            if error.kind() == io::ErrorKind::NotFound && given.contains(['*', '?', '[']) =>
        {
            add_pattern(given, arguments, found)
        }
        Err(error) => Err(Failure::usage(format!("{}: {error}", plain(given)))),
    }
}

fn add_folder(
    folder: &Path,
    arguments: &Arguments,
    found: &mut Vec<(String, From)>,
) -> Result<(), Failure> {
    if !arguments.recursive {
        return Err(Failure::usage(format!(
            "{} is a folder; --recursive takes the files in it",
            plain(&folder.to_string_lossy())
        )));
    }
    // Results are no documents, even if they lie among them.
    let out = arguments.out.as_ref();
    let out = out.and_then(|out| fs::canonicalize(out).ok());
    let is_wanted = |entry: &DirEntry| {
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let is_out = out.is_some()
            && entry.file_type().is_dir()
            && fs::canonicalize(entry.path()).ok() == out;
        entry.depth() == 0 || !is_hidden && !is_out
    };
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter();
    for entry in entries.filter_entry(is_wanted) {
        let entry = entry.map_err(|error| Failure::failed(plain(&error.to_string())))?;
        // A link to a file is one; a pipe or a device is none, and would be read for ever.
        if !entry.file_type().is_dir() && entry.path().is_file() {
            found.push(of_file(entry.path()));
        }
    }
    Ok(())
}

fn add_pattern(
    pattern: &str,
    arguments: &Arguments,
    found: &mut Vec<(String, From)>,
) -> Result<(), Failure> {
    let paths = glob::glob(pattern)
        .map_err(|error| Failure::usage(format!("{}: {error}", plain(pattern))))?;
    let before = found.len();
    for path in paths {
        let path = path.map_err(|error| Failure::failed(plain(&error.to_string())))?;
        if path.is_dir() && arguments.recursive {
            add_folder(&path, arguments, found)?;
        } else if path.is_file() {
            found.push(of_file(&path));
        }
    }
    if found.len() == before {
        return Err(Failure::usage(format!(
            "no file is called {}",
            plain(pattern)
        )));
    }
    Ok(())
}

fn of_file(path: &Path) -> (String, From) {
    // `./a` and `a` are one.
    let tidy: PathBuf = path.components().collect();
    let tidy = tidy
        .strip_prefix(".")
        .map_or(tidy.clone(), Path::to_path_buf);
    (tidy.to_string_lossy().into_owned(), From::File(tidy))
}

fn read_stdin() -> Result<Arc<Vec<u8>>, Failure> {
    let mut bytes = Vec::new();
    let mut limited = io::stdin().lock().take(MAX_STDIN_BYTES + 1);
    limited.read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_STDIN_BYTES {
        return Err(Failure::usage(format!(
            "standard input has more than {MAX_STDIN_BYTES} bytes; a file may have more"
        )));
    }
    Ok(Arc::new(bytes))
}
