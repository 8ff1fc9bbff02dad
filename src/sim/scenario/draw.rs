//! Runs side by side: one column a design, four panels each: grid voltage, grid-visible power, bus voltage,
//! power of PSUs and BBUs.

use crate::plot::{Frame, Ink, Panel, escape, style};
use crate::sim::rack::{Trace, Traces};

/// Width of a column's drawing, room left of it and between columns, in pixels.
const WIDE: f64 = 330.0;
const LEFT: f64 = 54.0;
const GAP: f64 = 16.0;
/// Height of a panel's drawing and what its axis and the title of the next need, in pixels.
const HIGH: f64 = 150.0;
const AXIS: f64 = 46.0;
/// Room for the titles.
const TOP: f64 = 98.0;

/// The busbar's range in V: Open Rack V3 Base 1.1, 12.1.
pub const BUS_RANGE_V: (f64, f64) = (46.0, 52.0);

/// A run with what stands above it.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// The design.
    pub title: &'a str,
    /// The verdict in a few words.
    pub verdict: &'a str,
    /// Whether the run is what was asked for.
    pub good: bool,
    /// The traces.
    pub traces: &'a Traces,
}

/// The picture of a time of some runs. Panels of a row have the same axis.
pub fn svg(title: &str, columns: &[Column<'_>], from_s: f64, to_s: f64) -> String {
    let time = (from_s, to_s);
    let width = (LEFT + WIDE + GAP) * columns.len().max(1) as f64 + 4.0;
    let height = TOP + 4.0 * (HIGH + AXIS) + 6.0;
    let spans = Row::ALL.map(|row| row.span(columns, time));
    let mut body = String::new();
    for (index, column) in columns.iter().enumerate() {
        let left = LEFT + index as f64 * (LEFT + WIDE + GAP);
        let ink = if column.good { Ink::BAND } else { Ink::FAILED };
        body += &format!(
            "<text class=\"ink\" x=\"{left}\" y=\"52\" font-size=\"14\">{}</text>\n\
             <text class=\"{}-text\" x=\"{left}\" y=\"71\" fill=\"{}\">{}</text>\n",
            escape(column.title),
            ink.class,
            ink.light,
            escape(column.verdict)
        );
        for ((row, span), number) in Row::ALL.iter().zip(spans).zip(0_u8..) {
            let top = TOP + f64::from(number) * (HIGH + AXIS);
            let frame = Frame { left, right: left + WIDE, top, bottom: top + HIGH };
            body += &row.draw(column.traces, time, span, frame);
        }
    }
    let title = escape(&format!("Simulated: {title}"));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n<title>{title}</title>\n<style>{}</style>\n\
         <rect class=\"paper\" width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text class=\"ink\" x=\"{LEFT}\" y=\"24\" font-size=\"16\">{title}</text>\n{body}</svg>\n",
        style()
    )
}

/// A row of panels.
#[derive(Debug, Clone, Copy)]
enum Row {
    Voltage,
    Grid,
    Bus,
    Units,
}

impl Row {
    const ALL: [Self; 4] = [Self::Voltage, Self::Grid, Self::Bus, Self::Units];

