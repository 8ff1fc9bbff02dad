//! The last part of the way back: the shelf reaches the power before from below, and never goes beyond it.
//!
//! What is drawn on top of the load would go beyond it: the charge of the bus, which the batteries held low, and the
//! refill of the bulk capacitors. So the batteries give a little more than both until they are done, and hand it back
//! in small steps:
//!
//! | stage | PSUs | batteries |
//! | --- | --- | --- |
//! | climb | walk in; the hold line stops them below the power before | what is missing |
//! | lift | held there | a set power on top: the bus rises, the PSUs give less than the load |
//! | settle | free; they end their walk-in and refill | the set power |
//! | release | follow | less and less of it |
//!
//! Where nothing was handed over (a sag that the PSUs carried) it begins with the lift. How far below the walk-in stops
//! is what the measurement may be wrong by ([`Shelf::input_accuracy`](crate::control::policy::Shelf)): before the event
//! by one accuracy, now by another one.

use super::TICK_S;
use crate::control::mutation::tuned;

/// Time in s after which an input power that was averaged over the last cycle has nothing older in it, with some reserve.
const MEASURED_S: f64 = 0.020;
/// By how much that power is behind, in s of the slope: nearer to the end the walk-in goes on in short steps.
const LAG_S: f64 = 0.020;
/// Time in s from the return in which the walk-in is held: units whose output had just fallen for the hand-over rise again
/// by themselves, and the measurement has the sag in it.
const RISE_S: f64 = 0.060;
/// There it goes on for one tick in so many.
const PULSE_TICKS: f64 = 10.0;
/// The walk-in stops so many accuracies below the power before: one for each of both measurements.
const BELOW: f64 = 2.0;
/// The batteries give so many accuracies of the load on top: the PSUs may stand twice as far below as [`BELOW`], and the
/// bus is to rise.
const LIFT: f64 = 5.0;
/// The batteries' power is a multiple of this, in W.
const LIFT_STEP: f64 = 50.0;
/// How close in V the bus comes to where it was.
const BUS_NEAR: f64 = 0.15;
/// Longest time in s until the set power of the batteries is seen: some writes and polls, and the last steps of the climb.
const LIFT_S: f64 = 0.6;
/// Without it, how far above the power before the walk-in is stopped: this share of it, or this power in W, whichever
/// is more. So the bus still rises.
const SLIVER: f64 = 0.005;
const SLIVER_W: f64 = 20.0;
/// Time in s in which the PSUs refill: half of the hold-up, which they give before the batteries take over, at the 0.6 %
/// of the rated power that MOD-07 leaves for it, and the end of that.
const SETTLE_S: f64 = 2.2;
/// Time in s in which the batteries' power ends. Faster, and the input stages fall behind and make up for it.
const RELEASE_S: f64 = 0.8;
/// The longest time in s until the PSUs are let go. A load that grew in the sag is taken over then.
const LONGEST_S: f64 = 2.5;

/// What begins a return.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Approach {
    /// Input power before in W.
    pub input: f64,
    /// Bus voltage before in V.
    pub bus: f64,
    /// Bus voltage in V above which the batteries carry nothing.
    pub carried: f64,
    /// Slope of the input power in W/s while the hold line is free.
    pub slope: f64,
    /// Declared accuracy of the measured input power.
    pub accuracy: f64,
    /// Load on the bus before in W; 0 if no battery can give a set power.
    pub load: f64,
    /// Time in s before which what the batteries took over in the event stays with them.
    pub climb_s: f64,
}

/// Where in a return the shelf is; with the ticks since.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    Climb,
    Lift(u32),
    Settle(u32),
    Release(u32),
}

/// A return that is under way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Landing {
    approach: Approach,
    stage: Stage,
    /// Ticks since the voltage was back.
    ticks: u32,
    /// Ticks since the batteries last carried anything.
    carried_ticks: u32,
    /// Set power of the batteries in W.
    lift: f64,
}

/// What a landing says in a tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Say {
    /// The walk-in is held.
    Hold,
    /// It goes on.
    Free,
    /// The return is over.
    Over,
}

impl Landing {
    /// The voltage is back.
    pub fn new(approach: Approach) -> Self {
        let lift = lift(approach.accuracy, approach.load);
        Self { approach, stage: Stage::Climb, ticks: 0, carried_ticks: 0, lift }
    }

    /// Power in W that the batteries are to give on top of what they gave before the event; `None`: what they took over
    /// in it.
    pub fn lift(&self) -> Option<f64> {
        match self.stage {
            Stage::Climb => None,
            Stage::Lift(_) | Stage::Settle(_) => Some(self.lift),
            Stage::Release(ticks) => {
                Some(self.lift * (1.0 - seconds(ticks) / tuned("RELEASE_S", RELEASE_S)).max(0.0))
            }
        }
    }

