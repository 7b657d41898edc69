//! Receipt handles: which delivery of which message is meant.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::sqs::Error;

/// One delivery of one message. A client sees it as opaque text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Receipt {
    /// The queue that delivered.
    pub(super) queue: i64,
    /// The message's row.
    pub(super) message: i64,
    /// Drawn anew at each receive, so that an older handle is told from the latest.
    pub(super) nonce: i64,
}

const VERSION: u8 = 1;

impl Receipt {
    pub(super) fn encode(self) -> String {
        let Self {
            queue,
            message,
            nonce,
        } = self;
        let mut bytes = Vec::with_capacity(25);
        bytes.push(VERSION);
        for number in [queue, message, nonce] {
            bytes.extend(number.to_be_bytes());
        }
        STANDARD.encode(bytes)
    }

    /// Reads a handle that has to come from this queue.
    pub(super) fn decode(handle: &str, queue: i64) -> Result<Self, Error> {
        if handle.is_empty() {
            return Err(Error::MissingParameter("ReceiptHandle"));
        }
        parse(handle)
            .filter(|receipt| receipt.queue == queue)
            .ok_or_else(|| Error::ReceiptHandleIsInvalid(handle.to_owned()))
    }
}

fn parse(handle: &str) -> Option<Receipt> {
    let bytes = STANDARD.decode(handle).ok()?;
    let (&VERSION, numbers) = bytes.split_first()? else {
        return None;
    };
    let (numbers, []) = numbers.as_chunks::<8>() else {
        return None;
    };
    let &[queue, message, nonce] = numbers else {
        return None;
    };
    Some(Receipt {
        queue: i64::from_be_bytes(queue),
        message: i64::from_be_bytes(message),
        nonce: i64::from_be_bytes(nonce),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_read_as_it_was_written() {
        let receipt = Receipt {
            queue: 1,
            message: 70_000,
            nonce: -5,
        };
        assert_eq!(Receipt::decode(&receipt.encode(), 1), Ok(receipt));
    }

    #[test]
    fn what_is_no_handle_of_this_queue_is_refused() {
        let elsewhere = Receipt {
            queue: 2,
            message: 1,
            nonce: 1,
        }
        .encode();
        for handle in [
            "x",
            "AAAA",
            "AQ==",
            "\u{1F980}",
            &elsewhere,
            &"A".repeat(36),
        ] {
            let refused = Error::ReceiptHandleIsInvalid(handle.to_owned());
            assert_eq!(Receipt::decode(handle, 1), Err(refused));
        }
    }
}
