//! The shelf: what a step does, and what can be done to it.

use dpo_registers::units::{Volts, Watts};

use super::bbu::{Bbu, BbuModel, BbuState, Wires};
use super::bus::{Bus, Laws};
use super::config::TwinConfig;
use super::meter::{CycleMean, Energies};
use super::parameters::StartDelay;
use super::psu::{Phase, Psu, PsuModel, PsuState, half_cycle};
use super::{SLOW_S, SLOW_STEPS, STEP_S, ticks};
use crate::control::orchestrator::io::{BbuArmed, Lines, PsuArmed};
use crate::sim::check::ConfigError;
use crate::sim::grid::AcSample;
use crate::sim::parameters::{BBU_SLOTS, PSU_SLOTS};
use crate::sim::plant::spread;
use crate::sim::rng::Rng;

/// Largest voltage of an AC sample that counts, in V.
const MAX_AC_V: f64 = 2000.0;
/// Largest load in W.
const MAX_LOAD_W: f64 = 1e6;

/// The waveform-level model of one rack shelf.
#[derive(Debug, Clone)]
pub struct Twin {
    pub(super) psu_model: PsuModel,
    pub(super) bbu_model: BbuModel,
    pub(super) psus: [Psu; PSU_SLOTS],
    pub(super) bbus: [Bbu; BBU_SLOTS],
    pub(super) bus: Bus,
    phases: [Phase; 3],
    /// Steps in a half cycle of the nominal frequency.
    half_cycle: f64,
    pub(super) steps: u64,
    lines: Lines,
    pub(super) ac_loss: bool,
    load_w: f64,
    pub(super) load_on: bool,
    pub(super) load_losses: u32,
    load_wait: u32,
    load_restart: u32,
    drop_out_v: f64,
    restart_v: f64,
    start: CommonStart,
    share_gain: f64,
    share_most_v: f64,
    pub(super) grid_w: f64,
    pub(super) cycle: CycleMean,
    pub(super) energies: Energies,
    rng: Rng,
}

/// The common start of the PSUs (SYNC_START).
#[derive(Debug, Clone)]
struct CommonStart {
    /// The shelf draws one delay; otherwise each unit has drawn its own.
    for_shelf: bool,
    dead_bus_delay_s: f64,
    live_bus_delay_s: f64,
    live_bus_v: f64,
    live_bus: u32,
    bus_live: u32,
    sync: u32,
    delay: Option<u32>,
}

impl Twin {
    /// A shelf in steady operation at the nominal voltage.
    ///
    /// # Errors
    /// [`ConfigError`] names the first field of the configuration that cannot be simulated.
    pub fn new(config: &TwinConfig) -> Result<Self, ConfigError> {
        config.check()?;
        let all = &config.parameters;
        let p = &all.psu;
        let mut rng = Rng::new(config.seed);
        // Drawn in the order of the steady-state model: the same seed is the same shelf.
        let shared = spread(&mut rng, p.share_spread_v);
        let alone = spread(&mut rng, p.level_spread_v);
        let psu_model = PsuModel::new(all);
        let bbu_model = BbuModel::new(all);
        let psus = std::array::from_fn(|i| {
            let offset = (alone[i], shared[i]);
            Psu::new(&psu_model, p.no_load_v, offset, config.psu_present[i], config.psu_block[i])
        });
        let bbus = std::array::from_fn(|i| {
            let soc = config.state_of_charge[i].0;
            Bbu::new(&bbu_model, soc, config.ambient.0, config.bbu_present[i], config.bbu_block[i])
        });
        let half = 0.5 / (config.frequency.0 * STEP_S);
        let mut twin = Self {
            psus,
            bbus,
            bus: Bus::new(&all.bus, p.no_load_v, 0.9 * all.load.drop_out_v),
            phases: std::array::from_fn(|_| Phase::new(config.nominal.0, half)),
            half_cycle: half,
            steps: 0,
            lines: Lines::default(),
            ac_loss: false,
            load_w: config.load.0,
            load_on: true,
            load_losses: 0,
            load_wait: 0,
            load_restart: ticks(all.load.restart_s),
            drop_out_v: all.load.drop_out_v,
            restart_v: all.load.restart_v,
            start: CommonStart {
                for_shelf: all.restart.delay == StartDelay::OneForShelf,
                dead_bus_delay_s: p.dead_bus_delay_s,
                live_bus_delay_s: p.live_bus_delay_s,
                live_bus_v: p.live_bus_v,
                live_bus: ticks(p.live_bus_s),
                bus_live: ticks(p.live_bus_s),
                sync: ticks(all.psu_wave.sync_s),
                delay: None,
            },
            share_gain: all.psu_wave.share_gain_per_s * p.droop_v / p.full_current_a * SLOW_S,
            share_most_v: 2.0 * p.level_spread_v,
            grid_w: 0.0,
            cycle: CycleMean::new(config.frequency.0, 0.0),
            energies: Energies::default(),
            rng,
            psu_model,
            bbu_model,
        };
        twin.settle_at(config.nominal.0, config.frequency.0);
        Ok(twin)
    }

