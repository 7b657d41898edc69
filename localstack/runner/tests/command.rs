//! The command `local`, as a process of its own.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]
#![cfg(unix)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use tempfile::TempDir;

/// `local` in a folder of its own, with nothing set but what a test sets.
fn local(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn it_says_where_it_answers_and_ends_cleanly_when_asked_to() {
    for signal in ["TERM", "INT"] {
        let folder = tempfile::tempdir().unwrap();
        let product = Running::start(&folder, &[], &[("LISTEN", "127.0.0.1:0")]);

        let health = product.line("Health");
        assert_eq!(get(health), 200, "{health}");
        assert_eq!(get(product.line("Docs")), 200);
        let data = folder.path().canonicalize().unwrap().join(".data");
        assert_eq!(product.line("Data"), data.to_str().unwrap());

        let (code, log) = product.end(signal);
        assert_eq!(code, Some(0), "{log}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut product = Running::start(&folder, &[], &[("LISTEN", "127.0.0.1:0")]);
    // A request whose body does not come holds up a clean end.
    let url = product.line("API").to_owned();
    let (host, _) = url
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!(
        "POST /api/v1/scan/start/ HTTP/1.1\r\nhost: {host}\r\ncontent-length: 9\r\n\
         expect: 100-continue\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    // The answer to this says that the body is being waited for.
    stream.read_exact(&mut [0; 12]).unwrap();

    product.signal("INT");
    let mut stderr = BufReader::new(product.process.stderr.take().unwrap());
    let mut log = String::new();
    while !log.contains("Stopping") {
        assert!(stderr.read_line(&mut log).unwrap() > 0, "{log}");
    }
    product.signal("INT");

    assert_eq!(product.process.wait().unwrap().code(), Some(130));
}

#[test]
fn a_second_process_is_refused_the_folder_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let first = Running::start(&folder, &[], &[("LISTEN", "127.0.0.1:0")]);

    let Output {
        status,
        stdout: _,
        stderr,
    } = local(folder.path(), &[], &[("LISTEN", "127.0.0.1:0")])
        .output()
        .unwrap();

    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(1), "{stderr}");
    let data = folder.path().canonicalize().unwrap().join(".data");
    assert!(stderr.contains(data.to_str().unwrap()), "{stderr}");
    assert!(
        stderr.contains(&format!("(pid {})", first.process.id())),
        "{stderr}"
    );
    assert_eq!(get(first.line("Health")), 200);
    first.end("TERM");
}

#[test]
fn a_taken_port_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = holder.local_addr().unwrap().to_string();

    let refused = local(folder.path(), &[], &[("LISTEN", &taken)])
        .output()
        .unwrap();

    let stderr = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{stderr}");
    assert!(
        stderr.contains(&taken) && stderr.contains("LISTEN"),
        "{stderr}"
    );
    assert!(!folder.path().join(".data").exists(), "nothing was begun");
}

#[test]
fn without_keys_it_listens_beyond_this_machine_only_if_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for address in ["0.0.0.0:0", "[::]:0", "[::ffff:0.0.0.0]:0"] {
        let refused = local(folder.path(), &[], &[("LISTEN", address)])
            .output()
            .unwrap();
        let stderr = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(1), "{stderr}");
        for said in [address, "AUTH_MODE=keys", "OPEN_ACCESS=yes"] {
            assert!(stderr.contains(said), "{stderr}");
        }
        assert!(!folder.path().join(".data").exists(), "nothing was begun");
    }

    let everywhere = ("LISTEN", "0.0.0.0:0");
    let open = Running::start(&folder, &[], &[everywhere, ("OPEN_ACCESS", "yes")]);
    assert!(open.line("Callers").starts_with("anybody"));
    open.end("TERM");
    let keys = Running::start(&folder, &[], &[everywhere, ("AUTH_MODE", "keys")]);
    let data = folder.path().canonicalize().unwrap().join(".data");
    let first = format!("scan keys create --admin --data {}", data.display());
    assert!(keys.line("Callers").ends_with(&first), "{}", keys.greeting);
    assert!(
        keys.line("Callers").contains("none yet"),
        "{}",
        keys.greeting
    );
    assert_eq!(get(&keys.line("API").replace("0.0.0.0", "127.0.0.1")), 404);
    keys.end("TERM");
}

