//! Every key in the table and the bucket.

use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;

use access::KeyId;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use jiff::civil::Date;
use job::{ExtractorName, JobId, JobKey, Status, Tenant, UploadId};
use uuid::Uuid;

/// Partitions that one tenant's jobs are spread over. Never changes: with others no job would be found again.
pub(crate) const SHARDS: Range<u8> = 0..8;

/// What a payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What was asked for; one for all attempts.
    Request,
    /// What this attempt found. The attempt is in the key, so that no attempt can overwrite another's result.
    Result { attempt: u32 },
    /// What this attempt found of a part before another one went on. Always an object.
    Segment { attempt: u32 },
    /// The results of all parts, one after the other, as this attempt began to put them together. Always an object.
    Merged { attempt: u32 },
}

/// The partition key of a job and of its payload items.
pub(crate) fn partition(key: &JobKey) -> String {
    shard(&key.tenant, key.id.spread() % SHARDS.end)
}

/// The partition key of the jobs of one shard.
pub(crate) fn shard(tenant: &Tenant, shard: u8) -> String {
    format!("T#{tenant}#{shard}")
}

/// What the sort keys of all jobs stand before, or at, that were created at this time or before.
pub(crate) fn last_job_of(time: Timestamp) -> String {
    let ms = u64::try_from(time.as_millisecond()).unwrap_or(0);
    // The next digit is the version of the UUID, 7.
    format!("J#{:08x}-{:04x}-8", ms >> 16, ms & 0xffff)
}

/// The sort key of a job, or of a part of one. Parts are not under `J#`, for a listing of jobs should not have to read them.
pub(crate) fn job(key: &JobKey) -> String {
    match key.part {
        None => job_of_id(key.id),
        Some(part) => format!("{}{part:06}", parts(key)),
    }
}

/// The sort key of the job of this id. They sort as their ids do.
pub(crate) fn job_of_id(id: JobId) -> String {
    format!("J#{id}")
}

/// What the sort keys of all parts of a job begin with. They sort by number.
pub(crate) fn parts(key: &JobKey) -> String {
    format!("S#{}#", key.id)
}

/// The job, or the part of one, that these keys are of.
pub(crate) fn of_job(pk: &str, sk: &str) -> Option<JobKey> {
    let (tenant, _shard) = pk.strip_prefix("T#")?.split_once('#')?;
    #[expect(clippy::disallowed_methods, reason = "the key says whose it is")]
    let tenant = Tenant::new(tenant)?;
    if let Some(part) = sk.strip_prefix("S#") {
        let (id, part) = part.split_once('#')?;
        return Some(JobKey::new(tenant, id.parse().ok()?).of_part(part.parse().ok()?));
    }
    let id = sk.strip_prefix("J#")?.parse().ok()?;
    Some(JobKey::new(tenant, id))
}

/// The keys of a job in the index of failed and cancelled jobs; none while it is neither, and for parts. Spread as the jobs themselves are: an
/// index that cannot keep up slows the writes of its table down, and jobs that fail tend to fail together.
pub(crate) fn ended(key: &JobKey, status: Status) -> Option<(String, String)> {
    (key.part.is_none() && matches!(status, Status::Failed | Status::Cancelled))
        .then(|| (ended_in(&partition(key), status), key.id.to_string()))
}

/// The partition key in that index of the jobs of one of the table's partitions.
pub(crate) fn ended_in(partition: &str, status: Status) -> String {
    format!("{partition}#{status}")
}

/// The sort key of a payload item. Not under `J#`, for a listing of jobs should not have to read payloads.
pub(crate) fn payload_item(key: &JobKey, kind: Kind) -> String {
    match kind {
        Kind::Request => format!("{}request", payload_items(key)),
        Kind::Result { attempt } => format!("{}result#{attempt}", payload_items(key)),
        Kind::Segment { attempt } => format!("{}segment#{attempt}", payload_items(key)),
        Kind::Merged { attempt } => format!("{}merged#{attempt}", payload_items(key)),
    }
}

/// What the sort keys of all of a job's payload items begin with; those of its parts do as well.
pub(crate) fn payload_items(key: &JobKey) -> String {
    match key.part {
        None => format!("P#{}#", key.id),
        Some(part) => format!("P#{}#{part:06}#", key.id),
    }
}

/// The key of a payload object.
pub(crate) fn object(key: &JobKey, kind: Kind) -> String {
    match kind {
        Kind::Request => format!("{}request", objects(key)),
        Kind::Result { attempt } => format!("{}result/{attempt}", objects(key)),
        Kind::Segment { attempt } => format!("{}segment/{attempt}", objects(key)),
        Kind::Merged { attempt } => format!("{}merged/{attempt}", objects(key)),
    }
}

/// What the keys of all of a job's objects begin with; those of its parts do as well.
pub(crate) fn objects(key: &JobKey) -> String {
    let JobKey { tenant, id, part } = key;
    match part {
        None => format!("jobs/{tenant}/{id}/"),
        Some(part) => format!("jobs/{tenant}/{id}/{part:06}/"),
    }
}

/// The primary key of an upload.
pub(crate) fn upload(tenant: &Tenant, id: UploadId) -> HashMap<String, AttributeValue> {
    let (pk, sk) = upload_keys(tenant, id);
    primary(pk, sk)
}

