//! What the twin knows beyond the parameters of the steady-state model, each figure with its source and how
//! sure we are of it.
//!
//! Figures that both models need stand once, in [`PsuParameters`] and [`BbuParameters`], and are embedded here.
//! The tables of this module are data as well: [`TwinParameters::table`] lists name, value, unit, source and
//! confidence, for reports and for the headers that feed other simulators.

use crate::sim::parameters::{BbuParameters, LoadParameters, PsuParameters};

/// How sure we are of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// The source says it.
    Stated,
    /// Arithmetic on stated figures.
    Derived,
    /// No source found; plausible, to be replaced when known.
    Assumed,
    /// Two sources disagree; both are kept.
    Conflicting,
}

/// A figure with where it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// Name of the field.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// UCUM unit; `1` for a ratio.
    pub unit: &'static str,
    /// Source, by the keys of this module's tables.
    pub source: &'static str,
    /// How sure we are.
    pub confidence: Confidence,
}

macro_rules! figures {
    ($(#[$doc:meta])* $name:ident, $prefix:literal {
        $($(#[$field_doc:meta])* $field:ident: $value:expr, $unit:literal, $source:literal, $confidence:ident;)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $($(#[$field_doc])*
            #[doc = ""]
            #[doc = concat!("Default `", stringify!($value), "` ", $unit, "; source: ", $source, " (",
                stringify!($confidence), ").")]
            pub $field: f64,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $value,)* }
            }
        }

        impl $name {
            /// The figures as a table.
            pub fn table(&self) -> Vec<Figure> {
                vec![$(Figure {
                    name: concat!($prefix, ".", stringify!($field)),
                    value: self.$field,
                    unit: $unit,
                    source: $source,
                    confidence: Confidence::$confidence,
                },)*]
            }
        }
    };
}

figures! {
    /// What a PSU does within a cycle of the AC input.
    PsuWaveParameters, "psu_wave" {
        /// RMS input voltage from which the full output power is possible. Between it and
        /// `stop_v` the output is derated in proportion.
        full_power_v: 198.0, "V", "issue 5, DPO material: derating 180-198 V", Stated;
        /// Largest RMS input current: what 155 % of the rated output (the limit of the output current) needs at
        /// 240 V. The bulk capacitor covers the rest of a peak.
        peak_input_a: 20.3, "A", "AE: current limit at 155 %; 4.65 kW at 95.6 % and 240 V", Derived;
        /// Time constant of the derating, which protects parts from heat.
        derate_tau_s: 0.05, "s", "none found", Assumed;
        /// Time constant with which the power factor stage follows the output power.
        follow_tau_s: 0.004, "s", "none found; slower than half a cycle would empty the bulk capacitor", Assumed;
        /// Gain of the bulk voltage loop: power for each joule that is missing.
        bulk_gain_per_s: 20.0, "/s", "none found; crossover of about 3 Hz, usual for such stages", Assumed;
        /// Filter of the bulk voltage loop, which keeps the ripple out of the input current.
        bulk_filter_s: 0.008, "s", "half a cycle of the AC input", Derived;
        /// Share of the hold-up energy from which an output that fell rises again.
        rise_share: 0.65, "1", "none found; above the half at which it falls", Assumed;
        /// Time before a common start in which the bulk capacitor is charged.
        charge_before_s: 0.25, "s", "none found; 60 J at the refill power take 0.1 s", Assumed;
        /// Time from the release of SYNC_START to the start of the outputs.
        sync_s: 0.0035, "s", "AE: Tsync 2 to 5 ms, the middle", Stated;
        /// Gain of the active current sharing: how fast shares drift together.
        share_gain_per_s: 10.0, "/s", "none found", Assumed;
        /// Power that the controller takes from the bus when the AC input is gone (MOD-04).
        controller_w: 10.0, "W", "none found", Assumed;
        /// Share of the hold-up energy that a PSU with MOD-06 keeps when the input power is short.
        reserve_share: 0.10, "1", "decision of this project", Assumed;
        /// Share of the hold-up energy to which such a PSU refills while the BBUs carry the rest.
        refill_share: 0.75, "1", "decision of this project; above the half at which the output falls", Assumed;
        /// Time from the fall of the output to the refill: the BBUs are on by then (4 ms and the fall).
        hand_over_s: 0.006, "s", "AE, DD: 1 ms fall, 2 ms and 2 ms of the BBU", Derived;
        /// How fast the output voltage rises in a walk-in (MOD-07); fast would charge the bus with a peak.
        walk_in_slew_v_per_s: 20.0, "V/s", "decision of this project", Assumed;
    }
}

