//! The gateway task: owns lease, setpoints, state, counters and events, and publishes snapshots.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use dpo_registers::units::{Volts, Watts};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::clocks::{self, Clocks};
use super::config::{ConfigError, GatewayConfig, Slot, SlotKind};
use super::indicator::{self, Indicators};
use super::lease::Lease;
use super::line::BusLine;
use super::pmbus::PmbusPoller;
use super::poller::{Poller, Report};
use super::power_cycle::{self, PowerCycles};
use super::psus::Psus;
use super::recording::{self, GridEventKind, Recording, RideVerdict};
use super::shelf::{Change, Shelf};
use super::{
    BusVoltageView, Command, CommandKind, Counters, Event, EventKind, Gateway, GatewayFeed, LineView,
    SetpointView, Severity, ShelfState, Snapshot,
};
use crate::control::{Demand, Steering};
use crate::shelf::journal::{By, Item, LeaseEnd};
use crate::shelf::mutant::{self, Mutant};
use crate::shelf::psu;
use crate::shelf::setpoint::{Port, SetpointWriter};
use crate::shelf::writer::Writer;

/// Reports that may wait for the gateway task.
const REPORTS: usize = 1024;

/// How often the fast path is asked whether its state changed.
const FAST_LOOK: Duration = Duration::from_millis(20);

/// Why the fail-safe state stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The lease ended without renewal.
    LeaseExpired,
    /// The packs are at their reserve, or gone.
    Reserve,
    /// The BBUs have given power for as long as they allow.
    Spent,
    /// A device or its measurements failed.
    Device,
    /// The owner renewed the lease, but wrote no setpoint for too long.
    Stale,
}

/// Everything the gateway task owns.
pub(super) struct Task {
    pub config: GatewayConfig,
    pub feed: GatewayFeed,
    pub shelf: Shelf,
    pub psus: Psus,
    pub lease: Lease,
    pub steering: Steering,
    pub demand: Demand,
    pub limit: SetpointView,
    pub discharge: SetpointView,
    pub bus_voltage: BusVoltageView,
    pub counters: Counters,
    pub fail_safe: Option<Cause>,
    /// Since when the cause of the fail-safe state stands.
    pub fail_safe_since: Instant,
    /// When setpoints were last taken, and from whom.
    pub demanded: Instant,
    pub demanded_by: By,
    /// Number of the newest commit, across restarts.
    pub commits: u64,
    /// Whether it is known what an earlier gateway left open.
    pub recovered: bool,
    /// When a journal that failed at the start is asked again.
    pub ask_journal_at: Instant,
    /// Whether the journal failed when it was last needed.
    pub journal_failing: bool,
    /// When the setpoints were last written: polls that began before say nothing about them.
    pub written: Instant,
    pub recorded: Instant,
    /// Ticks in a row that could not be steered.
    pub blind: u8,
    /// Since when the BBUs give power.
    pub discharging: Option<Instant>,
    /// Ticks in a row in which the BBUs did not give what was asked for.
    pub unanswered: u8,
    /// Power that the BBUs are meant to carry.
    pub supporting: Watts,
    /// Since when they give next to nothing of it.
    pub silent_since: Option<Instant>,
    /// When an event of the grid was last seen, if what the BBUs give began with it.
    pub bridged: Option<Instant>,
    pub state: ShelfState,
    /// The state before, and since when this one stands.
    pub before: ShelfState,
    pub entered: Instant,
    /// Number of the newest snapshot.
    pub sequence: u64,
    /// Number of the newest change of the fast path that was taken over.
    pub fast_seen: u64,
    /// Whether the newest change of the fast path belongs to an event of the AC input.
    pub fast_event: bool,
    /// Sags of the fast path that are in the counters.
    pub fast_sags: u64,
    /// Buses that completed a cycle since the last tick, and when the cycle began.
    cycles: BTreeMap<usize, Instant>,
    buses: usize,
    pub lines: BTreeMap<usize, LineView>,
    pub clocks: Clocks,
    pub indicators: Indicators,
    pub power_cycles: PowerCycles,
}

