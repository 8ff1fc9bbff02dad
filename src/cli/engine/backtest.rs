//! `dpo engine backtest`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::cli::{USAGE, fail, written};
use crate::engine::backtest::{Columns, Options, TraceReport, backtest, page, report, synthetic, trace};
use crate::engine::forecast::{HORIZONS_S, Kind};

pub(super) const AFTER_HELP: &str = "A trace is a CSV file with a header, or synthetic:NAME[@SEED] with NAME one of \
    sine, ramp, ar2, noise, change, training, inference (invented, and labelled so).\nSamples closer than 10 ms are \
    averaged over cells of 10 ms first, unless --mean says otherwise.\n\nExit codes: 0 done, 1 a failure at run time, \
    2 wrong usage or an unreadable trace.";

#[derive(Debug, Args)]
pub(super) struct BacktestArgs {
    /// Traces: CSV files, or synthetic:NAME[@SEED].
    #[arg(required = true, value_name = "TRACE")]
    traces: Vec<String>,
    /// Horizons, with commas: 100ms,1s,30s [default: 10ms,30ms,100ms,300ms,1s,3s,10s,30s].
    #[arg(long, value_name = "TIMES", value_delimiter = ',', value_parser = seconds)]
    horizon: Vec<f64>,
    /// Forecasters, with commas [default: all]; persistence is always among them.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = kind)]
    forecaster: Vec<Kind>,
    /// Column of time: seconds, or dates with times [default: the first].
    #[arg(long, value_name = "NAME")]
    time: Option<String>,
    /// Column of values [default: the first one after the time].
    #[arg(long, value_name = "NAME")]
    value: Option<String>,
    /// Average the samples over cells of this length first.
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    mean: Option<f64>,
    /// Share of each trace at its beginning that is not scored, from 0 to 0.9.
    #[arg(long, value_name = "SHARE", default_value = "0.1", value_parser = share)]
    warm_up: f64,
    /// Print JSON in place of tables.
    #[arg(long)]
    json: bool,
    /// Write backtest.txt, .json, .csv and .html, and a drawing of each trace, into this folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// `10ms`, `1.5s` or `0.01`, as seconds.
pub(super) fn seconds(text: &str) -> Result<f64, String> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 1e-3),
        None => (text.strip_suffix('s').unwrap_or(text), 1.0),
    };
    match number.trim().parse::<f64>() {
        // Scaled by division where it is whole: 30 ms are 0.03 s to the last digit.
        Ok(n) if n.is_finite() && n > 0.0 => Ok(if unit == 1.0 { n } else { n / 1e3 }),
        _ => Err("wants a time above 0, such as 10ms, 1.5s or 0.01".to_owned()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse::<f64>().ok().filter(|s| (0.0..=0.9).contains(s));
    share.ok_or_else(|| "wants a number from 0 to 0.9".to_owned())
}

pub(super) fn kind(text: &str) -> Result<Kind, String> {
    let known = || Kind::ALL.map(Kind::name).join(", ");
    Kind::named(text).ok_or_else(|| format!("no such forecaster; there are {}", known()))
}

pub(super) fn run(args: &BacktestArgs, out: &mut dyn Write) -> ExitCode {
    let mut horizons_s = if args.horizon.is_empty() { HORIZONS_S.to_vec() } else { args.horizon.clone() };
    horizons_s.sort_by(f64::total_cmp);
    horizons_s.dedup();
    if horizons_s.len() > 16 {
        return fail(USAGE, "--horizon: at most 16 horizons");
    }
    let kinds = if args.forecaster.is_empty() { Kind::ALL.to_vec() } else { args.forecaster.clone() };
    let options = Options { horizons_s, kinds, cell_s: args.mean, warm_up: args.warm_up };
    let columns = Columns { time: args.time.clone(), value: args.value.clone() };
    let mut reports: Vec<TraceReport> = Vec::new();
    for name in &args.traces {
        let trace = match name.strip_prefix("synthetic:") {
            Some(name) => synthetic::make(name),
            None => trace::read(Path::new(name), &columns),
        };
        match trace.map_err(Into::into).and_then(|trace| backtest(&trace, &options)) {
            Ok(report) => reports.push(report),
            Err(error) => return fail(USAGE, &error.to_string()),
        }
    }
    let json = match report::json(&reports) {
        Ok(json) => json,
        Err(error) => return fail(1, &error.to_string()),
    };
    let text = report::text(&reports);
    if let Some(folder) = &args.out
        && let Err(reason) = save(folder, &reports, &text, &json)
    {
        return fail(1, &reason);
    }
    written(out.write_all(if args.json { json.as_bytes() } else { text.as_bytes() }))
}

fn save(folder: &Path, reports: &[TraceReport], text: &str, json: &str) -> Result<(), String> {
    let at = |path: &Path, e: std::io::Error| format!("{}: {e}", path.display());
    std::fs::create_dir_all(folder).map_err(|e| at(folder, e))?;
    let put = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|e| at(&path, e))
    };
    put("backtest.txt", text)?;
    put("backtest.json", json)?;
    put("backtest.csv", &report::csv(reports))?;
    put("backtest.html", &page::html(reports))?;
    for (number, report) in reports.iter().enumerate() {
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
        let name: String = report.trace.trim_end_matches(".csv").chars().map(plain).collect();
        // Two traces may have one name.
        let twice = reports.iter().take(number).any(|r| r.trace == report.trace);
        let name = if twice { format!("{name}-{number}.svg") } else { format!("{name}.svg") };
        put(&name, &page::svg(report))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        assert_eq!(["10ms", "30ms", "1.5s", "0.3"].map(|t| seconds(t).unwrap()), [0.01, 0.03, 1.5, 0.3]);
        assert!(["", "0", "-1s", "nan", "5 min"].iter().all(|t| seconds(t).is_err()));
    }

    #[test]
    fn a_synthetic_trace_is_scored_and_saved() {
        let folder = tempfile::tempdir().unwrap();
        let args = BacktestArgs {
            traces: vec!["synthetic:sine".to_owned()],
            horizon: vec![0.1],
            forecaster: vec![Kind::Ar],
            time: None,
            value: None,
            mean: None,
            warm_up: 0.1,
            json: false,
            out: Some(folder.path().to_owned()),
        };
        let mut said = Vec::new();
        assert_eq!(run(&args, &mut said), ExitCode::SUCCESS);
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains("(SYNTHETIC)") && said.contains("100 ms"), "{said}");
        for name in ["backtest.txt", "backtest.json", "backtest.csv", "backtest.html", "synthetic-sine-1.svg"]
        {
            assert!(folder.path().join(name).exists(), "{name}");
        }
        let args = BacktestArgs { traces: vec!["/nowhere.csv".to_owned()], ..args };
        assert_eq!(run(&args, &mut Vec::new()), ExitCode::from(USAGE));
    }
}
