//! The geometry of ride-through curves: a pure function from a voltage or frequency over time to what a
//! code requires of the load, with the distance to the curve in time and in value.
//!
//! For each level the longest time beyond it is compared with its minimum time. Both margins are of the
//! curve, not of the load: positive inside the region that must be ridden through. A deeper or a longer
//! excursion never has a better margin.

use super::history::{History, Run, TIME_TOLERANCE_S, VALUE_TOLERANCE};
use super::model::{AtLevel, AtLimit, Band, Bands, Measurement, Timing};

/// Side of the continuous range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Below it.
    Low,
    /// Above it.
    High,
}

/// A level and how long the load must ride through beyond it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// The level in p.u. or hertz.
    pub level: f64,
    /// The minimum time in seconds; `None` if the code's is not known.
    pub minimum_s: Option<f64>,
}

/// A ride-through curve with the rules by which it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// Limits below the continuous range, from its edge down.
    pub low: Vec<Limit>,
    /// Limits above it, from its edge up.
    pub high: Vec<Limit>,
    /// How time is counted.
    pub timing: Timing,
    /// Whether a value on a level is beyond it.
    pub at_level: AtLevel,
    /// Whether exactly the minimum time must be ridden through.
    pub at_limit: AtLimit,
    /// How far a value must come back before an excursion has ended.
    pub hysteresis: f64,
}

/// What a code requires of the load during an excursion.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(tag = "zone", rename_all = "snake_case")]
pub enum Zone {
    /// To ride through all of it.
    MustRide,
    /// To ride through until this instant; from then on it may trip.
    MayTrip {
        /// The instant in seconds.
        from_s: f64,
        /// The level whose minimum time has passed.
        level: f64,
    },
    /// Not known from this instant on: the excursion enters a band whose time is missing.
    Unknown {
        /// The instant in seconds.
        from_s: f64,
        /// The level of the band.
        level: f64,
    },
}

/// One excursion from the continuous range.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Excursion {
    /// Which way.
    pub side: Side,
    /// When the continuous range is left, in seconds.
    pub start_s: f64,
    /// When it is reached again, in seconds; the end of the record if it is not.
    pub end_s: f64,
    /// The record begins inside the excursion: it may have lasted longer.
    pub cut_start: bool,
    /// The record ends inside the excursion.
    pub cut_end: bool,
    /// The value furthest out.
    pub extreme: f64,
    /// What is required.
    #[serde(flatten)]
    pub zone: Zone,
    /// How much longer, in seconds, the excursion could stay beyond the level that binds, until the load may
    /// trip; negative: for how long it could have.
    pub time_margin_s: Option<f64>,
    /// How much further out the excursion could be until the load may trip; `None`: without end.
    pub value_margin: Option<f64>,
}

impl Excursion {
    /// How long it lasts, in seconds.
    pub fn duration_s(&self) -> f64 {
        self.end_s - self.start_s
    }

    /// Whether a load must ride through all of it.
    pub fn must_ride(&self) -> bool {
        matches!(self.zone, Zone::MustRide)
    }
}

impl Envelope {
    /// The curve of a clause, read by the rules of its code, at a nominal frequency in hertz. The hysteresis
    /// is one of voltage; a curve of frequency has none.
    pub fn new(bands: &Bands, measurement: &Measurement, nominal_hz: f64, hysteresis: f64) -> Self {
        let limit = |band: &Band| Limit { level: band.level, minimum_s: band.minimum(nominal_hz) };
        Self {
            low: bands.low.iter().map(limit).collect(),
            high: bands.high.iter().map(limit).collect(),
            timing: measurement.timing.value,
            at_level: measurement.at_level.value,
            at_limit: measurement.at_limit.value,
            hysteresis,
        }
    }