    /// What the batteries took over in the event goes back now.
    pub fn hands_back(&self) -> bool {
        matches!(self.stage, Stage::Settle(_) | Stage::Release(_))
    }

    /// One tick: the measured input power in W, and the bus voltage in V.
    pub fn tick(&mut self, input: f64, bus: Option<f64>) -> Say {
        self.ticks = self.ticks.saturating_add(1);
        let up = bus.is_none_or(|bus| bus >= self.approach.bus - tuned("BUS_NEAR", BUS_NEAR));
        // The bus tells at once what the measured power tells a cycle later.
        let carried = bus.is_none_or(|bus| bus > self.approach.carried);
        self.carried_ticks = if carried { self.carried_ticks.saturating_add(1) } else { 0 };
        let risen = seconds(self.ticks) >= tuned("RISE_S", RISE_S);
        let late = seconds(self.ticks) > tuned("LONGEST_S", LONGEST_S);
        let near = carried || risen && self.gap(input) <= self.lag();
        let next = |ticks: u32| ticks.saturating_add(1);
        self.stage = match self.stage {
            Stage::Climb if self.lift > 0.0 && (up || near) => Stage::Lift(0),
            Stage::Climb if up || late => return Say::Over,
            Stage::Lift(_) if late || self.lifted(input) => Stage::Settle(0),
            Stage::Lift(ticks) if seconds(ticks) >= tuned("LIFT_S", LIFT_S) && !self.taken_over() => {
                // Carried, the PSUs refill below what they drew, so that the lift cannot be told from the measurement.
                if carried { Stage::Settle(0) } else { self.without_lift() }
            }
            Stage::Settle(ticks) if seconds(ticks) >= tuned("SETTLE_S", SETTLE_S) => Stage::Release(0),
            Stage::Release(ticks) if seconds(ticks) >= tuned("RELEASE_S", RELEASE_S) => return Say::Over,
            Stage::Climb => Stage::Climb,
            Stage::Lift(ticks) => Stage::Lift(next(ticks)),
            Stage::Settle(ticks) => Stage::Settle(next(ticks)),
            Stage::Release(ticks) => Stage::Release(next(ticks)),
        };
        match self.stage {
            Stage::Settle(_) | Stage::Release(_) => Say::Free,
            Stage::Climb | Stage::Lift(_) if !risen => Say::Hold,
            Stage::Lift(_) if carried => Say::Hold,
            Stage::Climb | Stage::Lift(_) => self.climb(input),
        }
    }

    /// The PSUs carry the load but for what the batteries are set to, and draw less than they may.
    fn lifted(&self, input: f64) -> bool {
        let measured = seconds(self.carried_ticks) >= tuned("MEASURED_S", MEASURED_S);
        measured && self.gap(input) >= 0.0 && !self.taken_over()
    }

    /// No battery gives the set power.
    fn without_lift(&mut self) -> Stage {
        self.lift = 0.0;
        Stage::Climb
    }

    /// What the batteries took over stays with them for now.
    fn taken_over(&self) -> bool {
        seconds(self.ticks) < self.approach.climb_s
    }

    /// Power in W up to where the walk-in is stopped.
    fn gap(&self, input: f64) -> f64 {
        let Approach { input: before, accuracy, .. } = self.approach;
        let aim = if self.lift > 0.0 {
            before * (1.0 - tuned("BELOW", BELOW) * accuracy)
        } else {
            before + (tuned("SLIVER", SLIVER) * before).max(tuned("SLIVER_W", SLIVER_W))
        };
        aim - input
    }

    /// By how much the measured power in W may be behind.
    fn lag(&self) -> f64 {
        self.approach.slope * tuned("LAG_S", LAG_S)
    }

    /// In short steps up to there.
    fn climb(&self, input: f64) -> Say {
        let gap = self.gap(input);
        let pulse = self.ticks.is_multiple_of(tuned("PULSE_TICKS", PULSE_TICKS) as u32);
        if gap > self.lag() || gap > 0.0 && pulse { Say::Free } else { Say::Hold }
    }
}

/// Set power in W of the batteries on top of a load of so many W.
pub(super) fn lift(accuracy: f64, load: f64) -> f64 {
    let step = tuned("LIFT_STEP", LIFT_STEP);
    (tuned("LIFT", LIFT) * accuracy * load / step).ceil() * step
}

fn seconds(ticks: u32) -> f64 {
    f64::from(ticks) * TICK_S
}
