//! The local runner: the whole product in one process, on one machine, with nothing to install.
//!
//! - [`product`] is all of it: API, worker, reaper and notifier as Lambda runs them. [`aws`] is what they stand on, alone.
//! - [`endpoints`] stands in for AWS: a table, queues ([`sqs`]) and objects, over HTTP on loopback.
//! - [`mapping`] stands in for what connects a queue to a function, [`provision`] for the template. [`mappings`] are all
//!   the product has, alone, for [`remote`] functions.
//! - [`server`] is the API's port.
//! - [`settings`], [`signals`], [`listen`] and [`metrics`] are what a process needs.
//!
//! **Invariant:** no rule of the product lives here. What decides about a job runs the same on AWS.

pub mod aws;
pub mod endpoints;
pub mod lifecycle;
pub mod listen;
pub mod mapping;
pub mod mappings;
pub mod metrics;
pub mod product;
pub mod provision;
pub mod remote;
pub mod server;
pub mod settings;
pub mod signals;
pub mod sqs;
