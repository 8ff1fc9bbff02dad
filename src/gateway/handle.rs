//! The handle the interfaces hold, and its other end.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dpo_registers::units::Volts;
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    Applied, BusVoltageView, CommitError, Committed, Event, FastSource, FastView, GateError, Judge,
    LeaseView, Owner, PowerCycling, RECORDINGS, Recording, Setpoint, Severity, Snapshot,
};

/// Events kept in memory.
const EVENT_LOG: usize = 1024;
/// Commands that may wait for the gateway task.
const QUEUE: usize = 64;

/// A handle on a running gateway; cheap to clone.
#[derive(Debug, Clone)]
pub struct Gateway {
    snapshots: watch::Receiver<Arc<Snapshot>>,
    commands: mpsc::Sender<Command>,
    events: Arc<Mutex<VecDeque<Event>>>,
    newest: watch::Receiver<u64>,
    recordings: Arc<Mutex<VecDeque<Arc<Recording>>>>,
    fast: Option<Arc<dyn FastSource>>,
    judge: Option<Arc<dyn Judge>>,
    /// Counts the rescans that were asked for.
    rescans: Arc<watch::Sender<u64>>,
}

/// The gateway task's end of a [`Gateway`].
#[derive(Debug)]
pub struct GatewayFeed {
    /// Where new snapshots go.
    pub snapshots: watch::Sender<Arc<Snapshot>>,
    /// What the interfaces ask for.
    pub commands: mpsc::Receiver<Command>,
    events: Arc<Mutex<VecDeque<Event>>>,
    newest: watch::Sender<u64>,
    recordings: Arc<Mutex<VecDeque<Arc<Recording>>>>,
}

/// One request of an interface.
#[derive(Debug)]
pub struct Command {
    /// Who asks.
    pub owner: Owner,
    /// What for.
    pub kind: CommandKind,
}

/// What an interface asks for, with the place for the answer.
#[derive(Debug)]
pub enum CommandKind {
    /// Grant or renew the lease.
    Acquire {
        /// For how long from now.
        duration: Duration,
        /// The lease, or why not.
        answer: oneshot::Sender<Result<LeaseView, GateError>>,
    },
    /// Give the lease back; setpoints go to their fail-safe values.
    Release {
        /// The free lease, or why not.
        answer: oneshot::Sender<Result<LeaseView, GateError>>,
    },
    /// Apply a setpoint; answered when the devices read back.
    Set {
        /// Which and how much.
        setpoint: Setpoint,
        /// What now stands, or why not.
        answer: oneshot::Sender<Result<Applied, GateError>>,
    },
    /// Apply several setpoints as one; answered when the devices read back.
    Commit {
        /// Which and how much; those not named stay.
        setpoints: Vec<Setpoint>,
        /// What now stands, or why nothing changed.
        answer: oneshot::Sender<Result<Committed, CommitError>>,
    },
    /// Put what an interface found into the event log.
    Note {
        /// How bad.
        severity: Severity,
        /// What it is about.
        subject: String,
        /// One sentence for a person.
        message: String,
    },
    /// Light the LEDs of a PSU by which people find it, or give them back to it.
    Indicate {
        /// Slot of the PSU.
        slot: u8,
        /// Whether they shine.
        lit: bool,
        /// What the PSU then holds, or why nothing changed.
        answer: oneshot::Sender<Result<bool, GateError>>,
    },
    /// Bring every PSU to a voltage without load; answered when they read it back.
    BusVoltage {
        /// The voltage, or back to the fail-safe value.
        voltage: Option<Volts>,
        /// What now stands, or why not.
        answer: oneshot::Sender<Result<BusVoltageView, GateError>>,
    },
    /// Take the output of a PSU away for 5 s, after which it boots.
    PowerCycle {
        /// Slot of the PSU.
        slot: u8,
        /// How it goes on, or why nothing was sent.
        answer: oneshot::Sender<Result<PowerCycling, GateError>>,
    },
}

/// A stretch of the event log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventWindow {
    /// Number of the newest event; 0 if there is none.
    pub newest: u64,
    /// Number of the oldest event that is kept; 0 if there is none.
    pub oldest: u64,
    /// The events asked for, newest first.
    pub events: Vec<Event>,
    /// The recordings of those among them that tell of grid events, as far as they are kept.
    pub recordings: Vec<Arc<Recording>>,
}

