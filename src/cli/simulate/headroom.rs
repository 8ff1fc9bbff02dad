//! `dpo simulate headroom`: how much of a rack's power must stay free, with and without the engine.

use std::io::Write;
use std::path::Path;

use clap::Args;

use super::{Common, OK, Output};
use crate::engine::backtest::{Columns, synthetic, trace};
use crate::engine::headroom::mix::Mix;
use crate::engine::headroom::report::{self, Percents, Report, picture, reserve};
use crate::engine::headroom::shelf::Hardware;
use crate::engine::headroom::study::{LimitSet, cases, solve};
use crate::sim::scenario::page::{Part, Table};

/// Length of a run in seconds, whole and with `--small`.
const LENGTH_S: (f64, f64) = (60.0, 30.0);

/// What to run.
#[derive(Debug, Args)]
pub(super) struct HeadroomArgs {
    #[command(flatten)]
    common: Common,
    /// Measured traces of power: CSV files (time, value), or synthetic:NAME[@SEED] of the back-test. They are scaled to
    /// the shelf; the built-in synthetic mixes run beside them.
    #[arg(value_name = "TRACE")]
    traces: Vec<String>,
    /// Leave out the built-in synthetic mixes.
    #[arg(long, requires = "traces")]
    only_traces: bool,
    /// Steepest ramp at the AC input, up and down, in percent of the PSUs' rating a second.
    #[arg(long, value_name = "PERCENT", default_value = "2", value_parser = percent)]
    ramp: f64,
    /// Largest swing between 0.1 and 20 Hz within 5 s, peak to peak, in percent of the PSUs' rating.
    #[arg(long, value_name = "PERCENT", default_value = "10", value_parser = percent)]
    range: f64,
    /// Largest effective value of what swings between 0.1 and 20 Hz within 5 s (the energy of the band), in percent of the
    /// PSUs' rating.
    #[arg(long, value_name = "PERCENT", default_value = "2", value_parser = percent)]
    band: f64,
}

fn percent(text: &str) -> Result<f64, String> {
    let value = text.parse::<f64>().ok().filter(|p| (0.01..=1000.0).contains(p));
    value.ok_or_else(|| "wants a number from 0.01 to 1000".to_owned())
}

fn mixes(args: &HeadroomArgs, length_s: f64) -> Result<Vec<Mix>, String> {
    let mut out = Vec::new();
    for name in &args.traces {
        let read = match name.strip_prefix("synthetic:") {
            Some(plain) => synthetic::make(plain),
            None => trace::read(Path::new(name), &Columns::default()),
        };
        let mix = Mix::measured(&read.map_err(|e| e.to_string())?, length_s);
        if !(mix.peak().is_finite() && mix.length_s() >= 10.0) {
            return Err(format!("{name}: no power of 10 s or more to scale: it wants values above 0"));
        }
        out.push(mix);
    }
    if !args.only_traces {
        out.extend(Mix::synthetic(args.common.seed, length_s));
    }
    Ok(out)
}

fn page_table(table: report::Table) -> Table {
    Table { head: table.head, rows: table.rows }
}

pub(super) fn run(args: &HeadroomArgs, out: &mut dyn Write) -> Result<u8, String> {
    let mut command = "headroom".to_owned();
    for name in &args.traces {
        // The folder says nothing about the trace.
        let short = Path::new(name).file_name().map_or(name.as_str().into(), |n| n.to_string_lossy());
        command += &format!(" {short}");
    }
    command += if args.common.small { " --small" } else { "" };
    if (args.ramp, args.range, args.band) != (2.0, 10.0, 2.0) {
        command += &format!(" --ramp {} --range {} --band {}", args.ramp, args.range, args.band);
    }
    let output = Output::new(&args.common, command);
    let length_s = if args.common.small { LENGTH_S.1 } else { LENGTH_S.0 };
    let mixes = mixes(args, length_s)?;
    let percents = Percents { ramp_per_s: args.ramp, range: args.range, band: args.band };
    let grid = percents.set();
    let sets = [LimitSet::RATING, grid];
    let cases = cases(&mixes, &sets, &Hardware::ALL);
    output.progress(&format!("{} combinations of {} mixes", cases.len(), mixes.len()));
    let cells = solve(&cases, &|_, cell| {
        let (strategy, text) = (cell.strategy.title(), reserve(cell));
        output.progress(&format!(
            "  {:<12} {:<7} {:<9} {strategy:<17} {text}",
            cell.mix, cell.limits, cell.hardware
        ));
    })
    .map_err(|e| e.to_string())?;

    let report = Report::new(&mixes, &cells, percents);
    let reserves = page_table(report.reserves());
    let mut parts =
        vec![Part::Heading("Smallest reserve, % of the rating".to_owned()), Part::Table(reserves.clone())];
    parts.extend(report.claim().iter().cloned().map(Part::Text));
    parts.push(Part::Heading("Wear and lost work".to_owned()));
    parts.push(Part::Table(page_table(report.costs())));
    parts.push(Part::Heading("What the grid sees at a reserve of 10 %".to_owned()));
    parts.push(Part::Table(page_table(report.seen())));
    for (index, mix) in mixes.iter().enumerate() {
        let drawing = picture(mix, grid).map_err(|e| e.to_string())?;
        if index == 0 {
            output.file("headroom.svg", &drawing)?;
        }
        parts.push(Part::Drawing(drawing));
    }
    let text = report.markdown();
    output.file("headroom.md", &text)?;
    output.finish_with("headroom", "Headroom of a rack", &report, &reserves, parts, &text, out)?;
    Ok(OK)
}
