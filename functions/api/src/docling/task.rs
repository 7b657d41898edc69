//! What is said of a task.

use job::{Failure, Job, JobId, Phase, Status};
use serde::Serialize;
use utoipa::ToSchema;

/// How a task stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskStatusResponse {
    /// The job's id.
    #[schema(value_type = Uuid)]
    task_id: JobId,
    /// Always `convert`.
    task_type: &'static str,
    task_status: ConversionStatus,
    /// Always null: how many tasks are before it is not known.
    #[schema(required = true)]
    task_position: Option<u32>,
    task_meta: TaskProcessingMeta,
    /// Why it failed.
    #[schema(required = true)]
    error_message: Option<String>,
    /// Why it failed, for programs.
    #[schema(required = true)]
    failure: Option<PublicFailureInfo>,
}

/// How a task stands, in a word. A cancelled one has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConversionStatus {
    Pending,
    Started,
    Failure,
    Success,
}

/// How many of a task's documents are done.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "docling-serve's names")]
pub(crate) struct TaskProcessingMeta {
    num_docs: u32,
    num_processed: u32,
    num_succeeded: u32,
    num_partially_succeeded: u32,
    num_failed: u32,
}

/// Why a task failed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicFailureInfo {
    /// `backend_failure` if the document is at fault, `unknown` if it was cancelled, else `internal`.
    category: &'static str,
    /// What happened, and where.
    message: String,
    /// Whether the same task may succeed when it is submitted again.
    retryable: bool,
    /// `execution` or `orchestration`.
    phase: &'static str,
    #[schema(example = json!({"code": "encrypted"}))]
    details: Details,
}

/// More about a failure.
#[derive(Debug, Serialize, ToSchema)]
struct Details {
    /// The kind of problem, as in the job's status after `urn:problem:`.
    code: String,
}

/// What stands in the place of the result of a task that failed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskFailureResult {
    /// Always `TaskFailureResult`.
    kind: &'static str,
    failure: PublicFailureInfo,
}

impl TaskStatusResponse {
    pub(crate) fn of(job: &Job) -> Self {
        let documents = job.about.documents.max(1);
        let (succeeded, failed) = match job.status() {
            Status::Completed => (documents, 0),
            Status::Failed | Status::Cancelled => (0, documents),
            Status::Pending | Status::Running => (0, 0),
        };
        let failure = PublicFailureInfo::of(job);
        Self {
            task_id: job.key.id,
            task_type: "convert",
            task_status: ConversionStatus::of(job.status()),
            task_position: None,
            task_meta: TaskProcessingMeta {
                num_docs: documents,
                num_processed: succeeded + failed,
                num_succeeded: succeeded,
                num_partially_succeeded: 0,
                num_failed: failed,
            },
            error_message: failure.as_ref().map(|failure| failure.message.clone()),
            failure,
        }
    }
}

impl TaskFailureResult {
    /// None unless the task has failed.
    pub(crate) fn of(job: &Job) -> Option<Self> {
        let failure = PublicFailureInfo::of(job)?;
        Some(Self {
            kind: "TaskFailureResult",
            failure,
        })
    }
}

impl ConversionStatus {
    fn of(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::Running => Self::Started,
            Status::Completed => Self::Success,
            Status::Failed | Status::Cancelled => Self::Failure,
        }
    }
}

impl PublicFailureInfo {
    fn of(job: &Job) -> Option<Self> {
        if job.status() == Status::Cancelled {
            return Some(Self {
                category: "unknown",
                message: "The task was cancelled.".to_owned(),
                retryable: true,
                phase: "orchestration",
                details: Details {
                    code: "cancelled".to_owned(),
                },
            });
        }
        if job.status() != Status::Failed {
            return None;
        }
        let Failure {
            code,
            detail,
            retryable,
            phase,
        } = job.failure()?;
        let (category, phase) = match phase {
            Phase::Extract if !retryable => ("backend_failure", "execution"),
            Phase::Extract => ("internal", "execution"),
            Phase::Deliver | Phase::Store => ("internal", "orchestration"),
        };
        Some(Self {
            category,
            message: detail.clone(),
            retryable: *retryable,
            phase,
            details: Details { code: code.clone() },
        })
    }
}
