//! The queues themselves.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, named_params};

use super::{News, Store};
use crate::sqs::Error;
use crate::sqs::settings::Settings;
use crate::sqs::wire::Strings;

/// A queue as it is kept.
#[derive(Debug)]
pub(in crate::sqs) struct Queue {
    pub(in crate::sqs) id: i64,
    pub(in crate::sqs) name: String,
    pub(in crate::sqs) created_at: Timestamp,
    pub(in crate::sqs) modified_at: Timestamp,
    pub(in crate::sqs) settings: Settings,
    pub(in crate::sqs) tags: Strings,
}

/// How many messages a queue has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Can be received now.
    pub visible: u64,
    /// Received, neither deleted nor visible again.
    pub in_flight: u64,
    /// Sent with a delay that has not passed.
    pub delayed: u64,
}

impl Store {
    /// Makes a queue, or finds the one that is as it should be.
    pub(in crate::sqs) fn create_queue(
        &mut self,
        name: &str,
        given: &Strings,
        tags: &Strings,
    ) -> Result<(), Error> {
        match self.queue(name) {
            Ok(queue) => match queue.settings.difference(&queue.settings.with(given)?) {
                None => Ok(()),
                Some(attribute) => Err(Error::QueueNameExists(attribute)),
            },
            Err(Error::QueueDoesNotExist) => {
                let settings = Settings::default().with(given)?;
                self.check_redrive(&settings)?;
                self.connection
                    .prepare_cached(
                        "INSERT INTO queue (name, created_at, modified_at, settings, tags)
                         VALUES (:name, :now, :now, :settings, :tags)",
                    )?
                    .execute(named_params! {
                        ":name": name,
                        ":now": self.now(),
                        ":settings": to_json(&settings),
                        ":tags": to_json(tags),
                    })?;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    pub(in crate::sqs) fn queue(&self, name: &str) -> Result<Queue, Error> {
        self.connection
            .prepare_cached(
                "SELECT id, name, created_at, modified_at, settings, tags
                 FROM queue WHERE name = ?1",
            )?
            .query_row([name], queue)
            .optional()?
            .ok_or(Error::QueueDoesNotExist)
    }

    /// The names that begin with `prefix` and come after `after`, in their order.
    pub(in crate::sqs) fn list_queues(
        &self,
        prefix: &str,
        after: &str,
        max: i64,
    ) -> Result<Vec<String>, Error> {
        let names = self
            .connection
            .prepare_cached(
                "SELECT name FROM queue WHERE name > ?2 AND substr(name, 1, length(?1)) = ?1
                 ORDER BY name LIMIT ?3",
            )?
            .query_map((prefix, after, max), |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(names)
    }

    pub(in crate::sqs) fn set_attributes(
        &mut self,
        name: &str,
        given: &Strings,
    ) -> Result<(), Error> {
        let queue = self.queue(name)?;
        let settings = queue.settings.with(given)?;
        self.check_redrive(&settings)?;
        self.connection
            .prepare_cached("UPDATE queue SET settings = ?2, modified_at = ?3 WHERE id = ?1")?
            .execute((queue.id, to_json(&settings), self.now()))?;
        Ok(())
    }

    pub(in crate::sqs) fn set_tags(&mut self, queue: &Queue, tags: &Strings) -> Result<(), Error> {
        self.connection
            .prepare_cached("UPDATE queue SET tags = ?2 WHERE id = ?1")?
            .execute((queue.id, to_json(tags)))?;
        Ok(())
    }

    /// Removes a queue with all its messages.
    pub(in crate::sqs) fn delete_queue(&mut self, name: &str) -> Result<(), Error> {
        let queue = self.queue(name)?;
        self.connection
            .prepare_cached("DELETE FROM queue WHERE id = ?1")?
            .execute([queue.id])?;
        self.live.remove(&queue.id);
        self.news.push(News::Deleted(queue.name));
        Ok(())
    }

    pub(in crate::sqs) fn counts(&mut self, queue: &Queue) -> Result<Counts, Error> {
        self.settle(queue, self.now())?;
        let visible = self
            .connection
            .prepare_cached(
                "SELECT count(*) FROM message WHERE queue = ?1 AND waits_until IS NULL",
            )?
            .query_row([queue.id], |row| row.get(0))?;
        let (in_flight, delayed) = self
            .connection
            .prepare_cached(
                "SELECT count(*) FILTER (WHERE receives > 0), count(*) FILTER (WHERE receives = 0)
                 FROM message WHERE queue = ?1 AND waits_until IS NOT NULL",
            )?
            .query_row([queue.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Counts {
            visible,
            in_flight,
            delayed,
        })
    }

    fn check_redrive(&self, settings: &Settings) -> Result<(), Error> {
        let Some(redrive) = &settings.redrive else {
            return Ok(());
        };
        match self.queue(&redrive.target) {
            Ok(_) => Ok(()),
            Err(Error::QueueDoesNotExist) => Err(redrive.without_target()),
            Err(error) => Err(error),
        }
    }
}

fn queue(row: &Row<'_>) -> rusqlite::Result<Queue> {
    Ok(Queue {
        id: row.get(0)?,
        name: row.get(1)?,
        created_at: timestamp(row, 2)?,
        modified_at: timestamp(row, 3)?,
        settings: from_json(row, 4)?,
        tags: from_json(row, 5)?,
    })
}

fn timestamp(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let milliseconds: i64 = row.get(column)?;
    Timestamp::from_millisecond(milliseconds)
        .map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, milliseconds))
}

fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("settings and tags have text for names")
}

fn from_json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text).map_err(|error| {
        let kind = rusqlite::types::Type::Text;
        rusqlite::Error::FromSqlConversionFailure(column, kind, Box::new(error))
    })
}
