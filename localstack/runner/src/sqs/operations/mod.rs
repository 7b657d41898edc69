//! What each operation of the protocol does: reads a request, has the store act on it, words the
//! answer.

mod queues;
mod receive;
mod send;
mod settle;

pub(super) use self::queues::{
    create_queue, delete_queue, get_queue_attributes, get_queue_url, list_queue_tags, list_queues,
    purge_queue, set_queue_attributes, tag_queue, untag_queue,
};
pub(super) use self::receive::receive_message;
pub(super) use self::send::{send_message, send_message_batch};
pub(super) use self::settle::{
    change_message_visibility, change_message_visibility_batch, delete_message,
    delete_message_batch,
};
use crate::sqs::Error;

/// A number of the request that has to lie in a range.
fn check_range(
    name: &str,
    value: Option<i64>,
    range: &std::ops::RangeInclusive<i64>,
) -> Result<Option<i64>, Error> {
    match value {
        Some(value) if !range.contains(&value) => Err(Error::InvalidParameterValue(format!(
            "Value {value} for parameter {name} is invalid. Reason: Must be between {} and {}, if \
             provided.",
            range.start(),
            range.end()
        ))),
        value => Ok(value),
    }
}
