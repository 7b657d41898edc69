//! The embedded endpoints, as the AWS SDKs see them.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]
#![expect(
    clippy::disallowed_types,
    reason = "a table of its own shape is what is tried here"
)]

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ReturnValuesOnConditionCheckFailure, ScalarAttributeType, TimeToLiveSpecification,
};
use aws_sdk_s3::config::Credentials;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use local::endpoints::{Endpoints, FolderError, Options, Pages, Ports, StartError, Storage};
use local::listen::ListenError;
use local::{lifecycle, provision};
use service::Clock;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

type Item = HashMap<String, AttributeValue>;

const TABLE: &str = "things";
const BUCKET: &str = "objects";

fn options(storage: Storage) -> Options {
    Options {
        storage,
        ports: Ports::default(),
        clock: Clock::system(),
        pages: Pages::default(),
    }
}

async fn in_memory() -> Endpoints {
    Endpoints::start(options(Storage::Memory)).await.unwrap()
}

async fn in_folder(path: &Path) -> Result<Endpoints, StartError> {
    Endpoints::start(options(Storage::Folder(path.into()))).await
}

#[tokio::test]
async fn a_refused_condition_shows_the_item_that_was_found() {
    let endpoints = in_memory().await;
    let table = endpoints.clients().await.dynamodb;
    create_table(&table).await;
    put(&table, item("a", "first")).await;

    let refused = table
        .put_item()
        .table_name(TABLE)
        .set_item(Some(item("a", "second")))
        .condition_expression("attribute_not_exists(pk)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await
        .unwrap_err()
        .into_service_error();

    assert!(
        refused.is_conditional_check_failed_exception(),
        "{refused:?}"
    );
    let aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(
        refused,
    ) = refused
    else {
        unreachable!("just looked at");
    };
    assert_eq!(refused.item, Some(item("a", "first")));
    assert_eq!(get(&table, "a").await, Some(item("a", "first")));
}

#[tokio::test]
async fn an_item_goes_when_its_time_to_live_has_passed() {
    let clock = Clock::system();
    let storage = Storage::Memory;
    let endpoints = Endpoints::start(Options {
        storage,
        ports: Ports::default(),
        clock: clock.clone(),
        pages: Pages::default(),
    })
    .await
    .unwrap();
    let table = endpoints.clients().await.dynamodb;
    create_table(&table).await;
    let in_an_hour = clock.now().as_second() + 3600;
    let mut mortal = item("mortal", "x");
    mortal.insert("ttl".to_owned(), AttributeValue::N(in_an_hour.to_string()));
    put(&table, mortal).await;
    put(&table, item("immortal", "x")).await;

    assert_eq!(endpoints.sweep_expired().await, 0);
    clock.advance(Duration::from_secs(3601));
    assert_eq!(endpoints.sweep_expired().await, 1);

    assert_eq!(get(&table, "mortal").await, None);
    assert_eq!(get(&table, "immortal").await, Some(item("immortal", "x")));
}

#[tokio::test]
async fn an_object_is_put_read_listed_and_deleted() {
    let endpoints = in_memory().await;
    let objects = bucket(&endpoints).await;
    put_object(&objects, "jobs/1/request", b"one").await;
    put_object(&objects, "jobs/1/result/1", b"two").await;
    put_object(&objects, "jobs/10/request", b"three").await;

    assert_eq!(
        get_object(&objects, "jobs/1/request").await.unwrap(),
        b"one"
    );
    let head = objects
        .head_object()
        .bucket(BUCKET)
        .key("jobs/1/request")
        .send()
        .await
        .unwrap();
    assert_eq!(head.content_length(), Some(3));
    assert_eq!(
        list(&objects, "jobs/1/").await,
        ["jobs/1/request", "jobs/1/result/1"]
    );

    objects
        .delete_object()
        .bucket(BUCKET)
        .key("jobs/1/request")
        .send()
        .await
        .unwrap();
    assert_eq!(list(&objects, "jobs/1/").await, ["jobs/1/result/1"]);
    assert!(get_object(&objects, "jobs/1/request").await.is_none());
    assert_eq!(
        list(&objects, "").await,
        ["jobs/1/result/1", "jobs/10/request"]
    );
}

#[tokio::test]
async fn a_listing_goes_on_where_its_last_page_ended() {
    let endpoints = in_memory().await;
    let objects = bucket(&endpoints).await;
    let keys = ["a/1/x", "a/1/y", "a/1/z/deep", "a/10", "a/2", "b"];
    for key in keys {
        put_object(&objects, key, b"").await;
    }
    for prefix in [
        "", "a", "a/", "a/1", "a/1/", "a/1/z", "a/1/z/", "a/3/", "c", "../", "a//",
    ] {
        let listing = objects
            .list_objects_v2()
            .bucket(BUCKET)
            .prefix(prefix)
            .max_keys(2);
        let mut pages = listing.into_paginator().send();
        let mut listed = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.unwrap();
            assert!(page.contents().len() <= 2);
            listed.extend(
                page.contents()
                    .iter()
                    .map(|object| object.key().unwrap().to_owned()),
            );
        }
        let right: Vec<&str> = keys
            .into_iter()
            .filter(|key| key.starts_with(prefix))
            .collect();
        assert_eq!(listed, right, "below `{prefix}`");
    }
}

