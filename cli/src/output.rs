//! What is said: results to standard output, for programs too, and words for people to standard error.

use std::io::{self, Write as _};

/// Says a result. It is certain to have been written when this returns.
pub(crate) fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Says words to whoever may be looking. Nobody can be told if this fails.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