/// The keys of an upload: beside the jobs.
pub(crate) fn upload_keys(tenant: &Tenant, id: UploadId) -> (String, String) {
    let pk = shard(tenant, id.spread() % SHARDS.end);
    (pk, format!("U#{id}"))
}

/// The key of the object that a client puts where an upload allows it. Not under `jobs/`: it expires earlier, and may be many jobs'.
pub(crate) fn upload_object(tenant: &Tenant, id: UploadId) -> String {
    format!("uploads/{tenant}/{id}")
}

/// The sort key of what became of telling an end of a job.
pub(crate) fn delivery(key: &JobKey, generation: u32) -> String {
    format!("{}{generation:010}", deliveries(key))
}

/// What the sort keys of all deliveries of a job begin with. They sort by generation.
pub(crate) fn deliveries(key: &JobKey) -> String {
    format!("W#{}#", key.id)
}

/// The partition key of what a tenant's webhooks need. Not under `T#`, for who does jobs has no use for secrets.
pub(crate) fn webhooks(tenant: &Tenant) -> String {
    format!("H#{tenant}")
}

/// What the sort keys of a tenant's secrets begin with.
pub(crate) const SECRETS: &str = "S#";

/// The sort key of a secret. They sort by age.
pub(crate) fn secret(id: &Uuid) -> String {
    format!("{SECRETS}{id}")
}

/// What the sort keys of a tenant's disabled endpoints begin with.
pub(crate) const ENDPOINTS: &str = "E#";

/// The sort key of a disabled endpoint.
pub(crate) fn endpoint(id: &str) -> String {
    format!("{ENDPOINTS}{id}")
}

/// The partition key of a key of a caller. Not under `T#`: a caller names its key, and not its tenant. Also the sort key of the entry
/// by which the tenant's keys are found.
pub(crate) fn api_key_of(id: KeyId) -> String {
    format!("K#{id}")
}

/// The key that such a key is of.
pub(crate) fn id_of_api_key(key: &str) -> Option<KeyId> {
    key.strip_prefix("K#")?.parse().ok()
}

/// The sort key of a key of a caller.
pub(crate) const API_KEY: &str = "K";

/// The partition key of the entries of a tenant's keys.
pub(crate) fn api_keys_of(tenant: &Tenant) -> String {
    format!("K#T#{tenant}")
}

/// The partition key of a tenant's saved extractors.
pub(crate) fn extractors(tenant: &Tenant) -> String {
    format!("T#{tenant}#X")
}

/// The sort key of a saved extractor, in its latest version.
pub(crate) fn extractor(name: &ExtractorName) -> String {
    format!("X#{name}")
}

/// The sort key of an earlier version of a saved extractor. They sort by number.
pub(crate) fn extractor_version(name: &ExtractorName, version: u32) -> String {
    format!("V#{name}#{version:010}")
}

/// The sort key of an idempotency key, which has a partition to itself.
pub(crate) const IDEMPOTENCY: &str = "I";

/// The partition key of an idempotency key, by its SHA-256.
pub(crate) fn idempotency(tenant: &Tenant, key: &[u8]) -> String {
    let mut partition = format!("T#{tenant}#I#");
    for byte in key {
        write!(partition, "{byte:02x}").expect("writing to memory does not fail");
    }
    partition
}

/// The partition key of a tenant's dead letters, or of those that belong to no job.
pub(crate) fn letters(tenant: Option<&Tenant>) -> String {
    match tenant {
        Some(tenant) => format!("T#{tenant}#D"),
        None => "D".to_owned(),
    }
}

/// The sort key of a dead letter: its time, and its message's id.
pub(crate) fn letter(sort: &str) -> String {
    format!("D#{sort}")
}

/// What such a sort key is of.
pub(crate) fn sort_of_letter(sk: &str) -> Option<&str> {
    sk.strip_prefix("D#")
}

/// The partition key of what was done to a tenant's keys, secrets, quotas and dead letters.
pub(crate) fn audit(tenant: &Tenant) -> String {
    format!("T#{tenant}#A")
}

/// The sort key of an entry of that: its time, and what tells it from others.
pub(crate) fn audit_entry(text: &str) -> String {
    format!("A#{text}")
}

/// What such a sort key is of.
pub(crate) fn text_of_audit_entry(sk: &str) -> Option<&str> {
    sk.strip_prefix("A#")
}

/// The partition key of a tenant's counts.
pub(crate) fn usage(tenant: &Tenant) -> String {
    format!("T#{tenant}#U")
}

/// The sort key of the counts of a day.
pub(crate) fn usage_of(day: Date) -> String {
    format!("U#{day}")
}

/// The day of such a sort key.
pub(crate) fn date_of_usage(sk: &str) -> Option<Date> {
    sk.strip_prefix("U#")?.parse().ok()
}

/// The sort key of what was set of a tenant's quotas. Behind the days, so that they are read together.
pub(crate) const QUOTAS: &str = "V";

/// The sort key of the requests of a window.
pub(crate) fn requests_of(window: i64) -> String {
    format!("R#{window}")
}

/// A primary key as the SDK wants it.
pub(crate) fn primary(pk: String, sk: String) -> HashMap<String, AttributeValue> {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(pk)),
        ("sk".to_owned(), AttributeValue::S(sk)),
    ])
}
