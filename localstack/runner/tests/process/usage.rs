//! What is used is not forgotten when the product is stopped.

use bytes::Bytes;
use http::Method;

use crate::product::Product;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_used_before_a_stop_is_told_after_it() {
    let data = tempfile::tempdir().unwrap();
    let no_worker = [("WORKER", "off")];
    let product = Product::start_with(data.path(), &no_worker).await;
    product.start_jobs(3, 1, &Bytes::from("a@test.com")).await;
    product.stop().await;

    let product = Product::start_with(data.path(), &no_worker).await;
    let (_, usage) = product.call(Method::GET, "usage/").await;
    assert_eq!(usage["total"]["accepted"], 3, "{usage}");
    assert_eq!(usage["total"]["requests"], 3);
    assert_eq!(usage["jobs"]["in_flight"], 3);
    product.stop().await;
}
