//! The bytes of an answer, bounded.
