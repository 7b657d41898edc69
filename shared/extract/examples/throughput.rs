//! How fast the engine is: extracts all there is from each file again and again, for a second each.
//!
//! ```text
//! cargo run --release --package extract --example throughput -- FILE…
//! ```

#![expect(clippy::print_stdout, reason = "its output is for people")]

use std::time::{Duration, Instant};
use std::{env, fs};

use extract::{Input, LIMITS, NeverInterrupted, Numbers, extract};
use plan::{Extractor, Plan};
use serde_json::Value;

const TIME: Duration = Duration::from_secs(1);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let all = Extractor::ALL
        .into_iter()
        .filter(|it| *it != Extractor::Fields);
    let all = all.map(|it| Value::from(it.name())).collect();
    let plan = Plan::read(&Value::Array(all)).expect("all there is");
    let numbers = Numbers {
        document: 0,
        members: 1,
    };
    for path in env::args().skip(1) {
        let bytes = fs::read(&path)?;
        let input = Input {
            name: Some(&path),
            declared: None,
            bytes: &bytes,
        };
        let mut times = Vec::new();
        let end = Instant::now() + TIME;
        while Instant::now() < end {
            let start = Instant::now();
            extract(numbers, input, &plan, &LIMITS, &NeverInterrupted)?;
            times.push(start.elapsed());
        }
        times.sort_unstable();
        let median = times[times.len() / 2].as_secs_f64() * 1000.0;
        println!(
            "{median:9.3} ms  {:8.1} documents/s  {path}",
            1000.0 / median
        );
    }
    Ok(())
}
