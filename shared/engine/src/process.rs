//! One child, as its parent sees it.

use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use bytes::BytesMut;
use futures::StreamExt as _;
use tokio::io::{
    AsyncRead, AsyncReadExt as _, AsyncSeekExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};
use tokio::process::{ChildStderr, Command};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::codec::{FramedRead, LengthDelimitedCodec};
use tokio_util::io::SyncIoBridge;

use crate::child::{self, AHEAD, COMMAND};
use crate::frame::{self, Ask, Order, Tell};
use crate::{Isolation, Settings, Spool};

/// What Rust writes when memory runs out, before it ends the process. Looked for, and never told on: what else stands on a
/// child's standard error may quote a document.
const OUT_OF_MEMORY: &[u8] = b"memory allocation of ";

/// How long a child that is to end may take, and how long one that is dead may take to be found so.
const END: Duration = Duration::from_secs(1);

/// Bytes of a file that are held at a time.
const PIECE_BYTES: usize = 256 << 10;

/// Bytes that may lie between a thread that plays a child and its parent.
const PIPE_BYTES: usize = 64 << 10;

/// A child that listens. It ends when this is dropped: killed, if it is a process.
pub(crate) struct Process {
    asks: Box<dyn AsyncWrite + Send + Unpin>,
    tells: FramedRead<Box<dyn AsyncRead + Send + Unpin>, LengthDelimitedCodec>,
    /// None for a thread.
    child: Option<Running>,
}

struct Running {
    process: tokio::process::Child,
    /// Whether it complained that memory has run out; known when it has ended.
    out_of_memory: JoinHandle<bool>,
}

/// The bytes of a document on their way to a child.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bytes<'a> {
    Here(&'a [u8]),
    Spooled(&'a Spool),
}

/// A document's file cannot be read, and its child waits for bytes that never come.
#[derive(Debug)]
pub(crate) struct Unread(pub(crate) io::Error);

/// How a child ended that should not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    /// It had no memory left.
    Memory,
    /// It crashed, or somebody killed it.
    Crash,
}

impl Process {
    /// Starts a child: for a document that waits, or ahead of need.
    pub(crate) fn start(
        isolation: &Isolation,
        settings: &Settings,
        ahead: bool,
    ) -> io::Result<Self> {
        match isolation {
            Isolation::Process(program) => {
                Self::child(program, settings.max_engine_memory_bytes, ahead)
            }
            Isolation::Thread => Self::thread(),
        }
    }

    fn child(program: &Path, max_memory_bytes: u64, ahead: bool) -> io::Result<Self> {
        let mut command = Command::new(program);
        command
            .args([COMMAND, &max_memory_bytes.to_string()])
            .args(ahead.then_some(AHEAD))
            // Nothing of it is the child's business, least of all credentials.
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // Ctrl-C is for the parent, which may still finish what it has begun.
        #[cfg(unix)]
        command.process_group(0);
        let mut process = command.spawn()?;
        let none = || io::Error::from(io::ErrorKind::BrokenPipe);
        let asks = process.stdin.take().ok_or_else(none)?;
        let tells = process.stdout.take().ok_or_else(none)?;
        let complaints = process.stderr.take().ok_or_else(none)?;
        let child = Running {
            process,
            out_of_memory: tokio::spawn(complains_of_memory(complaints)),
        };
        Ok(Self::new(asks, tells, Some(child)))
    }

    fn thread() -> io::Result<Self> {
        let (asks, asked) = tokio::io::duplex(PIPE_BYTES);
        let (told, tells) = tokio::io::duplex(PIPE_BYTES);
        let runtime = Handle::current();
        std::thread::Builder::new()
            .name("engine-child".into())
            .spawn(move || {
                let from = SyncIoBridge::new_with_handle(asked, runtime.clone());
                // Whatever becomes of it, the parent sees that it has ended.
                let _ = child::serve(from, SyncIoBridge::new_with_handle(told, runtime), false);
            })?;
        Ok(Self::new(asks, tells, None))
    }

    fn new(
        asks: impl AsyncWrite + Send + Unpin + 'static,
        tells: impl AsyncRead + Send + Unpin + 'static,
        child: Option<Running>,
    ) -> Self {
        Self {
            asks: Box::new(asks),
            tells: FramedRead::new(Box::new(tells), frame::codec()),
            child,
        }
    }

