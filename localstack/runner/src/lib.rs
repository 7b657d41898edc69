//! The local runner: the whole product in one process, on one machine, with nothing to install.
//!
//! [`endpoints`] stands in for AWS, [`mapping`] for what connects a queue to a Lambda function.
//!
//! **Invariant:** no rule of the product lives here. What decides about a job runs the same on AWS.

pub mod aws;
pub mod endpoints;
pub mod listen;
pub mod mapping;
pub mod product;
pub mod provision;
pub mod settings;
pub mod signals;
pub mod sqs;
