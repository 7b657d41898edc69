//! Where the links lead that clients are given into the bucket.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;

use crate::{Error, Store};

/// A link that nobody gets holds for as short as can be.
const LIFE: Duration = Duration::from_secs(1);

impl Store {
    /// The origin of all links into the bucket: scheme, host and port, as a browser writes it. Read off such a link, for the SDK decides whether the
    /// bucket stands in the host or in the path. Nothing is asked for that.
    pub async fn links_origin(&self) -> Result<String, Error> {
        let life = PresigningConfig::expires_in(LIFE).expect("a week is allowed");
        let link = self
            .payloads
            .s3
            .get_object()
            .bucket(&self.payloads.bucket)
            .key("jobs/")
            .presigned(life)
            .await
            .map_err(Error::during("sign a link"))?;
        origin_of(link.uri()).ok_or_else(|| Error::unreadable("a link", "it has no origin"))
    }
}

fn origin_of(link: &str) -> Option<String> {
    let (scheme, rest) = link.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    let is_host = !host.is_empty() && host.bytes().all(plain);
    (["http", "https"].contains(&scheme) && is_host).then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::origin_of;

    #[test]
    fn an_origin_is_what_stands_before_the_path() {
        for (link, origin) in [
            (
                "https://b.s3.eu-west-1.amazonaws.com/jobs/?X-Amz-Signature=1",
                Some("https://b.s3.eu-west-1.amazonaws.com"),
            ),
            (
                "http://127.0.0.1:4567/b/jobs/",
                Some("http://127.0.0.1:4567"),
            ),
            ("http://[::1]:4567?x", Some("http://[::1]:4567")),
            ("https://user@host/", None),
            ("https://a;script-src/", None),
            ("https:///jobs/", None),
            ("file://host/", None),
            ("/jobs/", None),
        ] {
            assert_eq!(origin_of(link).as_deref(), origin, "{link}");
        }
    }
}