figures! {
    /// What a BBU does within milliseconds, and the dynamics of its pack.
    BbuWaveParameters, "bbu_wave" {
        /// Largest output power, for a limited time.
        peak_w: 4500.0, "W", "BBU Shelf 1.1: 568.8 A a shelf at 47.5 V", Derived;
        /// Time for which the peak power is given from rest.
        peak_s: 5.0, "s", "none found", Assumed;
        /// Bus voltage that a unit never exceeds on command (MOD-10).
        command_ceiling_v: 51.5, "V", "decision of this project; below the 52 V of the bus and the 52.5 V trip", Assumed;
        /// First relaxation resistance of a cell group.
        r1_ohm: 0.0025, "Ohm", "control.md 1: 10 mOhm a cell, 4 in parallel; illustrative", Assumed;
        /// Its time constant.
        tau1_s: 10.0, "s", "control.md 1: 10 mOhm and 1 kF", Assumed;
        /// Second relaxation resistance of a cell group.
        r2_ohm: 0.002, "Ohm", "control.md 1: 8 mOhm a cell, 4 in parallel; illustrative", Assumed;
        /// Its time constant.
        tau2_s: 160.0, "s", "control.md 1: 8 mOhm and 20 kF", Assumed;
        /// Temperature at which the resistances hold.
        reference_c: 25.0, "Cel", "convention", Assumed;
        /// Rise of the resistances for each kelvin below that temperature.
        cold_per_k: 0.025, "/K", "none read; lithium cells about double from 25 to -10 degC", Assumed;
        /// Fall of the resistances for each kelvin above it.
        warm_per_k: 0.006, "/K", "none read", Assumed;
        /// Cell voltage below which the charger trickles.
        trickle_below_v: 3.0, "V", "none read; usual for lithium cells", Assumed;
        /// Charge current below that voltage.
        trickle_a: 0.5, "A", "none read", Assumed;
    }
}

figures! {
    /// The busbar.
    BusParameters, "bus" {
        /// Capacitance: the output capacitors of six PSUs (2 mF each) and the inputs of the rack.
        capacitance_f: 0.030, "F", "none found", Assumed;
        /// Resistance from the shelf to the load and back.
        resistance_ohm: 0.0001, "Ohm", "none found", Assumed;
    }
}

figures! {
    /// When the input stage stops and starts.
    InputParameters, "input" {
        /// RMS input voltage below which it stops.
        stop_v: 180.0, "V", "issue 5, DPO material; AE says 172 V", Conflicting;
        /// Time below it: with the half-cycle RMS, 13 to 20 ms after the sag began.
        stop_s: 0.011, "s", "issue 5: about 20 ms in all", Derived;
        /// RMS input voltage from which it starts again.
        start_v: 186.0, "V", "6 V above the stop voltage, as in AE (172 and 178 V)", Derived;
        /// Time above it.
        start_s: 0.010, "s", "none found", Assumed;
    }
}

/// How the units find their delay after the AC input returned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StartDelay {
    /// Each unit draws a delay up to this time in s; the last one releases SYNC_START.
    EachUnit(f64),
    /// The first slot draws one for the shelf, up to [`PsuParameters::dead_bus_delay_s`] or
    /// [`PsuParameters::live_bus_delay_s`].
    OneForShelf,
}

/// How a shelf comes back after a loss of the AC input. Two sources disagree; both are kept.
#[derive(Debug, Clone, PartialEq)]
pub struct RestartParameters {
    /// Input thresholds.
    pub input: InputParameters,
    /// The delay.
    pub delay: StartDelay,
    /// Whether a power factor stage that stopped runs again when the AC input returns while the bulk capacitor
    /// still carries the output.
    pub resumes: bool,
}

impl RestartParameters {
    /// The DPO material: a sag of 50 ms costs 6 to 17 s (conflicting). So a stage that stopped does not resume;
    /// delays of 0 to 15 s are drawn by each unit and the last one counts.
    pub fn dpo_material() -> Self {
        Self { input: InputParameters::default(), delay: StartDelay::EachUnit(15.0), resumes: false }
    }

    /// The AE data sheet: 1 to 8 s in all (conflicting), one delay for the shelf, input thresholds of 172 and
    /// 178 V (stated). That a stage resumes from hold-up is assumed, as in the steady-state model.
    pub fn data_sheet(psu: &PsuParameters) -> Self {
        let input = InputParameters { stop_v: psu.ac_stop_v, start_v: psu.ac_start_v, ..Default::default() };
        Self { input, delay: StartDelay::OneForShelf, resumes: true }
    }
}

