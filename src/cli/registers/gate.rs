//! `dpo registers gate`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{FOUND, MAPS, OK, fail, or_default};
use crate::maps::diff::gate::gate;

/// Which maps to judge.
#[derive(Debug, Args)]
pub struct GateArgs {
    /// Maps to judge [default: registers/maps/*.json, and none of the released may be missing].
    files: Vec<PathBuf>,
    /// Folder of the maps as they were released.
    #[arg(long, value_name = "DIR", default_value = "registers/released")]
    released: PathBuf,
    /// Make the maps the released ones, if all may be merged; a step of a release.
    #[arg(long)]
    record: bool,
}

pub(super) fn run(args: GateArgs, out: &mut dyn Write) -> io::Result<u8> {
    let all = args.files.is_empty();
    let files = match or_default(args.files, Path::new(MAPS)) {
        Ok(files) => files,
        Err(error) => return fail(out, &error),
    };
    let judged = match gate(&files, &args.released) {
        Ok(judged) => judged,
        Err(error) => return fail(out, &error.to_string()),
    };
    let mut refused = false;
    for map in &judged {
        writeln!(out, "{map}")?;
        refused |= !map.refusals.is_empty();
    }
    if all {
        let gone = match missing(&files, &args.released) {
            Ok(gone) => gone,
            Err(error) => return fail(out, &format!("{}: {error}", args.released.display())),
        };
        for gone in gone {
            writeln!(
                out,
                "{}: was released and has no map any more\n  mend: keep the map; who uses it finds it by its name",
                gone.display()
            )?;
            refused = true;
        }
    }
    if refused {
        return Ok(FOUND);
    }
    if args.record {
        if let Err(error) = record(&files, &args.released) {
            return fail(out, &format!("{}: {error}", args.released.display()));
        }
        writeln!(out, "{} maps recorded in {}", files.len(), args.released.display())?;
    }
    Ok(OK)
}

/// Released maps that are not among the files.
fn missing(files: &[PathBuf], released: &Path) -> io::Result<Vec<PathBuf>> {
    let mut gone = Vec::new();
    if !released.is_dir() {
        return Ok(gone);
    }
    for entry in std::fs::read_dir(released)? {
        let path = entry?.path();
        let json = path.extension().is_some_and(|e| e == "json");
        if json && !files.iter().any(|f| f.file_name() == path.file_name()) {
            gone.push(path);
        }
    }
    gone.sort();
    Ok(gone)
}

/// Copies the maps; what a failure leaves half done shows in git.
fn record(files: &[PathBuf], released: &Path) -> io::Result<()> {
    std::fs::create_dir_all(released)?;
    files.iter().try_for_each(|file| {
        std::fs::copy(file, released.join(file.file_name().unwrap_or_default())).map(|_| ())
    })
}
