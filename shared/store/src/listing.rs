//! Objects under a prefix, page by page.

use crate::{Error, Store};

/// An object that was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// Its size, in bytes.
    pub bytes: u64,
}

impl Store {
    /// The objects of a bucket whose keys begin with `prefix`, in the order of their keys, behind the key `after` if there is one: up to
    /// 1,000; none at the end. What looks like a folder, an empty object whose key ends with `/`, is none.
    pub async fn list_objects(
        &self,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
    ) -> Result<Vec<Listed>, Error> {
        let mut after = after.map(ToOwned::to_owned);
        loop {
            let page = self
                .payloads
                .s3
                .list_objects_v2()
                .bucket(bucket)
                .prefix(prefix)
                .set_start_after(after)
                .send()
                .await
                .map_err(Error::during("list objects"))?;
            let last = page.contents().last().and_then(|it| it.key.clone());
            let listed = page.contents.unwrap_or_default().into_iter();
            let objects: Vec<Listed> = listed
                .filter_map(|object| {
                    let bytes = u64::try_from(object.size.unwrap_or_default()).unwrap_or(0);
                    let key = object.key?;
                    (bytes > 0 || !key.ends_with('/')).then_some(Listed { key, bytes })
                })
                .collect();
            if !objects.is_empty() || last.is_none() {
                return Ok(objects);
            }
            after = last;
        }
    }
}
