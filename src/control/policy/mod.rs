//! What the shelf owes to the grid and what it may do for that: plain data, no behaviour.
//!
//! Each field names the register of `dpo-pmi` (page 0x4200, `spec/registers/dpo-pmi.md`) or of the device
//! blocks that carries it. The defaults are the figures of ERCOT NOGRR 282, February 2026 draft, second-hand
//! and **unconfirmed** (`spec/grid-codes/ercot-nogrr282-2026-02.json`), with the stricter recovery budget of
//! the 2025 drafts; what no grid code says is marked *assumed*.

mod check;
mod curve;
mod shelf;
#[cfg(test)]
mod tests;

use dpo_registers::units::{Hertz, Ratio, Seconds, Volts, Watts, WattsPerSecond};

use crate::control::detector::DetectorError;

pub use curve::{CURVE_POINTS, Curve, CurvePoint};
pub use shelf::Shelf;

/// Everything the orchestrator is told before it starts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Policy {
    /// The equipment that the policy is for.
    pub shelf: Shelf,
    /// The grid at the shelf's input.
    pub grid: Grid,
    /// What is drawn in a sag, and how long.
    pub ride_through: RideThrough,
    /// How the power comes back.
    pub recovery: Recovery,
    /// How the batteries are filled again.
    pub recharge: Recharge,
    /// Slopes in normal operation.
    pub ramp: Ramp,
    /// Swing in normal operation; `None`: not limited.
    pub dynamic: Option<Dynamic>,
    /// What the shelf does about the frequency; `None`: nothing.
    pub frequency: Option<Droop>,
    /// How the batteries are used.
    pub battery: Battery,
    /// What holds for the devices whatever the grid asks.
    pub devices: Devices,
}

/// The grid at the shelf's input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// Nominal voltage, phase to neutral. Register `ac_nominal_voltage`. 240 V: 415 V between phases.
    pub nominal: Volts,
    /// Declared frequency. Register `ac_nominal_frequency`.
    pub frequency: Hertz,
    /// Samples of [`Seen::ac`](crate::control::orchestrator::io::Seen::ac) a second; a tick brings a
    /// thousandth of them.
    pub samples_per_s: f64,
}

impl Default for Grid {
    fn default() -> Self {
        Self { nominal: Volts(240.0), frequency: Hertz(60.0), samples_per_s: 5000.0 }
    }
}

/// What the shelf draws while the voltage is low.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RideThrough {
    /// Lower curve. Registers `vrt_low_1_voltage` to `vrt_low_6_time`. ERCOT draft, unconfirmed. The orchestrator
    /// takes from it down to which voltage and how long the PSUs draw, and what energy one walk along the whole
    /// curve needs; a sag beyond the curve is ridden while energy lasts.
    pub low: Curve,
    /// Upper curve. Registers `vrt_high_1_voltage` to `vrt_high_4_time`. ERCOT draft, unconfirmed. Nothing is armed
    /// from it: the PSUs take it or they do not, and [`Policy::check`] tells.
    pub high: Curve,
    /// Largest input current in a sag over that before; 1 draws in proportion to the voltage. Register
    /// `sag_current_limit`. ERCOT drafts, second-hand: 1.25.
    pub current_limit: Ratio,
    /// Input current over that before while PSUs run below 180 V (register `low_line_current` of `dpo-psu`, which
    /// counts in rated current); [`Self::current_limit`] bounds it. 1, assumed: in proportion to the voltage, as the
    /// ERCOT drafts allow. More would be drawn on for the half cycle in which the voltage returns, and shoot over
    /// the power before.
    pub low_line: Ratio,
}

impl Default for RideThrough {
    fn default() -> Self {
        Self {
            low: Curve::of([(0.9, f64::INFINITY), (0.8, 2.0), (0.5, 0.5), (0.2, 0.25), (0.0, 0.15)]),
            high: Curve::of([(1.1, f64::INFINITY), (1.2, 2.0)]),
            current_limit: Ratio(1.25),
            low_line: Ratio(1.0),
        }
    }
}

