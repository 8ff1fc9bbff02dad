//! `dpo engine record`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::cli::{USAGE, fail, written};
use crate::engine::record::chain::export;
use crate::engine::record::{RecordError, verify};

pub(super) const AFTER_HELP: &str = "A line of a record is a SHA-256 digest, a space and a JSON object that holds the \
    digest of the line before: no line can be changed without showing. That whole lines were cut off the end shows only \
    by a digest that was noted elsewhere (--noted).\n\nExit codes: 0 done, 1 the record is not what was written, \
    2 wrong usage or an unreadable file.";

#[derive(Debug, Args)]
pub(super) struct RecordArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check that a record is what was written.
    Verify {
        /// The record.
        file: PathBuf,
        /// A digest of an entry that was noted before: it must still be in the record.
        #[arg(long, value_name = "DIGEST")]
        noted: Option<String>,
    },
    /// Print one entry as JSON: what was seen, verdict, margins, digests. The whole record is checked on the way.
    Export {
        /// The record.
        file: PathBuf,
        /// The entry, such as E3.
        #[arg(long, value_name = "ID")]
        event: String,
    },
}

pub(super) fn run(args: &RecordArgs, out: &mut dyn Write) -> ExitCode {
    let text = match &args.command {
        Command::Verify { file, noted } => verify(file, noted.as_deref()).map(|checked| {
            format!(
                "{}: sound; {} entries, {} grid events\nhead {}\n",
                file.display(),
                checked.entries,
                checked.events,
                checked.head
            )
        }),
        Command::Export { file, event } => export(file, event).map(|entry| format!("{entry:#}\n")),
    };
    match text {
        Ok(text) => written(out.write_all(text.as_bytes())),
        Err(error @ (RecordError::Io { .. } | RecordError::NoSuchEntry { .. })) => {
            fail(USAGE, &error.to_string())
        }
        Err(error) => fail(1, &error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::{Value, json};

    use super::*;
    use crate::engine::record::{EntryKind, RecordFile};

    #[test]
    fn a_record_is_verified_and_exported_and_a_change_is_exit_code_1() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("record");
        let mut record = RecordFile::open(&file, &json!({}), json!({})).unwrap();
        record.append(EntryKind::GridEvent, json!({"verdict": "PASS"})).unwrap();
        let head = record.head().1.to_owned();
        drop(record);
        let said = |command: Command| {
            let mut out = Vec::new();
            let code = run(&RecordArgs { command }, &mut out);
            (code, String::from_utf8(out).unwrap())
        };
        let verified = || said(Command::Verify { file: file.clone(), noted: Some(head.clone()) });
        let (code, text) = verified();
        assert_eq!(code, ExitCode::SUCCESS);
        assert!(text.contains("2 entries, 1 grid events") && text.contains(&head), "{text}");
        let (code, text) = said(Command::Export { file: file.clone(), event: "E2".to_owned() });
        assert_eq!(code, ExitCode::SUCCESS);
        let entry: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(entry["entry"]["body"]["verdict"], "PASS");
        assert_eq!(
            said(Command::Export { file: file.clone(), event: "E7".to_owned() }).0,
            ExitCode::from(USAGE)
        );
        let text = fs::read_to_string(&file).unwrap().replace("PASS", "FAIL");
        fs::write(&file, text).unwrap();
        assert_eq!(verified().0, ExitCode::from(1));
    }
}
