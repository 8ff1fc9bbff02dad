//! What is noted while a rack runs: the worst that happened, when, and in what state the devices were then.

use serde::Serialize;

/// Range of the bus voltage in V: Open Rack V3 Base 1.1, 12.1.
pub const BUS_RANGE_V: (f64, f64) = (46.0, 52.0);

/// The state of the devices that tells why something failed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Condition {
    /// PSUs whose input stage runs.
    pub pfc_running: usize,
    /// PSUs whose output is on.
    pub psus_on: usize,
    /// BBUs that deliver.
    pub bbus_supporting: usize,
    /// BBUs that could deliver and do not yet.
    pub bbus_waiting: usize,
    /// BBUs that stopped: empty, or on for as long as they may.
    pub bbus_spent: usize,
    /// Power of the BBUs at the bus, W.
    pub bbu_w: f64,
    /// The most that they could give, W.
    pub bbu_most_w: f64,
    /// Power of the load that runs, W.
    pub load_w: f64,
}

/// Why a rack did not ride through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The batteries were empty.
    Energy,
    /// The batteries gave all they can.
    Power,
    /// The batteries did not deliver yet.
    DetectionTime,
    /// The PSUs had not started again.
    PsuRestart,
    /// PSUs tripped: they carried more than they may for others whose phase was low.
    PsuTrip,
    /// The batteries delivered, but the bus left its range.
    BusLimit,
    /// The power came back, but too slowly or not to its share.
    Slope,
    /// More power was drawn than before.
    Overshoot,
    /// The power rose faster than it may.
    RampLimit,
}

impl Reason {
    /// In words.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Energy => "energy",
            Self::Power => "power",
            Self::DetectionTime => "detection time",
            Self::PsuRestart => "PSU restart",
            Self::PsuTrip => "PSU overload",
            Self::BusLimit => "bus limit",
            Self::Slope => "slope of the recovery",
            Self::Overshoot => "overshoot",
            Self::RampLimit => "ramp limit",
        }
    }
}

impl Condition {
    /// Why the bus left its range, or the load stopped, in this state.
    pub fn bus_reason(&self) -> Reason {
        if self.bbus_supporting == 0 {
            return if self.bbus_waiting > 0 { Reason::DetectionTime } else { Reason::Energy };
        }
        // Within a hundredth: the limit is the converter's, the current is the bus's.
        if self.bbu_w >= 0.99 * self.bbu_most_w {
            return if self.bbus_spent > 0 { Reason::Energy } else { Reason::Power };
        }
        Reason::BusLimit
    }
}

/// A value with its time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct At {
    /// When, in s.
    pub at_s: f64,
    /// What.
    pub value: f64,
}

/// What was noted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notes {
    /// Lowest bus voltage, V.
    pub bus_low_v: At,
    /// Highest bus voltage, V.
    pub bus_high_v: At,
    /// When the bus left its range for the first time, and the state then.
    pub bus_left: Option<(f64, Condition)>,
    /// When a part of the load stopped for the first time, and the state then.
    pub load_lost: Option<(f64, Condition)>,
    /// When no input stage ran any more, for the first time, in s.
    pub pfc_off_s: Option<f64>,
    /// When a PSU tripped for the first time, in s.
    pub psu_tripped_s: Option<f64>,
    /// When the gateway first drove its support line, in s.
    pub support_line_s: Option<f64>,
    /// When a BBU first delivered, in s.
    pub bbu_on_s: Option<f64>,
    /// When all input stages ran and all outputs were on again after that, for the last time, in s.
    pub psus_back_s: Option<f64>,
    /// Energy that the BBUs gave to the bus, J.
    pub bbu_out_j: f64,
    /// Lowest state of charge of a BBU at the end.
    pub charge_end: f64,
    /// For how long the gateway said that the batteries carry the load, at the worst moment, in s.
    pub least_ride_through_s: Option<f64>,
    /// Writes that the gateway sent.
    pub writes: u32,
}

/// What is seen in a step, for the notes.
#[derive(Debug, Clone, Copy)]
pub struct Glance {
    /// Time in s.
    pub now_s: f64,
    /// Bus voltage, V.
    pub bus_v: f64,
    /// Whether the load runs.
    pub load_runs: bool,
    /// Power of the BBUs at the bus, W.
    pub bbu_w: f64,
    /// The support line.
    pub support_line: bool,
    /// PSUs in their slots whose input stage runs.
    pub pfc_running: usize,
    /// PSUs whose output is on.
    pub psus_on: usize,
    /// PSUs that are there and have not failed.
    pub psus: usize,
    /// Whether a BBU delivers.
    pub bbu_on: bool,
    /// Whether a PSU rests after a trip.
    pub psu_tripped: bool,
}

