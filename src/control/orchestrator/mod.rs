//! Who carries the load, and how it comes back to the grid: the local fast path of the gateway.
//!
//! [`io`] is the contract between the orchestrator, the twin it is tested on (room `sim`) and the executor
//! that runs it on a gateway. [`Orchestrator::tick`] is one millisecond: pure, without allocation.
//!
//! Two things follow from the speed of the buses (design section 3):
//!
//! - What must be fast is *armed ahead*: each tick says what the devices should hold for the next sag at the
//!   present load, and they act by themselves. Settings are quantised and have dead bands, so that a bus of
//!   115200 baud has little to write, and in an event they stand still unless a device comes or goes.
//! - What must be at once goes by [`Lines`]: the support line when a sag is seen; the hold line, from then until the
//!   voltage is back and on the way back where the power before is reached, so that no PSU takes over what another
//!   hands over. The last of it the batteries hand back (`land`), and the shelf never draws more than before.
//!
//! What happens when something is missing:
//!
//! | missing | what is left |
//! | --- | --- |
//! | AC samples ([`Capabilities::TODAY`], or the measurement fails) | the bus voltage tells of a sag, after the batteries' own trigger; the hold line is never driven |
//! | a device, or one fails in mid-support | the others are armed for its share at once; N+1 shows in [`Degraded`] |
//! | polls | after [`Devices::stale`](crate::control::policy::Devices::stale) a device is not relied on; without any PSU or any BBU the state is fail-safe and what cannot be known is not armed; the lines work on |
//! | the lease, the engine | no demand: the policy alone; nothing else changes |
//! | charge (below the reserve) | nothing in normal operation discharges; a sag is ridden with all that is left, and `ride_through_s` says how long that is |
//! | the bus measurement | the battery power tells instead that the PSUs carry the load again; without AC samples, too, the state is fail-safe |
//! | the gateway | the devices ride with what they hold for 30 s, then by their base specification |
//!
//! No number of sags changes anything: each is ridden while energy lasts.

mod before;
mod edge;
mod fleet;
pub mod io;
mod land;
mod machine;
mod plan;
mod recharge;
mod ride;
mod shape;
pub(super) mod sight;
mod support;
#[cfg(test)]
mod tests;

use crate::control::policy::{Policy, PolicyError};
use before::Before;
use fleet::Fleet;
use io::{Action, Armed, Capabilities, Lines, Seen};
use land::{Approach, Landing, Say};
pub use machine::phase_changes;
use machine::{CARRIED_TICKS, Facts, Phase};
use recharge::Staging;
use shape::Shaper;
use sight::{Ac, Sight};

/// Length of a tick in s.
pub const TICK_S: f64 = 0.001;

/// The bus must be this much above the support voltage in V to count as carried by the PSUs.
const CARRIED_OVER: f64 = 0.3;
/// The bus must be this much above it in V for the batteries to carry nothing.
const IDLE_OVER: f64 = 0.05;
/// Battery power in W below which the batteries carry nothing, where no bus voltage tells.
const BATTERY_IDLE: f64 = 100.0;
/// Parts of the slow work: the devices; what is missing; the PSUs' settings; the BBUs' settings.
const TURNS: u8 = 4;
/// Ticks without a usable bus voltage after which it counts as lost.
const BUS_LOST_TICKS: u32 = 20;

/// What is missing; the API tells it, the state machine knows it as a reason for the fail-safe state where marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Degraded {
    /// The gateway should measure the AC input, and does not.
    pub ac_lost: bool,
    /// The bus voltage is not measured.
    pub bus_lost: bool,
    /// Neither the AC input nor the bus is measured (fail-safe): no line is driven any more.
    pub blind: bool,
    /// No PSU can be relied on (fail-safe).
    pub no_psu: bool,
    /// No BBU can be relied on (fail-safe).
    pub no_bbu: bool,
    /// A device that is there has not been polled for too long.
    pub stale: bool,
    /// The PSUs would not carry the load without one of them.
    pub psu_redundancy: bool,
    /// The BBUs would not carry the load without one of them.
    pub bbu_redundancy: bool,
    /// A walk along the whole ride-through curve needs more energy than the batteries have.
    pub curve: bool,
    /// Mean charge below the reserve: nothing in normal operation discharges.
    pub reserve: bool,
}

