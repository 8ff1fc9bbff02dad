//! The study: the smallest reserve for each mix, hardware, set of limits and strategy.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Serialize;

use super::super::plan::{GridLimits, RackModel};
use super::HeadroomError;
use super::grid::Seen;
use super::mix::Mix;
use super::run::{Broken, Run, Strategy, Until, run};
use super::shelf::Hardware;
use super::term::Term;
use super::wear::Wear;

/// Up to this reserve each percent is tried, and from there on each fifth.
const FINE: u32 = 30;
/// Largest reserve that is tried, in percent of the rating.
const MOST: u32 = 95;

/// The reserves that are tried, in percent, rising.
fn reserves() -> Vec<u32> {
    (0..=FINE).chain((FINE + 5..=MOST).step_by(5)).collect()
}
/// The reserve at which lost work is told, in percent: the upper end of what is claimed.
pub const CLAIMED: u32 = 10;

/// A set of limits that must be kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LimitSet {
    /// Its name.
    pub id: &'static str,
    /// Limits of the grid.
    pub limits: GridLimits,
}

impl LimitSet {
    /// Rating and bus alone.
    pub const RATING: Self = Self { id: "rating", limits: GridLimits::NONE };

    /// Ramps, dynamic range and band as shares of the rating: a second's ramp, the swing within 5 s, and the effective value of
    /// the band within 5 s.
    pub fn grid(ramp_per_s: f64, range: f64, band: f64) -> Self {
        let unit = RackModel::ORV3.psu_rating_w;
        let limits = GridLimits {
            ramp_up_w_per_s: ramp_per_s * unit,
            ramp_down_w_per_s: ramp_per_s * unit,
            range_w: range * unit,
            band_rms_w: band * unit,
            window_s: 5.0,
        };
        Self { id: "grid", limits }
    }
}

/// What is broken just below the smallest reserve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Limited {
    /// What, and when first.
    #[serde(flatten)]
    pub broken: Broken,
    /// What limits.
    pub term: Term,
}

/// The result of one combination.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cell {
    /// Mix.
    pub mix: String,
    /// Is the mix invented?
    pub synthetic: bool,
    /// Set of limits.
    pub limits: &'static str,
    /// Hardware.
    pub hardware: &'static str,
    /// Strategy.
    pub strategy: Strategy,
    /// Smallest reserve in percent of the rating, above 30 to the next 5; `None`: more than 95.
    pub reserve_percent: Option<u32>,
    /// What is broken with a percent less, or at 10 % where nothing holds; `None` if nothing is without any reserve.
    pub broken_below: Option<Limited>,
    /// Wear at the smallest reserve.
    pub wear: Option<Wear>,
    /// What the grid sees at the smallest reserve.
    pub seen: Option<Seen>,
    /// Share of the ticks that the limiter computed, at the smallest reserve.
    pub limiter_share: f64,
    /// Lost work at a reserve of 10 %, as a share of the load's energy: what is above the rating, and would be throttled.
    pub lost_at_claimed: f64,
    /// What the grid sees at a reserve of 10 %.
    pub seen_at_claimed: Seen,
}

/// A combination to try.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Mix.
    pub mix: &'a Mix,
    /// Limits.
    pub set: LimitSet,
    /// Hardware.
    pub hardware: Hardware,
    /// Strategy.
    pub strategy: Strategy,
}