    /// All excursions on one side, in order.
    pub fn excursions(&self, history: &History, side: Side) -> Vec<Excursion> {
        // The high side is the low side of the negative.
        let sign = if side == Side::Low { 1.0 } else { -1.0 };
        let limits = if side == Side::Low { &self.low } else { &self.high };
        let Some(edge) = limits.first() else { return Vec::new() };
        let history = history.map(|v| sign * v);
        let limits: Vec<Limit> = limits.iter().map(|l| Limit { level: sign * l.level, ..*l }).collect();
        let floor = (side == Side::Low).then_some(0.0);
        self.runs(&history, sign * edge.level)
            .iter()
            .filter_map(|run| {
                let part = history.slice(run.start_s, run.end_s)?;
                let found = self.judge(&part, run, &limits, floor);
                let level = |zone| match zone {
                    Zone::MayTrip { from_s, level } => Zone::MayTrip { from_s, level: sign * level },
                    Zone::Unknown { from_s, level } => Zone::Unknown { from_s, level: sign * level },
                    Zone::MustRide => Zone::MustRide,
                };
                Some(Excursion {
                    side,
                    start_s: run.start_s,
                    end_s: run.end_s,
                    cut_start: run.cut_start,
                    cut_end: run.cut_end,
                    extreme: sign * part.min(),
                    zone: level(found.zone),
                    time_margin_s: found.time_margin_s,
                    value_margin: found.value_margin,
                })
            })
            .collect()
    }

    /// The times beyond a level.
    fn runs(&self, history: &History, level: f64) -> Vec<Run> {
        let edge = match self.at_level {
            AtLevel::Within => level - VALUE_TOLERANCE,
            AtLevel::Beyond => level + VALUE_TOLERANCE,
        };
        history.runs_below(edge, self.hysteresis)
    }

    /// Whether a time is longer than a minimum, by the rule for exactly the minimum.
    fn exceeds(&self, time_s: f64, minimum_s: f64) -> bool {
        match self.at_limit {
            AtLimit::MustRide => time_s > minimum_s + TIME_TOLERANCE_S,
            AtLimit::MayTrip => time_s >= minimum_s - TIME_TOLERANCE_S,
        }
    }

    fn judge(&self, part: &History, event: &Run, limits: &[Limit], floor: Option<f64>) -> Judged {
        let mut time_margin: Option<f64> = None;
        let mut value_margin = floor.map(|floor| part.min() - floor);
        let mut left: Option<(f64, f64)> = None;
        let mut unknown: Option<(f64, f64)> = None;
        let earlier = |new: (f64, f64), old: Option<(f64, f64)>| match old {
            Some(old) if old.0 <= new.0 => Some(old),
            _ => Some(new),
        };
        for limit in limits {
            // Of an unknown time nothing may be used up.
            let minimum = limit.minimum_s.unwrap_or(0.0);
            if let Some(depth) = self.depth(part, event, minimum) {
                let margin = depth - limit.level;
                value_margin = Some(value_margin.map_or(margin, |least| least.min(margin)));
            }
            for run in self.runs(part, limit.level) {
                let counted_from = match self.timing {
                    Timing::BeyondLevel => run.start_s,
                    Timing::Profile => event.start_s,
                };
                if limit.minimum_s.is_none() {
                    unknown = earlier((run.start_s, limit.level), unknown);
                    continue;
                }
                let time = run.end_s - counted_from;
                time_margin = Some(time_margin.map_or(minimum - time, |least| least.min(minimum - time)));
                if self.exceeds(time, minimum) {
                    left = earlier(((counted_from + minimum).max(run.start_s), limit.level), left);
                }
            }
        }
        let zone = match (left, unknown) {
            (Some(l), Some(u)) if u.0 < l.0 => Zone::Unknown { from_s: u.0, level: u.1 },
            (Some(l), _) => Zone::MayTrip { from_s: l.0, level: l.1 },
            (None, Some(u)) => Zone::Unknown { from_s: u.0, level: u.1 },
            (None, None) => Zone::MustRide,
        };
        Judged { zone, time_margin_s: time_margin, value_margin }
    }

    /// How deep the excursion is after, or for longer than, a minimum time; `None` if it is no longer than
    /// that.
    fn depth(&self, part: &History, event: &Run, minimum_s: f64) -> Option<f64> {
        if !self.exceeds(event.duration_s(), minimum_s) {
            return None;
        }
        match self.timing {
            Timing::BeyondLevel => part.sustained_low(|time| self.exceeds(time, minimum_s)),
            Timing::Profile => part.slice(event.start_s + minimum_s, event.end_s).map(|rest| rest.min()),
        }
    }
}

struct Judged {
    zone: Zone,
    time_margin_s: Option<f64>,
    value_margin: Option<f64>,
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
