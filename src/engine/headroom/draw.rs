//! Pictures of a study: load, grid power and charge of some runs, side by side.

use super::STEP_S;
use super::run::Run;
use crate::plot::{Frame, Ink, Panel, escape, style};

const LEFT: f64 = 60.0;
const WIDE: f64 = 820.0;
const HIGH: f64 = 150.0;
const AXIS: f64 = 48.0;

/// A run under a title.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// What it is.
    pub title: &'a str,
    /// The run.
    pub run: &'a Run,
}

/// Load (grey) and AC input (orange) of runs, one above the other, in kW; the last panel is the charge of each in percent.
pub fn svg(title: &str, rows: &[Row<'_>], limit_w: f64) -> String {
    let length_s = rows.first().map_or(1.0, |r| r.run.flows.len() as f64 * STEP_S);
    let most =
        rows.iter().flat_map(|r| &r.run.flows).map(|f| f.load_w.max(f.input_w)).fold(limit_w, f64::max) / 1e3;
    let line = |run: &Run, value: &dyn Fn(&super::shelf::Flow) -> f64| -> Vec<(f64, f64)> {
        run.flows.iter().enumerate().map(|(i, f)| (i as f64 * STEP_S, value(f))).collect()
    };
    let mut body = String::new();
    let mut top = 64.0;
    for row in rows {
        let frame = Frame { left: LEFT, right: LEFT + WIDE, top, bottom: top + HIGH };
        let mut panel = Panel::new(
            &format!("{}: load (grey), AC input, kW", row.title),
            (0.0, length_s),
            (0.0, most * 1.05),
            frame,
        );
        panel.line(&line(row.run, &|f| f.load_w / 1e3), Ink::FORBIDDEN);
        panel.line(&line(row.run, &|f| f.input_w / 1e3), Ink::POWER);
        panel.line(&[(0.0, limit_w / 1e3), (length_s, limit_w / 1e3)], Ink::FAILED);
        body += &panel.finish();
        top += HIGH + AXIS;
    }
    let frame = Frame { left: LEFT, right: LEFT + WIDE, top, bottom: top + HIGH };
    let charges = rows.iter().flat_map(|r| &r.run.flows).map(|f| f.state_of_charge * 100.0);
    let (low, high) = charges.fold((100.0f64, 0.0f64), |(low, high), c| (low.min(c), high.max(c)));
    let mut panel = Panel::new("state of charge of each, %", (0.0, length_s), (low - 0.2, high + 0.2), frame);
    for (row, ink) in rows.iter().zip([Ink::FORBIDDEN, Ink::VOLTAGE, Ink::FREQUENCY, Ink::SWELL, Ink::BAND]) {
        panel.line(&line(row.run, &|f| f.state_of_charge * 100.0), ink);
    }
    body += &panel.finish();
    let (width, height) = (LEFT + WIDE + 20.0, top + HIGH + AXIS);
    let title = escape(&format!("Simulated: {title}"));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n<title>{title}</title>\n<style>{}</style>\n\
         <rect class=\"paper\" width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text class=\"ink\" x=\"{LEFT}\" y=\"26\" font-size=\"16\">{title}</text>\n{body}</svg>\n",
        style()
    )
}
