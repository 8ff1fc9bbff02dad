//! The planner of the command line, and the shelf that it plans for.

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::engine::hints::StoredHints;
use crate::engine::plan::{GridLimits, Mode, ModelError, Plan, PlanConfig, RackModel};
use crate::engine::setpoint::Planner;

/// Longest time for the solver, as a share of the time between two plans.
const SOLVER_SHARE: f64 = 0.5;

/// With what a plan is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum By {
    /// The optimizer with forecasts; the limiter where there is none that can be used.
    Forecast,
    /// The optimizer, as if the load stayed as it is.
    Flat,
    /// The limiter alone.
    Limiter,
}

/// What is to be known of the shelves and of the limits of the grid; the same for all gateways of a process.
#[derive(Debug, Clone, Args, Serialize)]
pub(super) struct PlanArgs {
    /// With what plans are made.
    #[arg(long, value_name = "WAY", default_value = "forecast")]
    plan: By,
    /// Output of all PSUs of a shelf by their rating, in watts.
    #[arg(long, value_name = "W", default_value = "18000")]
    pub(super) psu_w: f64,
    /// Power that all BBUs of a shelf give at most, in watts.
    #[arg(long, value_name = "W", default_value = "18000")]
    pub(super) bbu_w: f64,
    /// Largest AC input of a shelf, in watts [default: what the PSUs' rating allows].
    #[arg(long, value_name = "W")]
    input_limit_w: Option<f64>,
    /// State of charge that is kept for outages, from 0 to 1.
    #[arg(long, value_name = "SHARE", default_value = "0.5")]
    reserve: f64,
    /// State of charge that is steered for, from 0 to 1.
    #[arg(long, value_name = "SHARE", default_value = "0.9")]
    pub(super) target: f64,
    /// Steepest rise of a shelf's AC input, in watts a second [default: none].
    #[arg(long, value_name = "W/S")]
    ramp_up: Option<f64>,
    /// Steepest fall, in watts a second [default: none].
    #[arg(long, value_name = "W/S")]
    ramp_down: Option<f64>,
    /// Largest swing of a shelf's AC input from 0.1 to 20 Hz, peak to peak, in watts [default: none].
    #[arg(long, value_name = "W")]
    range: Option<f64>,
    /// Largest effective value of what swings from 0.1 to 20 Hz in a shelf's AC input, over 5 s, in watts: the energy of the
    /// band [default: none].
    #[arg(long, value_name = "W")]
    band: Option<f64>,
}

impl PlanArgs {
    /// The shelf, as the planner sees it.
    pub(super) fn rack(&self, write_gap_s: f64) -> RackModel {
        let none = GridLimits::NONE;
        let grid = GridLimits {
            ramp_up_w_per_s: self.ramp_up.unwrap_or(none.ramp_up_w_per_s),
            ramp_down_w_per_s: self.ramp_down.unwrap_or(none.ramp_down_w_per_s),
            range_w: self.range.unwrap_or(none.range_w),
            band_rms_w: self.band.unwrap_or(none.band_rms_w),
            ..none
        };
        // Losses, chargers and packs of an ORv3 shelf, by its size.
        let orv3 = RackModel::ORV3;
        let (psus, bbus) = (self.psu_w / orv3.psu_rating_w, self.bbu_w / orv3.discharge_w);
        let [fixed, linear, square] = orv3.psu_loss;
        RackModel {
            psu_rating_w: self.psu_w,
            psu_loss: [fixed * psus, linear, square / psus],
            input_limit_w: self.input_limit_w,
            discharge_w: self.bbu_w,
            charge_w: orv3.charge_w * bbus,
            energy_j: orv3.energy_j * bbus,
            reserve: self.reserve,
            target: self.target,
            grid,
            write_gap_s,
            ..orv3
        }
    }
}

/// A planner for one gateway, called each `period_s`, whose setpoints are sent `write_gap_s` apart at least, and what stands by for it.
///
/// # Errors
/// The first figure that cannot be.
pub(super) fn planners(
    args: &PlanArgs,
    period_s: f64,
    write_gap_s: f64,
    hints: StoredHints,
) -> Result<[Box<dyn Planner>; 2], ModelError> {
    let mode = match args.plan {
        By::Forecast => Mode::Forecast,
        By::Flat => Mode::Flat,
        By::Limiter => Mode::Limiter,
    };
    let plain = PlanConfig::default();
    let config = PlanConfig {
        mode,
        step_s: period_s,
        deadline_s: SOLVER_SHARE * period_s,
        // A gateway polls its shelf once a second unless told otherwise; a reading is up to that old, and some.
        state_age_s: plain.state_age_s.max(2.5),
        ..plain
    };
    let planner = Plan::new(args.rack(write_gap_s), config)?.with_hints(Box::new(hints));
    Ok([Box::new(planner), Box::new(Plan::limiter(args.rack(write_gap_s), config)?)])
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        plan: PlanArgs,
    }

    #[test]
    fn half_a_shelf_has_half_of_everything_and_bad_figures_are_named() {
        let line = |args: &[&str]| Line::parse_from([&["x"], args].concat()).plan;
        assert_eq!(line(&[]).rack(0.5), RackModel::ORV3);
        let half = line(&["--psu-w", "9000", "--bbu-w", "9000", "--ramp-up", "1000"]).rack(0.5);
        assert_eq!(
            (half.charge_w, half.energy_j),
            (RackModel::ORV3.charge_w / 2.0, RackModel::ORV3.energy_j / 2.0)
        );
        assert_eq!(half.grid.ramp_up_w_per_s, 1000.0);
        // At the rating the loss is half of the loss of a whole shelf.
        let loss = |rack: &RackModel| rack.input_w(rack.psu_rating_w) - rack.psu_rating_w;
        assert!((loss(&half) - 0.5 * loss(&RackModel::ORV3)).abs() < 1e-6);
        let hints = crate::engine::hints::HintStore::new(crate::engine::clock::Clock::start());
        let refused =
            planners(&line(&["--reserve", "7"]), 0.1, 0.5, hints.of("g")).err().unwrap().to_string();
        assert!(refused.contains("reserve = 7"), "{refused}");
    }
}
