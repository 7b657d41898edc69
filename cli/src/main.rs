//! The command line, `scan`.

fn main() {}
