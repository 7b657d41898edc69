//! A product that asks for keys, and what there is in it.
#![expect(clippy::disallowed_types, reason = "the items are read past the store")]

use std::collections::{BTreeMap, BTreeSet, HashMap};

use access::Scope;
use api::AuthSettings;
use aws_sdk_dynamodb::types::AttributeValue;
use axum::body::Body;
use http::request::Builder;
use http::{Method, Request};
use serde_json::{Value, json};
use store::{Delivered, Message};
use testkit::{Answer, Options, Stack};

/// The tenant whose all it is.
pub(crate) const OWNER: &str = "acme";

/// Another tenant.
pub(crate) const OTHER: &str = "rival";

/// A product that asks for keys.
pub(crate) struct World {
    pub(crate) stack: Stack,
    /// The owner's key for everything.
    pub(crate) key: String,
}

/// What there is: by key, in the table and in the bucket.
pub(crate) type Seen = BTreeMap<String, String>;

impl World {
    pub(crate) async fn start() -> Self {
        let auth = AuthSettings::Keys;
        let stack = Stack::with(Options {
            auth,
            ..Options::default()
        })
        .await;
        let key = stack.key(OWNER, [Scope::Admin]).await;
        Self { stack, key }
    }

    /// Sends a request with this key.
    pub(crate) async fn ask(&self, key: &str, request: Builder, body: impl Into<Body>) -> Answer {
        let request = request.header("x-api-key", key).body(body.into());
        self.stack.send(request.unwrap()).await
    }

    /// `GET`s a path with this key.
    pub(crate) async fn get(&self, key: &str, path: &str) -> Answer {
        self.ask(key, Request::get(path), Body::empty()).await
    }

    /// `POST`s JSON to a path with this key.
    pub(crate) async fn post(&self, key: &str, path: &str, body: &Value) -> Answer {
        let request = Request::post(path).header("content-type", "application/json");
        self.ask(key, request, body.to_string()).await
    }

    /// What the owner gets by this call, which has to work.
    async fn made(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("content-type", "application/json");
        let answer = self.ask(&self.key, request, body.to_string()).await;
        assert!(answer.status.is_success(), "{path}: {answer:?}");
        answer.json()
    }

    /// The id of an upload of the owner's, whose bytes are there.
    pub(crate) async fn upload(&self) -> String {
        let upload = self
            .made(Method::POST, "/api/v1/uploads/", &json!({"bytes": 10}))
            .await;
        let mut put = Request::put(upload["url"].as_str().unwrap());
        for (name, value) in upload["headers"].as_object().unwrap() {
            if name != "content-length" {
                put = put.header(name, value.as_str().unwrap());
            }
        }
        let put = testkit::exchange(put.body("a@test.com").unwrap()).await;
        assert!(put.status.is_success(), "{put:?}");
        text(&upload["upload"])
    }

    /// The id of a key of the owner's.
    pub(crate) async fn api_key(&self) -> String {
        let key = json!({"name": "quetzalcoatlus", "scopes": ["scan:read"]});
        let made = self.made(Method::POST, "/api/v1/keys/", &key).await;
        text(&made["id"])
    }

    /// An extractor of the owner's of this name.
    pub(crate) async fn extractor(&self, name: &str) -> String {
        let path = format!("/api/v1/extractors/{name}/");
        self.made(Method::PUT, &path, &json!({"extract": ["entities"]}))
            .await;
        name.to_owned()
    }

    /// The id of a task of the owner's that is done, in the dialect of docling-serve.
    pub(crate) async fn converted(&self) -> String {
        let source = json!({"kind": "file", "base64_string": "YQ==", "filename": "a.txt"});
        let path = "/v1/convert/source/async";
        let task = json!({"sources": [source]});
        let task = self.made(Method::POST, path, &task).await;
        let id = text(&task["task_id"]);
        while self.stack.work_once().await > 0 {}
        id
    }

    /// The id of a secret of the owner's that is not the current one.
    pub(crate) async fn secret(&self) -> String {
        let path = "/api/v1/webhooks/secrets/";
        loop {
            let listed = self.made(Method::GET, path, &Value::Null).await;
            if let Some(secret) = listed["secrets"].get(1) {
                return text(&secret["id"]);
            }
            self.made(Method::POST, path, &Value::Null).await;
        }
    }

    /// The id of an endpoint of the owner's that wants nothing any more.
    pub(crate) async fn disabled_endpoint(&self) -> String {
        let (tenant, now) = (testkit::tenant(OWNER), self.stack.clock.now());
        let url = "https://example.org/quetzalcoatlus";
        let disabled = self.stack.store.disable_endpoint(&tenant, url, now).await;
        disabled.unwrap();
        let path = "/api/v1/webhooks/disabled/";
        let listed = self.made(Method::GET, path, &Value::Null).await;
        text(&listed["endpoints"][0]["id"])
    }

