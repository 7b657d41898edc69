//! Metrics in `CloudWatch`'s embedded metric format: lines on standard output, from which `CloudWatch` makes metrics.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use metrics::{Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder};
use metrics::{SharedString, Unit};
use serde_json::{Map, Value, json};

use crate::metrics::{ALL, Metric};

/// The most values that one line may hold of a metric.
const MAX_VALUES: usize = 100;

/// A label that is left out: its values are too many to be metrics of their own.
const LEFT_OUT: &str = "route";

/// Gathers what is recorded, until it is told. All by its name in `CloudWatch`.
#[derive(Debug, Default)]
pub(crate) struct Embedded {
    namespace: String,
    function: &'static str,
    counted: Mutex<BTreeMap<String, Arc<AtomicU64>>>,
    measured: Mutex<BTreeMap<String, Arc<Measured>>>,
}

#[derive(Debug)]
struct Measured {
    unit: Unit,
    values: Mutex<Vec<f64>>,
}

/// What was recorded of a metric.
struct Recorded {
    name: String,
    unit: Unit,
    values: Vec<f64>,
}

impl Embedded {
    /// Records all metrics of this process from now on.
    pub(crate) fn install(namespace: String, function: &'static str) -> Arc<Self> {
        let recorder = Arc::new(Self {
            namespace,
            function,
            ..Self::default()
        });
        // Another recorder can only be there if this is called twice; then the first goes on.
        let _ = metrics::set_global_recorder(recorder.clone());
        recorder
    }

    /// Writes all that was recorded since the last time, in as few lines as it takes: one, but where a metric has a great many values.
    pub(crate) fn flush(
        &self,
        request_id: &str,
        now: Timestamp,
        mut out: impl Write,
    ) -> io::Result<()> {
        let mut recorded = self.take();
        while !recorded.is_empty() {
            let rest = recorded.iter_mut().filter_map(Recorded::split).collect();
            let line = self.line(request_id, now, recorded);
            out.write_all(format!("{line}\n").as_bytes())?;
            recorded = rest;
        }
        Ok(())
    }

    fn take(&self) -> Vec<Recorded> {
        let mut recorded = Vec::new();
        for (name, sum) in &*lock(&self.counted) {
            let sum = sum.swap(0, Ordering::Relaxed);
            if sum > 0 {
                recorded.push(Recorded {
                    name: name.clone(),
                    unit: Unit::Count,
                    #[expect(
                        clippy::cast_precision_loss,
                        reason = "no invocation counts that far"
                    )]
                    values: vec![sum as f64],
                });
            }
        }
        for (name, measured) in &*lock(&self.measured) {
            let values = mem::take(&mut *lock(&measured.values));
            if !values.is_empty() {
                recorded.push(Recorded {
                    name: name.clone(),
                    unit: measured.unit,
                    values,
                });
            }
        }
        recorded
    }

    fn line(&self, request_id: &str, now: Timestamp, recorded: Vec<Recorded>) -> Value {
        let definitions: Vec<Value> = recorded
            .iter()
            .map(|metric| json!({"Name": metric.name, "Unit": unit_name(metric.unit)}))
            .collect();
        let mut line = Map::new();
        let mut add = |name: &str, value: Value| line.insert(name.to_owned(), value);
        add(
            "_aws",
            json!({
                "Timestamp": now.as_millisecond(),
                "CloudWatchMetrics": [
                    {"Namespace": self.namespace, "Dimensions": [[]], "Metrics": definitions},
                ],
            }),
        );
        add("function", self.function.into());
        add("request_id", request_id.into());
        for Recorded { name, values, .. } in recorded {
            match values[..] {
                [only] => add(&name, only.into()),
                _ => add(&name, values.into()),
            };
        }
        line.into()
    }
}

