//! `dpo registers lint`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{FOUND, MAPS, OK, fail, or_default};
use crate::maps;

/// What to check.
#[derive(Debug, Args)]
pub struct LintArgs {
    /// Maps to check [default: registers/maps/*.json].
    files: Vec<PathBuf>,
    /// Check the lint instead: each example of each rule must have the findings it states.
    #[arg(long, conflicts_with = "files")]
    self_test: bool,
}

pub(super) fn run(args: LintArgs, out: &mut dyn Write) -> io::Result<u8> {
    if args.self_test {
        let test = maps::self_test();
        writeln!(out, "{test}")?;
        return Ok(if test.wrong.is_empty() { OK } else { FOUND });
    }
    let files = match or_default(args.files, Path::new(MAPS)) {
        Ok(files) => files,
        Err(error) => return fail(out, &error),
    };
    match maps::lint(&files) {
        Ok(report) => {
            writeln!(out, "{report}")?;
            Ok(if report.is_clean() { OK } else { FOUND })
        }
        Err(error) => fail(out, &error.to_string()),
    }
}
