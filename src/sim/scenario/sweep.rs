//! Runs the events of an envelope, counts them, and draws the map of survived and failed.

use std::collections::BTreeMap;

use dpo_registers::units::Watts;
use serde::Serialize;

use super::envelope::{Kind, Point};
use super::judge::{self, Outcome};
use super::{RATED_W, Scenario};
use crate::control::policy::Policy;
use crate::gridcode::model::Bands;
use crate::plot::{Axis, Frame, Ink, Panel, escape, style};
use crate::sim::grid::train;
use crate::sim::rack::{Design, Inject, RackError, Reason};

/// When the event begins, in s: a rack has settled when its time begins.
const EVENT_S: f64 = 0.3;
/// How long a run goes on after the event, in s: until the batteries have handed everything back.
const AFTER_S: f64 = 4.0;
/// A load above the rated one is a pulse of this length in s: a PSU trips above 120 % after 100 ms (AE).
const PULSE_S: f64 = 0.09;
/// It begins so long before the event, in s.
const PULSE_AHEAD_S: f64 = 0.005;

/// What became of an event in a design.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fate {
    /// Whether it was survived.
    pub survived: bool,
    /// The first reason why not.
    pub reason: Option<Reason>,
    /// With numbers.
    pub text: String,
    /// Time until 90 % of the power were back, in s.
    pub recovery_s: Option<f64>,
    /// Largest share of the power after.
    pub peak_share: f64,
    /// Lowest and highest bus voltage, V.
    pub bus_v: (f64, f64),
}

/// The scenario of an event.
pub fn scenario(point: &Point, seed: u64) -> Scenario {
    let mut scenario = Scenario::new(&format!("event-{}", point.index), "an event of the envelope", seed);
    scenario.seed = seed.wrapping_mul(0x9E37_79B9).wrapping_add(point.index as u64);
    scenario.event_s = EVENT_S;
    scenario.grid.voltage = train(&[point.sag(EVENT_S)]);
    scenario.load = point.load.min(1.0);
    (scenario.charge, scenario.packs_rest) = (point.charge, true);
    if point.load > 1.0 {
        let from_s = EVENT_S - PULSE_AHEAD_S;
        scenario.happens = vec![
            (from_s, Inject::Load(Watts(point.load * RATED_W))),
            (from_s + PULSE_S, Inject::Load(Watts(RATED_W))),
        ];
    }
    // A point on wave comes at most a cycle later.
    scenario.length_s = EVENT_S + 1.0 / 60.0 + point.duration_s + AFTER_S;
    scenario
}

/// Runs an event for a design.
///
/// # Errors
/// [`RackError`] names what cannot be simulated.
pub fn fate(point: &Point, design: Design, seed: u64) -> Result<Fate, RackError> {
    let scenario = scenario(point, seed);
    let run = super::run(&scenario, design, &super::whole)?;
    let Outcome { survived, failures, dips, notes, .. } = judge::outcome(&scenario, &run, None);
    let first = failures.first();
    Ok(Fate {
        survived,
        reason: first.map(|f| f.reason),
        text: first.map_or_else(String::new, |f| f.text.clone()),
        recovery_s: dips.last().and_then(|dip| dip.recovery_s),
        peak_share: dips.last().map_or(f64::NAN, |dip| dip.peak_share),
        bus_v: (notes.bus_low_v.value, notes.bus_high_v.value),
    })
}

/// The charge that the policy keeps in reserve.
pub fn reserve() -> f64 {
    Policy::default().battery.reserve.0
}

/// What the project says must hold: inside the curve, load to 100 %, charge not below the reserve.
pub fn must_hold(point: &Point, reserve: f64) -> bool {
    point.inside && point.load <= 1.0 && point.charge >= reserve
}

/// How many survived.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Count {
    /// Events.
    pub events: usize,
    /// Of them survived.
    pub survived: usize,
    /// The others by their first reason.
    pub failed: BTreeMap<Reason, usize>,
    /// The slowest recovery of those survived, in s.
    pub slowest_recovery_s: Option<f64>,
    /// The largest share of power after, of those survived.
    pub peak_share: Option<f64>,
    /// Lowest and highest bus voltage of those survived, V.
    pub bus_v: Option<(f64, f64)>,
}

