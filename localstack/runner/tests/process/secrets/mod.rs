//! What is secret, and what clients send, stands in nothing that the product says: not in its log, whatever is logged, not in its metrics, not in
//! what it tells of errors, nor in a file beside the table, the queues and the objects.

mod calls;
mod canaries;
mod operations;
mod world;

use crate::secrets::canaries::find;
use crate::secrets::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_secret_stands_in_what_the_product_says() {
    let mut world = World::start().await;
    calls::start_jobs(&mut world).await;
    calls::send_nonsense(&mut world).await;
    calls::upload(&mut world).await;
    calls::save_extractors(&mut world).await;
    calls::tell_of_ends(&mut world).await;
    calls::act_for_tenants(&mut world).await;
    operations::refuse_each(&mut world).await;
    world.until_all_have_ended().await;

    let World {
        product,
        data,
        canaries,
        admin,
        errors,
        ..
    } = world;
    let metrics = World::metrics(&product.api, &admin.shown).await;
    let said = product.stop().await;

    // What is searched is there, and can be found.
    for word in ["DEBUG", "attempt=1", &admin.id, "/api/v1/scan/start"] {
        assert!(said.contains(word), "{word} is not in {} bytes", said.len());
    }
    assert!(metrics.contains("jobs_total"), "{metrics}");
    let table = std::fs::read(data.path().join("dynamodb.sqlite")).unwrap();
    assert!(find(&table, admin.id.as_bytes()).is_some());

    canaries.assert_none_in("what it says", &said);
    canaries.assert_none_in("its metrics", &metrics);
    canaries.assert_no_secret_in("its errors", errors.join("\n"));
    canaries.assert_none_in_files(data.path());
}
