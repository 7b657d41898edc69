//! The metrics of this process at `/metrics`, as Prometheus reads them. [`service::metrics`] lists them.

use std::sync::OnceLock;
use std::time::Duration;

use ::metrics::{Unit, describe_counter, describe_histogram};
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use service::metrics::{ALL, Metric};
use tokio::time::interval;

/// Upper bounds of what is counted together.
const SECONDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 120.0,
];
const BYTES: [f64; 6] = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8];
const UNITS: [f64; 6] = [0.5, 1.0, 2.0, 5.0, 10.0, 50.0];

/// How often measured values are put together, so that they do not pile up where nobody asks for them.
const UPKEEP: Duration = Duration::from_secs(5);

/// Answers at `/metrics`. A process has one set of metrics; they begin when this is first called.
pub fn router() -> Router {
    let recorder = recorder();
    Router::new().route(
        "/metrics",
        get(async || {
            let media_type = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
            (media_type, recorder.render()).into_response()
        }),
    )
}

/// Keeps the metrics small. Does not end.
pub async fn keep() {
    let mut turns = interval(UPKEEP);
    loop {
        turns.tick().await;
        recorder().run_upkeep();
    }
}

fn recorder() -> &'static PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(|| {
        let measured = ALL.iter().filter(|metric| !metric.is_counter);
        let recorder = measured
            .fold(PrometheusBuilder::new(), |builder, metric| {
                let bounds = bounds(metric.unit);
                builder
                    .set_buckets_for_metric(Matcher::Full(metric.name.into()), bounds)
                    .expect("there are bounds")
            })
            .with_recommended_naming(true)
            .install_recorder()
            .expect("nobody else records in this process");
        ALL.iter().for_each(describe);
        recorder
    })
}

fn bounds(unit: Unit) -> &'static [f64] {
    match unit {
        Unit::Seconds => &SECONDS,
        Unit::Bytes => &BYTES,
        _ => &UNITS,
    }
}

fn describe(metric: &Metric) {
    let &Metric {
        name,
        unit,
        is_counter,
        meaning,
    } = metric;
    if is_counter {
        describe_counter!(name, unit, meaning);
    } else {
        describe_histogram!(name, unit, meaning);
    }
}