/// Starts a gateway: one task a bus that polls, and one that decides. At its start the gateway reads
/// what the devices hold and writes nothing.
///
/// The slots of `config` name lines by their place in `lines`; the polls, the writes and whoever else holds a port of
/// one that speaks Modbus share it by priority. When `cancel` fires, the setpoints go back to their fail-safe values, as far as the devices
/// answer within [`GatewayConfig::stop_patience`]; then the handle ends.
///
/// Must be called inside a tokio runtime.
///
/// # Errors
/// [`ConfigError`] that names the key of a configuration that cannot work; nothing is started then.
pub fn spawn<L: Into<BusLine>>(
    config: GatewayConfig,
    lines: Vec<L>,
    cancel: CancellationToken,
) -> Result<(Gateway, JoinHandle<()>), ConfigError> {
    let lines: Vec<BusLine> = lines.into_iter().map(L::into).collect();
    let protocols: Vec<_> = lines.iter().map(BusLine::protocol).collect();
    config.check_on(&protocols)?;
    let slots = config.expand(&protocols);
    let (reports, inbox) = mpsc::channel(REPORTS);
    let mut pollers = JoinSet::new();
    let shelf = Shelf::new(&config, &slots);
    let first = Snapshot { psus: shelf.psus.clone(), bbus: shelf.bbus.clone(), ..Snapshot::empty() };
    let (gateway, feed) = Gateway::channel(first);
    let gateway = gateway.with_fast(config.fast.clone()).with_judge(config.judge.clone());
    for (index, line) in lines.iter().enumerate() {
        let mine = slots.iter().copied().filter(|s| s.bus == index);
        let (reports, rescans) = (reports.clone(), gateway.rescans());
        match line {
            BusLine::Modbus(line) => {
                let poller = Poller::new(line, index, &config, mine, reports, rescans);
                pollers.spawn(poller.run(cancel.clone()));
            }
            BusLine::Pmbus(line) => {
                let poller = PmbusPoller::new(line, index, &config, mine, reports, rescans);
                pollers.spawn(poller.run(cancel.clone()));
            }
        }
    }
    let writer = SetpointWriter::new(Arc::clone(&config.journal), config.write_rate);
    let clocks = Writer::new(&clocks::WRITABLE, Arc::clone(&config.journal));
    let lights = Writer::new(&indicator::WRITABLE, Arc::clone(&config.journal));
    let cycles = Writer::new(&psu::POWER_CYCLED, Arc::clone(&config.journal));
    let all_slots = slots.clone();
    let psu_slots: Vec<Slot> = slots.into_iter().filter(|s| s.kind == SlotKind::Psu).collect();
    let lit_slots = psu_slots.clone();
    let writes: Vec<Port> = lines.iter().map(BusLine::writes).collect();
    let now = Instant::now();
    let task = Task {
        buses: writes.len(),
        psus: Psus::new(psu_slots, writes.clone(), writer, config.turnaround),
        lease: Lease::new(config.lease_min, config.lease_max),
        steering: Steering::new(config.steering),
        demand: Demand::default(),
        limit: SetpointView::default(),
        discharge: SetpointView::default(),
        bus_voltage: BusVoltageView::default(),
        counters: Counters::default(),
        fail_safe: None,
        fail_safe_since: now,
        demanded: now,
        demanded_by: By::GATEWAY,
        commits: 0,
        recovered: false,
        ask_journal_at: now,
        journal_failing: false,
        written: now,
        recorded: now,
        blind: 0,
        unanswered: 0,
        supporting: Watts(0.0),
        silent_since: None,
        bridged: None,
        discharging: None,
        state: ShelfState::Normal,
        before: ShelfState::Normal,
        entered: now,
        sequence: 0,
        fast_seen: 0,
        fast_event: false,
        fast_sags: 0,
        cycles: BTreeMap::new(),
        lines: BTreeMap::new(),
        power_cycles: PowerCycles::new(cycles, writes.clone(), &lit_slots, config.psu_reset),
        indicators: Indicators::new(lights, writes.clone(), lit_slots),
        clocks: Clocks::new(clocks, writes, all_slots),
        shelf,
        feed,
        config,
    };
    let (recorder, recorded) = mpsc::channel(recording::RECORDINGS);
    if let Some(fast) = task.config.fast.clone() {
        tokio::spawn(recording::follow(fast, task.config.judge.clone(), recorder));
    }
    Ok((gateway, tokio::spawn(task.run(inbox, recorded, pollers, cancel))))
}

