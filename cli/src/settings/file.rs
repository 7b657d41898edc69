//! The configuration file:
//!
//! ```toml
//! profile = "prod"                # unless --profile or SCAN_PROFILE says another
//!
//! [profiles.prod]
//! url = "https://abc.execute-api.eu-central-1.amazonaws.com"
//! key_file = "~/.config/data-extraction/prod.key"      # or key = "dx_…"
//! tenant = "acme"
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use service::config::optional;

use super::{Found, found};
use crate::failure::{Exit, Failure};

/// The profile that is used if there is one of this name and no other was asked for.
const DEFAULT_PROFILE: &str = "default";

/// Longest file, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// What the file says. A file that is not there says nothing.
#[derive(Debug, Default)]
pub(crate) struct ConfigFile {
    /// Where it is, or would be; none where there is no home.
    pub(crate) path: Option<PathBuf>,
    /// What it says.
    pub(crate) said: Said,
}

/// The members of the file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Said {
    /// The profile that is used unless another is asked for.
    pub(crate) profile: Option<String>,
    /// The profiles.
    #[serde(default)]
    pub(crate) profiles: BTreeMap<String, Profile>,
}

/// An API, and who calls there.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    /// Where the API is.
    pub(crate) url: Option<String>,
    /// The key.
    pub(crate) key: Option<super::Key>,
    /// A file that holds the key.
    pub(crate) key_file: Option<PathBuf>,
    /// For whom an operator acts.
    pub(crate) tenant: Option<String>,
}

impl ConfigFile {
    /// Reads the file that was asked for, which has to be there, or the one at the usual place.
    pub(crate) fn read(asked: Option<&Path>) -> Result<Self, Failure> {
        let asked = asked.map(Path::to_path_buf);
        let asked = asked.or_else(|| optional("SCAN_CONFIG").map(PathBuf::from));
        let has_to_be_there = asked.is_some();
        let Some(path) = asked.or_else(usual_path) else {
            return Ok(Self::default());
        };
        let wrong = |why: &dyn std::fmt::Display| {
            Failure::usage(format!("the configuration {}: {why}", path.display()))
        };
        let text = match fs::metadata(&path) {
            Ok(about) if about.len() > MAX_FILE_BYTES => {
                return Err(wrong(&"it is too long to be one"));
            }
            Ok(_) => fs::read_to_string(&path).map_err(|error| wrong(&error))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !has_to_be_there => {
                let path = Some(path);
                return Ok(Self {
                    path,
                    said: Said::default(),
                });
            }
            Err(error) => return Err(wrong(&error)),
        };
        let said: Said = toml::from_str(&text).map_err(|error| {
            // Without the line itself, which may hold the key.
            let line = error
                .span()
                .map(|span| text[..span.start].matches('\n').count() + 1);
            let line = line.map_or_else(String::new, |line| format!("line {line}: "));
            wrong(&format!("{line}{}", error.message()))
        })?;
        let path = Some(path);
        Ok(Self { path, said })
    }

    /// The profile that is meant, if any.
    pub(crate) fn profile(&self, asked: Option<&str>) -> Result<Option<Found<Profile>>, Failure> {
        let asked = asked.map(ToOwned::to_owned);
        let asked = asked.or_else(|| optional("SCAN_PROFILE"));
        let asked = asked.or_else(|| self.said.profile.clone());
        let name = asked.as_deref().unwrap_or(DEFAULT_PROFILE);
        match self.said.profiles.get(name) {
            Some(profile) => Ok(Some(found(profile.clone(), format!("the profile {name}")))),
            None if asked.is_none() => Ok(None),
            None => Err(Failure::new(Exit::Usage, self.no_such(name))),
        }
    }

    fn no_such(&self, name: &str) -> String {
        let known: Vec<&str> = self.said.profiles.keys().map(String::as_str).collect();
        let known = match known.as_slice() {
            [] => "it has none".to_owned(),
            known => format!("it has {}", known.join(", ")),
        };
        let path = self.path.as_deref().unwrap_or(Path::new("config.toml"));
        format!("there is no profile {name} in {}: {known}", path.display())
    }
}

impl Found<Profile> {
    /// What the profile says of something.
    pub(super) fn get<T>(&self, of: impl FnOnce(&Profile) -> Option<T>) -> Option<Found<T>> {
        of(&self.value).map(|value| found(value, self.from.clone()))
    }
}

fn usual_path() -> Option<PathBuf> {
    let folder = optional("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute())
        .or_else(|| home().map(|home| home.join(".config")))?;
    Some(folder.join("data-extraction").join("config.toml"))
}

/// The user's own folder.
pub(super) fn home() -> Option<PathBuf> {
    optional("HOME")
        .or_else(|| optional("USERPROFILE"))
        .map(PathBuf::from)
}
