//! Files that are written whole or not at all.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use tempfile::Builder;

use crate::failure::Failure;

/// Writes a file by `write`. Until all of it is written and on disk, what was there before stays.
pub(crate) fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), Failure> {
    let mut draft = Builder::new();
    draft.prefix(".scan-");
    draft_and_place(&mut draft, path, write).map_err(|error| cannot_be_written(path, &error))
}

/// Does the same by way of a draft that has this name, beside the file. What is killed while it writes one leaves it behind, and the next one takes
/// its place: so nobody else may write by way of it meanwhile.
pub(crate) fn write_whole_by(
    draft: &OsStr,
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), Failure> {
    let write_anew = || {
        remove_if_there(&path.with_file_name(draft))?;
        let mut named = Builder::new();
        named.prefix(draft).rand_bytes(0);
        draft_and_place(&mut named, path, write)
    };
    write_anew().map_err(|error| cannot_be_written(path, &error))
}

/// Removes a file; one that is not there is removed already.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn draft_and_place(
    draft: &mut Builder<'_, '_>,
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    // What is no file, such as /dev/null or a pipe, cannot be put in its place.
    if fs::metadata(path).is_ok_and(|about| !about.is_file()) {
        return write(&mut File::options().write(true).open(path)?);
    }
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    as_others_are(draft);
    let mut file = draft.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    write(file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn cannot_be_written(path: &Path, error: &io::Error) -> Failure {
    Failure::failed(format!("{} cannot be written: {error}", path.display()))
}

/// The user's mask decides who may read it, as of any other file.
#[cfg(unix)]
fn as_others_are(builder: &mut Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt as _;
    builder.permissions(fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn as_others_are(_builder: &mut Builder<'_, '_>) {}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::io::Write as _;

    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect()
    }

    #[test]
    fn what_could_not_be_written_to_its_end_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "before").unwrap();
        let by_halves = |file: &mut File| {
            file.write_all(b"hal")?;
            Err(io::Error::other("the disk is full"))
        };
        assert!(write_whole(&path, by_halves).is_err());
        let failure = write_whole_by(OsStr::new(".draft"), &path, by_halves).unwrap_err();
        let words = failure.to_string();
        assert!(
            words.contains("a.json cannot be written: the disk is full"),
            "{words}"
        );
        assert_eq!(fs::read(&path).unwrap(), b"before");
        assert_eq!(names(folder.path()), ["a.json"]);
    }

    #[test]
    fn a_draft_that_somebody_left_gives_way_to_the_next_one() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".draft"), "what a killed run left").unwrap();
        let path = folder.path().join("a.json");
        write_whole_by(OsStr::new(".draft"), &path, |file| {
            assert_eq!(names(folder.path()), [".draft"]);
            file.write_all(b"whole")
        })
        .unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(names(folder.path()), ["a.json"]);
    }
}
