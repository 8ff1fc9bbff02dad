//! What the devices should hold from this tick on.

use super::before::measured_input;
use super::fleet::Fleet;
use super::io::{BBU_SLOTS, BbuArmed, PsuArmed, Recharge, Seen, Support};
use super::machine::Phase;
use super::recharge::absorbs;
use super::shape::Room;
use super::sight::Ac;
use super::support::may_give;
use super::{Orchestrator, edge, support};
use dpo_registers::units::Watts;

/// Shortest time in ticks between two sets of PSU settings: at 115200 baud one set takes some 80 ms of the bus.
const PSU_PACE: u32 = 250;
/// Battery power in W that is worth a command.
const LEAST_COMMAND: f64 = 50.0;
/// A forecast moves what is armed by no more than this factor, either way: it is advice.
const FORECAST: f64 = 2.0;

impl Orchestrator {
    pub(super) fn plan(&mut self, seen: &Seen<'_>, ac: Option<&Ac>, fleet: &Fleet) {
        let calm = self.phase == Phase::Calm;
        let shaped = if calm { self.shape(seen, fleet) } else { self.in_event(ac) };
        let shaped = if shaped.abs() < LEAST_COMMAND { 0.0 } else { shaped };
        self.staging.count(calm && shaped <= 0.0);
        let changed = self.fleet != (fleet.psus, fleet.units);
        self.fleet = (fleet.psus, fleet.units);
        self.arm_psus(seen, fleet, calm, changed);
        self.arm_bbus(fleet, shaped, calm, changed);
    }

    /// Battery power in W at the bus in normal operation.
    fn shape(&mut self, seen: &Seen<'_>, fleet: &Fleet) -> f64 {
        let Some(input) = measured_input(seen, fleet) else {
            return 0.0;
        };
        let load = input * self.policy.shelf.efficiency.0 + fleet.battery;
        let room = self.room(fleet, load);
        let hz = seen.frequency.map_or(0.0, |hz| hz.0 - self.policy.grid.frequency.0);
        self.shaper.command(&self.policy, &seen.demand, load, hz, room)
    }

    /// What the batteries may do in normal operation: give what is above the reserve and above what a walk along the
    /// curve needs; take what chargers take and the PSUs can carry without one of them.
    fn room(&self, fleet: &Fleet, load: f64) -> Room {
        let policy = &self.policy;
        if !self.capabilities.bbu_block {
            return Room::default();
        }
        let units = || fleet.bbus.iter().flatten();
        let spare = fleet.energy > edge::walk_energy(policy, load);
        let give =
            units().filter(|unit| may_give(policy, unit.charge, unit.available)).map(|unit| unit.available);
        let take = units().map(|unit| absorbs(policy, unit)).sum::<f64>();
        Room { give: if spare { give.sum() } else { 0.0 }, take: take.min(self.spare_psu_power(fleet, load)) }
    }

    /// Power in W that the PSUs carry beside `load` without one of them.
    fn spare_psu_power(&self, fleet: &Fleet, load: f64) -> f64 {
        (fleet.psu_redundant(self.policy.shelf.psu_rated.0) - load).max(0.0)
    }

    /// Battery power in W on command in an event: what it was, and more in a shallow sag.
    fn in_event(&mut self, ac: Option<&Ac>) -> f64 {
        self.shaper.resume(self.before.input);
        match ac {
            Some(ac) if self.phase == Phase::Sag && self.capabilities.bbu_block => {
                self.before.battery.max(0.0) + edge::shallow(&self.policy, &self.before, ac.lowest)
            }
            _ => 0.0,
        }
    }

    fn arm_psus(&mut self, seen: &Seen<'_>, fleet: &Fleet, calm: bool, changed: bool) {
        self.psu_age = self.psu_age.saturating_add(1);
        if !self.capabilities.psu_block || fleet.psus == 0 || !self.before.known {
            // Nobody knows what they should hold: as the base specification says, but not in the middle of an event.
            if calm {
                self.armed.psu = PsuArmed::default();
            }
            return;
        }
        if (!calm || self.psu_age < PSU_PACE) && !changed {
            return;
        }
        let mut arming = self.before.input;
        if let Some(forecast) = seen.demand.forecast.map(|load| load.0).filter(|load| load.is_finite()) {
            let input = forecast / self.policy.shelf.efficiency.0;
            arming = input.clamp(arming / FORECAST, arming * FORECAST);
        }
        let wanted = edge::wanted(&self.policy, &self.before, arming, fleet.psus);
        let armed = edge::settle(self.armed.psu, wanted);
        if armed != self.armed.psu {
            (self.armed.psu, self.psu_age) = (armed, 0);
        }
    }

    fn arm_bbus(&mut self, fleet: &Fleet, shaped: f64, calm: bool, changed: bool) {
        let policy = &self.policy;
        let load = self.load(fleet);
        let held = self.armed.bbu;
        let recharge = if calm && shaped <= 0.0 {
            let room = self.spare_psu_power(fleet, load);
            let mut wanted = self.staging.wanted(policy, fleet, room, &held.map(|bbu| bbu.recharge));
            absorb(policy, fleet, -shaped, &mut wanted);
            wanted
        } else {
            [Recharge::Hold; BBU_SLOTS]
        };
        let (mut supports, mut share) = (held.map(|bbu| bbu.support), held.iter().find_map(|bbu| bbu.share));
        if !self.capabilities.bbu_block {
            (supports, share) = ([Support::Base; BBU_SLOTS], None);
        } else if calm || changed || self.phase == Phase::Sag {
            supports = support::wanted(policy, fleet, load, shaped.max(0.0), &supports);
            share = support::share(policy, fleet, share);
        }
        for (slot, bbu) in self.armed.bbu.iter_mut().enumerate() {
            let relied = fleet.bbus[slot].is_some();
            // In an event a unit keeps what it holds, whatever is heard of it; outside, one that cannot be relied on
            // is left to its base specification.
            *bbu = match (relied, calm) {
                (false, true) => BbuArmed::default(),
                (false, false) => BbuArmed { recharge: Recharge::Hold, ..*bbu },
                (true, _) => BbuArmed { support: supports[slot], share, recharge: recharge[slot] },
            };
        }
    }
}

/// Raises the charging of the units with room by `power` W, for a load that falls too fast.
fn absorb(
    policy: &crate::control::policy::Policy,
    fleet: &Fleet,
    power: f64,
    wanted: &mut [Recharge; BBU_SLOTS],
) {
    const LEAST: f64 = 50.0;
    const STEP: f64 = 25.0;
    /// Steep, in W/s: the load has fallen already.
    const SLOPE: f64 = 10_000.0;
    let open = |unit: &super::fleet::Unit| absorbs(policy, unit) > 0.0;
    let units = fleet.bbus.iter().flatten().filter(|unit| open(unit)).count() as f64;
    if power < LEAST || units == 0.0 {
        return;
    }
    let each = ((power / units).min(policy.shelf.bbu_charge.0) / STEP).floor() * STEP;
    for (wanted, unit) in wanted.iter_mut().zip(&fleet.bbus) {
        let before = if let Recharge::Limited { power, .. } = wanted { power.0 } else { 0.0 };
        if unit.is_some_and(|unit| open(&unit)) && each > before {
            *wanted = Recharge::Limited { power: Watts(each), slope_w_per_s: SLOPE };
        }
    }
}