    /// Brings bus and input stages to where they would be after a while.
    fn settle_at(&mut self, rms_v: f64, hz: f64) {
        let mut laws = Laws::OFF;
        for (slot, psu) in self.psus.iter_mut().enumerate() {
            let (line_v, most_a) = psu.law(&self.psu_model, rms_v, self.bus.v, 1.0 / self.bus.v, false);
            laws.line_v[slot] = line_v;
            laws.conductance_s[slot] = self.psu_model.conductance_s();
            laws.most_a[slot] = most_a;
        }
        let (mut currents, mut at) = ([0.0; super::bus::SOURCES], self.bus.v);
        for _ in 0..400 {
            (currents, at) = self.bus.step(&laws, self.load_w, 0.0);
        }
        for (psu, current) in self.psus.iter_mut().zip(currents) {
            psu.settle_at(&self.psu_model, current * at, rms_v);
        }
        self.grid_w = self.psus.iter().map(|psu| psu.input_mean_w).sum();
        self.cycle = CycleMean::new(hz, self.grid_w);
    }

    /// One step of [`STEP_S`] at an AC sample.
    pub fn step(&mut self, ac: &AcSample) {
        let bus_v = self.bus.v;
        let per_v = 1.0 / bus_v.max(10.0);
        let half = half_cycle(ac.hz).unwrap_or(self.half_cycle);
        for (phase, (v, rms_v)) in self.phases.iter_mut().zip(ac.v.iter().zip(&ac.rms)) {
            phase.take(clean(*v), clean(*rms_v).abs(), half);
        }
        let mut laws = Laws::OFF;
        let mut node_w = 0.0;
        let mut controllers_w = 0.0;
        let mut grid_w = 0.0;
        let mut ac_loss = false;
        let mut starting = false;
        let m = &self.psu_model;
        for (slot, psu) in self.psus.iter_mut().enumerate() {
            let phase = &self.phases[slot % 3];
            psu.watch(m, phase.rms_v, bus_v, &mut self.rng);
            psu.draw(m, phase, self.lines.hold);
            (laws.line_v[slot], laws.most_a[slot]) = psu.law(m, phase.rms_v, bus_v, per_v, self.lines.hold);
            laws.conductance_s[slot] = m.conductance_s();
            controllers_w += psu.bus_supply_w(m, bus_v);
            grid_w += psu.input_w;
            ac_loss |= psu.ac_loss(m);
            starting |= matches!(psu.state, PsuState::Starting | PsuState::Ready);
        }
        let m = &self.bbu_model;
        let wires = Wires { ac_loss, support: self.lines.support };
        for (slot, bbu) in self.bbus.iter_mut().enumerate() {
            bbu.watch(m, bus_v, wires);
            let at = PSU_SLOTS + slot;
            (laws.line_v[at], laws.conductance_s[at], laws.least_a[at], laws.most_a[at]) =
                bbu.law(m, bus_v, per_v);
            node_w += bbu.charger.input_w;
        }
        let asked_w = if self.load_on { self.load_w } else { 0.0 };
        let chargers_w = node_w;
        let (currents, at_v) = self.bus.step(&laws, asked_w, node_w + controllers_w);

        let mut loss_w = self.bus.loss_w + controllers_w;
        for (psu, current) in self.psus.iter_mut().zip(&currents) {
            psu.settle(&self.psu_model, *current, at_v);
            loss_w += psu.loss_w;
        }
        let mut out_w = 0.0;
        for (bbu, current) in self.bbus.iter_mut().zip(currents.iter().skip(PSU_SLOTS)) {
            bbu.settle(&self.bbu_model, *current, at_v);
            loss_w += bbu.loss_w;
            out_w += bbu.output_w;
        }
        self.ac_loss = ac_loss;
        self.grid_w = grid_w;
        if self.cycle.push(grid_w) {
            let share = self.cycle.share();
            self.psus.iter_mut().for_each(|psu| psu.latch(share));
        }
        let e = &mut self.energies;
        e.ac_j += grid_w * STEP_S;
        e.load_j += self.bus.load_w * STEP_S;
        e.loss_j += loss_w * STEP_S;
        e.bbu_out_j += out_w * STEP_S;
        e.charger_j += chargers_w * STEP_S;
        self.watch_load();
        self.start.watch(&self.psu_model, &mut self.psus, starting, self.bus.v, &mut self.rng);
        self.slow();
        self.steps += 1;
    }

