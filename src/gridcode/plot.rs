//! A plot of a judgement as SVG: the voltage against the envelope, the power with its recovery band, the
//! frequency. The same input gives the same text.

use super::envelope::{Envelope, Excursion, Limit, Side};
use super::history::History;
use super::model::{GridCode, Rule};
use super::verdict::{Judgement, Signals};
use crate::plot::{Frame, Ink, Panel, escape, number};

/// Width of the plot in pixels.
const WIDTH: f64 = 960.0;
/// Height of a panel in pixels, with its axis.
const HEIGHT: f64 = 240.0;
/// Room for the title and that of the first panel.
const TOP: f64 = 50.0;
/// Room below a drawing for its axis of time.
const BELOW: f64 = 42.0;
/// Time shown before the first and after the last event, in seconds.
const AROUND_S: f64 = 0.5;

const VOLTAGE: Ink = Ink::VOLTAGE;
const SWELL: Ink = Ink::SWELL;
const POWER: Ink = Ink::POWER;
const FREQUENCY: Ink = Ink::FREQUENCY;
const TRIP: Ink = Ink::FORBIDDEN;
const BAND: Ink = Ink::BAND;

/// The plot.
pub fn svg(code: &GridCode, signals: &Signals, judgement: &Judgement) -> String {
    let range = shown(signals, judgement);
    let mut panels: Vec<String> = Vec::new();
    let top = |panels: &Vec<String>| TOP + panels.len() as f64 * HEIGHT;
    if let Some(low) = &signals.low_pu {
        panels.push(voltage(code, signals, judgement, low, range, top(&panels)));
    }
    if let Some(power) = &signals.power_w {
        panels.push(self::power(judgement, power, range, top(&panels)));
    }
    if let Some(frequency) = &signals.frequency_hz {
        let values = span(&[frequency], range);
        let mut panel = Panel::new("frequency, Hz", range, values, frame(top(&panels)));
        line(&mut panel, frequency, range, FREQUENCY);
        panels.push(panel.finish());
    }
    let height = TOP + panels.len() as f64 * HEIGHT;
    let title = escape(&format!("{}: {}", judgement.code, judgement.verdict));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n<title>{title}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n<text x=\"60\" y=\"22\" font-size=\"15\">{title}</text>\n{}</svg>",
        panels.concat()
    )
}

/// Where a panel lies that begins at `top`.
fn frame(top: f64) -> Frame {
    Frame { left: 60.0, right: 940.0, top, bottom: top + HEIGHT - BELOW }
}

/// The part of a history that a panel shows.
fn line(panel: &mut Panel, history: &History, range: (f64, f64), ink: Ink) {
    if let Some(part) = history.slice(range.0, range.1) {
        panel.line(part.points(), ink);
    }
}

/// The time that is shown: around the events, or all there is.
fn shown(signals: &Signals, judgement: &Judgement) -> (f64, f64) {
    let all: Vec<&History> =
        [&signals.low_pu, &signals.power_w, &signals.frequency_hz].into_iter().flatten().collect();
    let start = all.iter().map(|h| h.start_s()).fold(f64::INFINITY, f64::min);
    let end = all.iter().map(|h| h.end_s()).fold(f64::NEG_INFINITY, f64::max);
    let events = judgement.excursions.iter();
    let ends = events.clone().map(|e| e.end_s).chain(judgement.returns.iter().map(|r| r.deadline_s));
    let first = events
        .map(|e| e.start_s)
        .chain(judgement.returns.iter().map(|r| r.from_s))
        .fold(f64::INFINITY, f64::min);
    let last = ends.fold(f64::NEG_INFINITY, f64::max);
    let range = if first.is_finite() {
        (start.max(first - AROUND_S), end.min(last + AROUND_S))
    } else {
        (start, end)
    };
    if range.0.is_finite() && range.1 > range.0 { range } else { (0.0, 1.0) }
}

/// Smallest and largest value of some histories within a range, with a little room.
fn span(histories: &[&History], range: (f64, f64)) -> (f64, f64) {
    let parts: Vec<History> = histories.iter().filter_map(|h| h.slice(range.0, range.1)).collect();
    let low = parts.iter().map(History::min).fold(f64::INFINITY, f64::min);
    let high = parts.iter().map(History::max).fold(f64::NEG_INFINITY, f64::max);
    let room = (0.05 * (high - low)).max(1e-3 * high.abs()).max(1e-6);
    if low.is_finite() && high.is_finite() { (low - room, high + room) } else { (0.0, 1.0) }
}

