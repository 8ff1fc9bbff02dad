//! One panel of a plot: axes, lines, areas and marks.

use std::fmt::Write as _;

use super::escape;
use crate::gridcode::history::History;
use crate::gridcode::table::number;

/// Width of the plot in pixels.
pub(super) const WIDTH: f64 = 960.0;
/// Left and right edge of the drawing.
const LEFT: f64 = 60.0;
const RIGHT: f64 = 940.0;
/// Room below the drawing for the axis of time.
const BELOW: f64 = 42.0;
/// Ticks wanted on an axis.
const TICKS: f64 = 6.0;

pub(super) struct Panel {
    time: (f64, f64),
    value: (f64, f64),
    top: f64,
    bottom: f64,
    body: String,
    marks: usize,
}

impl Panel {
    pub(super) fn new(title: &str, time: (f64, f64), value: (f64, f64), top: f64, height: f64) -> Self {
        let value = if value.1 > value.0 { value } else { (value.0, value.0 + 1.0) };
        let mut panel =
            Self { time, value, top, bottom: top + height - BELOW, body: String::new(), marks: 0 };
        panel.axes(title);
        panel
    }

    pub(super) fn top_value(&self) -> f64 {
        self.value.1
    }

    fn x(&self, t: f64) -> f64 {
        LEFT + (t - self.time.0) / (self.time.1 - self.time.0) * (RIGHT - LEFT)
    }

    fn y(&self, value: f64) -> f64 {
        let inside = value.clamp(self.value.0, self.value.1);
        self.bottom - (inside - self.value.0) / (self.value.1 - self.value.0) * (self.bottom - self.top)
    }

    fn axes(&mut self, title: &str) {
        let (top, bottom) = (self.top, self.bottom);
        let _ = writeln!(
            self.body,
            "<rect x=\"{LEFT}\" y=\"{top}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#444444\"/>",
            RIGHT - LEFT,
            bottom - top
        );
        for value in ticks(self.value) {
            let y = self.y(value);
            let _ = writeln!(
                self.body,
                "<line x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.2}\" y2=\"{y:.2}\" stroke=\"#e3e3e3\"/>\
                 <text x=\"{}\" y=\"{:.2}\" text-anchor=\"end\">{}</text>",
                LEFT - 6.0,
                y + 4.0,
                number(value)
            );
        }
        for t in ticks(self.time) {
            let x = self.x(t);
            let _ = writeln!(
                self.body,
                "<line x1=\"{x:.2}\" x2=\"{x:.2}\" y1=\"{bottom}\" y2=\"{}\" stroke=\"#444444\"/>\
                 <text x=\"{x:.2}\" y=\"{}\" text-anchor=\"middle\">{} s</text>",
                bottom + 4.0,
                bottom + 18.0,
                number(t)
            );
        }
        let _ = writeln!(
            self.body,
            "<text x=\"{}\" y=\"{}\" fill=\"#444444\">{}</text>",
            LEFT + 6.0,
            top + 15.0,
            escape(title)
        );
    }

    /// A history as a line; more points than pixels become the extremes of each pixel.
    pub(super) fn line(&mut self, history: &History, colour: &str) {
        let Some(part) = history.slice(self.time.0, self.time.1) else { return };
        let mut points = String::new();
        let mut column: Option<(i64, f64, f64, f64)> = None;
        let mut put = |x: f64, y: f64| {
            let _ = write!(points, "{}{x:.2},{y:.2}", if points.is_empty() { "" } else { " " });
        };
        let dense = part.points().len() as f64 > 2.0 * (RIGHT - LEFT);
        for (t, value) in part.points() {
            let (x, y) = (self.x(*t), self.y(*value));
            if !dense {
                put(x, y);
                continue;
            }
            let pixel = x as i64;
            column = match column {
                Some((at, low, high, _)) if at == pixel => Some((at, low.min(y), high.max(y), y)),
                Some((at, low, high, last)) => {
                    for y in [low, high, last] {
                        put(at as f64, y);
                    }
                    Some((pixel, y, y, y))
                }
                None => Some((pixel, y, y, y)),
            };
        }
        if let Some((at, low, high, last)) = column {
            for y in [low, high, last] {
                put(at as f64, y);
            }
        }
        let _ = writeln!(
            self.body,
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>"
        );
    }

