//! The shelf as one electrical system: AC input, PSUs, BBUs, busbar, load.
//!
//! Deterministic: the same configuration and the same calls give the same shelf, to the bit. No clock,
//! no I/O, no allocation while stepping.

use super::bbu::Bbu;
use super::busbar::{self, MAX_SOURCES, Source};
use super::clock::{MS, Ns, SECOND, ns, seconds};
use super::controls::Clock;
use super::load::LoadProfile;
use super::parameters::{
    BBU_SLOTS, FIRST_BBU_UNIT, FIRST_PSU_UNIT, LoadParameters, PSU_SLOTS, PsuParameters, ShelfConfig,
};
use super::psu::{Output, Psu};
use super::rng::Rng;

/// Longest step while nothing happens.
const QUIET: Ns = SECOND;

/// Highest AC voltage of the model in V: what the register of a PSU can show.
const MAX_AC_V: f64 = 1000.0;
/// Frequencies that the AC input may have, in Hz.
const AC_HZ: (f64, f64) = (40.0, 70.0);

/// Energies since the start, in J.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Energies {
    pub(super) ac_j: f64,
    pub(super) load_j: f64,
    pub(super) loss_j: f64,
    pub(super) bbu_out_j: f64,
    pub(super) charger_j: f64,
}

/// The shelf.
#[derive(Debug, Clone)]
pub(super) struct Plant {
    pub(super) psus: [Psu; PSU_SLOTS],
    pub(super) bbus: [Bbu; BBU_SLOTS],
    pub(super) now: Ns,
    pub(super) ac_v: f64,
    pub(super) ac_hz: f64,
    pub(super) ambient_c: f64,
    load: LoadProfile,
    load_since: Ns,
    behaviour: LoadParameters,
    pub(super) load_on: bool,
    load_wait: Ns,
    pub(super) wanted_w: f64,
    pub(super) load_w: f64,
    pub(super) bus_v: f64,
    /// Longest step that the shape of the load allows.
    load_quiet: Ns,
    /// Source powers minus load and chargers at the operating point, in W.
    pub(super) residual_w: f64,
    /// Random delay of the common start.
    start_delay: Option<Ns>,
    bus_live: Ns,
    pub(super) energies: Energies,
    rng: Rng,
}

impl Plant {
    pub(super) fn new(config: &ShelfConfig) -> Self {
        let mut rng = Rng::new(config.seed);
        let shared = spread(&mut rng, config.psu.share_spread_v);
        let alone = spread(&mut rng, config.psu.level_spread_v);
        let clock = Clock::set(config.unix_time_s, 0);
        let ambient = config.ambient.0;
        let mut plant = Self {
            psus: std::array::from_fn(|i| {
                let offsets = (shared.get(i).copied(), alone.get(i).copied());
                let offsets = (offsets.0.unwrap_or_default(), offsets.1.unwrap_or_default());
                Psu::new(&config.psu, offsets, ambient, clock)
            }),
            bbus: std::array::from_fn(|_| {
                Bbu::new(&config.bbu, config.state_of_charge, ambient, clock, &mut rng)
            }),
            now: 0,
            ac_v: config.ac_voltage.0,
            ac_hz: config.ac_frequency.0,
            ambient_c: ambient,
            load: config.load.clone(),
            load_since: 0,
            behaviour: config.load_behaviour.clone(),
            load_on: true,
            load_wait: 0,
            wanted_w: 0.0,
            load_w: 0.0,
            bus_v: config.psu.no_load_v,
            load_quiet: QUIET,
            residual_w: 0.0,
            start_delay: None,
            bus_live: ns(config.psu.live_bus_s),
            energies: Energies::default(),
            rng,
        };
        for unit in &config.absent {
            plant.remove(*unit);
        }
        plant.set_ac(config.ac_voltage.0);
        plant.balance();
        plant
    }

    pub(super) fn psu(&mut self, unit: u8) -> Option<&mut Psu> {
        self.psus.get_mut(usize::from(unit.checked_sub(FIRST_PSU_UNIT)?))
    }

    pub(super) fn bbu(&mut self, unit: u8) -> Option<&mut Bbu> {
        self.bbus.get_mut(usize::from(unit.checked_sub(FIRST_BBU_UNIT)?))
    }

