//! Operations on queues as a whole.

use std::collections::BTreeMap;

use crate::sqs::limits::{LIST_QUEUES_MAX, TAGS_MAX};
use crate::sqs::operations::check_range;
use crate::sqs::settings::Settings;
use crate::sqs::store::{Counts, Queue};
use crate::sqs::wire::{self, Nothing, Strings};
use crate::sqs::{Error, Queues, names};

pub(in crate::sqs) async fn create_queue(
    queues: &Queues,
    base_url: &str,
    request: wire::CreateQueue,
) -> Result<wire::QueueUrl, Error> {
    let wire::CreateQueue {
        queue_name,
        attributes,
        tags,
    } = request;
    names::check(&queue_name)?;
    check_tags(&tags)?;
    let queue_url = names::url(base_url, &queue_name);
    queues
        .run(move |store| store.create_queue(&queue_name, &attributes, &tags))
        .await?;
    Ok(wire::QueueUrl { queue_url })
}

pub(in crate::sqs) async fn get_queue_url(
    queues: &Queues,
    base_url: &str,
    request: wire::GetQueueUrl,
) -> Result<wire::QueueUrl, Error> {
    let wire::GetQueueUrl { queue_name, owner } = request;
    if queue_name.is_empty() {
        return Err(Error::MissingParameter("QueueName"));
    }
    if owner.is_some_and(|owner| owner != names::ACCOUNT) {
        return Err(Error::QueueDoesNotExist);
    }
    let queue = queues.run(move |store| store.queue(&queue_name)).await?;
    Ok(wire::QueueUrl {
        queue_url: names::url(base_url, &queue.name),
    })
}

pub(in crate::sqs) async fn list_queues(
    queues: &Queues,
    base_url: &str,
    request: wire::ListQueues,
) -> Result<wire::QueueUrls, Error> {
    let wire::ListQueues {
        queue_name_prefix,
        max_results,
        next_token,
    } = request;
    let max = check_range("MaxResults", max_results, &(1..=LIST_QUEUES_MAX))?;
    let page = max.unwrap_or(LIST_QUEUES_MAX);
    let after = next_token.unwrap_or_default();
    // One more than the page holds tells whether there is another.
    let mut names = queues
        .run(move |store| store.list_queues(&queue_name_prefix, &after, page + 1))
        .await?;
    let page = usize::try_from(page).expect("it is at most a thousand");
    let more = names.len() > page;
    names.truncate(page);
    Ok(wire::QueueUrls {
        queue_urls: names
            .iter()
            .map(|name| names::url(base_url, name))
            .collect(),
        // Amazon SQS has pages only for those who ask for them.
        next_token: names.pop().filter(|_| more && max.is_some()),
    })
}

pub(in crate::sqs) async fn delete_queue(
    queues: &Queues,
    request: wire::OneQueue,
) -> Result<Nothing, Error> {
    let name = names::of_url(&request.queue_url)?.to_owned();
    queues.run(move |store| store.delete_queue(&name)).await?;
    Ok(Nothing {})
}

pub(in crate::sqs) async fn purge_queue(
    queues: &Queues,
    request: wire::OneQueue,
) -> Result<Nothing, Error> {
    let name = names::of_url(&request.queue_url)?.to_owned();
    queues
        .run(move |store| {
            let queue = store.queue(&name)?;
            store.purge(&queue)
        })
        .await?;
    Ok(Nothing {})
}

pub(in crate::sqs) async fn get_queue_attributes(
    queues: &Queues,
    request: wire::GetQueueAttributes,
) -> Result<wire::QueueAttributes, Error> {
    let wire::GetQueueAttributes {
        queue_url,
        attribute_names,
    } = request;
    let name = names::of_url(&queue_url)?.to_owned();
    let (queue, counts) = queues
        .run(move |store| {
            let queue = store.queue(&name)?;
            let counts = store.counts(&queue)?;
            Ok((queue, counts))
        })
        .await?;
    let mut attributes = all_attributes(&queue, counts);
    for name in &attribute_names {
        let known =
            name == "All" || attributes.contains_key(name.as_str()) || Settings::knows(name);
        if !known {
            return Err(Error::InvalidAttributeName(name.clone()));
        }
    }
    let asked = |name: &str| {
        attribute_names
            .iter()
            .any(|asked| asked == "All" || asked == name)
    };
    attributes.retain(|name, _| asked(name));
    Ok(wire::QueueAttributes { attributes })
}

