//! Jobs that a command is told: by their ids, or by what stands on standard input.

use std::collections::HashSet;
use std::io::{self, BufRead as _};

use serde_json::Value;
use uuid::Uuid;

use crate::failure::Failure;

/// What stands for the ids on standard input.
const STDIN: &str = "-";

/// Reads ids as they were given. Each comes once, in the order in which they were named.
pub(crate) fn read(given: &[String]) -> Result<Vec<String>, Failure> {
    let mut ids = Vec::new();
    for given in given {
        if given == STDIN {
            for line in io::stdin().lock().lines() {
                ids.extend(of_line(&line?)?);
            }
        } else {
            ids.push(parse(given)?);
        }
    }
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    Ok(ids)
}

/// The id on a line: its first word, or the `job_id` of an object, as commands write them; none on an empty one.
fn of_line(line: &str) -> Result<Option<String>, Failure> {
    let line = line.trim();
    if line.starts_with('{') {
        let object: Option<Value> = serde_json::from_str(line).ok();
        let id = object.as_ref().and_then(|it| it.get("job_id")?.as_str());
        return id
            .map_or_else(|| Err(wrong("a line of JSON without `job_id`")), parse)
            .map(Some);
    }
    line.split_whitespace().next().map(parse).transpose()
}

fn parse(text: &str) -> Result<String, Failure> {
    let id: Uuid = text.parse().map_err(|_| wrong(text))?;
    Ok(id.to_string())
}

fn wrong(text: &str) -> Failure {
    let text: String = crate::output::plain(text).chars().take(80).collect();
    Failure::usage(format!(
        "`{text}` is no job's id; one looks like 01990a5d-ac96-774b-8cce-b302099a8057, and `-` reads them from standard input"
    ))
}

/// The one id that was given.
pub(crate) fn one(given: &str) -> Result<String, Failure> {
    if given != STDIN {
        return parse(given);
    }
    let ids = read(&[STDIN.to_owned()])?;
    match <[String; 1]>::try_from(ids) {
        Ok([id]) => Ok(id),
        Err(_) => Err(Failure::usage("this command takes one id")),
    }
}
