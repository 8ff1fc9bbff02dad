//! What the gateway shows: the state, what is left in the packs, the snapshot.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use dpo_registers::units::{Percent, Seconds, Volts, Watts};
use tokio::time::Instant;

use super::checks::REST;
use super::deliverable::{Bounds, deliverable};
use super::fast::in_event;
use super::task::{Cause, Task};
use super::{
    Energy, EventKind, FastView, SetpointView, Severity, ShelfState, Snapshot, StateCause, StateView,
};
use crate::control::state::{StateInputs, next};

/// State of charge above the reserve at which the fail-safe state it caused ends.
const RESERVE_BAND: f64 = 5.0;
/// Lowest phase in p.u. below which support counts as support in a sag.
const SAG_BELOW: f64 = 0.9;

impl Task {
    /// Shows the setpoints as last read back: the poll reads that register only now and then.
    fn show_setpoints(&mut self) {
        for hold in self.psus.holds.iter().filter(|h| h.present) {
            if let Some(view) = self.shelf.psus.iter_mut().find(|v| v.slot == hold.slot.slot) {
                view.reading.output_voltage_setpoint = hold.held;
            }
        }
    }

    /// The state that follows from the newest readings; logs a change.
    fn judge(&mut self, battery: Option<Watts>) {
        let charge = self.shelf.energy().state_of_charge;
        let safe = Percent(self.config.reserve.0 + RESERVE_BAND);
        if self.fail_safe == Some(Cause::Reserve) && charge.is_some_and(|c| c >= safe) {
            self.fail_safe = None;
        }
        if self.fail_safe == Some(Cause::Spent) && self.fail_safe_since.elapsed() >= REST {
            self.fail_safe = None;
        }
        self.take_over_changes();
        let fast = self.fast();
        if let Some(view) = &fast {
            self.count_sags(view);
        }
        if let Some(view) = fast.filter(|view| in_event(view.state, view.cause)) {
            // The changes have told it already, unless there were too many to be kept.
            self.enter(view.state, SystemTime::now(), "fast path");
            return;
        }
        // What the fast path measures is the newer voltage of the two.
        let measured = fast
            .and_then(|view| view.ac)
            .map(|ac| Volts(ac.reading.rms.iter().fold(f64::INFINITY, |least, v| v.0.min(least))));
        let inputs = StateInputs {
            input_voltage: measured.or_else(|| self.shelf.lowest_input()),
            battery_power: battery,
            steering: self.steering.active(),
            fail_safe: self.fail_safe.is_some(),
        };
        match next(self.state, &inputs, &self.config.thresholds) {
            Ok(state) => self.enter(state, SystemTime::now(), ""),
            Err(error) => tracing::error!(%error, "state not judged"),
        }
    }

    /// Enters a state, if it is another one, and logs it.
    fn enter(&mut self, state: ShelfState, time: SystemTime, by: &str) {
        if state == self.state {
            return;
        }
        let severity = match state {
            ShelfState::SagDetected => Severity::Critical,
            ShelfState::FailSafe => Severity::Warning,
            _ => Severity::Ok,
        };
        // What measures the AC input itself counts its sags itself.
        let measured = self.fast().is_some_and(|view| view.ac.is_some());
        let sag = u32::from(state == ShelfState::SagDetected && by.is_empty() && !measured);
        self.counters.sags = self.counters.sags.saturating_add(sag);
        let by = if by.is_empty() { String::new() } else { format!(" ({by})") };
        let message = format!("{:?} -> {state:?}{by}", self.state);
        self.before = self.state;
        let ago = SystemTime::now().duration_since(time).unwrap_or_default();
        self.entered = Instant::now().checked_sub(ago).unwrap_or_else(Instant::now);
        self.state = state;
        self.log_at(time, EventKind::StateChanged, severity, "shelf", message);
    }

    /// What the fast path shows now.
    pub(super) fn fast(&self) -> Option<FastView> {
        self.config.fast.as_ref()?.view()
    }

    /// Takes over the changes of the fast path in their order, each at its own time: a sag of 50 ms is in the log
    /// even if nobody polled in it.
    fn take_over_changes(&mut self) {
        let Some(source) = self.config.fast.clone() else { return };
        for change in source.changes_after(self.fast_seen) {
            self.fast_seen = change.number;
            // Support without a sag before it, and what follows it, is what the polls tell.
            self.fast_event = match change.to {
                ShelfState::SagDetected => true,
                ShelfState::Supporting => self.fast_event || change.lowest.is_some_and(|v| v.0 < SAG_BELOW),
                ShelfState::Recovering => self.fast_event,
                ShelfState::Normal | ShelfState::Recharging | ShelfState::FailSafe => false,
            };
            if self.fast_event {
                let lowest =
                    change.lowest.map_or(String::new(), |v| format!(", lowest phase {:.2} p.u.", v.0));
                self.enter(change.to, change.time, &format!("fast path{lowest}"));
            }
        }
    }