/// Return of the power after a sag (PFAPR).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recovery {
    /// Share of the power before that must be drawn again. Register `recovery_target`. ERCOT drafts: 0.9.
    pub target: Ratio,
    /// Time for that from the return of the voltage. Register `recovery_budget`. ERCOT drafts of 2025: 1 s; the
    /// draft of February 2026 has 2 s.
    pub budget: Seconds,
    /// Voltage in p.u. at which it has returned. Register `recovery_voltage`. ERCOT drafts: 0.9.
    pub voltage: Ratio,
    /// Largest slope of the shelf's power on its way back. Register `recovery_slope`. Assumed: a full v3 shelf in
    /// half a second.
    pub slope: WattsPerSecond,
    /// Share of the power before that is given at once on return. Register `walk_in_start` of `dpo-psu`, which
    /// counts in rated power. Assumed.
    pub start: Ratio,
    /// Share of the budget in which the whole power is back; the rest covers detection, the delay of the PSUs and
    /// their tolerances. Assumed.
    pub within: Ratio,
    /// How long the voltage must have been back before the PSUs are let go. Assumed: half a cycle and a bit.
    pub confirm: Seconds,
    /// Delay of the PSUs between the return of the input and their output, to stagger shelves by choice. Register
    /// `restart_delay` of `dpo-psu`. None needed for one shelf.
    pub restart_delay: Seconds,
    /// The longest time for which PSUs that could run are held back because the voltage is still below
    /// [`Self::voltage`]. Assumed: the time of the curve at 0.5 p.u.
    pub hold: Seconds,
}

impl Recovery {
    /// Time in s in which PSUs that return have walked in.
    pub(crate) fn climb_s(&self) -> f64 {
        self.restart_delay.0 + self.budget.0 * self.within.0
    }
}

impl Default for Recovery {
    fn default() -> Self {
        Self {
            target: Ratio(0.9),
            budget: Seconds(1.0),
            voltage: Ratio(0.9),
            slope: WattsPerSecond(40_000.0),
            start: Ratio(0.2),
            within: Ratio(0.5),
            confirm: Seconds(0.010),
            restart_delay: Seconds(0.0),
            hold: Seconds(0.5),
        }
    }
}

/// Recharge after support.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recharge {
    /// Time from the end of the recovery. Register `recharge_delay`. BBU Module 1.4: at least 1 min.
    pub delay: Seconds,
    /// Largest power that it adds to the shelf's input. Register `recharge_limit`. Assumed: six units at the 2 A
    /// of BBU Module 1.4 (130 W each).
    pub limit: Watts,
    /// Slope of that power; a `ramp_up` limit that is lower wins. Register `recharge_slope` of `dpo-bbu`.
    /// Assumed: 20 MW/min of a 75 MW site, scaled to a full shelf.
    pub slope: WattsPerSecond,
    /// Charge below which a battery is filled again. Assumed, as in the steady-state model.
    pub below: Ratio,
}

impl Default for Recharge {
    fn default() -> Self {
        Self { delay: Seconds(60.0), limit: Watts(780.0), slope: WattsPerSecond(80.0), below: Ratio(0.98) }
    }
}

/// Slopes of the input power in normal operation. No grid code gives a figure for a rack: none by default.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Ramp {
    /// Largest rise. Register `ramp_up_limit`.
    pub up: Option<WattsPerSecond>,
    /// Largest fall. Register `ramp_down_limit`. A charger takes 265 W, so a falling load can be filled up with
    /// little.
    pub down: Option<WattsPerSecond>,
}

/// Swing of the input power in normal operation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dynamic {
    /// Largest peak-to-peak swing within the window. Register `dynamic_range`. ERCOT, proposed: 10 MW; for a
    /// shelf its share of the site.
    pub range: Watts,
    /// The rolling window. Register `dynamic_window`. ERCOT, proposed: 5 s.
    pub window: Seconds,
    /// Slower changes do not count. Register `dynamic_band_low`. ERCOT, proposed: 0.1 Hz. The upper end of the
    /// band (`dynamic_band_high`) is not used: what is faster than the bus cannot be shaped, and counts.
    pub band_low: Hertz,
}

/// Response to the frequency: less power drawn when it is low, more when it is high.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Droop {
    /// Deviation from the declared frequency that changes nothing.
    pub dead_band: Hertz,
    /// Share of the power before that a hertz beyond it moves.
    pub share_per_hz: f64,
    /// The largest share that is moved. ERCOT drafts, second-hand: the load stays within 10 %.
    pub most: Ratio,
}

impl Droop {
    /// All of the 10 % between the continuous band (58.8 Hz to 61.2 Hz, ERCOT draft) and its next edge, 57.0 Hz.
    /// That a load answers at all is no one's rule: an option, assumed.
    pub const ERCOT: Self = Self { dead_band: Hertz(1.2), share_per_hz: 0.1 / 1.8, most: Ratio(0.1) };
}

