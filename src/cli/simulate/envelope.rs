//! `dpo simulate envelope`: a walk along the ride-through curve of a grid code.

use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Args;
use serde::Serialize;

use super::{Common, FOUND, OK, Output};
use crate::sim::rack::Design;
use crate::sim::scenario::envelope::{self, Point};
use crate::sim::scenario::page::{Part, Table};
use crate::sim::scenario::sweep::{self, Count, Counts, Fate};

/// What to walk.
#[derive(Debug, Args)]
pub(super) struct EnvelopeArgs {
    #[command(flatten)]
    common: Common,
    /// The grid code whose voltage curve is walked.
    #[arg(long, default_value = "ercot-nogrr282", value_name = "ID")]
    code: String,
    /// How many events; each is run for the three designs.
    #[arg(long, default_value_t = 2000, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    events: u32,
    /// Threads [default: one a core].
    #[arg(long, value_name = "NUMBER")]
    threads: Option<usize>,
}

#[derive(Serialize)]
struct Verdict<'a> {
    holds: bool,
    code: String,
    events: usize,
    reserve: f64,
    designs: Vec<DesignVerdict<'a>>,
}

#[derive(Serialize)]
struct DesignVerdict<'a> {
    design: String,
    counts: Counts,
    /// Failures of the events that must hold, each with its reason.
    must_hold_failed: Vec<Failed<'a>>,
}

#[derive(Serialize)]
struct Failed<'a> {
    #[serde(flatten)]
    point: &'a Point,
    fate: &'a Fate,
}

pub(super) fn run(args: &EnvelopeArgs, out: &mut dyn Write) -> Result<u8, String> {
    let named = if args.events == 2000 { String::new() } else { format!(" --events {}", args.events) };
    let output = Output::new(&args.common, format!("envelope --code {}{named}", args.code));
    let code = crate::gridcode::find(&args.code).map_err(|e| e.to_string())?;
    let bands = envelope::curve(&code).map_err(|e| e.to_string())?;
    let points = envelope::walk(&code, args.events as usize, args.common.seed).map_err(|e| e.to_string())?;
    let reserve = sweep::reserve();
    let mut designs = Vec::new();
    for design in Design::ALL {
        output.progress(&format!("{}: {} events", design.id(), points.len()));
        designs.push((design, fates(&output, &points, design, args)?));
    }
    let verdicts: Vec<DesignVerdict<'_>> = designs
        .iter()
        .map(|(design, fates)| DesignVerdict {
            design: design.id(),
            counts: Counts::of(points.iter().zip(fates), reserve),
            must_hold_failed: points
                .iter()
                .zip(fates)
                .filter(|(p, f)| sweep::must_hold(p, reserve) && !f.survived)
                .map(|(point, fate)| Failed { point, fate })
                // What a design of today fails is counted; what the modified one fails is told one by one.
                .filter(|_| *design == Design::Modified)
                .collect(),
        })
        .collect();
    let table = summary(&verdicts);
    let holds = verdicts.iter().all(|v| v.must_hold_failed.is_empty());
    let name = format!("envelope-{}", code.id);
    let map = sweep::map(&code.name(), bands, &points, &designs);
    output.file(&format!("{name}-map.svg"), &map)?;
    output.file(&format!("{name}-events.csv"), &rows(&points, &designs).csv())?;
    let verdict = Verdict { holds, code: code.name(), events: points.len(), reserve, designs: verdicts };
    let parts = vec![
        Part::Text(format!(
            "Must hold: inside the curve, load 20 to 100 %, charge not below {:.0} %.",
            reserve * 100.0
        )),
        Part::Table(table.clone()),
        Part::Drawing(map),
    ];
    let title = format!("{} events along the ride-through curve of {}", points.len(), code.name());
    output.finish(&name, &title, &verdict, &table, parts, out)?;
    Ok(if holds { OK } else { FOUND })
}

