//! Changes as update expressions: the effect of [`Change::apply`] on a job that is not read first.

use job::{Change, JobKey, limits};

use crate::expression::Expression;
use crate::{item, keys};

/// The update that a change of this job stands for. A property test holds it to [`Change::apply`].
pub(crate) fn update(key: &JobKey, change: &Change, out: &mut Expression) -> String {
    let mut set = vec![assign(out, "st", |out| out.text(change.target().name()))];
    let remove: &[&str] = match change {
        Change::Claim {
            generation: _,
            delivery,
            now,
            lease_ends_at,
        } => {
            let (attempt, one) = (out.name("att"), out.number(1));
            set.push(format!("{attempt} = {attempt} + {one}"));
            set.push(assign(out, "own", |out| out.number(delivery.0)));
            set.push(assign(out, "sta", |out| out.number(now.as_millisecond())));
            set.push(assign(out, "lea", |out| {
                out.number(lease_ends_at.as_millisecond())
            }));
            &["nbf"]
        }
        Change::Complete {
            attempt: _,
            now,
            result,
            progress,
        } => {
            if let Some(progress) = progress {
                set.push(assign(out, "pro", |out| {
                    out.value(item::progress(progress))
                }));
            }
            set.push(assign(out, "res", |out| out.value(item::payload(result))));
            set.push(assign(out, "fin", |out| out.number(now.as_millisecond())));
            set.push(assign(out, "ttl", |out| {
                out.number(limits::expiry_of_finished(*now).as_second())
            }));
            &["lea", "err"]
        }
        Change::Fail {
            attempt: _,
            now,
            failure,
        }
        | Change::Exhaust {
            generation: _,
            now,
            failure,
        }
        | Change::Bury {
            generation: _,
            now,
            failure,
        } => {
            set.push(assign(out, "err", |out| out.value(item::failure(failure))));
            set.push(assign(out, "fin", |out| out.number(now.as_millisecond())));
            set.push(assign(out, "ttl", |out| {
                out.number(limits::expiry_of_finished(*now).as_second())
            }));
            &["own", "sta", "lea", "nbf"]
        }
        Change::Release {
            attempt: _,
            not_before,
            failure,
        } => {
            set.push(assign(out, "nbf", |out| {
                out.number(not_before.as_millisecond())
            }));
            if let Some(failure) = failure {
                set.push(assign(out, "err", |out| out.value(item::failure(failure))));
            }
            &["own", "sta", "lea"]
        }
        Change::Continue {
            attempt: _,
            now,
            not_before,
            progress,
        } => {
            let (limit, attempt, generation) = (out.name("lim"), out.name("att"), out.name("gen"));
            let (attempts, one) = (out.number(limits::MAX_ATTEMPTS), out.number(1));
            set.push(format!("{limit} = {attempt} + {attempts}"));
            set.push(format!("{generation} = {generation} + {one}"));
            set.push(assign(out, "pro", |out| {
                out.value(item::progress(progress))
            }));
            set.push(assign(out, "nbf", |out| {
                out.number(not_before.as_millisecond())
            }));
            set.push(assign(out, "ttl", |out| {
                out.number(limits::expiry_of_unfinished(*now).as_second())
            }));
            &["own", "sta", "lea", "err"]
        }
        Change::EndLease { now } => {
            set.push(assign(out, "lea", |out| out.number(now.as_millisecond())));
            &[]
        }
        Change::Cancel { now } => {
            set.push(assign(out, "fin", |out| out.number(now.as_millisecond())));
            set.push(assign(out, "ttl", |out| {
                out.number(limits::expiry_of_finished(*now).as_second())
            }));
            &["own", "sta", "lea", "nbf", "err"]
        }
        Change::Retry { generation, now } => {
            let (limit, attempt) = (out.name("lim"), out.name("att"));
            let attempts = out.number(limits::MAX_ATTEMPTS);
            set.push(format!("{limit} = {attempt} + {attempts}"));
            set.push(assign(out, "gen", |out| out.number(generation + 1)));
            set.push(assign(out, "ttl", |out| {
                out.number(limits::expiry_of_unfinished(*now).as_second())
            }));
            &["fin", "err", "ended_pk", "ended_sk"]
        }
    };
    if let Some((pk, sk)) = keys::ended(key, change.target()) {
        set.push(assign(out, "ended_pk", |out| out.text(pk)));
        set.push(assign(out, "ended_sk", |out| out.text(sk)));
    }
    let set = format!("SET {}", set.join(", "));
    if remove.is_empty() {
        return set;
    }
    let remove: Vec<String> = remove.iter().map(|attribute| out.name(attribute)).collect();
    format!("{set} REMOVE {}", remove.join(", "))
}

fn assign(
    out: &mut Expression,
    attribute: &str,
    value: impl FnOnce(&mut Expression) -> String,
) -> String {
    format!("{} = {}", out.name(attribute), value(out))
}
