//! What the devices should hold from this tick on.

use super::before::measured_input;
use super::fleet::Fleet;
use super::io::{BBU_SLOTS, BbuArmed, Demand, PsuArmed, Recharge, Seen, Support};
use super::land::{self, Landing};
use super::machine::Phase;
use super::recharge::{absorbs, least};
use super::shape::Room;
use super::sight::Ac;
use super::support::may_give;
use super::{Orchestrator, edge, support};
use dpo_registers::units::Watts;

/// Shortest time in ticks between two sets of PSU settings: at 115200 baud one set takes some 80 ms of the bus.
const PSU_PACE: u32 = 250;
/// Shortest time in ticks between two sets of commands to BBUs, some 7 ms of the bus each, and of their limits.
const COMMAND_PACE: u32 = 50;
const LIMIT_PACE: u32 = 250;
/// Ticks after which a sag counts as shallow: a deep one has fallen through by then.
const SHALLOW_TICKS: u32 = 20;
/// Ticks for which the number of PSUs must have stood before it counts: one that was not polled yet is not missing.
const STEADY_TICKS: u32 = 250;
/// What a PSU gives over its rated power for any time (AE: it trips at 115 %, after 10 s).
const OVERLOAD: f64 = 1.1;
/// Battery power in W that is worth a command.
const LEAST_COMMAND: f64 = 50.0;
/// A forecast moves what is armed by no more than this factor, either way: it is advice.
const FORECAST: f64 = 2.0;

impl Orchestrator {
    /// One tick. `turn` says which settings are looked at; at the begin and end of an event the BBUs' are, too.
    pub(super) fn plan(&mut self, seen: &Seen<'_>, ac: Option<&Ac>, turn: u8, at_once: bool) {
        let calm = self.phase == Phase::Calm;
        let shaped = if calm { self.shape(seen, ac) } else { self.in_event(ac) };
        let shaped = if shaped.abs() < least_command(calm) { 0.0 } else { shaped };
        if calm {
            self.command = shaped.max(0.0);
        }
        self.staging.count(calm && shaped <= 0.0);
        self.psu_age = self.psu_age.saturating_add(1);
        let relied = (self.fleet.psus, self.fleet.units);
        self.steady_ticks = if self.relied.0 == relied.0 { self.steady_ticks.saturating_add(1) } else { 0 };
        if turn == 2 {
            self.arm_psus(seen, calm, self.relied.0 != relied.0);
            self.relied.0 = relied.0;
        }
        self.bbu_age = self.bbu_age.saturating_add(1);
        if turn == 3 || at_once {
            self.arm_bbus(shaped, calm, at_once || self.relied.1 != relied.1);
            self.relied.1 = relied.1;
        }
    }

