//! Where the API is, who calls, and how it is told: by flags, else by the environment, else by a profile of the configuration file.

mod file;
mod key;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use job::Tenant;
use service::Clock;
use service::config::optional;
use url::Url;

use crate::client::Client;
use crate::failure::Failure;
use crate::output::{Output, complain};

pub(crate) use file::{ConfigFile, Profile};
pub(crate) use key::Key;

/// Where the API is unless something else is said: where `make run` has it.
pub(crate) const DEFAULT_URL: &str = "http://127.0.0.1:8000/";

/// How long the answer to a request may take unless something else is said, in seconds.
const DEFAULT_TIMEOUT_SECONDS: u64 = 60;

/// How long a request is repeated that met a passing fault, unless something else is said, in seconds.
const DEFAULT_RETRY_SECONDS: u64 = 60;

const HELP_URL: &str = "Where the API is, with the path that it lies under, if any [default: $SCAN_URL, the profile's, or http://127.0.0.1:8000]";
const HELP_PROFILE: &str =
    "The profile of the configuration file [default: $SCAN_PROFILE, or what the file says]";
const HELP_CONFIG: &str = "The configuration file [default: $SCAN_CONFIG, or data-extraction/config.toml in $XDG_CONFIG_HOME or ~/.config]";
const HELP_KEY_FILE: &str = "A file that holds the key, `-` for standard input [default: $SCAN_KEY, the file $SCAN_KEY_FILE, or the profile's]";
const HELP_TENANT: &str =
    "For which tenant an operator acts [default: $SCAN_TENANT, the profile's, or the key's own]";

const CONNECTION: &str = "Connection";
const OUTPUT: &str = "Output";

/// What every command can be told.
#[derive(Debug, Clone, Args)]
pub(crate) struct CommonArguments {
    /// Where the API is, with the path that it lies under, if any.
    #[arg(long, global = true, value_name = "URL", help_heading = CONNECTION, help = HELP_URL)]
    pub(crate) url: Option<String>,
    /// The profile of the configuration file.
    #[arg(long, global = true, value_name = "NAME", help_heading = CONNECTION, help = HELP_PROFILE)]
    pub(crate) profile: Option<String>,
    /// The configuration file.
    #[arg(long, global = true, value_name = "FILE", help_heading = CONNECTION, help = HELP_CONFIG)]
    pub(crate) config: Option<PathBuf>,
    /// A file that holds the key, `-` for standard input.
    #[arg(long, global = true, value_name = "FILE", help_heading = CONNECTION, help = HELP_KEY_FILE)]
    pub(crate) key_file: Option<PathBuf>,
    /// For which tenant an operator acts.
    #[arg(long, global = true, value_name = "NAME", value_parser = tenant, help_heading = CONNECTION, help = HELP_TENANT)]
    pub(crate) tenant: Option<Tenant>,
    /// How long an answer may take, beside what sending takes
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = DEFAULT_TIMEOUT_SECONDS,
        value_parser = clap::value_parser!(u64).range(1..=3600), help_heading = CONNECTION)]
    pub(crate) timeout: u64,
    /// How long what met a passing fault (429, 503, a broken connection) is tried again; 0 for never
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = DEFAULT_RETRY_SECONDS,
        value_parser = clap::value_parser!(u64).range(0..=86_400), help_heading = CONNECTION)]
    pub(crate) retry_for: u64,
    /// Answer in JSON: an object, or one a line where there are several
    #[arg(long, global = true, help_heading = OUTPUT)]
    pub(crate) json: bool,
    /// Say nothing but results and errors
    #[arg(long, short, global = true, help_heading = OUTPUT)]
    pub(crate) quiet: bool,
}

/// What holds for a command that speaks to the API.
pub(crate) struct Context {
    /// How the API is reached.
    pub(crate) client: Client,
    /// How results are told.
    pub(crate) output: Output,
    /// What time it is.
    pub(crate) clock: Clock,
}

/// What was found out of flags, environment and file.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Where the API is; ends with a slash.
    pub(crate) url: Found<Url>,
    /// Who calls.
    pub(crate) key: Option<Found<Key>>,
    /// For whom an operator acts.
    pub(crate) tenant: Option<Found<Tenant>>,
    /// How long an answer may take.
    pub(crate) timeout: Duration,
    /// How long what met a passing fault is tried again.
    pub(crate) retry_for: Duration,
}

/// A value, and where it is from.
#[derive(Debug, Clone)]
pub(crate) struct Found<T> {
    /// The value.
    pub(crate) value: T,
    /// What said it, in words: `--url`, `SCAN_URL`, `the profile prod`.
    pub(crate) from: String,
}

