//! Makes the queues and the bucket that the product needs, with the settings that `template.yaml` gives
//! them on AWS. The table is `store`'s.
//!
//! All of it may be repeated: what exists stays, with its content, and gets today's settings.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_s3::error::{DisplayErrorContext, SdkError};
use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::json;

/// How often a message is received before it goes to the dead letters. More than a job may be attempted,
/// so that innocent neighbours of a bad message stay.
const MAX_RECEIVE_COUNT: u32 = 10;
/// The same of a notice. It is received once for each attempt to deliver it, which go on for a day, and whenever the notifier
/// cannot do its work.
const MAX_RECEIVE_COUNT_OF_NOTICES: u32 = 100;
const DAY: Duration = Duration::from_hours(24);
/// How long a queue keeps a message.
const RETENTION: Duration = DAY.saturating_mul(4);
/// The clock of a dead letter runs from when it was first sent, so this has to be longer.
const DEAD_LETTER_RETENTION: Duration = DAY.saturating_mul(14);

/// A queue that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// What requests name it by.
    pub url: String,
    /// What policies and events name it by.
    pub arn: String,
}

impl Queue {
    /// The queue at this URL.
    pub async fn at(client: &aws_sdk_sqs::Client, url: &str) -> Result<Self, ProvisionError> {
        let arn = client
            .get_queue_attributes()
            .queue_url(url)
            .attribute_names(QueueAttributeName::QueueArn)
            .send()
            .await
            .map_err(|error| failure("queue", url, error))?
            .attributes
            .and_then(|mut attributes| attributes.remove(&QueueAttributeName::QueueArn))
            .ok_or_else(|| missing(url, "its ARN"))?;
        let url = url.to_owned();
        Ok(Self { url, arn })
    }

    /// The region in the ARN (`arn:aws:sqs:<region>:<account>:<name>`).
    pub fn region(&self) -> Option<&str> {
        self.arn.split(':').nth(3)
    }
}

/// The queues, each with where its messages end that were received too often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queues {
    /// The worker's source.
    pub jobs: Queue,
    /// The reaper's source.
    pub dead_letters: Queue,
    /// The notifier's source.
    pub webhooks: Queue,
    /// Nobody's source: an operator looks at them.
    pub webhook_dead_letters: Queue,
}

/// Why something could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the {kind} `{name}`: {reason}")]
pub struct ProvisionError {
    kind: &'static str,
    name: String,
    reason: String,
}

/// Makes the queues `name` and `<name>-webhooks`, and their dead-letter queues.
///
/// `visibility` is how long a received message stays hidden if the receiver says nothing else.
pub async fn queues(
    client: &aws_sdk_sqs::Client,
    name: &str,
    visibility: Duration,
) -> Result<Queues, ProvisionError> {
    let visibility = (
        QueueAttributeName::VisibilityTimeout,
        visibility.as_secs().to_string(),
    );
    let retention = |time: Duration| {
        (
            QueueAttributeName::MessageRetentionPeriod,
            time.as_secs().to_string(),
        )
    };

    let pair = async |name: &str, dead_letters: &str, max_receive_count: u32| {
        let settings = [visibility.clone(), retention(DEAD_LETTER_RETENTION)];
        let dead_letters = queue(client, dead_letters, settings).await?;
        let redrive =
            json!({"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": max_receive_count});
        let redrive = (QueueAttributeName::RedrivePolicy, redrive.to_string());
        let settings = [visibility.clone(), retention(RETENTION), redrive];
        let source = queue(client, name, settings).await?;
        Ok::<_, ProvisionError>((source, dead_letters))
    };
    let (jobs, dead_letters) =
        pair(name, &format!("{name}-dead-letters"), MAX_RECEIVE_COUNT).await?;
    let (webhooks, webhook_dead_letters) = pair(
        &format!("{name}-webhooks"),
        &format!("{name}-webhook-dead-letters"),
        MAX_RECEIVE_COUNT_OF_NOTICES,
    )
    .await?;
    Ok(Queues {
        jobs,
        dead_letters,
        webhooks,
        webhook_dead_letters,
    })
}

/// Makes the bucket `name`.
pub async fn bucket(client: &aws_sdk_s3::Client, name: &str) -> Result<(), ProvisionError> {
    let Err(error) = client.create_bucket().bucket(name).send().await else {
        return Ok(());
    };
    let exists = error.as_service_error().is_some_and(|error| {
        error.is_bucket_already_exists() || error.is_bucket_already_owned_by_you()
    });
    if exists {
        Ok(())
    } else {
        Err(failure("bucket", name, error))
    }
}

/// Makes a queue without settings, then sets them: with settings, SQS would refuse to make one
/// that exists with others.
async fn queue<const N: usize>(
    client: &aws_sdk_sqs::Client,
    name: &str,
    attributes: [(QueueAttributeName, String); N],
) -> Result<Queue, ProvisionError> {
    let created = client.create_queue().queue_name(name).send().await;
    let url = created
        .map_err(|error| failure("queue", name, error))?
        .queue_url
        .ok_or_else(|| missing(name, "its URL"))?;
    client
        .set_queue_attributes()
        .queue_url(&url)
        .set_attributes(Some(HashMap::from(attributes)))
        .send()
        .await
        .map_err(|error| failure("queue", name, error))?;
    Queue::at(client, &url).await
}

fn failure<E>(kind: &'static str, name: &str, error: SdkError<E>) -> ProvisionError
where
    SdkError<E>: std::error::Error,
{
    let reason = DisplayErrorContext(error).to_string();
    ProvisionError {
        kind,
        name: name.to_owned(),
        reason,
    }
}

fn missing(name: &str, what: &str) -> ProvisionError {
    let reason = format!("the answer lacks {what}");
    ProvisionError {
        kind: "queue",
        name: name.to_owned(),
        reason,
    }
}
