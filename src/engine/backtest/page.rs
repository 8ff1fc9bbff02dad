//! What a back-test found, as drawings and as a page.

use std::fmt::Write as _;

use super::report::{by_horizon, heading, time};
use super::{Score, Stretch, TraceReport};
use crate::engine::forecast::LEVELS;
use crate::plot::{Axis, Frame, Ink, Panel, escape, style};

/// Height of a panel and of the room between two, in pixels.
const PANEL: (f64, f64) = (260.0, 44.0);
/// Width of a drawing, in pixels.
const WIDTH: f64 = 940.0;
/// Lines of the forecasters, persistence left out.
const INKS: [Ink; 6] = [Ink::SWELL, Ink::FREQUENCY, Ink::BAND, Ink::POWER, Ink::FORBIDDEN, Ink::VOLTAGE];
/// Horizon of which a stretch is drawn, about, in seconds.
const SHOWN_S: f64 = 0.3;

/// The drawing of a trace: skill over the horizon, coverage over the horizon, and a stretch of what was told.
pub fn svg(report: &TraceReport) -> String {
    let mut panels = String::new();
    let mut top = 40.0;
    let mut next = || {
        let frame = Frame { left: 70.0, right: WIDTH - 20.0, top, bottom: top + PANEL.0 };
        top += PANEL.0 + PANEL.1;
        frame
    };
    panels += &skill(report, next());
    panels += &coverage(report, next());
    if let Some(stretch) = shown(report) {
        panels += &told(report, stretch, next());
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {top}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <style>{}</style>\n<rect class=\"paper\" width=\"{WIDTH}\" height=\"{top}\" fill=\"#ffffff\"/>\n\
         <text class=\"ink\" x=\"10\" y=\"22\">{}</text>\n{panels}</svg>\n",
        style(),
        escape(&heading(report))
    )
}

fn range_of_horizons(report: &TraceReport) -> (f64, f64) {
    let of = |score: Option<&Score>| score.map_or(1.0, |s| s.horizon_s).log10();
    let (low, high) = (of(report.scores.first()), of(report.scores.last()));
    (low - 0.05, high + 0.35)
}

/// Places and texts of the horizons on a logarithmic axis.
fn horizons(report: &TraceReport) -> Vec<(f64, String)> {
    by_horizon(report).filter_map(|s| s.first()).map(|s| (s.horizon_s.log10(), time(s.horizon_s))).collect()
}

fn places(texts: &[(f64, String)]) -> Vec<(f64, &str)> {
    texts.iter().map(|(at, text)| (*at, text.as_str())).collect()
}

