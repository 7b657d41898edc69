//! What a request asks for, as a hash: the same for a request that is sent again, also where its form's boundary is another one.

use std::io::{self, Write};

use job::{About, Collection, Content, Link, Object, Pinned, Request, Source, Submission, Upload};
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::Hash;

use crate::body::{Asked, Received};

/// A hash under construction. Each piece goes in with its length, so that no two requests are one text.
#[derive(Debug, Clone)]
pub(crate) struct Fingerprint(Sha256);

impl Fingerprint {
    /// Of a call of this operation, with what its path names.
    pub(crate) fn of(operation: &str) -> Self {
        Self(Sha256::new()).text(operation)
    }

    /// With a text.
    pub(crate) fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    /// With bytes.
    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    /// With a number.
    pub(crate) fn number(self, number: impl Into<u64>) -> Self {
        self.bytes(&number.into().to_be_bytes())
    }

    /// With a text that may be missing.
    pub(crate) fn maybe(self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.number(1_u8).text(text),
            None => self.number(0_u8),
        }
    }

    /// With JSON: its members in the order in which they stand.
    pub(crate) fn json(mut self, value: &Value) -> Self {
        serde_json::to_writer(&mut self, value).expect("hashing does not fail");
        // What ends it can stand nowhere within.
        self.0.update([0]);
        self
    }

    /// With all that was sent to start a job.
    pub(crate) fn received(self, received: &Received) -> Self {
        let Received {
            submission,
            extractor,
        } = received;
        let hash = self.submission(submission);
        match extractor {
            None => hash.number(0_u8),
            Some(Asked {
                name,
                version,
                place: _,
            }) => hash
                .number(1_u8)
                .text(&name.to_string())
                .number(version.unwrap_or(0)),
        }
    }

    fn submission(self, submission: &Submission) -> Self {
        let Submission { request, about } = submission;
        let Request {
            documents,
            collection,
            first: _,
            extract,
        } = request;
        let About {
            tags,
            media_type,
            documents: count,
            extractor,
            webhook,
        } = about;
        let mut hash = self.number(documents.len() as u64);
        for source in documents {
            hash = hash.source(source);
        }
        hash = match collection {
            None => hash.text("none"),
            Some(Collection::Prefix { bucket, prefix }) => {
                hash.text("prefix").text(bucket).text(prefix)
            }
            Some(Collection::Archive(source)) => hash.text("archive").source(source),
        };
        hash = hash.json(extract).number(tags.len() as u64);
        for (name, value) in tags {
            hash = hash.text(name).text(value);
        }
        hash = hash.maybe(media_type.as_deref()).number(*count);
        hash = match extractor {
            None => hash.number(0_u8),
            Some(Pinned { name, version }) => hash.number(1_u8).text(name).number(*version),
        };
        hash.maybe(webhook.as_deref())
    }

    fn source(self, source: &Source) -> Self {
        let Source {
            name,
            media_type,
            content,
        } = source;
        let hash = self.maybe(name.as_deref()).maybe(media_type.as_deref());
        match content {
            Content::Bytes(bytes) => hash.text("bytes").bytes(bytes),
            Content::Url(Link {
                url,
                etag,
                last_modified,
            }) => hash
                .text("url")
                .text(url)
                .maybe(etag.as_deref())
                .maybe(last_modified.as_deref()),
            Content::Upload(Upload { id, etag }) => hash
                .text("upload")
                .text(&id.to_string())
                .maybe(etag.as_deref()),
            Content::Object(Object { bucket, key, etag }) => hash
                .text("object")
                .text(bucket)
                .text(key)
                .maybe(etag.as_deref()),
            Content::Member(entry) => hash.text("member").number(*entry),
        }
    }

    /// The hash.
    pub(crate) fn end(self) -> Hash {
        self.0.finalize().into()
    }
}

impl Write for Fingerprint {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_one_piece_ends_and_the_next_begins_makes_a_difference() {
        let of = |pieces: &[&str]| {
            let start = Fingerprint::of("start");
            pieces
                .iter()
                .fold(start, |hash, piece| hash.text(piece))
                .end()
        };
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["ab", "c"]), of(&["abc"]));
        let missing = Fingerprint::of("start").maybe(None);
        let empty = Fingerprint::of("start").maybe(Some(""));
        assert_ne!(missing.end(), empty.end());
    }
}
