//! The rules that the processes around the table follow. A search may leave one out, to see what it
//! is good for.

/// One rule of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Start sends the message first and puts the item last.
    StartSendsFirst,
    /// Retry sends the message first, then makes the job pending.
    RetrySendsFirst,
    /// A worker that continues its job sends the message of the next step first.
    StepSendsFirst,
    /// A worker keeps the message of a next step, however old, as long as the worker of the step before holds its lease.
    WorkerKeepsMessageOfNextStep,
    /// The reaper does so too.
    ReaperKeepsLetterOfNextStep,
    /// A job is continued only while the lease holds.
    StepNeedsLease,
    /// A message names the generation it was sent for.
    MessageNamesGeneration,
    /// The attempt is the fence: an attempt is ended by its own number.
    AttemptIsFence,
    /// A completion whose answer was lost is recognised.
    OwnCompletionIsRecognised,
    /// The key of a result contains the attempt.
    ResultKeyNamesAttempt,
    /// A worker whose completion was refused deletes its result.
    LoserDeletesItsResult,
    /// A worker that lost its attempt consumes its message only when that is settled.
    LoserGivesUnsettledBack,
    /// A worker whose claim has to wait gives its message back.
    WaitingMessageIsGivenBack,
    /// A worker that finds all attempts used ends the job as failed.
    ExhaustedJobFails,
    /// A worker keeps a message that runs ahead of its item, as long as its sender may be under
    /// way.
    WorkerKeepsYoungMessage,
    /// The reaper does so too.
    ReaperKeepsYoungLetter,
    /// The reaper keeps the letter of a job that runs under a live lease.
    ReaperKeepsLetterOfRunningJob,
    /// Who drops a message of a job that is gone deletes what may lie under its prefix.
    DroppingPurges,
    /// A removal that finds no item deletes the bytes all the same: it may be the repetition of one
    /// that died half-way.
    RepeatedRemovalPurges,
}
