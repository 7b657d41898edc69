//! Words that stand nowhere but where a test puts them.

use std::fmt;
use std::path::Path;

use testkit::SigningKey;

/// What is not to be found.
#[derive(Debug, Default)]
pub(super) struct Canaries(Vec<Canary>);

#[derive(Debug)]
struct Canary {
    /// Where it was put, for whoever reads that it got out.
    place: String,
    needle: Vec<u8>,
    kept: Kept,
}

/// Where a word may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// In the table, the queues and the objects: it is part of a job, or what is needed to sign.
    InData,
    /// Nowhere.
    Nowhere,
}

impl Canaries {
    /// A new word for a place.
    pub(super) fn draw(&mut self, place: &str, kept: Kept) -> String {
        let word = format!("canary{:016x}", rand::random::<u64>());
        self.add(place, &word, kept);
        word
    }

    /// A word of content, tags, names: something of a client's that is kept with its job.
    pub(super) fn of_client(&mut self, place: &str) -> String {
        self.draw(place, Kept::InData)
    }

    /// Remembers something that is secret as it is.
    pub(super) fn add(&mut self, place: &str, needle: impl AsRef<[u8]>, kept: Kept) {
        self.0.push(Canary {
            place: place.to_owned(),
            needle: needle.as_ref().to_owned(),
            kept,
        });
    }

    /// Remembers what is secret in a key, in digits as in bytes.
    pub(super) fn add_key(&mut self, place: &str, key: &str) {
        let secret = &key.split('_').nth(2).unwrap()[..64];
        let digits = (0..64).step_by(2);
        let bytes: Vec<u8> = digits
            .map(|at| u8::from_str_radix(&secret[at..at + 2], 16).unwrap())
            .collect();
        self.add(place, secret, Kept::Nowhere);
        self.add(
            place,
            format!("{bytes:?}").trim_matches(['[', ']']),
            Kept::Nowhere,
        );
        self.add(place, bytes, Kept::Nowhere);
    }

    /// Remembers what is secret in a signed token, its claims and its signature, and hands it back.
    pub(super) fn token(
        &mut self,
        place: &str,
        key: &SigningKey,
        claims: &serde_json::Value,
    ) -> String {
        let token = key.sign(claims);
        for part in token.split('.').skip(1) {
            self.add(place, part, Kept::Nowhere);
        }
        token
    }

    /// Fails if any of them stands here.
    pub(super) fn assert_none_in(&self, what: &str, text: impl AsRef<[u8]>) {
        assert_none_of(&self.0.iter().collect::<Vec<_>>(), what, text.as_ref());
    }

    /// Fails if one that is kept nowhere stands here.
    pub(super) fn assert_no_secret_in(&self, what: impl fmt::Display, text: impl AsRef<[u8]>) {
        let secrets: Vec<_> = self
            .0
            .iter()
            .filter(|canary| canary.kept == Kept::Nowhere)
            .collect();
        assert_none_of(&secrets, &what.to_string(), text.as_ref());
    }

    /// Fails if one that is kept nowhere stands in any file of this folder, or any at all in one that is neither the table nor the queues nor an
    /// object.
    pub(super) fn assert_none_in_files(&self, folder: &Path) {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let bytes = || std::fs::read(&path).unwrap();
            match name {
                "s3" => self.assert_no_secret_below(&path),
                _ if name.contains(".sqlite") => self.assert_no_secret_in(path.display(), bytes()),
                _ => self.assert_none_in(name, bytes()),
            }
        }
    }

    fn assert_no_secret_below(&self, folder: &Path) {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            self.assert_no_secret_in("a name in the bucket", path.as_os_str().as_encoded_bytes());
            if path.is_dir() {
                self.assert_no_secret_below(&path);
            } else {
                self.assert_no_secret_in(path.display(), std::fs::read(&path).unwrap());
            }
        }
    }
}

fn assert_none_of(canaries: &[&Canary], what: &str, text: &[u8]) {
    let found: Vec<String> = canaries
        .iter()
        .filter_map(|canary| {
            let at = find(text, &canary.needle)?;
            let around = &text[at.saturating_sub(300)..text.len().min(at + 120)];
            Some(format!(
                "{}: …{}…",
                canary.place,
                String::from_utf8_lossy(around)
            ))
        })
        .collect();
    assert!(found.is_empty(), "in {what}:\n{}", found.join("\n\n"));
}

/// Where these bytes stand first.
pub(super) fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, needle)
}
