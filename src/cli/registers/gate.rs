//! `dpo registers gate`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{FOUND, MAPS, OK, fail, or_default};
use crate::maps::diff::gate::{Gated, Releases, gate};

/// Which maps to judge.
///
/// A map and its release belong together by their `id`. Exit code 0 if all maps may be merged, 1 if not, 2 if
/// a map or the folder of the releases cannot be read.
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
    let releases = if args.record && !args.released.exists() {
        // The first release makes the folder.
        Ok(Releases::default())
    } else {
        Releases::read(&args.released)
    };
    let releases = match releases {
        Ok(releases) => releases,
        Err(error) => {
            let hint = if args.released.is_dir() {
                ""
            } else {
                "; name the folder with --released, or begin one with --record"
            };
            return fail(out, &format!("{error}{hint}"));
        }
    };
    let judged = match gate(&files, &releases) {
        Ok(judged) => judged,
        Err(error) => return fail(out, &error.to_string()),
    };
    let mut refused = false;
    for map in &judged {
        writeln!(out, "{map}")?;
        refused |= !map.refusals.is_empty();
    }
    if all {
        for gone in releases.missing(&judged) {
            writeln!(
                out,
                "{}: was released and has no map any more\n  mend: keep the map; who uses it finds it by its id",
                gone.display()
            )?;
            refused = true;
        }
    }
    if refused {
        return Ok(FOUND);
    }
    if args.record {
        if let Err(error) = record(&judged, &releases, &args.released) {
            return fail(out, &format!("{}: {error}", args.released.display()));
        }
        writeln!(out, "{} maps recorded in {}", files.len(), args.released.display())?;
    }
    Ok(OK)
}

/// Copies the maps; what a failure leaves half done shows in git.
fn record(judged: &[Gated], releases: &Releases, folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    judged.iter().try_for_each(|map| {
        let new = folder.join(map.path.file_name().unwrap_or_default());
        std::fs::copy(&map.path, releases.path(&map.id).unwrap_or(&new)).map(|_| ())
    })
}
