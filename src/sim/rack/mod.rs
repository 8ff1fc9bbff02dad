//! A rack in closed loop: grid, shelf and gateway, each in its own time.
//!
//! | what | each |
//! | --- | --- |
//! | grid and twin | 50 us |
//! | samples of the AC input by the gateway (MOD-03), behind the low pass of the [measuring chain](crate::sim::grid::AntiAlias) | 0.2 ms |
//! | tick of the orchestrator, its lines | 1 ms |
//! | poll or write of one device over Modbus at 115200 bit/s | about 7 ms, one after another |
//!
//! Settings are written device by device ([`Wire`]). A device that does not answer costs no more time than one
//! that does, which is kind to the gateway of today. Everything is deterministic: a seed, no clock.

mod build;
mod cycle;
mod gateway;
mod present;
mod recorder;
mod traces;
mod watch;
mod wire;

use dpo_registers::units::{Hertz, Watts};

pub use build::{Design, Mods};
pub use cycle::CycleMean;
pub use gateway::{Effect, Gateway, Truth};
pub use present::{Present, PsuTold};
pub use recorder::{Bucket, Trace};
pub use traces::{Traces, Values};
pub use watch::{At, BUS_RANGE_V, Condition, Glance, Notes, Reason};
pub use wire::{Device, Done, LineTimes, Wire};

use crate::control::orchestrator::io::{Action, BBU_SLOTS, BbuSeen, Demand, PSU_SLOTS, PsuSeen};
use crate::control::policy::{Policy, PolicyError};
use crate::sim::ConfigError;
use crate::sim::grid::{AcSample, GridConfig, GridError, STEP_S, Source};
use crate::sim::twin::{BbuReading, BbuState, PsuReading, PsuState, Twin, TwinConfig};

/// For so long the rack has run on the voltage that the source begins with when its time begins, in s: filters have
/// settled, and the power before an event is what it is.
const SETTLE_S: f64 = 0.5;
/// For so long at the start the gateway's settings reach the devices at once, in s: it was there before.
const COMMISSION_S: f64 = 0.02;
/// Steps between two looks at the states of the devices.
const LOOK_STEPS: u64 = 4;
/// Losses between the bus and the limit of a converter, W.
const ROUNDING_W: f64 = 1.0;

/// What a rack is built from.
#[derive(Debug, Clone, PartialEq)]
pub struct RackConfig {
    /// Devices and gateway. The blocks of `twin` follow from it.
    pub design: Design,
    /// The shelf.
    pub twin: TwinConfig,
    /// The grid.
    pub grid: GridConfig,
    /// What the gateway is told.
    pub policy: Policy,
    /// The line between gateway and devices.
    pub line: LineTimes,
    /// By which share of it the gateway measures its input power wrong at the start; [`Inject::InputMeter`] changes it.
    pub input_error: f64,
}

