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
    /// [`ControlError`] for numbers that cannot be used, or if support is asked for and a class of
    /// units is missing. The caller then keeps the setpoint it has, or goes to the fail-safe value.
    pub fn step(&mut self, demand: &Demand, now: &Measured) -> Result<Decision, ControlError> {
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
mod tests {
    use super::*;

    /// A shelf whose true lines differ from the loop's: PSUs set 40 mV high, 20 % more slope, a loss of
    /// 4 %, BBUs with 30 mV less, pack power read in steps of 42 W.
    struct Shelf {
        load: f64,
        charge: f64,
        setpoint: f64,
        triggered: bool,
    }

    impl Shelf {
        fn measure(&mut self) -> Measured {
            let plant = Plant {
                psu: Line { drop: Volts(0.6), ..Line::ORV3_PSU },
                psus: 6,
                bbu: Line { no_load: Volts(47.97), ..Line::ORV3_BBU },
                bbus: 6,
            };
            let set = self.setpoint + 0.04;
            let point = plant.settle(Volts(set), Watts(self.load)).unwrap();
            self.triggered = point.bus.0 < 48.5;
            let (output, battery) = if self.triggered {
                (point.psus.0, point.bbus.0)
            } else {
                (self.load + self.charge, -self.charge)
            };
            let battery = (battery / 42.0).round() * 42.0;
            Measured {
                input: Watts(output / 0.96),
                output: Watts(output),
                battery: Watts(battery),
                psus: 6,
                bbus: 6,
            }
        }

        fn run(&mut self, steering: &mut Steering, demand: &Demand, ticks: usize) -> Vec<Measured> {
            (0..ticks)
                .map(|_| {
                    let measured = self.measure();
                    let decision = steering.step(demand, &measured).unwrap();
                    self.setpoint = decision.setpoint().0;
                    assert!((47.0..=51.0).contains(&self.setpoint), "{}", self.setpoint);
                    measured
                })
                .collect()
        }
    }

    fn shelf(load: f64) -> Shelf {
        Shelf { load, charge: 0.0, setpoint: 51.0, triggered: false }
    }

    fn limit(watts: f64) -> Demand {
        Demand { input_limit: Some(Watts(watts)), discharge: None }
    }

    #[test]
    fn an_input_limit_is_reached_and_held_in_spite_of_wrong_lines() {
        let mut steering = Steering::new(SteerConfig::default());
        let mut shelf = shelf(14_000.0);
        let run = shelf.run(&mut steering, &limit(10_000.0), 40);
        assert!(run[0].input.0 > 14_000.0, "no support before the first tick");
        for measured in &run[15..] {
            assert!((measured.input.0 - 10_000.0).abs() < 150.0, "{measured:?}");
        }
    }

    #[test]
    fn a_discharge_request_is_reached_and_ends_at_once() {
        let mut steering = Steering::new(SteerConfig::default());
        let mut shelf = shelf(14_000.0);
        let demand = Demand { input_limit: None, discharge: Some(Watts(4000.0)) };
        let run = shelf.run(&mut steering, &demand, 30);
        for measured in &run[15..] {
            assert!((measured.battery.0 - 4000.0).abs() < 120.0, "{measured:?}");
        }
        assert_eq!(steering.step(&Demand::default(), &run[29]), Ok(Decision::Off));
        assert!(!steering.active());
    }

    #[test]
    fn the_larger_support_wins() {
        let now = Measured { input: Watts(14_000.0), output: Watts(13_440.0), ..shelf(13_440.0).measure() };
        let support = |input_limit, discharge| {
            let demand = Demand { input_limit, discharge };
            match Steering::new(SteerConfig::default()).step(&demand, &now) {
                Ok(Decision::Steer { support, .. }) => support.0,
                other => panic!("{other:?}"),
            }
        };
        let by_limit = support(Some(Watts(10_000.0)), Some(Watts(1000.0)));
        assert!((by_limit - 3840.0).abs() < 1.0, "{by_limit}");
        assert_eq!(support(Some(Watts(10_000.0)), Some(Watts(5000.0))), 5000.0);
    }

    #[test]
    fn a_load_near_the_limit_does_not_chatter() {
        let mut steering = Steering::new(SteerConfig::default());
        let mut shelf = shelf(0.0);
        shelf.charge = 900.0;
        let mut switches = 0;
        let mut before = false;
        for tick in 0..200 {
            // 9.9 to 10.1 kW at the AC side, around the limit.
            shelf.load = 9600.0 + if tick % 2 == 0 { 96.0 } else { -96.0 };
            shelf.run(&mut steering, &limit(10_000.0), 1);
            switches += u32::from(steering.active() != before);
            before = steering.active();
        }
        assert_eq!(switches, 1);
        // Recharging comes on top when support ends: 8.7 + 0.9 kW would be at the limit again.
        shelf.load = 8700.0;
        shelf.run(&mut steering, &limit(10_000.0), 50);
        assert!(steering.active());
        shelf.load = 7000.0;
        let run = shelf.run(&mut steering, &limit(10_000.0), 50);
        assert!(!steering.active());
        assert!(run[49].input.0 < 10_000.0 && run[49].battery.0 < 0.0);
    }

    #[test]
    fn support_beyond_the_bbus_is_named_and_does_not_wind_up() {
        let mut steering = Steering::new(SteerConfig::default());
        let mut now = shelf(17_000.0).measure();
        now.bbus = 1;
        for _ in 0..50 {
            match steering.step(&limit(9000.0), &now).unwrap() {
                Decision::Steer { support, missing, .. } => {
                    assert!(support.0 < 3100.0 && missing.0 > 4000.0);
                }
                Decision::Off => panic!("support is needed"),
            }
        }
        assert_eq!(steering.trim, 0.0);
    }

    #[test]
    fn a_step_while_steering_is_bounded() {
        let mut steering = Steering::new(SteerConfig { filter: 1.0, ..SteerConfig::default() });
        let mut shelf = shelf(11_000.0);
        shelf.run(&mut steering, &limit(10_000.0), 20);
        let before = shelf.setpoint;
        shelf.load = 18_000.0;
        shelf.run(&mut steering, &limit(10_000.0), 1);
        assert!((shelf.setpoint - before).abs() <= 0.25 + 1e-9);
        assert!(shelf.setpoint < before);
    }

    #[test]
    fn bad_numbers_change_nothing() {
        let mut steering = Steering::new(SteerConfig::default());
        let mut shelf = shelf(14_000.0);
        let good = shelf.run(&mut steering, &limit(10_000.0), 5)[4];
        let kept = steering.clone();
        let nan = Watts(f64::NAN);
        for bad in [
            Measured { input: nan, ..good },
            Measured { output: nan, ..good },
            Measured { battery: Watts(f64::INFINITY), ..good },
            Measured { input: Watts(-1.0), ..good },
        ] {
            assert!(steering.step(&limit(10_000.0), &bad).is_err());
        }
        assert!(steering.step(&limit(f64::NAN), &good).is_err());
        let none = Measured { psus: 0, ..good };
        assert_eq!(steering.step(&limit(10_000.0), &none), Err(ControlError::NoPsu));
        assert_eq!(steering, kept);
    }
}
