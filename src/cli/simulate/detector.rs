//! `dpo simulate detector`: what the sag detector is worth, or what it makes of a record.

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;
use serde::Serialize;

use super::{Common, FOUND, OK, Output};
use crate::gridcode::record::{self, Mapping, VoltageBase};
use crate::sim::detector_study::detection::{Detection, Group, POINTS, Row};
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

/// Depths that are told apart by the point on wave: name, from and below, in p.u.
const DEPTHS: [(&str, f64, f64); 3] = [("< 0.5", 0.0, 0.5), ("< 0.8", 0.5, 0.8), ("< 0.9", 0.8, 0.9)];

/// Hours by default.
const HOURS: f64 = 24.0;

/// What to simulate.
#[derive(Debug, Args)]
pub(super) struct DetectorArgs {
    #[command(flatten)]
    common: Common,
    /// Hours of disturbed but healthy voltage, for each seed.
    #[arg(long, default_value_t = HOURS, value_name = "HOURS")]
    hours: f64,
    /// Everything once for each of these seeds, with commas, in place of --seed.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', conflicts_with_all = ["seed", "record"])]
    seeds: Vec<u64>,
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

/// What the JSON file holds.
#[derive(Serialize)]
struct Verdict<'a> {
    holds: bool,
    studies: &'a [Study],
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
    let mut asked = if hours == HOURS { String::new() } else { format!(" --hours {hours}") };
    if !args.seeds.is_empty() {
        let list: Vec<String> = args.seeds.iter().map(u64::to_string).collect();
        let _ = write!(asked, " --seeds {}", list.join(","));
    }
    let output = Output::new(&args.common, format!("detector{asked}"));
    let seeds = if args.seeds.is_empty() { vec![args.common.seed] } else { args.seeds.clone() };
    let mut found = Vec::with_capacity(seeds.len());
    for seed in seeds {
        let shown = AtomicU64::new(0);
        let progress = |share: f64| {
            // Every tenth, once.
            let tenth = (10.0 * share) as u64;
            if shown.fetch_max(tenth, Ordering::Relaxed) < tenth {
                output.progress(&format!("seed {seed}: {} % of {hours} h of healthy voltage", 10 * tenth));
            }
        };
        found.push(study(&DetectorConfig::default(), hours, seed, &progress).map_err(|e| e.to_string())?);
    }
    let holds = found.iter().all(Study::holds);
    let summary: String = found.iter().map(summary).collect();
    let (text, table) = (format!("{}{summary}", text(&found)), table(&found));
    let parts = vec![Part::Text(summary), Part::Table(table.clone())];
    output.file("detector.txt", &text)?;
    let verdict = Verdict { holds, studies: &found };
    output.finish_with("detector", "The sag detector", &verdict, &table, parts, &text, out)?;
    Ok(if holds { OK } else { FOUND })
}

/// Every row of the distribution.
fn table(found: &[Study]) -> Table {
    let head = [
        "seed",
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
    ];
    let parts: Vec<String> = (0..POINTS).map(|part| format!("max from {} deg, ms", part * 30)).collect();
    let head: Vec<&str> = head.into_iter().chain(parts.iter().map(String::as_str)).collect();
    let mut table = Table::new(&head);
    for (seed, row) in found.iter().flat_map(|s| s.detection.rows.iter().map(|row| (s.seed, row))) {
        let name = GROUPS.iter().find(|(group, _)| *group == row.group).map_or("", |(_, name)| name);
        let times = [row.p50_ms, row.p95_ms, row.p99_ms, row.max_ms];
        let first = [
            seed.to_string(),
            if row.distorted { "distorted" } else { "clean" }.to_owned(),
            name.to_owned(),
            format!("{:.2}", row.retained),
            row.count.to_string(),
            row.missed.to_string(),
        ];
        let ms = |ms: f64| format!("{ms:.2}");
        let points = row.by_point.iter().map(|point| ms(point.max_ms));
        let rules = row.by_rule.map(|n| n.to_string());
        table.row(first.into_iter().chain(times.map(ms)).chain(rules).chain(points));
    }
    table
}