impl Count {
    /// Counts an event.
    pub fn add(&mut self, fate: &Fate) {
        self.events += 1;
        if let Some(reason) = fate.reason {
            *self.failed.entry(reason).or_default() += 1;
            return;
        }
        self.survived += 1;
        let most = |old: Option<f64>, new: f64| {
            if new.is_finite() { Some(old.map_or(new, |o| o.max(new))) } else { old }
        };
        self.slowest_recovery_s = most(self.slowest_recovery_s, fate.recovery_s.unwrap_or(f64::NAN));
        self.peak_share = most(self.peak_share, fate.peak_share);
        let (low, high) = self.bus_v.unwrap_or(fate.bus_v);
        self.bus_v = Some((low.min(fate.bus_v.0), high.max(fate.bus_v.1)));
    }
}

/// Counts of a design.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Counts {
    /// Inside the curve, load to 100 %, charge not below the reserve.
    pub must_hold: Count,
    /// Of those, the events by what changes.
    pub must_hold_by_kind: BTreeMap<Kind, Count>,
    /// Inside the curve, but more load or less charge.
    pub inside_beyond: Count,
    /// Beyond the curve.
    pub beyond_curve: Count,
}

impl Counts {
    /// Counts events.
    pub fn of<'a>(fates: impl Iterator<Item = (&'a Point, &'a Fate)>, reserve: f64) -> Self {
        let mut counts = Self::default();
        for (point, fate) in fates {
            let class = if must_hold(point, reserve) {
                counts.must_hold_by_kind.entry(point.kind).or_default().add(fate);
                &mut counts.must_hold
            } else if point.inside {
                &mut counts.inside_beyond
            } else {
                &mut counts.beyond_curve
            };
            class.add(fate);
        }
        counts
    }
}

const WIDE: f64 = 360.0;
const HIGH: f64 = 300.0;
const LEFT: f64 = 54.0;
const GAP: f64 = 14.0;
const TOP: f64 = 92.0;
const AXIS: f64 = 58.0;
/// Times on the axis of durations, which is logarithmic.
const TIMES: [(f64, &str); 8] = [
    (0.01, "10 ms"),
    (0.03, "30"),
    (0.1, "100"),
    (0.2, "200"),
    (0.5, "500"),
    (1.0, "1 s"),
    (2.0, "2"),
    (5.0, "5 s"),
];

/// The map: for each design voltage by duration with the curve, and below it charge by load of the events inside.
pub fn map(code: &str, bands: &Bands, points: &[Point], designs: &[(Design, Vec<Fate>)]) -> String {
    let width = (LEFT + WIDE + GAP) * designs.len() as f64 + 4.0;
    let height = TOP + 2.0 * (HIGH + AXIS);
    let mut body = String::new();
    for (index, (design, fates)) in designs.iter().enumerate() {
        let left = LEFT + index as f64 * (LEFT + WIDE + GAP);
        let survived = fates.iter().filter(|f| f.survived).count();
        body += &format!(
            "<text class=\"ink\" x=\"{left}\" y=\"48\" font-size=\"14\">{}</text>\n\
             <text class=\"soft\" x=\"{left}\" y=\"66\" fill=\"#444444\">{survived} of {} survived (dots); failed: crosses</text>\n",
            escape(&design.title()),
            fates.len()
        );
        let frame = |row: f64| Frame {
            left,
            right: left + WIDE,
            top: TOP + row * (HIGH + AXIS),
            bottom: TOP + row * (HIGH + AXIS) + HIGH,
        };
        body += &depth_by_time(bands, points, fates, frame(0.0));
        body += &charge_by_load(points, fates, frame(1.0));
    }
    let title = escape(&format!("Simulated: {} events along the curve of {code}", points.len()));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n<title>{title}</title>\n<style>{}</style>\n\
         <rect class=\"paper\" width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text class=\"ink\" x=\"{LEFT}\" y=\"24\" font-size=\"16\">{title}</text>\n{body}</svg>\n",
        style()
    )
}