/// Why there is no such rack.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RackError {
    /// The shelf cannot be simulated.
    #[error("shelf: {0}")]
    Twin(#[from] ConfigError),
    /// The grid cannot be simulated.
    #[error("grid: {0}")]
    Grid(#[from] GridError),
    /// The policy cannot be put into force.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// Something that happens to a rack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Inject {
    /// The PSU in a slot, from 0, fails.
    PsuFails(usize),
    /// The BBU in a slot, from 0, fails.
    BbuFails(usize),
    /// The gateway stops.
    GatewayDies,
    /// The gateway starts again, without memory.
    GatewayRestarts,
    /// The lease owner asks for this from now on; the default is what holds without a lease.
    Demand(Demand),
    /// The load asks for this power from now on.
    Load(Watts),
    /// The gateway measures its input power wrong by this share from now on.
    InputMeter(f64),
}

/// A rack that runs.
#[derive(Debug, Clone)]
pub struct Rack {
    source: Source,
    twin: Twin,
    gateway: Option<Gateway>,
    nominal_v: f64,
    squares: [CycleMean; 3],
    grid_w: CycleMean,
    /// By which share the gateway measures its input power wrong.
    input_error: f64,
    steps: u64,
    /// Steps before the first sample of the source.
    start: u64,
    notes: Notes,
    present: usize,
}

impl Rack {
    /// A rack in steady operation.
    ///
    /// # Errors
    /// [`RackError`] names what cannot be simulated.
    pub fn new(config: &RackConfig) -> Result<Self, RackError> {
        let mods = config.design.mods();
        let (psu_block, bbu_block) = mods.map_or((false, false), |m| (m.psu_block(), m.bbu_block()));
        let mut twin = TwinConfig {
            psu_block: [psu_block; PSU_SLOTS],
            bbu_block: [bbu_block; BBU_SLOTS],
            ..config.twin.clone()
        };
        let present = config.design.present();
        written_before(present, &mut twin);
        let gateway =
            mods.map(|mods| Gateway::new(&config.policy, mods, present, config.line)).transpose()?;
        let mut rack = Self {
            source: Source::new(&config.grid)?,
            twin: Twin::new(&twin)?,
            gateway,
            nominal_v: config.grid.nominal.0,
            squares: std::array::from_fn(|_| CycleMean::new(STEP_S)),
            grid_w: CycleMean::new(STEP_S),
            input_error: config.input_error,
            steps: 0,
            start: (SETTLE_S / STEP_S).round() as u64,
            notes: Notes::new(),
            present: twin.psu_present.iter().filter(|there| **there).count(),
        };
        rack.settle();
        Ok(rack)
    }

    /// Runs up to the first sample of the source, with the gateway: it was there before.
    fn settle(&mut self) {
        for sample in self.source.samples_before(SETTLE_S) {
            self.advance(&sample);
            self.meter(&sample);
        }
    }

    /// Simulated time in s; 0 is the first sample of the source.
    pub fn now_s(&self) -> f64 {
        (self.steps as f64 - self.start as f64) * STEP_S
    }

    /// The shelf.
    pub fn twin(&self) -> &Twin {
        &self.twin
    }

    /// The answer of the gateway's last tick.
    pub fn action(&self) -> Option<&Action> {
        self.gateway.as_ref().and_then(Gateway::action)
    }

    /// What was noted so far.
    pub fn notes(&self) -> Notes {
        let charges = self.twin.bbus().into_iter().filter(|bbu| bbu.state != BbuState::Absent);
        Notes {
            charge_end: charges.map(|bbu| bbu.state_of_charge.0).fold(f64::INFINITY, f64::min),
            writes: self.gateway.as_ref().map_or(0, Gateway::writes),
            ..self.notes.clone()
        }
    }

    /// Something happens now.
    ///
    /// # Errors
    /// [`PolicyError`] if a gateway cannot start again.
    pub fn inject(&mut self, what: &Inject) -> Result<(), PolicyError> {
        match (*what, &mut self.gateway) {
            (Inject::PsuFails(slot), _) => {
                self.twin.fail_psu(slot);
                self.present = self.twin.psus().iter().filter(|psu| works(psu)).count();
            }
            (Inject::BbuFails(slot), _) => self.twin.fail_bbu(slot),
            (Inject::Load(power), _) => self.twin.set_load(power),
            (Inject::InputMeter(error), _) => self.input_error = error,
            (Inject::GatewayDies, Some(gateway)) => gateway.die(),
            (Inject::GatewayRestarts, Some(gateway)) => gateway.restart()?,
            (Inject::Demand(demand), Some(gateway)) => gateway.demand(demand),
            (Inject::GatewayDies | Inject::GatewayRestarts | Inject::Demand(_), None) => {}
        }
        Ok(())
    }

    /// One step of 50 us, and what was measured in it.
    #[inline]
    pub fn step(&mut self) -> Values {
        let sample = self.source.next_sample();
        self.advance(&sample);
        self.measure(&sample)
    }

    /// One step of shelf and gateway at a sample of the grid.
    #[inline]
    fn advance(&mut self, sample: &AcSample) {
        let lines = self.gateway.as_ref().map_or_else(Default::default, Gateway::lines);
        self.twin.set_lines(lines);
        self.twin.step(sample);
        self.steps += 1;
        let now_s = self.now_s();
        if let Some(gateway) = &mut self.gateway {
            if gateway.commissioning() && now_s > COMMISSION_S - SETTLE_S {
                gateway.commissioned();
            }
            let twin = &mut self.twin;
            let grid = Watts(self.grid_w.mean() * (1.0 + self.input_error));
            let mut effects = [None; 2 * (PSU_SLOTS + BBU_SLOTS)];
            let mut count = 0;
            gateway.step(now_s, sample.v, || truth(twin, grid, sample), &mut |effect| {
                if let Some(place) = effects.get_mut(count) {
                    *place = Some(effect);
                    count += 1;
                }
            });
            for effect in effects.iter().take(count).flatten() {
                match effect {
                    Effect::Psu(slot, armed) => twin.arm_psu(*slot, armed),
                    Effect::Bbu(slot, armed) => twin.arm_bbu(*slot, armed),
                    Effect::PsuTold(slot, told) => {
                        if let Some(setpoint) = told.setpoint {
                            twin.set_psu_setpoint(*slot, setpoint);
                        }
                        twin.force_ac_loss(*slot, told.ac_loss);
                    }
                }
            }
        }
    }

    /// Effective values of the phases in p.u. and power from the grid in W, over one cycle.
    #[inline]
    fn meter(&mut self, sample: &AcSample) -> ([f64; 3], f64) {
        let mut cycle = [0.0; 3];
        for ((out, mean), v) in cycle.iter_mut().zip(&mut self.squares).zip(sample.v) {
            let pu = v / self.nominal_v;
            *out = mean.push(pu * pu, sample.hz).max(0.0).sqrt();
        }
        (cycle, self.grid_w.push(self.twin.grid_power().0, sample.hz))
    }

    fn measure(&mut self, sample: &AcSample) -> Values {
        let (cycle, grid_w) = self.meter(sample);
        let (bus_v, bbu_w) = (self.twin.bus().0, self.twin.bbu_power().0);
        if self.steps.is_multiple_of(LOOK_STEPS) {
            self.look(self.now_s(), bus_v, bbu_w);
        }
        Values {
            phase_pu: sample.rms.map(|v| v / self.nominal_v),
            low_pu: cycle.into_iter().fold(f64::INFINITY, f64::min),
            high_pu: cycle.into_iter().fold(f64::NEG_INFINITY, f64::max),
            hertz: sample.hz,
            grid_w,
            bus_v,
            psu_w: self.twin.psu_power().0,
            bbu_w,
        }
    }

    /// Notes the state of the devices: not each step, the states change in milliseconds.
    fn look(&mut self, now_s: f64, bus_v: f64, bbu_w: f64) {
        let psus = self.twin.psus();
        let (action, lines) =
            (self.gateway.as_ref().and_then(Gateway::action), self.gateway.as_ref().map(Gateway::lines));
        let glance = Glance {
            now_s,
            bus_v,
            load_runs: self.twin.load_alive(),
            bbu_w,
            support_line: lines.is_some_and(|lines| lines.support),
            pfc_running: psus.iter().filter(|psu| works(psu) && psu.pfc).count(),
            psus_on: psus.iter().filter(|psu| psu.state == PsuState::On).count(),
            psus: self.present,
            bbu_on: bbu_w > ROUNDING_W,
            psu_tripped: psus.iter().any(|psu| matches!(psu.state, PsuState::Resting | PsuState::Latched)),
        };
        let twin = &self.twin;
        self.notes.take(&glance, STEP_S * LOOK_STEPS as f64, || condition(twin));
        if let Some(action) = action
            && action.ride_through_s < self.notes.least_ride_through_s.unwrap_or(f64::INFINITY)
        {
            self.notes.least_ride_through_s = Some(action.ride_through_s);
        }
    }
}

/// What was written into registers of today long before the time that is simulated.
fn written_before(present: Present, twin: &mut TwinConfig) {
    let there = |slots: &[bool]| slots.iter().filter(|there| **there).count();
    let ahead = present.ahead(twin.load, there(&twin.psu_present), there(&twin.bbu_present));
    if let Some(setpoint) = ahead.setpoint {
        twin.parameters.psu.no_load_v = setpoint.0;
    }
    if let Some(longest_s) = present.discharge_limit_s() {
        twin.parameters.bbu.discharge_limit_s = longest_s;
    }
}

fn works(psu: &PsuReading) -> bool {
    !matches!(psu.state, PsuState::Absent | PsuState::Failed)
}

/// The state of the devices now.
fn condition(twin: &Twin) -> Condition {
    let (psus, bbus) = (twin.psus(), twin.bbus());
    let count = |state: BbuState| bbus.iter().filter(|bbu| bbu.state == state).count();
    let ready = |bbu: &&BbuReading| {
        matches!(bbu.state, BbuState::Standby | BbuState::Starting) && bbu.available.0 > 0.0
    };
    let supporting = bbus.iter().filter(|bbu| bbu.state == BbuState::Supporting);
    Condition {
        pfc_running: psus.iter().filter(|psu| works(psu) && psu.pfc).count(),
        psus_on: psus.iter().filter(|psu| psu.state == PsuState::On).count(),
        bbus_supporting: count(BbuState::Supporting),
        bbus_waiting: bbus.iter().filter(ready).count(),
        bbus_spent: count(BbuState::Spent),
        bbu_w: twin.bbu_power().0,
        bbu_most_w: supporting.map(|bbu| bbu.available.0).sum(),
        load_w: twin.load_power().0,
    }
}

/// What the devices would answer now.
fn truth(twin: &Twin, grid: Watts, sample: &AcSample) -> Truth {
    Truth {
        bus: twin.bus(),
        grid,
        hertz: Hertz(sample.hz),
        psus: twin.psus().map(|psu| PsuSeen {
            present: psu.state != PsuState::Absent && psu.alive,
            healthy: !matches!(psu.state, PsuState::Failed | PsuState::Latched | PsuState::Resting),
            output: psu.output,
            input: psu.input_mean,
            age_ticks: 0,
        }),
        bbus: twin.bbus().map(|bbu| BbuSeen {
            present: bbu.state != BbuState::Absent,
            healthy: !matches!(bbu.state, BbuState::Failed | BbuState::Spent),
            output: bbu.output,
            state_of_charge: bbu.state_of_charge,
            available: bbu.available,
            energy: bbu.energy,
            age_ticks: 0,
        }),
    }
}

#[cfg(test)]
mod tests;
