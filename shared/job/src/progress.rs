//! How far a job of many documents is.

/// How far a job of many documents is: what the last step of it saw. Only the worker that holds the job writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Documents that are extracted.
    pub done: u32,
    /// Documents that could not be extracted.
    pub failed: u32,
    /// Documents that there are; none while they are still being listed.
    pub total: Option<u32>,
    /// Where the next step goes on: the worker's own business. Of a part that is completed: the SHA-256 of its result, in hexadecimal.
    /// Of a collection that is: the attempt in whose name its merged result lies.
    pub cursor: Option<String>,
}
