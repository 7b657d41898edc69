//! What can be set from outside, by environment variables or the file `.env`:
//!
//! | variable | default | meaning |
//! | --- | --- | --- |
//! | `LISTEN` | `127.0.0.1:8000` | where the API answers |
//! | `OPEN_ACCESS` | `no` | `yes`: it may answer beyond loopback although nobody is asked who they are |
//! | `DATA_DIR` | `.data` | the folder that keeps everything |
//! | `WORKER` | `on` | `off`: jobs are accepted and wait |
//! | `AUTH_MODE` | `open`; on AWS `keys` | how callers are known: `open`, nobody is asked who they are, `keys`, or `keys+jwt` |
//! | `JWT_ISSUER`, `JWT_AUDIENCE`, … | [`api::AuthSettings`] has them | the identity provider of `keys+jwt` |
//! | `QUOTA_REQUESTS_PER_SECOND`, `QUOTA_JOBS_IN_FLIGHT`, `QUOTA_BYTES_PER_DAY`, `QUOTA_PAGES_PER_DAY` | `unlimited` | what each tenant may have: [`QuotaSettings`] |
//! | `MAX_REQUEST_BYTES` | 50,000,000; on AWS 4,500,000, for what stands before a function there | the longest body of a request |
//! | `MAX_DOCUMENT_SECONDS`, `MAX_ENGINE_MEMORY_BYTES` | [`engine::Settings`] has them | what one document may take |
//! | `FETCH`, `FETCH_ROBOTS`, `FETCH_ALLOW`, `SOURCE_BUCKETS` | [`worker::Elsewhere`] has them | where documents are fetched from |
//! | `CORS_ORIGINS` | none | origins whose pages may use the API, joined by commas; [`Cors`] has them |
//! | `ALLOWED_HOSTS` | none | names by which the API may be called beside `localhost`, where it is open on loopback; [`Hosts`] has them |
//! | `AWS_PORTS` | any free ones; for `local aws` `4567,4568,4569` | ports of `DynamoDB`, SQS and S3 |
//! | `FUNCTIONS_URL` | `http://127.0.0.1:9001` | `local mapping`: where functions are invoked |
//! | `QUEUE_URL` | none | `local mapping`: what feeds the worker |
//! | `UPLOAD_ORIGINS` | none | `local aws`: origins whose pages may follow links into the storage, joined by commas |
//! | `DEAD_LETTER_QUEUE_URL` | none | `local mapping`: what feeds the reaper |
//! | `WEBHOOK_QUEUE_URL` | none | `local mapping`: what feeds the notifier |

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;

use api::{
    AuthSettings, AuthSettingsError, Cors, CorsError, Hosts, QuotaSettings, QuotaSettingsError,
};

use crate::endpoints::{Pages, Ports};
use crate::server::Bounds;

/// The ports of `local aws`, which other programs have to know beforehand.
pub const WELL_KNOWN_PORTS: Ports = Ports {
    dynamodb: 4567,
    sqs: 4568,
    s3: 4569,
};

/// The longest body of a request, in bytes, where nothing stands before the API that takes less.
const MAX_REQUEST_BYTES: usize = 50_000_000;

/// The runner's settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the API answers.
    pub listen: SocketAddr,
    /// The folder that keeps everything.
    pub data: PathBuf,
    /// Whether jobs are done, not just accepted.
    pub worker: bool,
    /// How callers are known. Where nobody is asked, `listen` is on loopback, unless the environment says that it need not be.
    pub auth: AuthSettings,
    /// What tenants may have for which nothing else was set.
    pub quotas: QuotaSettings,
    /// The longest body of a request, in bytes.
    pub max_request_bytes: usize,
    /// The pages of others that may use the API.
    pub cors: Cors,
    /// The names by which the API may be called.
    pub hosts: Hosts,
    /// What clients may take up of the API's port. No variable sets it.
    pub bounds: Bounds,
    /// Where the AWS endpoints answer, if that was asked for.
    pub aws_ports: Option<Ports>,
}

/// What `local aws` is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsSettings {
    /// The folder that keeps everything.
    pub data: PathBuf,
    /// Where the endpoints answer.
    pub ports: Ports,
    /// Whose pages may follow links into the storage.
    pub pages: Pages,
}