/// All parameters of a twin.
#[derive(Debug, Clone, PartialEq)]
pub struct TwinParameters {
    /// The PSUs, as in the steady-state model.
    pub psu: PsuParameters,
    /// The PSUs within a cycle.
    pub psu_wave: PsuWaveParameters,
    /// How the PSUs come back.
    pub restart: RestartParameters,
    /// Whether the PSUs drive the AC_LOSS line when the hold-up is half used, and the BBUs start on it and on
    /// nothing else (HPR); otherwise the output falls and the BBUs watch the bus (v3).
    pub ac_loss_line: bool,
    /// The BBUs, as in the steady-state model.
    pub bbu: BbuParameters,
    /// The BBUs within milliseconds.
    pub bbu_wave: BbuWaveParameters,
    /// The busbar.
    pub bus: BusParameters,
    /// The load below its voltage range.
    pub load: LoadParameters,
}

impl TwinParameters {
    /// A v3 shelf: 6 PSUs of 3 kW, 6 BBUs of 3 kW.
    pub fn v3() -> Self {
        Self {
            psu: PsuParameters::default(),
            psu_wave: PsuWaveParameters::default(),
            restart: RestartParameters::dpo_material(),
            ac_loss_line: false,
            bbu: BbuParameters::default(),
            bbu_wave: BbuWaveParameters::default(),
            bus: BusParameters::default(),
            load: LoadParameters::default(),
        }
    }

    /// An HPR shelf: 6 PSUs of 5.5 kW, BBUs that start on AC_LOSS.
    ///
    /// Stated (orv3.md 2.3, Delta and AE): 5.5 kW, 110 A, 50 V without load and 49 V at full load, AC_LOSS instead
    /// of the 3 V drop, pulses to 160 %, BBU shelf 674 A and 1077 A. Derived: 20 ms of hold-up need 110 J; the
    /// rest of the PSU and of the pack is the v3 unit scaled by 5.5 / 3. Assumed: lines of the BBU as in v3.
    pub fn hpr() -> Self {
        let v3 = Self::v3();
        let scale = 5.5 / 3.0;
        let psu = PsuParameters {
            rated_power_w: 5500.0,
            full_current_a: 110.0,
            no_load_v: 50.0,
            droop_v: 1.0,
            current_limit_a: 1.6 * 5500.0 / 48.4,
            slow_trip_w: v3.psu.slow_trip_w * scale,
            fast_trip_w: 1.65 * 5500.0,
            hold_up_j: 110.0,
            drop_v: 0.0,
            bulk_refill_w: v3.psu.bulk_refill_w * scale,
            loss_fixed_w: v3.psu.loss_fixed_w * scale,
            loss_square_per_w: v3.psu.loss_square_per_w / scale,
            ..v3.psu
        };
        let psu_wave = PsuWaveParameters {
            peak_input_a: 1.6 * 5500.0 / 0.956 / 240.0,
            controller_w: v3.psu_wave.controller_w,
            ..v3.psu_wave
        };
        let pack = crate::sim::parameters::PackParameters {
            capacity_ah: v3.bbu.pack.capacity_ah * scale,
            cell_resistance_ohm: v3.bbu.pack.cell_resistance_ohm / scale,
            ..v3.bbu.pack
        };
        let bbu = BbuParameters {
            rated_power_w: 5500.0,
            full_current_a: 674.0 / 6.0,
            pack,
            pack_rise_k_per_w: v3.bbu.pack_rise_k_per_w / scale,
            ..v3.bbu
        };
        let bbu_wave = BbuWaveParameters {
            peak_w: 1077.0 / 6.0 * 47.5,
            r1_ohm: v3.bbu_wave.r1_ohm / scale,
            r2_ohm: v3.bbu_wave.r2_ohm / scale,
            ..v3.bbu_wave
        };
        Self { psu, psu_wave, ac_loss_line: true, bbu, bbu_wave, ..v3 }
    }

    /// Loss of a PSU at an output power, in W: the law of the steady-state model.
    pub fn psu_loss_w(&self, output_w: f64) -> f64 {
        let p = &self.psu;
        p.loss_fixed_w + p.loss_linear * output_w + p.loss_square_per_w * output_w * output_w
    }

    /// Rated RMS input current of a PSU in A: rated output at the voltage from which it is possible. What
    /// `low_line_current` (MOD-06) is a share of.
    pub fn rated_input_a(&self) -> f64 {
        (self.psu.rated_power_w + self.psu_loss_w(self.psu.rated_power_w)) / self.psu_wave.full_power_v
    }

    /// The figures that only the twin has, with source and confidence.
    pub fn table(&self) -> Vec<Figure> {
        [self.psu_wave.table(), self.restart.input.table(), self.bbu_wave.table(), self.bus.table()].concat()
    }
}