/// The fates of all events in a design, by as many threads as there are; the order is that of the events.
fn fates(
    output: &Output<'_>,
    points: &[Point],
    design: Design,
    args: &EnvelopeArgs,
) -> Result<Vec<Fate>, String> {
    let threads = args
        .threads
        .or_else(|| std::thread::available_parallelism().ok().map(Into::into))
        .unwrap_or(1)
        .clamp(1, 256);
    let next = AtomicUsize::new(0);
    let found: Mutex<Vec<(usize, Result<Fate, String>)>> = Mutex::new(Vec::with_capacity(points.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(point) = points.get(index) else { break };
                    let fate = sweep::fate(point, design, args.common.seed)
                        .map_err(|e| format!("event {index}: {e}"));
                    if index > 0 && index.is_multiple_of(200) {
                        output.progress(&format!("  {index} of {}", points.len()));
                    }
                    found.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((index, fate));
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    found.sort_by_key(|f| f.0);
    found.into_iter().map(|f| f.1).collect()
}

fn summary(verdicts: &[DesignVerdict<'_>]) -> Table {
    let mut table = Table::new(&[
        "design",
        "events",
        "survived",
        "of",
        "slowest 90 %, s",
        "peak, %",
        "bus, V",
        "failed, by first reason",
    ]);
    let number = |value: Option<f64>, unit: f64, digits: usize| {
        value.map_or_else(|| "-".to_owned(), |v| format!("{:.digits$}", v * unit))
    };
    for verdict in verdicts {
        let counts = &verdict.counts;
        let mut classes: Vec<(String, &Count)> = vec![("must hold".to_owned(), &counts.must_hold)];
        let kinds = counts.must_hold_by_kind.iter();
        classes.extend(kinds.map(|(kind, count)| (format!("- {}", kind.text()), count)));
        classes.push((
            "inside, pulse above 100 % or charge below the reserve".to_owned(),
            &counts.inside_beyond,
        ));
        classes.push(("beyond the curve".to_owned(), &counts.beyond_curve));
        for (class, count) in classes {
            let reasons: Vec<String> =
                count.failed.iter().map(|(reason, n)| format!("{} {n}", reason.text())).collect();
            table.row([
                verdict.design.clone(),
                class,
                count.survived.to_string(),
                count.events.to_string(),
                number(count.slowest_recovery_s, 1.0, 3),
                number(count.peak_share, 100.0, 1),
                count.bus_v.map_or_else(|| "-".to_owned(), |(l, h)| format!("{l:.2} to {h:.2}")),
                reasons.join(", "),
            ]);
        }
    }
    table
}

/// Every event with its fates.
fn rows(points: &[Point], designs: &[(Design, Vec<Fate>)]) -> Table {
    let mut table = Table::new(&[
        "event",
        "kind",
        "lowest_phase_pu",
        "retained_pu",
        "jump_deg",
        "duration_s",
        "point_on_wave_deg",
        "load",
        "charge",
        "inside",
    ]);
    for (design, _) in designs {
        table.head.push(design.id());
        table.head.push(format!("{}_recovery_s", design.id()));
        table.head.push(format!("{}_peak_percent", design.id()));
    }
    for point in points {
        let mut row = vec![
            point.index.to_string(),
            point.kind.text().to_owned(),
            format!("{:.4}", point.voltage_pu),
            format!("{:.4}", point.retained_pu),
            format!("{:.1}", point.jump_deg),
            format!("{:.4}", point.duration_s),
            format!("{:.1}", point.point_on_wave_deg),
            format!("{:.3}", point.load),
            format!("{:.3}", point.charge),
            point.inside.to_string(),
        ];
        for (_, fates) in designs {
            let fate = fates.get(point.index);
            row.push(fate.and_then(|f| f.reason).map_or("survived", |r| r.text()).to_owned());
            row.push(fate.and_then(|f| f.recovery_s).map_or_else(String::new, |s| format!("{s:.3}")));
            let peak = fate.map(|f| f.peak_share).filter(|share| share.is_finite());
            row.push(peak.map_or_else(String::new, |share| format!("{:.2}", share * 100.0)));
        }
        table.row(row);
    }
    table
}
