//! The API's port, as whoever can open a connection finds it.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

mod bounds;
mod hostile;
mod world;
