//! How a queue behaves, asked through the AWS SDK.
//!
//! The same suite runs against this crate's queues (a fresh set in memory for each test) and, when
//! `AWS_ENDPOINT_URL_SQS` or `AWS_ENDPOINT_URL` is set, against what listens there: LocalStack,
//! ministack or AWS's like. What only this crate's queues promise (durability, the clock, the raw
//! protocol) is in the modules `durability` and `protocol`.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]
#![expect(clippy::large_futures, reason = "the SDK's are, and tests have few")]

mod sqs {
    mod batches;
    mod dead_letters;
    mod durability;
    mod fairness;
    mod long_polls;
    mod protocol;
    mod queues;
    mod receiving;
    mod sending;
    mod visibility;
    mod world;
}
