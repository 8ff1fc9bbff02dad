//! The devices as last polled: which are to be relied on, and what they have together.

use super::TICK_S;
use super::io::{BBU_SLOTS, BbuSeen, PSU_SLOTS, PsuSeen, Seen};
use crate::control::policy::Policy;

/// A BBU that can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Unit {
    /// Power at the bus in W; positive discharges.
    pub output: f64,
    /// State of charge, 0 to 1.
    pub charge: f64,
    /// Power that it can give, in W, no more than rated.
    pub available: f64,
    /// Energy that can reach the bus, in J.
    pub energy: f64,
}

/// All devices together.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Fleet {
    /// PSUs to be relied on.
    pub psus: usize,
    /// Output of all PSUs in W, also of those that are old news.
    pub psu_output: f64,
    /// Input of all PSUs in W.
    pub psu_input: f64,
    /// BBUs by slot; `None`: missing, failed, old news or with numbers that cannot be.
    pub bbus: [Option<Unit>; BBU_SLOTS],
    /// Power of the BBUs at the bus in W.
    pub battery: f64,
    /// Power that the BBUs can give in W.
    pub available: f64,
    /// Energy of the BBUs that can reach the bus, in J.
    pub energy: f64,
    /// Mean state of charge.
    pub charge: f64,
    /// BBUs to be relied on.
    pub units: usize,
    /// A device that is there is old news.
    pub stale: bool,
}

/// `value` if it is a number from 0 on.
fn power(value: f64) -> Option<f64> {
    (value.is_finite() && value >= 0.0).then_some(value)
}

impl Fleet {
    pub fn of(seen: &Seen<'_>, policy: &Policy) -> Self {
        let oldest = (policy.devices.stale.0 / TICK_S) as u32;
        let mut fleet = Self::default();
        for psu in &seen.psus {
            fleet.add_psu(psu, oldest);
        }
        for (slot, bbu) in fleet.bbus.iter_mut().zip(&seen.bbus) {
            *slot = Unit::of(bbu, oldest, policy.shelf.bbu_rated.0);
            fleet.stale |= bbu.present && bbu.age_ticks > oldest;
        }
        for unit in fleet.bbus.iter().flatten() {
            fleet.units += 1;
            fleet.battery += unit.output;
            fleet.available += unit.available;
            fleet.energy += unit.energy;
            fleet.charge += unit.charge;
        }
        fleet.charge /= (fleet.units as f64).max(1.0);
        fleet
    }

    fn add_psu(&mut self, psu: &PsuSeen, oldest: u32) {
        if !psu.present {
            return;
        }
        self.stale |= psu.age_ticks > oldest;
        let (Some(output), Some(input)) = (power(psu.output.0), power(psu.input.0)) else { return };
        self.psu_output += output;
        self.psu_input += input;
        self.psus += usize::from(psu.healthy && psu.age_ticks <= oldest);
    }

    /// Power that the PSUs give in W if the largest loss of one is still borne.
    pub fn psu_redundant(&self, rated: f64) -> f64 {
        self.psus.min(PSU_SLOTS).saturating_sub(1) as f64 * rated
    }

    /// The same of the BBUs.
    pub fn bbu_redundant(&self) -> f64 {
        let largest = self.bbus.iter().flatten().fold(0.0, |most: f64, unit| most.max(unit.available));
        self.available - largest
    }
}

impl Unit {
    fn of(bbu: &BbuSeen, oldest: u32, rated: f64) -> Option<Self> {
        let usable = bbu.present && bbu.healthy && bbu.age_ticks <= oldest;
        if !usable || !bbu.output.0.is_finite() || !(0.0..=1.0).contains(&bbu.state_of_charge.0) {
            return None;
        }
        Some(Self {
            output: bbu.output.0,
            charge: bbu.state_of_charge.0,
            available: power(bbu.available.0)?.min(rated),
            energy: power(bbu.energy.0)?,
        })
    }
}
