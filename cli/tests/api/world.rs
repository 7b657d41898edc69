//! A product on loopback, and the command that is to use it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::Value;
use tempfile::TempDir;
use testkit::{Options, Stack, Wire};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, spawn_blocking};

/// A product, a way to it that can be broken, and a folder to work in.
pub(crate) struct World {
    pub(crate) stack: Stack,
    /// What stands between the command and the API.
    pub(crate) wire: Wire,
    pub(crate) folder: TempDir,
    busy: Arc<AtomicUsize>,
    base: &'static str,
    server: JoinHandle<()>,
}

/// What came of a command.
#[derive(Debug)]
pub(crate) struct Done {
    /// None: it was killed.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(Options::default(), "/").await
    }

    /// With an API that differs from the usual, and lies under this path.
    pub(crate) async fn with(options: Options, base: &'static str) -> Self {
        let stack = Stack::with(options).await;
        let busy = Arc::new(AtomicUsize::new(0));
        let api = stack.api.clone();
        let router = match base {
            "/" => api,
            base => Router::new().nest(base, api),
        };
        let router = router.layer(from_fn_with_state(Arc::clone(&busy), gateway));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            wire: Wire::to(&url).await,
            folder: tempfile::tempdir().unwrap(),
            stack,
            busy,
            base,
            server,
        }
    }

    /// The next so many requests are refused by the gateway that stands before the API.
    pub(crate) fn be_busy(&self, times: usize) {
        self.busy.store(times, Ordering::SeqCst);
    }

    /// Where the API is.
    pub(crate) fn url(&self) -> String {
        format!("{}{}", self.wire.url, self.base)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a document into the folder.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The command with these arguments, split at spaces, yet to be run.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = bare(self.folder.path(), arguments);
        command.env("SCAN_URL", self.url());
        command
    }

    /// Runs it to its end.
    pub(crate) async fn scan(&self, arguments: &str) -> Done {
        run(self.command(arguments)).await
    }

    /// Runs it to its end, while the worker works.
    pub(crate) async fn scan_working(&self, arguments: &str) -> Done {
        self.working(run(self.command(arguments))).await
    }

    /// Lets the worker work until something is done.
    pub(crate) async fn working<T>(&self, something: impl Future<Output = T>) -> T {
        let work = async {
            loop {
                self.stack.work_once().await;
            }
        };
        tokio::select! {
            biased;
            done = something => done,
            () = work => unreachable!("it works for ever"),
        }
    }

    /// The jobs that the API knows.
    pub(crate) async fn jobs(&self) -> Vec<Value> {
        let list = self.stack.get("/api/v1/scan/?limit=200").await.json();
        list["jobs"].as_array().unwrap().clone()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// What stands before the API on AWS: it refuses in its own words.
async fn gateway(State(busy): State<Arc<AtomicUsize>>, request: Request, next: Next) -> Response {
    let left = busy.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
        left.checked_sub(1)
    });
    if left.is_err() {
        return next.run(request).await;
    }
    let body = r#"{"message":"Too Many Requests"}"#;
    let headers = [("retry-after", "0"), ("content-type", "application/json")];
    (StatusCode::TOO_MANY_REQUESTS, headers, body).into_response()
}

/// The command with nothing in its environment.
pub(crate) fn bare(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scan"));
    command
        .args(arguments.split(' ').filter(|it| !it.is_empty()))
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs it to its end, while what it talks to goes on in this process.
pub(crate) async fn run(command: Command) -> Done {
    run_with(command, None).await
}

/// The same, with something on its standard input.
pub(crate) async fn run_with(mut command: Command, input: Option<&str>) -> Done {
    let input = input.map(ToOwned::to_owned);
    let output = spawn_blocking(move || {
        if input.is_some() {
            command.stdin(Stdio::piped());
        }
        let mut child = command.spawn().unwrap();
        if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
            stdin.write_all(input.as_bytes()).unwrap();
        }
        child.wait_with_output().unwrap()
    });
    let output = output.await.unwrap();
    let done = Done {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    let after = done.stderr.split("dx_").skip(1);
    let mut keys = after.filter(|it| it.starts_with(|it: char| it.is_ascii_hexdigit()));
    assert_eq!(keys.next(), None, "a key is not said: {done:?}");
    done
}
