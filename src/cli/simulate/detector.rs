//! `dpo simulate detector`: what the sag detector is worth, or what it makes of a record.

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;

use super::{Common, FOUND, OK, Output};
use crate::gridcode::record::{self, Mapping, VoltageBase};
use crate::sim::detector_study::detection::{Detection, Group, Row};
use crate::sim::detector_study::healthy::Healthy;
use crate::sim::detector_study::over::{OverRecord, Seen, over_record};
use crate::sim::detector_study::{DetectorConfig, Study, study};
use crate::sim::scenario::page::{Part, Table};

/// What the rows of a table are called.
const GROUPS: [(Group, &str); 5] = [
    (Group::ThreePhases, "three phases"),
    (Group::TwoPhases, "two phases"),
    (Group::OnePhase, "one phase"),
    (Group::PhaseToPhase, "phase to phase (C, D)"),
    (Group::TwoToGround, "two to ground (E, F, G)"),
];

/// Hours by default.
const HOURS: f64 = 24.0;

/// What to simulate.
#[derive(Debug, Args)]
pub(super) struct DetectorArgs {
    #[command(flatten)]
    common: Common,
    /// Hours of disturbed but healthy voltage.
    #[arg(long, default_value_t = HOURS, value_name = "HOURS")]
    hours: f64,
    /// Run the detector over a record instead (.csv, COMTRADE .cfg with its .dat, or .cff).
    #[arg(long, value_name = "FILE", conflicts_with = "hours")]
    record: Option<PathBuf>,
    /// Voltages of the phases in the record, with commas [default: by name, or by unit and phase].
    #[arg(long, value_name = "NAMES", value_delimiter = ',', requires = "record")]
    voltage: Vec<String>,
    /// 1 p.u. in volts, as effective value of what was recorded [default: the value at the beginning].
    #[arg(long, value_name = "VOLTS", requires = "record")]
    nominal_v: Option<f64>,
}

pub(super) fn run(args: &DetectorArgs, out: &mut dyn Write) -> Result<u8, String> {
    if let Some(path) = &args.record {
        let found = over(path, args)?;
        let said = if args.common.json {
            serde_json::to_string_pretty(&found).map_err(|e| e.to_string())? + "\n"
        } else {
            record_text(&found)
        };
        out.write_all(said.as_bytes()).map_err(|e| e.to_string())?;
        return Ok(OK);
    }
    let hours = args.hours;
    let asked = if hours == HOURS { String::new() } else { format!(" --hours {hours}") };
    let output = Output::new(&args.common, format!("detector{asked}"));
    let shown = AtomicU64::new(0);
    let progress = |share: f64| {
        // Every tenth, once.
        let tenth = (10.0 * share) as u64;
        if shown.fetch_max(tenth, Ordering::Relaxed) < tenth {
            output.progress(&format!("healthy voltage: {} % of {hours} h", 10 * tenth));
        }
    };
    output.progress("sags of every type, depth and instant of the wave");
    let found =
        study(&DetectorConfig::default(), hours, args.common.seed, &progress).map_err(|e| e.to_string())?;
    let (text, table) = (text(&found), table(&found.detection));
    let parts = vec![Part::Text(summary(&found)), Part::Table(table.clone())];
    output.finish_with("detector", "The sag detector", &found, &table, parts, &text, out)?;
    let Study { detection, healthy, .. } = &found;
    Ok(if detection.missed + detection.early == 0 && healthy.false_trips == 0 { OK } else { FOUND })
}

/// Every row of the distribution.
fn table(detection: &Detection) -> Table {
    let mut table = Table::new(&[
        "background",
        "phases",
        "retained, p.u.",
        "sags",
        "missed",
        "p50, ms",
        "p95, ms",
        "p99, ms",
        "max, ms",
        "collapse",
        "half cycle",
        "cycle",
    ]);
    for row in &detection.rows {
        let name = GROUPS.iter().find(|(group, _)| *group == row.group).map_or("", |(_, name)| name);
        let times = [row.p50_ms, row.p95_ms, row.p99_ms, row.max_ms].map(|ms| format!("{ms:.1}"));
        let first = [
            if row.distorted { "distorted" } else { "clean" }.to_owned(),
            name.to_owned(),
            format!("{:.2}", row.retained),
            row.count.to_string(),
            row.missed.to_string(),
        ];
        table.row(first.into_iter().chain(times).chain(row.by_rule.map(|n| n.to_string())));
    }
    table
}