/// The detection times of the first seed for people.
fn text(found: &[Study]) -> String {
    let Some(Study { seed, detection, corner_hz, filter_delay_ms, .. }) = found.first() else {
        return String::new();
    };
    let mut text = format!(
        "Simulated, seed {seed}. Detection time in ms from the first instant of the sag, with the anti-aliasing \
         filter ({corner_hz:.0} Hz, delay {filter_delay_ms:.2} ms).\n\n"
    );
    for distorted in [false, true] {
        let background = if distorted {
            "With THD up to 8 %, noise, notches, unbalance and a jump of the angle of up to 30 degrees in the sag"
        } else {
            "Without distortion"
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{background}:");
        let rows =
            |group| detection.rows.iter().filter(move |r| r.group == group && r.distorted == distorted);
        for (group, name) in GROUPS {
            let _ = writeln!(
                text,
                "  {name:<24} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}  by rule",
                "sags", "missed", "p50", "p95", "p99", "max"
            );
            for row in rows(group) {
                let _ = writeln!(text, "{}", line(row));
            }
        }
        text.push_str("\n  longest by point on wave (of the phase that differs), from degrees:\n");
        let _ = write!(text, "    {:<32}", "");
        for part in 0..POINTS {
            let _ = write!(text, "{:>6}", part * 30);
        }
        text.push('\n');
        for (group, name) in GROUPS {
            for (what, from, to) in DEPTHS {
                let within = |r: &&Row| r.retained >= from && r.retained < to;
                let longest = |part: usize| {
                    rows(group)
                        .filter(within)
                        .filter_map(|r| Some(r.by_point.get(part)?.max_ms))
                        .fold(f64::NAN, f64::max)
                };
                let _ = write!(text, "    {name:<24}{what:<8}");
                for part in 0..POINTS {
                    let _ = write!(text, "{:>6.1}", longest(part));
                }
                text.push('\n');
            }
        }
        text.push('\n');
    }
    text
}

/// The counts of a seed, and whether what must hold holds.
fn summary(found: &Study) -> String {
    let Study { seed, detection, healthy, beyond, .. } = found;
    let Detection { count, missed, early, .. } = detection;
    let mut text =
        format!("Seed {seed}: {count} sags, {missed} missed, {early} false trips before the sag.\n");
    let Healthy { hours, samples, segments, false_trips, by_rule, lowest_seen, .. } = healthy;
    let [collapse, half, cycle] = by_rule;
    let _ = writeln!(
        text,
        "  {hours} h of disturbed but healthy voltage ({samples} samples, {segments} grids): {false_trips} false trips \
         (collapse {collapse}, half cycle {half}, cycle {cycle}).",
    );
    let [lowest_half, lowest_cycle] = lowest_seen;
    let _ = writeln!(
        text,
        "  The effective value of half a cycle alone would have tripped {} times; the lowest fundamental seen \
         was {lowest_half:.3} p.u. over half a cycle and {lowest_cycle:.3} p.u. over a cycle, while a jump was inside.",
        healthy.half_cycle_rms_trips
    );
    let _ = writeln!(text, "  Largest error of the frequency: {:.3} Hz.", healthy.frequency_error_hz);
    trips(&mut text, healthy);
    let Healthy { hours, false_trips, notch_area, .. } = beyond;
    let _ = writeln!(
        text,
        "  Not judged: {hours} h with notches of up to {notch_area:.2} times the area that IEEE 519 recommends for \
         dedicated systems: {false_trips} trips."
    );
    trips(&mut text, beyond);
    let verdict = if found.holds() { "holds" } else { "DOES NOT HOLD" };
    let _ = writeln!(text, "  Every sag found, no false trip within the standards: {verdict}.");
    text
}

/// The first false trips one by one.
fn trips(text: &mut String, healthy: &Healthy) {
    for trip in &healthy.trips {
        let _ = writeln!(
            text,
            "    trip: grid {}, {:.4} s, {}, {:.3?} p.u.",
            trip.segment, trip.at_s, trip.rule, trip.fundamental
        );
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::detector_study::healthy::Healthy;

    #[test]
    fn two_seeds_are_one_document_and_one_false_trip_is_enough() {
        let study = |seed, false_trips| Study {
            seed,
            corner_hz: 1500.0,
            filter_delay_ms: 0.15,
            detection: Detection { rows: Vec::new(), count: 3, missed: 0, early: 0 },
            healthy: Healthy { false_trips, ..Healthy::default() },
            beyond: Healthy { false_trips: 7, ..Healthy::default() },
        };
        let found = [study(4, 0), study(5, 1)];
        assert!(found[0].holds() && !found[1].holds());
        assert!(summary(&found[0]).contains("holds") && summary(&found[1]).contains("DOES NOT HOLD"));
        let common = Common { seed: 1, out: None, json: true, small: true, quiet: true };
        let output = Output::new(&common, "detector --seeds 4,5".to_owned());
        let mut out = Vec::new();
        let verdict = Verdict { holds: false, studies: &found };
        output.finish_with("detector", "t", &verdict, &table(&found), Vec::new(), "", &mut out).unwrap();
        let said: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(said["holds"], false);
        assert_eq!(
            (&said["studies"][0]["seed"], &said["studies"][1]["healthy"]["false_trips"]),
            (&4.into(), &1.into())
        );
    }
}
