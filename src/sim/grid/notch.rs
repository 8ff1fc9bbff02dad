//! Commutation notches, and how large IEEE 519 lets them be.

use std::f64::consts::{SQRT_2, TAU};

use dpo_registers::units::{Hertz, Volts};

use super::phasor::Phasor;

/// Notches as a line-commutated six-pulse converter cuts them: six times a cycle it connects two phases for as long
/// as the current takes to change over. Their voltage against each other shrinks, both move to their mean by the same
/// amount, the third phase stays: each phase has four notches a cycle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Notches {
    /// How much of the voltage between the two phases is missing in a notch.
    pub depth: f64,
    /// Width in s.
    pub width_s: f64,
    /// Firing angle in degrees: from where the two phases cross to the beginning of the notch. At 90 it is on the
    /// peak of the voltage between them, where the same depth takes most.
    pub firing_deg: f64,
}

impl Notches {
    /// Area of a notch in V·µs: missing volts, at its middle, times width.
    pub fn area_v_us(&self, line_to_line: Volts, frequency: Hertz) -> f64 {
        let middle = self.firing_deg.to_radians() + 0.5 * TAU * frequency.0 * self.width_s;
        self.depth * SQRT_2 * line_to_line.0 * middle.sin() * self.width_s * 1e6
    }

    /// What share of the positive sequence the notches take away, at most.
    pub fn cut(&self, frequency: Hertz) -> f64 {
        let (from, turn) = (self.firing_deg.to_radians(), TAU * frequency.0 * self.width_s);
        let highest = if (from..=from + turn).contains(&(0.25 * TAU)) {
            1.0
        } else {
            from.sin().max((from + turn).sin())
        };
        6.0 * self.depth * self.width_s * frequency.0 * highest * highest
    }
}

/// What IEEE 519 recommends that notches stay below, for a class of low-voltage systems.
///
/// Source: IEEE 519-1992 table 10.2, since 519-2014 table C.1 of its informative annex C. **Unconfirmed**: neither
/// edition could be opened; that the table exists, and its three classes, is confirmed second-hand (Power Monitors
/// Inc., white papers on notching in IEEE 519-2014), the numbers and the rule for other voltages are from memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NotchLimit {
    /// Deepest notch, over the voltage between the phases.
    pub depth: f64,
    /// Largest area of a notch in V·µs at 480 V between the phases.
    pub area_v_us_at_480_v: f64,
}

impl NotchLimit {
    /// Hospitals, airports.
    pub const SPECIAL: Self = Self { depth: 0.1, area_v_us_at_480_v: 16_400.0 };
    /// Systems of any loads: what IT equipment is fed from.
    pub const GENERAL: Self = Self { depth: 0.2, area_v_us_at_480_v: 22_800.0 };
    /// Systems that feed converters and nothing else.
    pub const DEDICATED: Self = Self { depth: 0.5, area_v_us_at_480_v: 36_500.0 };

    /// Largest area in V·µs at a voltage between the phases: in proportion to it.
    pub fn area_v_us(&self, line_to_line: Volts) -> f64 {
        self.area_v_us_at_480_v * line_to_line.0 / 480.0
    }

    /// Notches of a depth and firing angle that have a share of the largest area, but are no wider than `widest_s`.
    pub fn notches(
        &self,
        depth: f64,
        firing_deg: f64,
        share: f64,
        line_to_line: Volts,
        frequency: Hertz,
        widest_s: f64,
    ) -> Notches {
        let wanted = share * self.area_v_us(line_to_line);
        let with = |width_s: f64| Notches { depth: depth.min(self.depth), width_s, firing_deg };
        let (mut narrow, mut wide) = (0.0, widest_s);
        if with(wide).area_v_us(line_to_line, frequency) <= wanted {
            return with(wide);
        }
        // The area grows with the width; halved to less than a picosecond.
        for _ in 0..32 {
            let middle = 0.5 * (narrow + wide);
            if with(middle).area_v_us(line_to_line, frequency) <= wanted {
                narrow = middle;
            } else {
                wide = middle;
            }
        }
        with(narrow)
    }
}

/// The two phases that change over, by the sixth of a cycle since the crossing of L2 and L3 with a positive L1.
const PAIRS: [(usize, usize); 3] = [(1, 2), (0, 1), (0, 2)];

/// Notches in the making.
#[derive(Debug, Clone)]
pub(super) struct Cutter {
    notches: Notches,
    /// Turns the reference back by the firing angle.
    back: Phasor,
}

impl Cutter {
    pub(super) fn new(notches: Notches) -> Self {
        Self { notches, back: Phasor::polar(1.0, -notches.firing_deg) }
    }