#[test]
fn its_folder_is_its_owners_alone_and_says_how_to_reach_it_while_it_runs() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let product = Running::start(&folder, &[], &[("LISTEN", "127.0.0.1:0")]);
    let data = folder.path().join(".data");
    let mode = fs::metadata(&data).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let told = fs::read_to_string(data.join("endpoints.json")).unwrap();
    let pid = format!("\"pid\":{},", product.process.id());
    assert!(told.contains(&pid), "{told}");
    product.end("TERM");
    assert!(!data.join("endpoints.json").exists());
}

#[test]
fn the_env_file_is_read_and_the_environment_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join(".env"),
        "LISTEN=here\nDATA_DIR=elsewhere\n",
    )
    .unwrap();

    let refused = local(folder.path(), &[], &[]).output().unwrap();
    let stderr = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("LISTEN=here"), "{stderr}");

    let product = Running::start(&folder, &[], &[("LISTEN", "127.0.0.1:0")]);
    assert!(product.line("Data").ends_with("/elsewhere"));
    product.end("TERM");
}

#[test]
fn the_aws_endpoints_run_alone_and_print_what_a_shell_needs() {
    let folder = tempfile::tempdir().unwrap();
    let endpoints = Running::start(&folder, &["aws"], &[("AWS_PORTS", "0,0,0")]);

    let exported = |name: &str| {
        let start = format!("export {name}=");
        let line = endpoints
            .greeting
            .lines()
            .find_map(|line| line.strip_prefix(&start));
        line.unwrap_or_else(|| panic!("no {name} in {}", endpoints.greeting))
    };
    assert_eq!(get(exported("AWS_ENDPOINT_URL_DYNAMODB")), 200);
    // Neither of these answers a plain GET with anything but a refusal of its own.
    assert_eq!(get(exported("AWS_ENDPOINT_URL_S3")), 403);
    assert!((400..500).contains(&get(exported("AWS_ENDPOINT_URL_SQS"))));
    for name in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        assert!(!exported(name).is_empty());
    }

    let (code, log) = endpoints.end("INT");
    assert_eq!(code, Some(0), "{log}");
}

#[test]
fn an_unknown_command_is_answered_with_the_known_ones() {
    let folder = tempfile::tempdir().unwrap();
    let refused = local(folder.path(), &["serve", "it"], &[])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let stderr = String::from_utf8(refused.stderr).unwrap();
    assert!(
        stderr.contains("local serve it") && stderr.contains("Usage"),
        "{stderr}"
    );

    let help = local(folder.path(), &["--help"], &[]).output().unwrap();
    assert_eq!(help.status.code(), Some(0));
    assert!(String::from_utf8(help.stdout).unwrap().contains("DATA_DIR"));
}

/// A process that has said that it is ready.
struct Running {
    process: Child,
    greeting: String,
    /// Kept open, so that it may go on writing.
    _stdout: BufReader<ChildStdout>,
}

impl Running {
    fn start(folder: &TempDir, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut process = local(folder.path(), arguments, variables)
            .process_group(0)
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut greeting = String::new();
        while !greeting.contains("Ctrl-C") {
            if stdout.read_line(&mut greeting).unwrap() == 0 {
                let log = log_of(&mut process);
                panic!("it ended before it was ready: {greeting}{log}");
            }
        }
        Self {
            process,
            greeting,
            _stdout: stdout,
        }
    }

    /// What the greeting says behind this word.
    fn line(&self, word: &str) -> &str {
        let found = self
            .greeting
            .lines()
            .find_map(|line| line.trim().strip_prefix(word));
        found
            .unwrap_or_else(|| panic!("no {word} in {}", self.greeting))
            .trim()
    }

    /// Sends a signal, and waits for the end: the exit code and what was logged.
    fn end(mut self, signal: &str) -> (Option<i32>, String) {
        self.signal(signal);
        let log = log_of(&mut self.process);
        (self.process.wait().unwrap().code(), log)
    }

    fn signal(&self, signal: &str) {
        let kill = Command::new("kill")
            .args(["-s", signal, &self.process.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn log_of(process: &mut Child) -> String {
    let mut log = String::new();
    process
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut log)
        .unwrap();
    log
}

/// The status that a `GET` of this URL is answered with.
fn get(url: &str) -> u16 {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    answer[9..12].parse().unwrap()
}
