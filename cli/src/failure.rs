//! What went wrong, for people, and with which code the program ends then.

use std::error::Error;
use std::fmt;
use std::io;
use std::process::ExitCode;

use crate::client::Problem;

/// What the exit code tells a script. `scan --help` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nobody wants to read the rest: whoever did has gone, which is no error.
    Unread,
    /// Something failed, here or at the API.
    Failed,
    /// What was asked for makes no sense, here or to the API.
    Usage,
    /// A job failed or was cancelled.
    Job,
    /// What was named does not exist.
    NotFound,
    /// Without a key, or with this one, that may not be done.
    NotPermitted,
    /// Nothing answers, or nothing but that it cannot now.
    Unreachable,
    /// Somebody pressed Ctrl-C.
    Interrupted,
}

impl Exit {
    /// The code.
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Unread => 0,
            Self::Failed => 1,
            // As clap ends it where the arguments cannot be understood.
            Self::Usage => 2,
            Self::Job => 3,
            Self::NotFound => 4,
            Self::NotPermitted => 5,
            Self::Unreachable => 6,
            // As shells have it: 128 and the signal's number.
            Self::Interrupted => 130,
        })
    }
}

/// Why a command did not do what it was to do: what, where, and what would be right.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// What a script is told.
    pub(crate) exit: Exit,
    words: String,
    problem: Option<Box<Problem>>,
}

impl Failure {
    /// A failure that ends the program so.
    pub(crate) fn new(exit: Exit, words: impl Into<String>) -> Self {
        Self {
            exit,
            words: words.into(),
            problem: None,
        }
    }

    /// Something failed.
    pub(crate) fn failed(words: impl Into<String>) -> Self {
        Self::new(Exit::Failed, words)
    }

    /// What was asked for makes no sense.
    pub(crate) fn usage(words: impl Into<String>) -> Self {
        Self::new(Exit::Usage, words)
    }

    /// With what the API said.
    pub(crate) fn with(mut self, problem: Problem) -> Self {
        self.problem = Some(Box::new(problem));
        self
    }

    /// What the API said, if it was the API that refused.
    pub(crate) fn problem(&self) -> Option<&Problem> {
        self.problem.as_deref()
    }

    /// Whether the API refused with a problem of this kind, such as `job_not_found`.
    pub(crate) fn is(&self, kind: &str) -> bool {
        self.problem().is_some_and(|problem| problem.is(kind))
    }

    /// Says before it what was being done.
    pub(crate) fn at(mut self, what: impl fmt::Display) -> Self {
        self.words = format!("{what}: {}", self.words);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.words)
    }
}

impl Error for Failure {}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::new(Exit::Unread, "nobody reads what is written")
        } else {
            Self::failed(error.to_string())
        }
    }
}

impl From<Box<dyn Error>> for Failure {
    fn from(error: Box<dyn Error>) -> Self {
        match error.downcast::<Self>() {
            Ok(failure) => *failure,
            Err(error) => match error.downcast::<io::Error>() {
                Ok(error) => (*error).into(),
                Err(error) => Self::failed(error.to_string()),
            },
        }
    }
}