/// The study for people.
fn text(found: &Study) -> String {
    let Study { seed, detection, .. } = found;
    let mut text =
        format!("Simulated, seed {seed}. Detection time in ms from the first instant of the sag.\n\n");
    for distorted in [false, true] {
        let background = if distorted {
            "With THD up to 8 %, noise, notches, unbalance and a jump of the angle of up to 30 degrees in the sag"
        } else {
            "Without distortion"
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{background}:");
        for (group, name) in GROUPS {
            let _ = writeln!(
                text,
                "  {name:<24} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}  by rule",
                "sags", "missed", "p50", "p95", "p99", "max"
            );
            for row in detection.rows.iter().filter(|r| r.group == group && r.distorted == distorted) {
                let _ = writeln!(text, "{}", line(row));
            }
        }
        text.push('\n');
    }
    text.push_str(&summary(found));
    text
}

/// The counts.
fn summary(found: &Study) -> String {
    let Study { detection, healthy, .. } = found;
    let Detection { count, missed, early, .. } = detection;
    let mut text = format!("{count} sags, {missed} missed, {early} false trips before the sag.\n");
    let Healthy { hours, samples, segments, false_trips, by_rule, lowest_seen, .. } = healthy;
    let [collapse, half, cycle] = by_rule;
    let _ = writeln!(
        text,
        "{hours} h of disturbed but healthy voltage ({samples} samples, {segments} grids): {false_trips} false trips \
         (collapse {collapse}, half cycle {half}, cycle {cycle}).",
    );
    let [lowest_half, lowest_cycle] = lowest_seen;
    let _ = writeln!(
        text,
        "The effective value of half a cycle alone would have tripped {} times; the lowest fundamental seen \
         was {lowest_half:.3} p.u. over half a cycle and {lowest_cycle:.3} p.u. over a cycle, while a jump was inside.",
        healthy.half_cycle_rms_trips
    );
    let _ = writeln!(text, "Largest error of the frequency: {:.3} Hz.", healthy.frequency_error_hz);
    for trip in &healthy.trips {
        let _ = writeln!(
            text,
            "  false trip: grid {}, {:.4} s, {}, {:.3?} p.u.",
            trip.segment, trip.at_s, trip.rule, trip.fundamental
        );
    }
    text
}

fn line(row: &Row) -> String {
    let Row { retained, count, missed, by_rule: [a, b, c], p50_ms, p95_ms, p99_ms, max_ms, .. } = row;
    format!(
        "    {retained:<22.2} {count:>6} {missed:>6} {p50_ms:>6.1} {p95_ms:>6.1} {p99_ms:>6.1} {max_ms:>6.1}  {a}/{b}/{c}"
    )
}

fn over(path: &Path, args: &DetectorArgs) -> Result<OverRecord, String> {
    let record = record::read(path, None).map_err(|e| e.to_string())?;
    let mapping = Mapping {
        voltage: args.voltage.clone(),
        base: args.nominal_v.map_or(VoltageBase::Automatic, VoltageBase::Nominal),
        ..Mapping::default()
    };
    over_record(&record, mapping).map_err(|e| e.to_string())
}

fn record_text(found: &OverRecord) -> String {
    let OverRecord { record, duration_s, lowest_pu, .. } = found;
    let mut text =
        format!("{record}: {duration_s:.3} s, lowest {lowest_pu:.3} p.u. of a phase over half a cycle\n");
    for Seen { at_s, what } in &found.events {
        let _ = writeln!(text, "{at_s:>10.4} s  {what}");
    }
    if found.events.is_empty() {
        text.push_str("no sag\n");
    }
    for note in &found.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text
}