fn depth_by_time(bands: &Bands, points: &[Point], fates: &[Fate], frame: Frame) -> String {
    let along = (-2.4, 0.9);
    let title = "voltage, p.u., by duration; shaded: must be ridden";
    let times = TIMES.map(|(s, text)| (s.log10(), text));
    let mut panel = Panel::with_axis(title, along, (0.0, 1.3), frame, Axis::Labels(&times));
    for (list, sign) in [(&bands.low, -1.0), (&bands.high, 1.0)] {
        // A band reaches to the next level, or to the edge of the picture.
        let edge = if sign < 0.0 { 0.0 } else { 1.3 };
        for (index, band) in list.iter().enumerate() {
            let Some(least) = band.minimum(60.0).filter(|s| *s > 0.0) else { continue };
            let next = list.get(index + 1).map_or(edge, |b| b.level);
            let (from, to) = (along.0, least.log10().clamp(along.0, along.1));
            panel.area(&[(from, band.level), (to, band.level), (to, next), (from, next)], Ink::BAND);
        }
    }
    for (point, fate) in points.iter().zip(fates) {
        mark(&mut panel, point.duration_s.log10(), point.voltage_pu, fate);
    }
    panel.finish()
}

fn charge_by_load(points: &[Point], fates: &[Fate], frame: Frame) -> String {
    let title = "state of charge, %, by load, % (events inside the curve)";
    let mut panel = Panel::with_axis(title, (10.0, 160.0), (0.0, 110.0), frame, Axis::Unit("%"));
    panel.vertical(100.0, "pulses", Ink::FORBIDDEN);
    for (point, fate) in points.iter().zip(fates).filter(|(p, _)| p.inside) {
        mark(&mut panel, point.load * 100.0, point.charge * 100.0, fate);
    }
    panel.finish()
}

fn mark(panel: &mut Panel, along: f64, value: f64, fate: &Fate) {
    if fate.survived {
        panel.dot(along, value, Ink::VOLTAGE);
    } else {
        panel.cross(along, value, Ink::FAILED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packs that rest are charged by nobody within the run, so a gateway that may write the recharge alone changes
    /// nothing: to the last bit.
    #[test]
    fn a_gateway_on_devices_of_today_leaves_an_event_as_it_is() {
        for (voltage_pu, duration_s, kind) in
            [(0.3, 0.005, Kind::Three), (0.5, 0.06, Kind::Two), (0.4, 0.03, Kind::One)]
        {
            let point = Point {
                index: 7,
                voltage_pu,
                retained_pu: voltage_pu,
                jump_deg: 0.0,
                duration_s,
                kind,
                point_on_wave_deg: 40.0,
                load: 0.4,
                charge: 0.6,
                inside: true,
            };
            let scenario = scenario(&point, 1);
            let run = |design| super::super::run(&scenario, design, &super::super::whole).unwrap();
            let (without, with) = (run(Design::Conventional), run(Design::Today));
            assert!(without.traces == with.traces, "{point:?}");
            assert!(
                without.traces.grid_w.low_within(0.3, 0.4)
                    < 0.9 * without.traces.grid_w.low_within(0.1, 0.25)
            );
        }
    }

    #[test]
    fn reasons_are_counted_and_extremes_kept() {
        let fate = |reason: Option<Reason>, recovery: f64| Fate {
            survived: reason.is_none(),
            reason,
            text: String::new(),
            recovery_s: Some(recovery),
            peak_share: 1.0,
            bus_v: (47.0, 51.0),
        };
        let mut count = Count::default();
        for one in [
            fate(None, 0.2),
            fate(Some(Reason::Energy), 9.0),
            fate(None, 0.4),
            fate(Some(Reason::Energy), 8.0),
        ] {
            count.add(&one);
        }
        assert_eq!((count.events, count.survived, count.failed[&Reason::Energy]), (4, 2, 2));
        assert_eq!(count.slowest_recovery_s, Some(0.4), "of those survived");
    }
}
