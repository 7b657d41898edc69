//! How good the engine is, scored against what people found right.
//!
//! ```text
//! cargo run --package extract --example quality [-- --record | --verbose]
//! ```
//!
//! Fails if a score is worse than recorded. `--record` records the scores, `--verbose` names what is not right.

#![expect(clippy::print_stdout, reason = "its output is for people")]

#[path = "../quality/score.rs"]
mod score;

use std::process::ExitCode;
use std::{env, fs};

fn main() -> Result<ExitCode, std::io::Error> {
    let asked = |option: &str| env::args().any(|argument| argument == option);
    let (scores, faults) = score::scores();
    for fault in faults.iter().filter(|_| asked("--verbose")) {
        println!("{fault}");
    }
    print!("{}", score::table(&scores));
    if asked("--record") {
        let recorded = serde_json::to_string_pretty(&score::shares(&scores))? + "\n";
        fs::write(score::record(), recorded)?;
        return Ok(ExitCode::SUCCESS);
    }
    let worse = score::worse(&scores);
    for line in &worse {
        println!("worse: {line}");
    }
    Ok(if worse.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
