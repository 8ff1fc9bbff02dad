//! Single parts of the twin, to be run beside other simulators with the same parameters: the hold-up of a PSU, the
//! hand-over on the busbar, the discharge of a pack.

use dpo_registers::units::{Ratio, Watts};

use super::config::TwinConfig;
use super::pack::{Pack, PackModel};
use super::parameters::TwinParameters;
use super::psu::{Phase, Psu, PsuModel, PsuState};
use super::shelf::Twin;
use super::{STEP_S, parameters};
use crate::sim::check::ConfigError;
use crate::sim::grid::AcSample;
use crate::sim::rng::Rng;

/// No AC input.
const DARK: AcSample = AcSample { v: [0.0; 3], rms: [0.0; 3], hz: 60.0 };

/// A moment of [`hold_up`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HoldUpRow {
    /// Time since the AC input was lost, in s.
    pub t_s: f64,
    /// Energy left in the bulk capacitor, in J.
    pub bulk_j: f64,
    /// Its voltage in V.
    pub bulk_v: f64,
    /// Fall of the output line in V.
    pub fallen_v: f64,
}

/// A PSU whose AC input goes at 0 s, into a constant power of `power_w`, until its output ends.
pub fn hold_up(all: &TwinParameters, power_w: f64) -> Vec<HoldUpRow> {
    let m = PsuModel::new(all);
    let p = &all.psu;
    let mut psu = Psu::new(&m, p.no_load_v, (0.0, 0.0), true, false);
    psu.settle_at(&m, power_w, 0.0);
    let mut rng = Rng::new(1);
    let (full, empty) = (p.bulk_full_v * p.bulk_full_v, p.bulk_empty_v * p.bulk_empty_v);
    let mut dark = Phase::new(0.0, 1.0);
    dark.take(0.0, 0.0, 1.0);
    let mut rows = Vec::new();
    let mut steps = 0u32;
    loop {
        let share = psu.bulk_j / p.hold_up_j;
        rows.push(HoldUpRow {
            t_s: f64::from(steps) * STEP_S,
            bulk_j: psu.bulk_j,
            bulk_v: (empty + (full - empty) * share).sqrt(),
            fallen_v: psu.fallen_v(),
        });
        // No load and no energy end it too: the standby loss drains what is left.
        if psu.state != PsuState::On || steps >= 1_000_000 {
            return rows;
        }
        let bus_v = p.no_load_v - p.droop_v - psu.fallen_v();
        psu.watch(&m, 0.0, bus_v, &mut rng);
        psu.draw(&m, &dark, false);
        let (_, most_a) = psu.law(&m, 0.0, bus_v, 1.0 / bus_v, false);
        psu.settle(&m, (power_w / bus_v).min(most_a), bus_v);
        steps += 1;
    }
}

/// A moment of [`hand_over`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HandOverRow {
    /// Time since the AC input was lost, in s.
    pub t_s: f64,
    /// Bus voltage at the shelf in V.
    pub bus_v: f64,
    /// Voltage at the load in V.
    pub load_v: f64,
    /// Current of all PSUs in A.
    pub psu_a: f64,
    /// Current of all BBUs in A.
    pub bbu_a: f64,
    /// Energy in the bulk capacitor of one PSU, in J.
    pub bulk_j: f64,
}

/// A shelf of equal devices whose AC input goes at 0 s, all bulk capacitors at their nominal energy.
///
/// # Errors
/// [`ConfigError`] names the first field of the configuration that cannot be simulated.
pub fn hand_over(config: &TwinConfig, seconds: f64) -> Result<Vec<HandOverRow>, ConfigError> {
    let mut config = config.clone();
    config.parameters.psu.share_spread_v = 0.0;
    config.parameters.psu.level_spread_v = 0.0;
    let mut twin = Twin::new(&config)?;
    let mut rows = Vec::new();
    loop {
        rows.push(HandOverRow {
            t_s: twin.now_s(),
            bus_v: twin.bus().0,
            load_v: twin.load_voltage().0,
            psu_a: twin.psus().iter().map(|psu| psu.output_current.0).sum(),
            bbu_a: twin.bbus().iter().map(|bbu| bbu.output_current.0).sum(),
            bulk_j: twin.psu(0).bulk.0,
        });
        if twin.now_s() >= seconds.min(60.0) {
            return Ok(rows);
        }
        twin.step(&DARK);
    }
}

/// What is taken out of a pack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Drain {
    /// A constant power at the terminals.
    Power(Watts),
    /// A constant current in A.
    Current(f64),
}

/// A discharge of a pack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Discharge {
    /// What is taken out.
    pub drain: Drain,
    /// State of charge at the start.
    pub from: Ratio,
    /// Air and pack temperature at the start, in degC.
    pub ambient_c: f64,
    /// Whether the temperature has no effect on the resistances.
    pub isothermal: bool,
    /// Length of a step in s.
    pub step_s: f64,
}

/// A moment of [`discharge`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DischargeRow {
    /// Time in s.
    pub t_s: f64,
    /// Terminal voltage in V.
    pub v: f64,
    /// Current in A.
    pub a: f64,
    /// State of charge, 0 to 1.
    pub soc: f64,
    /// Temperature in degC.
    pub temperature_c: f64,
}

/// Discharges a pack until a cell is empty. `each` gets every step.
pub fn discharge(all: &TwinParameters, how: &Discharge, mut each: impl FnMut(&DischargeRow)) {
    let mut wave = all.bbu_wave.clone();
    if how.isothermal {
        wave = parameters::BbuWaveParameters { cold_per_k: 0.0, warm_per_k: 0.0, ..wave };
    }
    let step_s = how.step_s.clamp(1e-4, 10.0);
    let m = PackModel::new(&all.bbu, &wave, step_s);
    let mut pack = Pack::new(&m, how.from.0.clamp(0.0, 1.0), how.ambient_c);
    for step in 0..10_000_000u32 {
        let a = match how.drain {
            Drain::Power(power) if power.0 <= pack.available_w(&m) => pack.current_for(&m, power.0),
            Drain::Power(_) => return,
            Drain::Current(a) => a,
        };
        let v = pack.voltage_at(&m, a);
        if v < m.empty_v() || pack.soc <= 0.0 {
            return;
        }
        let t_s = f64::from(step) * step_s;
        each(&DischargeRow { t_s, v, a, soc: pack.soc, temperature_c: pack.temperature_c });
        pack.advance(&m, a);
    }
}
