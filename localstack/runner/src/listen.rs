//! Listening on a port, with an error that says which one and what to do.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

/// Why a port cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Somebody else listens there.
    #[error("{0} is taken: stop the program that listens there, or choose another port")]
    Taken(SocketAddr),
    /// The system refuses for another reason.
    #[error("cannot listen on {address}: {source}")]
    Io {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

/// Listens on `address` and says where that is: port 0 takes any free one.
pub async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ListenError> {
    let failure = |source: io::Error| match source.kind() {
        io::ErrorKind::AddrInUse => ListenError::Taken(address),
        _ => ListenError::Io { address, source },
    };
    let listener = TcpListener::bind(address).await.map_err(failure)?;
    let bound = listener.local_addr().map_err(failure)?;
    Ok((listener, bound))
}