#[tokio::test]
async fn a_presigned_url_opens_one_object_to_anybody() {
    let endpoints = in_memory().await;
    let objects = bucket(&endpoints).await;
    put_object(&objects, "a", b"for all").await;
    put_object(&objects, "b", b"for nobody").await;

    let for_an_hour = PresigningConfig::expires_in(Duration::from_hours(1)).unwrap();
    let url = objects
        .get_object()
        .bucket(BUCKET)
        .key("a")
        .presigned(for_an_hour)
        .await
        .unwrap();
    let (status, body) = fetch(url.uri()).await;
    assert_eq!((status, &*body), (200, "for all"));

    let (status, _) = fetch(&url.uri().replace("/objects/a?", "/objects/b?")).await;
    assert_eq!(status, 403);
    let (status, _) = fetch(&format!("{}/{BUCKET}/a", endpoints.urls.s3)).await;
    assert_eq!(status, 403);
}

#[tokio::test]
async fn an_object_is_uploaded_through_a_presigned_url() {
    let endpoints = in_memory().await;
    let objects = bucket(&endpoints).await;
    let for_an_hour = PresigningConfig::expires_in(Duration::from_hours(1)).unwrap();
    let url = objects
        .put_object()
        .bucket(BUCKET)
        .key("up")
        .presigned(for_an_hour)
        .await
        .unwrap();

    let (status, _) = request("PUT", url.uri(), "loaded").await;

    assert_eq!(status, 200);
    assert_eq!(get_object(&objects, "up").await.unwrap(), b"loaded");
}

/// `loaded`, of six bytes and this SHA-256.
const LOADED_SHA256: &str = "LKuVPys2B7NiWavrNwMynWswGzEndALr+fKzuT4x3VM=";

/// Where `loaded` may be put, and nothing else; from this moment on for an hour.
async fn link_for_loaded(objects: &aws_sdk_s3::Client, from: SystemTime) -> String {
    let hour = PresigningConfig::builder()
        .start_time(from)
        .expires_in(Duration::from_hours(1));
    let link = objects
        .put_object()
        .bucket(BUCKET)
        .key("up")
        .content_length(6)
        .checksum_sha256(LOADED_SHA256)
        .presigned(hour.build().unwrap())
        .await
        .unwrap();
    link.uri().to_owned()
}

fn sum(sha256: &str) -> String {
    format!("content-length: 6\r\nx-amz-checksum-sha256: {sha256}\r\n")
}

