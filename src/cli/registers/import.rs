//! `dpo registers import`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use super::export::put;
use super::{FAILED, OK, say};
use crate::maps;
use crate::maps::import::{Source, import};

/// What to import, and where to.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct ImportArgs {
    /// The format.
    #[arg(long, short)]
    format: Source,
    /// The file to import.
    file: PathBuf,
    /// File to write [default: standard output].
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

const AFTER_HELP: &str = "The result is a draft: what the source does not say is set to a careful placeholder \
    (read-only, inferred), and nothing that it does say is dropped. `dpo registers lint` on the file lists what \
    is left to do; how much that is, is said on standard error.\n\nExit codes: 0 written, 2 wrong use, or a file \
    that is not what the format says.";

impl ValueEnum for Source {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.about()))
    }
}

pub(super) fn run(args: &ImportArgs, out: &mut dyn Write) -> io::Result<u8> {
    let today = time::OffsetDateTime::now_utc().date().to_string();
    let map = match import(&args.file, args.format, &today) {
        Ok(map) => map,
        Err(error) => return Ok(say(FAILED, &error.to_string())),
    };
    let text = match serde_json::to_string_pretty(&map) {
        Ok(text) => text + "\n",
        Err(error) => return Ok(say(FAILED, &error.to_string())),
    };
    let code = put(args.output.as_deref(), text.as_bytes(), out)?;
    if let (OK, Some(path)) = (code, &args.output) {
        match maps::lint(std::slice::from_ref(path)) {
            Ok(report) => say(
                OK,
                &format!(
                    "{}: a draft of {} registers with {} findings; dpo registers lint {} lists them",
                    path.display(),
                    report.registers,
                    report.findings.len(),
                    path.display()
                ),
            ),
            Err(error) => say(OK, &error.to_string()),
        };
    }
    Ok(code)
}
