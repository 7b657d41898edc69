//! Whose message is received next, when senders name groups (`MessageGroupId`).
//!
//! Each message is given a turn when it comes: one later than the latest of its group, but not
//! earlier than the turn that is being served. Messages are received in the order of their turns.
//! So groups with a backlog are served one message each in rotation, and a quiet group does not
//! wait behind a noisy one. Messages without a group are a group of their own; alone in a queue
//! they come out as they went in.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::sqs::Error;

/// The state of one queue's rotation.
pub(super) struct Turns {
    /// The latest turn of which a message was received. Never goes back.
    served: i64,
    /// The latest turn given, by group. A group that is not here, or before `served`, has nothing
    /// owed.
    given: HashMap<Option<String>, i64>,
}

/// Groups to remember before the ones without a backlog are looked for.
const GROUPS_KEPT: usize = 1_024;

impl Turns {
    pub(super) fn load(connection: &Connection, queue: i64) -> Result<Self, Error> {
        let given = connection
            .prepare_cached("SELECT group_id, max(turn) FROM message WHERE queue = ?1 GROUP BY 1")?
            .query_map([queue], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let served = connection
            .prepare_cached(
                "SELECT coalesce(min(turn), 0) FROM message
                 WHERE queue = ?1 AND waits_until IS NULL",
            )?
            .query_row([queue], |row| row.get(0))?;
        Ok(Self { served, given })
    }

    /// The turn of a new message of this group.
    pub(super) fn give(&mut self, group: Option<&str>) -> i64 {
        if self.given.len() >= GROUPS_KEPT {
            self.given.retain(|_, latest| *latest >= self.served);
        }
        let latest = self
            .given
            .entry(group.map(str::to_owned))
            .or_insert(self.served - 1);
        *latest = self.served.max(*latest + 1);
        *latest
    }

    /// A message of this turn was received.
    pub(super) fn serve(&mut self, turn: i64) {
        self.served = self.served.max(turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns() -> Turns {
        Turns {
            served: 0,
            given: HashMap::new(),
        }
    }

    #[test]
    fn messages_of_one_group_come_in_the_order_in_which_they_were_sent() {
        let mut turns = turns();
        assert_eq!([(); 3].map(|()| turns.give(None)), [0, 1, 2]);
    }

    #[test]
    fn a_quiet_group_does_not_wait_behind_a_noisy_one() {
        let mut turns = turns();
        let noisy = [(); 100].map(|()| turns.give(Some("noisy")));
        turns.serve(noisy[9]);
        let quiet = turns.give(Some("quiet"));
        assert!(quiet < noisy[10]);
    }

    #[test]
    fn a_group_that_comes_again_and_again_does_not_starve_another() {
        let mut turns = turns();
        let waiting = [(); 10].map(|()| turns.give(Some("waiting")));
        for _ in 0..20 {
            let turn = turns.give(Some("eager"));
            turns.serve(turn);
        }
        assert!(turns.give(Some("eager")) > waiting[9]);
    }

    #[test]
    fn groups_without_a_backlog_are_forgotten() {
        let mut turns = turns();
        for group in 0..10 * GROUPS_KEPT {
            let turn = turns.give(Some(&group.to_string()));
            turns.serve(turn + 1);
        }
        assert!(turns.given.len() <= GROUPS_KEPT);
    }
}
