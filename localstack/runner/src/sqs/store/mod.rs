//! Queues and messages in SQLite.
//!
//! **Invariant:** one thread owns a [`Store`]. Each of its methods runs inside a transaction that
//! the thread begins and commits, and refuses a request before it writes anything for it.

mod messages;
mod open;
mod queues;
mod receive;
mod turns;

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::Connection;
use service::Clock;

pub(super) use self::messages::Outgoing;
pub use self::queues::Counts;
pub(super) use self::queues::Queue;
pub(super) use self::receive::Delivery;
use self::turns::Turns;
use crate::sqs::{Error, limits};

/// All queues and their messages.
pub(super) struct Store {
    connection: Connection,
    clock: Clock,
    /// Received and not deleted messages that a queue may have.
    in_flight_max: u32,
    /// By the queue's row. Missing until the queue is first used.
    live: HashMap<i64, Live>,
    /// What happened in the open transaction that long polls wait for.
    news: Vec<News>,
    /// A command of the open transaction failed half-way.
    pub(super) failed: bool,
    /// How many transactions there have been.
    #[cfg(test)]
    pub(super) transactions: u64,
}

/// Something that a receiver waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// One message of the queue can be received.
    Message(String),
    /// A message of the queue will be there earlier than any receiver knows.
    Sooner(String),
    /// The queue is gone.
    Deleted(String),
}

/// What is remembered of a queue from one command to the next. Found again from its rows after a
/// restart.
struct Live {
    turns: Turns,
    /// No fewer than there are: counted anew only when this comes near the limit.
    in_flight_at_most: u32,
    /// When the next message becomes visible, as far as those who wait have been told. `None`:
    /// nobody has asked.
    told: Option<i64>,
}

impl Store {
    /// The time now, in the milliseconds that the rows have.
    pub(super) fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    pub(super) fn begin(&mut self) -> Result<(), Error> {
        #[cfg(test)]
        {
            self.transactions += 1;
        }
        self.connection.execute_batch("BEGIN").map_err(Error::from)
    }

    /// Makes the transaction last, and says what happened in it. If that fails, nothing has
    /// happened.
    pub(super) fn commit(&mut self) -> Result<Vec<News>, Error> {
        let committed = if std::mem::take(&mut self.failed) {
            Err(Error::Internal(
                "a request of the same transaction failed".to_owned(),
            ))
        } else {
            self.connection.execute_batch("COMMIT").map_err(Error::from)
        };
        let news = std::mem::take(&mut self.news);
        match committed {
            Ok(()) => Ok(news),
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }

    fn roll_back(&mut self) {
        self.live.clear();
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "the store of the queues cannot roll back");
        }
    }

    /// When the next delayed or received message of any queue becomes visible; a time that has passed if one has become so
    /// since anybody looked.
    pub(super) fn next_change(&self) -> Result<Option<Timestamp>, Error> {
        let next: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT min((SELECT min(waits_until) FROM message
                             WHERE message.queue = queue.id AND waits_until IS NOT NULL))
                 FROM queue",
            )?
            .query_row([], |row| row.get(0))?;
        Ok(next.and_then(|next| Timestamp::from_millisecond(next).ok()))
    }

    /// Brings a queue up to date: drops what is too old and makes ready what has waited long
    /// enough.
    fn settle(&mut self, queue: &Queue, now: i64) -> Result<(), Error> {
        let sent_before = now - queue.settings.retention_s * 1000;
        self.connection
            .prepare_cached("DELETE FROM message WHERE queue = ?1 AND sent_at <= ?2")?
            .execute([queue.id, sent_before])?;
        self.connection
            .prepare_cached(
                "UPDATE message SET waits_until = NULL WHERE queue = ?1 AND waits_until <= ?2",
            )?
            .execute([queue.id, now])?;
        Ok(())
    }

    /// What is remembered of a queue, read from its rows if it is not.
    fn live(&mut self, queue: i64) -> Result<&mut Live, Error> {
        use std::collections::hash_map::Entry;

        match self.live.entry(queue) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => Ok(entry.insert(Live {
                turns: Turns::load(&self.connection, queue)?,
                in_flight_at_most: limits::IN_FLIGHT_MAX,
                told: None,
            })),
        }
    }

    /// A message of this queue will be visible at that time: those who wait for a later one have to
    /// know.
    fn announce(&mut self, queue: &Queue, visible_at: i64) -> Result<(), Error> {
        let live = self.live(queue.id)?;
        if live.told.is_some_and(|told| visible_at < told) {
            live.told = Some(visible_at);
            self.news.push(News::Sooner(queue.name.clone()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::*;
    use crate::sqs::Storage;

    fn store() -> (Store, Queue) {
        let mut store = Store::open(Storage::Memory, Clock::system()).unwrap();
        store
            .create_queue("jobs", &BTreeMap::new(), &BTreeMap::new())
            .unwrap();
        let queue = store.queue("jobs").unwrap();
        (store, queue)
    }

    fn send(store: &mut Store, queue: &Queue, group: Option<&str>) {
        let message = Outgoing {
            message_id: String::new(),
            body: "x".to_owned(),
            attributes: None,
            trace_header: None,
            group_id: group.map(str::to_owned),
            delay_s: None,
            bytes: 1,
        };
        store.send(queue, &message).unwrap();
    }

    #[test]
    fn a_queue_with_all_it_may_have_in_flight_gives_no_more() {
        let (mut store, queue) = store();
        store.in_flight_max = 25;
        for _ in 0..30 {
            send(&mut store, &queue, None);
        }
        let mut receive = || store.receive(&queue, 10, 60).map(|received| received.len());
        assert_eq!([receive(), receive(), receive()], [Ok(10), Ok(10), Ok(5)]);
        assert_eq!(receive(), Err(Error::OverLimit("jobs".to_owned())));

        store.clock.advance(Duration::from_mins(1));
        assert_eq!(store.receive(&queue, 10, 60).unwrap().len(), 10);
    }

    #[test]
    fn only_a_change_that_comes_sooner_than_told_is_news() {
        let (mut store, queue) = store();
        for _ in 0..3 {
            send(&mut store, &queue, None);
        }
        let sooner = [News::Sooner("jobs".to_owned())];
        store.news.clear();
        store.receive(&queue, 1, 60).unwrap();
        assert_eq!(store.news, [], "nobody waits");
        store.wait(&queue).unwrap();
        store.receive(&queue, 1, 70).unwrap();
        assert_eq!(store.news, []);
        store.receive(&queue, 1, 50).unwrap();
        assert_eq!(store.news, sooner);
    }

    #[test]
    fn the_rotation_of_groups_goes_on_after_a_restart() {
        let (mut store, queue) = store();
        for _ in 0..10 {
            send(&mut store, &queue, Some("noisy"));
        }
        store.receive(&queue, 5, 60).unwrap();
        store.live.clear();
        send(&mut store, &queue, Some("quiet"));
        let groups = store.receive(&queue, 2, 60).unwrap();
        let groups: Vec<_> = groups
            .iter()
            .filter_map(|next| next.group_id.as_deref())
            .collect();
        assert_eq!(groups, ["noisy", "quiet"]);
    }

    #[test]
    fn messages_taken_back_are_ready_as_if_nobody_had_received_them() {
        let (mut store, queue) = store();
        send(&mut store, &queue, None);
        let first = store.receive(&queue, 1, 60).unwrap();
        assert_eq!(store.take_back(), Ok(1));
        assert_eq!(store.take_back(), Ok(0));
        let again = store.receive(&queue, 1, 60).unwrap();
        assert_eq!((first[0].receives, again[0].receives), (1, 1));
    }
}
