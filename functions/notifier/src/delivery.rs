//! What one notice means, and one attempt to deliver it.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use job::limits::WEBHOOK_TIME;
use service::metrics::{self, Webhook};
use service::{Meter, until};
use store::webhooks::{Attempt, Begun, Delivery, DeliveryState, Secret};
use store::{Delivered, Error, Notice, Usage, Verdict};
use tracing::Instrument;

use crate::{Notifier, event, signature, waits};

/// How long to wait when the table or the queue does not do its part.
const LATER: Duration = Duration::from_secs(30);

/// How long to wait with what a newer release may understand, or an operator.
const NOT_UNDERSTOOD: Duration = Duration::from_mins(15);

/// From when on an attempt counts as lost that has noted no end: its receiver has had its time, and the end has had some to be noted.
const LEASE: Duration = WEBHOOK_TIME.saturating_add(Duration::from_secs(15));

impl Notifier {
    /// Handles one notice.
    pub(crate) async fn deliver(&self, delivered: Delivered) -> Verdict {
        let notice = match Notice::from_body(&delivered.body) {
            Ok(notice) => notice,
            Err(error) => {
                // The queue moves it to its dead letters when it has been received too often.
                let message_id = delivered.message_id;
                tracing::error!(%error, message_id, "Unreadable notice");
                return Verdict::GiveBack(NOT_UNDERSTOOD);
            }
        };
        let span = notice.span();
        let meter = Meter::default();
        let verdict = async {
            meter.run(self.tell(&notice)).await.unwrap_or_else(|error| {
                tracing::error!(%error, "Notice not handled");
                Verdict::GiveBack(LATER)
            })
        }
        .instrument(span)
        .await;
        let used = Usage {
            messages: 1,
            ..Usage::of_units(meter.read_milliunits(), meter.write_milliunits())
        };
        self.store.note(&notice.key.tenant, used);
        verdict
    }

    async fn tell(&self, notice: &Notice) -> Result<Verdict, Error> {
        let now = self.clock.now();
        let begun = self
            .store
            .begin_delivery(notice, rand::random(), now, now + LEASE)
            .await?;
        let delivery = match begun {
            Begun::Yes(delivery) => *delivery,
            Begun::Wait(time) => {
                return Ok(Verdict::GiveBack(
                    until(now, time).max(Duration::from_secs(1)),
                ));
            }
            Begun::Settled => return Ok(Verdict::Consume),
        };
        // Only now, for who removes a job forgets its deliveries last: one of the two sees the other.
        if self.store.get(&notice.key, now).await?.is_none() {
            self.store.forget_deliveries(&notice.key).await?;
            return Ok(Verdict::Consume);
        }
        let tenant = &notice.key.tenant;
        if self.store.is_disabled(tenant, &notice.url).await? {
            return self.end(delivery, None, Told::Disabled).await;
        }
        let secrets = self.store.secrets(tenant, now).await?;
        let (attempt, told) = self.attempt(notice, &secrets).await;
        if let (Told::Disabled, Ok(_)) = (told, &attempt.outcome) {
            self.store
                .disable_endpoint(tenant, &notice.url, now)
                .await?;
        }
        self.end(delivery, Some(attempt), told).await
    }

    /// Makes one attempt.
    async fn attempt(&self, notice: &Notice, secrets: &[Secret]) -> (Attempt, Told) {
        let at = self.clock.now();
        let body = event::body(notice);
        let id = notice.event_id();
        let signatures = signature::signatures(secrets, &id, at, &body);
        let headers = [
            ("webhook-id", id),
            ("webhook-timestamp", at.as_second().to_string()),
            ("webhook-signature", signatures),
        ];
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.insert(name, HeaderValue::try_from(value).expect("it is ASCII"));
        }
        let json = HeaderValue::from_static("application/json");
        all.insert(header::CONTENT_TYPE, json);

        let answer = if secrets.is_empty() {
            // Requests are taken only where there is one; nothing leaves without a signature.
            Err("There is no secret to sign it with.".to_owned())
        } else {
            let posted = self.fetcher.post(&notice.url, all, body.into()).await;
            posted.map_err(|error| error.to_string())
        };
        let milliseconds = self.clock.now().duration_since(at).as_millis();
        let told = match &answer {
            Ok(status) if status.is_success() => Told::Taken,
            Ok(status) if *status == StatusCode::GONE => Told::Disabled,
            Ok(_) | Err(_) => Told::Failed,
        };
        let attempt = Attempt {
            at,
            milliseconds: u64::try_from(milliseconds).unwrap_or(0),
            outcome: answer.map(|status| status.as_u16()),
        };
        (attempt, told)
    }

    /// Notes how an attempt went, and decides what becomes of the notice.
    async fn end(
        &self,
        delivery: Delivery,
        attempt: Option<Attempt>,
        told: Told,
    ) -> Result<Verdict, Error> {
        let now = self.clock.now();
        let wait = match told {
            Told::Failed => waits::wait(delivery.attempts),
            Told::Taken | Told::Disabled => None,
        };
        let (state, outcome) = match (told, wait) {
            (Told::Taken, _) => (DeliveryState::Delivered, Webhook::Delivered),
            (Told::Disabled, _) => (DeliveryState::Disabled, Webhook::Disabled),
            (Told::Failed, Some(_)) => (DeliveryState::Pending, Webhook::Retried),
            (Told::Failed, None) => (DeliveryState::Failed, Webhook::Failed),
        };
        let attempts = delivery.attempts;
        let answered = attempt.as_ref().map(|attempt| attempt.outcome.clone());
        let next_at = now + wait.unwrap_or_default();
        let noted = self
            .store
            .end_delivery(delivery, attempt, state, next_at)
            .await?;
        tracing::info!(?outcome, attempts, ?answered, noted, "Webhook attempted");
        if !noted {
            // Another attempt began meanwhile, or the job was removed: the next look tells.
            return Ok(Verdict::GiveBack(Duration::from_secs(1)));
        }
        metrics::webhook(outcome);
        Ok(wait.map_or(Verdict::Consume, Verdict::GiveBack))
    }
}

/// How the other side took it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Taken,
    Failed,
    Disabled,
}
