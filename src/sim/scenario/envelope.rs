//! The events that walk a ride-through envelope: depth, duration, kind of sag, point on wave, load, charge.

use serde::Serialize;

use crate::gridcode::GridCode;
use crate::gridcode::model::{Bands, Rule};
use crate::sim::grid::{Sag, SagKind};
use crate::sim::rng::Rng;

/// The load over the rated one that is walked.
pub const LOAD: (f64, f64) = (0.2, 1.5);
/// The state of charge that is walked.
pub const CHARGE: (f64, f64) = (0.05, 1.0);
/// The shortest sag, in s.
const SHORTEST_S: f64 = 0.005;
/// How far beyond the curve events go: times its minimum time.
const BEYOND: f64 = 3.0;
/// The longest sag where the curve has no end, in s.
const LONGEST_S: f64 = 2.0;

/// The phase jump of a sag of types B to G that is walked, in degrees. Assumed: overhead lines and cables turn the
/// voltage back by some 10 to 40 degrees, strong transformers a little forward (Bollen 2000, chapter 4).
pub const JUMP_DEG: (f64, f64) = (-40.0, 10.0);

/// What an event does to the phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// All three fall (or rise) alike: type A.
    Three,
    /// L1 and L2 change in amplitude.
    Two,
    /// L1 changes in amplitude.
    One,
    /// The types of [`SagKind`] with a phase jump.
    B,
    /// See [`SagKind::C`].
    C,
    /// See [`SagKind::D`].
    D,
    /// See [`SagKind::E`].
    E,
    /// See [`SagKind::F`].
    F,
    /// See [`SagKind::G`].
    G,
}

impl Kind {
    /// All.
    pub const ALL: [Self; 9] =
        [Self::Three, Self::Two, Self::One, Self::B, Self::C, Self::D, Self::E, Self::F, Self::G];

    /// In words.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Three => "three phases (A)",
            Self::Two => "two phases",
            Self::One => "one phase",
            Self::B => "type B",
            Self::C => "type C",
            Self::D => "type D",
            Self::E => "type E",
            Self::F => "type F",
            Self::G => "type G",
        }
    }

    fn sag(self) -> SagKind {
        match self {
            Self::Three => SagKind::A,
            Self::Two => SagKind::Phases(0b11),
            Self::One => SagKind::Phases(0b1),
            Self::B => SagKind::B,
            Self::C => SagKind::C,
            Self::D => SagKind::D,
            Self::E => SagKind::E,
            Self::F => SagKind::F,
            Self::G => SagKind::G,
        }
    }

    /// Changes amplitudes only.
    fn keeps_angles(self) -> bool {
        matches!(self, Self::Three | Self::Two | Self::One)
    }
}

/// Why there is nothing to walk.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EnvelopeError {
    /// The code has no voltage curve.
    #[error("{code} has no voltage curve here: {why}; choose a code that has one (`dpo gridcode list`)")]
    NoCurve {
        /// The code.
        code: String,
        /// What its file says.
        why: String,
    },
}

/// One event of the walk.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// Number of the event.
    pub index: usize,
    /// Voltage of the lowest phase (of a swell: the highest), p.u.: what the code judges.
    pub voltage_pu: f64,
    /// Characteristic voltage of the sag, p.u.; that of the phases that change where only amplitudes do.
    pub retained_pu: f64,
    /// Its phase jump in degrees.
    pub jump_deg: f64,
    /// How long, in s.
    pub duration_s: f64,
    /// What changes.
    pub kind: Kind,
    /// Point on wave of L1 at the start, in degrees.
    pub point_on_wave_deg: f64,
    /// Load over the rated one. Above 1 it is a pulse.
    pub load: f64,
    /// State of charge of all packs.
    pub charge: f64,
    /// Whether the code asks to ride through it.
    pub inside: bool,
}

impl Point {
    /// The event as a sag (or swell) that begins at a time.
    pub fn sag(&self, at_s: f64) -> Sag {
        Sag {
            at_s,
            duration_s: self.duration_s,
            retained: self.retained_pu,
            kind: self.kind.sag(),
            jump_deg: self.jump_deg,
            point_on_wave_deg: Some(self.point_on_wave_deg),
            ..Sag::default()
        }
    }
}

