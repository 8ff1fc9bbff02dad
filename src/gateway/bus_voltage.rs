//! The voltage of the busbar as a setpoint of its own: what every PSU holds without load, while no power is asked for.
//!
//! It is written through the one register that power is steered by (decision 2), so one excludes the other: it is taken only
//! while neither a limit nor a discharge is in force, and while it is in force those are refused. It goes the way that
//! every setpoint goes: on record, a first small step, all or none, read back, back to the fail-safe value with the lease.
//!
//! It asks nothing of the BBUs. Their trigger is 48.5 V for 2 ms, and the lowest setpoint leaves room above it: 49.5 V, less
//! 0.75 V of droop at 150 % of load, less 0.13 V by which PSUs differ, are 48.6 V. If they give power all the same, it ends.

use std::time::{Duration, SystemTime};

use dpo_registers::units::Volts;
use tokio::time::Instant;

use super::checks::state;
use super::task::{Cause, Task};
use super::{EventKind, GateError, Owner, Severity, ShelfState};
use crate::control::Demand;
use crate::control::share::NOMINAL_SETPOINT;
use crate::shelf::writer::{self, Record, WriteError};

/// Lowest setpoint that keeps the busbar above the trigger of the BBUs at any load that PSUs carry.
const LOWEST: Volts = Volts(49.5);
/// Ticks in a row with a PSU that does not take it, or with BBUs that give power, before it ends.
const TICKS: u8 = 3;

/// For how long after an event of the grid BBUs that give power are put down to it.
const BRIDGED: Duration = Duration::from_secs(60);

/// The voltage of the busbar as a setpoint.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BusVoltageView {
    /// What the lease owner asked for: the voltage without load.
    pub requested: Option<Volts>,
    /// What every PSU holds, confirmed by read-back.
    pub applied: Option<Volts>,
    /// Smallest value the gate lets pass.
    pub minimum: Volts,
    /// Largest value the gate lets pass, and the fail-safe value.
    pub maximum: Volts,
    /// When `applied` was last confirmed.
    pub confirmed: Option<SystemTime>,
}

impl Default for BusVoltageView {
    fn default() -> Self {
        let (minimum, maximum) = (LOWEST, NOMINAL_SETPOINT);
        Self { requested: None, applied: None, minimum, maximum, confirmed: None }
    }
}

impl Task {
    /// Brings every PSU to a voltage without load, or back to the fail-safe value.
    pub(super) async fn set_bus_voltage(
        &mut self,
        owner: &Owner,
        asked: Option<Volts>,
    ) -> Result<BusVoltageView, GateError> {
        const WHAT: &str = "bus voltage";
        let result = match (self.admit_bus_voltage(owner, asked), asked) {
            (Err(refusal), _) => {
                self.counters.writes_refused = self.counters.writes_refused.saturating_add(1);
                Err(refusal)
            }
            (Ok(()), None) if self.bus_voltage.requested.is_none() => Ok(()),
            (Ok(()), None) => self.give_back(owner, WHAT, &format!("{WHAT} none for {owner}")).await,
            (Ok(()), Some(volts)) => self.bring_to(owner, WHAT, volts).await,
        };
        if let Err(error) = &result
            && error.is_of_the_owner()
        {
            self.log(EventKind::SetpointRefused, Severity::Warning, WHAT, error.to_string());
        }
        result.map(|()| self.bus_voltage)
    }

    async fn bring_to(&mut self, owner: &Owner, what: &str, volts: Volts) -> Result<(), GateError> {
        let value = format!("{volts}");
        self.put(owner, what, &value, volts).await?;
        self.demanded_by = owner.by();
        self.unanswered = 0;
        let time = Some(SystemTime::now());
        self.bus_voltage = BusVoltageView {
            requested: Some(volts),
            applied: Some(volts),
            confirmed: time,
            ..self.bus_voltage
        };
        let message = format!("{value}: every PSU reads it back (commit {})", self.commits);
        self.log(EventKind::SetpointApplied, Severity::Ok, what, message);
        Ok(())
    }

