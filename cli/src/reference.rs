//! What is written of the commands themselves: completion for shells, and the reference.

use std::io::{self, Write as _};

use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_markdown::{MarkdownOptions, help_markdown_custom};

use crate::Arguments;
use crate::failure::Failure;

/// Writes what a shell completes `scan` by.
pub(crate) fn completion(shell: Shell) -> Result<(), Failure> {
    let mut written = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "scan", &mut written);
    Ok(io::stdout().write_all(&written)?)
}

/// Writes the reference, as docs/cli.md has it.
pub(crate) fn markdown() -> Result<(), Failure> {
    let options = MarkdownOptions::new()
        .title("Reference of the command line".to_owned())
        .show_footer(false);
    let written = help_markdown_custom::<Arguments>(&options);
    Ok(io::stdout().write_all(written.as_bytes())?)
}