    fn title(self) -> &'static str {
        match self {
            Self::Voltage => "grid voltage L1 L2 L3, p.u. (half cycle)",
            Self::Grid => "power from the grid, kW (one cycle)",
            Self::Bus => "bus voltage, V",
            Self::Units => "PSUs (orange) and BBUs (green) at the bus, kW",
        }
    }

    /// Traces of the row, the factor to the unit of its axis, and their colours.
    fn traces(self, traces: &Traces) -> (Vec<(&Trace, Ink)>, f64) {
        match self {
            Self::Voltage => {
                let [a, b, c] = &traces.phase_pu;
                (vec![(a, Ink::VOLTAGE), (b, Ink::SWELL), (c, Ink::FREQUENCY)], 1.0)
            }
            Self::Grid => (vec![(&traces.grid_w, Ink::POWER)], 1e-3),
            Self::Bus => (vec![(&traces.bus_v, Ink::VOLTAGE)], 1.0),
            Self::Units => (vec![(&traces.psu_w, Ink::POWER), (&traces.bbu_w, Ink::FREQUENCY)], 1e-3),
        }
    }

    /// The axis that holds this row of all columns.
    fn span(self, columns: &[Column<'_>], (from_s, to_s): (f64, f64)) -> (f64, f64) {
        let (mut low, mut high) = match self {
            Self::Voltage => (0.0, 1.1),
            Self::Grid | Self::Units => (0.0, 0.0),
            Self::Bus => (BUS_RANGE_V.0 - 0.5, BUS_RANGE_V.1 + 0.5),
        };
        for column in columns {
            let (traces, unit) = self.traces(column.traces);
            for (trace, _) in traces {
                let (least, most) = (trace.low_within(from_s, to_s), trace.high_within(from_s, to_s));
                if least.is_finite() && most.is_finite() {
                    low = low.min(least * unit);
                    high = high.max(most * unit);
                }
            }
        }
        let room = if matches!(self, Self::Grid | Self::Units) { 0.05 * (high - low) } else { 0.0 };
        (if low < 0.0 { low - room } else { low }, high + room)
    }

    fn draw(self, traces: &Traces, time: (f64, f64), span: (f64, f64), frame: Frame) -> String {
        let mut panel = Panel::new(self.title(), time, span, frame);
        if matches!(self, Self::Bus) {
            let (least, most) = BUS_RANGE_V;
            for (from, to) in [(span.0, least), (most, span.1)] {
                panel.area(&[(time.0, from), (time.0, to), (time.1, to), (time.1, from)], Ink::FORBIDDEN);
            }
        }
        let (lines, unit) = self.traces(traces);
        for (trace, ink) in lines {
            let points: Vec<(f64, f64)> = trace
                .points()
                .into_iter()
                .filter(|p| p.0 >= time.0 && p.0 <= time.1)
                .map(|(t, v)| (t, v * unit))
                .collect();
            panel.line(&thin(&points), ink);
        }
        panel.finish()
    }
}

/// Leaves out points on a flat stretch: they draw nothing and make the file large.
fn thin(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut out: Vec<(f64, f64)> = Vec::with_capacity(points.len());
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-4 * a.abs().max(1e-3);
    for (index, point) in points.iter().enumerate() {
        let flat = match (out.last(), points.get(index + 1)) {
            (Some(before), Some(after)) => near(before.1, point.1) && near(point.1, after.1),
            _ => false,
        };
        if !flat {
            out.push(*point);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::rack::Values;

    fn traces() -> Traces {
        let mut traces = Traces::new(50e-6, 20);
        for i in 0..20_000 {
            let sag = (4000..7000).contains(&i);
            traces.push(&Values {
                phase_pu: [if sag { 0.2 } else { 1.0 }, 1.0, 1.0],
                low_pu: if sag { 0.2 } else { 1.0 },
                high_pu: 1.0,
                hertz: 60.0,
                grid_w: if sag { 0.0 } else { 9300.0 },
                bus_v: if sag { 47.75 } else { 50.75 },
                psu_w: if sag { 0.0 } else { 9000.0 },
                bbu_w: if sag { 9000.0 } else { 0.0 },
            });
        }
        traces
    }

    #[test]
    fn columns_stand_side_by_side_and_say_that_they_are_simulated() {
        let traces = traces();
        let column = |title| Column { title, verdict: "ridden <through>", good: true, traces: &traces };
        let columns = [column("one"), column("two"), column("three")];
        let picture = svg("a sag", &columns, 0.0, 1.0);
        assert_eq!(picture, svg("a sag", &columns, 0.0, 1.0));
        assert!(picture.contains("<title>Simulated: a sag</title>"));
        assert_eq!(picture.matches("bus voltage, V").count(), 3);
        assert_eq!(picture.matches("ridden &lt;through&gt;").count(), 3);
        assert!(picture.contains("prefers-color-scheme:dark"));
        assert!(picture.len() < 40_000, "{} bytes", picture.len());
    }
}
