//! `dpo journal`: who did what to which register, and how it ended. Reading needs no lock and changes
//! nothing: the gateway may be running.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{fail, written};
use crate::shelf::journal::file::make;
use crate::shelf::journal::look::look;
use crate::shelf::journal::{CommitEnd, Item, Outcome, Stored, Write as RegisterWrite};
use crate::shelf::psu;

/// Arguments of `dpo journal`.
#[derive(Debug, Args)]
pub(super) struct JournalArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// One line an entry, oldest first.
    List {
        #[command(flatten)]
        from: From,
        /// Only the newest so many.
        #[arg(long, value_name = "COUNT")]
        last: Option<usize>,
    },
    /// One entry, with all it holds.
    Show {
        #[command(flatten)]
        from: From,
        /// Its number.
        sequence: u64,
    },
    /// All entries as JSON lines, oldest first.
    Export {
        #[command(flatten)]
        from: From,
    },
    /// Make a fresh journal: where there is none, or where the gateway has set a damaged one aside.
    Init {
        #[command(flatten)]
        from: From,
    },
}

#[derive(Debug, Args)]
struct From {
    /// The journal (`gateway.journal` of the configuration).
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(args: &JournalArgs, out: &mut impl Write) -> ExitCode {
    let (Command::List { from, .. }
    | Command::Show { from, .. }
    | Command::Export { from }
    | Command::Init { from }) = &args.command;
    if matches!(args.command, Command::Init { .. }) {
        return match make(&from.file) {
            Ok(()) => written(writeln!(out, "{}: a fresh journal", from.file.display())),
            Err(error) => fail(1, &error.to_string()),
        };
    }
    let entries = match look(&from.file) {
        Ok(entries) => entries,
        Err(error) => return fail(1, &error.to_string()),
    };
    match &args.command {
        Command::List { last, .. } => {
            let skipped = last.map_or(0, |last| entries.len().saturating_sub(last));
            written(entries.iter().skip(skipped).try_for_each(|entry| writeln!(out, "{}", line(entry))))
        }
        Command::Show { sequence, .. } => match entries.iter().find(|e| e.sequence == *sequence) {
            Some(entry) => written(show(entry, out)),
            None => fail(1, &format!("{}: no entry {sequence}", from.file.display())),
        },
        Command::Export { .. } | Command::Init { .. } => written(export(&entries, out)),
    }
}

fn export(entries: &[Stored], out: &mut impl Write) -> io::Result<()> {
    for entry in entries {
        serde_json::to_writer(&mut *out, entry)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn show(entry: &Stored, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}", line(entry))?;
    serde_json::to_writer_pretty(&mut *out, entry)?;
    out.write_all(b"\n")
}

fn line(entry: &Stored) -> String {
    let Stored { sequence, time_us, by, cause, .. } = entry;
    let what = match &entry.item {
        Item::Started { version } => format!("gateway {version} started"),
        Item::Stopped => "gateway stopped".to_owned(),
        Item::LeaseGranted { duration_ms } => format!("lease granted for {duration_ms} ms"),
        Item::LeaseEnded { how } => format!("lease ended: {how:?}"),
        Item::Commit { commit, asked } => format!("commit {commit}: {asked}"),
        Item::CommitEnded { commit, end } => match end {
            CommitEnd::Applied => format!("commit {commit} applied"),
            CommitEnd::RolledBack { reason } => format!("commit {commit} rolled back: {reason}"),
            CommitEnd::GatewayEnded => format!("commit {commit} ended with the gateway"),
        },
        Item::Intent { write } => format!("write {} ({cause})", register(write)),
        Item::Outcome { intent, write, outcome } => {
            let end = match outcome {
                Outcome::Confirmed => "confirmed".to_owned(),
                Outcome::Failed { reason } => format!("failed: {reason}"),
                Outcome::Found { holds } => format!("found at the start: {}", words(holds)),
            };
            format!("write {intent} of {}/{} {}: {end}", write.bus, write.unit, write.register)
        }
    };
    format!("{sequence:>8}  {}  {by}: {what}", time(*time_us))
}

/// The write, in engineering units too where the map of the device is at hand.
fn register(write: &RegisterWrite) -> String {
    let info = (write.map == psu::MAP.id).then(|| psu::MAP.register(&write.register)).flatten();
    let unit = |raw: &[u16]| {
        let info = info.filter(|info| !info.unit.is_empty())?;
        Some(format!(" ({:.3} {})", info.engineering(info.raw(raw)?), info.unit))
    };
    let value = |raw: &[u16]| format!("{}{}", words(raw), unit(raw).unwrap_or_default());
    let (before, after) = (value(&write.before), value(&write.after));
    let RegisterWrite { bus, unit, map, register, address, .. } = write;
    format!("{bus}/{unit} {map}.{register} ({address}) {before} -> {after}")
}

/// UTC to the millisecond, always as long.
fn time(micros: i64) -> String {
    let Ok(t) = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000) else {
        return format!("{micros} us");
    };
    let (date, hour, minute) = (t.date(), t.hour(), t.minute());
    format!("{date}T{hour:02}:{minute:02}:{:02}.{:03}Z", t.second(), t.millisecond())
}

fn words(words: &[u16]) -> String {
    words.iter().map(|w| format!("{w:04X}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shelf::journal::By;

    fn write() -> RegisterWrite {
        RegisterWrite {
            commit: Some(3),
            bus: "rtu:/dev/ttyS1".into(),
            unit: 200,
            map: "orv3-psu".into(),
            register: "vout_setpoint_h".into(),
            address: 103,
            before: vec![52224],
            after: vec![49336],
            trims: None,
        }
    }

    fn stored(item: Item) -> Stored {
        let (time_us, by) = (1_000_000_000_250_000, By::new("redfish", "admin"));
        Stored { sequence: 7, time_us, monotonic_ms: 5, by, cause: "input power limit 10000 W".into(), item }
    }

    #[test]
    fn a_line_says_who_what_where_before_and_after_in_both_units() {
        assert_eq!(
            line(&stored(Item::Intent { write: write() })),
            "       7  2001-09-09T01:46:40.250Z  redfish admin: write rtu:/dev/ttyS1/200 orv3-psu.vout_setpoint_h (103) \
             CC00 (51.000 V) -> C0B8 (48.180 V) (input power limit 10000 W)"
        );
        let outcome = Outcome::Found { holds: vec![52224] };
        let text = line(&stored(Item::Outcome { intent: 6, write: write(), outcome }));
        assert!(
            text.ends_with("write 6 of rtu:/dev/ttyS1/200 vout_setpoint_h: found at the start: CC00"),
            "{text}"
        );
    }

    #[test]
    fn the_export_is_one_object_a_line_and_reads_back() {
        let entries = [
            stored(Item::Intent { write: write() }),
            stored(Item::Outcome { intent: 7, write: write(), outcome: Outcome::Confirmed }),
            stored(Item::CommitEnded { commit: 3, end: CommitEnd::RolledBack { reason: "psu 2".into() } }),
        ];
        let mut out = Vec::new();
        export(&entries, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let read: Vec<Stored> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert_eq!(read, entries);
        // The names are what tools filter by.
        let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        for key in [
            "sequence",
            "time_us",
            "monotonic_ms",
            "by",
            "cause",
            "kind",
            "commit",
            "bus",
            "unit",
            "map",
            "register",
            "before",
            "after",
        ] {
            assert!(first.get(key).is_some(), "{key}");
        }
        assert_eq!((&first["kind"], &first["by"]["interface"]), (&"intent".into(), &"redfish".into()));
    }
}
