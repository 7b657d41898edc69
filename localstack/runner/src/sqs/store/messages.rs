//! Messages on their way in, back and away. `receive` has the way out.
//!
//! ```text
//! send ──> delayed ──> ready ──receive──> in flight ──delete──> gone
//!                      ^  │                   │
//!                      │  └─ received too     │
//!                      │     often ──> dead-letter queue
//!                      └──── time has passed ─┘
//! ```

use rusqlite::{OptionalExtension, named_params};

use super::{News, Queue, Store};
use crate::sqs::receipt::Receipt;
use crate::sqs::{Error, limits};

/// A message on its way in, checked but for what depends on the queue.
pub(in crate::sqs) struct Outgoing {
    pub(in crate::sqs) message_id: String,
    pub(in crate::sqs) body: String,
    /// As JSON.
    pub(in crate::sqs) attributes: Option<String>,
    pub(in crate::sqs) trace_header: Option<String>,
    pub(in crate::sqs) group_id: Option<String>,
    /// Instead of the queue's own delay.
    pub(in crate::sqs) delay_s: Option<i64>,
    /// Body and attributes.
    pub(in crate::sqs) bytes: usize,
}

impl Store {
    pub(in crate::sqs) fn send(&mut self, queue: &Queue, message: &Outgoing) -> Result<(), Error> {
        let max = queue.settings.maximum_message_size;
        if i64::try_from(message.bytes).unwrap_or(i64::MAX) > max {
            return Err(Error::InvalidParameterValue(format!(
                "One or more parameters are invalid. Reason: Message must be shorter than {max} \
                 bytes."
            )));
        }
        let now = self.now();
        let delay_s = message.delay_s.unwrap_or(queue.settings.delay_s);
        let waits_until = (delay_s > 0).then_some(now + delay_s * 1000);
        let turn = self.live(queue.id)?.turns.give(message.group_id.as_deref());
        self.connection
            .prepare_cached(
                "INSERT INTO message (queue, message_id, body, attributes, trace_header, group_id,
                                      sent_at, turn, waits_until)
                 VALUES (:queue, :message_id, :body, :attributes, :trace_header, :group_id,
                         :now, :turn, :waits_until)",
            )?
            .execute(named_params! {
                ":queue": queue.id,
                ":message_id": message.message_id,
                ":body": message.body,
                ":attributes": message.attributes,
                ":trace_header": message.trace_header,
                ":group_id": message.group_id,
                ":now": now,
                ":turn": turn,
                ":waits_until": waits_until,
            })?;
        if let Some(visible_at) = waits_until {
            return self.announce(queue, visible_at);
        }
        self.news.push(News::Message(queue.name.clone()));
        Ok(())
    }

    /// Deletes the message if this is its latest delivery. That it is gone already, or was received
    /// again since, is no error: the first cannot be told from a repeated request, and in the
    /// second the later receiver decides.
    pub(in crate::sqs) fn delete(&mut self, receipt: Receipt) -> Result<(), Error> {
        let Receipt {
            queue,
            message,
            nonce,
        } = receipt;
        self.connection
            .prepare_cached("DELETE FROM message WHERE id = ?1 AND queue = ?2 AND nonce = ?3")?
            .execute([message, queue, nonce])?;
        Ok(())
    }

    /// Hides a message that is in flight for so long from now on. One that is visible again stays
    /// so, without an error.
    pub(in crate::sqs) fn change_visibility(
        &mut self,
        queue: &Queue,
        receipt: Receipt,
        visibility_s: i64,
    ) -> Result<(), Error> {
        let now = self.now();
        self.settle(queue, now)?;
        let held: Option<(Option<i64>, i64)> = self
            .connection
            .prepare_cached(
                "SELECT waits_until, last_received_at FROM message
                 WHERE id = ?1 AND queue = ?2 AND nonce = ?3",
            )?
            .query_row([receipt.message, receipt.queue, receipt.nonce], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let Some((waits_until, received_at)) = held else {
            return Err(Error::InvalidParameterValue(format!(
                "Value {} for parameter ReceiptHandle is invalid. Reason: Message does not exist \
                 or is not available for visibility timeout change.",
                receipt.encode()
            )));
        };
        if waits_until.is_none() {
            return Ok(());
        }
        let total_max_s = limits::VISIBILITY_S.end();
        if (now - received_at) / 1000 + visibility_s > *total_max_s {
            return Err(Error::InvalidParameterValue(format!(
                "Value {visibility_s} for parameter VisibilityTimeout is invalid. Reason: Total \
                 VisibilityTimeout for the message is beyond the limit [{total_max_s} seconds]"
            )));
        }
        let visible_at = now + visibility_s * 1000;
        self.connection
            .prepare_cached("UPDATE message SET waits_until = ?2 WHERE id = ?1")?
            .execute([receipt.message, visible_at])?;
        self.announce(queue, visible_at)
    }

    /// Makes all messages that are in flight ready again, as if they had not been received.
    pub(in crate::sqs) fn take_back(&mut self) -> Result<usize, Error> {
        let taken = self
            .connection
            .prepare_cached(
                "UPDATE message SET waits_until = NULL, receives = receives - 1, nonce = NULL
                 WHERE waits_until IS NOT NULL AND receives > 0",
            )?
            .execute([])?;
        Ok(taken)
    }

    /// Deletes all messages of a queue.
    pub(in crate::sqs) fn purge(&mut self, queue: &Queue) -> Result<(), Error> {
        self.connection
            .prepare_cached("DELETE FROM message WHERE queue = ?1")?
            .execute([queue.id])?;
        Ok(())
    }
}
