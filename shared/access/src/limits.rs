//! What a key may be, wherever it is made.

use std::time::Duration;

/// Longest name of a key, in characters.
pub const MAX_KEY_NAME_CHARS: usize = 100;

/// Longest life of a key that expires, in days.
pub const MAX_KEY_DAYS: u32 = 3_650;

/// Longest time for which a key that was rotated holds beside its successor.
pub const MAX_KEY_OVERLAP: Duration = Duration::from_hours(7 * 24);
