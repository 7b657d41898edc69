//! Which jobs a listing lets through. Data with two readers: jobs that lie side by side are filtered where they lie, by an expression;
//! those that an index led to, here. A test holds the one to the other.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use job::{Job, Status};

use crate::expression::Expression;

/// Which jobs a listing lets through: those that all of it holds for, and whose time is not over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// They stand in one of these, as their client sees it; anywhere, if there are none.
    pub statuses: BTreeSet<Status>,
    /// They have all these tags.
    pub tags: BTreeMap<String, String>,
    /// Their first document was sent as this media type: in small letters, without parameters.
    pub media_type: Option<String>,
}

impl Filter {
    /// Whether only failed and cancelled jobs pass, which have an index of their own.
    pub(super) fn is_of_ended(&self) -> bool {
        let ended = |status: &Status| matches!(status, Status::Failed | Status::Cancelled);
        !self.statuses.is_empty() && self.statuses.iter().all(ended)
    }

    /// Whether it lets this job through.
    pub(super) fn allows(&self, job: &Job, now: Timestamp) -> bool {
        let Self {
            statuses,
            tags,
            media_type,
        } = self;
        let about = &job.about;
        job.expires_at > now
            && (statuses.is_empty() || statuses.contains(&job.seen_status()))
            && tags
                .iter()
                .all(|(name, value)| about.tags.get(name) == Some(value))
            && (media_type.is_none() || about.media_type == *media_type)
    }

    /// The same as an expression.
    pub(super) fn expression(&self, now: Timestamp, out: &mut Expression) -> String {
        let Self {
            statuses,
            tags,
            media_type,
        } = self;
        let mut all = vec![format!(
            "{} > {}",
            out.name("ttl"),
            out.number(now.as_second())
        )];
        let ways = statuses.iter().flat_map(|&it| ways_to_be(it, out));
        match ways.collect::<Vec<_>>().as_slice() {
            [] => {}
            // More parentheses than needed are an error.
            [way] => all.push(way.clone()),
            ways => all.push(format!("({})", ways.join(" OR "))),
        }
        for (index, (name, value)) in tags.iter().enumerate() {
            let (map, value) = (out.name("tag"), out.text(value));
            // A tag's name may be anything, so it is no placeholder.
            let placeholder = format!("#tag{index}");
            out.names.insert(placeholder.clone(), name.clone());
            all.push(format!("{map}.{placeholder} = {value}"));
        }
        if let Some(media_type) = media_type {
            all.push(format!("{} = {}", out.name("mt"), out.text(media_type)));
        }
        all.join(" AND ")
    }
}

/// The ways to stand so. Between two of its steps a job is running for its client.
fn ways_to_be(status: Status, out: &mut Expression) -> Vec<String> {
    let mut is = |status: Status| format!("{} = {}", out.name("st"), out.text(status.name()));
    match status {
        Status::Pending => {
            let pending = is(status);
            vec![format!(
                "{pending} AND attribute_not_exists({})",
                out.name("pro")
            )]
        }
        Status::Running => {
            let (running, pending) = (is(status), is(Status::Pending));
            let between_steps = format!("{pending} AND attribute_exists({})", out.name("pro"));
            vec![running, between_steps]
        }
        Status::Completed | Status::Failed | Status::Cancelled => vec![is(status)],
    }
}
