//! A queue's own attributes: which there are, what they may be, what they are by default.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::sqs::wire::Strings;
use crate::sqs::{Error, limits, names};

/// What `CreateQueue` and `SetQueueAttributes` can set. Times are in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Settings {
    /// How long a received message is hidden from other receivers. 30 by default.
    pub(super) visibility_s: i64,
    /// How long a new message is hidden from all receivers. 0 by default.
    pub(super) delay_s: i64,
    /// How long after it was sent a message vanishes. Four days by default.
    pub(super) retention_s: i64,
    /// How long a receive waits for a message. 0 by default.
    pub(super) wait_s: i64,
    /// The largest message with its attributes, in bytes. 1 MiB by default.
    pub(super) maximum_message_size: i64,
    /// Where messages go that were received too often. Nowhere by default.
    pub(super) redrive: Option<Redrive>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Redrive {
    /// The dead-letter queue's resource name, as the client gave it.
    pub(super) target_arn: String,
    /// The dead-letter queue's name.
    pub(super) target: String,
    /// A message that was received so often is not handed out again.
    pub(super) max_receives: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            visibility_s: 30,
            delay_s: 0,
            retention_s: 345_600,
            wait_s: 0,
            maximum_message_size: *limits::MAXIMUM_MESSAGE_SIZE.end(),
            redrive: None,
        }
    }
}

/// An attribute that is a number: its name, range and place.
struct Number {
    name: &'static str,
    range: RangeInclusive<i64>,
    get: fn(&Settings) -> i64,
    set: fn(&mut Settings, i64),
}

const NUMBERS: [Number; 5] = [
    Number {
        name: "VisibilityTimeout",
        range: limits::VISIBILITY_S,
        get: |settings| settings.visibility_s,
        set: |settings, value| settings.visibility_s = value,
    },
    Number {
        name: "DelaySeconds",
        range: limits::DELAY_S,
        get: |settings| settings.delay_s,
        set: |settings, value| settings.delay_s = value,
    },
    Number {
        name: "MessageRetentionPeriod",
        range: limits::RETENTION_S,
        get: |settings| settings.retention_s,
        set: |settings, value| settings.retention_s = value,
    },
    Number {
        name: "ReceiveMessageWaitTimeSeconds",
        range: limits::WAIT_S,
        get: |settings| settings.wait_s,
        set: |settings, value| settings.wait_s = value,
    },
    Number {
        name: "MaximumMessageSize",
        range: limits::MAXIMUM_MESSAGE_SIZE,
        get: |settings| settings.maximum_message_size,
        set: |settings, value| settings.maximum_message_size = value,
    },
];

const REDRIVE_POLICY: &str = "RedrivePolicy";

/// Attributes that Amazon SQS has and this service does not act on. To take one without a word
/// would let its owner believe in it.
const UNSUPPORTED: [&str; 9] = [
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "Policy",
    "RedriveAllowPolicy",
    "SqsManagedSseEnabled",
];

impl Settings {
    /// These settings with some of them given anew. Whether the dead-letter queue exists is not
    /// looked at.
    pub(super) fn with(&self, given: &Strings) -> Result<Self, Error> {
        let mut settings = self.clone();
        for (name, value) in given {
            if name == REDRIVE_POLICY {
                settings.redrive = redrive(value)?;
            } else if let Some(number) = NUMBERS.iter().find(|number| number.name == name) {
                (number.set)(&mut settings, number.parse(value)?);
            } else if UNSUPPORTED.contains(&name.as_str()) {
                return Err(Error::UnsupportedOperation(format!(
                    "The attribute {name} is not supported by this endpoint."
                )));
            } else {
                return Err(Error::InvalidAttributeName(name.clone()));
            }
        }
        Ok(settings)
    }

    /// The name of an attribute in which these settings differ from others.
    pub(super) fn difference(&self, others: &Self) -> Option<&'static str> {
        let number = NUMBERS
            .iter()
            .find(|number| (number.get)(self) != (number.get)(others));
        match number {
            Some(number) => Some(number.name),
            None => (self.redrive != others.redrive).then_some(REDRIVE_POLICY),
        }
    }

    /// All attributes that have a value, as a client reads them.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'static str, String)> {
        let numbers = NUMBERS
            .iter()
            .map(|number| (number.name, (number.get)(self).to_string()));
        numbers.chain(
            self.redrive
                .iter()
                .map(|redrive| (REDRIVE_POLICY, redrive.policy())),
        )
    }

    /// Whether an attribute of this name may be asked for, be it that it never has a value here.
    pub(super) fn knows(name: &str) -> bool {
        name == REDRIVE_POLICY
            || NUMBERS.iter().any(|number| number.name == name)
            || UNSUPPORTED.contains(&name)
    }
}

impl Number {
    fn parse(&self, value: &str) -> Result<i64, Error> {
        value
            .parse()
            .ok()
            .filter(|value| self.range.contains(value))
            .ok_or_else(|| {
                let (min, max) = (self.range.start(), self.range.end());
                Error::InvalidAttributeValue {
                    name: self.name,
                    reason: format!("Must be an integer from {min} to {max}, not \"{value}\"."),
                }
            })
    }
}

impl Redrive {
    fn policy(&self) -> String {
        serde_json::json!({
            "deadLetterTargetArn": self.target_arn,
            "maxReceiveCount": self.max_receives,
        })
        .to_string()
    }

    /// The error for a dead-letter queue that does not exist.
    pub(super) fn without_target(&self) -> Error {
        invalid_redrive(&self.policy(), "Dead letter target does not exist.")
    }
}

/// Reads a redrive policy. An empty one takes the policy away.
fn redrive(policy: &str) -> Result<Option<Redrive>, Error> {
    const TARGET: &str = "deadLetterTargetArn";
    const COUNT: &str = "maxReceiveCount";

    if policy.is_empty() {
        return Ok(None);
    }
    let refuse = |reason: &str| invalid_redrive(policy, reason);
    let members: Map<String, Value> = serde_json::from_str(policy)
        .map_err(|_| refuse("Redrive policy is not a valid JSON map."))?;
    let member = |name: &str| {
        members.get(name).ok_or_else(|| {
            refuse(&format!(
                "Redrive policy does not contain mandatory attribute: {name}."
            ))
        })
    };

    let (target_arn, count) = (member(TARGET)?, member(COUNT)?);
    let target_arn = target_arn.as_str().unwrap_or_default();
    let target =
        names::of_arn(target_arn).ok_or_else(|| refuse(&format!("Invalid value for {TARGET}.")))?;
    // Both a number and a text are in use.
    let max_receives = count
        .as_i64()
        .or_else(|| count.as_str()?.parse().ok())
        .filter(|count| limits::MAX_RECEIVE_COUNT.contains(count))
        .ok_or_else(|| {
            refuse(&format!(
                "Invalid value for {COUNT}: {count}, valid values are from 1 to 1000 both \
                 inclusive."
            ))
        })?;
    Ok(Some(Redrive {
        target_arn: target_arn.to_owned(),
        target: target.to_owned(),
        max_receives,
    }))
}

fn invalid_redrive(policy: &str, reason: &str) -> Error {
    Error::InvalidParameterValue(format!(
        "Value {policy} for parameter RedrivePolicy is invalid. Reason: {reason}"
    ))
}
