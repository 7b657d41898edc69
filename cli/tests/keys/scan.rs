//! The command, run.

use std::path::Path;
use std::process::{Command, Stdio};

use tokio::task::spawn_blocking;

/// What came of it.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    /// All of standard output, which is one line, of a command that succeeded.
    pub(crate) fn line(&self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        let line = self.stdout.strip_suffix('\n').unwrap();
        assert!(!line.contains('\n'), "{self:?}");
        line.to_owned()
    }
}

/// Runs `scan` with these arguments, split at spaces, and nothing in its environment but these variables.
pub(crate) async fn scan(folder: &Path, arguments: &str, variables: &[(&str, &str)]) -> Done {
    run(command(folder, arguments, variables)).await
}

/// The command, yet to be run.
pub(crate) fn command(folder: &Path, arguments: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scan"));
    command
        .args(arguments.split(' '))
        .current_dir(folder)
        .env_clear()
        // Nobody should be asked on the way who could know credentials.
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs it, while what it talks to goes on in this process.
pub(crate) async fn run(mut command: Command) -> Done {
    let output = spawn_blocking(move || command.spawn().unwrap().wait_with_output().unwrap());
    let output = output.await.unwrap();
    let done = Done {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    let secrets = done.stdout.matches("dx_").count();
    assert!(secrets <= 1, "a key is shown once: {done:?}");
    assert!(!done.stderr.contains("dx_"), "{done:?}");
    done
}

/// The id in a key.
pub(crate) fn id_of(key: &str) -> &str {
    key.split('_').nth(1).unwrap()
}

/// What is secret in a key.
pub(crate) fn secret_of(key: &str) -> &str {
    &key.split('_').nth(2).unwrap()[..64]
}