impl Degraded {
    /// A reason for the fail-safe state stands.
    pub fn fail_safe(&self) -> bool {
        self.blind || self.no_psu || self.no_bbu
    }
}

/// Recoveries since the start. Registers `recoveries` and `recoveries_late` count the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recoveries {
    /// The target was reached.
    pub all: u32,
    /// Of these, after the budget.
    pub late: u32,
}

/// The orchestrator of a shelf.
#[derive(Debug, Clone)]
pub struct Orchestrator {
    policy: Policy,
    capabilities: Capabilities,
    sight: Sight,
    before: Before,
    shaper: Shaper,
    staging: Staging,
    phase: Phase,
    armed: Armed,
    degraded: Degraded,
    /// The last usable bus voltage in V, and the ticks since.
    bus: f64,
    bus_age: u32,
    carried_ticks: u32,
    /// Ticks for which PSUs that could run have been held back.
    held_ticks: u32,
    /// Ticks since the PSUs were armed anew.
    psu_age: u32,
    /// Ticks since the BBUs' support was armed anew.
    bbu_age: u32,
    /// Battery power in W on command outside of events.
    command: f64,
    /// Battery power in W on command in the settings that are armed.
    applied: f64,
    /// Ticks since the voltage returned.
    returned_ticks: u32,
    /// Ticks for which a sag has lasted without the batteries.
    shallow_ticks: u32,
    /// The devices as last looked at, and how many of them were relied on when the settings were made.
    fleet: Fleet,
    relied: (usize, usize),
    /// Ticks since the number of PSUs changed.
    steady_ticks: u32,
    /// Which part of the slow work is next.
    turn: u8,
    ride_through_s: f64,
    recoveries: Recoveries,
    /// Ticks since the voltage returned, until the target is reached.
    recovering: Option<u32>,
    /// The end of the way back, until bus and power are where they were.
    landing: Option<Landing>,
}

impl Orchestrator {
    /// An orchestrator at rest.
    ///
    /// # Errors
    /// [`PolicyError`] names what the policy may not be ([`Policy::check`]).
    pub fn new(policy: &Policy, capabilities: Capabilities) -> Result<Self, PolicyError> {
        policy.check()?;
        Ok(Self {
            policy: *policy,
            capabilities,
            sight: Sight::new(policy)?,
            before: Before::default(),
            shaper: Shaper::new(),
            staging: Staging::default(),
            phase: Phase::Calm,
            armed: Armed::default(),
            degraded: Degraded::default(),
            bus: 0.0,
            bus_age: BUS_LOST_TICKS,
            carried_ticks: 0,
            held_ticks: 0,
            psu_age: u32::MAX,
            bbu_age: u32::MAX,
            command: 0.0,
            applied: 0.0,
            returned_ticks: 0,
            shallow_ticks: 0,
            fleet: Fleet::default(),
            relied: (0, 0),
            steady_ticks: 0,
            turn: 0,
            ride_through_s: 0.0,
            recoveries: Recoveries::default(),
            recovering: None,
            landing: None,
        })
    }

    /// What the gateway has, as it was built for.
    pub fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    /// What is missing as of the last tick.
    pub fn degraded(&self) -> Degraded {
        self.degraded
    }

    /// How many times the power came back, and how many of these too late.
    pub fn recoveries(&self) -> Recoveries {
        self.recoveries
    }

    /// Sags of the AC input since the start, as the detector found them: also one that went straight into support.
    /// Nothing decides by it.
    pub fn sags(&self) -> u64 {
        self.sight.sags()
    }

    /// Takes the AC samples of a millisecond and decides nothing: for the time in which a gateway that has just started
    /// may not say anything, because it does not know yet what the devices hold. Its detector has settled by then.
    pub fn listen(&mut self, samples: &[[f64; 3]]) {
        if self.capabilities.ac_samples {
            self.sight.feed(samples);
        }
    }

    /// Begins with what the devices were found to hold: a gateway that starts in the middle of an event leaves it to them
    /// until it knows better.
    pub fn adopt(&mut self, held: &Armed) {
        self.armed = *held;
    }

