//! Being asked to stop.

use std::io;
use std::process::ExitCode;

/// The exit code of a program that Ctrl-C cut off.
const CUT_OFF: u8 = 130;

/// Ctrl-C and, on Unix, SIGTERM. Neither ends the process by itself once this exists.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Takes the signals over.
    pub fn install() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
            })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits for the next of them.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Runs `end` to its end and yields success, unless another signal comes: then it is dropped.
    pub async fn unless_repeated(&mut self, end: impl Future<Output = ()>) -> ExitCode {
        tokio::select! {
            () = end => ExitCode::SUCCESS,
            () = self.next() => ExitCode::from(CUT_OFF),
        }
    }
}