fn voltage(
    code: &GridCode,
    signals: &Signals,
    judgement: &Judgement,
    low: &History,
    range: (f64, f64),
    top: f64,
) -> String {
    let high = signals.high_pu.as_ref().unwrap_or(low);
    let (_, most) = span(&[low, high], range);
    let mut panel = Panel::new("voltage, p.u.", range, (0.0, most.max(1.25)), frame(top));
    let envelope = code.clauses.iter().find_map(|clause| match &clause.rule {
        Rule::Voltage(bands) => {
            let hz = code.nominal_hz_near(signals.grid_hz).unwrap_or(50.0);
            Some(Envelope::new(bands, &code.measurement, hz, 0.0))
        }
        _ => None,
    });
    for event in &judgement.excursions {
        if let Some(envelope) = &envelope {
            may_trip(&mut panel, envelope, event, range.1);
        }
    }
    if high != low {
        line(&mut panel, high, range, SWELL);
    }
    line(&mut panel, low, range, VOLTAGE);
    for event in &judgement.excursions {
        let margin = event.time_margin_s.map_or_else(String::new, |m| format!(", margin {} s", number(m)));
        let text = format!("{} p.u. for {} s{margin}", number(event.extreme), number(event.duration_s()));
        panel.marker(event.start_s, event.extreme, &text, VOLTAGE);
    }
    panel.finish()
}

/// Shades where the load may trip during an event: beyond the staircase that begins with it. By levels it is
/// exact for a sag of one depth; by a profile always.
fn may_trip(panel: &mut Panel, envelope: &Envelope, event: &Excursion, end_s: f64) {
    let (limits, outer) = match event.side {
        Side::Low => (&envelope.low, 0.0),
        Side::High => (&envelope.high, panel.top_value()),
    };
    let until = end_s.min(event.end_s + AROUND_S);
    // From the deepest level up: each is allowed to be passed after its own time.
    let known: Vec<Limit> = limits.iter().rev().filter(|l| l.minimum_s.is_some()).copied().collect();
    let mut corners = Vec::new();
    let mut value = outer;
    for limit in known {
        let t = event.start_s + limit.minimum_s.unwrap_or(0.0);
        if t >= until {
            break;
        }
        corners.push((t, value));
        corners.push((t, limit.level));
        value = limit.level;
    }
    if corners.is_empty() {
        return;
    }
    corners.push((until, value));
    corners.push((until, outer));
    panel.area(&corners, TRIP);
}

fn power(judgement: &Judgement, power: &History, range: (f64, f64), top: f64) -> String {
    let before = judgement.returns.first().map(|back| back.before_w);
    let (history, title) = match before {
        Some(before) => (power.map(|w| w / before * 100.0), "power, % of that before".to_owned()),
        None => (power.map(|w| w / 1e3), "power, kW".to_owned()),
    };
    let (_, most) = span(&[&history], range);
    let least = history.min().min(0.0);
    let most = if before.is_some() { most.max(115.0) } else { most };
    let mut panel = Panel::new(&title, range, (least, most), frame(top));
    for back in &judgement.returns {
        let share = back.share * 100.0;
        let forbidden =
            [(back.deadline_s, least), (back.deadline_s, share), (range.1, share), (range.1, least)];
        panel.area(&forbidden, TRIP);
        panel.vertical(back.from_s, "voltage back", BAND);
        panel.vertical(back.deadline_s, "budget ends", BAND);
    }
    line(&mut panel, &history, range, POWER);
    for back in &judgement.returns {
        if let Some(settled) = back.settled_s {
            let text = format!("{} % after {} s", number(back.share * 100.0), number(settled - back.from_s));
            panel.marker(settled, back.share * 100.0, &text, POWER);
        }
    }
    panel.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gridcode::find;
    use crate::gridcode::verdict::{Options, judge};

    fn example() -> (GridCode, Signals) {
        let low = History::steps(&[(0.0, 1.0), (10.0, 0.3), (10.4, 1.0)], 60.0).unwrap();
        let power = vec![(0.0, 1e5), (10.0, 1e5), (10.0, 0.0), (11.0, 0.0), (11.0, 1e5), (60.0, 1e5)];
        let signals = Signals {
            high_pu: Some(low.clone()),
            low_pu: Some(low),
            power_w: Some(History::new(power).unwrap()),
            frequency_hz: Some(History::new(vec![(0.0, 60.0), (60.0, 59.9)]).unwrap()),
            ..Signals::default()
        };
        (find("ercot-nogrr282").unwrap(), signals)
    }

    #[test]
    fn the_plot_shows_the_event_the_envelope_and_the_budget() {
        let (code, signals) = example();
        let judgement = judge(&code, &signals, &Options::default());
        let plot = svg(&code, &signals, &judgement);
        assert_eq!(plot, svg(&code, &signals, &judgement));
        for wanted in [
            "voltage, p.u.",
            "power, % of that before",
            "frequency, Hz",
            "0.3 p.u. for 0.4 s, margin -0.15 s",
            "budget ends",
            "90 % after 0.6 s",
        ] {
            assert!(plot.contains(wanted), "{wanted}");
        }
        // From 9.5 s to 12.9 s: around the event and its budget, not the whole minute.
        assert_eq!(shown(&signals, &judgement), (9.5, 12.9));
        assert!(plot.matches("<polygon").count() >= 2, "no envelope");
    }

    #[test]
    fn a_record_without_anything_still_plots() {
        let (code, _) = example();
        let signals = Signals::default();
        let plot = svg(&code, &signals, &judge(&code, &signals, &Options::default()));
        assert!(plot.starts_with("<svg") && plot.ends_with("</svg>"));
    }
}
