//! Files that hold what must outlive the program.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

/// Puts `bytes` in the place of a file, whole or not at all, readable by its owner alone.
///
/// # Errors
/// Of the file system; the old file is then as it was.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = write_beside(path, bytes, 0o600)?;
    std::fs::rename(&beside, path)?;
    settle(path)
}

/// Puts `bytes` in the place of a file that passes `ours`, or of none; another one stays as it is.
///
/// The two change places first, and then what was there is looked at: nobody can lay a file there in between.
///
/// # Errors
/// Of `ours`, or of the file system; the old file is then as it was.
pub(crate) fn replace_if(
    path: &Path,
    bytes: &[u8],
    mode: u32,
    ours: impl Fn(&Path) -> Result<(), String>,
) -> Result<(), String> {
    let told = |e: std::io::Error| e.to_string();
    let beside = write_beside(path, bytes, mode).map_err(told)?;
    let swap = |flags| renameat_with(CWD, &beside, CWD, path, flags);
    let done = match swap(RenameFlags::NOREPLACE) {
        Err(Errno::EXIST) => swap(RenameFlags::EXCHANGE).map_err(told_by_system).and_then(|()| {
            ours(&beside).inspect_err(|_| {
                if let Err(error) = swap(RenameFlags::EXCHANGE) {
                    tracing::error!(file = %path.display(), %error, "redfish: what was there could not be put back");
                }
            })
        }),
        // A file system that cannot do it at one stroke: look, then put.
        Err(Errno::INVAL | Errno::NOSYS) => match path.exists() {
            true => ours(path),
            false => Ok(()),
        }
        .and_then(|()| std::fs::rename(&beside, path).map_err(told)),
        other => other.map_err(told_by_system),
    };
    // What was there, or what was not wanted; nothing is there any more if the place was free.
    let _ = std::fs::remove_file(&beside);
    done?;
    settle(path).map_err(told)
}

fn told_by_system(error: Errno) -> String {
    std::io::Error::from(error).to_string()
}

/// Writes `bytes` beside a file, to take its place.
fn write_beside(path: &Path, bytes: &[u8], mode: u32) -> std::io::Result<PathBuf> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let _ = std::fs::remove_file(&beside);
    // A link that somebody laid there is not followed: the file must be new.
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(beside)
}

/// Waits until a new name is on the disk.
fn settle(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_ours_or_nothing_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.conf");
        let ours = |at: &Path| match std::fs::read_to_string(at) {
            Ok(text) if text.starts_with("ours") => Ok(()),
            _ => Err("not ours".to_owned()),
        };
        let text = || std::fs::read_to_string(&path).unwrap();
        replace_if(&path, b"ours 1", 0o600, ours).unwrap();
        replace_if(&path, b"ours 2", 0o600, ours).unwrap();
        assert_eq!(text(), "ours 2");
        std::fs::write(&path, "another").unwrap();
        assert_eq!(replace_if(&path, b"ours 3", 0o600, ours), Err("not ours".to_owned()));
        assert_eq!(text(), "another");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
