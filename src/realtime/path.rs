//! The fast path of a shelf: meter and orchestrator as one control, and what it shows to the interfaces.

mod codes;
mod shown;
mod transitions;

use std::sync::Arc;

use super::executor::Tick;
use super::fast_io::Control;
use crate::control::meter::{AcMeter, AcReading};
use crate::control::orchestrator::Orchestrator;
use crate::control::orchestrator::io::{Action, Capabilities, Seen, Support};
use crate::control::policy::{Policy, PolicyError};
use crate::control::state::ShelfState;

pub use shown::{PathCause, PathShown, PathView};
pub use transitions::{Transition, Transitions};

/// Meter and orchestrator of one shelf.
#[derive(Debug)]
pub struct FastPath {
    meter: AcMeter,
    orchestrator: Orchestrator,
    nominal: f64,
    back: f64,
    state: ShelfState,
    /// Whether the AC input began the event that goes on.
    by_input: bool,
    by_demand: bool,
    transitions: Arc<Transitions>,
}

impl FastPath {
    /// A fast path at rest.
    ///
    /// # Errors
    /// [`PolicyError`] names what the policy may not be.
    pub fn new(policy: &Policy, capabilities: Capabilities) -> Result<Self, PolicyError> {
        let grid = &policy.grid;
        Ok(Self {
            orchestrator: Orchestrator::new(policy, capabilities)?,
            meter: AcMeter::new(grid.nominal, grid.frequency, grid.samples_per_s),
            nominal: grid.nominal.0,
            back: policy.recovery.voltage.0,
            state: ShelfState::Normal,
            by_input: false,
            by_demand: false,
            transitions: Arc::default(),
        })
    }

    /// Where changes of the state are noted.
    pub fn transitions(&self) -> Arc<Transitions> {
        Arc::clone(&self.transitions)
    }

    /// Lowest phase in p.u. as the meter shows it.
    fn lowest(&self) -> Option<f64> {
        let rms = self.meter.reading()?.rms;
        Some(rms.iter().fold(f64::INFINITY, |least, v| v.0.min(least)) / self.nominal)
    }

    fn note(&mut self, tick: u64, to: ShelfState) {
        let lowest = self.lowest();
        let event = |state| {
            matches!(state, ShelfState::SagDetected | ShelfState::Supporting | ShelfState::Recovering)
        };
        if to == ShelfState::SagDetected || !event(self.state) {
            self.by_input =
                to == ShelfState::SagDetected || lowest.is_some_and(|lowest| event(to) && lowest < self.back);
        }
        self.transitions.push(tick, self.state, to, lowest);
        self.state = to;
    }

    fn cause(&self) -> Option<PathCause> {
        match self.state {
            ShelfState::Normal => None,
            ShelfState::SagDetected => Some(PathCause::Input),
            ShelfState::FailSafe => Some(PathCause::Device),
            ShelfState::Supporting | ShelfState::Recovering if self.by_input => Some(PathCause::Input),
            ShelfState::Supporting if self.by_demand => Some(PathCause::Demand),
            ShelfState::Supporting | ShelfState::Recovering | ShelfState::Recharging => {
                Some(PathCause::Battery)
            }
        }
    }

    /// What the meter shows, unless nothing measures the AC input now.
    pub fn ac(&self) -> Option<AcReading> {
        self.meter.reading().filter(|_| !self.orchestrator.degraded().ac_lost)
    }

    /// The words to post after a tick; see [`PathShown::read`].
    pub fn words(&self, tick: Tick, action: &Action) -> [u64; shown::WORDS] {
        let degraded = self.orchestrator.degraded();
        shown::words(&PathView {
            tick: tick.number,
            ac: self.ac(),
            state: action.state,
            cause: self.cause(),
            ride_through_s: action.ride_through_s,
            lines: action.lines,
            degraded,
            sags: self.orchestrator.sags(),
        })
    }
}

impl Control for FastPath {
    fn tick(&mut self, tick: Tick, seen: &Seen<'_>) -> Action {
        for sample in seen.ac {
            self.meter.push(*sample);
        }
        let action = self.orchestrator.tick(seen);
        self.by_demand = action.armed.bbu.iter().any(|bbu| matches!(bbu.support, Support::Power(_)));
        if action.state != self.state {
            self.note(tick.number, action.state);
        }
        action
    }
}

#[cfg(test)]
mod tests;
