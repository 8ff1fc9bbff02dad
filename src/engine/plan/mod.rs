//! Setpoints of a shelf: an optimizer that looks ahead, and an explicit limiter that takes over.
//!
//! - [`rack`]: what a shelf can do and what the grid allows.
//! - [`outlook`]: the load ahead, from a forecast and from hints.
//! - [`mpc`]: the optimizer (a quadratic program, solved by clarabel); `program` is its shape.
//! - [`band`]: the part of a power between 0.1 and 20 Hz, and its energy.
//! - [`limiter`]: a ramp limiter with recovery of the charge, without forecast and solver.
//! - [`trust`]: whether a forecast has been worth it of late.
//! - [`precaution`]: whether covering what it says may come has been.
//! - [`guard`]: the last gate: whatever was computed and by whom, what leaves it is inside the limits.
//!
//! [`Plan`] puts them together. The limiter computes the setpoint when the solver is late or fails, when the forecast is
//! no forecast or was worse than persistence, when the readings are old or damaged, and when the grid is not normal.
//! [`Tally`] counts who computed how many.

pub mod band;
pub mod guard;
pub mod limiter;
pub mod mpc;
pub mod outlook;
pub mod precaution;
mod program;
pub mod rack;
mod tally;
#[cfg(test)]
mod tests;
pub mod trust;

use std::collections::VecDeque;

use super::hint::{Hints, NoHints};
use super::setpoint::{Ahead, GridState, Planner, Reason, Setpoint, ShelfState, Source};
use mpc::{Action, Fault, Mpc, Problem, Solve};
use outlook::{Known, Outlook, Steps};
use precaution::{Cover, Precaution};
pub use rack::{GridLimits, ModelError, RackModel};
pub use tally::Tally;
use trust::Trust;

/// How long a gateway whose support could not go on is left alone, in seconds.
const HALTED_S: f64 = 30.0;
/// Powers of the PSUs kept for the rolling window of the dynamic range.
const KEPT: usize = 1024;

/// What a plan is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// The limiter alone.
    Limiter,
    /// The optimizer, as if the load stayed as it is; forecasts are not used.
    Flat,
    /// The optimizer with forecasts; the limiter where there is none that can be used.
    #[default]
    Forecast,
}

/// How a plan is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlanConfig {
    /// With what.
    pub mode: Mode,
    /// Length of a step, s; also about the time between two calls: 0.02 to 0.1 s.
    pub step_s: f64,
    /// Steps ahead.
    pub steps: usize,
    /// By what each step is longer than the one before it: 1 for equal ones.
    pub growth: f64,
    /// Time for the solver, s; infinite for plans that depend on nothing but their input.
    pub deadline_s: f64,
    /// Age from which readings are too old, s.
    pub state_age_s: f64,
    /// How long a setpoint holds, s.
    pub valid_s: f64,
    /// Time constant of the slow mean of the load, s.
    pub mean_s: f64,
    /// Is the upper end of a forecast covered only where that has been worth it ([`precaution`])? `false` is for forecasts that
    /// are known to be right, as in a study.
    pub earns: bool,
}

impl Default for PlanConfig {
    fn default() -> Self {
        Self {
            mode: Mode::Forecast,
            step_s: 0.1,
            steps: 50,
            growth: 1.06,
            deadline_s: 0.05,
            state_age_s: 1.0,
            valid_s: 2.0,
            mean_s: 30.0,
            earns: true,
        }
    }
}

impl PlanConfig {
    /// Lengths of the steps, s.
    fn lengths_s(&self) -> Vec<f64> {
        std::iter::successors(Some(self.step_s), |s| Some(s * self.growth))
            .take(self.steps.min(200))
            .collect()
    }

    /// How far a plan looks, s.
    pub fn horizon_s(&self) -> f64 {
        self.lengths_s().iter().sum()
    }

