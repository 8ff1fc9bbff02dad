//! Two droop lines and a load: the statics of a 48 V busbar.
//!
//! PSUs and BBUs feed the same bus through droop lines `V = no_load - drop * I / full_load`. No ORv3
//! register sets a discharge power, so the gateway moves the PSUs' line: the lower their no-load
//! voltage, the more current the BBUs' fixed line carries. Figures: ORv3 3 kW PSU, 51.0 V without
//! load and 0.5 V droop at 60 A (AE data sheet); BBU 48.0 to 47.5 V (OCP BBU talk). That the register
//! `vout_setpoint_h` moves the line is inferred, not stated by a source.

use dpo_registers::units::{Amperes, Volts, Watts};

use super::{ControlError, finite, positive};

/// PSU output voltage without a gateway: the fail-safe value.
pub const NOMINAL_SETPOINT: Volts = Volts(51.0);
/// Lowest setpoint this project ever writes. The bus may go down to 46 V (ORv3 base 1.1, 12.1); one
/// volt stays in hand for cables and droop.
pub const LOWEST_SETPOINT: Volts = Volts(47.0);

/// Below this setpoint a PSU at full load falls under the BBUs' trigger (48.5 V and 0.5 V of droop): only
/// steering leaves a PSU so low. What a PSU holds above it is the owner's setting and none of our business.
pub const STEERED_BELOW: Volts = Volts(49.0);

/// The droop line of one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Voltage without load.
    pub no_load: Volts,
    /// Voltage lost at `full_load`.
    pub drop: Volts,
    /// Rated current.
    pub full_load: Amperes,
}

impl Line {
    /// ORv3 3 kW PSU at its default setpoint.
    pub const ORV3_PSU: Self = Self { no_load: NOMINAL_SETPOINT, drop: Volts(0.5), full_load: Amperes(60.0) };
    /// ORv3 3 kW BBU: 3 kW at 47.5 V.
    pub const ORV3_BBU: Self = Self { no_load: Volts(48.0), drop: Volts(0.5), full_load: Amperes(63.2) };

    /// Power of one unit at full load, at the end of its line.
    pub fn rated_power(&self) -> Watts {
        Watts((self.no_load.0 - self.drop.0) * self.full_load.0)
    }

    /// Slope in ohms of `units` in parallel.
    fn ohms(&self, what: &'static str, units: u16) -> Result<f64, ControlError> {
        let value = self.drop.0 / self.full_load.0 / f64::from(units);
        if value.is_finite() && value > 0.0 { Ok(value) } else { Err(ControlError::Number { what, value }) }
    }
}

/// The units that are present.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plant {
    /// Line of one PSU; its `no_load` is not used, the setpoint takes its place.
    pub psu: Line,
    /// PSUs present.
    pub psus: u16,
    /// Line of one BBU.
    pub bbu: Line,
    /// BBUs present.
    pub bbus: u16,
}

/// Where the bus settles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OperatingPoint {
    /// Busbar voltage.
    pub bus: Volts,
    /// Power of all PSUs into the bus.
    pub psus: Watts,
    /// Power of all BBUs into the bus.
    pub bbus: Watts,
}

impl Plant {
    /// The PSU setpoint at which the BBUs carry `support` of `load`, both at the bus.
    /// Not clamped: the caller decides what may be written.
    ///
    /// # Errors
    /// [`ControlError`] for numbers that are not finite or negative, for a missing class of units, and
    /// if `support` is beyond the BBUs' line.
    pub fn setpoint(&self, load: Watts, support: Watts) -> Result<Volts, ControlError> {
        let load = positive("load", load.0)?;
        let support = positive("support", support.0)?;
        let (psu_ohms, bbu_ohms) = self.slopes()?;
        let bus = upper_root(self.bbu.no_load.0, bbu_ohms, support)?;
        let psu_current = (load - support).max(0.0) / bus;
        finite("setpoint", bus + psu_ohms * psu_current).map(Volts)
    }

    /// Where the bus settles for a setpoint and a load, with the BBUs triggered. A PSU takes no power
    /// back from the bus, nor does a BBU's discharge stage.
    ///
    /// # Errors
    /// [`ControlError`] as of [`Plant::setpoint`].
    pub fn settle(&self, setpoint: Volts, load: Watts) -> Result<OperatingPoint, ControlError> {
        let load = positive("load", load.0)?;
        let set = positive("setpoint", setpoint.0)?;
        let (psu_ohms, bbu_ohms) = self.slopes()?;
        let lone = self.bbu.no_load.0;
        if let Ok(bus) = upper_root(set, psu_ohms, load)
            && bus >= lone
        {
            return Ok(OperatingPoint { bus: Volts(bus), psus: Watts(load), bbus: Watts(0.0) });
        }
        if let Ok(bus) = upper_root(lone, bbu_ohms, load)
            && bus >= set
        {
            return Ok(OperatingPoint { bus: Volts(bus), psus: Watts(0.0), bbus: Watts(load) });
        }
        // Both conduct: one line with the voltage and slope of two sources in parallel.
        let conductance = 1.0 / psu_ohms + 1.0 / bbu_ohms;
        let open = (set / psu_ohms + lone / bbu_ohms) / conductance;
        let bus = upper_root(open, 1.0 / conductance, load)?;
        let psus = bus * (set - bus) / psu_ohms;
        Ok(OperatingPoint { bus: Volts(bus), psus: Watts(psus), bbus: Watts(load - psus) })
    }