impl Task {
    async fn run(
        mut self,
        mut inbox: mpsc::Receiver<Report>,
        mut recorded: mpsc::Receiver<Recording>,
        mut pollers: JoinSet<()>,
        cancel: CancellationToken,
    ) {
        for doubt in self.shelf.doubts() {
            self.log(EventKind::ScaleInDoubt, Severity::Ok, "bbu", doubt);
        }
        self.recover().await;
        // A sag is over within tens of milliseconds; looking costs one atomic load.
        let mut look = interval(FAST_LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let lease_end = until(self.lease.deadline());
            let cycle_end = until(self.power_cycles.deadline());
            tokio::select! {
                biased;
                () = cancel.cancelled() => break,
                () = lease_end => self.expire().await,
                () = cycle_end => self.end_power_cycle().await,
                Some(command) = self.feed.commands.recv() => self.command(command).await,
                Some(report) = inbox.recv() => self.report(report).await,
                Some(recording) = recorded.recv() => self.grid_event(recording),
                _ = look.tick(), if self.config.fast.is_some() => self.look_at_fast(),
            }
        }
        // A poller that waits for room in the inbox ends when the inbox is gone.
        drop(inbox);
        let patience = self.config.stop_patience;
        let ended = async { while pollers.join_next().await.is_some() {} };
        // A bus that never comes back from a request must not keep the setpoints where they are.
        if timeout(patience, ended).await.is_err() {
            tracing::error!("a bus does not end its last request");
            pollers.abort_all();
        }
        self.stop(patience).await;
    }

    async fn command(&mut self, command: Command) {
        // The lease may have run out while another command was carried out.
        self.expire().await;
        let Command { owner, kind } = command;
        // The snapshot is out before the answer: who reads after an answer sees what it said. Whoever
        // asked may have gone; the command is carried out all the same.
        match kind {
            CommandKind::Acquire { duration, answer } => {
                let result = self.acquire(owner, duration).await;
                self.publish();
                let _ = answer.send(result);
            }
            CommandKind::Release { answer } => {
                let result = self.release(owner).await;
                self.publish();
                let _ = answer.send(result);
            }
            CommandKind::Set { setpoint, answer } => {
                let result = self.set(owner, setpoint).await;
                self.publish();
                let _ = answer.send(result);
            }
            CommandKind::Commit { setpoints, answer } => {
                let result = self.commit(owner, &setpoints).await;
                self.publish();
                let _ = answer.send(result);
            }
            CommandKind::Note { severity, subject, message } => {
                self.log(EventKind::TriggerFired, severity, &subject, message);
            }
            CommandKind::Indicate { slot, lit, answer } => {
                let result = self.indicate(owner, slot, lit).await;
                self.publish();
                let _ = answer.send(result);
            }
            CommandKind::BusVoltage { voltage, answer } => {
                let result = self.set_bus_voltage(&owner, voltage).await;
                self.publish();
                let _ = answer.send(result);
            }
            CommandKind::PowerCycle { slot, answer } => {
                let result = self.power_cycle(&owner, slot).await;
                self.publish();
                let _ = answer.send(result);
            }
        }
    }

