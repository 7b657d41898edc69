//! Messages on their way out: to a receiver, or to the dead-letter queue instead.

use rusqlite::{Row, named_params};

use super::{News, Queue, Store};
use crate::sqs::receipt::Receipt;
use crate::sqs::{Error, limits};

/// A message on its way out.
pub(in crate::sqs) struct Delivery {
    pub(in crate::sqs) receipt: Receipt,
    pub(in crate::sqs) message_id: String,
    pub(in crate::sqs) body: String,
    /// As JSON.
    pub(in crate::sqs) attributes: Option<String>,
    pub(in crate::sqs) trace_header: Option<String>,
    pub(in crate::sqs) group_id: Option<String>,
    pub(in crate::sqs) sent_at: i64,
    pub(in crate::sqs) first_received_at: i64,
    /// How often it was received from any queue, this time included.
    pub(in crate::sqs) receives: i64,
    /// The queue that it was moved from for being received too often.
    pub(in crate::sqs) source: Option<String>,
}

/// A message that can be received.
struct Ready {
    turn: i64,
    /// From this queue.
    receives: i64,
    /// With the counts and the receipt of before it is received.
    delivery: Delivery,
}

/// A queue's dead-letter queue.
struct DeadLetters {
    queue: Queue,
    max_receives: i64,
}

impl Store {
    /// Hands out up to `max` messages and hides them for `visibility_s`.
    pub(in crate::sqs) fn receive(
        &mut self,
        queue: &Queue,
        max: usize,
        visibility_s: i64,
    ) -> Result<Vec<Delivery>, Error> {
        let now = self.now();
        self.settle(queue, now)?;
        let max = max.min(self.room(queue)?);
        let dead_letters = self.dead_letters(queue)?;
        let visible_at = now + visibility_s * 1000;

        let mut deliveries = Vec::new();
        while deliveries.len() < max {
            let found = self.ready(queue, max - deliveries.len())?;
            if found.is_empty() {
                break;
            }
            for message in found {
                match &dead_letters {
                    Some(to) if message.receives >= to.max_receives => {
                        self.bury(&message, queue, &to.queue)?;
                    }
                    _ => deliveries.push(self.deliver(message, now, visible_at)?),
                }
            }
        }
        if !deliveries.is_empty() {
            self.announce(queue, visible_at)?;
        }
        Ok(deliveries)
    }

    /// When the next message of the queue becomes visible, for one who then waits for it.
    pub(in crate::sqs) fn wait(&mut self, queue: &Queue) -> Result<Option<i64>, Error> {
        let next: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT min(waits_until) FROM message
                 WHERE queue = ?1 AND waits_until IS NOT NULL",
            )?
            .query_row([queue.id], |row| row.get(0))?;
        self.live(queue.id)?.told = Some(next.unwrap_or(i64::MAX));
        Ok(next)
    }

    /// How many more messages of the queue may be in flight.
    fn room(&mut self, queue: &Queue) -> Result<usize, Error> {
        let max = self.in_flight_max;
        let at_once = u32::try_from(*limits::RECEIVE_MAX.end()).expect("it is ten");
        if self.live(queue.id)?.in_flight_at_most + at_once > max {
            let counted = self
                .connection
                .prepare_cached(
                    "SELECT count(*) FROM message
                     WHERE queue = ?1 AND waits_until IS NOT NULL AND receives > 0",
                )?
                .query_row([queue.id], |row| row.get(0))?;
            self.live(queue.id)?.in_flight_at_most = counted;
        }
        match max.saturating_sub(self.live(queue.id)?.in_flight_at_most) {
            0 => Err(Error::OverLimit(queue.name.clone())),
            room => Ok(room as usize),
        }
    }

    /// The queue's dead-letter queue. If it was deleted there is none, and messages stay where they
    /// are.
    fn dead_letters(&self, queue: &Queue) -> Result<Option<DeadLetters>, Error> {
        let Some(redrive) = &queue.settings.redrive else {
            return Ok(None);
        };
        let max_receives = redrive.max_receives;
        match self.queue(&redrive.target) {
            Ok(queue) => Ok(Some(DeadLetters {
                queue,
                max_receives,
            })),
            Err(Error::QueueDoesNotExist) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn ready(&self, queue: &Queue, max: usize) -> Result<Vec<Ready>, Error> {
        let messages = self
            .connection
            .prepare_cached(
                "SELECT id, queue, message_id, body, attributes, trace_header, group_id, sent_at,
                        turn, receives, earlier_receives, first_received_at, source
                 FROM message WHERE queue = ?1 AND waits_until IS NULL
                 ORDER BY turn, id LIMIT ?2",
            )?
            .query_map((queue.id, i64::try_from(max).unwrap_or(i64::MAX)), ready)?
            .collect::<rusqlite::Result<_>>()?;
        Ok(messages)
    }

    fn deliver(&mut self, message: Ready, now: i64, visible_at: i64) -> Result<Delivery, Error> {
        let Ready {
            turn,
            receives: _,
            mut delivery,
        } = message;
        delivery.receipt.nonce = rand::random();
        delivery.receives += 1;
        if delivery.first_received_at == 0 {
            delivery.first_received_at = now;
        }
        self.connection
            .prepare_cached(
                "UPDATE message
                 SET waits_until = :visible_at, receives = receives + 1, nonce = :nonce,
                     first_received_at = :first, last_received_at = :now
                 WHERE id = :id",
            )?
            .execute(named_params! {
                ":id": delivery.receipt.message,
                ":visible_at": visible_at,
                ":nonce": delivery.receipt.nonce,
                ":first": delivery.first_received_at,
                ":now": now,
            })?;
        let live = self.live(delivery.receipt.queue)?;
        live.turns.serve(turn);
        live.in_flight_at_most += 1;
        Ok(delivery)
    }

    /// Moves a message to a dead-letter queue. It stays what it is and as old as it is.
    fn bury(&mut self, message: &Ready, from: &Queue, to: &Queue) -> Result<(), Error> {
        let turn = self
            .live(to.id)?
            .turns
            .give(message.delivery.group_id.as_deref());
        self.connection
            .prepare_cached(
                "UPDATE message
                 SET queue = :to, turn = :turn, source = :from, nonce = NULL,
                     earlier_receives = earlier_receives + receives, receives = 0
                 WHERE id = :id",
            )?
            .execute(named_params! {
                ":id": message.delivery.receipt.message,
                ":to": to.id,
                ":turn": turn,
                ":from": from.name,
            })?;
        self.news.push(News::Message(to.name.clone()));
        Ok(())
    }
}

fn ready(row: &Row<'_>) -> rusqlite::Result<Ready> {
    let receives = row.get(9)?;
    let earlier_receives: i64 = row.get(10)?;
    Ok(Ready {
        turn: row.get(8)?,
        receives,
        delivery: Delivery {
            receipt: Receipt {
                message: row.get(0)?,
                queue: row.get(1)?,
                nonce: 0,
            },
            message_id: row.get(2)?,
            body: row.get(3)?,
            attributes: row.get(4)?,
            trace_header: row.get(5)?,
            group_id: row.get(6)?,
            sent_at: row.get(7)?,
            first_received_at: row.get::<_, Option<i64>>(11)?.unwrap_or_default(),
            receives: earlier_receives + receives,
            source: row.get(12)?,
        },
    })
}