    /// Can a plan be made with it?
    ///
    /// # Errors
    /// The first figure that cannot be, and what is wanted.
    pub fn check(&self) -> Result<(), ModelError> {
        let checks = [
            ("step_s", self.step_s, 0.01, 1.0, "a time from 0.01 s to 1 s"),
            ("steps", self.steps as f64, 2.0, 200.0, "2 to 200 steps"),
            ("growth", self.growth, 1.0, 1.5, "1 to 1.5"),
            ("horizon", self.horizon_s(), self.step_s, 600.0, "steps that end within 600 s"),
            ("deadline_s", self.deadline_s, 1e-4, f64::INFINITY, "a time from 0.1 ms"),
            ("state_age_s", self.state_age_s, self.step_s, 60.0, "a step up to 60 s"),
            ("valid_s", self.valid_s, self.step_s, 60.0, "a step up to 60 s"),
            ("mean_s", self.mean_s, self.step_s, 3600.0, "a step up to an hour"),
        ];
        for (what, value, least, most, wanted) in checks {
            if !(least <= value && value <= most) {
                return Err(ModelError { what, value, wanted });
            }
        }
        Ok(())
    }
}

/// The planner of one shelf.
pub struct Plan {
    rack: RackModel,
    config: PlanConfig,
    solver: Box<dyn Solve>,
    hints: Box<dyn Hints>,
    lengths_s: Vec<f64>,
    steps: Steps,
    outlook: Outlook,
    hinted: Outlook,
    known: Known,
    trust: Trust,
    hint_trust: Trust,
    precaution: Precaution,
    reference_w: Vec<f64>,
    /// Slow mean of the load, W, the time of the reading that it holds last, and of the first.
    slow: Option<(f64, f64, f64)>,
    /// Powers of the PSUs that were read, with their times.
    window: VecDeque<(f64, f64)>,
    /// The band of these powers.
    band: band::Meter,
    /// What was answered last: when, and the action.
    last: Option<(f64, Action)>,
    /// Is there a load that the PSUs do not carry, or may there be one before the next setpoint acts?
    covers: bool,
    /// Are the BBUs asked for power?
    gives: bool,
    /// Since when support has been halted.
    halted_s: Option<f64>,
    tally: Tally,
}

impl Plan {
    /// A planner with clarabel as its solver, and without hints.
    ///
    /// # Errors
    /// The first figure of the shelf or of the configuration that cannot be.
    pub fn new(rack: RackModel, config: PlanConfig) -> Result<Self, ModelError> {
        rack.check()?;
        config.check()?;
        let lengths_s = config.lengths_s();
        let solver = Mpc::new(rack, &lengths_s, config.deadline_s);
        Ok(Self {
            rack,
            config,
            solver: Box::new(solver),
            hints: Box::new(NoHints),
            lengths_s,
            steps: Steps::default(),
            outlook: Outlook::default(),
            hinted: Outlook::default(),
            known: Known::default(),
            trust: Trust::new(rack.psu_rating_w),
            hint_trust: Trust::new(rack.psu_rating_w),
            precaution: Precaution::default(),
            reference_w: Vec::with_capacity(config.steps),
            slow: None,
            window: VecDeque::with_capacity(KEPT),
            band: band::Meter::default(),
            last: None,
            covers: false,
            gives: false,
            halted_s: None,
            tally: Tally::default(),
        })
    }

