//! What a list may hold.

use std::collections::BTreeSet;

use serde_json::Value;
use testkit::Answer;

use super::Status::{self, Completed, Failed, Gone, Pending, Running};
use super::{Broken, Known, Model, Reading, Unanswered, check, named};
use crate::step::{Filter, Kind};

impl Model {
    /// The parameters of the page that comes next, if it is of this list.
    pub(crate) fn page(&mut self, filter: &Filter) -> String {
        let known = self.order.iter().cloned().collect();
        let reading = self.reading.get_or_insert_with(|| Reading {
            filter: filter.clone(),
            next: String::new(),
            last: None,
            known,
        });
        let Filter {
            statuses,
            tag,
            damaged,
            limit,
        } = &reading.filter;
        let mut query = vec![format!("limit={limit}")];
        if !statuses.is_empty() {
            query.push(format!("status={}", statuses.join(",")));
        }
        query.extend(tag.map(|tag| format!("tag=t:{tag}")));
        if *damaged {
            query.push("media_type=application/json".to_owned());
        }
        if !reading.next.is_empty() {
            query.push(format!("cursor={}", reading.next));
        }
        query.join("&")
    }

    /// Takes in a page.
    pub(crate) fn listed(&mut self, answer: &Answer) -> Result<(), Broken> {
        if answer.status == 503 && self.rough {
            return Ok(());
        }
        let page = self.take_page(answer);
        page.map_err(|why| format!("a page {:?} was {answer:?}: {why}", self.reading))
    }

    fn take_page(&mut self, answer: &Answer) -> Result<(), Broken> {
        check(answer.status == 200, "this is no page")?;
        let page = answer.json();
        let Some(Reading {
            filter,
            last,
            known,
            ..
        }) = self.reading.clone()
        else {
            return Ok(());
        };
        let jobs = page["jobs"].as_array().cloned().unwrap_or_default();
        check(jobs.len() <= filter.limit, "it is too long")?;
        let (mut above, mut ids) = (last.clone(), BTreeSet::new());
        for job in &jobs {
            let id = job["job_id"].as_str().unwrap_or_default().to_owned();
            let sorted = above.as_ref().is_none_or(|above| id < *above);
            check(sorted, &format!("{id} is not in its order"))?;
            if !self.jobs.contains_key(&id) {
                self.found(&id, job)?;
            }
            self.seen(&id, job)?;
            check(filter.fits(&self.jobs[&id]), &format!("{id} does not fit"))?;
            ids.insert(id.clone());
            above = Some(id);
        }
        // What lies between the page's ends and surely fits is in it; what is missing is gone, if it may be.
        let next = page["next"].as_str().map(ToOwned::to_owned);
        let end = if next.is_some() { above.clone() } else { None };
        for id in known.difference(&ids).cloned().collect::<Vec<_>>() {
            let begun = last.as_ref().is_none_or(|last| id < *last);
            let ended = match (&end, &next) {
                (Some(end), _) => id < *end,
                (None, Some(_)) => true,
                (None, None) => false,
            };
            if begun && !ended {
                self.missing(&id, &filter)?;
            }
        }
        match (next, &mut self.reading) {
            (Some(next), Some(reading)) => (reading.next, reading.last) = (next, above),
            _ => self.reading = None,
        }
        Ok(())
    }

    /// Whether a list is being read.
    pub(crate) fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    /// A job that a list does not have: it is in a state that does not fit.
    fn missing(&mut self, id: &str, filter: &Filter) -> Result<(), Broken> {
        let known = &self.jobs[id];
        if !filter.fits(known) {
            return Ok(());
        }
        let unlisted: Vec<Status> = known
            .states
            .iter()
            .copied()
            .filter(|is| *is == Gone || !filter.has(*is))
            .collect();
        self.narrow(id, &unlisted)
            .map_err(|why| format!("it is not listed: {why}"))
    }

    /// A job that a list has and nobody knew: one of the starts that were not answered.
    fn found(&mut self, id: &str, said: &Value) -> Result<(), Broken> {
        let tag = |name: &str| said["tags"][name].as_str().unwrap_or_default().to_owned();
        let damaged = said["media_type"] == "application/json";
        let two = said["documents"] == 2;
        let fits = |it: &Unanswered| {
            it.body.tag.to_string() == tag("t")
                && it.body.number.to_string() == tag("n")
                && (it.body.kind == Kind::Damaged) == damaged
                && (it.body.kind == Kind::Two) == two
        };
        let at = self.unanswered.iter().position(fits);
        let at = at.ok_or_else(|| format!("nobody started {id}"))?;
        let Unanswered { body, key } = self.unanswered[at].clone();
        // All calls with one key are one job.
        match key {
            None => drop(self.unanswered.remove(at)),
            Some(_) => self
                .unanswered
                .retain(|it| it.key != key || it.body != body),
        }
        self.made(id.to_owned(), body, &[Pending, Running, Completed, Failed])
    }
}

impl Filter {
    /// Whether a job fits, but for its status.
    fn fits(&self, known: &Known) -> bool {
        self.tag.is_none_or(|tag| tag == known.body.tag)
            && (!self.damaged || known.body.kind == Kind::Damaged)
    }

    fn has(&self, status: Status) -> bool {
        let named = |name: &&str| named(name).ok() == Some(status);
        self.statuses.is_empty() || self.statuses.iter().any(named)
    }
}