/// Points over the logarithm of the horizon, for each forecaster but persistence.
fn lines(
    report: &TraceReport,
    value: impl Fn(&Score) -> Option<f64>,
) -> Vec<(&'static str, Vec<(f64, f64)>)> {
    let mut lines: Vec<(&'static str, Vec<(f64, f64)>)> = Vec::new();
    for score in by_horizon(report).flat_map(|scores| scores.iter().skip(1)) {
        let Some(value) = value(score) else { continue };
        let point = (score.horizon_s.log10(), value);
        match lines.iter_mut().find(|(name, _)| *name == score.forecaster) {
            Some((_, line)) => line.push(point),
            None => lines.push((score.forecaster, vec![point])),
        }
    }
    lines
}

/// The names of the forecasters, each in its colour, below each other at the right edge.
fn legend(names: &[&str], frame: Frame) -> String {
    let mut out = String::new();
    for (at, (name, ink)) in names.iter().zip(INKS.into_iter().cycle()).enumerate() {
        let (x, y) = (frame.right - 8.0, frame.top + 18.0 + 16.0 * at as f64);
        let (class, colour) = (ink.class, ink.light);
        let _ = writeln!(
            out,
            "<text class=\"{class}-text\" x=\"{x}\" y=\"{y}\" text-anchor=\"end\" fill=\"{colour}\">{name}</text>"
        );
    }
    out
}

fn skill(report: &TraceReport, frame: Frame) -> String {
    let range = range_of_horizons(report);
    let title = "Skill against persistence, over the horizon (below -1 drawn at -1)";
    let texts = horizons(report);
    let mut panel = Panel::with_axis(title, range, (-1.0, 1.0), frame, Axis::Labels(&places(&texts)));
    panel.line(&[(range.0, 0.0), (range.1, 0.0)], Ink::FORBIDDEN);
    let lines = lines(report, |s| Some(s.skill.max(-1.0)));
    for ((_, line), ink) in lines.iter().zip(INKS.into_iter().cycle()) {
        panel.line(line, ink);
    }
    let names: Vec<&str> = lines.iter().map(|(name, _)| *name).collect();
    panel.finish() + &legend(&names, frame)
}

fn coverage(report: &TraceReport, frame: Frame) -> String {
    let range = range_of_horizons(report);
    let title = "Share of truths inside the intervals in %, with 3 points around the nominal 50, 80 and 95";
    let texts = horizons(report);
    let mut panel = Panel::with_axis(title, range, (30.0, 100.0), frame, Axis::Labels(&places(&texts)));
    for (at, level) in LEVELS.into_iter().enumerate() {
        let (low, high) = (100.0 * level - 3.0, 100.0 * level + 3.0);
        panel.area(&[(range.0, low), (range.1, low), (range.1, high), (range.0, high)], Ink::BAND);
        for ((_, line), ink) in
            lines(report, |s| s.coverage.map(|c| 100.0 * c[at])).iter().zip(INKS.into_iter().cycle())
        {
            panel.line(line, ink);
        }
    }
    panel.finish()
}

/// The stretch to draw: the ensemble's (or that of the last forecaster), nearest to [`SHOWN_S`].
fn shown(report: &TraceReport) -> Option<&Stretch> {
    let name = report.stretches.last()?.forecaster;
    let far = |s: &Stretch| (s.horizon_s / SHOWN_S).ln().abs();
    let all = report.stretches.iter().filter(|s| s.forecaster == name && !s.points.is_empty());
    all.min_by(|a, b| far(a).total_cmp(&far(b)))
}

fn told(report: &TraceReport, stretch: &Stretch, frame: Frame) -> String {
    let points = &stretch.points;
    let along = (points.first().map_or(0.0, |p| p.0), points.last().map_or(1.0, |p| p.0));
    let values = points.iter().flat_map(|p| [p.1, p.2]);
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    let room = 0.1 * (high - low);
    let title = format!(
        "{} {} ahead (orange) with its {} % interval, and what came (blue); {}",
        stretch.forecaster,
        time(stretch.horizon_s),
        100.0 * LEVELS[LEVELS.len() - 1],
        report.quantity
    );
    let mut panel = Panel::new(&title, along, (low - room, high + room), frame);
    let with: Vec<_> = points.iter().filter_map(|p| p.3.map(|interval| (p.0, interval))).collect();
    let mut corners: Vec<(f64, f64)> = with.iter().map(|(t, i)| (*t, i.low)).collect();
    corners.extend(with.iter().rev().map(|(t, i)| (*t, i.high)));
    if !corners.is_empty() {
        panel.area(&corners, Ink::FORBIDDEN);
    }
    panel.line(&points.iter().map(|p| (p.0, p.2)).collect::<Vec<_>>(), Ink::POWER);
    panel.line(&points.iter().map(|p| (p.0, p.1)).collect::<Vec<_>>(), Ink::VOLTAGE);
    panel.finish()
}

/// A page of all traces, with drawings and tables; it loads nothing from elsewhere.
pub fn html(reports: &[TraceReport]) -> String {
    let mut out = String::from(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Back-test of forecasters</title>\n<style>\
         :root{color-scheme:light dark}body{font:15px/1.45 sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}\
         table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:.15rem .6rem;text-align:right}\
         tr:nth-child(even){background:#8882}svg{width:100%;height:auto}</style>\n<h1>Back-test of forecasters</h1>\n\
         <p>Rolling origin. Skill is 1 - RMSE / RMSE of persistence on the same origins, with its 90 % interval from a \
         bootstrap over blocks of time; where fewer than five blocks fit in the trace, there is none.</p>\n",
    );
    for report in reports {
        let _ = writeln!(
            out,
            "<h2>{}</h2>\n<p>{}</p>\n{}",
            escape(&report.trace),
            escape(&heading(report)),
            svg(report)
        );
        let levels = LEVELS.map(|l| format!("{}", 100.0 * l)).join(" / ");
        let _ = writeln!(
            out,
            "<table><tr><th>horizon<th>forecaster<th>origins<th>MAE<th>RMSE<th>% of range<th>skill<th>90 %\
             <th>inside {levels} %<th>width</tr>"
        );
        for s in &report.scores {
            let sure = s.skill_90.map_or("-".to_owned(), |[low, high]| format!("{low:+.2} … {high:+.2}"));
            let inside =
                s.coverage.map_or("-".to_owned(), |c| c.map(|c| format!("{:.1}", 100.0 * c)).join(" / "));
            let width = s.width.map_or("-".to_owned(), |w| format!("{:.4}", w[w.len() - 1]));
            let _ = writeln!(
                out,
                "<tr><td>{}<td>{}<td>{}<td>{:.5}<td>{:.5}<td>{:.1}<td>{:+.3}<td>{sure}<td>{inside}<td>{width}</tr>",
                time(s.horizon_s),
                s.forecaster,
                s.origins,
                s.mae,
                s.rmse,
                100.0 * s.nrmse,
                s.skill
            );
        }
        out += "</table>\n";
    }
    out + "</html>\n"
}

#[cfg(test)]
mod tests {
    use super::super::{Options, backtest, synthetic};
    use super::*;

    #[test]
    fn the_page_holds_each_trace_its_drawing_and_its_scores() {
        let trace = synthetic::make("change").unwrap();
        let options = Options { horizons_s: vec![0.1, 0.3, 1.0], ..Options::default() };
        let reports = [backtest(&trace, &options).unwrap()];
        let page = html(&reports);
        assert_eq!(page.matches("<svg").count(), 1);
        assert_eq!(page.matches("<tr><td>").count(), 3 * 7);
        assert!(page.contains("(SYNTHETIC)") && !page.contains("NaN") && !page.contains("http://127"));
        let drawing = svg(&reports[0]);
        // Three panels; six lines of skill and the zero, six of each level, two of the stretch.
        assert_eq!((drawing.matches("<g>").count(), drawing.matches("<polyline").count()), (3, 7 + 18 + 2));
        assert!(drawing.contains("ensemble 300 ms ahead"));
    }
}