/// How the batteries are used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Battery {
    /// Charge that is kept for outages and sags: nothing in normal operation discharges below it. Register
    /// `reserve_charge`. The gateway's default.
    pub reserve: Ratio,
    /// Bus voltage that the units hold on support. Register `support_voltage` of `dpo-bbu`. 48.5 V: the trigger
    /// that they have anyway, below every PSU line and above the 48.0 V of units without the block.
    pub support_voltage: Volts,
    /// Change of a unit's share for a charge that differs by the whole. Register `share_gain` of `dpo-bbu`.
    /// Assumed: 10 % of charge move 20 % of share.
    pub share_gain: f64,
    /// A unit may be asked for this multiple of its fair share (by energy) before the rest is the others'. Assumed.
    pub share_most: f64,
}

impl Default for Battery {
    fn default() -> Self {
        Self { reserve: Ratio(0.2), support_voltage: Volts(48.5), share_gain: 2.0, share_most: 1.5 }
    }
}

/// What holds for the devices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Devices {
    /// Bus voltage above which a PSU's controller lives from the bus. Register `keep_alive_voltage` of `dpo-psu`.
    /// AE data sheet: a bus above 44 V is alive.
    pub keep_alive: Volts,
    /// Bus voltage below which PSUs that could run are no longer held back. ORv3 Base 1.1, 12.1: the bus is 46 V
    /// to 52 V; half a volt of it for cables.
    pub bus_lowest: Volts,
    /// Age from which a polled value is not relied on. Assumed: some sweeps of the bus.
    pub stale: Seconds,
}

impl Default for Devices {
    fn default() -> Self {
        Self { keep_alive: Volts(44.0), bus_lowest: Volts(46.5), stale: Seconds(2.0) }
    }
}

/// Why a policy cannot be put into force.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// A number outside its range.
    #[error("policy: {field} is {value}; it must be from {from} to {to}")]
    Number {
        /// Path of the field.
        field: &'static str,
        /// Its value.
        value: f64,
        /// Lowest value.
        from: f64,
        /// Highest value.
        to: f64,
    },
    /// Too many points.
    #[error("policy: a ride-through curve of {points} points; the registers hold {CURVE_POINTS}")]
    Points {
        /// How many.
        points: usize,
    },
    /// A point's voltage is outside its range.
    #[error("policy: {name}, point {number}: voltage {value} p.u.; it must be from {from} to {to}")]
    PointVoltage {
        /// Which curve.
        name: &'static str,
        /// Which point, from 1.
        number: usize,
        /// Its voltage.
        value: f64,
        /// Lowest voltage.
        from: f64,
        /// Highest voltage.
        to: f64,
    },
    /// A point's time is outside its range.
    #[error(
        "policy: {name}, point {number}: time {value} s; it must be from 0 to 65, without limit for point 1 alone"
    )]
    PointTime {
        /// Which curve.
        name: &'static str,
        /// Which point, from 1.
        number: usize,
        /// Its time.
        value: f64,
    },
    /// Points out of order.
    #[error(
        "policy: {name}, point {number}: it must lie further from nominal than the one before, with no more time"
    )]
    PointOrder {
        /// Which curve.
        name: &'static str,
        /// Which point, from 1.
        number: usize,
    },
    /// The recovery cannot meet its own budget.
    #[error(
        "policy: a full shelf needs {need_s} s to its target at recovery.slope, but has {budget_s} s; raise the \
         slope or the budget"
    )]
    Slope {
        /// Time to the target at the slope.
        need_s: f64,
        /// Time there is.
        budget_s: f64,
    },
    /// No sag detector can be built from the grid and the return voltage.
    #[error("policy: {0}")]
    Detector(#[from] DetectorError),
    /// The voltage counts as returned only above the continuous band.
    #[error(
        "policy: recovery.voltage {voltage} p.u. is above the continuous band of ride_through.low ({edge})"
    )]
    Return {
        /// Voltage of return.
        voltage: f64,
        /// Edge of the continuous band.
        edge: f64,
    },
    /// The PSUs trip inside the upper curve.
    #[error("policy: ride_through.high reaches {volts} V, but the PSUs of this shelf trip at {trip} V")]
    OverVoltage {
        /// Highest voltage of the curve.
        volts: f64,
        /// Trip voltage of the PSUs.
        trip: f64,
    },
}