impl Recorder for Embedded {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let mut counted = lock(&self.counted);
        Counter::from_arc(counted.entry(name(key)).or_default().clone())
    }

    /// There are none among our metrics.
    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let mut measured = lock(&self.measured);
        let new = || {
            Arc::new(Measured {
                unit: unit(key.name()),
                values: Mutex::default(),
            })
        };
        Histogram::from_arc(measured.entry(name(key)).or_insert_with(new).clone())
    }
}

impl HistogramFn for Measured {
    fn record(&self, value: f64) {
        lock(&self.values).push(value);
    }
}

impl Recorded {
    /// What is too much for one line; none if it is not.
    fn split(&mut self) -> Option<Self> {
        (self.values.len() > MAX_VALUES).then(|| Self {
            name: self.name.clone(),
            unit: self.unit,
            values: self.values.split_off(MAX_VALUES),
        })
    }
}

/// No panic leaves anything half done here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The metric's name in `CloudWatch`: its own, and the values of its labels.
fn name(key: &Key) -> String {
    let mut name = key.name().to_owned();
    for label in key.labels().filter(|label| label.key() != LEFT_OUT) {
        name.push('_');
        name.push_str(label.value());
    }
    name
}

fn unit(name: &str) -> Unit {
    let known = ALL.iter().find(|metric| metric.name == name);
    known.map_or(Unit::Count, |&Metric { unit, .. }| unit)
}

fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Seconds => "Seconds",
        Unit::Bytes => "Bytes",
        _ => "Count",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Class;

    fn recorded(record: impl FnOnce()) -> Vec<Value> {
        let recorder = Embedded {
            namespace: "Some".into(),
            function: "worker",
            ..Embedded::default()
        };
        metrics::with_local_recorder(&recorder, record);
        let mut out = Vec::new();
        recorder
            .flush("r-1", Timestamp::UNIX_EPOCH, &mut out)
            .unwrap();
        assert!(
            recorder.take().is_empty(),
            "what was told is not told again"
        );
        out.split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }

    #[test]
    fn one_line_tells_all_of_an_invocation() {
        let lines = recorded(|| {
            crate::metrics::job_completed(7);
            crate::metrics::job_completed(8);
            crate::metrics::job_failed(Class::Time);
            crate::metrics::request("/limits", 200, Some(std::time::Duration::from_millis(2)));
            crate::metrics::request("/health", 204, Some(std::time::Duration::from_millis(4)));
        });
        let definition = |name, unit| json!({"Name": name, "Unit": unit});
        assert_eq!(
            lines,
            [json!({
                "_aws": {
                    "Timestamp": 0,
                    "CloudWatchMetrics": [{
                        "Namespace": "Some",
                        "Dimensions": [[]],
                        "Metrics": [
                            definition("api_requests_2xx", "Count"),
                            definition("failures_time", "Count"),
                            definition("jobs_completed", "Count"),
                            definition("jobs_failed", "Count"),
                            definition("api_latency", "Seconds"),
                            definition("result_bytes", "Bytes"),
                        ],
                    }],
                },
                "function": "worker",
                "request_id": "r-1",
                "api_latency": [0.002, 0.004],
                "api_requests_2xx": 2.0,
                "failures_time": 1.0,
                "jobs_completed": 2.0,
                "jobs_failed": 1.0,
                "result_bytes": [7.0, 8.0],
            })]
        );
    }

    #[test]
    fn nothing_recorded_is_nothing_told() {
        assert!(recorded(|| ()).is_empty());
    }

    #[test]
    fn no_line_has_more_values_of_a_metric_than_it_may() {
        let lines = recorded(|| (0..=MAX_VALUES).for_each(crate::metrics::job_completed));
        assert_eq!(lines.len(), 2);
        assert_eq!(
            lines[0]["result_bytes"].as_array().unwrap().len(),
            MAX_VALUES
        );
        assert_eq!(lines[1]["result_bytes"], 100.0);
        assert_eq!(lines[1]["jobs_completed"], Value::Null);
    }
}
