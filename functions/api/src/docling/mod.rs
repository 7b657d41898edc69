//! The asynchronous endpoints of docling-serve, for clients that speak to it already. A task is a job like any other: what is submitted
//! here can be read at `/api/v1/scan/`, and the other way round.

pub(crate) mod clear;
pub(crate) mod convert;
pub(crate) mod result;
mod schema;
pub(crate) mod status;
mod task;

use crate::problem::Problem;

/// What its clients look for where there is no such task.
const TASK_NOT_FOUND: &str = "Task not found.";

/// What its clients look for where there is no result yet.
const RESULT_NOT_FOUND: &str = "Task result not found. Please wait for a completion status.";

/// There is no such task, in the words of docling-serve.
fn not_found() -> Problem {
    Problem::task_not_found(TASK_NOT_FOUND)
}

/// There is no result of it yet.
fn not_ready() -> Problem {
    Problem::task_not_found(RESULT_NOT_FOUND)
}