    /// Cuts the voltages of a sample that ends a step of `step_s`. A notch that covers a part of the step takes that
    /// part of its depth: its area is the same wherever the steps fall.
    #[inline]
    pub(super) fn cut(&self, v: &mut [f64; 3], z: Phasor, hz: f64, step_s: f64) {
        let turned = z * self.back;
        let cube = turned * turned * turned;
        let sixth = cube * cube;
        let (width, step) = (TAU * hz * self.notches.width_s, TAU * hz * step_s);
        // Six times the angle is in the first half turn, and not beyond the notch: most samples end here.
        if sixth.im < 0.0 || sixth.re <= (6.0 * (width + step)).min(3.1).cos() {
            return;
        }
        let sixths = turned.im.atan2(turned.re).rem_euclid(TAU) * 6.0 / TAU;
        let number = sixths as usize;
        let at = (sixths - number as f64) * TAU / 6.0;
        let share = ((at.min(width) - (at - step).max(0.0)) / step).max(0.0);
        let (a, b) = PAIRS[number % 3];
        let missing = 0.5 * share * self.notches.depth * (v[a] - v[b]);
        v[a] -= missing;
        v[b] += missing;
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Disturbances, GridConfig, Source};
    use super::*;

    const LINE: Volts = Volts(240.0 * 1.732_050_807_568_877_2);

    fn wave(notches: Option<Notches>, step_s: f64) -> Vec<[f64; 3]> {
        let disturbances = Disturbances { notches, ..Disturbances::default() };
        let config = GridConfig { disturbances, step_s, ..GridConfig::default() };
        let mut source = Source::new(&config).unwrap();
        (0..(0.1 / step_s).round() as usize).map(|_| source.next_sample().v).collect()
    }

    #[test]
    fn six_a_cycle_of_the_area_asked_for_whatever_the_step() {
        for (firing_deg, depth) in [(90.0, 0.5), (40.0, 0.2)] {
            let notches = NotchLimit::DEDICATED.notches(depth, firing_deg, 1.0, LINE, Hertz(60.0), 1e-3);
            let limit = NotchLimit::DEDICATED.area_v_us(LINE);
            assert!((notches.area_v_us(LINE, Hertz(60.0)) / limit - 1.0).abs() < 1e-6);
            for step_s in [1e-6, 40e-6] {
                let (healthy, notched) = (wave(None, step_s), wave(Some(notches), step_s));
                let mut area = [0.0; 3];
                for (before, after) in healthy.iter().zip(&notched) {
                    assert!((before.iter().sum::<f64>() - after.iter().sum::<f64>()).abs() < 1e-9);
                    for (area, (a, b)) in area.iter_mut().zip([(0, 1), (1, 2), (2, 0)]) {
                        let missing = (before[a] - before[b]).abs() - (after[a] - after[b]).abs();
                        *area += missing * step_s * 1e6;
                        assert!(missing.abs() <= depth * SQRT_2 * LINE.0 * 1.001);
                    }
                }
                // Two notches a cycle of its own in each voltage between phases. At 90 degrees the four of the others
                // take half of that each: as much again.
                for area in area {
                    let own = 2.0 * 6.0 * notches.area_v_us(LINE, Hertz(60.0));
                    if firing_deg == 90.0 {
                        assert!((area / own - 2.0).abs() < 0.03, "{step_s}: {area} {own}");
                    }
                    assert!(area > 0.5 * own, "{step_s}: {area} {own}");
                }
            }
        }
    }

    #[test]
    fn the_limits_scale_with_the_voltage_and_hold_the_depth() {
        assert!((NotchLimit::GENERAL.area_v_us(Volts(480.0)) - 22_800.0).abs() < 1e-9);
        assert!((NotchLimit::GENERAL.area_v_us(Volts(240.0)) - 11_400.0).abs() < 1e-9);
        let deep = NotchLimit::GENERAL.notches(0.9, 90.0, 1.0, LINE, Hertz(60.0), 500e-6);
        assert_eq!(deep.depth, 0.2);
        // 20 % of the peak for 168 us.
        assert!((deep.width_s - 168e-6).abs() < 1e-6, "{deep:?}");
        let shallow = NotchLimit::SPECIAL.notches(0.01, 90.0, 1.0, LINE, Hertz(60.0), 500e-6);
        assert_eq!(shallow.width_s, 500e-6);
    }

    #[test]
    fn the_cut_of_the_fundamental_is_as_told() {
        let notches = Notches { depth: 0.5, width_s: 300e-6, firing_deg: 88.0 };
        let amplitude = |wave: &[[f64; 3]]| {
            // Six cycles; L1 against its own sine.
            let sum: f64 =
                wave.iter().enumerate().map(|(i, v)| v[0] * (TAU * 60.0 * i as f64 * 1e-5).sin()).sum();
            2.0 * sum / wave.len() as f64
        };
        let lost = 1.0 - amplitude(&wave(Some(notches), 1e-5)) / amplitude(&wave(None, 1e-5));
        let told = notches.cut(Hertz(60.0));
        assert!(lost <= told && lost > 0.98 * told, "{lost} {told}");
    }
}
