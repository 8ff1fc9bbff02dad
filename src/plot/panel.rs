//! One panel of a plot: axes, lines, areas and marks.

use std::fmt::Write as _;

use super::{Ink, escape, number};

/// Pixels of an axis between ticks, about.
const TICK_ROOM: (f64, f64) = (80.0, 33.0);

/// Where the drawing of a panel lies, in pixels; its title (18 above) and the texts of its axes stand outside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Left edge.
    pub left: f64,
    /// Right edge.
    pub right: f64,
    /// Upper edge.
    pub top: f64,
    /// Lower edge.
    pub bottom: f64,
}

/// What stands along the axis to the right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Axis<'a> {
    /// Round numbers with this unit.
    Unit(&'a str),
    /// These texts at these places, of an axis that is not linear.
    Labels(&'a [(f64, &'a str)]),
}

/// A panel while it is drawn.
#[derive(Debug)]
pub struct Panel {
    time: (f64, f64),
    value: (f64, f64),
    frame: Frame,
    body: String,
    marks: usize,
}

impl Panel {
    /// A panel with axes: seconds to the right, `value` upwards.
    pub fn new(title: &str, time: (f64, f64), value: (f64, f64), frame: Frame) -> Self {
        Self::with_axis(title, time, value, frame, Axis::Unit("s"))
    }

    /// A panel whose axis to the right is not time.
    pub fn with_axis(
        title: &str,
        along: (f64, f64),
        value: (f64, f64),
        frame: Frame,
        axis: Axis<'_>,
    ) -> Self {
        let value = if value.1 > value.0 { value } else { (value.0, value.0 + 1.0) };
        let time = if along.1 > along.0 { along } else { (along.0, along.0 + 1.0) };
        let mut panel = Self { time, value, frame, body: String::new(), marks: 0 };
        panel.axes(title, axis);
        panel
    }

    /// The largest value that is shown.
    pub fn top_value(&self) -> f64 {
        self.value.1
    }

    fn x(&self, t: f64) -> f64 {
        self.frame.left
            + (t - self.time.0) / (self.time.1 - self.time.0) * (self.frame.right - self.frame.left)
    }

    fn y(&self, value: f64) -> f64 {
        let inside = value.clamp(self.value.0, self.value.1);
        let share = (inside - self.value.0) / (self.value.1 - self.value.0);
        self.frame.bottom - share * (self.frame.bottom - self.frame.top)
    }

    fn axes(&mut self, title: &str, axis: Axis<'_>) {
        let Frame { left, right, top, bottom } = self.frame;
        let _ = writeln!(
            self.body,
            "<rect x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\" fill=\"none\" class=\"axis\" stroke=\"#444444\"/>",
            right - left,
            bottom - top
        );
        for value in ticks(self.value, ((bottom - top) / TICK_ROOM.1).max(2.0)) {
            let y = self.y(value);
            let _ = writeln!(
                self.body,
                "<line x1=\"{left}\" x2=\"{right}\" y1=\"{y:.2}\" y2=\"{y:.2}\" class=\"rule\" stroke=\"#e3e3e3\"/>\
                 <text class=\"ink\" x=\"{}\" y=\"{:.2}\" text-anchor=\"end\">{}</text>",
                left - 6.0,
                y + 4.0,
                number(value)
            );
        }
        let marks: Vec<(f64, String)> = match axis {
            Axis::Unit(unit) => ticks(self.time, ((right - left) / TICK_ROOM.0).max(2.0))
                .into_iter()
                .map(|t| (t, format!("{} {unit}", number(t))))
                .collect(),
            Axis::Labels(labels) => labels.iter().map(|(t, text)| (*t, escape(text))).collect(),
        };
        for (t, text) in marks {
            let x = self.x(t);
            let _ = writeln!(
                self.body,
                "<line x1=\"{x:.2}\" x2=\"{x:.2}\" y1=\"{bottom}\" y2=\"{}\" class=\"axis\" stroke=\"#444444\"/>\
                 <text class=\"ink\" x=\"{x:.2}\" y=\"{}\" text-anchor=\"middle\">{text}</text>",
                bottom + 4.0,
                bottom + 18.0
            );
        }
        let _ = writeln!(
            self.body,
            "<text class=\"soft\" x=\"{}\" y=\"{}\" fill=\"#444444\">{}</text>",
            left,
            // Above the drawing, where no line runs through it.
            top - 6.0,
            escape(title)
        );
    }

    /// Points of time and value as a line; more points than pixels become the extremes of each pixel. What
    /// lies outside the panel's time is left out: cut the points at its edges.
    pub fn line(&mut self, line: &[(f64, f64)], ink: Ink) {
        let inside = |p: &&(f64, f64)| p.0 >= self.time.0 && p.0 <= self.time.1;
        let shown = line.iter().filter(inside).count();
        let dense = shown as f64 > 2.0 * (self.frame.right - self.frame.left);
        let mut points = String::new();
        let mut column: Option<(i64, [f64; 4])> = None;
        let mut put = |x: f64, y: f64| {
            let _ = write!(points, "{}{x:.2},{y:.2}", if points.is_empty() { "" } else { " " });
        };
        for (t, value) in line.iter().filter(inside) {
            let (x, y) = (self.x(*t), self.y(*value));
            if !dense {
                put(x, y);
                continue;
            }
            let pixel = x as i64;
            column = match column {
                Some((at, [first, low, high, _])) if at == pixel => {
                    Some((at, [first, low.min(y), high.max(y), y]))
                }
                // The first one, too: the line to this pixel ends there.
                Some((at, column)) => {
                    column.into_iter().for_each(|y| put(at as f64, y));
                    Some((pixel, [y; 4]))
                }
                None => Some((pixel, [y; 4])),
            };
        }
        if let Some((at, column)) = column {
            column.into_iter().for_each(|y| put(at as f64, y));
        }
        let _ = writeln!(
            self.body,
            "<polyline class=\"{}\" points=\"{points}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"/>",
            ink.class, ink.light
        );
    }