#[tokio::test]
async fn a_link_takes_the_bytes_that_it_was_signed_for_and_no_others() {
    let endpoints = in_memory().await;
    let objects = bucket(&endpoints).await;
    let url = link_for_loaded(&objects, Clock::system().now().into()).await;
    let right = sum(LOADED_SHA256);
    let other = sum("AAAAPys2B7NiWavrNwMynWswGzEndALr+fKzuT4x3VM=");
    let longer = right.replace("length: 6", "length: 7");
    let shorter = right.replace("length: 6", "length: 5");
    let without = "content-length: 6\r\n";
    let no_length = right.replace("content-length: 6", "transfer-encoding: chunked");
    for (what, status, headers, body) in [
        ("another length", 403, &*longer, "loaded!"),
        ("another length", 403, &*shorter, "loade"),
        ("no length", 403, &*no_length, "6\r\nloaded\r\n0\r\n\r\n"),
        ("another checksum", 403, &*other, "loaded"),
        ("no checksum", 403, without, "loaded"),
        ("other bytes", 400, &*right, "LOADED"),
    ] {
        let (found, answer) = exchange("PUT", &url, headers, body).await;
        assert_eq!(found, status, "{what}: {answer}");
        assert_eq!(get_object(&objects, "up").await, None, "{what}");
    }

    let (status, answer) = exchange("PUT", &url, &right, "loaded").await;
    assert_eq!(status, 200, "{answer}");
    let (status, _) = exchange("PUT", &url, &right, "LOADED").await;
    assert_eq!(status, 400);
    // What is cut off never was.
    let mut stream = send("PUT", &url, &right, "loa").await;
    stream.shutdown().await.unwrap();
    stream.read_to_end(&mut Vec::new()).await.unwrap();
    assert_eq!(get_object(&objects, "up").await.unwrap(), b"loaded");
}

#[tokio::test]
async fn a_link_takes_nothing_when_its_time_is_over() {
    let endpoints = in_memory().await;
    let objects = bucket(&endpoints).await;
    let before = Clock::system().now() - Duration::from_secs(3_601);
    let url = link_for_loaded(&objects, before.into()).await;
    let (status, answer) = exchange("PUT", &url, &sum(LOADED_SHA256), "loaded").await;
    assert_eq!(status, 403, "{answer}");
    assert_eq!(get_object(&objects, "up").await, None);
}

#[tokio::test]
async fn what_is_asked_for_in_one_state_is_not_given_in_another() {
    let endpoints = in_memory().await;
    let objects = bucket(&endpoints).await;
    put_object(&objects, "a", b"first").await;
    let head = objects.head_object().bucket(BUCKET).key("a").send().await;
    let etag = head.unwrap().e_tag.unwrap();
    let get = || objects.get_object().bucket(BUCKET).key("a").if_match(&etag);
    assert!(get().send().await.is_ok());

    put_object(&objects, "a", b"other").await;
    let refused = get().send().await.unwrap_err();
    assert_eq!(refused.raw_response().unwrap().status().as_u16(), 412);
    put_object(&objects, "a", b"first").await;
    assert!(get().send().await.is_ok());
}

#[tokio::test]
async fn uploads_go_when_their_time_is_over() {
    let endpoints = in_memory().await;
    let objects = bucket(&endpoints).await;
    put_object(&objects, "uploads/default/a", b"up").await;
    put_object(&objects, "jobs/default/b/request", b"job").await;
    let now = Clock::system().now();
    let after = async |hours: u64| {
        let later = now + Duration::from_hours(hours) + Duration::from_mins(1);
        lifecycle::expire_uploads(&objects, BUCKET, later).await
    };
    assert_eq!(after(47).await.unwrap(), 0);
    assert_eq!(after(48).await.unwrap(), 1);
    assert_eq!(list(&objects, "").await, ["jobs/default/b/request"]);
}