    /// Takes a device out; false if the shelf has no such address.
    pub(super) fn remove(&mut self, unit: u8) -> bool {
        if let Some(psu) = self.psu(unit) {
            psu.remove();
        } else if let Some(bbu) = self.bbu(unit) {
            bbu.remove();
        } else {
            return false;
        }
        self.balance();
        true
    }

    /// Puts a device back; false if the shelf has no such address.
    pub(super) fn insert(&mut self, unit: u8) -> bool {
        let now = self.now;
        if let Some(psu) = self.psu(unit) {
            psu.insert(now);
        } else if let Some(bbu) = self.bbu(unit) {
            bbu.insert(now);
        } else {
            return false;
        }
        true
    }

    pub(super) fn set_ac(&mut self, volts: f64) {
        // Not a number is no voltage.
        self.ac_v = if volts.is_finite() { volts.clamp(0.0, MAX_AC_V) } else { 0.0 };
        for psu in &mut self.psus {
            psu.ac_changed(self.ac_v);
        }
        self.balance();
    }

    pub(super) fn set_ac_frequency(&mut self, hertz: f64) {
        // What is no number, and what no grid has, changes nothing.
        if hertz.is_finite() {
            self.ac_hz = hertz.clamp(AC_HZ.0, AC_HZ.1);
        }
    }

    pub(super) fn set_load(&mut self, load: LoadProfile) {
        self.load = load;
        self.load_since = self.now;
        self.balance();
    }

    /// Advances by `duration`.
    pub(super) fn step(&mut self, duration: Ns) {
        let mut left = duration;
        while left > 0 {
            left -= self.advance(left);
        }
        // What is seen from outside belongs to the present time.
        self.balance();
    }

    /// The operating point at the present time. Time does not pass.
    pub(super) fn balance(&mut self) {
        let (wanted_w, quiet) = self.load.at(self.now - self.load_since);
        (self.wanted_w, self.load_quiet) = (wanted_w, quiet);
        let before = self.bus_v;
        let chargers_w: f64 = self.bbus.iter_mut().map(|b| b.plan_charge(before)).sum();

        let mut sources: [Option<Source>; MAX_SOURCES] = [None; MAX_SOURCES];
        let psus = self.psus.iter().map(|p| p.source(self.ac_v));
        let bbus = self.bbus.iter().map(Bbu::source);
        for (slot, source) in sources.iter_mut().zip(psus.chain(bbus)) {
            *slot = source;
        }
        let mut packed = [Source { no_load_v: 0.0, slope_ohm: 1.0, max_a: 0.0, max_w: 0.0 }; MAX_SOURCES];
        let count = sources.iter().flatten().zip(packed.iter_mut()).map(|(s, p)| *p = *s).count();
        let live = packed.get(..count).unwrap_or_default();

        let lowest = self.behaviour.drop_out_v;
        let point = |power_w: f64| busbar::solve(live, power_w).filter(|v| *v >= lowest);
        let asked = if self.load_on { wanted_w } else { 0.0 };
        // A bus that cannot feed the chargers sheds them, then the load.
        let (bus_v, load_w, fed) = if let Some(v) = point(asked + chargers_w) {
            (v, asked, true)
        } else if let Some(v) = point(asked) {
            (v, asked, false)
        } else {
            self.load_on = false;
            self.load_wait = 0;
            self.bbus.iter_mut().for_each(Bbu::collapsed);
            (busbar::solve(live, 0.0).unwrap_or(0.0), 0.0, false)
        };
        self.bus_v = bus_v;
        self.load_w = load_w;

        let (psu_sources, bbu_sources) = sources.split_at(PSU_SLOTS);
        let current = |source: &Option<Source>| source.map_or(0.0, |s| s.current(bus_v));
        for (psu, source) in self.psus.iter_mut().zip(psu_sources) {
            psu.settle(bus_v, current(source));
        }
        for (bbu, source) in self.bbus.iter_mut().zip(bbu_sources) {
            bbu.settle(bus_v, current(source), fed);
        }
        self.residual_w = self.psus.iter().map(|p| p.output_w).sum::<f64>()
            + self.bbus.iter().map(|b| b.output_w - b.charger_w).sum::<f64>()
            - load_w;
    }

