//! Many clients at once.

use bytes::Bytes;

use crate::product::Product;

/// Starts at once.
const JOBS: usize = 1_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_starts_at_once_are_all_accepted_and_all_completed() {
    let data = tempfile::tempdir().unwrap();
    let product = Product::start(data.path()).await;
    let body = Bytes::from_static(b"Write to a@test.com.");
    let ids = product.start_jobs(JOBS, JOBS, &body).await;
    let statuses = product.wait_until_final(&ids).await;
    assert_eq!(statuses.len(), JOBS);
    for (id, status) in statuses {
        assert_eq!(status.as_deref(), Some("completed"), "{id}");
    }
    product.stop().await;
}