impl Notes {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            bus_low_v: At { at_s: 0.0, value: f64::INFINITY },
            bus_high_v: At { at_s: 0.0, value: f64::NEG_INFINITY },
            bus_left: None,
            load_lost: None,
            pfc_off_s: None,
            psu_tripped_s: None,
            support_line_s: None,
            bbu_on_s: None,
            psus_back_s: None,
            bbu_out_j: 0.0,
            charge_end: f64::NAN,
            least_ride_through_s: None,
            writes: 0,
        }
    }

    /// Takes a step; `condition` is asked only when something happens for the first time.
    #[inline]
    pub fn take(&mut self, glance: &Glance, step_s: f64, condition: impl Fn() -> Condition) {
        let Glance { now_s, bus_v, .. } = *glance;
        if bus_v < self.bus_low_v.value {
            self.bus_low_v = At { at_s: now_s, value: bus_v };
        }
        if bus_v > self.bus_high_v.value {
            self.bus_high_v = At { at_s: now_s, value: bus_v };
        }
        if self.bus_left.is_none() && !(BUS_RANGE_V.0..=BUS_RANGE_V.1).contains(&bus_v) {
            self.bus_left = Some((now_s, condition()));
        }
        if self.load_lost.is_none() && !glance.load_runs {
            self.load_lost = Some((now_s, condition()));
        }
        if glance.pfc_running == 0 {
            self.pfc_off_s.get_or_insert(now_s);
        }
        if glance.psu_tripped {
            self.psu_tripped_s.get_or_insert(now_s);
        }
        if glance.support_line {
            self.support_line_s.get_or_insert(now_s);
        }
        if glance.bbu_on {
            self.bbu_on_s.get_or_insert(now_s);
        }
        if glance.pfc_running < glance.psus || glance.psus_on < glance.psus {
            self.psus_back_s = None;
        } else {
            self.psus_back_s.get_or_insert(now_s);
        }
        self.bbu_out_j += glance.bbu_w.max(0.0) * step_s;
    }
}

impl Default for Notes {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition() -> Condition {
        Condition {
            pfc_running: 0,
            psus_on: 0,
            bbus_supporting: 6,
            bbus_waiting: 0,
            bbus_spent: 0,
            bbu_w: 9000.0,
            bbu_most_w: 18_000.0,
            load_w: 9000.0,
        }
    }

    #[test]
    fn the_state_of_the_batteries_tells_why() {
        let base = condition();
        assert_eq!(base.bus_reason(), Reason::BusLimit);
        let waiting = Condition { bbus_supporting: 0, bbus_waiting: 6, bbu_w: 0.0, ..base };
        assert_eq!(waiting.bus_reason(), Reason::DetectionTime);
        let empty = Condition { bbus_supporting: 0, bbus_spent: 6, bbu_w: 0.0, bbu_most_w: 0.0, ..base };
        assert_eq!(empty.bus_reason(), Reason::Energy);
        let all = Condition { bbu_w: 18_000.0, ..base };
        assert_eq!(all.bus_reason(), Reason::Power);
        let last = Condition { bbus_supporting: 2, bbus_spent: 4, bbu_w: 6000.0, bbu_most_w: 6000.0, ..base };
        assert_eq!(last.bus_reason(), Reason::Energy);
    }

    #[test]
    fn first_times_and_extremes_are_kept() {
        let mut notes = Notes::new();
        let glance = |now_s: f64, bus_v: f64, pfc: usize| Glance {
            now_s,
            bus_v,
            load_runs: bus_v > 40.0,
            bbu_w: 1000.0,
            support_line: false,
            pfc_running: pfc,
            psus_on: 6,
            psus: 6,
            bbu_on: false,
            psu_tripped: false,
        };
        for (now, volts, pfc) in
            [(1.0, 50.7, 6), (2.0, 45.0, 0), (3.0, 39.0, 0), (4.0, 50.7, 6), (5.0, 50.7, 6)]
        {
            notes.take(&glance(now, volts, pfc), 1.0, condition);
        }
        assert_eq!(notes.bus_low_v, At { at_s: 3.0, value: 39.0 });
        assert_eq!(notes.bus_left.map(|b| b.0), Some(2.0));
        assert_eq!(notes.load_lost.map(|b| b.0), Some(3.0));
        assert_eq!((notes.pfc_off_s, notes.psus_back_s), (Some(2.0), Some(4.0)));
        assert_eq!(notes.bbu_out_j, 5000.0);
    }
}