    /// A shaded area between corners of time and value.
    pub fn area(&mut self, corners: &[(f64, f64)], ink: Ink) {
        let inside = |t: f64| t.clamp(self.time.0, self.time.1);
        let points: Vec<String> =
            corners.iter().map(|(t, v)| format!("{:.2},{:.2}", self.x(inside(*t)), self.y(*v))).collect();
        let _ = writeln!(
            self.body,
            "<polygon class=\"{0}-area\" points=\"{2}\" fill=\"{1}\" fill-opacity=\"0.3\" stroke=\"{1}\"/>",
            ink.class,
            ink.light,
            points.join(" ")
        );
    }

    /// A dashed line at an instant.
    pub fn vertical(&mut self, t: f64, text: &str, ink: Ink) {
        if t < self.time.0 || t > self.time.1 {
            return;
        }
        let (x, Frame { top, bottom, .. }, colour) = (self.x(t), self.frame, ink.light);
        let _ = writeln!(
            self.body,
            "<line class=\"{0}\" x1=\"{x:.2}\" x2=\"{x:.2}\" y1=\"{top}\" y2=\"{bottom}\" stroke=\"{colour}\" stroke-dasharray=\"4 3\"/>\
             <text class=\"{0}-text\" x=\"{1:.2}\" y=\"{2}\" fill=\"{colour}\">{3}</text>",
            ink.class,
            x + 3.0,
            bottom - 6.0,
            escape(text)
        );
    }

    /// A dot with a text beside it; texts of marks that follow each other stand on different lines.
    pub fn marker(&mut self, t: f64, value: f64, text: &str, ink: Ink) {
        if t < self.time.0 || t > self.time.1 {
            return;
        }
        let (x, y, colour) = (self.x(t), self.y(value), ink.light);
        let (anchor, dx) =
            if x > (self.frame.left + self.frame.right) / 2.0 { ("end", -6.0) } else { ("start", 6.0) };
        let dy = 14.0 * (self.marks % 3) as f64;
        self.marks += 1;
        let below = if y + dy + 14.0 > self.frame.bottom - 16.0 { -6.0 - dy } else { 14.0 + dy };
        let _ = writeln!(
            self.body,
            "<circle class=\"{0}-text\" cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"3\" fill=\"{colour}\"/>\
             <text class=\"{0}-text\" x=\"{1:.2}\" y=\"{2:.2}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{3}</text>",
            ink.class,
            x + dx,
            y + below,
            escape(text)
        );
    }

    /// A small dot without a text.
    pub fn dot(&mut self, t: f64, value: f64, ink: Ink) {
        let (x, y) = (self.x(t), self.y(value));
        let _ = write!(
            self.body,
            "<circle class=\"{}-text\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2\" fill=\"{}\" fill-opacity=\"0.7\"/>",
            ink.class, ink.light
        );
    }

    /// A small cross: told from [`dot`](Self::dot) without colours too.
    pub fn cross(&mut self, t: f64, value: f64, ink: Ink) {
        let (x, y) = (self.x(t), self.y(value));
        let _ = write!(
            self.body,
            "<path class=\"{}\" d=\"M{:.1} {:.1}l5 5m0 -5l-5 5\" stroke=\"{}\" fill=\"none\"/>",
            ink.class,
            x - 2.5,
            y - 2.5,
            ink.light
        );
    }

    /// The panel as SVG.
    pub fn finish(self) -> String {
        format!("<g>\n{}</g>\n", self.body)
    }
}

/// Round numbers within a range, about as many as wanted.
fn ticks(range: (f64, f64), wanted: f64) -> Vec<f64> {
    let rough = (range.1 - range.0) / wanted;
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
        assert_eq!(ticks((0.0, 1.3), 6.0), [0.0, 0.5, 1.0]);
        assert_eq!(ticks((9.5, 12.9), 6.0), [10.0, 11.0, 12.0]);
        assert_eq!(ticks((-1.0, 115.0), 6.0), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert!(ticks((0.0, f64::NAN), 6.0).is_empty());
    }

    #[test]
    fn a_dense_line_keeps_its_extremes() {
        let points: Vec<(f64, f64)> =
            (0..100_000).map(|i| (f64::from(i) * 1e-4, if i == 31_234 { 0.2 } else { 1.0 })).collect();
        let frame = Frame { left: 60.0, right: 940.0, top: 0.0, bottom: 200.0 };
        let mut panel = Panel::new("v", (0.0, 10.0), (0.0, 1.0), frame);
        panel.line(&points, Ink::VOLTAGE);
        assert!(panel.body.contains(",160.00"), "the dip to 0.2 is at y = 200 - 0.2 * 200");
        assert!(panel.body.len() < 100_000);
    }
}