    /// One millisecond.
    pub fn tick(&mut self, seen: &Seen<'_>) -> Action {
        let ac = if self.capabilities.ac_samples { self.sight.feed(seen.ac) } else { None };
        let bus = self.bus(seen);
        // Devices are polled every 80 ms or so: what comes of that is looked at in turns.
        let turn = self.turn;
        self.turn = if turn == TURNS - 1 { 0 } else { turn + 1 };
        if turn == 0 {
            self.fleet = Fleet::of(seen, &self.policy);
        }
        let before = self.phase;
        self.advance(ac.as_ref(), bus);
        self.count_recovery(seen, before);
        if self.phase == Phase::Calm {
            self.before.follow(seen, &self.fleet, ac.as_ref(), bus, &self.policy);
        }
        if turn == 1 {
            self.note_degraded(ac.as_ref(), bus);
            self.ride_through_s = ride::seconds(&self.fleet, self.load());
        }
        self.plan(seen, ac.as_ref(), turn, self.phase != before);
        let requested = self.armed.bbu.iter().any(|bbu| matches!(bbu.support, io::Support::Power(_)));
        self.begin_landing(before);
        Action {
            lines: self.lines(seen, ac.as_ref(), bus),
            armed: self.armed,
            state: self.phase.state(self.degraded.fail_safe(), requested, self.staging.active()),
            ride_through_s: self.ride_through_s,
        }
    }

    /// The bus voltage in V, for a short while the last usable one.
    fn bus(&mut self, seen: &Seen<'_>) -> Option<f64> {
        // No busbar of 48 V is at 100 V: that is a fault of the measurement.
        if (0.0..100.0).contains(&seen.bus.0) {
            (self.bus, self.bus_age) = (seen.bus.0, 0);
        } else {
            self.bus_age = self.bus_age.saturating_add(1);
        }
        (self.bus_age < BUS_LOST_TICKS).then_some(self.bus)
    }

    fn advance(&mut self, ac: Option<&Ac>, bus: Option<f64>) {
        let returned = self.phase == Phase::Recover;
        self.returned_ticks = if returned { self.returned_ticks.saturating_add(1) } else { 0 };
        let fleet = &self.fleet;
        let Policy { shelf, battery, grid, .. } = &self.policy;
        let trigger = shelf.bbu_trigger.0;
        let carried = match bus {
            Some(bus) => bus > battery.support_voltage.0.max(trigger) + CARRIED_OVER,
            None => fleet.units > 0 && fleet.battery < BATTERY_IDLE,
        };
        self.carried_ticks = if carried { self.carried_ticks.saturating_add(1) } else { 0 };
        let facts = Facts {
            sag: ac.map(|ac| ac.sag),
            back: ac.map_or(carried, |ac| ac.back),
            deep: ac.is_some_and(|ac| ac.lowest < shelf.psu_lowest.0 / grid.nominal.0),
            // Before the first devices are seen there is no shelf whose bus could be low.
            bus_low: (self.before.known || fleet.psus > 0) && bus.is_some_and(|bus| bus < trigger),
            carried: self.carried_ticks >= CARRIED_TICKS && self.walked_in() && self.landing.is_none(),
        };
        self.phase = self.phase.next(&facts);
    }

    /// Batteries that took over on command hold the bus up from the first: it tells nothing then, but the walk-in does.
    fn walked_in(&self) -> bool {
        let climb_s = self.policy.recovery.climb_s();
        self.applied <= self.command || f64::from(self.returned_ticks) * TICK_S >= climb_s
    }

    /// Whether and when the power was back.
    fn count_recovery(&mut self, seen: &Seen<'_>, before: Phase) {
        if before != Phase::Recover && self.phase == Phase::Recover {
            // The voltage had been back for as long as it took to confirm it.
            self.recovering = Some((self.policy.recovery.confirm.0 / TICK_S) as u32);
        }
        let Some(ticks) = &mut self.recovering else { return };
        *ticks = ticks.saturating_add(1);
        let target = self.policy.recovery.target.0 * self.before.input;
        let there = before::measured_input(seen, &self.fleet).is_some_and(|input| input >= target);
        if there || self.phase == Phase::Calm {
            self.recoveries.all = self.recoveries.all.saturating_add(1);
            if f64::from(*ticks) * TICK_S > self.policy.recovery.budget.0 {
                self.recoveries.late = self.recoveries.late.saturating_add(1);
            }
            self.recovering = None;
        } else if self.phase != Phase::Recover {
            // The next sag came first: it is ridden, and its recovery counts.
            self.recovering = None;
        }
    }