    async fn report(&mut self, report: Report) {
        match report {
            Report::Read { slot, content, refused, arrived, slow, started } => {
                let change = self.shelf.update(slot, content, arrived);
                let name = name(slot);
                for refusal in refused {
                    let message = format!("register {} does not exist there", refusal.register);
                    self.log(EventKind::RegisterMissing, Severity::Warning, &name, message);
                }
                self.changed(&name, change);
                if slot.kind == SlotKind::Psu {
                    let view = self.shelf.psus.iter().find(|v| v.slot == slot.slot);
                    let setpoint = view.and_then(|v| v.reading.output_voltage_setpoint);
                    let found = if arrived {
                        self.psus.arrived(slot, setpoint, Instant::now()).await
                    } else if slow {
                        self.psus.observed(slot, setpoint, started)
                    } else {
                        None
                    };
                    self.find_out().await;
                    self.found(&name, found);
                    self.watch_power_cycle(slot).await;
                }
            }
            Report::Lost { slot, reason } => {
                self.shelf.lose(slot);
                self.psus.lost(slot);
                self.clocks.lost(slot);
                if slot.kind == SlotKind::Psu {
                    self.indicators.lost(slot);
                }
                self.counters.devices_lost = self.counters.devices_lost.saturating_add(1);
                let (severity, reason) = if power_cycle::on_purpose(&self.power_cycles, slot) {
                    (Severity::Ok, format!("{reason}: it is being power-cycled"))
                } else {
                    (Severity::Critical, reason)
                };
                self.log(EventKind::DeviceLost, severity, &name(slot), reason);
                self.watch_power_cycle(slot).await;
            }
            Report::Cycle { bus, started, errors, line } => {
                self.lines.insert(bus, *line);
                self.counters.bus_errors = self.counters.bus_errors.saturating_add(errors);
                // A bus that is slow or dead does not hold up the others.
                let again = self.cycles.insert(bus, started).is_some();
                if again || self.cycles.len() == self.buses {
                    let started = self.cycles.values().min().copied().unwrap_or(started);
                    self.cycles.clear();
                    self.tick(started).await;
                }
            }
        }
    }

    pub(super) fn changed(&mut self, name: &str, change: Change) {
        if change.found {
            self.log(EventKind::DeviceFound, Severity::Ok, name, "found".to_owned());
        }
        if change.returned {
            self.counters.devices_returned = self.counters.devices_returned.saturating_add(1);
            self.log(EventKind::DeviceReturned, Severity::Ok, name, "answers again".to_owned());
        }
        for alarm in change.raised {
            let message = format!("{} ({})", alarm.name, alarm.register);
            self.log(EventKind::AlarmRaised, Severity::Warning, name, message);
        }
        for alarm in change.cleared {
            let message = format!("{} ({})", alarm.name, alarm.register);
            self.log(EventKind::AlarmCleared, Severity::Ok, name, message);
        }
    }

    /// A grid event is over.
    fn grid_event(&mut self, recording: Recording) {
        let Recording { begin, judged, .. } = &recording;
        let extreme = recording.extreme.0;
        let what = match recording.kind {
            GridEventKind::Sag => format!("sag to {extreme:.2} p.u."),
            GridEventKind::Interruption => format!("interruption, lowest {extreme:.2} p.u."),
            GridEventKind::Swell => format!("swell to {extreme:.2} p.u."),
            GridEventKind::Frequency => {
                format!("frequency of {:.2} Hz", extreme * recording.nominal_frequency.0)
            }
        };
        let (verdict, severity) = match judged.verdict {
            RideVerdict::NotJudged => ("not judged", Severity::Warning),
            RideVerdict::RiddenThrough => ("ridden through", Severity::Ok),
            RideVerdict::BeyondCurve => ("beyond the curve, which asks nothing", Severity::Warning),
            RideVerdict::Failed => ("not ridden through", Severity::Critical),
            RideVerdict::Late => ("ridden through, power back too late", Severity::Critical),
        };
        let by = if judged.code.is_empty() { String::new() } else { format!(" ({})", judged.code) };
        let energy = recording.energy.map_or(String::new(), |e| format!(", BBUs gave {:.0} J", e.0));
        let message = format!("{what} for {:.3} s{energy}: {verdict}{by}", recording.duration.as_secs_f64());
        let begin = *begin;
        // Who sees the event finds its recording.
        self.feed.record(Recording { event: self.counters.events + 1, ..recording });
        self.log_at(begin, EventKind::GridEvent, severity, "grid", message);
    }

