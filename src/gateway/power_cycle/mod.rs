//! The power cycle of one PSU: the one write of the gateway that takes an output away.
//!
//! Bit 15 of `setting_register` switches the output off for 5 s; then the PSU boots as after AC loss, with a random delay.
//! Meanwhile the others carry the load, so it is done to one PSU at a time, only where an owner of the shelf has switched it
//! on (`GatewayConfig::psu_reset`), and only as [`checks`] allow. It is on record before it is sent, and its intent stays
//! open until the PSU was seen to go and to be back. A gateway that is killed in between needs to do nothing: the PSU comes
//! back by itself. Until it is back the setpoints of the others stay where they are: a PSU that returns at its own voltage
//! to others that were lowered would carry the load alone.
//!
//! INFERRED: that the register may be written, and that its bit 15 is the power cycle of 5 s, is concluded from names and
//! firmware tools (`registers/maps/orv3-psu.json`). It has not been tried on a real PSU.

mod checks;
mod recent;

use std::time::Duration;

use dpo_registers::generated::orv3_psu::reg::OutputVoltage;
use dpo_registers::register::Register;
use dpo_registers::units::Volts;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::config::{Slot, SlotKind};
use super::task::Task;
use super::{EventKind, GateError, Owner, Protocol, Severity};
use crate::control::share::NOMINAL_SETPOINT;
use crate::shelf::journal::{By, Entry, Outcome, Stored};
use crate::shelf::psu;
use crate::shelf::reading::{Alarm, DeviceView, Presence, PsuReading};
use crate::shelf::setpoint::Port;
use crate::shelf::writer::{Cause, Intent, Record, Target, WriteError, Writer};
use recent::Recent;

/// Time in which a PSU must have gone and be back: 5 s off, up to 15 s of boot and start, and a few polls of a slow bus.
pub const POWER_CYCLE_LIMIT: Duration = Duration::from_secs(60);
/// Least time from the end of one to the beginning of the next.
pub const POWER_CYCLE_REST: Duration = Duration::from_secs(60);
/// Longest time between two polls with which a PSU is still seen to be off.
pub(super) const SLOWEST_POLL: Duration = Duration::from_secs(4);

/// How long the output is off at least.
const OFF: Duration = Duration::from_secs(5);

/// Band of the output of a PSU that is on, at [`NOMINAL_SETPOINT`]: its droop and tolerance below, tolerance above (V).
const BELOW_V: f64 = 0.8;
const ABOVE_V: f64 = 0.3;

/// Why the intent is on record. The second one says that the write-enable bit is to be cleared in the end.
const WHY: &str = "power cycle";
const WHY_OPENED: &str = "power cycle, write-enable bit set for it";

/// How a power cycle goes on.
#[derive(Debug)]
pub struct PowerCycling(oneshot::Receiver<Result<Duration, GateError>>);

impl PowerCycling {
    /// One, and where its end is told: for whoever plays the gateway.
    pub fn channel() -> (oneshot::Sender<Result<Duration, GateError>>, Self) {
        let (answer, ended) = oneshot::channel();
        (answer, Self(ended))
    }

    /// Waits until the PSU is back with its output in tolerance and its setpoint in place; tells how long that took.
    ///
    /// # Errors
    /// [`GateError::Device`] if it did not go, or is not back, within [`POWER_CYCLE_LIMIT`]; [`GateError::Stopped`] if the
    /// gateway ended meanwhile: the PSU comes back by itself.
    pub async fn ended(self) -> Result<Duration, GateError> {
        self.0.await.map_err(|_| GateError::Stopped)?
    }
}

/// What the gateway shows of power cycles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PowerCycleView {
    /// Slots of the PSUs that may be asked for one; empty unless an owner of the shelf has switched it on.
    pub offered: Vec<u8>,
    /// Slot of the PSU that is away.
    pub under_way: Option<u8>,
}

/// What the gateway knows of power cycles.
pub(super) struct PowerCycles {
    writer: Writer,
    buses: Vec<Port>,
    /// PSUs with the register.
    slots: Vec<Slot>,
    enabled: bool,
    under_way: Option<UnderWay>,
    /// When the last one ended, as far as it is known.
    ended: Option<Instant>,
    /// What the shelf has carried of late.
    pub recent: Recent,
}

