//! Arguments that make no sense, where clap cannot say so.

/// Why. It says what would be right, and nothing of what was given: that may be a secret.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) &'static str);

impl std::fmt::Display for Usage {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.0)
    }
}

impl std::error::Error for Usage {}