    /// Its number in the system; none for a thread.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.as_ref()?.process.id()
    }

    /// Asks it to extract a document. If it is gone, that shows when it is listened to.
    pub(crate) async fn extract(&mut self, order: &Order, bytes: Bytes<'_>) -> Result<(), Unread> {
        let order = serde_json::to_vec(order).expect("an order always serialises");
        let _ = self.ask(Ask::Extract, &order).await;
        match bytes {
            Bytes::Here(bytes) => {
                let _ = self.ask(Ask::Bytes, bytes).await;
                Ok(())
            }
            Bytes::Spooled(spool) => self.pass_on(spool).await,
        }
    }

    /// Passes a document on piece by piece.
    async fn pass_on(&mut self, Spool { file, bytes }: &Spool) -> Result<(), Unread> {
        let mut file = tokio::fs::File::from_std(file.try_clone().map_err(Unread)?);
        // From its beginning, for another child may have had it before.
        file.rewind().await.map_err(Unread)?;
        let mut piece = vec![0; PIECE_BYTES];
        let mut left = *bytes;
        let Ok(start) = frame::start(Ask::Bytes, left) else {
            return Err(Unread(io::ErrorKind::FileTooLarge.into()));
        };
        let mut heard = self.asks.write_all(&start).await;
        while left > 0 && heard.is_ok() {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(PIECE_BYTES);
            let read = file.read(&mut piece[..most]).await.map_err(Unread)?;
            if read == 0 {
                return Err(Unread(io::ErrorKind::UnexpectedEof.into()));
            }
            left -= read as u64;
            heard = self.asks.write_all(&piece[..read]).await;
        }
        let _ = self.asks.flush().await;
        Ok(())
    }

    /// Asks it to stop. If it is gone, that shows when it is listened to.
    pub(crate) async fn stop(&mut self) {
        let _ = self.ask(Ask::Stop, &[]).await;
    }

    async fn ask(&mut self, ask: Ask, content: &[u8]) -> io::Result<()> {
        let start = frame::start(ask, content.len() as u64)?;
        self.asks.write_all(&start).await?;
        self.asks.write_all(content).await?;
        self.asks.flush().await
    }

    /// What it says next; none if it has ended, or says what makes no sense. May be dropped and called again.
    pub(crate) async fn next(&mut self) -> Option<(Tell, BytesMut)> {
        frame::understand(self.tells.next().await?.ok()?)
    }

    /// How a child ended that says nothing any more.
    pub(crate) async fn death(mut self) -> (Death, Option<ExitStatus>) {
        let Some(Running {
            process,
            out_of_memory,
        }) = &mut self.child
        else {
            return (Death::Crash, None);
        };
        let status = match timeout(END, process.wait()).await {
            Ok(status) => status.ok(),
            Err(_elapsed) => {
                // It closed its output and runs on.
                let _ = process.kill().await;
                None
            }
        };
        let out_of_memory = timeout(END, out_of_memory).await;
        match out_of_memory {
            Ok(Ok(true)) => (Death::Memory, status),
            _ => (Death::Crash, status),
        }
    }

    /// Ends it at once.
    pub(crate) async fn kill(mut self) {
        if let Some(Running { process, .. }) = &mut self.child {
            let _ = process.kill().await;
        }
    }

    /// Lets it end, in the background.
    pub(crate) fn retire(self) {
        let Self { asks, tells, child } = self;
        drop((asks, tells));
        if let Some(Running { mut process, .. }) = child {
            tokio::spawn(async move {
                if timeout(END, process.wait()).await.is_err() {
                    let _ = process.kill().await;
                }
            });
        }
    }

    /// Whether it still runs, as far as is known.
    pub(crate) fn is_alive(&mut self) -> bool {
        match &mut self.child {
            Some(Running { process, .. }) => matches!(process.try_wait(), Ok(None)),
            None => true,
        }
    }
}

/// Reads a child's complaints to their end.
async fn complains_of_memory(complaints: ChildStderr) -> bool {
    let mut complaints = BufReader::new(complaints);
    let (mut found, mut at) = (false, 0);
    while let Ok(byte) = complaints.read_u8().await {
        at = match OUT_OF_MEMORY.get(at) {
            Some(&expected) if expected == byte => at + 1,
            _ => usize::from(byte == OUT_OF_MEMORY[0]),
        };
        found |= at == OUT_OF_MEMORY.len();
    }
    found
}