#[tokio::test]
async fn a_request_signed_with_another_secret_is_refused() {
    let endpoints = in_memory().await;
    let objects = bucket(&endpoints).await;
    let stranger = Credentials::new("local", "guessed", None, None, "a test");
    let stranger = objects
        .config()
        .to_builder()
        .credentials_provider(stranger)
        .build();

    let refused = aws_sdk_s3::Client::from_conf(stranger)
        .list_objects_v2()
        .bucket(BUCKET)
        .send()
        .await;

    let refused = refused.unwrap_err().into_service_error();
    assert_eq!(refused.meta().code(), Some("SignatureDoesNotMatch"));
}

#[tokio::test]
async fn what_was_written_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let endpoints = in_folder(folder.path()).await.unwrap();
    let clients = endpoints.clients().await;
    create_table(&clients.dynamodb).await;
    put(&clients.dynamodb, item("a", "kept")).await;
    put_object(&bucket(&endpoints).await, "a/b", b"kept").await;
    let queues = queues(&endpoints).await;
    let message = clients
        .sqs
        .send_message()
        .queue_url(&queues.jobs.url)
        .message_body("kept");
    message.send().await.unwrap();
    endpoints.shutdown().await;

    let endpoints = in_folder(folder.path()).await.unwrap();
    let clients = endpoints.clients().await;
    assert_eq!(get(&clients.dynamodb, "a").await, Some(item("a", "kept")));
    assert_eq!(
        get_object(&bucket(&endpoints).await, "a/b").await.unwrap(),
        b"kept"
    );
    let queues = self::queues(&endpoints).await;
    let received = clients
        .sqs
        .receive_message()
        .queue_url(&queues.jobs.url)
        .send()
        .await
        .unwrap();
    assert_eq!(received.messages()[0].body(), Some("kept"));
}

#[tokio::test]
async fn a_folder_in_use_is_refused_with_its_name_and_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let first = in_folder(folder.path()).await.unwrap();

    let Err(StartError::Folder(refused)) = in_folder(folder.path()).await else {
        panic!("the folder was opened twice");
    };

    let FolderError::InUse { path, pid } = &refused else {
        panic!("{refused}")
    };
    assert_eq!(*path, folder.path().canonicalize().unwrap());
    assert_eq!(*pid, std::process::id().to_string());
    first.shutdown().await;
    in_folder(folder.path()).await.unwrap();
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let holder = TcpListener::bind(taken).await.unwrap();
    let ports = Ports {
        s3: taken.port(),
        ..Ports::default()
    };
    let refused = Endpoints::start(Options {
        ports,
        ..options(Storage::Memory)
    })
    .await
    .err()
    .unwrap();
    drop(holder);

    let StartError::Listen {
        service: "S3",
        source: ListenError::Taken(address),
    } = refused
    else {
        panic!("{refused}");
    };
    assert_eq!(address, taken);
}

#[tokio::test]
async fn a_deleted_object_leaves_no_file_behind() {
    let folder = tempfile::tempdir().unwrap();
    let endpoints = in_folder(folder.path()).await.unwrap();
    let objects = bucket(&endpoints).await;
    put_object(&objects, "jobs/1/request", b"gone").await;
    put_object(&objects, "jobs/2/request", b"kept").await;
    objects
        .delete_object()
        .bucket(BUCKET)
        .key("jobs/1/request")
        .send()
        .await
        .unwrap();
    endpoints.shutdown().await;

    let endpoints = in_folder(folder.path()).await.unwrap();

    let buckets = folder.path().join("s3");
    let of_deleted = |name: &str| name.contains(&encoded("jobs/1/request"));
    let of_kept = |name: &str| name.contains(&encoded("jobs/2/request"));
    let names: Vec<String> = buckets
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(!names.iter().any(|name| of_deleted(name)), "{names:?}");
    assert!(names.iter().any(|name| of_kept(name)), "{names:?}");
    let kept = get_object(&bucket(&endpoints).await, "jobs/2/request").await;
    assert_eq!(kept.unwrap(), b"kept");
}

