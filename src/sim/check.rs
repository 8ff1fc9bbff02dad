//! What a configuration must hold so that the model and its registers make sense.

use super::load::{LoadProfile, Training};
use super::parameters::{
    BBU_SLOTS, BbuParameters, FIRST_BBU_UNIT, FIRST_PSU_UNIT, LoadParameters, PSU_SLOTS, PsuParameters,
    ShelfConfig,
};

/// A field of a [`ShelfConfig`] that cannot be simulated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{field} is {value}; it must be {low} to {high}")]
pub struct ConfigError {
    /// Path of the field, for example `psu.droop_v`.
    pub field: &'static str,
    /// Its value.
    pub value: f64,
    /// Smallest allowed value.
    pub low: f64,
    /// Largest allowed value.
    pub high: f64,
}

pub(super) type Rule = (&'static str, f64, f64, f64);

/// Smallest value of what the model divides by.
const TINY: f64 = 1e-9;
/// Largest value of what has no limit of its own.
const HUGE: f64 = 1e9;

impl ShelfConfig {
    /// Checks every field that the model divides by, or that a register must be able to show.
    ///
    /// # Errors
    /// [`ConfigError`] names the first field out of range.
    pub fn check(&self) -> Result<(), ConfigError> {
        let general: [Rule; 4] = [
            ("ac_voltage", self.ac_voltage.0, 0.0, 1000.0),
            ("ac_frequency", self.ac_frequency.0, 0.0, 1000.0),
            ("ambient", self.ambient.0, -50.0, 100.0),
            ("state_of_charge", self.state_of_charge, 0.0, 1.0),
        ];
        rules(&general)?;
        let slots = |first: u8, count: usize| usize::from(first)..usize::from(first) + count;
        let (psus, bbus) = (slots(FIRST_PSU_UNIT, PSU_SLOTS), slots(FIRST_BBU_UNIT, BBU_SLOTS));
        for unit in &self.absent {
            let known = psus.contains(&usize::from(*unit)) || bbus.contains(&usize::from(*unit));
            if !known {
                let (low, high) =
                    (f64::from(FIRST_BBU_UNIT), f64::from(FIRST_PSU_UNIT) + PSU_SLOTS as f64 - 1.0);
                return Err(ConfigError { field: "absent", value: f64::from(*unit), low, high });
            }
        }
        devices(&self.psu, &self.bbu, &self.load_behaviour)?;
        match &self.load {
            LoadProfile::Constant(power) => rules(&[("load.constant", power.0, 0.0, HUGE)]),
            LoadProfile::Training(t) => rules(&training(t)),
            // Checked when it was built.
            LoadProfile::Trace(_) => Ok(()),
        }
    }
}

/// Checks the parameters that both models of a shelf share.
pub(super) fn devices(p: &PsuParameters, b: &BbuParameters, l: &LoadParameters) -> Result<(), ConfigError> {
    rules(&psu(p))?;
    rules(&bbu(b))?;
    rules(&behaviour(l))
}

pub(super) fn rules(rules: &[Rule]) -> Result<(), ConfigError> {
    // `contains` is false for NaN, as it must be.
    match rules.iter().find(|(_, value, low, high)| !(*low..=*high).contains(value)) {
        Some(&(field, value, low, high)) => Err(ConfigError { field, value, low, high }),
        None => Ok(()),
    }
}

fn psu(p: &PsuParameters) -> [Rule; 31] {
    [
        ("psu.rated_power_w", p.rated_power_w, TINY, 8000.0),
        ("psu.full_current_a", p.full_current_a, TINY, 1000.0),
        ("psu.no_load_v", p.no_load_v, 46.0, 52.0),
        ("psu.low_no_load_v", p.low_no_load_v, 46.0, 52.0),
        ("psu.droop_v", p.droop_v, 1e-3, 10.0),
        ("psu.current_limit_a", p.current_limit_a, TINY, 1000.0),
        ("psu.slow_trip_w", p.slow_trip_w, 0.0, HUGE),
        ("psu.slow_trip_s", p.slow_trip_s, 0.0, HUGE),
        ("psu.fast_trip_w", p.fast_trip_w, 0.0, HUGE),
        ("psu.fast_trip_s", p.fast_trip_s, 0.0, HUGE),
        ("psu.share_spread_v", p.share_spread_v, 0.0, 1.0),
        ("psu.level_spread_v", p.level_spread_v, 0.0, 1.0),
        ("psu.setpoint_slew_v_per_s", p.setpoint_slew_v_per_s, TINY, HUGE),
        ("psu.start_slew_v_per_s", p.start_slew_v_per_s, TINY, HUGE),
        ("psu.ac_stop_v", p.ac_stop_v, 172.0, 305.0),
        ("psu.ac_max_v", p.ac_max_v, p.ac_stop_v, 305.0),
        ("psu.ac_start_v", p.ac_start_v, p.ac_stop_v, p.ac_max_v),
        ("psu.ac_derate_v", p.ac_derate_v, TINY, 1000.0),
        ("psu.ac_over_v", p.ac_over_v, p.ac_max_v, 1000.0),
        ("psu.hold_up_j", p.hold_up_j, TINY, HUGE),
        ("psu.bulk_full_v", p.bulk_full_v, p.bulk_empty_v, 1000.0),
        ("psu.bulk_empty_v", p.bulk_empty_v, 0.0, 1000.0),
        ("psu.bulk_refill_w", p.bulk_refill_w, TINY, HUGE),
        ("psu.drop_share", p.drop_share, 0.0, 1.0),
        ("psu.drop_slew_v_per_s", p.drop_slew_v_per_s, TINY, HUGE),
        ("psu.loss_fixed_w", p.loss_fixed_w, TINY, HUGE),
        ("psu.ithd_fall_w", p.ithd_fall_w, TINY, HUGE),
        ("psu.fan_rpm.1", p.fan_rpm.1, TINY, 65_535.0),
        ("psu.fan_tau_s", p.fan_tau_s, TINY, HUGE),
        ("psu.thermal_tau_s", p.thermal_tau_s, TINY, HUGE),
        ("psu.ready_s.1", p.ready_s.1, p.ready_s.0, HUGE),
    ]
}

fn bbu(p: &BbuParameters) -> [Rule; 20] {
    let rising = p.pack.open_circuit_v.is_sorted();
    let lowest = p.pack.open_circuit_v.first().copied().unwrap_or_default();
    [
        ("bbu.rated_power_w", p.rated_power_w, TINY, HUGE),
        ("bbu.no_load_v", p.no_load_v, TINY, 60.0),
        ("bbu.droop_v", p.droop_v, 1e-3, 10.0),
        ("bbu.full_current_a", p.full_current_a, TINY, 1000.0),
        ("bbu.trigger_v", p.trigger_v, p.no_load_v, 60.0),
        ("bbu.trigger_s", p.trigger_s, 0.0, HUGE),
        ("bbu.start_s", p.start_s, 0.0, HUGE),
        ("bbu.leave_s", p.leave_s, 0.0, HUGE),
        ("bbu.discharge_limit_s", f64::from(p.discharge_limit_s), 90.0, 1200.0),
        ("bbu.charge_auto_a.1", p.charge_auto_a.1, 0.0, 5.0),
        ("bbu.charger_efficiency", p.charger_efficiency, 0.01, 1.0),
        ("bbu.discharge_efficiency", p.discharge_efficiency, 0.01, 1.0),
        ("bbu.soh_percent", f64::from(p.soh_percent), 1.0, 100.0),
        ("bbu.pack_tau_s", p.pack_tau_s, TINY, HUGE),
        ("bbu.converter_tau_s", p.converter_tau_s, TINY, HUGE),
        ("bbu.pack.capacity_ah", p.pack.capacity_ah, TINY, 65.0),
        ("bbu.pack.cell_resistance_ohm", p.pack.cell_resistance_ohm, TINY, 1.0),
        ("bbu.pack.open_circuit_v (rising)", f64::from(u8::from(rising)), 1.0, 1.0),
        ("bbu.pack.open_circuit_v.0", lowest, p.pack.cell_empty_v, 5.9),
        ("bbu.pack.cell_empty_v", p.pack.cell_empty_v, 0.0, 5.9),
    ]
}

fn behaviour(p: &LoadParameters) -> [Rule; 3] {
    [
        ("load_behaviour.drop_out_v", p.drop_out_v, TINY, 60.0),
        ("load_behaviour.restart_v", p.restart_v, p.drop_out_v, 60.0),
        ("load_behaviour.restart_s", p.restart_s, 0.0, HUGE),
    ]
}

fn training(t: &Training) -> [Rule; 10] {
    [
        ("load.training.rated", t.rated.0, 0.0, HUGE),
        ("load.training.iteration_s", t.iteration_s, 0.1, HUGE),
        ("load.training.communication", t.communication, 0.0, 0.5),
        ("load.training.floor", t.floor, 0.0, 1.0),
        ("load.training.peak", t.peak, t.floor, 10.0),
        ("load.training.ripple", t.ripple, 0.0, t.peak - t.floor),
        ("load.training.ripple_s", t.ripple_s, 0.01, HUGE),
        ("load.training.rise_per_s", t.rise_per_s, TINY, HUGE),
        ("load.training.fall_per_s", t.fall_per_s, TINY, HUGE),
        ("load.training.checkpoint_s", t.checkpoint_s, 0.0, HUGE),
    ]
}

#[cfg(test)]
mod tests {
    use dpo_registers::units::Watts;

    use super::*;

    #[test]
    fn the_defaults_are_good_and_a_bad_field_is_named() {
        let good = ShelfConfig::default();
        assert_eq!(good.check(), Ok(()));
        let field = |change: fn(&mut ShelfConfig)| {
            let mut config = ShelfConfig::default();
            change(&mut config);
            config.check().unwrap_err().field
        };
        assert_eq!(field(|c| c.psu.droop_v = 0.0), "psu.droop_v");
        assert_eq!(field(|c| c.psu.no_load_v = f64::NAN), "psu.no_load_v");
        assert_eq!(field(|c| c.bbu.pack.open_circuit_v[3] = 3.0), "bbu.pack.open_circuit_v (rising)");
        assert_eq!(field(|c| c.absent = vec![206]), "absent");
        assert_eq!(field(|c| c.absent = vec![70]), "absent");
        assert_eq!(field(|c| c.load = LoadProfile::Constant(Watts(-1.0))), "load.constant");
        let floor = |c: &mut ShelfConfig| {
            c.load = LoadProfile::Training(Training { floor: 0.95, ..Training::default() });
        };
        assert_eq!(field(floor), "load.training.peak");
        let error = ShelfConfig { state_of_charge: 1.5, ..good }.check().unwrap_err();
        assert_eq!(error.to_string(), "state_of_charge is 1.5; it must be 0 to 1");
    }
}
