//! What usage costs on AWS, about.

use store::Usage;

/// MB of the worker's function, unless `WORKER_MEMORY_MB` says otherwise: what `template.yaml` gives it.
pub(crate) const WORKER_MEMORY_MB: u64 = 1_769;

/// US dollars in us-east-1, on demand, in the first tier, without any free tier: from the price pages of the services
/// (`aws.amazon.com/<service>/pricing`), as known in 2025. The same as those of `scripts/cost.py`, from which `docs/costs.md` is made.
struct Prices {
    /// A request to an HTTP API.
    http_request: f64,
    /// An invocation of a function.
    invocation: f64,
    /// A GB of a function's memory for a second, on arm64.
    gb_second: f64,
    write_unit: f64,
    read_unit: f64,
    /// A request to SQS.
    sqs_request: f64,
    /// A GB of logs.
    logs_gb: f64,
}

const PRICES: Prices = Prices {
    http_request: 1.00 / MILLION,
    invocation: 0.20 / MILLION,
    gb_second: 0.000_013_333_4,
    write_unit: 0.625 / MILLION,
    read_unit: 0.125 / MILLION,
    sqs_request: 0.40 / MILLION,
    logs_gb: 0.50,
};

const MILLION: f64 = 1e6;

/// Requests to SQS for a message that comes alone: it is sent, received, hidden and deleted. In a batch the last three are shared.
const REQUESTS_OF_A_MESSAGE: f64 = 4.0;

/// Bytes that a run of a function logs: its own lines and Lambda's.
const LOG_BYTES_OF_A_RUN: f64 = 1_200.0;

/// Bytes that the HTTP API logs of a request.
const LOG_BYTES_OF_A_REQUEST: f64 = 500.0;

/// US dollars for this usage, where the worker's function has so much memory: for requests, messages, capacity units, the time of extractions, and what is logged.
/// Not for what is stored, nor for the time that functions wait, nor for what costs without being used.
pub(crate) fn estimate(used: &Usage, worker_memory_mb: u64) -> f64 {
    let log_byte = PRICES.logs_gb / 1e9;
    let run = PRICES.invocation + LOG_BYTES_OF_A_RUN * log_byte;
    let request = PRICES.http_request + LOG_BYTES_OF_A_REQUEST * log_byte + run;
    let message = REQUESTS_OF_A_MESSAGE * PRICES.sqs_request + run;
    let gb_seconds = number(used.compute_ms) / 1e3 * number(worker_memory_mb) / 1024.0;
    number(used.requests) * request
        + number(used.messages) * message
        + number(used.read_milliunits) / 1e3 * PRICES.read_unit
        + number(used.write_milliunits) / 1e3 * PRICES.write_unit
        + gb_seconds * PRICES.gb_second
}

#[expect(
    clippy::cast_precision_loss,
    reason = "what is that big need not be exact"
)]
pub(crate) fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = include_str!("../../../scripts/cost.py");
    const COSTS: &str = include_str!("../../../docs/costs.md");
    const TEMPLATE: &str = include_str!("../../../template.yaml");

    /// What the script says that something costs: `"name": 1.00 / MILLION,`.
    fn price(name: &str) -> f64 {
        let (_, rest) = SCRIPT.split_once(&format!("    \"{name}\": ")).unwrap();
        let (price, _) = rest.split_once(",\n").unwrap();
        let number = |text: &str| text.trim().parse::<f64>().unwrap();
        match price.split_once(" / MILLION") {
            Some((millions, "")) => number(millions) / MILLION,
            _ => number(price),
        }
    }

    #[test]
    fn the_prices_are_those_that_the_costs_are_reckoned_by() {
        for (ours, name) in [
            (PRICES.http_request, "HTTP API, a request"),
            (PRICES.invocation, "Lambda, an invocation"),
            (PRICES.gb_second, "Lambda on arm64, a GB-second"),
            (PRICES.write_unit, "DynamoDB on demand, a write unit"),
            (PRICES.read_unit, "DynamoDB on demand, a read unit"),
            (PRICES.sqs_request, "SQS, a request"),
            (PRICES.logs_gb, "CloudWatch, a GB of logs"),
        ] {
            assert!((ours - price(name)).abs() < 1e-15, "{name}");
        }
        assert!(SCRIPT.contains("\nPRICED = \"2025\"\n"));
    }

    #[test]
    fn a_small_job_costs_what_the_costs_say_but_for_a_tenth() {
        // The line that sums a million small jobs up.
        let (_, rest) = COSTS.split_once("| **all** | **").unwrap();
        let (million, _) = rest.split_once("**").unwrap();
        let reckoned = million.parse::<f64>().unwrap() / MILLION;
        let used = Usage {
            requests: 3,
            messages: 1,
            compute_ms: 2,
            ..Usage::of_units(2_000, 4_000)
        };
        let estimated = estimate(&used, WORKER_MEMORY_MB);
        assert!(
            (0.9..1.0).contains(&(estimated / reckoned)),
            "{estimated} {reckoned}"
        );
    }

    #[test]
    fn the_workers_memory_is_the_templates() {
        let (_, rest) = TEMPLATE.split_once("\n  WorkerMemory:\n").unwrap();
        let (parameter, _) = rest.split_once("\n  Worker").unwrap();
        assert!(parameter.contains(&format!("    Default: {WORKER_MEMORY_MB}\n")));
    }
}