/// What `local mapping` is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingSettings {
    /// Where functions are invoked, as `http://host:port`.
    pub functions_url: String,
    /// The queue of jobs.
    pub queue_url: String,
    /// Where that queue's dead letters go.
    pub dead_letter_queue_url: String,
    /// The queue of notices of jobs' ends.
    pub webhook_queue_url: String,
    /// Whether the worker is fed.
    pub worker: bool,
}

/// A variable that cannot be understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A setting of the runner's own.
    #[error("{name}={value} is not understood: it has to be {expected}")]
    Own {
        /// Which one.
        name: &'static str,
        /// What it says.
        value: String,
        /// What would be right.
        expected: &'static str,
    },
    /// One of how callers are known.
    #[error(transparent)]
    Auth(#[from] AuthSettingsError),
    /// Everybody who can reach this machine could do everything.
    #[error(
        "LISTEN={0} can be reached from other machines, and with AUTH_MODE=open whoever reaches it may do everything: set AUTH_MODE=keys, so \
         that callers need a key, or OPEN_ACCESS=yes if that is what you want"
    )]
    Exposed(SocketAddr),
    /// The origins whose pages may use the API.
    #[error(transparent)]
    Cors(#[from] CorsError),
    /// One of what tenants may have.
    #[error(transparent)]
    Quotas(#[from] QuotaSettingsError),
}

impl Settings {
    /// Reads the variables by `get`, which yields none for one that is not set or empty.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let listen = match get("LISTEN") {
            Some(value) => parse_listen(value)?,
            None => SocketAddr::from(([127, 0, 0, 1], 8000)),
        };
        let auth = AuthSettings::read(&get, AuthSettings::Open)?;
        let open_access = get("OPEN_ACCESS").map_or(Ok(false), parse_open_access)?;
        if auth.is_open() && !open_access && !is_loopback(listen) {
            return Err(SettingsError::Exposed(listen));
        }
        // Where anybody at this machine may do everything, so may a page that has its own name lead here.
        let hosts = if auth.is_open() && is_loopback(listen) {
            Hosts::of_this_machine(&get)
        } else {
            Hosts::default()
        };
        Ok(Self {
            listen,
            data: data_folder(&get),
            worker: get("WORKER").map_or(Ok(true), parse_switch)?,
            max_request_bytes: get("MAX_REQUEST_BYTES")
                .map_or(Ok(MAX_REQUEST_BYTES), parse_bytes)?,
            auth,
            quotas: QuotaSettings::read(&get)?,
            cors: Cors::read(&get)?,
            hosts,
            bounds: Bounds::default(),
            aws_ports: get("AWS_PORTS").map(parse_ports).transpose()?,
        })
    }
}

impl AwsSettings {
    /// Reads the variables by `get`, which yields none for one that is not set or empty.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        Ok(Self {
            data: data_folder(&get),
            ports: get("AWS_PORTS").map_or(Ok(WELL_KNOWN_PORTS), parse_ports)?,
            pages: Pages::of(
                get("UPLOAD_ORIGINS")
                    .unwrap_or_default()
                    .split(',')
                    .filter(|origin| !origin.is_empty())
                    .map(ToOwned::to_owned),
            ),
        })
    }
}

/// The folder that keeps everything, by the variable `DATA_DIR`.
pub fn data_folder(get: impl Fn(&str) -> Option<String>) -> PathBuf {
    get("DATA_DIR").unwrap_or_else(|| ".data".to_owned()).into()
}

/// Sets what the file `.env` says. What the environment sets already is left as it is.
pub fn read_env_file() -> Result<(), Box<dyn Error>> {
    match dotenvy::from_path(".env") {
        Ok(()) => Ok(()),
        Err(error) if error.not_found() => Ok(()),
        Err(error) => Err(format!("the file .env cannot be read: {error}").into()),
    }
}

