//! What can be done with the API: a file for each command.

pub(crate) mod cancel;
pub(crate) mod config;
pub(crate) mod extractors;
pub(crate) mod letters;
pub(crate) mod list;
pub(crate) mod remove;
pub(crate) mod result;
pub(crate) mod retry;
pub(crate) mod service;
pub(crate) mod shown;
pub(crate) mod status;
pub(crate) mod submit;
pub(crate) mod usage;
pub(crate) mod watch;

mod each;
mod follow;
mod ids;
mod job;
