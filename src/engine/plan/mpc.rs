//! The optimizer: a model-predictive control of battery, state of charge and grid power over some seconds.
//!
//! A quadratic program in per unit of the PSUs' rating. Its matrices depend on the shelf alone and are built once; a tick
//! changes a cost and a right-hand side. Variables of each step `k`: charge `c`, power of the PSUs `g`, and
//! what the ramp is broken by, `w` (the discharge is what is left, `d = load - g + c`); of each fifth step the energy `e` in the packs against now; of each piece of the window
//! (a quarter of a second or a step) the band `y`. Beside them the highest and lowest `g` of the
//! window, and what range, band, and rating or battery room are broken by. Steps grow: the first are as
//! long as a tick, the last ones seconds, so that fifty of them see half a minute ahead.
//!
//! - `e' = e + step (charge_efficiency c - d / discharge_efficiency)`,
//!   `y' = keeps (y + g' - g)`: the high pass of [`super::band`], over the means of pieces
//! - hard: `0 <= d <= discharge and load`, `0 <= c <= charge`, energy between reserve and full (at each fifth step: it
//!   moves by thousandths in one). They can always be kept (no battery at all does): the program is never infeasible.
//! - soft, with penalties far above every other cost: ramp up and down, dynamic range over the window, rating, and the
//!   energy of the band: two cones of second order, of all pieces, and of the next half second with what was before it.
//! - asymmetric: the limit of power is kept by the **upper end** of the load's interval, not by its mean. Where devices
//!   hold the limit by themselves, it is the battery that must have room for the upper end.

use clarabel::solver::{DefaultSettings, DefaultSolver, IPSolver, SolverStatus};

use super::band::{Meter, bounds};
use super::outlook::Outlook;
pub use super::program::smooths;
use super::program::{BROKEN, CHANGE, CHARGING, DISTANCE, GROUP, Program, WEAR, bounds_energy};
use super::rack::RackModel;

/// By how much the limit of the band is kept from: the filter of a judge is steeper than the plan's, and readings have gaps.
const BAND_MARGIN: f64 = 0.9;
/// How long before a load that is expected batteries that follow a command are asked for it, in seconds.
const LEAD_S: f64 = 0.5;
/// For how many steps after it they stay.
const STAY: usize = 3;
/// Iterations after which there is no solution: some 10 to 15 are usual.
const ITERATIONS: u32 = 60;

/// What a plan is made for.
#[derive(Debug, Clone, Copy)]
pub struct Problem<'a> {
    /// The load ahead, W.
    pub outlook: &'a Outlook,
    /// Power that the PSUs should give, at each step, W.
    pub reference_w: &'a [f64],
    /// Highest load between now and the first step, W.
    pub until_w: f64,
    /// Power of the PSUs just before the first step, W.
    pub before_w: f64,
    /// Highest and lowest power of the PSUs of late that still count for the range, W.
    pub window_w: (f64, f64),
    /// The band of the power of the PSUs until now.
    pub band: &'a Meter,
    /// When the first step begins, s.
    pub from_s: f64,
    /// State of charge, 0 to 1.
    pub state_of_charge: f64,
    /// Most that the BBUs give and take now, W.
    pub battery_w: (f64, f64),
    /// Most that the PSUs give now, W.
    pub psu_w: f64,
}

/// What to do in the first step, in W.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Action {
    /// Power of the PSUs.
    pub psu_w: f64,
    /// Power that the BBUs give.
    pub discharge_w: f64,
    /// Power that they take.
    pub charge_w: f64,
}

/// Why there is no action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The time was over first.
    #[error("the solver was not done in its time")]
    Late,
    /// It ended without a solution.
    #[error("the solver ended without a solution")]
    NoSolution,
}

/// Highest load that batteries which follow a command are asked to cover at the first step: what may come until it acts, within
/// half a second after it and until the next one may be sent, in W. The constraint that [`Mpc`] writes for its first step.
pub fn covered_w(rack: &RackModel, outlook: &Outlook, steps_s: &[f64], until_w: f64) -> f64 {
    let (mut high_w, mut until_s) = (until_w, 0.0);
    for (k, (step_s, high)) in steps_s.iter().zip(&outlook.high_w).enumerate() {
        high_w = high_w.max(*high);
        until_s += step_s;
        if k > 0 && until_s > lead_s(rack) {
            break;
        }
    }
    high_w
}

/// How long before a load that is expected the batteries are asked for it, in seconds: it may come just after a setpoint was sent.
fn lead_s(rack: &RackModel) -> f64 {
    LEAD_S + rack.write_gap_s
}

