//! The notifier, and all who tell it of jobs that have ended, on real endpoints and a receiver on loopback.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

mod chaos;
mod delivering;
mod endings;
mod lambda;
mod steps;

use http::HeaderMap;
use job::{JobKey, Tenant};
use standardwebhooks::Webhook as Verifier;
use store::webhooks::{Delivery, Secret};
use testkit::{JobBuilder, Options, Receiver, Stack, Webhook};

/// A stack that can reach a receiver, and the secret that it signs with.
struct Scene {
    stack: Stack,
    receiver: Receiver,
    secret: Secret,
}

impl Scene {
    async fn new() -> Self {
        let receiver = Receiver::start().await;
        let stack = Stack::with(Options {
            policy: receiver.policy(),
            ..Options::default()
        })
        .await;
        let secret = add_secret(&stack).await;
        Self {
            stack,
            receiver,
            secret,
        }
    }

    /// A job whose end the receiver is to be told.
    fn job(&self) -> JobBuilder<'_> {
        self.stack.job().webhook(self.receiver.url("/hook"))
    }

    /// What the receiver was told, each as id and type; all of it signed.
    fn told(&self) -> Vec<(String, String)> {
        let webhooks = self.receiver.webhooks();
        let told = webhooks.iter().map(|webhook| {
            assert!(is_signed_by(webhook, &self.secret), "{webhook:?}");
            let kind = webhook.json()["type"].as_str().unwrap().to_owned();
            (webhook.header("webhook-id").to_owned(), kind)
        });
        told.collect()
    }

    /// The only delivery of a job.
    async fn delivery(&self, key: &JobKey) -> Delivery {
        let [delivery] = &self.stack.store.deliveries(key).await.unwrap()[..] else {
            panic!("not one delivery of {key}");
        };
        delivery.clone()
    }
}

async fn add_secret(stack: &Stack) -> Secret {
    let key = rand::random::<[u8; 32]>().to_vec();
    let now = stack.clock.now();
    let added = stack
        .store
        .add_secret(&testkit::tenant(Tenant::DEFAULT), key, now)
        .await;
    added.unwrap()
}

/// Whether a webhook bears a signature of this secret, by the reference implementation.
fn is_signed_by(webhook: &Webhook, secret: &Secret) -> bool {
    let verifier = Verifier::from_bytes(secret.key.clone()).unwrap();
    // The reference compares with the system's clock, which is not the stack's: so its time is checked here, and the rest there.
    let time = webhook.header("webhook-timestamp").parse::<i64>().unwrap();
    let id = webhook.header("webhook-id");
    let signature = verifier.sign(id, time, &webhook.body).unwrap();
    let signatures = webhook.header("webhook-signature");
    signatures.split(' ').any(|given| given == signature)
}

/// The event of this end of this job.
fn event_id(key: &JobKey, generation: u32) -> String {
    format!("msg_{}_{generation}", key.id)
}

/// What a webhook says of itself.
fn headers(webhook: &Webhook) -> &HeaderMap {
    &webhook.headers
}