    /// The load on the bus in W: now, or in an event what it was before.
    fn load(&self) -> f64 {
        if self.before.known {
            self.before.load(&self.policy)
        } else {
            (self.fleet.psu_output + self.fleet.battery).max(0.0)
        }
    }

    /// With the voltage, the walk-in begins: where it has to end.
    fn begin_landing(&mut self, before: Phase) {
        if self.phase == Phase::Recover && before != Phase::Recover {
            let Policy { shelf, recovery, battery, .. } = &self.policy;
            let slope = self.armed.psu.walk_in.map_or(0.0, |walk| walk.slope_w_per_s);
            let slope = slope * self.fleet.psus as f64 / shelf.efficiency.0;
            let gives = self.capabilities.bbu_block && self.fleet.available > 0.0;
            let approach = Approach {
                input: self.before.input,
                bus: self.before.bus,
                carried: battery.support_voltage.0.max(shelf.bbu_trigger.0) + IDLE_OVER,
                slope,
                accuracy: shelf.input_accuracy.0,
                load: if gives { self.load() } else { 0.0 },
                climb_s: if self.applied > self.command { recovery.climb_s() } else { 0.0 },
            };
            let known = self.before.known && self.capabilities.psu_block && slope > 0.0;
            self.landing = known.then(|| Landing::new(approach));
        } else if self.phase != Phase::Recover {
            self.landing = None;
        }
    }

    /// The hold line on the way back. Without an own measurement of the input power nothing is fast enough for it.
    fn land(&mut self, seen: &Seen<'_>, ac: Option<&Ac>, bus: Option<f64>) -> bool {
        let input = seen.input.filter(|input| input.0.is_finite() && ac.is_some());
        let said = match (&mut self.landing, input) {
            (Some(landing), Some(input)) => landing.tick(input.0, bus),
            _ => Say::Over,
        };
        if said == Say::Over {
            self.landing = None;
        }
        said == Say::Hold
    }

    fn lines(&mut self, seen: &Seen<'_>, ac: Option<&Ac>, bus: Option<f64>) -> Lines {
        let landing = self.land(seen, ac, bus);
        let Policy { recovery, shelf, grid, devices, .. } = &self.policy;
        let event = self.phase != Phase::Calm;
        let volts = ac.map_or(0.0, |ac| ac.lowest * grid.nominal.0);
        // PSUs that could run are held back for a bounded time, and never while the bus suffers.
        let could_run = volts >= shelf.psu_full_power.0;
        self.held_ticks = if !event { 0 } else { self.held_ticks.saturating_add(u32::from(could_run)) };
        let sag = matches!(self.phase, Phase::Sag | Phase::Support) && ac.is_some_and(|ac| !ac.back);
        let in_time = f64::from(self.held_ticks) * TICK_S <= recovery.hold.0;
        let bus_suffers = volts >= shelf.psu_lowest.0 && bus.is_some_and(|bus| bus < devices.bus_lowest.0);
        Lines {
            support: self.capabilities.support_line && event,
            hold: self.capabilities.psu_block && !bus_suffers && (landing || (sag && in_time)),
        }
    }

    fn note_degraded(&mut self, ac: Option<&Ac>, bus: Option<f64>) {
        let (load, fleet) = (self.load(), &self.fleet);
        let Policy { shelf, battery, .. } = &self.policy;
        self.degraded = Degraded {
            ac_lost: self.capabilities.ac_samples && ac.is_none(),
            bus_lost: bus.is_none(),
            blind: ac.is_none() && bus.is_none(),
            no_psu: fleet.psus == 0,
            no_bbu: fleet.units == 0,
            stale: fleet.stale,
            psu_redundancy: fleet.psu_redundant(shelf.psu_rated.0) < load,
            bbu_redundancy: fleet.bbu_redundant() < load,
            curve: edge::walk_energy(&self.policy, load) > fleet.energy,
            reserve: fleet.charge < battery.reserve.0,
        };
    }
}
