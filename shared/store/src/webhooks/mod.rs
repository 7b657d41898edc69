//! Telling of jobs that have ended.
//!
//! **Whoever makes a job final, or finds it so, sends a [`Notice`] before the job's own message may be consumed**: [`Store::change`] does both.
//! A `retry` does before it leaves a final state. So no end stays untold, whoever dies, and none is told that did not hold. Notices that come
//! twice are told once, as far as that can be known: the [`Delivery`] in the table says what has been. A job that is removed is told no more.

mod delivery;
mod disabled;
mod notice;
mod secrets;

use job::Job;

use crate::{Error, Store};

pub use delivery::{Attempt, Begun, Delivery, DeliveryState};
pub use disabled::{DisabledEndpoint, DisabledEndpoints};
pub use notice::{End, Notice};
pub use secrets::Secret;

impl Store {
    /// Has the end of a job told, if it has ended and somebody wants to know.
    pub async fn announce(&self, job: &Job) -> Result<(), Error> {
        match Notice::of(job) {
            Some(notice) => self.webhooks().send_notice(&notice).await,
            None => Ok(()),
        }
    }

    /// Has the end of a job told once more, whatever became of telling it: the one of this event, or the one that it is in now. Says which; none
    /// if there is no such end. The notice alone does it, in the round after the one that is known.
    pub async fn replay(&self, job: &Job, event_id: Option<&str>) -> Result<Option<Notice>, Error> {
        let known = self.deliveries(&job.key).await?;
        let now = Notice::of(job);
        let wanted = match event_id {
            None => now.map(|notice| notice.generation),
            Some(id) => known
                .iter()
                .map(|delivery| &delivery.notice)
                .chain(&now)
                .find(|notice| notice.event_id() == id)
                .map(|notice| notice.generation),
        };
        let Some(generation) = wanted else {
            return Ok(None);
        };
        let mut deliveries = known.into_iter().map(|delivery| delivery.notice);
        let notice = match deliveries.find(|notice| notice.generation == generation) {
            Some(notice) => Some(Notice {
                round: notice.round + 1,
                ..notice
            }),
            None => Notice::of(job),
        };
        if let Some(notice) = &notice {
            self.webhooks().send_notice(notice).await?;
        }
        Ok(notice)
    }
}
