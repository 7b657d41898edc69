//! How a queue is called: by name, address (`QueueUrl`) and resource name (ARN).

use crate::sqs::Error;
use crate::sqs::limits::QUEUE_NAME_CHARS_MAX;

/// The one account that owns every queue.
pub(super) const ACCOUNT: &str = "000000000000";
/// The region in the resource names that this service prints.
const REGION: &str = "us-east-1";

pub(super) fn url(base: &str, name: &str) -> String {
    format!("{base}/{ACCOUNT}/{name}")
}

pub(super) fn arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

/// The queue that an address means. Host and leading path do not matter, because a client may have
/// reached this service by another name than it knows itself.
pub(super) fn of_url(url: &str) -> Result<&str, Error> {
    if url.is_empty() {
        return Err(Error::MissingParameter("QueueUrl"));
    }
    let mut segments = url.rsplit('/');
    match (segments.next(), segments.next()) {
        (Some(name), Some(ACCOUNT)) if !name.is_empty() => Ok(name),
        (Some(name), Some(account)) if !name.is_empty() && is_account(account) => {
            Err(Error::QueueDoesNotExist)
        }
        _ => Err(Error::InvalidAddress(url.to_owned())),
    }
}

/// The queue that a resource name means, in whichever region. `None` if it is none of this
/// account's queues.
pub(super) fn of_arn(arn: &str) -> Option<&str> {
    let (_region, rest) = arn.strip_prefix("arn:aws:sqs:")?.split_once(':')?;
    rest.strip_prefix(ACCOUNT)?.strip_prefix(':')
}

/// Refuses what cannot be the name of a new queue.
pub(super) fn check(name: &str) -> Result<(), Error> {
    if name.is_empty() {
        return Err(Error::MissingParameter("QueueName"));
    }
    let (base, fifo) = match name.strip_suffix(".fifo") {
        Some(base) => (base, true),
        None => (name, false),
    };
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !base.chars().all(allowed) || base.is_empty() || name.len() > QUEUE_NAME_CHARS_MAX {
        return Err(Error::InvalidParameterValue(format!(
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to \
             {QUEUE_NAME_CHARS_MAX} in length"
        )));
    }
    if fifo {
        return Err(Error::UnsupportedOperation(
            "FIFO queues are not supported by this endpoint: leave out the suffix .fifo for a \
             standard queue."
                .to_owned(),
        ));
    }
    Ok(())
}

fn is_account(text: &str) -> bool {
    text.len() == ACCOUNT.len() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_found_by_its_address_whatever_the_host() {
        let own = url("http://127.0.0.1:4566", "jobs");
        let other = "http://sqs.us-east-1.localhost.localstack.cloud:4566/000000000000/jobs";
        let path = "http://localhost:4566/queue/us-east-1/000000000000/jobs";
        for address in [own.as_str(), other, path] {
            assert_eq!(of_url(address), Ok("jobs"));
        }
    }

    #[test]
    fn what_is_no_address_of_a_queue_is_refused() {
        assert_eq!(of_url(""), Err(Error::MissingParameter("QueueUrl")));
        assert_eq!(
            of_url("http://h/123456789012/jobs"),
            Err(Error::QueueDoesNotExist)
        );
        for address in ["jobs", "http://h/jobs", "http://h/000000000000/"] {
            assert_eq!(
                of_url(address),
                Err(Error::InvalidAddress(address.to_owned()))
            );
        }
    }

    #[test]
    fn a_queue_is_found_by_its_resource_name() {
        assert_eq!(of_arn(&arn("jobs")), Some("jobs"));
        assert_eq!(
            of_arn("arn:aws:sqs:eu-west-1:000000000000:jobs"),
            Some("jobs")
        );
        assert_eq!(of_arn("arn:aws:sns:us-east-1:000000000000:jobs"), None);
        assert_eq!(of_arn("arn:aws:sqs:us-east-1:123456789012:jobs"), None);
    }
}
