//! The key by which the caller is known. It is never an argument, for those are seen by everybody on the machine.

use std::fmt;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use service::config::optional;

use super::file::home;
use super::{ConfigFile, Found, Profile, found, variable};
use crate::failure::Failure;
use crate::output::complain;

/// Longest key, or token of an identity provider, in bytes.
const MAX_KEY_BYTES: u64 = 32 << 10;

/// A key, or a token of an identity provider. It is not printed by anything.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Key(String);

impl Key {
    /// What is sent.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// Reads it out of what somebody wrote. It goes into a header.
    fn read(text: &str, from: &str) -> Result<Self, Failure> {
        let text = text.trim();
        let is_key = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_key.then(|| Self(text.to_owned())).ok_or_else(|| {
            Failure::usage(format!(
                "{from} holds no key: it is one word, as `scan keys create` shows it"
            ))
        })
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Key(…)")
    }
}

/// Finds the key, if there is one.
pub(super) fn find(
    file: Option<&Path>,
    profile: Option<&Found<Profile>>,
    config: &ConfigFile,
) -> Result<Option<Found<Key>>, Failure> {
    if let Some(file) = file {
        return in_file(file, "--key-file").map(Some);
    }
    if let Some(Found { value, from }) = variable("SCAN_KEY") {
        return Ok(Some(found(Key::read(&value, &from)?, from)));
    }
    if let Some(file) = optional("SCAN_KEY_FILE") {
        return in_file(Path::new(&file), "SCAN_KEY_FILE").map(Some);
    }
    let Some(profile) = profile else {
        return Ok(None);
    };
    match (&profile.value.key, &profile.value.key_file) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(Failure::usage(format!(
            "{} has both `key` and `key_file`; one of them is enough",
            profile.from
        ))),
        (Some(Key(key)), None) => {
            if let Some(path) = &config.path {
                warn_if_others_can_read(path);
            }
            Ok(Some(found(
                Key::read(key, &profile.from)?,
                profile.from.clone(),
            )))
        }
        (None, Some(file)) => in_file(&expanded(file), &profile.from).map(Some),
    }
}

fn in_file(path: &Path, from: &str) -> Result<Found<Key>, Failure> {
    let is_stdin = path == Path::new("-");
    let mut text = String::new();
    let read = if is_stdin {
        let limited = io::stdin().lock().take(MAX_KEY_BYTES);
        read_line(limited, &mut text)
    } else {
        warn_if_others_can_read(path);
        fs::File::open(path).and_then(|file| read_line(file.take(MAX_KEY_BYTES), &mut text))
    };
    let place = if is_stdin {
        format!("standard input ({from} -)")
    } else {
        format!("{} ({from})", path.display())
    };
    read.map_err(|error| Failure::usage(format!("the key cannot be read from {place}: {error}")))?;
    Ok(found(Key::read(&text, &place)?, place))
}

fn read_line(mut from: impl io::Read, text: &mut String) -> io::Result<()> {
    from.read_to_string(text).map(drop)
}

/// A path that may begin in the user's own folder.
fn expanded(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), home()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_path_buf(),
    }
}

#[cfg(unix)]
fn warn_if_others_can_read(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(about) = fs::metadata(path) else {
        return;
    };
    // A pipe, as of `--key-file <(…)`, is nobody else's.
    if about.is_file() && about.permissions().mode() & 0o077 != 0 {
        let path = path.display();
        complain(&format!(
            "warning: {path} holds a key, and others on this machine can read it: chmod 600 {path}"
        ));
    }
}

#[cfg(not(unix))]
fn warn_if_others_can_read(_path: &Path) {}
