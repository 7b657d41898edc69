//! Jobs of a tenant, newest first, page by page.
//!
//! Ids sort by time, so each of a tenant's partitions holds its jobs by age, and a page is their newest ends, merged. A page ends at an
//! id, not at a count: jobs that come in while a client turns the pages change none of those that are to come.
//!
//! What a page reads is bounded. Where a filter finds too little in that, the page ends at the id that was looked at last.

mod filter;
mod stretch;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use futures::future::try_join_all;
use jiff::Timestamp;
use job::{IdRange, Job, JobId, Tenant};

pub use filter::Filter;
use stretch::Stretch;

use crate::{Error, Store};

/// What one page may read: so many jobs from their partitions. A job that is found by an index costs as much as several.
pub const MAX_LISTED_READS: usize = 1_000;

/// By how much a read is longer than the one before it, where that found too little.
const GROWTH: usize = 4;

/// Jobs, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Those of this page; there may be none of them on a page that others follow.
    pub jobs: Vec<Job>,
    /// What the next page lies below; none if this is the last.
    pub next: Option<JobId>,
}

impl Store {
    /// The newest jobs of a tenant that a filter lets through and whose ids are in this range, `limit` at most.
    pub async fn list(
        &self,
        tenant: &Tenant,
        filter: &Filter,
        ids: IdRange,
        limit: usize,
        now: Timestamp,
    ) -> Result<Page, Error> {
        let mut stretches = Stretch::all(tenant, filter, ids);
        let mut found = BTreeMap::new();
        let mut reads_left = MAX_LISTED_READS;
        let mut length = even_share(limit, stretches.len());
        loop {
            // Whatever is older than as many jobs as the page takes is of no use to it.
            let enough = found.keys().nth(limit - 1).map(|Reverse(id)| *id);
            let behind: Vec<&mut Stretch> = stretches
                .iter_mut()
                .filter(|stretch| {
                    stretch
                        .newest()
                        .is_some_and(|it| enough.is_none_or(|id| it > id))
                })
                .collect();
            let cost: usize = behind.iter().map(|stretch| stretch.cost()).sum();
            if behind.is_empty() || cost > reads_left {
                break;
            }
            let length_now = length.min(reads_left / cost);
            let reads = behind.into_iter().map(|stretch| async move {
                let (read, jobs) = stretch.read(self, filter, length_now, now).await?;
                Ok::<_, Error>((read * stretch.cost(), jobs))
            });
            for (read, jobs) in try_join_all(reads).await? {
                reads_left = reads_left.saturating_sub(read);
                found.extend(jobs.into_iter().map(|job| (Reverse(job.key.id), job)));
            }
            length *= GROWTH;
        }
        Ok(page(found, &stretches, limit))
    }
}

/// The part of what was found that is known to be without gaps.
fn page(found: BTreeMap<Reverse<JobId>, Job>, stretches: &[Stretch], limit: usize) -> Page {
    let found_jobs = found.len();
    let unread = stretches.iter().filter_map(Stretch::newest).max();
    let known = |job: &Job| unread.is_none_or(|unread| job.key.id > unread);
    let jobs: Vec<Job> = found.into_values().take_while(known).take(limit).collect();
    let next = match (
        jobs.last(),
        stretches.iter().filter_map(Stretch::seen).max(),
    ) {
        (Some(last), seen) if jobs.len() == limit => {
            (found_jobs > limit || seen.is_some()).then_some(last.key.id)
        }
        (_, seen) => seen,
    };
    Page { jobs, next }
}

/// How many jobs to read of each partition first: its share of a page, and as much more as it often has.
fn even_share(limit: usize, partitions: usize) -> usize {
    let share = limit / partitions;
    share + 2 * share.isqrt() + 1
}
