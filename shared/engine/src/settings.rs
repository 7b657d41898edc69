//! What the engine may take, and where it runs.

use std::num::NonZero;
use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::Duration;

/// Memory of a process, in bytes, where nobody says how much there is.
const MEMORY_BYTES: u64 = 1 << 30;

/// What Lambda gives a function is also for the function itself: its code, the requests and the results that it holds.
const FUNCTION_BYTES: u64 = 256 << 20;

/// Less than this and a process does not begin to work: its stack alone is 64 MB.
const LEAST_MEMORY_BYTES: u64 = 128 << 20;

/// Where documents are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Isolation {
    /// In child processes that run this program.
    Process(PathBuf),
    /// On threads of this process. For tests alone: it bounds time and not memory, and a crash is everybody's.
    Thread,
}

impl Isolation {
    /// In child processes of the program that is running. It has to ask [`Child`](crate::Child) first of all whether it is one.
    pub fn this_program() -> Self {
        // Also when the file has been replaced since: a child has to be of the same build.
        let running = PathBuf::from("/proc/self/exe");
        if running.exists() {
            return Self::Process(running);
        }
        Self::Process(std::env::current_exe().unwrap_or_default())
    }
}

/// What the engine may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Processes that are kept for the next document. Default: one for each core.
    pub processes: usize,
    /// Memory that one process may take, in bytes. Passed: that document is refused. Default: what Lambda gives the function, less
    /// 256 MB, over all processes; elsewhere 1 GiB.
    pub max_engine_memory_bytes: u64,
    /// How long one document may take, with all documents within it. Passed: it is refused. Default: 60 s.
    pub max_document_time: Duration,
    /// Size of the result of one job, in bytes. Passed: the document that does so is refused. Default: 256 MiB.
    pub max_result_bytes: usize,
    /// How long a process may take to stop when it is told to, before it is killed. Default: 2 s.
    pub grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            processes: available_parallelism().map_or(1, NonZero::get),
            max_engine_memory_bytes: MEMORY_BYTES,
            max_document_time: Duration::from_mins(1),
            max_result_bytes: 256 << 20,
            grace: Duration::from_secs(2),
        }
    }
}

/// A variable that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}={value} is not understood: it has to be a whole number of {unit}")]
pub struct SettingsError {
    name: &'static str,
    value: String,
    unit: &'static str,
}

impl Settings {
    /// Reads the variables by `get`, which yields none for one that is not set.
    ///
    /// | variable | meaning |
    /// | --- | --- |
    /// | `MAX_ENGINE_MEMORY_BYTES` | [`max_engine_memory_bytes`](Self::max_engine_memory_bytes), at least 128 MiB |
    /// | `MAX_DOCUMENT_SECONDS` | [`max_document_time`](Self::max_document_time) |
    /// | `AWS_LAMBDA_FUNCTION_MEMORY_SIZE` | what Lambda gives the function, in MB |
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let number = |name, unit| {
            let parse = |value: String| {
                let error = |value| SettingsError { name, value, unit };
                value.parse::<u64>().map_err(|_| error(value))
            };
            get(name).map(parse).transpose()
        };
        let mut settings = Self::default();
        let given = number("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "megabytes")?.map(|size| size << 20);
        if let Some(bytes) = given {
            let processes = u64::try_from(settings.processes).unwrap_or(1);
            settings.max_engine_memory_bytes = bytes.saturating_sub(FUNCTION_BYTES) / processes;
        }
        if let Some(bytes) = number("MAX_ENGINE_MEMORY_BYTES", "bytes")? {
            settings.max_engine_memory_bytes = bytes;
        }
        settings.max_engine_memory_bytes = settings.max_engine_memory_bytes.max(LEAST_MEMORY_BYTES);
        if let Some(seconds) = number("MAX_DOCUMENT_SECONDS", "seconds")? {
            settings.max_document_time = Duration::from_secs(seconds);
        }
        Ok(settings)
    }

    /// The same for one document at a time, which may have the memory of all.
    #[must_use]
    pub fn for_one(self) -> Self {
        let all = self.processes as u64;
        Self {
            processes: 1,
            max_engine_memory_bytes: self.max_engine_memory_bytes.saturating_mul(all),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn nothing_has_to_be_set() {
        assert_eq!(read(&[]), Ok(Settings::default()));
    }

    #[test]
    fn a_functions_memory_is_shared_by_its_processes_but_for_its_own_part() {
        let settings = read(&[("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "3008")]).unwrap();
        let all = settings.max_engine_memory_bytes * settings.processes as u64;
        assert!(all <= (3008 - 256) << 20 || settings.max_engine_memory_bytes == 128 << 20);
        assert!(settings.max_engine_memory_bytes >= 128 << 20);
    }

    #[test]
    fn what_is_set_counts_and_never_so_little_that_nothing_works() {
        let settings = read(&[
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "3008"),
            ("MAX_ENGINE_MEMORY_BYTES", "300000000"),
            ("MAX_DOCUMENT_SECONDS", "7"),
        ])
        .unwrap();
        assert_eq!(settings.max_engine_memory_bytes, 300_000_000);
        assert_eq!(settings.max_document_time, Duration::from_secs(7));
        let least = read(&[("MAX_ENGINE_MEMORY_BYTES", "1")]).unwrap();
        assert_eq!(least.max_engine_memory_bytes, 128 << 20);
        let error = read(&[("MAX_DOCUMENT_SECONDS", "1m")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "MAX_DOCUMENT_SECONDS=1m is not understood: it has to be a whole number of seconds"
        );
    }
}
