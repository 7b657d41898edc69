//! What a running process says of its endpoints, in its data folder: the file `endpoints.json`.
//!
//! Other programs of this machine find the endpoints by it, as `scan` does. Whoever was killed leaves the file behind, so it is true only as long as
//! the process that it names holds the folder's lock.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The layout of the file. A reader that knows another one takes it for unreadable.
const LAYOUT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Content {
    layout: u32,
    pid: u32,
    dynamodb: SocketAddr,
    sqs: SocketAddr,
    s3: SocketAddr,
}

/// The file, as long as what it says is true.
#[derive(Debug)]
pub(super) struct Announced(PathBuf);

impl Announced {
    /// Writes down where this process answers, for the owner of the folder alone.
    pub(super) fn write(folder: &Path, urls: &service::Endpoints) -> io::Result<Self> {
        let address = |url: &str| {
            let address = url.strip_prefix("http://").unwrap_or(url);
            address.parse().map_err(io::Error::other)
        };
        let content = Content {
            layout: LAYOUT,
            pid: std::process::id(),
            dynamodb: address(&urls.dynamodb)?,
            sqs: address(&urls.sqs)?,
            s3: address(&urls.s3)?,
        };
        let path = file(folder);
        // Made with the mode 0600, and in its place only when it is whole.
        let mut draft = tempfile::NamedTempFile::new_in(folder)?;
        draft.write_all(&serde_json::to_vec(&content)?)?;
        draft.persist(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        // What stays behind names a process that has ended, and is believed by nobody.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Where this process said that it answers; none if it did not, or not so that it can be believed: nothing of ours listens beyond loopback.
pub(super) fn read(folder: &Path, pid: &str) -> Option<service::Endpoints> {
    let content: Content = serde_json::from_slice(&std::fs::read(file(folder)).ok()?).ok()?;
    let Content {
        layout,
        pid: theirs,
        dynamodb,
        sqs,
        s3,
    } = content;
    let is_theirs = layout == LAYOUT && theirs.to_string() == pid;
    let is_here = [dynamodb, sqs, s3].iter().all(|it| it.ip().is_loopback());
    (is_theirs && is_here).then(|| service::Endpoints {
        dynamodb: format!("http://{dynamodb}"),
        sqs: format!("http://{sqs}"),
        s3: format!("http://{s3}"),
    })
}

fn file(folder: &Path) -> PathBuf {
    folder.join("endpoints.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(host: &str) -> service::Endpoints {
        service::Endpoints {
            dynamodb: format!("http://{host}:1"),
            sqs: format!("http://{host}:2"),
            s3: format!("http://{host}:3"),
        }
    }

    #[test]
    fn what_a_process_says_is_believed_of_itself_alone_until_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let announced = Announced::write(folder.path(), &urls("127.0.0.1")).unwrap();
        let own = std::process::id().to_string();
        assert_eq!(read(folder.path(), &own), Some(urls("127.0.0.1")));
        assert_eq!(read(folder.path(), "unknown"), None);
        drop(announced);
        assert_eq!(read(folder.path(), &own), None);
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn nobody_is_led_away_from_this_machine_nor_by_a_file_of_another_layout() {
        let folder = tempfile::tempdir().unwrap();
        let own = std::process::id().to_string();
        let _announced = Announced::write(folder.path(), &urls("192.0.2.1")).unwrap();
        assert_eq!(read(folder.path(), &own), None);

        let _announced = Announced::write(folder.path(), &urls("127.0.0.1")).unwrap();
        let text = std::fs::read_to_string(file(folder.path())).unwrap();
        let other = text.replace("\"layout\":1", "\"layout\":2");
        assert_ne!(text, other);
        std::fs::write(file(folder.path()), other).unwrap();
        assert_eq!(read(folder.path(), &own), None);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let _announced = Announced::write(folder.path(), &urls("127.0.0.1")).unwrap();
        let mode = std::fs::metadata(file(folder.path()))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
