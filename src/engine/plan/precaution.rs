//! Has it been worth it to cover what a forecast says may come?
//!
//! Batteries that follow a command are asked for the upper end of a forecast before a load is there. Where nothing comes, that
//! wears them, and the charger that brings the energy back is a load of its own. So what a forecast covers beyond the last
//! reading must be earned: of late (a minute) a plan without a forecast must have left the PSUs above their rating, and one with
//! this forecast less so. Both are reckoned from what came, whatever was really sent. Where a plan without a forecast leaves
//! nothing above the rating, one with a forecast therefore asks for the same: it cannot be worse.
//!
//! No more is covered than has come in the last minutes, and a little: the interval of a load that is either high or low is wide on
//! both sides of each, and its upper end far above anything that it does. What was never there yet is for a hint to tell.
//!
//! It must also be affordable: what covering takes beyond what comes would have to last for an hour. An operator who wants the input
//! below a contract that the load exceeds at each edge could otherwise have the batteries carry most of the load all the time, and
//! would stand without them some minutes later.

use std::collections::VecDeque;

/// Time over which overloads are forgotten, in seconds.
const MEMORY_S: f64 = 60.0;
/// Overload that does not count, as a share of the rating: noise of the meter earns nothing.
const NO_MATTER: f64 = 0.005;
/// Part of the overload without a forecast that one with it may leave at most.
const LEFT: f64 = 0.9;
/// Overload that must be remembered for anything to be earned, in joules a watt of the rating: an edge of a twentieth of it that
/// is covered 0.3 s late has a hundredth, and is forgotten after a minute and a half.
const LEAST_S: f64 = 0.002;
/// Time in which the largest load is forgotten, in seconds: some iterations, and a checkpoint between them.
const MOST_S: f64 = 300.0;
/// By how much of itself it may be exceeded.
const MORE: f64 = 0.02;
/// How long the batteries must last for what is covered, in seconds.
pub const LASTS_S: f64 = 3600.0;
/// Most answers that wait for the time at which they act.
const WAITING: usize = 512;

/// Power that the batteries would be asked for, W.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cover {
    /// By the last reading alone.
    pub seen_w: f64,
    /// By the upper end of the forecast.
    pub told_w: f64,
}

/// Overload that each of both would have left, in joules, the older the less.
#[derive(Debug, Clone, Default)]
pub struct Precaution {
    waiting: VecDeque<(f64, Cover)>,
    acts: Cover,
    seen_j: f64,
    told_j: f64,
    /// Energy that covering would have taken beyond the last reading's.
    spent_j: f64,
    /// Largest load of late, W.
    most_w: f64,
    last_s: Option<f64>,
    least_j: f64,
}

impl Precaution {
    /// Takes a reading: time in s, load and what the PSUs give at most in W, and their rating.
    pub fn reading(&mut self, t_s: f64, load_w: f64, psu_w: f64, rating_w: f64) {
        while let Some((_, cover)) = self.waiting.front().copied().filter(|w| w.0 <= t_s) {
            self.waiting.pop_front();
            self.acts = cover;
        }
        self.most_w = self.most_w.max(load_w);
        let Some(last_s) = self.last_s.replace(t_s) else { return };
        self.least_j = LEAST_S * rating_w;
        let span_s = (t_s - last_s).clamp(0.0, 1.0);
        let keep = (-span_s / MEMORY_S).exp();
        self.most_w = load_w + (self.most_w - load_w) * (-span_s / MOST_S).exp();
        let over_j = |cover_w: f64| (load_w - psu_w - cover_w - NO_MATTER * rating_w).max(0.0) * span_s;
        self.seen_j = self.seen_j * keep + over_j(self.acts.seen_w);
        self.told_j = self.told_j * keep + over_j(self.acts.told_w);
        let spent_w = (self.acts.told_w.min(load_w) - self.acts.seen_w).max(0.0);
        self.spent_j = self.spent_j * keep + spent_w * span_s;
    }

    /// Takes what both would ask for from a time on, s.
    pub fn asks(&mut self, from_s: f64, cover: Cover) {
        if self.waiting.len() < WAITING && self.waiting.back().is_none_or(|w| w.0 < from_s) {
            self.waiting.push_back((from_s, cover));
        }
    }

    /// The largest load for which it is worth to be prepared, W.
    pub fn most_w(&self) -> f64 {
        self.most_w * (1.0 + MORE)
    }

    /// Is the upper end of the forecast to be covered? `afford_w`: power that the batteries can give for [`LASTS_S`], W.
    pub fn earned(&self, afford_w: f64) -> bool {
        self.seen_j > self.least_j
            && self.told_j < LEFT * self.seen_j
            // A power that never ends has this much in the memory.
            && self.spent_j <= afford_w * MEMORY_S
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What full packs give for an hour.
    const AFFORD_W: f64 = 957.0;

    /// Readings each 0.1 s of a load whose steps act 0.3 s later, with a forecast that covers `told_w` always.
    fn after(load_w: impl Fn(f64) -> f64, told_w: f64, seconds: u32) -> bool {
        let mut precaution = Precaution::default();
        for i in 0..seconds * 10 {
            let t_s = f64::from(i) * 0.1;
            precaution.reading(t_s, load_w(t_s), 18_000.0, 18_000.0);
            let seen_w = (load_w(t_s) - 18_000.0).max(0.0);
            precaution.asks(t_s + 0.3, Cover { seen_w, told_w });
        }
        precaution.earned(AFFORD_W)
    }

    #[test]
    fn what_is_prepared_for_is_what_came_of_late() {
        let mut precaution = Precaution::default();
        for i in 0..200 {
            let t_s = f64::from(i) * 0.1;
            precaution.reading(t_s, if i == 50 { 20_000.0 } else { 4_000.0 }, 18_000.0, 18_000.0);
        }
        // A peak 15 s ago: a twentieth of what it was above the rest is forgotten.
        let most = precaution.most_w() / (1.0 + MORE);
        assert!((19_000.0..19_500.0).contains(&most), "{most}");
        (200..20_000).for_each(|i| precaution.reading(f64::from(i) * 0.1, 4_000.0, 18_000.0, 18_000.0));
        assert!(precaution.most_w() < 4_120.0, "{}", precaution.most_w());
    }

    #[test]
    fn what_never_came_earns_nothing() {
        assert!(!after(|_| 17_000.0, 5000.0, 60));
        // Above the rating for good: the last reading tells it as well.
        assert!(!after(|t| if t < 0.35 { 17_000.0 } else { 20_000.0 }, 0.0, 60));
        let edges = |t: f64| if t % 3.0 < 1.5 { 20_000.0 } else { 12_000.0 };
        // Edges above the rating: who covers them before they come leaves less.
        assert!(after(edges, 2000.0, 20));
        // Who covers four times as much as comes would be without batteries within the hour.
        assert!(!after(edges, 8000.0, 60));
        // A forecast that covers nothing earns nothing.
        assert!(!after(edges, 0.0, 20));
        // What earned it long ago earns it no more.
        let long_ago = |t: f64| if t < 20.0 { edges(t) } else { 17_500.0 };
        assert!(after(long_ago, 2000.0, 30) && !after(long_ago, 2000.0, 600));
    }
}