    /// The limiter alone, without a solver: what stands by for a plan that is late.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn limiter(rack: RackModel, config: PlanConfig) -> Result<Self, ModelError> {
        // Two steps are as good as fifty where nothing is looked ahead, and cost less.
        let plan = Self::new(rack, PlanConfig { mode: Mode::Limiter, steps: 2, ..config })?;
        Ok(plan.with_solver(Box::new(mpc::Unsolved)))
    }

    /// With hints of a scheduler.
    #[must_use]
    pub fn with_hints(self, hints: Box<dyn Hints>) -> Self {
        Self { hints, ..self }
    }

    /// With another solver.
    #[must_use]
    pub fn with_solver(self, solver: Box<dyn Solve>) -> Self {
        Self { solver, ..self }
    }

    /// Who computed how many setpoints since the start.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// The load ahead of the last plan that had one.
    pub fn outlook(&self) -> &Outlook {
        &self.outlook
    }

    /// What the readings tell beside themselves: slow mean, window, trust. Returns whether they are new.
    fn learn(&mut self, state: &ShelfState, ahead: &[Ahead]) {
        if !self.trust.reading(state.t_s, state.load_w, ahead) {
            return;
        }
        self.known.reading(state.t_s, state.load_w);
        let psu_w = guard::psu_w(&self.rack, state);
        self.precaution.reading(state.t_s, state.load_w, psu_w, self.rack.psu_rating_w);
        self.slow = Some(match self.slow {
            Some((mean, at_s, from_s)) if state.t_s > at_s => {
                // The plain mean until its time constant is over: the first reading has no claim to stay longer.
                let span_s = state.t_s - at_s;
                let share = (1.0 - (-span_s / self.config.mean_s).exp()).max(span_s / (state.t_s - from_s));
                (mean + (state.load_w - mean) * share, state.t_s, from_s)
            }
            Some(slow) => slow,
            None => (state.load_w, state.t_s, state.t_s),
        });
        if self.window.len() == KEPT {
            self.window.pop_front();
        }
        let power_w = (state.load_w - state.bbu_w).max(0.0);
        self.window.push_back((state.t_s, power_w));
        self.band.reading(state.t_s, power_w, self.rack.grid.window_s);
        let first_s = state.t_s - self.rack.grid.window_s;
        while self.window.front().is_some_and(|w| w.0 < first_s) {
            self.window.pop_front();
        }
    }

    /// Has covering the upper end of the forecast been worth it, and can it go on?
    fn covering(&self, state_of_charge: f64) -> bool {
        self.precaution.earned(self.rack.give_w(state_of_charge, precaution::LASTS_S))
    }

    /// Writes the outlook from a time after the reading on; says whether the forecast can be planned with.
    fn look(&mut self, state: &ShelfState, ahead: &[Ahead]) -> Result<(), Reason> {
        let steps = &self.steps;
        let usable = match self.config.mode {
            Mode::Forecast => {
                let sound = outlook::sound(ahead) && !self.trust.worse();
                if sound { ahead } else { return Err(Reason::BadForecast) }
            }
            Mode::Limiter | Mode::Flat => &[],
        };
        self.outlook.fill(steps, state.load_w, usable);
        // Whatever a forecast says: more than all supplies and batteries give is carried by nobody.
        self.outlook.cut(self.rack.psu_rating_w + self.rack.discharge_w);
        if !self.rack.holds_limit && self.config.mode == Mode::Forecast && self.config.earns {
            self.outlook.bound(self.precaution.most_w());
            let until_s = steps.middles_s.first().copied().unwrap_or_default() - 0.5 * self.config.step_s;
            let told_w = mpc::covered_w(&self.rack, &self.outlook, &self.lengths_s, state.load_w);
            let psu_w = guard::psu_w(&self.rack, state);
            let over = |w: f64| (w - psu_w).clamp(0.0, self.rack.discharge_w);
            let cover = Cover { seen_w: over(state.load_w), told_w: over(told_w) };
            self.precaution.asks(state.t_s + until_s, cover);
            if !self.covering(state.state_of_charge) {
                self.outlook.trim(state.load_w, mpc::smooths(&self.rack));
            }
        }
        if self.config.mode == Mode::Forecast {
            self.hinted.clone_from(&self.outlook);
            let rating = self.rack.psu_rating_w;
            let any = self.known.mix(self.hints.as_ref(), &mut self.hinted, steps, state.t_s, rating);
            // Hints that made the forecast worse than persistence of late are not used, but go on being scored.
            let scored = if any { as_ahead(&self.hinted, steps) } else { usable.to_vec() };
            self.hint_trust.reading(state.t_s, state.load_w, &scored);
            if any && !self.hint_trust.worse() {
                std::mem::swap(&mut self.outlook, &mut self.hinted);
            }
        }
        Ok(())
    }

    /// Does the state of grid and gateway keep the engine out? One whose support could not go on is left alone for a while; then the lease,
    /// taken anew for the next setpoint, lets it go on.
    fn kept_out(&mut self, now_s: f64, grid: GridState) -> bool {
        if grid != GridState::Halted {
            self.halted_s = None;
            return grid != GridState::Normal;
        }
        now_s - *self.halted_s.get_or_insert(now_s) < HALTED_S
    }

    /// Power of the PSUs just before the setpoint acts, W: the load then, less what the BBUs were told last.
    fn before_w(&self, now_s: f64, load_w: f64, state: &ShelfState) -> f64 {
        let fresh = self.last.filter(|(at_s, _)| now_s - at_s <= self.config.valid_s);
        let before = match fresh {
            None => load_w - state.bbu_w,
            Some((_, last)) if self.rack.holds_limit => {
                let take = if self.rack.charger_follows { self.rack.charge_w } else { last.charge_w };
                // By the load that was read: a forecast of a fall that does not come would let the limit fall with it.
                last.psu_w.min(state.load_w + take)
            }
            Some((_, last)) => load_w - last.discharge_w + last.charge_w,
        };
        before.clamp(0.0, self.rack.most_output_w())
    }

    /// The action for now, and who made it.
    fn act(&mut self, now_s: f64, state: &ShelfState, ahead: &[Ahead]) -> (Action, Source) {
        let age_s = (now_s - state.t_s).max(0.0);
        self.steps.set(age_s + self.rack.delay_s, &self.lengths_s);
        let looked = self.look(state, ahead);
        if looked.is_err() {
            self.outlook.fill(&self.steps, state.load_w, &[]);
        }
        let load_w = self.outlook.mean_w.first().copied().unwrap_or(state.load_w);
        let before_w = self.before_w(now_s, load_w, state);
        let battery_w = guard::battery_w(&self.rack, state, self.config.valid_s);
        let psu_w = guard::psu_w(&self.rack, state);
        let slow_w = self.slow.map_or(state.load_w, |slow| slow.0);
        let charge = state.state_of_charge;
        self.reference_w.clear();
        let refer = |load_w: &f64| limiter::reference_w(&self.rack, *load_w, slow_w, charge, psu_w);
        self.reference_w.extend(self.outlook.mean_w.iter().map(refer));
        self.covers = load_w > psu_w;
        let dt_s = self.last.map_or(self.config.step_s, |(at_s, _)| now_s - at_s);
        let dt_s = dt_s.clamp(0.0, 2.0 * self.config.step_s);
        let fault = match (looked, self.config.mode) {
            (Err(reason), _) => reason,
            (Ok(()), Mode::Limiter) => Reason::Configured,
            (Ok(()), Mode::Flat | Mode::Forecast) => {
                let window_w = self.window.iter().fold((before_w, before_w), |(high, low), (_, w)| {
                    (f64::max(high, *w), f64::min(low, *w))
                });
                let until_s = age_s + self.rack.delay_s;
                let earned = !self.config.earns || self.rack.holds_limit || self.covering(charge);
                let usable = if self.config.mode == Mode::Forecast && earned { ahead } else { &[] };
                let highs = [0.25, 0.5, 0.75, 1.0].map(|s| outlook::at(state.load_w, usable, s * until_s).2);
                let most_w = if self.config.earns { self.precaution.most_w() } else { f64::INFINITY };
                let problem = Problem {
                    outlook: &self.outlook,
                    until_w: highs.into_iter().fold(0.0, f64::max).min(most_w).max(state.load_w),
                    reference_w: &self.reference_w,
                    before_w,
                    window_w,
                    band: &self.band,
                    from_s: now_s + self.rack.delay_s,
                    state_of_charge: charge,
                    battery_w,
                    psu_w,
                };
                // A solver ends when it is near enough, and what wear costs is little: without a reason nothing is given. Where the
                // grid wants nothing smooth, the only one is a load that the PSUs do not carry.
                self.covers =
                    mpc::covered_w(&self.rack, &self.outlook, &self.lengths_s, problem.until_w) > psu_w;
                let needed = mpc::smooths(&self.rack) || self.covers;
                let solved = self.solver.solve(&problem).map(|action| match needed {
                    true => action,
                    false => Action {
                        psu_w: action.psu_w + action.discharge_w,
                        discharge_w: 0.0,
                        charge_w: action.charge_w,
                    },
                });
                match solved {
                    Ok(action) if guard::keeps(&self.rack, &action, battery_w) => {
                        let action = limiter::along(
                            &self.rack,
                            action,
                            state.load_w,
                            before_w,
                            dt_s,
                            battery_w,
                            psu_w,
                        );
                        return (action, Source::Optimizer);
                    }
                    Ok(_) | Err(Fault::NoSolution) => Reason::NoSolution,
                    Err(Fault::Late) => Reason::Late,
                }
            }
        };
        let reference_w = self.reference_w.first().copied().unwrap_or(load_w);
        let moves_w = limiter::moves_w(&self.rack, self.rack.grid.calm_ramps(), dt_s);
        let action = limiter::tick(load_w, reference_w, before_w, moves_w, battery_w, psu_w);
        (action, Source::Limiter(fault))
    }
}