    /// One of the BBUs, or the sharing of the PSUs, each step: all of them each millisecond.
    fn slow(&mut self) {
        let turn = (self.steps % u64::from(SLOW_STEPS)) as usize;
        if let Some(bbu) = self.bbus.get_mut(turn) {
            bbu.slow(&self.bbu_model, self.bus.v);
            self.energies.loss_j += bbu.pack.heat_w * SLOW_S;
        } else if turn == BBU_SLOTS {
            self.share();
        }
    }

    /// Active sharing: the set voltages of the units that share drift until the currents are equal but for what
    /// the sharing itself is off.
    fn share(&mut self) {
        let (mut count, mut total_a) = (0.0, 0.0);
        for psu in self.psus.iter().filter(|psu| psu.shares()) {
            count += 1.0;
            total_a += psu.output_a;
        }
        if count < 2.0 {
            return;
        }
        let mean_a = total_a / count;
        let (gain, most_v) = (self.share_gain, self.share_most_v);
        let conductance_s = self.psu_model.conductance_s();
        for psu in self.psus.iter_mut().filter(|psu| psu.shares()) {
            let wrong_a = mean_a + psu.share_v * conductance_s - psu.output_a;
            psu.trim_v = (psu.trim_v + wrong_a * gain).clamp(-most_v, most_v);
        }
    }

    fn watch_load(&mut self) {
        if self.load_on {
            if self.bus.load_v < self.drop_out_v && self.load_w > 0.0 {
                self.load_on = false;
                self.load_losses = self.load_losses.saturating_add(1);
                self.load_wait = 0;
            }
        } else {
            let up = self.bus.v >= self.restart_v;
            self.load_wait = if up { self.load_wait + 1 } else { 0 };
            self.load_on = up && self.load_wait >= self.load_restart;
        }
    }

    /// Sets the lines that the gateway drives.
    pub fn set_lines(&mut self, lines: Lines) {
        self.lines = lines;
    }

    /// Writes settings into a PSU by slot from 0. Ignored by a unit without the block `dpo-psu`, by one whose
    /// controller has no supply, and for a slot that does not exist. Each write starts the device's timer anew.
    pub fn arm_psu(&mut self, slot: usize, armed: &PsuArmed) {
        if let Some(psu) = self.psus.get_mut(slot) {
            psu.arm(armed, self.bus.v);
        }
    }

    /// Writes settings into a BBU by slot from 0. A unit without the block `dpo-bbu` takes of them only what the
    /// charge override of today's map can do. Each write starts the device's timer anew.
    pub fn arm_bbu(&mut self, slot: usize, armed: &BbuArmed) {
        if let Some(bbu) = self.bbus.get_mut(slot) {
            bbu.arm(armed);
        }
    }

