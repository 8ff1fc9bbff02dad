//! Sags by type, and trains of them.
//!
//! The seven types of a sag between phases and neutral (M. H. J. Bollen, *Understanding Power Quality Problems*,
//! 2000, table 4.6; CIGRE/CIRED/UIE C4.110, 2010) say what a fault somewhere in the grid makes of the voltages
//! at the terminals of a load behind transformers. The three types of IEEE 1668 are among them: single-phase is
//! [`SagKind::B`], phase-to-phase is [`SagKind::C`] or [`SagKind::D`], three-phase is [`SagKind::A`].

use super::change::{Change, When};
use super::config::Voltage;
use super::phasor::{BALANCED, Phasor};

/// What a sag does to the three phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum SagKind {
    /// Three-phase: all fall alike.
    #[default]
    A,
    /// One phase falls, the others stay: a single-phase fault without a transformer between.
    B,
    /// Two phases fall towards each other, one stays: phase-to-phase fault.
    C,
    /// One phase falls much and two a little: a phase-to-phase fault behind a delta-wye transformer.
    D,
    /// Two phases fall, one stays: two-phase-to-ground fault without a transformer between.
    E,
    /// As D, of a two-phase-to-ground fault.
    F,
    /// As C, of a two-phase-to-ground fault behind two transformers.
    G,
    /// The phases named by the first three bits fall in amplitude and keep their angles; the fault that does it
    /// is not asked for. Bit 0 is L1.
    Phases(u8),
}

impl SagKind {
    /// The seven types.
    pub const TYPES: [Self; 7] = [Self::A, Self::B, Self::C, Self::D, Self::E, Self::F, Self::G];

    /// Phasors of L1, L2, L3 in p.u. for the characteristic voltage `v` (its angle is the phase jump), where
    /// `first` (0 to 2) is the phase that differs from the other two.
    pub fn phasors(self, v: Phasor, first: usize) -> [Phasor; 3] {
        const R3: f64 = 1.732_050_807_568_877_2;
        let j = |p: Phasor| Phasor::new(-p.im, p.re);
        let real = |re: f64| Phasor::new(re, 0.0);
        // Each type is c for the phase that differs and m ∓ j·d for the one behind and the one ahead of it.
        let (c, m, d) = match self {
            Self::A => (v, v * -0.5, v * (R3 / 2.0)),
            Self::B => (v, real(-0.5), real(R3 / 2.0)),
            Self::C => (real(1.0), real(-0.5), v * (R3 / 2.0)),
            Self::D => (v, v * -0.5, real(R3 / 2.0)),
            Self::E => (real(1.0), v * -0.5, v * (R3 / 2.0)),
            Self::F => (v, v * -0.5, real(R3 / 3.0) + v * (R3 / 6.0)),
            Self::G => {
                (real(2.0 / 3.0) + v * (1.0 / 3.0), real(-1.0 / 3.0) - v * (1.0 / 6.0), v * (R3 / 2.0))
            }
            Self::Phases(bits) => {
                let phase = |k: usize| if bits >> k & 1 == 1 { BALANCED[k] * v } else { BALANCED[k] };
                return [phase(0), phase(1), phase(2)];
            }
        };
        let turned = [c, m - j(d), m + j(d)];
        let mut out = BALANCED;
        for (k, phasor) in turned.into_iter().enumerate() {
            // Turned so that the phase that differs takes the place of `first`.
            if let Some(out) = out.get_mut((k + first) % 3) {
                *out = phasor * BALANCED[first % 3];
            }
        }
        out
    }
}

/// One sag.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sag {
    /// When it begins in s; with a point on wave the first such instant from then on.
    pub at_s: f64,
    /// How long it lasts in s.
    pub duration_s: f64,
    /// Retained (characteristic) voltage in p.u.
    pub retained: f64,
    /// Its type.
    pub kind: SagKind,
    /// The phase that differs from the other two: 0 is L1.
    pub phase: usize,
    /// Point on wave of that phase in degrees at which it begins (0: zero crossing upwards); `None`: at `at_s`.
    pub point_on_wave_deg: Option<f64>,
    /// Phase jump of the characteristic voltage in degrees.
    pub jump_deg: f64,
}

impl Default for Sag {
    /// Three-phase to 0.5 p.u. for 0.1 s, at 0.1 s.
    fn default() -> Self {
        Self {
            at_s: 0.1,
            duration_s: 0.1,
            retained: 0.5,
            kind: SagKind::A,
            phase: 0,
            point_on_wave_deg: None,
            jump_deg: 0.0,
        }
    }
}

impl Sag {
    /// Its phasors.
    pub fn phasors(&self) -> [Phasor; 3] {
        self.kind.phasors(Phasor::polar(self.retained, self.jump_deg), self.phase)
    }

    /// Lowest amplitude of a phase in p.u.
    pub fn lowest(&self) -> f64 {
        self.phasors().map(Phasor::amplitude).into_iter().fold(f64::INFINITY, f64::min)
    }
}

/// A healthy voltage with these sags, in the order in which they begin.
pub fn train(sags: &[Sag]) -> Voltage {
    let mut changes = Vec::with_capacity(2 * sags.len());
    for sag in sags {
        let when = match sag.point_on_wave_deg {
            None => When::At(sag.at_s),
            Some(deg) => When::PointOnWave { from_s: sag.at_s, phase: sag.phase, deg },
        };
        changes.push(Change { when, over_s: 0.0, to: sag.phasors() });
        changes.push(Change { when: When::After(sag.duration_s), over_s: 0.0, to: BALANCED });
    }
    Voltage::Changes(changes)
}

/// One fault of [`VIRGINIA_2024`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VirginiaFault {
    /// Seconds after the first fault. Assumed.
    pub after_s: f64,
    /// Duration in s. Inside the stated range; which fault had which is assumed.
    pub duration_s: f64,
    /// Retained voltage in p.u. Inside the stated range; which fault had which is assumed.
    pub retained: f64,
}

/// The faults of 2024-07-10 on a 230 kV line in northern Virginia.
///
/// Source: NERC incident review of 2025-01-08, as `reference/grid.md` section 5 gives it second-hand. Stated: six
/// faults within 82 s, 42 to 66 ms each, 0.25 to 0.40 p.u. **Assumed**: the times between them (an arrester
/// fault with reclosing at both ends comes in pairs), which fault was how long and how deep, and that all three
/// phases fell alike (the public review does not give phase voltages at the loads; this is the hard case).
pub const VIRGINIA_2024: [VirginiaFault; 6] = [
    VirginiaFault { after_s: 0.0, duration_s: 0.042, retained: 0.25 },
    VirginiaFault { after_s: 15.0, duration_s: 0.066, retained: 0.30 },
    VirginiaFault { after_s: 20.0, duration_s: 0.050, retained: 0.40 },
    VirginiaFault { after_s: 41.0, duration_s: 0.058, retained: 0.35 },
    VirginiaFault { after_s: 60.0, duration_s: 0.062, retained: 0.28 },
    VirginiaFault { after_s: 82.0 - 0.066, duration_s: 0.066, retained: 0.40 },
];

/// [`VIRGINIA_2024`] from `start_s` on, as sags of this type; each begins at this point on wave if one is given.
pub fn virginia_2024(start_s: f64, kind: SagKind, point_on_wave_deg: Option<f64>) -> Vec<Sag> {
    VIRGINIA_2024
        .iter()
        .map(|fault| Sag {
            at_s: start_s + fault.after_s,
            duration_s: fault.duration_s,
            retained: fault.retained,
            kind,
            point_on_wave_deg,
            ..Sag::default()
        })
        .collect()
}
