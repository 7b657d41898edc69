//! Why something was not fetched.

/// Why something was not fetched. Its words are for whoever asked: they say nothing of what lies behind the guard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Nothing is fetched at all.
    #[error("Fetching from URLs is switched off here.")]
    Off,
    /// The URL leads to an address that is not public. The same words for every such address, whether anything answers there
    /// or not: this is no port scanner.
    #[error("The URL leads to an address that nothing is fetched from.")]
    ForbiddenAddress,
    /// The URL itself is of a kind that is not fetched.
    #[error("The URL is not fetched: {0}")]
    ForbiddenUrl(&'static str),
    /// `robots.txt` asks not to fetch it.
    #[error("The site's robots.txt asks programs not to fetch this URL.")]
    Robots,
    /// `robots.txt` is there but cannot be read now.
    #[error("The site's robots.txt cannot be read: the server answered with status {0}.")]
    RobotsUnavailable(u16),
    /// The other side answers, but not with the document.
    #[error("The server answered with status {0}.")]
    Status(u16),
    /// It goes on and on.
    #[error("The URL was redirected more than {0} times.")]
    TooManyRedirects(usize),
    /// It is longer than may be fetched, as sent or unpacked.
    #[error("The document has more bytes; the limit max_fetch_bytes is {0}.")]
    TooLarge(usize),
    /// What the other side says is no HTTP, or not in a coding that was asked for.
    #[error("The server's answer is not understood: {0}")]
    Malformed(&'static str),
    /// The server does not show that it is who it should be.
    #[error(
        "No secure connection to the server can be made: its certificate is not trusted, or its TLS is too old."
    )]
    Untrusted,
    /// It took too long.
    #[error("The document did not come within {0} s.")]
    TimedOut(u64),
    /// The name has no address, nobody answers there, or the connection broke.
    #[error("The server cannot be reached: {0}")]
    Unreachable(&'static str),
}

impl FetchError {
    /// Whether the guard or the configuration said no, before anything was sent there.
    pub fn is_forbidden(&self) -> bool {
        match self {
            Self::Off | Self::ForbiddenAddress | Self::ForbiddenUrl(_) => true,
            Self::Robots
            | Self::RobotsUnavailable(_)
            | Self::Status(_)
            | Self::Untrusted
            | Self::TooManyRedirects(_)
            | Self::TooLarge(_)
            | Self::Malformed(_)
            | Self::TimedOut(_)
            | Self::Unreachable(_) => false,
        }
    }

    /// Whether it may well go right a little later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::RobotsUnavailable(_) | Self::TimedOut(_) | Self::Unreachable(_) => true,
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Off
            | Self::ForbiddenAddress
            | Self::ForbiddenUrl(_)
            | Self::Robots
            | Self::TooManyRedirects(_)
            | Self::TooLarge(_)
            | Self::Malformed(_)
            | Self::Untrusted => false,
        }
    }
}