impl MappingSettings {
    /// Reads the variables by `get`, which yields none for one that is not set or empty.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        Ok(Self {
            functions_url: get("FUNCTIONS_URL").map_or_else(
                || Ok("http://127.0.0.1:9001".to_owned()),
                |value| parse_url("FUNCTIONS_URL", value),
            )?,
            queue_url: parse_url("QUEUE_URL", get("QUEUE_URL").unwrap_or_default())?,
            dead_letter_queue_url: parse_url(
                "DEAD_LETTER_QUEUE_URL",
                get("DEAD_LETTER_QUEUE_URL").unwrap_or_default(),
            )?,
            webhook_queue_url: parse_url(
                "WEBHOOK_QUEUE_URL",
                get("WEBHOOK_QUEUE_URL").unwrap_or_default(),
            )?,
            worker: get("WORKER").map_or(Ok(true), parse_switch)?,
        })
    }

    /// Each queue's URL with the name of the function that it feeds.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &'static str)> {
        let jobs = self.worker.then_some((&*self.queue_url, "worker"));
        jobs.into_iter().chain([
            (&*self.dead_letter_queue_url, "reaper"),
            (&*self.webhook_queue_url, "notifier"),
        ])
    }
}

fn parse_url(name: &'static str, value: String) -> Result<String, SettingsError> {
    let is_url = value.starts_with("http://") || value.starts_with("https://");
    if is_url {
        Ok(value)
    } else {
        Err(SettingsError::Own {
            name,
            value,
            expected: "a URL, such as http://127.0.0.1:9001",
        })
    }
}

fn parse_listen(value: String) -> Result<SocketAddr, SettingsError> {
    value.parse().map_err(|_| SettingsError::Own {
        name: "LISTEN",
        value,
        expected: "an IP address and a port, such as 127.0.0.1:8000",
    })
}

/// Whether only this machine reaches it. An IPv4 address may come in the clothes of IPv6.
fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

fn parse_open_access(value: String) -> Result<bool, SettingsError> {
    match value.as_str() {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(SettingsError::Own {
            name: "OPEN_ACCESS",
            value,
            expected: "yes or no",
        }),
    }
}

fn parse_switch(value: String) -> Result<bool, SettingsError> {
    match value.as_str() {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(SettingsError::Own {
            name: "WORKER",
            value,
            expected: "on or off",
        }),
    }
}

fn parse_bytes(value: String) -> Result<usize, SettingsError> {
    value.parse().map_err(|_| SettingsError::Own {
        name: "MAX_REQUEST_BYTES",
        value,
        expected: "a number of bytes, such as 4500000",
    })
}

