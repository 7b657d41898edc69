//! What the product tells of itself at `/metrics`.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use tokio::time::sleep;

use crate::product::Product;

/// The samples of a page, by name and labels. The page has to be valid: each sample has a number, and belongs to a metric whose kind was said before.
fn samples(page: &str) -> HashMap<&str, f64> {
    let mut kinds = HashMap::new();
    let mut samples = HashMap::new();
    for line in page.lines().filter(|line| !line.is_empty()) {
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').expect(line);
            assert!(kinds.insert(name, kind).is_none(), "said twice: {line}");
        } else if !line.starts_with("# HELP ") {
            let (sample, value) = line.rsplit_once(' ').expect(line);
            let name = sample.split('{').next().unwrap();
            let belongs = kinds.iter().any(|(metric, kind)| match *kind {
                "counter" => name == *metric && name.ends_with("_total"),
                "histogram" => ["_bucket", "_sum", "_count"]
                    .iter()
                    .any(|part| name.strip_suffix(part) == Some(metric)),
                _ => false,
            });
            assert!(belongs, "of no known metric: {line}");
            let value: f64 = value.parse().expect(line);
            assert!(
                samples.insert(sample, value).is_none(),
                "told twice: {line}"
            );
        }
    }
    samples
}

#[tokio::test]
async fn the_metrics_tell_what_became_of_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let product = Product::start(folder.path()).await;
    product
        .extract("text/plain", Bytes::from("Write to a@test.com."))
        .await;
    let broken = Bytes::from("%PDF-1.7 broken");
    let (failed, _) = product.extract("application/pdf", broken).await;
    let failed = failed["job_id"].as_str().unwrap().to_owned();
    product
        .call(Method::POST, &format!("scan/retry/{failed}/"))
        .await;
    product.wait_until_final(&[failed]).await;
    product.call(Method::GET, "scan/status/none/").await;

    // An end is counted a moment after it can be seen.
    let failed = "jobs_total{outcome=\"failed\"}";
    let mut page = product.metrics().await;
    while samples(&page).get(failed) != Some(&2.0) {
        sleep(Duration::from_millis(10)).await;
        page = product.metrics().await;
    }
    let told = samples(&page);
    let is =
        |sample: &str, value: f64| assert_eq!(told.get(sample), Some(&value), "{sample} in {page}");
    is("jobs_total{outcome=\"accepted\"}", 2.0);
    is("jobs_total{outcome=\"resubmitted\"}", 1.0);
    is("jobs_total{outcome=\"completed\"}", 1.0);
    is("failures_total{class=\"document\"}", 2.0);
    is("attempts_total", 3.0);
    is("request_bytes_sum", 35.0);
    is("result_bytes_count", 1.0);
    is("queue_wait_seconds_count", 3.0);
    is("extraction_seconds_count{media_type=\"text\"}", 1.0);
    is("extraction_seconds_count{media_type=\"unread\"}", 2.0);
    is(
        "api_requests_total{route=\"/api/v1/scan/start\",status=\"2xx\"}",
        2.0,
    );
    is(
        "api_requests_total{route=\"/api/v1/scan/status/{job_id}\",status=\"4xx\"}",
        1.0,
    );
    is(
        "api_latency_seconds_count{route=\"/api/v1/scan/start\"}",
        2.0,
    );
    assert!(told["write_units_sum"] >= 9.0, "{page}");
    product.stop().await;
}

#[tokio::test]
async fn a_job_that_is_cancelled_is_counted_once() {
    let folder = tempfile::tempdir().unwrap();
    let product = Product::start_with(folder.path(), &[("WORKER", "off")]).await;
    let body = Bytes::from("Write to a@test.com.");
    for id in product.start_jobs(1, 1, &body).await {
        for _ in 0..2 {
            product
                .call(Method::POST, &format!("scan/cancel/{id}/"))
                .await;
        }
    }
    let page = product.metrics().await;
    let cancelled = samples(&page).remove("jobs_total{outcome=\"cancelled\"}");
    assert_eq!(cancelled, Some(1.0), "{page}");
    product.stop().await;
}