fn encoded(key: &str) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(key)
}

async fn create_table(client: &aws_sdk_dynamodb::Client) {
    let pk = AttributeDefinition::builder()
        .attribute_name("pk")
        .attribute_type(ScalarAttributeType::S)
        .build()
        .unwrap();
    let key = KeySchemaElement::builder()
        .attribute_name("pk")
        .key_type(KeyType::Hash)
        .build()
        .unwrap();
    client
        .create_table()
        .table_name(TABLE)
        .attribute_definitions(pk)
        .key_schema(key)
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await
        .unwrap();
    let ttl = TimeToLiveSpecification::builder()
        .attribute_name("ttl")
        .enabled(true)
        .build()
        .unwrap();
    client
        .update_time_to_live()
        .table_name(TABLE)
        .time_to_live_specification(ttl)
        .send()
        .await
        .unwrap();
}

fn item(pk: &str, value: &str) -> Item {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    HashMap::from([
        ("pk".to_owned(), text(pk)),
        ("value".to_owned(), text(value)),
    ])
}

async fn put(client: &aws_sdk_dynamodb::Client, item: Item) {
    client
        .put_item()
        .table_name(TABLE)
        .set_item(Some(item))
        .send()
        .await
        .unwrap();
}

async fn get(client: &aws_sdk_dynamodb::Client, pk: &str) -> Option<Item> {
    let key = AttributeValue::S(pk.to_owned());
    client
        .get_item()
        .table_name(TABLE)
        .key("pk", key)
        .send()
        .await
        .unwrap()
        .item
}

/// Twice the same is fine: each test of a restart does so.
async fn bucket(endpoints: &Endpoints) -> aws_sdk_s3::Client {
    let client = endpoints.clients().await.s3;
    provision::bucket(&client, BUCKET).await.unwrap();
    client
}

async fn queues(endpoints: &Endpoints) -> provision::Queues {
    let client = endpoints.clients().await.sqs;
    provision::queues(&client, "jobs", Duration::from_mins(1))
        .await
        .unwrap()
}

async fn put_object(client: &aws_sdk_s3::Client, key: &str, content: &[u8]) {
    let content = ByteStream::from(content.to_vec());
    client
        .put_object()
        .bucket(BUCKET)
        .key(key)
        .body(content)
        .send()
        .await
        .unwrap();
}

async fn get_object(client: &aws_sdk_s3::Client, key: &str) -> Option<Vec<u8>> {
    match client.get_object().bucket(BUCKET).key(key).send().await {
        Ok(object) => Some(object.body.collect().await.unwrap().to_vec()),
        Err(error) => {
            assert!(
                error.as_service_error().unwrap().is_no_such_key(),
                "{error:?}"
            );
            None
        }
    }
}

async fn list(client: &aws_sdk_s3::Client, prefix: &str) -> Vec<String> {
    let listed = client
        .list_objects_v2()
        .bucket(BUCKET)
        .prefix(prefix)
        .send()
        .await
        .unwrap();
    listed
        .contents()
        .iter()
        .map(|object| object.key().unwrap().to_owned())
        .collect()
}

async fn fetch(url: &str) -> (u16, String) {
    request("GET", url, "").await
}

async fn request(method: &str, url: &str, body: &str) -> (u16, String) {
    let length = format!("content-length: {}\r\n", body.len());
    exchange(method, url, &length, body).await
}

/// One plain HTTP request, as from a program that knows no AWS: its status and its body.
async fn exchange(method: &str, url: &str, headers: &str, body: &str) -> (u16, String) {
    let mut stream = send(method, url, headers, body).await;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

async fn send(method: &str, url: &str, headers: &str, body: &str) -> TcpStream {
    let (host, path) = url
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request = format!(
        "{method} /{path} HTTP/1.1\r\nhost: {host}\r\n{headers}connection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}