    /// One step of at most `most`, ended by the next event. Returns its length, at least 1 ns.
    fn advance(&mut self, most: Ns) -> Ns {
        self.balance();
        let ac_v = self.ac_v;
        let psus = self.psus.iter().map(|p| p.quiet_for(ac_v)).min().unwrap_or(QUIET);
        let bbus = self.bbus.iter().map(Bbu::quiet_for).min().unwrap_or(QUIET);
        let start = self.start_delay.filter(|left| *left > 0).unwrap_or(QUIET);
        let restart = if self.load_on { QUIET } else { 10 * MS };
        let dt = most.min(QUIET).min(restart).min(self.load_quiet).min(psus).min(bbus).min(start).max(1);

        self.count(seconds(dt));
        let (bus_v, ambient) = (self.bus_v, self.ambient_c);
        for psu in &mut self.psus {
            psu.advance(dt, ac_v, bus_v, ambient, &mut self.rng);
        }
        for bbu in &mut self.bbus {
            bbu.advance(dt, ambient);
        }
        self.advance_load(dt);
        self.advance_start(dt);
        self.now += dt;
        dt
    }

    fn count(&mut self, dt_s: f64) {
        let e = &mut self.energies;
        e.load_j += self.load_w * dt_s;
        for psu in &self.psus {
            e.ac_j += psu.input_w * dt_s;
            e.loss_j += psu.loss_w * dt_s;
        }
        for bbu in &self.bbus {
            e.loss_j += (bbu.converter_loss_w + bbu.pack.heat_w()) * dt_s;
            e.bbu_out_j += bbu.output_w * dt_s;
            e.charger_j += bbu.charger_w * dt_s;
        }
    }

    fn advance_load(&mut self, dt: Ns) {
        if !self.load_on {
            let up = self.bus_v >= self.behaviour.restart_v;
            self.load_wait = if up { self.load_wait + dt } else { 0 };
            self.load_on = up && self.load_wait >= ns(self.behaviour.restart_s);
        }
    }

    /// The common start (AE): the first starting slot draws one random delay for the shelf when it is
    /// ready; after the delay all start together, as soon as the last is ready.
    fn advance_start(&mut self, dt: Ns) {
        let Some(p) = self.psus.first().map(|psu| &psu.parameters) else { return };
        let live = self.bus_v > p.live_bus_v;
        self.bus_live = if live { self.bus_live.saturating_add(dt) } else { 0 };
        let longest = delay_s(p, self.bus_live >= ns(p.live_bus_s));
        let starting = |psu: &Psu| matches!(psu.output, Output::Starting { .. } | Output::Ready);
        let Some(first) = self.psus.iter().find(|psu| starting(psu)) else {
            self.start_delay = None;
            return;
        };
        self.start_delay = match self.start_delay {
            Some(left) => Some(left.saturating_sub(dt)),
            None if first.output == Output::Ready => Some(ns(self.rng.uniform(0.0, longest))),
            None => None,
        };
        let all_ready = !self.psus.iter().any(|psu| matches!(psu.output, Output::Starting { .. }));
        if self.start_delay == Some(0) && all_ready {
            for psu in self.psus.iter_mut().filter(|psu| psu.output == Output::Ready) {
                psu.start();
            }
            self.start_delay = None;
        }
    }

    /// Energy in the bulk capacitors and the packs, in J.
    pub(super) fn stored_j(&self) -> f64 {
        let bulk: f64 = self.psus.iter().map(|p| p.bulk_j).sum();
        bulk + self.bbus.iter().map(|b| b.pack.stored_j()).sum::<f64>()
    }
}

fn delay_s(p: &PsuParameters, live: bool) -> f64 {
    if live { p.live_bus_delay_s } else { p.dead_bus_delay_s }
}

/// Deviations whose mean is 0 and whose largest is at most `most`.
pub(super) fn spread(rng: &mut Rng, most: f64) -> [f64; PSU_SLOTS] {
    let mut values = [0.0; PSU_SLOTS];
    for value in &mut values {
        *value = rng.uniform(-most, most);
    }
    let mean = values.iter().sum::<f64>() / PSU_SLOTS as f64;
    let largest = values.iter().map(|v| (v - mean).abs()).fold(0.0, f64::max);
    let scale = if largest > most { most / largest } else { 1.0 };
    values.map(|v| (v - mean) * scale)
}
