//! Killed without warning, again and again, the product loses nothing.

use std::collections::HashSet;

use bytes::Bytes;
use http::{Method, StatusCode};

use crate::product::Product;

/// Jobs that are running or waiting when the process is killed.
const JOBS: usize = 200;
/// Fewer than a job's attempts, so that every job that is wanted has to complete.
const KILLS: usize = 4;
/// Addresses in each document.
const ADDRESSES: usize = 500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_survive_kills_and_each_has_one_effect() {
    let data = tempfile::tempdir().unwrap();
    let mut product = Product::start(data.path()).await;
    let addresses: Vec<String> = (0..ADDRESSES)
        .map(|n| format!("user{n}@example.com"))
        .collect();
    let text = addresses.join("\n");
    let ids = product.start_jobs(JOBS, 32, &Bytes::from(text)).await;
    let (mut cancelled, mut removed) = (HashSet::new(), HashSet::new());

    for kill in 1..=KILLS {
        product.wait_until_completed(&ids, kill * 10).await;
        for id in ids.iter().skip(kill).step_by(23) {
            if product
                .call(Method::POST, &format!("scan/cancel/{id}/"))
                .await
                .0
                == StatusCode::OK
            {
                cancelled.insert(id.clone());
            }
        }
        for id in ids.iter().skip(kill * 3).step_by(31) {
            let status = product
                .call(Method::DELETE, &format!("scan/remove/{id}/"))
                .await
                .0;
            if status == StatusCode::NO_CONTENT {
                removed.insert(id.clone());
            }
        }
        product.kill().await;
        product = Product::start(data.path()).await;
    }

    let statuses = product.wait_until_final(&ids).await;
    assert!(!cancelled.is_empty() && !removed.is_empty());
    for id in &ids {
        let expected = match () {
            () if removed.contains(id) => None,
            () if cancelled.contains(id) => Some("cancelled"),
            () => Some("completed"),
        };
        assert_eq!(statuses[id].as_deref(), expected, "{id}");
        if expected == Some("completed") {
            let (status, result) = product
                .call(Method::GET, &format!("scan/result/{id}/"))
                .await;
            assert_eq!(status, StatusCode::OK);
            assert_eq!(result["records"].as_array().unwrap().len(), ADDRESSES);
        }
    }
    product.stop().await;
}