    /// A shaded area between corners of time and value.
    pub(super) fn area(&mut self, corners: &[(f64, f64)], colour: &str) {
        let inside = |t: f64| t.clamp(self.time.0, self.time.1);
        let points: Vec<String> =
            corners.iter().map(|(t, v)| format!("{:.2},{:.2}", self.x(inside(*t)), self.y(*v))).collect();
        let _ = writeln!(
            self.body,
            "<polygon points=\"{}\" fill=\"{colour}\" fill-opacity=\"0.3\" stroke=\"{colour}\"/>",
            points.join(" ")
        );
    }

    /// A dashed line at an instant.
    pub(super) fn vertical(&mut self, t: f64, text: &str, colour: &str) {
        if t < self.time.0 || t > self.time.1 {
            return;
        }
        let (x, top, bottom) = (self.x(t), self.top, self.bottom);
        let _ = writeln!(
            self.body,
            "<line x1=\"{x:.2}\" x2=\"{x:.2}\" y1=\"{top}\" y2=\"{bottom}\" stroke=\"{colour}\" stroke-dasharray=\"4 3\"/>\
             <text x=\"{:.2}\" y=\"{}\" fill=\"{colour}\">{}</text>",
            x + 3.0,
            bottom - 6.0,
            escape(text)
        );
    }

    /// A dot with a text beside it; texts of marks that follow each other stand on different lines.
    pub(super) fn marker(&mut self, t: f64, value: f64, text: &str, colour: &str) {
        if t < self.time.0 || t > self.time.1 {
            return;
        }
        let (x, y) = (self.x(t), self.y(value));
        let (anchor, dx) = if x > (LEFT + RIGHT) / 2.0 { ("end", -6.0) } else { ("start", 6.0) };
        let dy = 14.0 * (self.marks % 3) as f64;
        self.marks += 1;
        let below = if y + dy + 14.0 > self.bottom - 16.0 { -6.0 - dy } else { 14.0 + dy };
        let _ = writeln!(
            self.body,
            "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"3\" fill=\"{colour}\"/>\
             <text x=\"{:.2}\" y=\"{:.2}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{}</text>",
            x + dx,
            y + below,
            escape(text)
        );
    }

    pub(super) fn finish(self) -> String {
        format!("<g>\n{}</g>\n", self.body)
    }
}

/// Round numbers within a range, about [`TICKS`] of them.
fn ticks(range: (f64, f64)) -> Vec<f64> {
    let rough = (range.1 - range.0) / TICKS;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * power).into_iter().find(|s| *s >= rough).unwrap_or(rough);
    if !(step.is_finite() && step > 0.0) {
        return Vec::new();
    }
    let (first, last) = ((range.0 / step).ceil(), (range.1 / step).floor());
    // At most some twelve; a range of damaged numbers gives none.
    (0..=20).map(|i| first + f64::from(i)).take_while(|n| *n <= last).map(|n| n * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks((0.0, 1.3)), [0.0, 0.5, 1.0]);
        assert_eq!(ticks((9.5, 12.9)), [10.0, 11.0, 12.0]);
        assert_eq!(ticks((-1.0, 115.0)), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert!(ticks((0.0, f64::NAN)).is_empty());
    }

    #[test]
    fn a_dense_line_keeps_its_extremes() {
        let points =
            (0..100_000).map(|i| (f64::from(i) * 1e-4, if i == 31_234 { 0.2 } else { 1.0 })).collect();
        let mut panel = Panel::new("v", (0.0, 10.0), (0.0, 1.0), 0.0, 242.0);
        panel.line(&History::new(points).unwrap(), "#000000");
        assert!(panel.body.contains(",160.00"), "the dip to 0.2 is at y = 200 - 0.2 * 200");
        assert!(panel.body.len() < 100_000);
    }
}