fn parse_ports(value: String) -> Result<Ports, SettingsError> {
    let ports: Result<Vec<u16>, _> = value.split(',').map(|port| port.trim().parse()).collect();
    match ports.as_deref() {
        Ok(&[dynamodb, sqs, s3]) => Ok(Ports { dynamodb, sqs, s3 }),
        _ => Err(SettingsError::Own {
            name: "AWS_PORTS",
            value,
            expected: "three ports, of DynamoDB, SQS and S3, such as 4567,4568,4569",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name);
        Settings::read(|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    fn read_mapping(variables: &[(&str, &str)]) -> Result<MappingSettings, SettingsError> {
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name);
        MappingSettings::read(|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_mapping_feeds_the_worker_unless_it_is_off_and_the_others() {
        let queues = [
            ("QUEUE_URL", "http://q"),
            ("DEAD_LETTER_QUEUE_URL", "http://d"),
            ("WEBHOOK_QUEUE_URL", "http://w"),
        ];
        let others = [("http://d", "reaper"), ("http://w", "notifier")];
        let settings = read_mapping(&queues).unwrap();
        assert_eq!(settings.functions_url, "http://127.0.0.1:9001");
        let sources: Vec<_> = settings.sources().collect();
        assert_eq!(sources[0], ("http://q", "worker"));
        assert_eq!(sources[1..], others);

        let [jobs, letters, notices] = queues;
        let settings = read_mapping(&[jobs, letters, notices, ("WORKER", "off")]).unwrap();
        let sources: Vec<_> = settings.sources().collect();
        assert_eq!(sources, others);
    }

    #[test]
    fn nothing_has_to_be_set() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.listen, "127.0.0.1:8000".parse().unwrap());
        assert_eq!(settings.data, PathBuf::from(".data"));
        assert!(settings.worker);
        assert_eq!(settings.max_request_bytes, MAX_REQUEST_BYTES);
        assert_eq!(settings.quotas, QuotaSettings::UNLIMITED);
        assert_eq!(settings.aws_ports, None);
    }

    #[test]
    fn everything_can_be_set() {
        let variables = [
            ("LISTEN", "[::1]:9000"),
            ("DATA_DIR", "/srv/scan"),
            ("AWS_PORTS", "1, 2, 3"),
            ("WORKER", "off"),
            ("MAX_REQUEST_BYTES", "7"),
            ("QUOTA_JOBS_IN_FLIGHT", "3"),
        ];
        let settings = read(&variables).unwrap();
        assert_eq!(settings.listen, "[::1]:9000".parse().unwrap());
        assert_eq!(settings.data, PathBuf::from("/srv/scan"));
        assert!(!settings.worker);
        assert_eq!(settings.max_request_bytes, 7);
        assert_ne!(settings.quotas, QuotaSettings::UNLIMITED);
        assert_eq!(
            settings.aws_ports,
            Some(Ports {
                dynamodb: 1,
                sqs: 2,
                s3: 3
            })
        );
    }

    #[test]
    fn where_nobody_is_asked_who_they_are_only_this_machine_is_answered() {
        for here in [
            "127.0.0.1:8000",
            "127.8.9.1:8000",
            "[::1]:8000",
            "[::ffff:127.0.0.1]:8000",
        ] {
            assert!(read(&[("LISTEN", here)]).is_ok(), "{here}");
        }
        for there in [
            "0.0.0.0:8000",
            "[::]:8000",
            "192.0.2.1:8000",
            "[2001:db8::1]:8000",
            "[::ffff:192.0.2.1]:8000",
            "[::ffff:0.0.0.0]:8000",
            // Once meant to be IPv4's loopback; no system takes it for that.
            "[::127.0.0.1]:8000",
        ] {
            let refused = read(&[("LISTEN", there)]).unwrap_err();
            let address: SocketAddr = there.parse().unwrap();
            assert_eq!(refused, SettingsError::Exposed(address));
            let said = refused.to_string();
            for word in [&*address.to_string(), "AUTH_MODE=keys", "OPEN_ACCESS=yes"] {
                assert!(said.contains(word), "{said}");
            }
            for way_out in [("AUTH_MODE", "keys"), ("OPEN_ACCESS", "yes")] {
                assert!(read(&[("LISTEN", there), way_out]).is_ok(), "{there}");
            }
            assert!(read(&[("LISTEN", there), ("OPEN_ACCESS", "no")]).is_err());
        }
        assert!(read(&[("OPEN_ACCESS", "1")]).is_err());
    }

    #[test]
    fn the_endpoints_alone_are_told_of_no_callers() {
        let variables = [("LISTEN", "0.0.0.0:80"), ("DATA_DIR", "/srv")];
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name);
        let settings = AwsSettings::read(|name| find(name).map(|(_, value)| (*value).to_owned()));
        let expected = AwsSettings {
            data: "/srv".into(),
            ports: WELL_KNOWN_PORTS,
            pages: Pages::default(),
        };
        assert_eq!(settings, Ok(expected));
    }

    #[test]
    fn a_value_that_is_not_understood_is_named_with_what_would_be_right() {
        let error = read(&[("LISTEN", "localhost")]).unwrap_err().to_string();
        assert_eq!(
            error,
            "LISTEN=localhost is not understood: it has to be an IP address and a port, such as \
             127.0.0.1:8000"
        );
        assert!(read(&[("WORKER", "no")]).is_err());
        assert!(read(&[("MAX_REQUEST_BYTES", "4.5MB")]).is_err());
        let error = read_mapping(&[("QUEUE_URL", "http://q")]).unwrap_err();
        assert!(
            error.to_string().starts_with("DEAD_LETTER_QUEUE_URL= "),
            "{error}"
        );
        for value in ["4567", "1,2", "1,2,3,4", "1,2,99999"] {
            assert!(read(&[("AWS_PORTS", value)]).is_err(), "{value}");
        }
    }
}
