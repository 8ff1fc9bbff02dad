//! One tick of steering: from what was asked and measured to the PSU setpoint.
//!
//! Feed-forward from the droop lines ([`super::share`]) does most; an integral on the measured power
//! removes what the lines do not know (calibration, cables, uneven sharing). Ticks are seconds apart,
//! so this holds a mean and never follows a swing: the load is filtered before it is used.

use dpo_registers::units::{Volts, Watts};

use super::share::{LOWEST_SETPOINT, Line, NOMINAL_SETPOINT, Plant};
use super::{ControlError, finite, positive};

/// Constants of the steering loop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SteerConfig {
    /// Droop line of one PSU.
    pub psu: Line,
    /// Droop line of one BBU.
    pub bbu: Line,
    /// PSU efficiency to assume while it cannot be measured.
    pub efficiency: f64,
    /// Share of a new load sample in the filtered load, above 0 to 1.
    pub filter: f64,
    /// Share of a power error that one tick corrects, above 0 to 1.
    pub gain: f64,
    /// Largest correction by the integral.
    pub trim_limit: Volts,
    /// Largest change of the setpoint in one tick while steering.
    pub slew: Volts,
    /// Support ends when the load is below the limit by this share of it ...
    pub hysteresis: f64,
    /// ... for this many ticks.
    pub off_ticks: u8,
}

impl Default for SteerConfig {
    fn default() -> Self {
        Self {
            psu: Line::ORV3_PSU,
            bbu: Line::ORV3_BBU,
            efficiency: 0.96,
            filter: 0.3,
            gain: 0.3,
            trim_limit: Volts(0.4),
            slew: Volts(0.25),
            hysteresis: 0.05,
            off_ticks: 3,
        }
    }
}

impl SteerConfig {
    /// Checks that the loop can work with the constants.
    ///
    /// # Errors
    /// [`ControlError::Number`] names the first one that it cannot.
    pub fn check(&self) -> Result<(), ControlError> {
        let above = |what, value: f64, most: f64| {
            if value > 0.0 && value <= most { Ok(()) } else { Err(ControlError::Number { what, value }) }
        };
        for (names, line) in [
            (["psu.no_load", "psu.drop", "psu.full_load"], &self.psu),
            (["bbu.no_load", "bbu.drop", "bbu.full_load"], &self.bbu),
        ] {
            let [no_load, drop, full_load] = names;
            above(no_load, line.no_load.0, f64::MAX)?;
            above(drop, line.drop.0, line.no_load.0)?;
            above(full_load, line.full_load.0, f64::MAX)?;
        }
        above("efficiency", self.efficiency, 1.0)?;
        above("filter", self.filter, 1.0)?;
        above("gain", self.gain, 1.0)?;
        above("slew", self.slew.0, f64::MAX)?;
        positive("trim_limit", self.trim_limit.0)?;
        positive("hysteresis", self.hysteresis)?;
        Ok(())
    }
}

/// What the lease owner asks for. If both are set, the larger support wins.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Demand {
    /// Upper limit of the shelf's AC input power.
    pub input_limit: Option<Watts>,
    /// Power the BBUs give to the bus.
    pub discharge: Option<Watts>,
}

/// What the poll cycle measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// AC input power of all PSUs.
    pub input: Watts,
    /// Output power of all PSUs.
    pub output: Watts,
    /// Power of all BBUs at the bus; positive discharges.
    pub battery: Watts,
    /// PSUs present.
    pub psus: u16,
    /// BBUs present.
    pub bbus: u16,
}

/// What to do until the next tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Decision {
    /// No support is needed: the PSUs run at [`NOMINAL_SETPOINT`].
    Off,
    /// The PSUs run at a lower setpoint.
    Steer {
        /// Setpoint for each PSU, inside 47.0 to 51.0 V.
        setpoint: Volts,
        /// Power the BBUs are meant to carry.
        support: Watts,
        /// Support that was asked for but is beyond the BBUs or the load.
        missing: Watts,
    },
}

impl Decision {
    /// Setpoint for each PSU.
    pub fn setpoint(&self) -> Volts {
        match self {
            Self::Off => NOMINAL_SETPOINT,
            Self::Steer { setpoint, .. } => *setpoint,
        }
    }
}

/// The loop's memory between ticks.
#[derive(Debug, Clone, PartialEq)]
pub struct Steering {
    config: SteerConfig,
    demand: Demand,
    /// Setpoint of the last tick; `None` while off.
    last: Option<f64>,
    load: Option<f64>,
    trim: f64,
    calm: u8,
    /// Most the BBUs took from the bus while support was off: it comes back when support ends, and
    /// must not start support again.
    recharge: f64,
}

/// The PSUs keep this share of the load, so that none of them runs empty.
const PSU_SHARE: f64 = 0.02;

impl Steering {
    /// A loop at rest.
    pub fn new(config: SteerConfig) -> Self {
        Self { config, demand: Demand::default(), last: None, load: None, trim: 0.0, calm: 0, recharge: 0.0 }
    }

    /// Whether the last tick asked for support.
    pub fn active(&self) -> bool {
        self.last.is_some()
    }

