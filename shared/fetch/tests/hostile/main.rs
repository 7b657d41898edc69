//! Hostile URLs: all are refused by name, and no packet is sent.
//!
//! This runs in a network namespace of its own, which has nothing but loopback, so a hole in the guard reaches nobody. There every
//! address is answered on this machine (`namespace`) by listeners that note what comes (`ear`), and the interface counts packets:
//! what is refused must leave both untouched, and what is public must be heard, or the silence would prove nothing.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

mod addresses;
mod ear;
mod names;
mod namespace;
mod redirects;
mod urls;

/// All tests of this file's modules, which are ignored elsewhere.
#[test]
fn no_hostile_url_sends_a_packet() {
    namespace::run_ignored_tests();
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
