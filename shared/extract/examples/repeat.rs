//! Extracts text, tables and metadata from a file so many times, and says what it got and how much memory it took: for
//! benchmarks, which take what one more time costs.
//!
//! ```text
//! cargo run --release --package extract --example repeat -- TIMES FILE
//! ```

#![expect(clippy::print_stdout, reason = "its output is for people")]

use std::{env, fs};

use extract::{Input, LIMITS, NeverInterrupted, Numbers, Output, extract};
use plan::Plan;
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(times), Some(path)) = (arguments.next(), arguments.next()) else {
        return Err("usage: repeat TIMES FILE".into());
    };
    let bytes = fs::read(&path)?;
    let wanted = json!(["text", "tables", "metadata"]);
    let plan = Plan::read(&wanted).expect("a plan");
    let input = Input {
        name: Some(&path),
        declared: None,
        bytes: &bytes,
    };
    let numbers = Numbers {
        document: 0,
        members: 1,
    };
    let mut said = String::new();
    for _ in 0..times.parse::<u32>()? {
        let outcomes = extract(numbers, input, &plan, &LIMITS, &NeverInterrupted)?;
        said = match &outcomes[0].document {
            Output::Extracted(document) => format!(
                "{} characters, {} tables",
                document.text.as_deref().unwrap_or_default().chars().count(),
                document.tables.as_deref().unwrap_or_default().len(),
            ),
            Output::Failed(failed) => return Err(failed.error.detail.as_str().into()),
        };
    }
    println!("{said}");
    if let Some(peak) = peak_kb() {
        println!("{peak} KB");
    }
    Ok(())
}

/// The most memory that this process has held, where the system says it (Linux). What a parent is told of its children counts
/// what they were before they became this program.
fn peak_kb() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().trim_end_matches("kB").trim().parse().ok()
}