    /// Adds the sags that the fast path found since: a state may pass between two looks, a count does not.
    fn count_sags(&mut self, view: &FastView) {
        // Fewer than before: it began anew.
        let new = view.sags.checked_sub(self.fast_sags).unwrap_or(view.sags);
        self.fast_sags = view.sags;
        self.counters.sags = self.counters.sags.saturating_add(u32::try_from(new).unwrap_or(u32::MAX));
    }

    /// Shows a change of the fast path without waiting for the next poll.
    pub fn look_at_fast(&mut self) {
        let newest = self.config.fast.as_ref().map_or(0, |source| source.newest_change());
        if newest != self.fast_seen {
            self.publish();
        }
    }

    /// How much longer the BBUs allow the present discharge; `None` if they do not say, or give nothing.
    pub fn allowance(&self) -> Option<Duration> {
        let longest = Duration::try_from_secs_f64(self.shelf.longest_discharge()?.0).ok()?;
        Some(longest.saturating_sub(self.discharging?.elapsed()))
    }

    fn energy(&self) -> Energy {
        let energy = self.shelf.energy();
        let allowed = self.allowance().map_or(f64::INFINITY, |left| left.as_secs_f64());
        let longest = self.shelf.longest_discharge();
        let bounds = Bounds {
            rating: self.shelf.bbu_rating(),
            reserve: self.config.reserve,
            efficiency: self.config.bbu_efficiency,
            // Of a discharge that runs, what is left; of the next one, all of it.
            allowed: self.allowance().or_else(|| longest.and_then(|s| Duration::try_from_secs_f64(s.0).ok())),
        };
        let known = energy.stored.zip(energy.state_of_charge);
        Energy {
            time_left: energy.time_left.map(|left| Seconds(left.0.min(allowed))),
            deliverable: known.map(|(stored, charge)| deliverable(stored, charge, &bounds)),
            reserve: Some(self.config.reserve),
            ..energy
        }
    }

    /// Why the state is what it is.
    fn cause(&self) -> Option<StateCause> {
        match (self.state, self.fail_safe) {
            (ShelfState::SagDetected | ShelfState::Recovering, _) => Some(StateCause::InputVoltage),
            (ShelfState::Supporting, _)
                if self.fast().is_some_and(|view| in_event(view.state, view.cause)) =>
            {
                Some(StateCause::InputVoltage)
            }
            (ShelfState::FailSafe, cause) => cause.map(|cause| match cause {
                Cause::LeaseExpired => StateCause::LeaseExpired,
                Cause::Reserve => StateCause::Reserve,
                Cause::Spent => StateCause::DischargeTime,
                Cause::Device => StateCause::Device,
                // The setpoint itself: its age.
                Cause::Stale => StateCause::Setpoint,
            }),
            (ShelfState::Supporting, _) if self.steering.active() => Some(StateCause::Setpoint),
            (ShelfState::Supporting | ShelfState::Recharging, _) => Some(StateCause::Battery),
            (ShelfState::Normal, _) => None,
        }
    }

    pub fn publish(&mut self) {
        self.show_setpoints();
        let totals = self.shelf.totals();
        self.judge(totals.battery_power);
        let (minimum, maximum) = self.limit_range();
        self.limit = SetpointView { minimum, maximum, ..self.limit };
        self.discharge.maximum = self.shelf.bbu_rating();
        self.sequence += 1;
        let snapshot = Snapshot {
            sequence: self.sequence,
            time: SystemTime::now(),
            state: self.state,
            state_view: StateView {
                cause: self.cause(),
                before: self.before,
                elapsed: self.entered.elapsed(),
            },
            totals,
            energy: self.energy(),
            psus: self.shelf.psus.clone(),
            bbus: self.shelf.bbus.clone(),
            lines: self.lines.values().cloned().collect(),
            lease: self.lease.view(Instant::now()),
            input_power_limit: self.limit,
            bbu_discharge: self.discharge,
            bus_voltage: self.bus_voltage,
            counters: self.counters,
            fast: self.fast(),
            indicators: self.indicators.held.clone(),
            power_cycle: self.power_cycles.view(),
        };
        // Nobody may be watching; the newest one stays for whoever comes.
        self.feed.snapshots.send_replace(Arc::new(snapshot));
    }
}
