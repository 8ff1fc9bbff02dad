//! `dpo registers generate`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{FOUND, MAPS, OK, fail, or_default};
use crate::maps::{self, GenerateError, Mode, Outputs};

/// What to generate, and where to.
///
/// Exit code 0 if all files are written or, with --check, up to date; 1 if the lint has findings or --check found
/// a file out of date; 2 if a file cannot be read or written.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// Maps to generate from [default: registers/maps/*.json].
    files: Vec<PathBuf>,
    /// Write nothing; fail if a file is out of date.
    #[arg(long)]
    check: bool,
    /// Folder of the generated modules.
    #[arg(long, value_name = "DIR", default_value = "registers/src/generated")]
    out: PathBuf,
    /// File of the JSON Schema.
    #[arg(long, value_name = "FILE", default_value = "registers/schema/register-map.schema.json")]
    schema: PathBuf,
    /// Folder of the documentation tables.
    #[arg(long, value_name = "DIR", default_value = "spec/registers")]
    tables: PathBuf,
    /// Write no documentation tables.
    #[arg(long, conflicts_with = "tables")]
    no_tables: bool,
}

pub(super) fn run(args: GenerateArgs, out: &mut dyn Write) -> io::Result<u8> {
    let complete = args.files.is_empty();
    let files = match or_default(args.files, Path::new(MAPS)) {
        Ok(files) => files,
        Err(error) => return fail(out, &error),
    };
    let mode = if args.check { Mode::Check } else { Mode::Write };
    let tables = (!args.no_tables).then_some(args.tables);
    let outputs = Outputs { modules: args.out, schema: args.schema, tables, complete };
    match maps::generate(&files, &outputs, mode) {
        Ok(report) => {
            writeln!(out, "{report}")?;
            Ok(if report.drift() { FOUND } else { OK })
        }
        Err(error @ (GenerateError::Findings(_) | GenerateError::Codegen { .. })) => {
            writeln!(out, "{error}")?;
            Ok(FOUND)
        }
        Err(error) => fail(out, &error.to_string()),
    }
}