/// For how long a code asks to ride through a voltage, in s: infinite in the continuous range, `None` where its
/// time is not known.
pub fn minimum_s(bands: &Bands, hz: f64, voltage_pu: f64) -> Option<f64> {
    let low = bands.low.iter().filter(|band| voltage_pu < band.level);
    let high = bands.high.iter().filter(|band| voltage_pu > band.level);
    low.chain(high).try_fold(f64::INFINITY, |least, band| Some(band.minimum(hz)?.min(least)))
}

/// The voltage curve of a code.
///
/// # Errors
/// [`EnvelopeError::NoCurve`] with what the code's file says instead.
pub fn curve(code: &GridCode) -> Result<&Bands, EnvelopeError> {
    let mut why = "it has no clause on voltage".to_owned();
    for clause in &code.clauses {
        match &clause.rule {
            Rule::Voltage(bands) if !bands.low.is_empty() => return Ok(bands),
            Rule::Missing(gap) if clause.id.contains("voltage") => why = gap.what.clone(),
            _ => {}
        }
    }
    Err(EnvelopeError::NoCurve { code: code.name(), why })
}

/// Events spread evenly over all dimensions at once, from a seed: a Halton sequence, shifted by random numbers.
///
/// Of ten events seven are sags that the code asks to ride, one of them at exactly the time and depth of a corner
/// of the curve; one is a swell, if the code has times for them; two are sags beyond the curve.
///
/// # Errors
/// [`EnvelopeError`] if the code has no curve.
pub fn walk(code: &GridCode, events: usize, seed: u64) -> Result<Vec<Point>, EnvelopeError> {
    let bands = curve(code)?;
    let hz = code.nominal_hz_near(Some(60.0)).unwrap_or(60.0);
    let mut rng = Rng::new(seed);
    let shift: [f64; 7] = std::array::from_fn(|_| rng.uniform(0.0, 1.0));
    let edge = bands.low.first().map_or(0.9, |band| band.level);
    let swells: Vec<(f64, f64)> = bands
        .high
        .iter()
        .zip(bands.high.iter().skip(1).map(|band| band.level).chain([1.25]))
        .filter(|(band, _)| band.minimum(hz).is_some_and(|s| s > 0.0))
        .map(|(band, to)| (band.level, to))
        .collect();
    let points = (0..events).map(|index| {
        let u: [f64; 7] = std::array::from_fn(|d| {
            (halton(index + 1, PRIMES.get(d).copied().unwrap_or(2)) + shift.get(d).copied().unwrap_or(0.0))
                .fract()
        });
        let [depth, time, wave, load, charge, kind, jump] = u;
        let class = index % 10;
        let swell = (class == 9).then(|| swells.get(index / 10 % swells.len().max(1))).flatten();
        let retained_pu = match swell {
            Some((from, to)) => from + (to - from) * (1.0 - depth),
            None if class == 0 => corner(bands, index / 10),
            None => depth * edge,
        };
        // A swell, and the corner of a curve, are amplitudes.
        let kind = match spread(kind) {
            kind if swell.is_none() && class != 0 || kind.keeps_angles() => kind,
            _ => Kind::Three,
        };
        let jump_deg = if kind.keeps_angles() { 0.0 } else { JUMP_DEG.0 + (JUMP_DEG.1 - JUMP_DEG.0) * jump };
        let sag = Sag { retained: retained_pu, kind: kind.sag(), jump_deg, ..Sag::default() };
        let voltage_pu = if kind.keeps_angles() { retained_pu } else { sag.lowest() };
        let least = minimum_s(bands, hz, voltage_pu).unwrap_or(0.0).min(LONGEST_S);
        let duration_s = match class {
            0 => least,
            7 | 8 => least * (1.0 + (BEYOND - 1.0) * (1.0 - time)),
            _ => least * (1.0 - time),
        }
        .max(SHORTEST_S);
        Point {
            index,
            voltage_pu,
            retained_pu,
            jump_deg,
            duration_s,
            kind,
            point_on_wave_deg: 360.0 * wave,
            load: LOAD.0 + (LOAD.1 - LOAD.0) * load,
            charge: CHARGE.0 + (CHARGE.1 - CHARGE.0) * charge,
            inside: minimum_s(bands, hz, voltage_pu).is_some_and(|least| duration_s <= least + 1e-9),
        }
    });
    Ok(points.collect())
}