/// The one under way.
struct UnderWay {
    slot: Slot,
    by: By,
    why: &'static str,
    intent: Intent,
    since: Instant,
    /// When it was last seen to be off.
    gone: Option<Instant>,
    /// Whether an input power limit could not be held meanwhile.
    limit_missed: bool,
    answer: oneshot::Sender<Result<Duration, GateError>>,
}

impl PowerCycles {
    pub fn new(writer: Writer, buses: Vec<Port>, psus: &[Slot], enabled: bool) -> Self {
        let slots = psus.iter().copied().filter(|s| s.protocol == Protocol::Modbus).collect();
        Self { writer, buses, slots, enabled, under_way: None, ended: None, recent: Recent::default() }
    }

    pub fn view(&self) -> PowerCycleView {
        let offered = self.slots.iter().filter(|_| self.enabled).map(|s| s.slot).collect();
        PowerCycleView { offered, under_way: self.slot() }
    }

    /// The PSU that is away, or about to be.
    pub fn slot(&self) -> Option<u8> {
        self.under_way.as_ref().map(|w| w.slot.slot)
    }

    /// When the one under way must have ended.
    pub fn deadline(&self) -> Option<Instant> {
        self.under_way.as_ref().map(|w| w.since + POWER_CYCLE_LIMIT)
    }

    fn target(&self, slot: Slot) -> Result<Target<'_>, GateError> {
        let bus = self.buses.get(slot.bus).and_then(Port::modbus);
        let bus = bus.ok_or_else(|| device(slot.slot, "a supply on PMBus has no such register"))?;
        Ok(Target { bus: &**bus, unit: slot.unit, map: psu::MAP })
    }

    /// Puts the end of a write on record.
    async fn conclude(&self, by: By, why: &str, intent: Intent, outcome: Outcome) {
        let item = intent.concluded(outcome);
        // It has happened: a journal that fails now changes nothing about that.
        let _ = self.writer.record(Entry { by, cause: why.to_owned(), item }, Record::Try).await;
    }

    /// Clears the write-enable bit where it was set for the power cycle. A PSU that booted may have cleared it itself.
    async fn lock(&self, slot: Slot) {
        let Ok(to) = self.target(slot) else { return };
        if let Err(error) = self.writer.lock(to, psu::SETPOINT, WHY).await {
            tracing::warn!(psu = slot.slot, %error, "the write-enable bit stays set");
        }
    }
}

fn device(slot: u8, reason: impl std::fmt::Display) -> GateError {
    GateError::Device { reason: format!("psu {slot}: {reason}") }
}

/// Whether the output of a PSU is on and where it must be; why not, if not.
fn output_good(view: &DeviceView<PsuReading>) -> Result<(), String> {
    if view.presence != Presence::Present {
        return Err("does not answer".to_owned());
    }
    if let Some(alarm) = view.reading.alarms.iter().find(|alarm| of_power(alarm)) {
        return Err(format!("reports {} ({})", alarm.name, alarm.register));
    }
    match view.reading.output_voltage {
        None => Err("does not tell its output voltage".to_owned()),
        Some(Volts(volts)) => {
            let (low, high) = (NOMINAL_SETPOINT.0 - BELOW_V, NOMINAL_SETPOINT.0 + ABOVE_V);
            let good = (low..=high).contains(&volts);
            if good {
                Ok(())
            } else {
                Err(format!("has {volts:.2} V at its output, not {low:.1} V to {high:.1} V"))
            }
        }
    }
}

/// Whether an alarm is one of the input or of the output stage.
fn of_power(alarm: &Alarm) -> bool {
    matches!(alarm.register, "pfc_alarm_status_register" | "dcdc_alarm_status_register")
}

impl Task {
    /// Begins the power cycle of a PSU, under the lease of `owner`.
    pub(super) async fn power_cycle(&mut self, owner: &Owner, number: u8) -> Result<PowerCycling, GateError> {
        self.recover().await;
        let result = self.begin_power_cycle(owner, number).await;
        if let Err(error) = &result {
            self.counters.writes_refused = self.counters.writes_refused.saturating_add(1);
            if matches!(error, GateError::State { .. } | GateError::Device { .. }) {
                let name = format!("psu {number}");
                self.log(
                    EventKind::PowerCycle,
                    Severity::Warning,
                    &name,
                    format!("not power-cycled: {error}"),
                );
            }
        }
        result
    }

