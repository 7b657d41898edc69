//! `scan keys`, as a process of its own, against a table on AWS and data folders of the local runner.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

mod aws;
mod folder;
mod scan;
mod words;
