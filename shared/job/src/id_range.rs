//! Ids between two: ids sort by time, so a stretch of time is a stretch of ids, and so is what begins alike.

use jiff::Timestamp;

use crate::JobId;

/// All ids from one to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdRange {
    first: u128,
    last: u128,
}

impl IdRange {
    /// All ids.
    pub const ALL: Self = Self {
        first: 0,
        last: u128::MAX,
    };

    /// No ids.
    pub const NONE: Self = Self { first: 1, last: 0 };

    /// Those of jobs that were created at this time or later. Ids count milliseconds.
    pub fn created_from(time: Timestamp) -> Self {
        Self {
            first: first_at(time),
            ..Self::ALL
        }
    }

    /// Those of jobs that were created before this time.
    pub fn created_before(time: Timestamp) -> Self {
        match first_at(time).checked_sub(1) {
            Some(last) => Self { last, ..Self::ALL },
            None => Self::NONE,
        }
    }

    /// Those that are less than this one, which are those of older jobs.
    pub fn below(id: JobId) -> Self {
        match id.number().checked_sub(1) {
            Some(last) => Self { last, ..Self::ALL },
            None => Self::NONE,
        }
    }

    /// Those whose hyphenated form begins with this text; none if none can.
    pub fn beginning_with(text: &str) -> Option<Self> {
        let filled = |with: &str| -> Option<u128> {
            let template = "00000000-0000-0000-0000-000000000000".replace('0', with);
            let whole = format!("{text}{}", template.get(text.len()..)?);
            Some(whole.parse::<JobId>().ok()?.number())
        };
        Some(Self {
            first: filled("0")?,
            last: filled("f")?,
        })
    }

    /// Those that are in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            first: self.first.max(other.first),
            last: self.last.min(other.last),
        }
    }

    /// The least and the greatest; none if there are none at all.
    pub fn ends(self) -> Option<(JobId, JobId)> {
        (self.first <= self.last).then(|| {
            let [first, last] = [self.first, self.last].map(JobId::from_number);
            (first, last)
        })
    }
}

/// The least id of a job that was created at this time, or at the millisecond after it if it lies between two.
fn first_at(time: Timestamp) -> u128 {
    let milliseconds = time.as_nanosecond().div_euclid(1_000_000)
        + i128::from(time.as_nanosecond().rem_euclid(1_000_000) > 0);
    // An id has 48 bits for them: that is until the year 10889.
    u128::try_from(milliseconds).unwrap_or(0) << 80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> JobId {
        text.parse().unwrap()
    }

    fn holds(range: IdRange, id: JobId) -> bool {
        range
            .ends()
            .is_some_and(|(first, last)| (first..=last).contains(&id))
    }

    #[test]
    fn a_stretch_of_time_has_the_ids_of_the_jobs_created_in_it() {
        let time: Timestamp = "2026-09-01T12:00:00.123Z".parse().unwrap();
        let between: Timestamp = "2026-09-01T12:00:00.1229Z".parse().unwrap();
        let after: Timestamp = "2026-09-01T12:00:00.1231Z".parse().unwrap();
        let id = JobId::new(time);
        for (border, older) in [(time, false), (between, false), (after, true)] {
            assert_eq!(holds(IdRange::created_from(border), id), !older, "{border}");
            assert_eq!(
                holds(IdRange::created_before(border), id),
                older,
                "{border}"
            );
        }
        let none = IdRange::created_from(time).and(IdRange::created_before(time));
        assert_eq!(none.ends(), None);
        let long_ago = IdRange::created_before(Timestamp::from_second(-1).unwrap());
        assert_eq!(long_ago.ends(), None);
    }

    #[test]
    fn what_begins_alike_is_together() {
        let one = id("01890a5d-ac96-774b-bcce-b302099a8057");
        for end in 0..=36 {
            let range = IdRange::beginning_with(&one.to_string()[..end]).unwrap();
            assert!(holds(range, one), "{end}");
        }
        let range = IdRange::beginning_with("01890a5d-a").unwrap();
        assert!(!holds(range, id("01890a5d-bc96-774b-bcce-b302099a8057")));
        assert!(!holds(range, id("01890a5c-ac96-774b-bcce-b302099a8057")));
        for wrong in [
            "g",
            "-",
            "01890a5dac",
            "01890a5d-ac96-774b-bcce-b302099a80570",
            "é",
        ] {
            assert_eq!(IdRange::beginning_with(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_id_is_not_below_itself() {
        let one = id("01890a5d-ac96-774b-bcce-b302099a8057");
        assert!(!holds(IdRange::below(one), one));
        assert!(holds(
            IdRange::below(one),
            id("01890a5d-ac96-774b-bcce-b302099a8056")
        ));
        assert_eq!(
            IdRange::below(id("00000000-0000-0000-0000-000000000000")).ends(),
            None
        );
    }
}
