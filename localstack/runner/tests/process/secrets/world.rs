//! A product whose callers have keys and tokens, and those who have them.

use std::time::Duration;

use access::{ApiKey, KeyRecord, Scope, Scopes};
use bytes::Bytes;
use http::{Request, StatusCode};
use jiff::Timestamp;
use job::Tenant;
use local::endpoints::Reached;
use local::product::NAME;
use serde_json::{Value, json};
use service::{Clients, Clock};
use store::ApiKeys;
use tempfile::TempDir;
use testkit::{Answer, Issuer, Receiver, SigningKey, exchange};
use tokio::time::interval;

use super::canaries::{Canaries, Kept};
use crate::product::Product;

/// The product, and all that may not get out.
pub(super) struct World {
    pub(super) product: Product,
    pub(super) data: TempDir,
    pub(super) receiver: Receiver,
    pub(super) canaries: Canaries,
    /// An operator.
    pub(super) admin: Holder,
    /// Whose tenant is another one, and who is its admin.
    pub(super) acme: Holder,
    /// What is shown and good for nothing.
    pub(super) wrong: Vec<String>,
    /// A token that is good.
    pub(super) token: String,
    /// What was answered to calls that failed.
    pub(super) errors: Vec<String>,
    jobs: Vec<String>,
    _issuer: Issuer,
}

/// Somebody with a key.
pub(super) struct Holder {
    pub(super) id: String,
    /// The key.
    pub(super) shown: String,
}

impl World {
    pub(super) async fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let signing = SigningKey::ed25519("one");
        let issuer = Issuer::start(&[&signing]).await;
        let receiver = Receiver::start().await;
        let settings = issuer.settings();
        let mut variables = vec![
            ("AUTH_MODE", "keys+jwt"),
            ("JWT_ALGORITHM", "EdDSA"),
            ("FETCH_ALLOW", &receiver.address),
            ("LOG", "trace,dynoxide=trace,s3s=trace,s3s_fs=trace"),
        ];
        variables.extend(settings.iter().map(|(name, value)| (*name, value.as_str())));
        let product = Product::start_with(data.path(), &variables).await;

        let mut canaries = Canaries::default();
        let now = Clock::system().now();
        let urls = Reached::at(data.path()).await.unwrap().urls().clone();
        let keys = ApiKeys::new(Clients::for_endpoints(&urls).await.dynamodb, NAME);
        let admin = keep(&keys, &mut canaries, "the operator's key", |_| ()).await;
        let acme = keep(&keys, &mut canaries, "a tenant's key", |record| {
            record.tenant = testkit::tenant("acme");
        });
        let acme = acme.await;
        let revoked = keep(&keys, &mut canaries, "a revoked key", |record| {
            record.revoked_at = Some(now);
        });
        let revoked = revoked.await;
        let expired = keep(&keys, &mut canaries, "an expired key", |record| {
            record.expires_at = Some(now);
        });
        let expired = expired.await;
        let unknown = ApiKey::draw().reveal();
        canaries.add_key("an unknown key", &unknown);

        let person = canaries.draw("a person's name in a token", Kept::Nowhere);
        let subject = canaries.draw("a person's subject in a token", Kept::Nowhere);
        let claims = issuer.claims(now, json!({"name": person, "sub": subject}));
        let old = issuer.claims(now - Duration::from_hours(2), json!({"sub": subject}));
        let token = canaries.token("a token", &signing, &claims);
        let mut word = |place| canaries.draw(place, Kept::Nowhere);
        let no_key = format!("dx_{}", word("what is no key"));
        let neither = word("what is neither key nor token");
        let other = SigningKey::p256("one");
        let over = canaries.token("a token that is over", &signing, &old);
        let foreign = canaries.token("a token that somebody else signed", &other, &claims);
        let wrong = vec![
            revoked.shown,
            expired.shown,
            unknown,
            no_key,
            neither,
            over,
            foreign,
        ];
        Self {
            product,
            data,
            receiver,
            canaries,
            admin,
            acme,
            wrong,
            token,
            errors: Vec::new(),
            jobs: Vec::new(),
            _issuer: issuer,
        }
    }

    /// Sends a request of the operator's, with headers of this kind: `name: value`.
    pub(super) async fn call(
        &mut self,
        method_and_path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let key = self.admin.shown.clone();
        let authorization = [("authorization", format!("Bearer {key}"))];
        let mut all = headers.to_vec();
        all.extend(
            authorization
                .iter()
                .map(|(name, value)| (*name, value.as_str())),
        );
        self.call_as(method_and_path, &all, body).await
    }

    /// Sends a request with these headers, and takes note of what becomes of it.
    pub(super) async fn call_as(
        &mut self,
        method_and_path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let (method, path) = method_and_path.split_once(' ').unwrap();
        let host = self.product.api.trim_end_matches("/api/v1/");
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{host}{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = exchange(request.body(body.into()).unwrap()).await;
        if answer.status.is_client_error() || answer.status.is_server_error() {
            let headers = format!("{:?}", answer.headers);
            self.errors
                .push(headers + &String::from_utf8_lossy(&answer.body));
        }
        answer
    }

    /// The same with JSON.
    pub(super) async fn json(&mut self, method_and_path: &str, body: Value) -> Answer {
        let json = [("content-type", "application/json")];
        self.call(method_and_path, &json, body.to_string()).await
    }

    /// Starts a job, which is to be accepted.
    pub(super) async fn start_job(&mut self, body: Value) -> String {
        let answer = self.json("POST /api/v1/scan/start/", body).await;
        self.accepted(&answer)
    }

    /// The job that was accepted.
    pub(super) fn accepted(&mut self, answer: &Answer) -> String {
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
        let id = answer.json()["job_id"].as_str().unwrap().to_owned();
        self.jobs.push(id.clone());
        id
    }

    /// Waits until all jobs have come to their end.
    pub(super) async fn until_all_have_ended(&mut self) {
        for id in std::mem::take(&mut self.jobs) {
            self.until_ended(&id).await;
        }
    }

    /// Waits until this job has come to its end, or is gone.
    pub(super) async fn until_ended(&mut self, id: &str) {
        let look = format!("GET /api/v1/scan/status/{id}/");
        let mut looks = interval(Duration::from_millis(100));
        loop {
            looks.tick().await;
            let answer = self.call(&look, &[], "").await.json();
            if !matches!(answer["status"].as_str(), Some("pending" | "running")) {
                return;
            }
        }
    }

    /// What the product at this address tells an operator.
    pub(super) async fn metrics(api: &str, key: &str) -> String {
        let request = Request::get(api.replace("/api/v1/", "/metrics")).header("x-api-key", key);
        let answer = exchange(request.body("").unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK);
        String::from_utf8(answer.body.to_vec()).unwrap()
    }
}

async fn keep(
    keys: &ApiKeys,
    canaries: &mut Canaries,
    place: &'static str,
    change: impl FnOnce(&mut KeyRecord),
) -> Holder {
    let key = ApiKey::draw();
    let mut record = KeyRecord {
        id: key.id(),
        hash: key.hash(),
        tenant: testkit::tenant(Tenant::DEFAULT),
        scopes: Scopes::from(Scope::Admin),
        name: canaries.of_client(place),
        created_at: Timestamp::UNIX_EPOCH,
        created_by: "test".to_owned(),
        expires_at: None,
        revoked_at: None,
        replaced_by: None,
        last_used: None,
    };
    change(&mut record);
    keys.create(&record).await.unwrap();
    let shown = key.reveal();
    canaries.add_key(place, &shown);
    Holder {
        id: key.id().to_string(),
        shown,
    }
}