    fn admit_bus_voltage(&self, owner: &Owner, asked: Option<Volts>) -> Result<(), GateError> {
        self.lease.check(owner, Instant::now())?;
        let Some(value) = asked else { return Ok(()) };
        let BusVoltageView { minimum, maximum, .. } = self.bus_voltage;
        // Also what is no number.
        if !(minimum.0..=maximum.0).contains(&value.0) {
            return Err(GateError::VoltageOutOfRange { value, minimum, maximum });
        }
        self.may_move_the_bus().map_err(state)
    }

    fn may_move_the_bus(&self) -> Result<(), String> {
        if self.counters.polls == 0 {
            return Err("the devices have not been read yet: ask again after a poll cycle".to_owned());
        }
        if self.psus.unfinished() {
            return Err("what came of writes of an earlier gateway is not known yet".to_owned());
        }
        if let Some(reason) = self.power_cycles.in_the_way() {
            return Err(reason);
        }
        let Demand { input_limit, discharge } = self.demand;
        if let Some(limit) = input_limit {
            return Err(format!("an input power limit of {limit} is in force: take it back first"));
        }
        if let Some(power) = discharge {
            return Err(format!("a discharge of {power} is in force: take it back first"));
        }
        self.no_grid_event()?;
        if !matches!(self.state, ShelfState::Normal | ShelfState::Recharging) {
            return Err(format!("the state of the shelf is {:?}, not Normal or Recharging", self.state));
        }
        if self.bus_voltage.requested.is_none() && self.psus.any_dirty(true) {
            return Err("PSUs are on their way back".to_owned());
        }
        if self.shelf.psu_count() == 0 {
            return Err("no PSU answers".to_owned());
        }
        // What does not answer may stand at its own voltage, for as long as the setpoint is in force.
        match self.psus.lost_count() {
            0 => Ok(()),
            lost => Err(format!("{lost} PSUs do not answer: the others are not moved alone")),
        }
    }

    /// One tick with a bus voltage in force: PSUs that came meanwhile are brought to it; what does not keep ends it.
    pub(super) async fn keep_bus_voltage(&mut self, volts: Volts, started: Instant) {
        if started < self.written {
            return;
        }
        let by = self.demanded_by.clone();
        let cause = writer::Cause { by: &by, why: "bus voltage", commit: Some(self.commits), trims: None };
        let failed = self.psus.trim(volts, cause, Record::Must).await;
        if let Some((slot, error @ WriteError::Rate { .. })) = failed.first() {
            tracing::debug!(slot, %error, "no trim");
        } else if let Some((slot, error)) = failed.into_iter().next() {
            tracing::warn!(slot, %error, "a PSU did not take the bus voltage");
            self.bus_voltage.applied = None;
            self.blind = self.blind.saturating_add(1);
            if self.blind >= TICKS {
                return self.end_bus_voltage(&format!("psu {slot}: {error}")).await;
            }
        } else {
            self.blind = 0;
            self.bus_voltage.applied = Some(volts);
            self.bus_voltage.confirmed = Some(SystemTime::now());
        }
        let gives = self.shelf.totals().battery_power.filter(|p| *p > self.config.thresholds.battery_on);
        // In an event of the grid, and until the PSUs have the load back, that is what they are there for.
        let low = self.shelf.lowest_input().is_some_and(|v| v < self.config.thresholds.sag_over);
        let recovering = self.state == ShelfState::Recovering && self.entered.elapsed() < BRIDGED;
        let event =
            low || recovering || self.no_grid_event().is_err() || self.state == ShelfState::SagDetected;
        if event {
            self.bridged = Some(Instant::now());
        } else if gives.is_none() || self.bridged.is_some_and(|at| at.elapsed() >= BRIDGED) {
            self.bridged = None;
        }
        self.unanswered =
            if gives.is_some() && self.bridged.is_none() { self.unanswered.saturating_add(1) } else { 0 };
        if let Some(power) = gives.filter(|_| self.unanswered >= TICKS) {
            self.end_bus_voltage(&format!("the BBUs give {power} at it")).await;
        }
    }

    async fn end_bus_voltage(&mut self, reason: &str) {
        let message = format!("the bus voltage ends: {reason}");
        self.log(EventKind::SetpointRefused, Severity::Critical, "shelf", message);
        self.fall_back(Cause::Device, "bus voltage not kept").await;
    }
}