impl CommonArguments {
    /// How results are to be told.
    pub(crate) fn output(&self) -> Output {
        Output::new(self.json, self.quiet)
    }

    /// Reads all settings and makes ready to call. Nothing is sent yet.
    pub(crate) fn connect(&self) -> Result<Context, Failure> {
        let settings = self.settings()?;
        Ok(Context {
            client: Client::new(settings)?,
            output: self.output(),
            clock: Clock::system(),
        })
    }

    /// Reads all settings.
    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        let file = ConfigFile::read(self.config.as_deref())?;
        let profile = file.profile(self.profile.as_deref())?;
        let of_profile = profile.as_ref();
        let flag = self.url.clone().map(|url| found(url, "--url"));
        let url = flag
            .or_else(|| variable("SCAN_URL"))
            .or_else(|| of_profile.and_then(|profile| profile.get(|it| it.url.clone())));
        let is_elsewhere = match (&url, of_profile) {
            (Some(url), Some(profile)) => profile
                .value
                .url
                .as_ref()
                .is_some_and(|own| *own != url.value),
            _ => false,
        };
        let url = match url {
            Some(Found { value, from }) => found(read_url(&value, &from)?, from),
            None => found(read_url(DEFAULT_URL, "")?, "nothing else was said"),
        };
        // A profile's key is for the profile's API: it is not shown to another one.
        let of_profile = of_profile.filter(|_| !is_elsewhere);
        let key = key::find(self.key_file.as_deref(), of_profile, &file)?;
        if key.is_some() && url.value.scheme() == "http" && !is_this_machine(&url.value) {
            complain(&format!(
                "warning: {} is not encrypted, so the key can be read on the way; use https",
                url.value
            ));
        }
        let flag = self.tenant.clone().map(|value| found(value, "--tenant"));
        let said = variable("SCAN_TENANT")
            .or_else(|| of_profile.and_then(|profile| profile.get(|it| it.tenant.clone())));
        let tenant = match (flag, said) {
            (Some(flag), _) => Some(flag),
            (None, Some(Found { value, from })) => {
                let value = tenant(&value).map_err(|why| Failure::usage(format!("{from}: {why}")));
                Some(found(value?, from))
            }
            (None, None) => None,
        };
        Ok(Settings {
            url,
            key,
            tenant,
            timeout: Duration::from_secs(self.timeout),
            retry_for: Duration::from_secs(self.retry_for),
        })
    }
}

/// A value that was found there.
fn found<T>(value: T, from: impl Into<String>) -> Found<T> {
    let from = from.into();
    Found { value, from }
}

/// What the environment says.
fn variable(name: &str) -> Option<Found<String>> {
    optional(name).map(|value| found(value, name))
}

/// The address of an API, below which its paths lie. One of `…/api/v1/` is taken for what it lies under.
fn read_url(text: &str, from: &str) -> Result<Url, Failure> {
    let wrong = |why: &str| {
        Failure::usage(format!(
            "{from} has to be the address of the API, such as https://abc.execute-api.eu-central-1.amazonaws.com: {why}"
        ))
    };
    let mut url = Url::parse(text.trim()).map_err(|error| wrong(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(wrong("it has to begin with http:// or https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("a key has its own place, as `scan --help` says"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("it has neither a query nor a fragment"));
    }
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/api/v1").unwrap_or(path);
    let path = format!("{path}/");
    url.set_path(&path);
    Ok(url)
}

/// Whether an address is on the machine that this runs on.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever calls says for whom; the API decides whether that may be"
)]
fn tenant(text: &str) -> Result<Tenant, &'static str> {
    Tenant::new(text).ok_or("a tenant has 1 to 64 characters of a-z, 0-9, - and _")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_with_what_it_lies_under_and_however_it_ends() {
        for (said, meant) in [
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000/"),
            ("http://127.0.0.1:8000//", "http://127.0.0.1:8000/"),
            ("https://a.example/prod", "https://a.example/prod/"),
            ("https://a.example/prod/api/v1/", "https://a.example/prod/"),
            (
                "http://127.0.0.1:9001/lambda-url/api/",
                "http://127.0.0.1:9001/lambda-url/api/",
            ),
            (
                "http://127.0.0.1:9001/lambda-url/api/api/v1/",
                "http://127.0.0.1:9001/lambda-url/api/",
            ),
        ] {
            assert_eq!(read_url(said, "").unwrap().as_str(), meant);
        }
        for wrong in [
            "127.0.0.1:8000",
            "localhost:8000",
            "ftp://a.example",
            "https://user:secret@a.example",
            "https://a.example/?key=secret",
            "",
        ] {
            assert!(read_url(wrong, "--url").is_err(), "{wrong}");
        }
    }
}