    /// Change of the setpoint, in volts, for each watt that moves from the PSUs to the BBUs (negative).
    ///
    /// # Errors
    /// [`ControlError`] if a class of units is missing.
    pub fn volts_per_watt(&self) -> Result<f64, ControlError> {
        let (psu_ohms, bbu_ohms) = self.slopes()?;
        finite("slope", -(psu_ohms + bbu_ohms) / self.bbu.no_load.0)
    }

    /// Power all BBUs can give.
    pub fn support_capacity(&self) -> Watts {
        Watts(self.bbu.rated_power().0 * f64::from(self.bbus))
    }

    fn slopes(&self) -> Result<(f64, f64), ControlError> {
        if self.psus == 0 {
            return Err(ControlError::NoPsu);
        }
        if self.bbus == 0 {
            return Err(ControlError::NoBbu);
        }
        Ok((self.psu.ohms("PSU droop", self.psus)?, self.bbu.ohms("BBU droop", self.bbus)?))
    }
}

/// Voltage at which a source of `open` volts behind `ohms` carries a constant power: the upper of the
/// two roots of `V * (open - V) / ohms = watts`.
fn upper_root(open: f64, ohms: f64, watts: f64) -> Result<f64, ControlError> {
    let under = open * open - 4.0 * ohms * watts;
    if under < 0.0 {
        return Err(ControlError::Overload { watts });
    }
    finite("bus voltage", (open + under.sqrt()) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIX: Plant = Plant { psu: Line::ORV3_PSU, psus: 6, bbu: Line::ORV3_BBU, bbus: 6 };

    /// The bus voltage by bisection of the current balance: shares no formula with the code above.
    fn bisect(plant: &Plant, set: f64, load: f64) -> (f64, f64) {
        let (mut low, mut high) = (40.0, 51.0);
        let currents = |v: f64| {
            let psu = ((set - v) * 60.0 / 0.5 * f64::from(plant.psus)).max(0.0);
            let bbu = ((48.0 - v) * 63.2 / 0.5 * f64::from(plant.bbus)).max(0.0);
            (psu, bbu)
        };
        for _ in 0..100 {
            let v = (low + high) / 2.0;
            let (psu, bbu) = currents(v);
            if psu + bbu > load / v { low = v } else { high = v }
        }
        (low, low * currents(low).1)
    }

    #[test]
    fn the_setpoint_makes_the_bbus_carry_the_wanted_power() {
        for plant in [SIX, Plant { psus: 4, bbus: 2, ..SIX }, Plant { psus: 1, bbus: 6, ..SIX }] {
            for support in [0.0, 100.0, 1000.0, 2500.0] {
                for load in [2500.0, 3000.0, 14_000.0] {
                    let set = plant.setpoint(Watts(load), Watts(support)).unwrap();
                    let (_, bbus) = bisect(&plant, set.0, load);
                    assert!((bbus - support).abs() < 0.01, "{plant:?} {load} {support}: {bbus}");
                }
            }
        }
    }

    #[test]
    fn settle_agrees_with_the_current_balance_in_each_region() {
        for (set, load) in [
            (51.0, 14_000.0),
            (48.2, 14_000.0),
            (47.0, 14_000.0),
            (47.0, 900.0),
            (48.3, 100.0),
            (47.5, 18_000.0),
        ] {
            let point = SIX.settle(Volts(set), Watts(load)).unwrap();
            let (bus, bbus) = bisect(&SIX, set, load);
            assert!((point.bus.0 - bus).abs() < 1e-6, "{set} {load}");
            assert!((point.bbus.0 - bbus).abs() < 0.1, "{set} {load}");
            assert!((point.bbus.0 + point.psus.0 - load).abs() < 1e-6);
        }
    }

    #[test]
    fn the_slope_predicts_a_small_step() {
        let at = |support| SIX.setpoint(Watts(14_000.0), Watts(support)).unwrap().0;
        let measured = (at(4100.0) - at(4000.0)) / 100.0;
        let predicted = SIX.volts_per_watt().unwrap();
        assert!((measured / predicted - 1.0).abs() < 0.05, "{measured} {predicted}");
    }

    #[test]
    fn bad_input_is_refused() {
        for bad in [f64::NAN, f64::INFINITY, -1.0] {
            assert!(matches!(SIX.setpoint(Watts(bad), Watts(0.0)), Err(ControlError::Number { .. })));
            assert!(matches!(SIX.setpoint(Watts(0.0), Watts(bad)), Err(ControlError::Number { .. })));
            assert!(matches!(SIX.settle(Volts(bad), Watts(0.0)), Err(ControlError::Number { .. })));
        }
        let none = Plant { psus: 0, ..SIX };
        assert_eq!(none.setpoint(Watts(1.0), Watts(1.0)), Err(ControlError::NoPsu));
        let none = Plant { bbus: 0, ..SIX };
        assert_eq!(none.setpoint(Watts(1.0), Watts(1.0)), Err(ControlError::NoBbu));
        let flat = Plant { psu: Line { drop: Volts(0.0), ..SIX.psu }, ..SIX };
        assert!(matches!(flat.setpoint(Watts(1.0), Watts(1.0)), Err(ControlError::Number { .. })));
        let huge = Watts(1e9);
        assert_eq!(SIX.setpoint(huge, huge), Err(ControlError::Overload { watts: 1e9 }));
    }
}