pub(in crate::sqs) async fn set_queue_attributes(
    queues: &Queues,
    request: wire::SetQueueAttributes,
) -> Result<Nothing, Error> {
    let wire::SetQueueAttributes {
        queue_url,
        attributes,
    } = request;
    let name = names::of_url(&queue_url)?.to_owned();
    if attributes.is_empty() {
        return Err(Error::MissingParameter("Attributes"));
    }
    queues
        .run(move |store| store.set_attributes(&name, &attributes))
        .await?;
    Ok(Nothing {})
}

pub(in crate::sqs) async fn list_queue_tags(
    queues: &Queues,
    request: wire::OneQueue,
) -> Result<wire::Tags, Error> {
    let name = names::of_url(&request.queue_url)?.to_owned();
    let queue = queues.run(move |store| store.queue(&name)).await?;
    Ok(wire::Tags { tags: queue.tags })
}

pub(in crate::sqs) async fn tag_queue(
    queues: &Queues,
    request: wire::TagQueue,
) -> Result<Nothing, Error> {
    let wire::TagQueue {
        queue_url,
        tags: new,
    } = request;
    let name = names::of_url(&queue_url)?.to_owned();
    if new.is_empty() {
        return Err(Error::MissingParameter("Tags"));
    }
    change_tags(queues, name, move |tags| tags.extend(new)).await
}

pub(in crate::sqs) async fn untag_queue(
    queues: &Queues,
    request: wire::UntagQueue,
) -> Result<Nothing, Error> {
    let wire::UntagQueue {
        queue_url,
        tag_keys,
    } = request;
    let name = names::of_url(&queue_url)?.to_owned();
    if tag_keys.is_empty() {
        return Err(Error::MissingParameter("TagKeys"));
    }
    change_tags(queues, name, move |tags| {
        tags.retain(|key, _| !tag_keys.contains(key));
    })
    .await
}

async fn change_tags(
    queues: &Queues,
    name: String,
    change: impl FnOnce(&mut Strings) + Send + 'static,
) -> Result<Nothing, Error> {
    queues
        .run(move |store| {
            let queue = store.queue(&name)?;
            let mut tags = queue.tags.clone();
            change(&mut tags);
            check_tags(&tags)?;
            store.set_tags(&queue, &tags)
        })
        .await?;
    Ok(Nothing {})
}

fn check_tags(tags: &Strings) -> Result<(), Error> {
    if tags.len() > TAGS_MAX {
        return Err(Error::InvalidParameterValue(format!(
            "Too many tags added for queue: {}, at most {TAGS_MAX} are allowed.",
            tags.len()
        )));
    }
    Ok(())
}

fn all_attributes(queue: &Queue, counts: Counts) -> BTreeMap<&'static str, String> {
    let Queue {
        id: _,
        name,
        created_at,
        modified_at,
        settings,
        tags: _,
    } = queue;
    let Counts {
        visible,
        in_flight,
        delayed,
    } = counts;
    let mut attributes: BTreeMap<_, _> = settings.attributes().collect();
    attributes.extend([
        ("QueueArn", names::arn(name)),
        ("CreatedTimestamp", created_at.as_second().to_string()),
        ("LastModifiedTimestamp", modified_at.as_second().to_string()),
        ("ApproximateNumberOfMessages", visible.to_string()),
        (
            "ApproximateNumberOfMessagesNotVisible",
            in_flight.to_string(),
        ),
        ("ApproximateNumberOfMessagesDelayed", delayed.to_string()),
    ]);
    attributes
}