    /// Writes the setpoint of the output voltage of a PSU (register 103 of today's map), taken into 46 V to 52 V.
    /// It has no timer: it stays when the writer dies and, as the map has it (a setting), over a restart of the unit.
    /// Ignored by a unit whose controller has no supply.
    pub fn set_psu_setpoint(&mut self, slot: usize, volts: Volts) {
        if let Some(psu) = self.psus.get_mut(slot) {
            psu.set_point(volts.0, self.bus.v);
        }
    }

    /// Tells a PSU to drive the AC_LOSS line, or to leave it to its own rule (bit 7 of register 94 in HPR; without the
    /// line it does nothing). Ignored by a unit whose controller has no supply; a cold boot clears it (assumed).
    pub fn force_ac_loss(&mut self, slot: usize, forced: bool) {
        if let Some(psu) = self.psus.get_mut(slot) {
            psu.force_ac_loss(forced, self.bus.v);
        }
    }

    /// Sets the power that the load asks for. What is not a number leaves it as it is.
    pub fn set_load(&mut self, power: Watts) {
        if power.0.is_finite() {
            self.load_w = power.0.clamp(0.0, MAX_LOAD_W);
        }
    }

    /// A PSU fails: input and output stop at once.
    pub fn fail_psu(&mut self, slot: usize) {
        if let Some(psu) = self.psus.get_mut(slot) {
            psu.fail();
        }
    }

    /// A failed PSU is replaced.
    pub fn repair_psu(&mut self, slot: usize) {
        if let Some(psu) = self.psus.get_mut(slot) {
            psu.repair();
        }
    }

    /// A BBU fails: output and charger stop at once.
    pub fn fail_bbu(&mut self, slot: usize) {
        if let Some(bbu) = self.bbus.get_mut(slot) {
            bbu.fail();
        }
    }

    /// A failed BBU is replaced by one with the same charge.
    pub fn repair_bbu(&mut self, slot: usize) {
        if let Some(bbu) = self.bbus.get_mut(slot) {
            bbu.repair();
        }
    }

    /// Whether no BBU gives anything or is about to.
    pub fn bbus_rest(&self) -> bool {
        !self.bbus.iter().any(|bbu| matches!(bbu.state, BbuState::Starting | BbuState::Supporting))
    }
}

impl CommonStart {
    /// Releases the start when the last unit is ready.
    fn watch(
        &mut self,
        m: &PsuModel,
        psus: &mut [Psu; PSU_SLOTS],
        starting: bool,
        bus_v: f64,
        rng: &mut Rng,
    ) {
        self.bus_live = if bus_v > self.live_bus_v { self.bus_live.saturating_add(1) } else { 0 };
        if !starting {
            self.delay = None;
            return;
        }
        let waiting = psus.iter().any(Psu::is_getting_ready);
        let first = psus.iter().find(|psu| psu.is_getting_ready() || psu.state == PsuState::Ready);
        let first_ready = first.is_some_and(|psu| psu.state == PsuState::Ready);
        self.delay = match self.delay {
            Some(left) if left > 0 && (self.for_shelf || !waiting) => Some(left - 1),
            Some(left) => Some(left),
            None if self.for_shelf && first_ready => {
                let live = self.bus_live >= self.live_bus;
                let longest = if live { self.live_bus_delay_s } else { self.dead_bus_delay_s };
                Some(ticks(rng.uniform(0.0, longest)) + self.sync)
            }
            None if first_ready && !waiting => Some(self.sync),
            None => None,
        };
        if self.delay == Some(0) && !waiting {
            for psu in psus.iter_mut().filter(|psu| psu.state == PsuState::Ready) {
                psu.start(m, bus_v);
            }
            self.delay = None;
        }
    }
}

/// An AC value that can be worked with: what is not a number is no voltage.
fn clean(volts: f64) -> f64 {
    if volts.is_finite() { volts.clamp(-MAX_AC_V, MAX_AC_V) } else { 0.0 }
}