    pub(super) fn found(&mut self, name: &str, found: Option<Volts>) {
        if let Some(volts) = found {
            let grace = self.config.orphan_grace;
            let message = format!(
                "holds a setpoint of {volts} from before; the fail-safe value returns in {grace:?}, or when \
                 the lease is taken"
            );
            self.log(EventKind::SetpointFound, Severity::Warning, name, message);
        }
    }

    /// One look at the whole shelf; the cycle it rests on began at `started`.
    async fn tick(&mut self, started: Instant) {
        self.counters.polls = self.counters.polls.saturating_add(1);
        let (held, now, grace) = (self.lease.held(), Instant::now(), self.config.orphan_grace);
        self.recover().await;
        self.find_out().await;
        let grace = if mutant::on(Mutant::RestoreAtStart) { Duration::ZERO } else { grace };
        self.psus.adopt(|since| held || now.saturating_duration_since(since) >= grace);
        let power = self.shelf.totals().battery_power.unwrap_or(Watts(0.0));
        let gives = power > self.config.thresholds.battery_off;
        self.discharging = gives.then(|| self.discharging.unwrap_or(started));
        let totals = self.shelf.totals();
        if let (Some(output), Some(input)) = (totals.output_power, totals.input_power) {
            self.power_cycles.recent.push(now, Watts(output.0 + power.0.max(0.0)), input);
        }
        self.keep_reserve().await;
        if self.demand == Demand::default() {
            match self.bus_voltage.requested {
                Some(_) if self.power_cycles.slot().is_some() => {}
                Some(volts) => self.keep_bus_voltage(volts, started).await,
                None => self.restore("fail-safe").await,
            }
        } else if self.power_cycles.slot().is_some() {
            self.hold_setpoints();
        } else {
            if self.trim_due(started) {
                self.steer().await;
            }
            self.check_answer().await;
        }
        self.publish();
        self.tell_time().await;
    }

    pub fn log(&mut self, kind: EventKind, severity: Severity, subject: &str, message: String) {
        self.log_at(SystemTime::now(), kind, severity, subject, message);
    }

    pub fn log_at(
        &mut self,
        time: SystemTime,
        kind: EventKind,
        severity: Severity,
        subject: &str,
        message: String,
    ) {
        self.counters.events += 1;
        tracing::info!(?kind, subject, message, "event");
        self.feed.log(Event {
            sequence: self.counters.events,
            time,
            kind,
            severity,
            subject: subject.to_owned(),
            message,
        });
    }

    /// Brings the fail-safe values back before the end, from lost devices too if they answer again.
    async fn stop(mut self, patience: Duration) {
        self.forget_demand();
        if let Some(owner) = self.lease.owner() {
            let item = Item::LeaseEnded { how: LeaseEnd::GatewayEnded };
            self.note(owner.by(), "stop", item).await;
        }
        let restored = async {
            loop {
                self.restore_all("gateway stops", true).await;
                if !self.psus.any_dirty(true) {
                    break;
                }
                sleep(self.config.poll_interval).await;
            }
        };
        if timeout(patience, restored).await.is_err() {
            tracing::error!("the gateway stops; some PSUs may hold a lowered setpoint");
        }
        self.note(By::GATEWAY, "stop", Item::Stopped).await;
        self.publish();
    }
}

/// Ends at an instant, if there is one.
async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

fn name(slot: Slot) -> String {
    let kind = match slot.kind {
        SlotKind::Psu => "psu",
        SlotKind::Bbu => "bbu",
    };
    format!("{kind} {}", slot.slot)
}