/// Solves a problem within a time.
pub trait Solve: Send {
    /// The first step's action.
    ///
    /// # Errors
    /// Where there is none in time.
    fn solve(&mut self, problem: &Problem<'_>) -> Result<Action, Fault>;
}

/// Where nothing is solved.
#[derive(Debug, Clone, Copy)]
pub struct Unsolved;

impl Solve for Unsolved {
    fn solve(&mut self, _: &Problem<'_>) -> Result<Action, Fault> {
        Err(Fault::NoSolution)
    }
}

/// The optimizer for one shelf.
pub struct Mpc {
    rack: RackModel,
    steps_s: Vec<f64>,
    program: Program,
    settings: DefaultSettings<f64>,
    /// Kept from tick to tick: its matrices stay, so that only the solution is computed anew.
    solver: Option<DefaultSolver<f64>>,
    linear: Vec<f64>,
    right: Vec<f64>,
}

impl Mpc {
    /// For a shelf and steps of these lengths in seconds; `deadline_s` bounds the time of a solution (by the machine's
    /// clock; infinite for a result that depends on nothing but its input).
    pub fn new(rack: RackModel, steps_s: &[f64], deadline_s: f64) -> Self {
        let settings = DefaultSettings {
            verbose: false,
            max_iter: ITERATIONS,
            time_limit: deadline_s,
            // Powers of a shelf to some thousandth of a percent are enough.
            tol_gap_abs: 1e-5,
            tol_gap_rel: 1e-5,
            tol_feas: 1e-6,
            // Data can be changed only if nothing was left out.
            presolve_enable: false,
            max_threads: 1,
            ..DefaultSettings::default()
        };
        Self {
            rack,
            steps_s: steps_s.to_vec(),
            program: Program::new(&rack, steps_s),
            settings,
            solver: None,
            linear: Vec::new(),
            right: Vec::new(),
        }
    }

    /// Forgets the solver: the next solution starts from nothing, as after a start.
    pub fn forget(&mut self) {
        self.solver = None;
    }

    /// Writes the costs and right-hand sides of a problem.
    fn write(&mut self, problem: &Problem<'_>) {
        let (rack, columns) = (&self.rack, self.program.columns);
        let unit = rack.psu_rating_w;
        let get = |list: &[f64], k: usize| list.get(k).or(list.last()).copied().unwrap_or(0.0) / unit;
        let smooth = smooths(rack);
        let first_s = self.steps_s.first().copied().unwrap_or(1.0);
        self.linear.clear();
        self.linear.resize(columns.count(), 0.0);
        let mut set = |column: usize, value: f64| {
            if let Some(place) = self.linear.get_mut(column) {
                *place += value;
            }
        };
        for (k, step_s) in self.steps_s.iter().enumerate() {
            let weight = step_s / first_s;
            // That of the discharge is one of the charge, less the power of the PSUs.
            let charging = if rack.holds_limit { CHARGING } else { WEAR };
            set(columns.c(k), (WEAR + charging) * weight);
            set(columns.g(k), -WEAR * weight);
            if smooth {
                set(columns.w(k), BROKEN.0);
            }
            set(columns.g(k), -2.0 * DISTANCE * weight * get(problem.reference_w, k));
        }
        if smooth {
            set(columns.g(0), -2.0 * CHANGE * problem.before_w / unit);
        }
        set(columns.over(), BROKEN.0);
        // Where no row holds a column, a price would only drive it below 0, and loosen what the solver calls near enough.
        if smooth {
            set(columns.range(), BROKEN.0);
        }
        if !self.program.pieces.is_empty() {
            set(columns.band(), BROKEN.0);
        }

        let outlook = problem.outlook;
        let (discharge, charge) = (problem.battery_w.0 / unit, problem.battery_w.1 / unit);
        let seconds = rack.energy_j / unit;
        let down = ((problem.state_of_charge - rack.reserve) * seconds).max(0.0);
        let up = ((rack.full - problem.state_of_charge) * seconds).max(0.0);
        // Limits that bind nobody are kept to numbers that a solver can scale.
        let slope = unit * rack.slope();
        let bound = |limit: f64| (limit / slope).min(1e3);
        let before = problem.before_w / unit;
        let limit = problem.psu_w / unit;
        let right = &mut self.right;
        right.clear();
        right.extend(self.steps_s.chunks_exact(GROUP).enumerate().map(|(group, steps)| {
            let out = (group * GROUP..).zip(steps).map(|(k, step_s)| step_s * get(&outlook.mean_w, k));
            -out.sum::<f64>() / rack.discharge_efficiency
        }));
        let band = problem.band.value_w(problem.from_s, problem.before_w) / unit;
        right.extend(self.program.pieces.iter().enumerate().map(|(index, piece)| match index {
            0 => piece.keeps() * (band - before),
            _ => 0.0,
        }));
        // In the order of `program`: each group's energy, each piece's band.
        let mut ahead_s = 0.0;
        for (k, step_s) in self.steps_s.iter().enumerate() {
            let mean = get(&outlook.mean_w, k);
            right.extend([mean, 0.0, discharge.min(mean).max(0.0) - mean, charge]);
            if rack.holds_limit {
                let spread = (get(&outlook.high_w, k) - mean).max(0.0);
                right.extend([limit, discharge - spread - mean]);
            } else {
                // The batteries follow a command with a lag: they are there before the load is, and stay until it is gone.
                let mut until_s = 0.0;
                let before = k.checked_sub(STAY).map_or(problem.until_w / unit, |k| get(&outlook.high_w, k));
                let mut high = before;
                for (later, later_s) in self.steps_s.iter().enumerate().skip(k.saturating_sub(STAY)) {
                    high = high.max(get(&outlook.high_w, later));
                    until_s += later_s;
                    if later > k && until_s > lead_s(rack) {
                        break;
                    }
                }
                right.push(limit - (high - mean).max(0.0));
            }
            if smooth {
                let start = if k == 0 { before } else { 0.0 };
                let rise = bound(rack.grid.ramp_up_w_per_s * step_s);
                let fall = bound(rack.grid.ramp_down_w_per_s * step_s);
                right.extend([rise + start, fall - start, 0.0]);
                if ahead_s < rack.grid.window_s {
                    right.extend([0.0, 0.0]);
                }
            }
            if bounds_energy(k) {
                right.extend([down, up]);
            }
            ahead_s += step_s;
        }
        right.push(0.0);
        if smooth {
            right.extend([
                -problem.window_w.0 / unit,
                problem.window_w.1 / unit,
                bound(rack.grid.range_w),
                0.0,
            ]);
        }
        let pieces = &self.program.pieces;
        if !pieces.is_empty() {
            right.push(0.0);
        }
        for count in bounds(pieces).into_iter().filter(|count| *count > 0) {
            let ahead_s: f64 = pieces.iter().take(count).map(|piece| piece.length_s).sum();
            let since_s = problem.from_s - (rack.grid.window_s - ahead_s).max(0.0);
            let unread = problem.band.unread_w2s(problem.from_s, problem.before_w);
            let past = (problem.band.energy_w2s(since_s) + unread).sqrt() / unit;
            right.extend([BAND_MARGIN * bound(rack.grid.band_rms_w) * rack.grid.window_s.sqrt(), past]);
            right.extend((0..count).map(|_| 0.0));
        }
    }

