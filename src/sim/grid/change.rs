//! Voltages over time: steps and slopes, at an instant or at a point on wave.

use super::phasor::{BALANCED, Phasor};

/// When a change begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum When {
    /// At this time in s.
    At(f64),
    /// When a phase passes an angle for the first time at or after a time. The angle is that of the healthy
    /// voltage (0: zero crossing upwards, 90: positive peak), whatever sag is on at that time.
    PointOnWave {
        /// Earliest time in s.
        from_s: f64,
        /// The phase, 0 for L1.
        phase: usize,
        /// The angle in degrees.
        deg: f64,
    },
    /// This long after the change before began, in s.
    After(f64),
}

/// A change of the voltages. It begins once the change before has begun, and cuts that one's slope short.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// When it begins.
    pub when: When,
    /// How long it takes in s; 0 is a step. The phasors move on a straight line.
    pub over_s: f64,
    /// Phasors of L1, L2, L3 afterwards, in p.u.; [`BALANCED`] is the healthy grid.
    pub to: [Phasor; 3],
}

impl Change {
    /// A step of the amplitudes of L1, L2, L3, in p.u., with the angles of a healthy grid.
    pub fn step(at_s: f64, pu: [f64; 3]) -> Self {
        Self::slope(at_s, 0.0, pu)
    }

    /// As [`Self::step`], along a slope of so many seconds.
    pub fn slope(at_s: f64, over_s: f64, pu: [f64; 3]) -> Self {
        let [a, b, c] = BALANCED;
        Self { when: When::At(at_s), over_s, to: [a * pu[0], b * pu[1], c * pu[2]] }
    }
}

/// The changes as they happen.
#[derive(Debug, Clone)]
pub(super) struct Timeline {
    changes: Vec<Change>,
    /// The change that comes next.
    next: usize,
    /// When the last change began.
    onset_s: f64,
    from: [Phasor; 3],
    to: [Phasor; 3],
    over_s: f64,
    now: [Phasor; 3],
    /// Amplitudes of `now`.
    amplitudes: [f64; 3],
}

/// Times closer than this in s are the same: a step falls on the sample it is meant for.
const SAME_S: f64 = 1e-9;

impl Timeline {
    pub(super) fn new(changes: Vec<Change>) -> Self {
        Self {
            changes,
            next: 0,
            onset_s: 0.0,
            from: BALANCED,
            to: BALANCED,
            over_s: 0.0,
            now: BALANCED,
            amplitudes: [1.0; 3],
        }
    }

    /// When the last change began; `None` before the first.
    pub(super) fn onset_s(&self) -> Option<f64> {
        (self.next > 0).then_some(self.onset_s)
    }

    pub(super) fn amplitudes(&self) -> [f64; 3] {
        self.amplitudes
    }

    /// The phasors at `t_s`, where the reference is at `z` and turns at `rad_per_s`.
    #[inline]
    pub(super) fn at(&mut self, t_s: f64, z: Phasor, rad_per_s: f64, step_s: f64) -> [Phasor; 3] {
        while let Some(change) = self.changes.get(self.next) {
            let Some(onset_s) = onset(change.when, self.onset_s, t_s, z, rad_per_s, step_s) else { break };
            // A change that cuts a slope short begins where that slope is by then.
            self.from = self.along(onset_s);
            (self.to, self.over_s, self.onset_s) = (change.to, change.over_s, onset_s);
            self.next += 1;
            self.set(self.along(t_s));
        }
        if self.now != self.to {
            self.set(self.along(t_s));
        }
        self.now
    }

    fn set(&mut self, now: [Phasor; 3]) {
        self.now = now;
        self.amplitudes = now.map(Phasor::amplitude);
    }

    fn along(&self, t_s: f64) -> [Phasor; 3] {
        let passed = t_s - self.onset_s + SAME_S;
        if passed >= self.over_s {
            return self.to;
        }
        let share = (passed / self.over_s).max(0.0);
        let mut out = self.from;
        for ((out, from), to) in out.iter_mut().zip(self.from).zip(self.to) {
            *out = from + (to - from) * share;
        }
        out
    }
}

/// When a change began, if that is not after `t_s`.
fn onset(when: When, last_s: f64, t_s: f64, z: Phasor, rad_per_s: f64, step_s: f64) -> Option<f64> {
    match when {
        When::At(at_s) => (at_s <= t_s + SAME_S).then_some(at_s),
        When::After(after_s) => (last_s + after_s <= t_s + SAME_S).then_some(last_s + after_s),
        When::PointOnWave { from_s, phase, deg } => {
            if t_s + SAME_S < from_s {
                return None;
            }
            // z is a quarter behind the voltage of L1 as a sine, and L2 and L3 follow.
            let target = Phasor::polar(1.0, deg - 90.0 + 120.0 * phase as f64);
            let past = z * target.conjugate();
            let ago_s = past.im.atan2(past.re) / rad_per_s;
            // Passed since the sample before, and not before the earliest time.
            let passed = (-SAME_S..step_s - SAME_S).contains(&ago_s);
            (passed && t_s - ago_s + SAME_S >= from_s).then_some(t_s - ago_s)
        }
    }
}
