//! A ride-through curve: how long the shelf stays at which voltage.

use dpo_registers::units::{Ratio, Seconds};

use super::PolicyError;

/// Points of a curve at most (registers `vrt_low_1_voltage` to `vrt_low_6_time`).
pub const CURVE_POINTS: usize = 6;

/// From the point before (or from nominal) to this voltage, the shelf stays for at least this time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CurvePoint {
    /// Voltage in p.u. of nominal; the point holds to this voltage and with it.
    pub voltage: Ratio,
    /// The shortest time; infinite: no limit in time.
    pub time: Seconds,
}

/// Points in their order away from nominal. Register semantics of `dpo-pmi`, page 0x4200.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Curve {
    points: [CurvePoint; CURVE_POINTS],
    used: usize,
}

impl Curve {
    /// A curve of points.
    ///
    /// # Errors
    /// [`PolicyError::Points`] for more than [`CURVE_POINTS`].
    pub fn new(points: &[CurvePoint]) -> Result<Self, PolicyError> {
        let mut curve = Self { used: points.len(), ..Self::default() };
        let Some(place) = curve.points.get_mut(..points.len()) else {
            return Err(PolicyError::Points { points: points.len() });
        };
        place.copy_from_slice(points);
        Ok(curve)
    }

    /// For the constants of this room; points beyond [`CURVE_POINTS`] do not compile.
    pub(crate) const fn of<const N: usize>(points: [(f64, f64); N]) -> Self {
        const { assert!(N <= CURVE_POINTS) };
        let empty = CurvePoint { voltage: Ratio(0.0), time: Seconds(0.0) };
        let mut curve = Self { points: [empty; CURVE_POINTS], used: N };
        let mut at = 0;
        while at < N {
            curve.points[at] = CurvePoint { voltage: Ratio(points[at].0), time: Seconds(points[at].1) };
            at += 1;
        }
        curve
    }

    /// The points in use.
    pub fn points(&self) -> &[CurvePoint] {
        self.points.get(..self.used).unwrap_or_default()
    }

    /// The longest finite time that the curve asks for at voltages below `voltage`; 0 if for none.
    pub fn longest_below(&self, voltage: Ratio) -> Seconds {
        let times = self.points().iter().filter(|point| point.voltage < voltage && point.time.0.is_finite());
        Seconds(times.fold(0.0, |longest, point| point.time.0.max(longest)))
    }

    /// The lowest voltage above 0 down to which the curve goes; `None` if it has no such point.
    pub fn lowest(&self) -> Option<Ratio> {
        self.points().iter().rev().map(|point| point.voltage).find(|voltage| voltage.0 > 0.0)
    }

    /// Order and numbers. `falling`: the lower curve; the upper one rises.
    pub(super) fn check(&self, name: &'static str, falling: bool) -> Result<(), PolicyError> {
        let mut before: Option<CurvePoint> = None;
        for (index, point) in self.points().iter().enumerate() {
            let number = index + 1;
            let (from, to) = if falling { (0.0, 1.0) } else { (1.0, 2.0) };
            if !(from..=to).contains(&point.voltage.0) {
                return Err(PolicyError::PointVoltage { name, number, value: point.voltage.0, from, to });
            }
            // The register holds at most 65 s; without limit is the first point's alone.
            let endless = number == 1 && point.time.0 == f64::INFINITY;
            if !endless && !(0.0..=65.0).contains(&point.time.0) {
                return Err(PolicyError::PointTime { name, number, value: point.time.0 });
            }
            if let Some(before) = before {
                let onwards =
                    if falling { point.voltage < before.voltage } else { point.voltage > before.voltage };
                if !onwards || point.time > before.time {
                    return Err(PolicyError::PointOrder { name, number });
                }
            }
            before = Some(*point);
        }
        Ok(())
    }
}
