//! `dpo registers lint`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{FOUND, MAPS, OK, fail, or_default};
use crate::maps;

/// What to check.
///
/// Exit code 0 if the maps are clean, 1 if there are findings, 2 if a file cannot be read.
#[derive(Debug, Args)]
pub struct LintArgs {
    /// Maps to check [default: registers/maps/*.json].
    files: Vec<PathBuf>,
    /// Form of the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Check the lint instead: each example of each rule must have the findings it states.
    #[arg(long, conflicts_with = "files")]
    self_test: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For a terminal: a finding a line, with what to do below it.
    Text,
    /// One object with all findings.
    Json,
    /// SARIF 2.1.0, for code hosts and editors.
    Sarif,
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
            match args.format {
                Format::Text => writeln!(out, "{report}")?,
                Format::Json => writeln!(out, "{:#}", report.to_json())?,
                Format::Sarif => writeln!(out, "{:#}", report.to_sarif())?,
            }
            Ok(if report.is_clean() { OK } else { FOUND })
        }
        Err(error) => fail(out, &error.to_string()),
    }
}