impl Case<'_> {
    /// The run at a reserve in percent.
    ///
    /// # Errors
    /// Where the shelf cannot be planned for.
    pub fn at(&self, reserve_percent: u32) -> Result<Run, HeadroomError> {
        self.until(reserve_percent, Until::End)
    }

    fn until(&self, reserve_percent: u32, until: Until) -> Result<Run, HeadroomError> {
        let unit = RackModel::ORV3.psu_rating_w;
        let sustained_w = unit * f64::from(100 - reserve_percent.min(100)) / 100.0;
        run(self.mix, self.hardware, self.strategy, self.set.limits, sustained_w, until)
    }

    /// What limits at a reserve at which something is broken.
    fn term(&self, reserve_percent: u32, broken: Broken) -> Result<Term, HeadroomError> {
        if self.strategy == Strategy::None {
            return Ok(Term::Load);
        }
        for (term, hardware, strategy) in Term::reliefs(self.hardware, self.strategy, broken.limit) {
            let relieved = Case { hardware, strategy, ..*self };
            if relieved.until(reserve_percent, Until::Broken)?.broken.is_none() {
                return Ok(term);
            }
        }
        Ok(Term::Several)
    }

    /// The smallest reserve: by halving, which takes for granted that a smaller load is never worse.
    ///
    /// # Errors
    /// Where the shelf cannot be planned for.
    pub fn solve(&self) -> Result<Cell, HeadroomError> {
        let claimed = self.at(CLAIMED)?;
        let reserves = reserves();
        let mut kept: Option<(u32, Run)> = None;
        let mut below: Option<(u32, Broken)> = None;
        // Places in the list: below `low` nothing holds, from `high` on all does.
        let (mut low, mut high) = (0, reserves.len());
        let mut at = CLAIMED as usize;
        let mut ran = Some(claimed.clone());
        while low < high {
            let Some(tried) = reserves.get(at).copied() else { break };
            let run = match ran.take() {
                Some(run) => run,
                None => self.until(tried, Until::Broken)?,
            };
            match run.broken {
                None => (high, kept) = (at, Some((tried, run))),
                Some(broken) => (low, below) = (at + 1, Some((tried, broken))),
            }
            // The ends first: most combinations need none, or cannot do it at all.
            at = match (kept.is_some(), below.is_some()) {
                (true, false) => 0,
                (false, true) => reserves.len() - 1,
                _ => (low + high) / 2,
            };
        }
        // Where nothing holds at all, what limits is told for the reserve that is claimed: at 95 % next to nothing flows.
        let below = match claimed.broken {
            Some(broken) if kept.is_none() => Some((CLAIMED, broken)),
            _ => below,
        };
        let broken_below = match below {
            Some((percent, broken)) => Some(Limited { broken, term: self.term(percent, broken)? }),
            None => None,
        };
        let (reserve_percent, run) = kept.map_or((None, None), |(percent, run)| (Some(percent), Some(run)));
        Ok(Cell {
            mix: self.mix.id.clone(),
            synthetic: self.mix.synthetic,
            limits: self.set.id,
            hardware: self.hardware.id,
            strategy: self.strategy,
            reserve_percent,
            broken_below,
            wear: run.as_ref().map(|r| r.wear),
            seen: run.as_ref().map(|r| r.seen),
            limiter_share: run.as_ref().map_or(claimed.limiter_share, |r| r.limiter_share),
            lost_at_claimed: claimed.lost_share,
            seen_at_claimed: claimed.seen,
        })
    }
}

/// All combinations. Without DPO the hardware does not matter: it is tried once.
pub fn cases<'a>(mixes: &'a [Mix], sets: &[LimitSet], hardware: &[Hardware]) -> Vec<Case<'a>> {
    let mut out = Vec::new();
    for mix in mixes {
        for set in sets {
            for (index, device) in hardware.iter().enumerate() {
                for strategy in Strategy::ALL {
                    let hinted = strategy != Strategy::Hints || !mix.hints.is_empty();
                    if hinted && (index == 0 || strategy != Strategy::None) {
                        out.push(Case { mix, set: *set, hardware: *device, strategy });
                    }
                }
            }
        }
    }
    out
}

/// Solves cases on all cores; the order of the results is that of the cases, whatever finishes first.
///
/// # Errors
/// The first one's, where a shelf cannot be planned for.
pub fn solve(cases: &[Case<'_>], each: &(dyn Fn(usize, &Cell) + Sync)) -> Result<Vec<Cell>, HeadroomError> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<Cell, HeadroomError>)>> = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(16);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((at, case)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    cases.get(at).map(|case| (at, case))
                } {
                    let cell = case.solve();
                    if let Ok(cell) = &cell {
                        each(at, cell);
                    }
                    let mut done = done.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    done.push((at, cell));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|d| d.0);
    done.into_iter().map(|d| d.1).collect()
}
