//! A shelf to simulate at the level of the waveform.

use dpo_registers::units::{Celsius, Hertz, Ratio, Volts, Watts};

use super::parameters::TwinParameters;
use crate::sim::check::{self, ConfigError, Rule};
use crate::sim::parameters::{BBU_SLOTS, PSU_SLOTS};

/// What the devices of a shelf can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Design {
    /// The base specifications and nothing else.
    Conventional,
    /// All devices carry the DPO blocks (MOD-04 to 07, 09 to 11).
    Modified,
}

/// Generation of the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// Open Rack V3: 3 kW modules, hand-over by a fall of the bus.
    V3,
    /// High power rack: 5.5 kW modules, hand-over by the AC_LOSS line.
    Hpr,
}

/// Configuration of a [`Twin`](super::Twin).
#[derive(Debug, Clone, PartialEq)]
pub struct TwinConfig {
    /// Nominal phase-to-neutral voltage: the voltage before the simulation begins.
    pub nominal: Volts,
    /// Nominal frequency; sets the length of a cycle in averages.
    pub frequency: Hertz,
    /// The load at the start.
    pub load: Watts,
    /// State of charge of each pack at the start, 0 to 1.
    pub state_of_charge: [Ratio; BBU_SLOTS],
    /// Temperature of air and packs.
    pub ambient: Celsius,
    /// Seed of tolerances and of start delays.
    pub seed: u64,
    /// PSUs that carry the block `dpo-psu`.
    pub psu_block: [bool; PSU_SLOTS],
    /// BBUs that carry the block `dpo-bbu`.
    pub bbu_block: [bool; BBU_SLOTS],
    /// PSUs that are in their slots.
    pub psu_present: [bool; PSU_SLOTS],
    /// BBUs that are in their slots.
    pub bbu_present: [bool; BBU_SLOTS],
    /// Everything else.
    pub parameters: TwinParameters,
}

impl TwinConfig {
    /// A full shelf at 240 V and 60 Hz, half loaded, packs full.
    pub fn new(variant: Variant, design: Design) -> Self {
        let parameters = match variant {
            Variant::V3 => TwinParameters::v3(),
            Variant::Hpr => TwinParameters::hpr(),
        };
        let block = design == Design::Modified;
        Self {
            nominal: Volts(240.0),
            frequency: Hertz(60.0),
            load: Watts(parameters.psu.rated_power_w * PSU_SLOTS as f64 / 2.0),
            state_of_charge: [Ratio(1.0); BBU_SLOTS],
            ambient: Celsius(25.0),
            seed: 1,
            psu_block: [block; PSU_SLOTS],
            bbu_block: [block; BBU_SLOTS],
            psu_present: [true; PSU_SLOTS],
            bbu_present: [true; BBU_SLOTS],
            parameters,
        }
    }

    /// Checks every field that the model divides by, or that would make its voltages meaningless.
    ///
    /// # Errors
    /// [`ConfigError`] names the first field out of range.
    pub fn check(&self) -> Result<(), ConfigError> {
        let p = &self.parameters;
        check::devices(&p.psu, &p.bbu, &p.load)?;
        for soc in &self.state_of_charge {
            check::rules(&[("state_of_charge", soc.0, 0.0, 1.0)])?;
        }
        check::rules(&self.general())?;
        check::rules(&self.wave())
    }

    fn general(&self) -> [Rule; 14] {
        let p = &self.parameters;
        let input = &p.restart.input;
        [
            ("nominal", self.nominal.0, 100.0, 400.0),
            ("frequency", self.frequency.0, 40.0, 70.0),
            ("load", self.load.0, 0.0, 1e6),
            ("ambient", self.ambient.0, -40.0, 80.0),
            ("restart.input.stop_v", input.stop_v, 1.0, 400.0),
            ("restart.input.start_v", input.start_v, input.stop_v, 400.0),
            ("restart.input.stop_s", input.stop_s, 0.0, 10.0),
            ("restart.input.start_s", input.start_s, 0.0, 10.0),
            ("bus.capacitance_f", p.bus.capacitance_f, 1e-4, 10.0),
            ("bus.resistance_ohm", p.bus.resistance_ohm, 0.0, 0.01),
            ("psu.retries", f64::from(p.psu.retries), 0.0, 255.0),
            ("psu.drop_v", p.psu.drop_v, 0.0, 10.0),
            ("psu.bulk_empty_v", p.psu.bulk_empty_v, 1.0, p.psu.bulk_full_v),
            ("bbu.trigger_v", p.bbu.trigger_v, 1.0, 60.0),
        ]
    }

    fn wave(&self) -> [Rule; 20] {
        let p = &self.parameters;
        let (w, b) = (&p.psu_wave, &p.bbu_wave);
        // Explicit filters need time constants of more than a few steps.
        let shortest = 4.0 * super::STEP_S;
        [
            ("psu_wave.full_power_v", w.full_power_v, p.restart.input.stop_v, 400.0),
            ("psu_wave.peak_input_a", w.peak_input_a, 0.1, 1000.0),
            ("psu_wave.derate_tau_s", w.derate_tau_s, shortest, 100.0),
            ("psu_wave.follow_tau_s", w.follow_tau_s, shortest, 1.0),
            ("psu_wave.bulk_gain_per_s", w.bulk_gain_per_s, 0.1, 100.0),
            ("psu_wave.bulk_filter_s", w.bulk_filter_s, shortest, 1.0),
            ("psu_wave.rise_share", w.rise_share, p.psu.drop_share, 1.0),
            ("psu_wave.reserve_share", w.reserve_share, 0.0, p.psu.drop_share),
            ("psu_wave.refill_share", w.refill_share, w.rise_share, 1.0),
            ("psu_wave.share_gain_per_s", w.share_gain_per_s, 0.0, 1000.0),
            ("psu_wave.walk_in_slew_v_per_s", w.walk_in_slew_v_per_s, 0.01, 1e6),
            ("psu_wave.controller_w", w.controller_w, 0.0, 1000.0),
            ("bbu_wave.peak_w", b.peak_w, p.bbu.rated_power_w, 1e6),
            ("bbu_wave.peak_s", b.peak_s, 0.0, 1e6),
            ("bbu_wave.command_ceiling_v", b.command_ceiling_v, p.bbu.no_load_v, 54.0),
            ("bbu_wave.r1_ohm", b.r1_ohm, 0.0, 1.0),
            ("bbu_wave.tau1_s", b.tau1_s, 0.01, 1e6),
            ("bbu_wave.r2_ohm", b.r2_ohm, 0.0, 1.0),
            ("bbu_wave.tau2_s", b.tau2_s, 0.01, 1e6),
            ("bbu_wave.cold_per_k", b.cold_per_k, 0.0, 0.2),
        ]
    }
}