    async fn begin_power_cycle(&mut self, owner: &Owner, number: u8) -> Result<PowerCycling, GateError> {
        self.lease.check(owner, Instant::now())?;
        let slot = self.may_power_cycle(number).map_err(super::checks::state)?;
        let (by, cycles) = (owner.by(), &self.power_cycles);
        let to = cycles.target(slot)?;
        let fault = |error: WriteError| device(number, error);
        let cause = |why| Cause { by: &by, why, commit: None, trims: None };
        let opened =
            cycles.writer.unlock(to, psu::SETPOINT, cause(WHY), Record::Must).await.map_err(fault)?;
        let why = if opened { WHY_OPENED } else { WHY };
        let sent = async {
            // Every other bit is written as it was read just now.
            let before = cycles.writer.read(to, psu::SETTINGS).await.map_err(fault)?;
            let words: Vec<u16> = before.iter().map(|word| word | psu::POWER_CYCLE).collect();
            let intent = cycles.writer.intend(to, psu::SETTINGS, before, &words, cause(why), Record::Must);
            let intent = intent.await.map_err(fault)?;
            // All this took its time; the fast path tells of a sag within milliseconds.
            let sent = match self.no_grid_event() {
                Ok(()) => {
                    cycles.writer.send(to, &intent).await.map_err(|error| (error.uncertain(), fault(error)))
                }
                Err(reason) => Err((false, super::checks::state(reason))),
            };
            match sent {
                // Without an answer it may have been taken: whether it goes is seen.
                Ok(()) | Err((true, _)) => Ok(intent),
                Err((false, error)) => {
                    let outcome = Outcome::Failed { reason: error.to_string() };
                    cycles.conclude(by.clone(), why, intent, outcome).await;
                    Err(error)
                }
            }
        };
        let intent = match sent.await {
            Ok(intent) => intent,
            Err(error) => {
                if opened {
                    cycles.lock(slot).await;
                }
                return Err(error);
            }
        };
        let (answer, cycling) = PowerCycling::channel();
        let since = Instant::now();
        let one = UnderWay { slot, by, why, intent, since, gone: None, limit_missed: false, answer };
        self.power_cycles.under_way = Some(one);
        let message = format!("power cycle for {owner}: its output goes for 5 s, the others carry the load");
        self.log(EventKind::PowerCycle, Severity::Warning, &format!("psu {number}"), message);
        Ok(cycling)
    }

    /// The PSU in `slot` was read, or does not answer any more.
    pub(super) async fn watch_power_cycle(&mut self, slot: Slot) {
        let Some(one) = self.power_cycles.under_way.as_mut().filter(|one| one.slot == slot) else { return };
        let Some(view) = self.shelf.psus.iter().find(|v| v.slot == slot.slot) else { return };
        let now = Instant::now();
        // Words from before say nothing. One that is back brings words of its last time, until they are read again.
        let taken = view.taken.get(&OutputVoltage::INFO.address).copied();
        let fresh = taken.filter(|at| *at > one.since && one.gone.is_none_or(|gone| *at > gone));
        match (output_good(view), fresh) {
            (Err(_), _) if view.presence != Presence::Present => {
                one.gone = Some(now);
                self.shelf.away = Some(slot.slot);
            }
            (Err(_), Some(at)) => {
                one.gone = Some(at);
                self.shelf.away = Some(slot.slot);
            }
            (Ok(()), Some(_)) if one.gone.is_some() && now >= one.since + OFF => {
                self.end_power_cycle().await;
            }
            _ => {}
        }
    }

    /// The time is over.
    pub(super) async fn miss_power_cycle(&mut self) {
        self.end_power_cycle().await;
    }

