//! Whether what is played stays inside what a grid code asks to be ridden: voltage, frequency and the rate of its change.

use super::RideClaims;
use super::code::{Edge, GridCode};
use super::profile::{GENTLE_HZ_PER_S, Profile, SOME_HZ};

/// How far the voltage is from the nominal one, in p.u., and the frequency, as a share, while nothing happens: what grids are
/// at all the time (EN 50160).
const CALM_PU: f64 = 0.1;
const CALM_HZ: f64 = 0.01;
/// Share by which the rate of a ramp of whole milliseconds may be above what was asked for.
const ROUNDED: f64 = 0.01;

/// A part of a profile: how long it is, in seconds, the lowest and the highest phase in p.u., and the frequencies that it
/// begins and ends with, in hertz.
struct Part {
    seconds: f64,
    low_pu: f64,
    high_pu: f64,
    hertz: [f64; 2],
}

impl Part {
    fn low_hz(&self) -> f64 {
        self.hertz[0].min(self.hertz[1])
    }

    fn high_hz(&self) -> f64 {
        self.hertz[0].max(self.hertz[1])
    }
}

/// Each point as a ramp and what it holds.
fn parts(profile: &Profile, nominal_v: f64) -> Vec<Part> {
    let ends = profile.points.iter().skip(1).map(|point| point.at_ms).chain([profile.length_ms]);
    let mut from = profile.points.first();
    let mut found = Vec::new();
    for (point, end) in profile.points.iter().zip(ends) {
        let before = from.replace(point).unwrap_or(point);
        let ramp_ms = point.over_ms.min(end.saturating_sub(point.at_ms));
        let held_ms = end.saturating_sub(point.at_ms + ramp_ms);
        for (ms, begin) in [(ramp_ms, before), (held_ms, point)] {
            let volts = || begin.rms_v.into_iter().chain(point.rms_v);
            found.push(Part {
                seconds: f64::from(ms) / 1000.0,
                low_pu: volts().fold(f64::INFINITY, f64::min) / nominal_v,
                high_pu: volts().fold(0.0, f64::max) / nominal_v,
                hertz: [begin.frequency_hz, point.frequency_hz],
            });
        }
    }
    found.retain(|part| part.seconds > 0.0);
    found
}

/// Whether no time beyond an edge is longer than its minimum. `beyond` says whether a part is beyond a level.
fn fits(edges: &[Edge], parts: &[Part], beyond: impl Fn(&Part, f64) -> bool) -> bool {
    edges.iter().all(|edge| {
        parts.split(|part| !beyond(part, edge.level)).all(|run| {
            let seconds: f64 = run.iter().map(|part| part.seconds).sum();
            run.is_empty() || edge.minimum_s.is_some_and(|least| seconds <= least)
        })
    })
}

fn voltage(code: &GridCode, parts: &[Part], nominal_hz: f64) -> bool {
    let calm = || parts.iter().all(|p| p.low_pu > 1.0 - CALM_PU && p.high_pu < 1.0 + CALM_PU);
    code.voltage(nominal_hz).map_or_else(calm, |(low, high)| {
        fits(&low, parts, |part, level| part.low_pu < level)
            && fits(&high, parts, |part, level| part.high_pu > level)
    })
}

fn frequency(code: &GridCode, parts: &[Part], nominal_hz: f64) -> bool {
    // Where the code as known here has a rate and no band, it goes as far as it is played.
    let far_hz = if code.rocof().is_some() { SOME_HZ } else { CALM_HZ * nominal_hz };
    let calm =
        || parts.iter().all(|p| p.low_hz() >= nominal_hz - far_hz && p.high_hz() <= nominal_hz + far_hz);
    code.frequency(nominal_hz).map_or_else(calm, |(low, high)| {
        fits(&low, parts, |part, level| part.low_hz() < level)
            && fits(&high, parts, |part, level| part.high_hz() > level)
    })
}

/// Whether voltage and frequency stay where this code asks to be ridden; its rate of change is not looked at.
pub(crate) fn inside(profile: &Profile, code: &GridCode, claims: &RideClaims) -> bool {
    let parts = parts(profile, claims.nominal_v);
    voltage(code, &parts, claims.nominal_hz) && frequency(code, &parts, claims.nominal_hz)
}

/// Whether a profile stays inside what the codes ask to be ridden, one of them at least for voltage and frequency, and
/// changes the frequency no faster than one of them says, or 1 Hz/s. Without leave for disruption nothing else is played.
pub(crate) fn inside_curve(profile: &Profile, codes: &[GridCode], claims: &RideClaims) -> bool {
    let most = codes.iter().filter_map(GridCode::rocof).fold(GENTLE_HZ_PER_S, f64::max);
    let gentle = parts(profile, claims.nominal_v)
        .iter()
        .all(|part| (part.high_hz() - part.low_hz()) / part.seconds <= most * (1.0 + ROUNDED));
    let steps = profile.points.windows(2).all(|pair| match pair {
        [from, to] => to.over_ms > 0 || to.frequency_hz.total_cmp(&from.frequency_hz).is_eq(),
        _ => true,
    });
    gentle && steps && codes.iter().any(|code| inside(profile, code, claims))
}

#[cfg(test)]
mod tests;
