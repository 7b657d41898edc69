//! Archives: each member is a document of its own; the archive's text is the list of their paths.

pub(super) mod gzip;
pub(super) mod tar;
mod unpack;
pub(super) mod zip;

use std::io::Read;

use serde_json::{Value, json};

pub(super) use self::unpack::Unpacked;
use super::package::unreadable;
use super::{Context, Member, passed};
use crate::{Document, Error, Problem, Text};

/// An archive that is being read: what is listed of it, and what was left out.
struct Archive<'a, 'c> {
    context: &'a Context<'c>,
    paths: String,
    members: Vec<Value>,
    entries: usize,
    unpacked_bytes: usize,
    left_out: Vec<(Reason, Vec<String>)>,
    unsafe_paths: usize,
    warnings: Vec<String>,
}

/// Why a member is left out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// It needs a password.
    Encrypted,
    /// It only points to another file.
    Link,
    /// It is a device, a pipe or the like.
    Special,
    /// It is longer than a document may be.
    TooLong,
    /// It cannot be unpacked to the end.
    Damaged,
}

impl Reason {
    fn why(self) -> &'static str {
        match self {
            Self::Encrypted => "encrypted",
            Self::Link => "links to other files",
            Self::Special => "no files (devices, pipes and the like)",
            Self::TooLong => "longer than the limit max_document_bytes",
            Self::Damaged => "damaged, or packed in a way that is not supported",
        }
    }
}

/// Paths that a warning names, and characters of a path that are kept.
const NAMED_PATHS: usize = 3;
const PATH_CHARS: usize = 1_000;

impl<'a, 'c> Archive<'a, 'c> {
    fn new(context: &'a Context<'c>) -> Self {
        Self {
            context,
            paths: String::new(),
            members: Vec::new(),
            entries: 0,
            unpacked_bytes: 0,
            left_out: Vec::new(),
            unsafe_paths: 0,
            warnings: Vec::new(),
        }
    }

    /// Counts an entry of any kind: folders and links take time, too.
    fn entry(&mut self) -> Result<(), Error> {
        self.context.watch.check()?;
        self.entries += 1;
        let limit = self.context.limits.max_package_entries;
        if self.entries > limit {
            let found = "The archive has more entries";
            return Err(passed("max_package_entries", limit, found));
        }
        Ok(())
    }

    /// Unpacks a member and hands it over. What is wrong with the member alone leaves out that member; says whether it was there
    /// to its end, for behind a damaged one some archives cannot be read on.
    fn unpack(
        &mut self,
        path: &str,
        length: Option<u64>,
        packed: impl Read,
    ) -> Result<bool, Error> {
        let context = self.context;
        let longest = context.limits.max_document_bytes;
        if length.is_some_and(|length| length > longest as u64) {
            self.leave_out(Reason::TooLong, path);
            return Ok(true);
        }
        let mut bytes = Vec::new();
        let read = packed.take(longest as u64 + 1).read_to_end(&mut bytes);
        if bytes.len() > longest {
            self.leave_out(Reason::TooLong, path);
            return Ok(true);
        }
        if let Err(error) = &read {
            match unreadable(error) {
                Error::Document {
                    problem: Problem::Malformed,
                    ..
                } => {}
                error => return Err(error),
            }
        }
        if read.is_err() || length.is_some_and(|length| length != bytes.len() as u64) {
            self.leave_out(Reason::Damaged, path);
            return Ok(false);
        }
        self.member(path, &bytes)?;
        Ok(true)
    }

    /// Lists a member and hands it over, unless there is nothing in it.
    fn member(&mut self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.list(path, bytes.len());
        self.unpacked_bytes += bytes.len();
        if bytes.is_empty() {
            return Ok(());
        }
        self.context.member(Member {
            path: &path,
            declared: None,
            bytes,
        })
    }

    /// Adds a path to the text, as it can be shown on one line.
    fn list(&mut self, path: &str, bytes: usize) -> String {
        let leads_out = path.starts_with(['/', '\\'])
            || path.contains(":\\")
            || path.split(['/', '\\']).any(|part| part == "..");
        self.unsafe_paths += usize::from(leads_out);
        let path = shown(path);
        self.paths.push_str(&path);
        self.paths.push('\n');
        self.members.push(json!({ "path": path, "bytes": bytes }));
        path
    }

    /// Notes a member that is not read.
    fn leave_out(&mut self, reason: Reason, path: &str) {
        let path = shown(path);
        match self.left_out.iter_mut().find(|(other, _)| *other == reason) {
            Some((_, paths)) => paths.push(path),
            None => self.left_out.push((reason, vec![path])),
        }
    }

    /// Says that the archive cannot be read any further.
    fn damaged(&mut self, what: &str) {
        let count = self.members.len();
        self.warnings.push(format!(
            "The archive is damaged: {what}. What comes after its first {count} documents is left out."
        ));
    }

    /// The archive's own document; an error if nothing in it could be read.
    fn finish(self) -> Result<Document, Error> {
        let Self {
            paths,
            members,
            left_out,
            unsafe_paths,
            mut warnings,
            ..
        } = self;
        if members.is_empty()
            && let [(Reason::Encrypted, _)] = left_out[..]
        {
            let detail = "All members of the archive are encrypted: a password is needed.";
            return Err(Error::document(Problem::Encrypted, detail));
        }
        if members.is_empty()
            && let Some(warning) = warnings.pop()
        {
            return Err(Error::document(Problem::Malformed, warning));
        }
        for (reason, paths) in left_out {
            let (count, why) = (paths.len(), reason.why());
            let more = if count > NAMED_PATHS { ", …" } else { "" };
            let named = paths[..count.min(NAMED_PATHS)].join(", ");
            warnings.push(format!(
                "Members of the archive were left out, for they are {why}: {count} ({named}{more})."
            ));
        }
        if unsafe_paths > 0 {
            warnings.push(format!(
                "Paths that lead out of the archive are only names here: {unsafe_paths}."
            ));
        }
        let mut document = Document {
            text: Text::new(paths),
            warnings,
            ..Document::default()
        };
        let bytes = self.unpacked_bytes;
        document
            .metadata
            .insert("unpacked_bytes".into(), bytes.into());
        document.metadata.insert("members".into(), members.into());
        Ok(document)
    }
}

/// A path as it can be shown on one line.
fn shown(path: &str) -> String {
    let is_hidden = |char: char| char.is_control() || matches!(char, '\u{2028}' | '\u{2029}');
    path.chars()
        .take(PATH_CHARS)
        .map(|char| {
            if is_hidden(char) {
                char::REPLACEMENT_CHARACTER
            } else {
                char
            }
        })
        .collect()
}
