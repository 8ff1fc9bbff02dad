//! Where a map comes from: a file, a revision in git, or the maps that ship with the program.

use std::path::Path;
use std::process::Command;

use crate::maps::diff::Document;
use crate::maps::{BUILTIN, pmbus};

/// Reads a map named on the command line.
///
/// A file comes first, then `REV:path` as git understands it (`HEAD~1:registers/maps/orv3-psu.json`),
/// then the identifier of a shipped map.
pub(super) fn document(name: &str) -> Result<Document, String> {
    let text = text(name)?;
    Document::parse(name, &text).map_err(|error| error.to_string())
}

fn text(name: &str) -> Result<String, String> {
    let path = Path::new(name);
    if path.exists() {
        return std::fs::read_to_string(path).map_err(|error| format!("{name}: cannot be read: {error}"));
    }
    if name.contains(':') {
        return git(Path::new("."), name);
    }
    match BUILTIN.iter().chain(&pmbus::BUILTIN).find(|(id, _)| *id == name) {
        Some((_, text)) => Ok((*text).to_owned()),
        None => {
            let ids = BUILTIN.iter().chain(&pmbus::BUILTIN).map(|(id, _)| *id).collect::<Vec<_>>().join(", ");
            Err(format!("{name}: no such file; name a file, REV:path of a git repository, or one of {ids}"))
        }
    }
}

/// The map as it was: in a file, at `REV:path`, or in the revision `base` of the repository that holds
/// `map`.
pub(super) fn earlier(map: &Path, base: &str) -> Result<Document, String> {
    if Path::new(base).exists() || base.contains(':') {
        return document(base);
    }
    // An absolute path has a parent; a bare name stands in the current folder.
    let folder = map.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(file) = map.file_name().and_then(|name| name.to_str()) else {
        return Err(format!("{}: is no file", map.display()));
    };
    let text = git(folder, &format!("{base}:./{file}"))?;
    Document::parse(&format!("{base}:{}", map.display()), &text).map_err(|error| error.to_string())
}

/// The text of a blob. `cat-file` reads objects and nothing else: no hooks, filters or pagers run.
fn git(folder: &Path, object: &str) -> Result<String, String> {
    if object.starts_with('-') {
        return Err(format!("{object}: a revision does not begin with a dash"));
    }
    let output =
        Command::new("git").current_dir(folder).args(["cat-file", "blob", object]).output().map_err(
            |error| {
                let what = if error.kind() == std::io::ErrorKind::NotFound {
                    "the program git is not installed; install it, or name a file".to_owned()
                } else {
                    format!("git cannot be run: {error}")
                };
                format!("{object}: {what}")
            },
        )?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{object}: git has no such file: {}", said.trim()));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{object}: is not UTF-8"))
}
