//! What every function's `main` needs: configuration, AWS clients, the clock, logs.
//!
//! **Invariant:** besides a `main`, only this crate reads the environment or the time.

mod clock;

pub use clock::Clock;
