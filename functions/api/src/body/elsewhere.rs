//! Documents that do not come with the request: where they are. Whether they can be had, the worker finds out.

use job::{Collection, Object, Upload};

/// Longest URL, in bytes.
const MAX_URL_BYTES: usize = 2_048;

/// An absolute URL that could be fetched. Whether it may be is the address guard's to say.
pub(super) fn url(text: &str) -> Result<String, String> {
    if text.len() > MAX_URL_BYTES {
        return Err(format!(
            "The URL has {} bytes; at most {MAX_URL_BYTES} are accepted.",
            text.len()
        ));
    }
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    let is_web = scheme
        .is_some_and(|it| it.eq_ignore_ascii_case("https") || it.eq_ignore_ascii_case("http"));
    if !is_web || text.chars().any(|it| it.is_whitespace() || it.is_control()) {
        return Err("This is no absolute URL such as \"https://example.org/a.pdf\".".to_owned());
    }
    Ok(text.to_owned())
}

/// The id of an upload.
pub(super) fn upload(text: &str) -> Result<Upload, String> {
    match text.parse() {
        Ok(id) => Ok(Upload { id, etag: None }),
        Err(_) => Err("This is no upload's id; POST /api/v1/uploads/ answers with one.".to_owned()),
    }
}

/// An object of S3.
pub(super) fn object(text: &str) -> Result<Object, String> {
    let (bucket, key) = bucket_and_key(text)?;
    if key.is_empty() || key.ends_with('/') {
        return Err("This names no object: a key follows the bucket.".to_owned());
    }
    Ok(Object {
        bucket,
        key,
        etag: None,
    })
}

/// All objects under a prefix.
pub(super) fn prefix(text: &str) -> Result<Collection, String> {
    let (bucket, prefix) = bucket_and_key(text)?;
    Ok(Collection::Prefix { bucket, prefix })
}

/// What an `s3://` URL names.
fn bucket_and_key(text: &str) -> Result<(String, String), String> {
    let wrong = || "This is no URL such as \"s3://bucket/folder/a.pdf\".".to_owned();
    let (bucket, key) = text
        .strip_prefix("s3://")
        .and_then(|rest| rest.split_once('/'))
        .ok_or_else(wrong)?;
    let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || "-.".contains(it);
    if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(plain) || key.len() > 1_024 {
        return Err(wrong());
    }
    Ok((bucket.to_owned(), key.to_owned()))
}
