//! Scenarios: what happens to a rack, and whether it rode through. Everything here is simulated.
//!
//! - [`Scenario`]: an event with everything that belongs to it; [`run`] runs it for a design.
//! - [`judge`]: the criteria of the project and the clauses of a grid code on a run.
//! - [`events`]: the scenarios that `dpo simulate` knows; [`envelope`]: a walk along a ride-through curve.
//! - [`sweep`]: runs and counts the events of an envelope.
//! - [`gaps`]: the four gaps in numbers, and which modification closes which part.
//! - [`present`]: what a gateway could do with the present registers and lines of today's devices.
//! - [`draw`], [`page`]: pictures and pages.

pub mod draw;
pub mod envelope;
pub mod events;
pub mod gaps;
pub mod judge;
pub mod page;
pub mod present;
pub mod sweep;

use dpo_registers::units::{Ratio, Watts};

use super::grid::{GridConfig, STEP_S};
use super::rack::{Design, Inject, LineTimes, Notes, Rack, RackConfig, RackError, Traces};
use super::twin::{Design as Devices, TwinConfig, Variant};
use crate::control::policy::Policy;

/// Rated power of a v3 shelf at the bus, W: 100 % load.
pub const RATED_W: f64 = 18_000.0;
/// When the first event of a scenario begins, in s: the power before it is the mean over a second.
pub const EVENT_S: f64 = 1.3;

/// What happens to a rack.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Name in files.
    pub id: String,
    /// Name for people.
    pub title: String,
    /// When the first event begins, in s; the power before it is the mean up to then.
    pub event_s: f64,
    /// Whether the design with the modifications must survive it; else it shows how a rack degrades.
    pub must_hold: bool,
    /// Largest share of the power before that may be drawn after: [`judge::MOST`], or what a fault makes of it.
    pub most: f64,
    /// Where the event is from, and how sure that is.
    pub source: String,
    /// The shelf.
    pub variant: Variant,
    /// The grid.
    pub grid: GridConfig,
    /// The load at the start over the rated power.
    pub load: f64,
    /// State of charge of each pack at the start.
    pub charge: f64,
    /// Packs below full rest at the start and are charged after a discharge only. Otherwise those of a shelf without
    /// a gateway charge from the start, while a gateway that has just come waits: the power before would not be the
    /// same in both.
    pub packs_rest: bool,
    /// How long it runs, in s.
    pub length_s: f64,
    /// Steps of 50 us in a bucket of the traces.
    pub per_bucket: u32,
    /// What happens besides, by time in s.
    pub happens: Vec<(f64, Inject)>,
    /// PSUs and BBUs that are not in their slots, from 0.
    pub absent: (Vec<usize>, Vec<usize>),
    /// What the gateway is told.
    pub policy: Policy,
    /// The gateway measures its input power by this share too high up to the first event, and too low by it from then
    /// on: the worst that its declared accuracy allows, as what is drawn after is measured against what was before.
    pub input_error: f64,
    /// Whether PSUs restart as the AE data sheet says, not as the DPO material says.
    pub data_sheet_restart: bool,
    /// Seed of tolerances and start delays.
    pub seed: u64,
}

impl Scenario {
    /// A healthy grid, half a load and full packs, for three seconds after [`EVENT_S`].
    pub fn new(id: &str, title: &str, seed: u64) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            event_s: EVENT_S,
            must_hold: true,
            most: judge::MOST,
            source: String::new(),
            variant: Variant::V3,
            grid: GridConfig { seed, ..GridConfig::default() },
            load: 0.5,
            charge: 1.0,
            packs_rest: false,
            length_s: EVENT_S + 3.0,
            per_bucket: 20,
            happens: Vec::new(),
            absent: (Vec::new(), Vec::new()),
            policy: Policy::default(),
            input_error: Policy::default().shelf.input_accuracy.0,
            data_sheet_restart: false,
            seed,
        }
    }

    /// The rack that it happens to.
    pub fn rack(&self, design: Design) -> RackConfig {
        // The blocks follow from the design of the rack.
        let mut twin = TwinConfig::new(self.variant, Devices::Conventional);
        twin.nominal = self.grid.nominal;
        twin.frequency = self.grid.frequency;
        twin.load = Watts(self.load * RATED_W);
        twin.state_of_charge = [Ratio(self.charge); crate::control::orchestrator::io::BBU_SLOTS];
        twin.seed = self.seed;
        for (there, gone) in
            [(&mut twin.psu_present, &self.absent.0), (&mut twin.bbu_present, &self.absent.1)]
        {
            for slot in gone {
                if let Some(there) = there.get_mut(*slot) {
                    *there = false;
                }
            }
        }
        if self.packs_rest {
            twin.parameters.bbu.recharge_below = 0.0;
        }
        if self.data_sheet_restart {
            twin.parameters.restart =
                super::twin::parameters::RestartParameters::data_sheet(&twin.parameters.psu);
        }
        RackConfig {
            design,
            twin,
            grid: self.grid.clone(),
            policy: self.policy,
            line: LineTimes::default(),
            input_error: self.input_error,
        }
    }
}

/// A run of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The design.
    pub design: Design,
    /// What was recorded.
    pub traces: Traces,
    /// What was noted.
    pub notes: Notes,
}

/// When a run may end before its length: called each 10 ms with the rack and the traces so far.
pub type Enough<'a> = &'a dyn Fn(&Rack, &Traces) -> bool;

/// Runs a scenario for a design.
///
/// # Errors
/// [`RackError`] names what cannot be simulated.
pub fn run(scenario: &Scenario, design: Design, enough: Enough<'_>) -> Result<Run, RackError> {
    let mut rack = Rack::new(&scenario.rack(design))?;
    let mut traces = Traces::new(STEP_S, scenario.per_bucket);
    let mut happens = scenario.happens.clone();
    happens.push((scenario.event_s, Inject::InputMeter(-scenario.input_error)));
    happens.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut next = happens.iter().peekable();
    let steps = (scenario.length_s / STEP_S).round() as u64;
    for step in 0..steps {
        while let Some((_, what)) = next.next_if(|(at_s, _)| *at_s <= rack.now_s() + 0.5 * STEP_S) {
            rack.inject(what)?;
        }
        traces.push(&rack.step());
        if step % 200 == 199 && enough(&rack, &traces) {
            break;
        }
    }
    Ok(Run { design, traces, notes: rack.notes() })
}

/// To the end.
pub fn whole(_: &Rack, _: &Traces) -> bool {
    false
}