    /// Battery power in W at the bus in normal operation.
    fn shape(&mut self, seen: &Seen<'_>, ac: Option<&Ac>) -> f64 {
        let fleet = &self.fleet;
        let Some(input) = measured_input(seen, fleet) else {
            return 0.0;
        };
        let load = input * self.policy.shelf.efficiency.0 + fleet.battery;
        let room = self.room(fleet, load);
        let hz = seen.frequency.map(|hz| hz.0).or(ac.map(|ac| ac.hz));
        let hz = hz.map_or(0.0, |hz| hz - self.policy.grid.frequency.0);
        // PSUs that are overloaded trip: with one missing, the batteries take what is beyond what the rest may give.
        let most =
            OVERLOAD * fleet.psus as f64 * self.policy.shelf.psu_rated.0 / self.policy.shelf.efficiency.0;
        let most = if self.steady_ticks >= STEADY_TICKS { most } else { f64::INFINITY };
        let limit = seen.demand.input_limit.map_or(most, |limit| if limit.0 < most { limit.0 } else { most });
        let demand = Demand { input_limit: Some(Watts(limit)), ..seen.demand };
        self.shaper.command(&self.policy, &demand, load, hz, room)
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

    /// Battery power in W on command in an event: what it was, and more in a sag that stays shallow.
    fn in_event(&mut self, ac: Option<&Ac>) -> f64 {
        self.shaper.resume(self.before.input);
        self.shallow_ticks = if self.phase == Phase::Sag { self.shallow_ticks.saturating_add(1) } else { 0 };
        let Some(ac) = ac.filter(|_| self.capabilities.bbu_block) else { return self.command };
        let shallow = self.phase == Phase::Sag && self.shallow_ticks > SHALLOW_TICKS;
        // What the PSUs refill in it is not to be on top of the load when the voltage is back.
        let more = if shallow {
            let refill = land::lift(self.policy.shelf.input_accuracy.0, self.load());
            edge::shallow(&self.policy, &self.before, ac.lowest).max(refill)
        } else {
            0.0
        };
        let lift = self.landing.as_ref().and_then(Landing::lift).unwrap_or(0.0);
        if self.landing.as_ref().is_some_and(Landing::hands_back) {
            return self.command + lift;
        }
        // What was taken over in an event goes back with its end: PSUs that return need the time of their walk-in, and
        // until then the others would be overloaded.
        self.applied.max(self.command + more + lift)
    }

    fn arm_psus(&mut self, seen: &Seen<'_>, calm: bool, changed: bool) {
        let fleet = &self.fleet;
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

    fn arm_bbus(&mut self, shaped: f64, calm: bool, changed: bool) {
        let (policy, fleet, load) = (&self.policy, &self.fleet, self.load());
        let held = self.armed.bbu;
        let recharge = if calm && shaped <= 0.0 {
            let room = self.spare_psu_power(fleet, load);
            let (held, sloped) = (held.map(|bbu| bbu.recharge), self.capabilities.bbu_block);
            let mut wanted = self.staging.wanted(policy, fleet, room, sloped, &held);
            absorb(policy, fleet, -shaped, &mut wanted);
            wanted
        } else {
            [Recharge::Hold; BBU_SLOTS]
        };
        let (mut supports, mut share) = (held.map(|bbu| bbu.support), held.iter().find_map(|bbu| bbu.share));
        if !self.capabilities.bbu_block {
            (supports, share) = ([Support::Base; BBU_SLOTS], None);
        } else if changed || self.bbus_due(shaped, calm) {
            let wanted = support::wanted(policy, fleet, load, (shaped.max(0.0), calm), &supports);
            if wanted != supports {
                self.bbu_age = 0;
            }
            self.applied = shaped.max(0.0);
            supports = wanted;
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

impl Orchestrator {
    /// Whether the units' support is looked at: when a command begins or ends at once, while it moves often, their
    /// limits now and then, in an event not at all.
    fn bbus_due(&self, shaped: f64, calm: bool) -> bool {
        let command = shaped.max(0.0);
        if (command > 0.0) != (self.applied > 0.0) {
            return true;
        }
        let moved = (command - self.applied).abs() >= least_command(calm);
        if moved { self.bbu_age >= COMMAND_PACE } else { calm && self.bbu_age >= LIMIT_PACE }
    }
}

/// Battery power in W, or change of it, that is worth a command; in an event what the batteries hand back ends in small
/// steps.
fn least_command(calm: bool) -> f64 {
    if calm { LEAST_COMMAND } else { 0.5 * LEAST_COMMAND }
}

/// Raises the charging of units with room by `power` W, for a load that falls too fast: of as many as a charger's own
/// need is worth, since less than that charges nothing.
fn absorb(
    policy: &crate::control::policy::Policy,
    fleet: &Fleet,
    power: f64,
    wanted: &mut [Recharge; BBU_SLOTS],
) {
    const STEP: f64 = 25.0;
    /// Steep, in W/s: the load has fallen already.
    const SLOPE: f64 = 10_000.0;
    let open = |slot: &usize| fleet.bbus[*slot].is_some_and(|unit| absorbs(policy, &unit) > 0.0);
    let worth = (power / least(policy)).max(0.0) as usize;
    let units = worth.min((0..BBU_SLOTS).filter(open).count());
    if units == 0 {
        return;
    }
    let each = ((power / units as f64).min(policy.shelf.bbu_charge.0) / STEP).floor() * STEP;
    for slot in (0..BBU_SLOTS).filter(open).take(units) {
        let before = if let Recharge::Limited { power, .. } = wanted[slot] { power.0 } else { 0.0 };
        if each > before {
            wanted[slot] = Recharge::Limited { power: Watts(each), slope_w_per_s: SLOPE };
        }
    }
}
