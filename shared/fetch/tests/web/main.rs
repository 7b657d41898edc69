//! Fetching from sites that behave, and from those that do not, over loopback.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

mod answers;
mod conditions;
mod limits;
mod post;
mod redirects;
mod robots;
mod site;
