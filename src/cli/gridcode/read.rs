//! `dpo gridcode read`: what a record holds.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{OK, fail};
use crate::gridcode::record;

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A list of the channels.
    Text,
    /// Every sample, in columns.
    Csv,
}

/// What to read.
#[derive(Debug, Args)]
pub(super) struct ReadArgs {
    /// The record: .csv, COMTRADE .cfg with its .dat, or .cff.
    record: PathBuf,
    /// How to write it.
    #[arg(long, default_value = "text")]
    format: Format,
    /// Column of time of a CSV file [default: time_s, t_s, time or t].
    #[arg(long, value_name = "NAME")]
    time: Option<String>,
}

pub(super) fn read(args: &ReadArgs, out: &mut dyn Write) -> io::Result<u8> {
    let record = match record::read(&args.record, args.time.as_deref()) {
        Ok(record) => record,
        Err(error) => return fail(out, &error.to_string()),
    };
    let mut out = io::BufWriter::new(out);
    if matches!(args.format, Format::Csv) {
        write!(out, "time_s")?;
        for channel in &record.channels {
            write!(out, ",{}", cell(&channel.name))?;
        }
        for channel in &record.status {
            write!(out, ",{}", cell(&channel.name))?;
        }
        writeln!(out)?;
        for (i, t) in record.time_s.iter().enumerate() {
            write!(out, "{t}")?;
            for value in record.channels.iter().filter_map(|c| c.values.get(i)) {
                if value.is_finite() { write!(out, ",{value}")? } else { write!(out, ",")? }
            }
            for state in record.status.iter().filter_map(|c| c.states.get(i)) {
                write!(out, ",{}", u8::from(*state))?;
            }
            writeln!(out)?;
        }
        out.flush()?;
        return Ok(OK);
    }
    writeln!(out, "{}", record.name)?;
    let (first, last) = (record.time_s.first().copied(), record.time_s.last().copied());
    writeln!(
        out,
        "{} samples from {} s to {} s",
        record.time_s.len(),
        first.unwrap_or(0.0),
        last.unwrap_or(0.0)
    )?;
    if let Some(hz) = record.nominal_hz {
        writeln!(out, "nominal frequency {hz} Hz")?;
    }
    if let Some(trigger) = record.trigger_s {
        writeln!(out, "trigger at {trigger:.6} s")?;
    }
    for (i, channel) in record.channels.iter().enumerate() {
        let values = || channel.values.iter().copied().filter(|v| v.is_finite());
        let (low, high) =
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        writeln!(
            out,
            "#{} {} [{}] phase `{}`: {low} to {high}",
            i + 1,
            channel.name,
            channel.unit,
            channel.phase
        )?;
    }
    for channel in &record.status {
        let changes = channel.states.windows(2).filter(|pair| matches!(pair, [a, b] if a != b)).count();
        writeln!(out, "status {}: {changes} changes", channel.name)?;
    }
    for note in &record.notes {
        writeln!(out, "note: {note}")?;
    }
    out.flush()?;
    Ok(OK)
}

/// A name as a cell of CSV.
fn cell(name: &str) -> String {
    if name.contains([',', '"', '\n']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}
