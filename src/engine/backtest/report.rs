//! What a back-test found, as text, JSON and CSV.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Score, TraceReport};
use crate::engine::forecast::LEVELS;

/// Fewer horizons than this in the scored time, and a score tells little.
pub const FEW_SPANS: f64 = 10.0;

#[derive(Serialize)]
struct Document<'a> {
    levels: [f64; LEVELS.len()],
    traces: &'a [TraceReport],
}

/// All of it, for programs.
///
/// # Errors
/// None that a report can cause.
pub fn json(reports: &[TraceReport]) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&Document { levels: LEVELS, traces: reports }).map(|text| text + "\n")
}

/// A row for each trace, horizon and forecaster.
pub fn csv(reports: &[TraceReport]) -> String {
    let mut out =
        String::from("trace,synthetic,horizon_s,forecaster,origins,spans,mae,rmse,nrmse,skill,skill_mae");
    out += ",skill_low,skill_high,ready";
    for what in ["coverage", "width"] {
        for level in LEVELS {
            let _ = write!(out, ",{what}_{}", level * 100.0);
        }
    }
    out.push('\n');
    for report in reports {
        for s in &report.scores {
            // A comma of a file name may not become one of the table.
            let name = report.trace.replace([',', '"', '\n'], "_");
            let _ = write!(
                out,
                "{name},{},{},{},{},{:.1},{:.6},{:.6},{:.6},{:.4},{:.4}",
                report.synthetic,
                s.horizon_s,
                s.forecaster,
                s.origins,
                s.spans,
                s.mae,
                s.rmse,
                s.nrmse,
                s.skill,
                s.skill_mae
            );
            match s.skill_90 {
                Some([low, high]) => {
                    let _ = write!(out, ",{low:.4},{high:.4}");
                }
                None => out += ",,",
            }
            let _ = write!(out, ",{:.3}", s.ready);
            for (values, digits) in [(s.coverage, 4), (s.width, 6)] {
                match values {
                    Some(values) => values.iter().for_each(|v| {
                        let _ = write!(out, ",{v:.digits$}");
                    }),
                    None => out += &",".repeat(LEVELS.len()),
                }
            }
            out.push('\n');
        }
    }
    out
}

/// A time as people write it.
pub fn time(seconds: f64) -> String {
    if seconds < 0.9995 { format!("{} ms", trim(seconds * 1e3)) } else { format!("{} s", trim(seconds)) }
}

fn trim(value: f64) -> String {
    let digits = if value < 10.0 { 2 } else { 1 };
    let text = format!("{value:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The horizons of a report with their scores, persistence first.
pub(super) fn by_horizon(report: &TraceReport) -> impl Iterator<Item = &[Score]> {
    report.scores.chunk_by(|a, b| a.horizon_s == b.horizon_s)
}

/// What a report is about, in a line.
pub(super) fn heading(report: &TraceReport) -> String {
    let mut out = format!(
        "{}{}: {}, {} samples in {}, {} apart",
        report.trace,
        if report.synthetic { " (SYNTHETIC)" } else { "" },
        report.quantity,
        report.samples,
        time(report.length_s),
        time(report.interval_s)
    );
    if let Some(cell_s) = report.cell_s {
        let _ = write!(out, " as means over {}", time(cell_s));
    }
    let _ = write!(out, "; grid {}; scored from {} on", time(report.step_s), time(report.scored_from_s));
    if report.gaps > 0 {
        let _ = write!(out, "; {} gaps", report.gaps);
    }
    if report.left_out > 0 {
        let _ = write!(out, "; {} rows left out", report.left_out);
    }
    if !report.horizons_left_out_s.is_empty() {
        let left_out: Vec<String> = report.horizons_left_out_s.iter().map(|h| time(*h)).collect();
        let _ = write!(out, "; cannot score {}", left_out.join(", "));
    }
    out
}

/// Tables for people: error of persistence, skill of the others, and coverage of the best.
pub fn text(reports: &[TraceReport]) -> String {
    let mut out = String::new();
    for report in reports {
        let _ = writeln!(out, "{}", heading(report));
        let Some(first) = by_horizon(report).next() else { continue };
        let _ = write!(
            out,
            "{:>8} {:>7} {:>6} {:>12} {:>7}  skill:",
            "horizon", "origins", "spans", "persistence", "of range"
        );
        for score in first.iter().skip(1) {
            let _ = write!(out, " {:>9}", score.forecaster);
        }
        out.push('\n');
        for scores in by_horizon(report) {
            let Some(base) = scores.first() else { continue };
            let few = if base.spans < FEW_SPANS { "*" } else { "" };
            let _ = write!(
                out,
                "{:>8} {:>7} {:>6} {:>12.5} {:>6.1} %        ",
                time(base.horizon_s),
                base.origins,
                format!("{:.0}{few}", base.spans),
                base.rmse,
                100.0 * base.nrmse
            );
            for score in scores.iter().skip(1) {
                let _ = write!(out, " {:>+9.3}", score.skill);
            }
            out.push('\n');
        }
        let levels = LEVELS.map(|l| format!("{}", l * 100.0)).join("/");
        let _ = writeln!(out, "coverage at {levels} %, and width at {} %", LEVELS[LEVELS.len() - 1] * 100.0);
        for scores in by_horizon(report) {
            let Some(base) = scores.first() else { continue };
            let _ = write!(out, "{:>8}", time(base.horizon_s));
            for score in scores {
                match (score.coverage, score.width) {
                    (Some(c), Some([.., widest])) => {
                        let c = c.map(|c| format!("{:.0}", 100.0 * c)).join("/");
                        let _ = write!(out, "  {:>8} {:<7.4}", c, widest);
                    }
                    _ => {
                        let _ = write!(out, "  {:>8} {:<7}", "-", "");
                    }
                }
            }
            out.push('\n');
        }
        out.push('\n');
    }
    let _ = writeln!(
        out,
        "skill: 1 - RMSE / RMSE of persistence. spans: scored time in horizons; * fewer than {FEW_SPANS}: little can be said."
    );
    out
}

#[cfg(test)]
mod tests {
    use super::super::{Options, backtest, synthetic};
    use super::*;

    #[test]
    fn the_formats_hold_every_score() {
        let trace = synthetic::make("sine").unwrap();
        let options = Options { horizons_s: vec![0.1, 1.0, 90.0], ..Options::default() };
        let reports = [backtest(&trace, &options).unwrap()];
        assert_eq!(csv(&reports).lines().count(), 1 + 2 * 7);
        let columns: Vec<usize> = csv(&reports).lines().map(|l| l.split(',').count()).collect();
        assert!(columns.iter().all(|n| *n == 20), "{columns:?}");
        let back: serde_json::Value = serde_json::from_str(&json(&reports).unwrap()).unwrap();
        assert_eq!(back["traces"][0]["scores"].as_array().unwrap().len(), 14);
        assert_eq!(back["traces"][0]["horizons_left_out_s"][0], 90.0);
        let text = text(&reports);
        assert!(
            text.starts_with("synthetic:sine@1 (SYNTHETIC): p_pu, 12000 samples in 120 s, 10 ms apart"),
            "{text}"
        );
        assert!(text.contains("cannot score 90 s"), "{text}");
    }

    #[test]
    fn times_read_well() {
        assert_eq!([0.01, 0.0205, 1.0, 2.5, 42.93].map(time), ["10 ms", "20.5 ms", "1 s", "2.5 s", "42.9 s"]);
    }
}