    /// Ends the power cycle: the PSU is back, or its time is over.
    async fn end_power_cycle(&mut self) {
        let Some(one) = self.power_cycles.under_way.take() else { return };
        self.shelf.away = None;
        self.power_cycles.ended = Some(Instant::now());
        let UnderWay { slot, by, why, intent, since, gone, answer, .. } = one;
        let took = since.elapsed();
        let result = self.judge_power_cycle(slot, gone.is_some()).await.map(|()| took);
        let outcome = match &result {
            Ok(_) => Outcome::Confirmed,
            Err(reason) => Outcome::Failed { reason: reason.clone() },
        };
        self.power_cycles.conclude(by, why, intent, outcome).await;
        if why == WHY_OPENED {
            self.power_cycles.lock(slot).await;
        }
        let (severity, message) = match &result {
            Ok(_) => (Severity::Ok, format!("back after {:.0} s, at {NOMINAL_SETPOINT}", took.as_secs_f64())),
            Err(reason) => (Severity::Critical, format!("power cycle: {reason}")),
        };
        self.log(EventKind::PowerCycle, severity, &format!("psu {}", slot.slot), message);
        // The snapshot is out before the answer; whoever asked may have gone.
        self.publish();
        let _ = answer.send(result.map_err(|reason| device(slot.slot, reason)));
    }

    /// Whether the PSU is what it was before.
    async fn judge_power_cycle(&mut self, slot: Slot, gone: bool) -> Result<(), String> {
        let view = self.shelf.psus.iter().find(|v| v.slot == slot.slot);
        let good = view.map_or_else(|| Err("is not there".to_owned()), output_good);
        match good {
            Err(reason) => return Err(format!("not back within {POWER_CYCLE_LIMIT:?}: it {reason}")),
            Ok(()) if !gone => {
                return Err(format!(
                    "its output was not seen to go within {POWER_CYCLE_LIMIT:?}: it may not have taken the command"
                ));
            }
            Ok(()) => {}
        }
        self.psus.at_fallback(slot).await.map_err(|reason| format!("back, but {reason}"))
    }

    /// Instead of steering, while a PSU is away. A limit in force is held by what the load leaves below it; what it does not
    /// hold is said.
    pub(super) fn hold_setpoints(&mut self) {
        let input = self.shelf.totals().input_power;
        let (Some(limit), Some(one)) = (self.demand.input_limit, self.power_cycles.under_way.as_mut()) else {
            return;
        };
        if input.is_none_or(|input| input > limit) {
            self.limit.applied = None;
            if !std::mem::replace(&mut one.limit_missed, true) {
                let message = format!("the limit of {limit} waits until psu {} is back", one.slot.slot);
                self.log(EventKind::PowerCycle, Severity::Warning, "shelf", message);
            }
        } else {
            self.limit.applied = Some(limit);
        }
    }

    /// Takes from the journal when the gateway before this one power-cycled a PSU.
    pub(super) fn take_power_cycles(&mut self, latest: &[Stored]) {
        let now = std::time::SystemTime::now();
        let since = |stored: &Stored| now.duration_since(stored.time()).ok();
        // A clock that went back tells nothing: then it counts as just done.
        let recent =
            |stored: &Stored| since(stored).is_none_or(|age| age < POWER_CYCLE_LIMIT + POWER_CYCLE_REST);
        if latest.iter().filter(|s| is_power_cycle(s)).any(recent) {
            self.power_cycles.ended = Some(Instant::now());
        }
    }
}

/// Whether an entry tells of a power cycle.
pub(super) fn is_power_cycle(stored: &Stored) -> bool {
    let bit = |words: &[u16]| words.first().is_some_and(|word| word & psu::POWER_CYCLE != 0);
    stored.write().is_some_and(|w| w.register == psu::SETTINGS && bit(&w.after) && !bit(&w.before))
}

/// Whether an entry tells of a power cycle for which the write-enable bit was set.
pub(super) fn opened_for_it(stored: &Stored) -> bool {
    is_power_cycle(stored) && stored.cause == WHY_OPENED
}

/// Whether a PSU that does not answer is one that is away on purpose.
pub(super) fn on_purpose(cycles: &PowerCycles, slot: Slot) -> bool {
    slot.kind == SlotKind::Psu && cycles.slot() == Some(slot.slot)
}
