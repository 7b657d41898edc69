//! Jobs in any state, made by the store's own operations, so that each is as it would be.

use std::time::Duration;

use job::{
    Content, Delivery, Failure, Job, JobId, JobKey, Phase, Request, Source, Submission, Tenant,
};
use serde_json::{Value, json};
use store::{Claim, Claimed, Message};

use crate::Stack;

/// Makes a job. Its message is in the queue, as it would be.
#[must_use]
pub struct JobBuilder<'a> {
    stack: &'a Stack,
    tenant: Tenant,
    text: String,
    extract: Value,
    webhook: Option<String>,
}

impl<'a> JobBuilder<'a> {
    pub(crate) fn new(stack: &'a Stack) -> Self {
        Self {
            stack,
            tenant: crate::tenant(Tenant::DEFAULT),
            text: "Write to a@test.com.".into(),
            extract: json!(["entities"]),
            webhook: None,
        }
    }

    /// Whose it is.
    pub fn of(self, tenant: &str) -> Self {
        let tenant = crate::tenant(tenant);
        Self { tenant, ..self }
    }

    /// The text to extract from.
    pub fn text(self, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..self
        }
    }

    /// What to extract from it.
    pub fn extract(self, extract: Value) -> Self {
        Self { extract, ..self }
    }

    /// Where its end is to be told.
    pub fn webhook(self, url: impl Into<String>) -> Self {
        Self {
            webhook: Some(url.into()),
            ..self
        }
    }

    /// A job that waits for a worker.
    pub async fn pending(self) -> Job {
        let now = self.stack.clock.now();
        let key = JobKey::new(self.tenant, JobId::new(now));
        let source = Source {
            name: None,
            media_type: Some("text/plain".into()),
            content: Content::Bytes(self.text.into_bytes()),
        };
        let mut submission = Submission::from(Request::new(vec![source], self.extract));
        submission.about.webhook = self.webhook;
        self.stack
            .store
            .submit(key, submission, None, now)
            .await
            .unwrap()
    }

    /// A job that a worker holds for one minute.
    pub async fn running(self) -> Claim {
        let (stack, now) = (self.stack, self.stack.clock.now());
        let job = self.pending().await;
        let message = Message {
            key: job.key,
            version: job.version,
            generation: job.generation,
            traceparent: None,
        };
        let delivery = Delivery(rand::random());
        let lease_ends_at = now + Duration::from_mins(1);
        match stack
            .store
            .claim(&message, delivery, now, lease_ends_at)
            .await
            .unwrap()
        {
            Claimed::Won(claim) => claim,
            Claimed::Refused { reason, .. } => panic!("a new job cannot be claimed: {reason:?}"),
        }
    }

    /// A job with a result.
    pub async fn completed(self) -> JobKey {
        let stack = self.stack;
        let claim = self.running().await;
        let key = claim.job().key.clone();
        let result = br#"{"records":[],"documents":[]}"#.to_vec();
        stack
            .store
            .complete(claim, result, stack.clock.now())
            .await
            .unwrap();
        key
    }

    /// A job that could not be done.
    pub async fn failed(self) -> JobKey {
        let stack = self.stack;
        let claim = self.running().await;
        let key = claim.job().key.clone();
        let failure = Failure::new("malformed", Phase::Extract, false, "It is damaged.");
        stack
            .store
            .fail(claim, failure, stack.clock.now())
            .await
            .unwrap();
        key
    }

    /// A job that is no longer wanted.
    pub async fn cancelled(self) -> JobKey {
        let stack = self.stack;
        let key = self.pending().await.key;
        stack.store.cancel(&key, stack.clock.now()).await.unwrap();
        key
    }
}