    fn run(&mut self) -> Result<Vec<f64>, Fault> {
        if self.right.iter().chain(&self.linear).any(|v| !v.is_finite()) {
            return Err(Fault::NoSolution);
        }
        let kept = match &mut self.solver {
            Some(solver) => solver.update_q(&self.linear).is_ok() && solver.update_b(&self.right).is_ok(),
            None => false,
        };
        if !kept {
            let settings = self.settings.clone();
            let Program { cost, matrix, cones, .. } = &self.program;
            let solver = DefaultSolver::new(cost, &self.linear, matrix, &self.right, cones, settings);
            self.solver = Some(solver.map_err(|_| Fault::NoSolution)?);
        }
        let solver = self.solver.as_mut().ok_or(Fault::NoSolution)?;
        solver.solve();
        match solver.solution.status {
            SolverStatus::Solved | SolverStatus::AlmostSolved => Ok(solver.solution.x.clone()),
            SolverStatus::MaxTime => Err(Fault::Late),
            _ => {
                // Whatever it holds is not trusted for the next tick.
                self.solver = None;
                Err(Fault::NoSolution)
            }
        }
    }
}

impl Solve for Mpc {
    fn solve(&mut self, problem: &Problem<'_>) -> Result<Action, Fault> {
        self.write(problem);
        let x = self.run()?;
        let unit = self.rack.psu_rating_w;
        let get = |column: usize| x.get(column).copied().filter(|v| v.is_finite()).map(|v| v * unit);
        let columns = self.program.columns;
        match (get(columns.g(0)), problem.outlook.mean_w.first(), get(columns.c(0))) {
            (Some(psu_w), Some(load_w), Some(charge_w)) => {
                let discharge_w = load_w - psu_w + charge_w;
                // Only the difference reaches the bus.
                let both = discharge_w.min(charge_w).max(0.0);
                Ok(Action { psu_w, discharge_w: discharge_w - both, charge_w: charge_w - both })
            }
            _ => Err(Fault::NoSolution),
        }
    }
}