    /// The id of a dead letter of the owner's, of a job that failed.
    pub(crate) async fn letter(&self) -> String {
        let key = self.stack.job().of(OWNER).failed().await;
        let job = self.stack.store.get(&key, self.stack.clock.now()).await;
        let job = job.unwrap().unwrap();
        let message = Message {
            key,
            version: job.version,
            generation: job.generation,
            traceparent: None,
        };
        let delivered = Delivered {
            message_id: job.key.id.to_string(),
            body: message.to_body(),
            receives: 10,
            sent_at: self.stack.clock.now(),
        };
        let kept =
            self.stack
                .store
                .keep_dead_letter(&delivered, "undeliverable", "It was given up.");
        kept.await.unwrap();
        let path = "/api/v1/dead-letters/?limit=1";
        let listed = self.made(Method::GET, path, &Value::Null).await;
        text(&listed["dead_letters"][0]["id"])
    }

    /// All that there is, but for counts and for the days on which keys were used.
    pub(crate) async fn all(&self) -> Seen {
        let clients = &self.stack.clients;
        let mut all = Seen::new();
        let mut from = None;
        loop {
            let scan = clients.dynamodb.scan().table_name("jobs");
            let page = scan.set_exclusive_start_key(from).send().await.unwrap();
            for item in page.items() {
                let key = |name: &str| item[name].as_s().unwrap().clone();
                if !key("pk").ends_with("#U") {
                    let at = format!("{} {}", key("pk"), key("sk"));
                    all.insert(at, written(item));
                }
            }
            from = page.last_evaluated_key;
            if from.is_none() {
                break;
            }
        }
        let objects = clients.s3.list_objects_v2().bucket("jobs").send().await;
        for object in objects.unwrap().contents() {
            all.insert(
                object.key().unwrap().to_owned(),
                format!("{:?}", object.e_tag()),
            );
        }
        all
    }

    /// All that is a tenant's.
    pub(crate) async fn all_of(&self, tenant: &str) -> Seen {
        let all = self.all().await.into_iter();
        all.filter(|(key, item)| tenant_of(key, item).as_deref() == Some(tenant))
            .collect()
    }

    /// What the messages say that wait in the queues.
    pub(crate) async fn messages(&self) -> Vec<Value> {
        let mut bodies = Vec::new();
        let environment = self.stack.environment();
        let queues = environment
            .iter()
            .filter(|(name, _)| name.ends_with("QUEUE_URL"));
        for (_, url) in queues {
            loop {
                let receive = self.stack.clients.sqs.receive_message().queue_url(url);
                let received = receive.max_number_of_messages(10).send().await.unwrap();
                if received.messages().is_empty() {
                    break;
                }
                let read = received.messages().iter().map(|it| it.body().unwrap());
                bodies.extend(read.map(|body| serde_json::from_str(body).unwrap_or_default()));
            }
        }
        bodies
    }

    /// How many messages were ever sent.
    pub(crate) fn sent(&self) -> usize {
        let calls = self.stack.sqs.calls();
        let sends = calls.iter().filter(|(name, _)| name.starts_with("Send"));
        sends.map(|(_, count)| count).sum()
    }
}

/// Whose a thing is, by its key: in the table `partition sort`, in the bucket a path. A caller names its key and not its tenant, so a key is the one
/// thing that says it elsewhere.
pub(crate) fn tenant_of(key: &str, item: &str) -> Option<String> {
    let up_to = |rest: &str, end: &[char]| rest.split(end).next().map(ToOwned::to_owned);
    for prefix in ["T#", "H#", "K#T#"] {
        if let Some(rest) = key.strip_prefix(prefix) {
            return up_to(rest, &['#', ' ']);
        }
    }
    for prefix in ["jobs/", "uploads/"] {
        if let Some(rest) = key.strip_prefix(prefix) {
            return up_to(rest, &['/']);
        }
    }
    let (_, tenant) = item.split_once(r#"ten: S(""#)?;
    key.starts_with("K#").then(|| up_to(tenant, &['"']))?
}

/// Attributes in a fixed order, but for the day on which a key was used.
fn written(attributes: &HashMap<String, AttributeValue>) -> String {
    let names = attributes.keys().filter(|name| *name != "use");
    let names: BTreeSet<&String> = names.collect();
    let written = names.into_iter().map(|name| {
        let value = &attributes[name];
        let value = value.as_m().map_or_else(|_| format!("{value:?}"), written);
        format!("{name}: {value}")
    });
    format!("{{{}}}", written.collect::<Vec<_>>().join(", "))
}

/// What things are called by that have these keys: ids and names that nobody hits upon by chance.
pub(crate) fn names(seen: &Seen) -> BTreeSet<&str> {
    let keys = seen.keys().map(String::as_str);
    let parts = keys.flat_map(|key| key.split(['#', ' ', '/']));
    parts.filter(|part| part.len() >= 16).collect()
}

/// What is there that was not, or no longer, or not as it was.
pub(crate) fn changes(before: &Seen, after: &Seen) -> Vec<String> {
    let either = before.keys().chain(after.keys()).collect::<BTreeSet<_>>();
    let changed = either
        .into_iter()
        .filter(|key| before.get(*key) != after.get(*key));
    changed.cloned().collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