/// The deepest voltage of a band: the level of the next one, at which a value is still within the band before.
fn corner(bands: &Bands, number: usize) -> f64 {
    let levels: Vec<f64> = bands.low.iter().skip(1).map(|band| band.level).chain([0.0]).collect();
    levels.get(number % levels.len()).copied().unwrap_or(0.0)
}

/// A kind for a number from 0 to 1: two of five events in all phases, which is the hardest; the others evenly.
fn spread(number: f64) -> Kind {
    const THREE: f64 = 0.4;
    let others = (Kind::ALL.len() - 1) as f64;
    let at = 1.0 + ((number - THREE) / (1.0 - THREE) * others).floor();
    if number < THREE { Kind::Three } else { Kind::ALL.get(at as usize).copied().unwrap_or(Kind::Three) }
}

const PRIMES: [usize; 7] = [2, 3, 5, 7, 11, 13, 17];

/// The radical inverse of a number.
fn halton(mut number: usize, base: usize) -> f64 {
    let (mut share, mut out) = (1.0, 0.0);
    while number > 0 {
        share /= base as f64;
        out += share * (number % base) as f64;
        number /= base;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gridcode::find;

    #[test]
    fn the_walk_is_the_same_for_a_seed_and_covers_every_dimension() {
        let code = find("ercot-nogrr282").unwrap();
        let points = walk(&code, 1000, 7).unwrap();
        assert_eq!(points, walk(&code, 1000, 7).unwrap());
        assert_ne!(points, walk(&code, 1000, 8).unwrap());
        let share = |wanted: &dyn Fn(&Point) -> bool| points.iter().filter(|p| wanted(p)).count();
        assert!(share(&|p| p.inside) > 750 && share(&|p| !p.inside) > 150);
        for (from, to) in [(0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 0.9)] {
            assert!(share(&|p| p.inside && p.voltage_pu >= from && p.voltage_pu < to) > 60, "{from} to {to}");
        }
        for tenth in 0..10 {
            let at = f64::from(tenth) / 10.0;
            let within = |v: f64, (a, b): (f64, f64)| (at..at + 0.1).contains(&((v - a) / (b - a)));
            assert!(share(&|p| within(p.load, LOAD)) > 70, "load {tenth}");
            assert!(share(&|p| within(p.charge, CHARGE)) > 70, "charge {tenth}");
            assert!(share(&|p| within(p.point_on_wave_deg, (0.0, 360.0))) > 70, "angle {tenth}");
        }
        assert!(share(&|p| p.kind == Kind::Three) > 380);
        for kind in Kind::ALL {
            assert!(share(&|p| p.kind == kind) > 50, "{kind:?}");
        }
        // What the code judges is the lowest phase.
        for point in points.iter().filter(|p| p.voltage_pu < 1.0) {
            assert!((point.sag(0.0).lowest() - point.voltage_pu).abs() < 1e-9, "{point:?}");
            assert_eq!(point.jump_deg == 0.0, point.kind.keeps_angles(), "{point:?}");
        }
        assert!(share(&|p| p.voltage_pu > 1.1) > 80);
    }

    #[test]
    fn corners_are_exactly_those_of_the_curve() {
        let code = find("ercot-nogrr282").unwrap();
        let points = walk(&code, 40, 1).unwrap();
        let corners: Vec<(f64, f64)> =
            points.iter().step_by(10).map(|p| (p.voltage_pu, p.duration_s)).collect();
        assert_eq!(corners, [(0.8, 2.0), (0.5, 0.5), (0.2, 0.25), (0.0, 0.15)]);
        assert!(points.iter().step_by(10).all(|p| p.inside));
    }

    #[test]
    fn a_code_without_a_curve_is_refused_with_its_reason() {
        let code = find("eirgrid-mpid345").unwrap();
        let error = walk(&code, 10, 1).unwrap_err().to_string();
        assert!(error.contains("has no voltage curve here: "), "{error}");
    }

    #[test]
    fn halton_numbers_are_known() {
        assert_eq!([1, 2, 3, 4].map(|n| halton(n, 2)), [0.5, 0.25, 0.75, 0.125]);
        assert!((halton(5, 3) - 7.0 / 9.0).abs() < 1e-12);
    }
}