    /// One tick. Nothing changes in the loop if the input is refused.
    ///
    /// # Errors
    /// [`ControlError`] for numbers that cannot be used, the constants of the loop included, or if support is asked for and a class of
    /// units is missing. The caller then keeps the setpoint it has, or goes to the fail-safe value.
    pub fn step(&mut self, demand: &Demand, now: &Measured) -> Result<Decision, ControlError> {
        // Limits that are no limits would end in a panic, with the setpoints where they are.
        self.config.check()?;
        let input = positive("input power", now.input.0)?;
        let output = positive("output power", now.output.0)?;
        let battery = finite("battery power", now.battery.0)?;
        let limit = demand.input_limit.map(|w| positive("input power limit", w.0)).transpose()?;
        let discharge = demand.discharge.map(|w| positive("BBU discharge", w.0)).transpose()?;
        let mut next = self.clone();
        let decision = next.advance(limit, discharge, input, output, battery, now, demand)?;
        *self = next;
        Ok(decision)
    }

    #[allow(clippy::too_many_arguments)]
    fn advance(
        &mut self,
        limit: Option<f64>,
        discharge: Option<f64>,
        input: f64,
        output: f64,
        battery: f64,
        now: &Measured,
        demand: &Demand,
    ) -> Result<Decision, ControlError> {
        let sample = (output + battery).max(0.0);
        let same_demand = *demand == self.demand;
        self.demand = *demand;
        // A new demand starts from what is there now; a running one follows the mean.
        let load = match self.load {
            Some(mean) if same_demand => mean + self.config.filter * (sample - mean),
            _ => sample,
        };
        self.load = Some(load);
        if !self.active() && battery < 0.0 {
            self.recharge = self.recharge.max(-battery);
        }
        let efficiency = if input > 0.0 { output / input } else { self.config.efficiency };
        // Readings of one PSU lag each other; outside this band they say nothing about losses.
        let efficiency = if (0.85..=1.0).contains(&efficiency) { efficiency } else { self.config.efficiency };

        let for_limit = limit.map(|limit| load - limit * efficiency);
        let wanted = for_limit.into_iter().chain(discharge.filter(|w| *w > 0.0)).reduce(f64::max);
        let Some(wanted) = wanted.filter(|w| self.needed(*w, limit, discharge, efficiency, battery)) else {
            self.last = None;
            self.trim = 0.0;
            self.calm = 0;
            return Ok(Decision::Off);
        };
        let plant = Plant { psu: self.config.psu, psus: now.psus, bbu: self.config.bbu, bbus: now.bbus };
        let most = plant.support_capacity().0.min(load * (1.0 - PSU_SHARE));
        let support = wanted.clamp(0.0, most);

        let by_limit = for_limit.is_some_and(|w| w == wanted);
        let error = match limit {
            // The AC side is measured finely, the pack current often in whole amperes only.
            Some(limit) if by_limit && wanted > 0.0 => (input - limit) * efficiency,
            _ => support - battery,
        };
        self.apply(&plant, Watts(load), support, wanted, error, same_demand)
    }

    /// Whether support is on in this tick: at once when power is wanted, off only after a calm time.
    fn needed(
        &mut self,
        wanted: f64,
        limit: Option<f64>,
        discharge: Option<f64>,
        efficiency: f64,
        battery: f64,
    ) -> bool {
        if discharge.is_some_and(|w| w > 0.0) {
            self.calm = 0;
            return true;
        }
        let Some(limit) = limit else { return false };
        if !self.active() {
            // Charging counts: its power comes over the AC input too.
            return wanted + (-battery).max(0.0) > 0.0;
        }
        let band = limit * efficiency * self.config.hysteresis + self.recharge;
        self.calm = if wanted < -band { self.calm.saturating_add(1) } else { 0 };
        self.calm < self.config.off_ticks
    }

    fn apply(
        &mut self,
        plant: &Plant,
        load: Watts,
        support: f64,
        wanted: f64,
        error: f64,
        same_demand: bool,
    ) -> Result<Decision, ControlError> {
        let ahead = plant.setpoint(load, Watts(support))?.0;
        // The error belongs to the last setpoint: it means nothing on the first tick of a demand.
        let mut trim = self.trim;
        if self.last.is_some() && same_demand {
            let limit = self.config.trim_limit.0;
            trim = (trim + self.config.gain * plant.volts_per_watt()? * error).clamp(-limit, limit);
        }
        let (lowest, highest) = (LOWEST_SETPOINT.0, NOMINAL_SETPOINT.0);
        let mut goal = ahead + trim;
        // Anti-windup: where the BBUs or the clamp allow no more, the integral may only step back.
        let pushes_down = trim < self.trim;
        let stuck = (wanted > support && pushes_down) || goal < lowest || goal > highest;
        if stuck {
            goal = ahead + self.trim;
        } else {
            self.trim = trim;
        }
        if let Some(last) = self.last.filter(|_| same_demand) {
            goal = goal.clamp(last - self.config.slew.0, last + self.config.slew.0);
        }
        let setpoint = finite("setpoint", goal)?.clamp(lowest, highest);
        self.last = Some(setpoint);
        Ok(Decision::Steer {
            setpoint: Volts(setpoint),
            support: Watts(support),
            missing: Watts((wanted - support).max(0.0)),
        })
    }
}

#[cfg(test)]
mod tests;