impl Gateway {
    /// A handle and the feed behind it. The gateway task, or a test, plays the other end.
    pub fn channel(first: Snapshot) -> (Self, GatewayFeed) {
        let (snapshots, receiver) = watch::channel(Arc::new(first));
        let (sender, commands) = mpsc::channel(QUEUE);
        let events = Arc::new(Mutex::new(VecDeque::new()));
        let (newest, follow) = watch::channel(0);
        let recordings = Arc::default();
        let gateway = Self {
            snapshots: receiver,
            commands: sender,
            events: Arc::clone(&events),
            newest: follow,
            recordings: Arc::clone(&recordings),
            fast: None,
            judge: None,
            rescans: Arc::new(watch::Sender::new(0)),
        };
        (gateway, GatewayFeed { snapshots, commands, events, newest, recordings })
    }

    /// The newest snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshots.borrow())
    }

    /// Looks for every device that is not there, dormant ones included, and asks those that are there for everything
    /// again, whatever they refused before. Each line does it at the end of its cycle.
    pub fn rescan(&self) {
        self.rescans.send_modify(|count| *count += 1);
    }

    /// Tells when a rescan was asked for.
    pub(super) fn rescans(&self) -> watch::Receiver<u64> {
        self.rescans.subscribe()
    }

    /// The same handle beside a local fast path.
    #[must_use]
    pub fn with_fast(self, fast: Option<Arc<dyn FastSource>>) -> Self {
        Self { fast, ..self }
    }

    /// The same handle with what judges recordings.
    #[must_use]
    pub fn with_judge(self, judge: Option<Arc<dyn Judge>>) -> Self {
        Self { judge, ..self }
    }

    /// What judges grid events; `None` where nothing does.
    pub fn judge(&self) -> Option<&Arc<dyn Judge>> {
        self.judge.as_ref()
    }

    /// What the local fast path shows at this moment; `None` without one.
    pub fn fast(&self) -> Option<FastView> {
        self.fast.as_ref()?.view()
    }

    /// Follows the snapshots.
    pub fn watch(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshots.clone()
    }

    /// Follows the number of the newest event.
    pub fn newest_event(&self) -> watch::Receiver<u64> {
        self.newest.clone()
    }

    /// The oldest event after number `sequence` that is kept.
    pub fn event_after(&self, sequence: u64) -> Option<Event> {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let at = events.partition_point(|e| e.sequence <= sequence);
        events.get(at).cloned()
    }

    /// The events after number `sequence`, oldest first, as far as they are kept.
    pub fn events_after(&self, sequence: u64) -> Vec<Event> {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.iter().filter(|e| e.sequence > sequence).cloned().collect()
    }

    /// The newest recordings of grid events, oldest first.
    pub fn recordings(&self) -> Vec<Arc<Recording>> {
        self.recordings.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// At most `most` events up to number `until` (`None`: up to the newest), newest first.
    pub fn event_window(&self, until: Option<u64>, most: usize) -> EventWindow {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = events.iter().rev().skip_while(|e| until.is_some_and(|last| e.sequence > last));
        let taken: Vec<Event> = shown.take(most).cloned().collect();
        EventWindow {
            newest: events.back().map_or(0, |e| e.sequence),
            oldest: events.front().map_or(0, |e| e.sequence),
            recordings: {
                let told = |r: &Arc<Recording>| taken.iter().any(|e| e.sequence == r.event);
                self.recordings().into_iter().filter(told).collect()
            },
            events: taken,
        }
    }

    /// Takes or renews the lease for `duration` from now.
    ///
    /// # Errors
    /// [`GateError`] if somebody else holds it or the duration is out of range.
    pub async fn acquire(&self, owner: Owner, duration: Duration) -> Result<LeaseView, GateError> {
        self.ask(owner, |answer| CommandKind::Acquire { duration, answer }).await
    }

    /// Gives the lease back; setpoints go to their fail-safe values.
    ///
    /// # Errors
    /// [`GateError`] if `owner` does not hold it.
    pub async fn release(&self, owner: Owner) -> Result<LeaseView, GateError> {
        self.ask(owner, |answer| CommandKind::Release { answer }).await
    }

    /// Applies a setpoint under the lease of `owner`; returns what the devices then hold.
    ///
    /// # Errors
    /// [`GateError`] if the gate or a device refused; nothing has changed then. Only taking the last
    /// setpoint back is never undone: a PSU that failed then is tried again in each poll cycle.
    pub async fn set(&self, owner: Owner, setpoint: Setpoint) -> Result<Applied, GateError> {
        self.ask(owner, |answer| CommandKind::Set { setpoint, answer }).await
    }

    /// Applies several setpoints as one under the lease of `owner`; those not named stay as they are.
    ///
    /// # Errors
    /// [`CommitError`] if the gate or a device refused; nothing has changed then, as of [`Self::set`].
    pub async fn commit(&self, owner: Owner, setpoints: Vec<Setpoint>) -> Result<Committed, CommitError> {
        self.ask(owner, |answer| CommandKind::Commit { setpoints, answer }).await
    }

    /// Brings every PSU to a voltage without load under the lease of `owner`, or back to the fail-safe value (`None`); returns
    /// what they then hold. Excludes the setpoints of power: one is taken back before the other is taken.
    ///
    /// # Errors
    /// [`GateError`] if the gate or a device refused, as of [`Self::set`].
    pub async fn set_bus_voltage(
        &self,
        owner: Owner,
        voltage: Option<Volts>,
    ) -> Result<BusVoltageView, GateError> {
        self.ask(owner, |answer| CommandKind::BusVoltage { voltage, answer }).await
    }

    /// Lights the LEDs of the PSU in `slot` by which people find it, or gives them back to it; returns what it then holds.
    /// Needs no lease: it moves no power.
    ///
    /// # Errors
    /// [`GateError`] while somebody else holds the lease, or if the PSU refused.
    pub async fn indicate(&self, owner: Owner, slot: u8, lit: bool) -> Result<bool, GateError> {
        self.ask(owner, |answer| CommandKind::Indicate { slot, lit, answer }).await
    }

    /// Power-cycles the PSU in `slot` under the lease of `owner`: its output goes for 5 s, then it boots. Returns when the
    /// command is on its way; [`PowerCycling::ended`] when the PSU is back.
    ///
    /// # Errors
    /// [`GateError`]: nothing was sent. Unless [`GatewayConfig::psu_reset`](super::GatewayConfig::psu_reset) allows it, and
    /// the others are well and carry the load with a margin while nothing else goes on, it is refused
    /// ([`GateError::State`] says what is in the way).
    pub async fn power_cycle(&self, owner: Owner, slot: u8) -> Result<PowerCycling, GateError> {
        self.ask(owner, |answer| CommandKind::PowerCycle { slot, answer }).await
    }

    /// Puts into the event log what a trigger of an interface found; it waits its turn behind commands.
    ///
    /// # Errors
    /// [`GateError::Stopped`] if the gateway has ended.
    pub async fn note(&self, severity: Severity, subject: String, message: String) -> Result<(), GateError> {
        let owner = Owner::Local { name: "trigger".to_owned() };
        let command = Command { owner, kind: CommandKind::Note { severity, subject, message } };
        self.commands.send(command).await.map_err(|_| GateError::Stopped)
    }

    async fn ask<T, E: From<GateError>>(
        &self,
        owner: Owner,
        kind: impl FnOnce(oneshot::Sender<Result<T, E>>) -> CommandKind,
    ) -> Result<T, E> {
        let (answer, answered) = oneshot::channel();
        let command = Command { owner, kind: kind(answer) };
        self.commands.send(command).await.map_err(|_| GateError::Stopped)?;
        answered.await.map_err(|_| GateError::Stopped)?
    }
}

impl GatewayFeed {
    /// Keeps a recording, before the event that tells of it is logged; the oldest one makes room.
    pub fn record(&self, recording: Recording) {
        let mut recordings = self.recordings.lock().unwrap_or_else(PoisonError::into_inner);
        if recordings.len() == RECORDINGS {
            recordings.pop_front();
        }
        recordings.push_back(Arc::new(recording));
    }

    /// Appends an event; the oldest ones beyond the log's length are dropped.
    pub fn log(&self, event: Event) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        if events.len() == EVENT_LOG {
            events.pop_front();
        }
        let number = event.sequence;
        events.push_back(event);
        drop(events);
        self.newest.send_replace(number);
    }
}