/// An outlook as a forecast from its reading on.
fn as_ahead(outlook: &Outlook, steps: &Steps) -> Vec<Ahead> {
    let ends = outlook.low_w.iter().zip(&outlook.high_w);
    outlook
        .mean_w
        .iter()
        .zip(ends)
        .enumerate()
        .map(|(k, (mean, (low, high)))| Ahead {
            horizon_s: steps.middles_s.get(k).copied().unwrap_or_default(),
            mean_w: *mean,
            low_w: *low,
            high_w: *high,
        })
        .collect()
}

impl Planner for Plan {
    fn plan(&mut self, now_s: f64, state: &ShelfState, ahead: &[Ahead]) -> Setpoint {
        let fresh = guard::fresh(now_s, state, self.config.state_age_s);
        if fresh {
            self.learn(state, ahead);
        }
        let released = if fresh {
            self.kept_out(now_s, state.grid).then_some(Reason::Grid)
        } else {
            Some(Reason::StaleState)
        };
        let setpoint = match released {
            Some(reason) => {
                let released = guard::release(&self.rack, now_s, &self.config, self.last, reason);
                // What was told last is faded out from tick to tick, or is over at once in an event.
                // In an event the gateway moves the power of the PSUs: what was asked before it says nothing about them.
                self.last = self.last.filter(|_| reason != Reason::Grid).map(|(_, last)| {
                    let discharge_w = released.bbu_discharge_w;
                    let charge_w = released.bbu_charge_limit_w.unwrap_or(0.0);
                    let psu_w = released.input_limit_w.map_or(last.psu_w, |limit| self.rack.output_w(limit));
                    (now_s, Action { psu_w, discharge_w, charge_w })
                });
                released
            }
            None => {
                let (action, source) = self.act(now_s, state, ahead);
                // The plan goes on from what it would do: a ramp that begins at nothing would else never be worth asking.
                self.last = Some((now_s, action));
                // What the supplies do not carry is asked for, however little it is.
                let action = if self.covers { action } else { guard::worth(&self.rack, action, self.gives) };
                self.gives = action.discharge_w > 0.0;
                guard::setpoint(&self.rack, now_s, &self.config, state, &action, source)
            }
        };
        self.tally.count(setpoint.source);
        setpoint
    }

    fn told(&mut self, setpoint: &Setpoint) {
        let output_w = setpoint.input_limit_w.map_or(f64::INFINITY, |limit| self.rack.output_w(limit));
        let action = Action {
            psu_w: output_w.min(self.rack.most_output_w()),
            discharge_w: setpoint.bbu_discharge_w,
            charge_w: setpoint.bbu_charge_limit_w.unwrap_or(0.0),
        };
        self.last = Some((setpoint.made_s, action));
        self.gives = action.discharge_w > 0.0;
    }
}
