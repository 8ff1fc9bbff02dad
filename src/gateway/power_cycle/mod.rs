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
mod earlier;
mod recent;
mod watch;

use std::time::Duration;

use dpo_registers::codec::Exception;
use dpo_registers::units::Volts;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::config::Slot;
use super::task::Task;
use super::{EventKind, GateError, Owner, Protocol, Severity};
use crate::bus::TransactError;
use crate::control::share::NOMINAL_SETPOINT;
use crate::shelf::journal::{By, Entry, Outcome};
use crate::shelf::psu;
use crate::shelf::reading::{Alarm, DeviceView, Presence, PsuReading};
use crate::shelf::setpoint::Port;
use crate::shelf::writer::{Cause, Intent, Record, Target, WriteError, Writer};
use earlier::PerhapsAway;
pub(super) use earlier::{is_power_cycle, opened_for_it};
use recent::Recent;
pub(super) use watch::on_purpose;

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

/// How often a single read is tried again: a frame that is lost is no PSU that is not back.
const RETRIES: usize = 2;

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
    /// Those that a gateway before this one switched off, and that may not be back.
    perhaps_away: Vec<PerhapsAway>,
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
    /// What `setting_register` held before.
    settings: u16,
    /// When its output was last seen to be off.
    gone: Option<Instant>,
    /// When it was last known not to answer: that alone does not say that its output was off.
    silent: Option<Instant>,
    /// Whether an input power limit could not be held meanwhile.
    limit_missed: bool,
    answer: oneshot::Sender<Result<Duration, GateError>>,
}

impl PowerCycles {
    pub fn new(writer: Writer, buses: Vec<Port>, psus: &[Slot], enabled: bool) -> Self {
        let slots = psus.iter().copied().filter(|s| s.protocol == Protocol::Modbus).collect();
        Self {
            writer,
            buses,
            slots,
            enabled,
            under_way: None,
            perhaps_away: Vec::new(),
            ended: None,
            recent: Recent::default(),
        }
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

    /// First parts of it: the write-enable bit, and the intent. Gives the intent with what the register held.
    async fn intend(&self, slot: Slot, by: &By, why: &str) -> Result<(Intent, u16), GateError> {
        let to = self.target(slot)?;
        let fault = |error: WriteError| device(slot.slot, error);
        // Every other bit is written as it was read just now.
        let before = self.writer.read(to, psu::SETTINGS).await.map_err(fault)?;
        let settings = before.first().copied().unwrap_or_default();
        not_commanded(settings).map_err(|reason| device(slot.slot, reason))?;
        let cause = Cause { by, why, commit: None, trims: None };
        let words = [settings | psu::POWER_CYCLE];
        let intent = self.writer.intend(to, psu::SETTINGS, before, &words, cause, Record::Must).await;
        intent.map(|intent| (intent, settings)).map_err(fault)
    }

    /// What `setting_register` holds.
    async fn settings(&self, slot: Slot) -> Result<u16, GateError> {
        let read = self.writer.read(self.target(slot)?, psu::SETTINGS).await;
        let words = read.map_err(|error| device(slot.slot, error))?;
        Ok(words.first().copied().unwrap_or_default())
    }
}

/// A command that reads 1 has been given, and not been taken yet.
fn not_commanded(settings: u16) -> Result<(), String> {
    if settings & psu::POWER_CYCLE == 0 {
        Ok(())
    } else {
        Err(format!("bit 15 of {} is set already: somebody else has asked for a power cycle", psu::SETTINGS))
    }
}

/// Whether a device that answered a command so may have taken it all the same. Only these say that it was not looked at, or
/// cannot be done now; a failure (04) may come half way.
fn perhaps_taken(error: &WriteError) -> bool {
    use Exception::{IllegalDataAddress, IllegalDataValue, IllegalFunction, ServerDeviceBusy};
    match error {
        WriteError::Device { source: TransactError::Refused { exception, .. }, .. } => {
            !matches!(exception, IllegalFunction | IllegalDataAddress | IllegalDataValue | ServerDeviceBusy)
        }
        error => error.uncertain(),
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
    voltage_good(view)
}

/// Whether the output voltage of a PSU is where it must be; why not, if not.
fn voltage_good(view: &DeviceView<PsuReading>) -> Result<(), String> {
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
        let cause = Cause { by: &by, why: WHY, commit: None, trims: None };
        let unlocked = cycles.writer.unlock(cycles.target(slot)?, psu::SETPOINT, cause, Record::Must).await;
        let opened = match unlocked {
            Ok(opened) => opened,
            Err(error) => {
                // It may be set: it is cleared when the PSU is next brought to what is safe.
                if error.uncertain() {
                    self.psus.opened(slot);
                }
                return Err(device(number, error));
            }
        };
        let why = if opened { WHY_OPENED } else { WHY };
        let (intent, settings) = match self.command_power_cycle(owner, slot, why).await {
            Ok(commanded) => commanded,
            Err(error) => {
                if opened {
                    self.lock_after_power_cycle(slot).await;
                }
                return Err(error);
            }
        };
        let (answer, cycling) = PowerCycling::channel();
        let since = Instant::now();
        self.power_cycles.under_way = Some(UnderWay {
            slot,
            by,
            why,
            intent,
            since,
            settings,
            gone: None,
            silent: None,
            limit_missed: false,
            answer,
        });
        let message = format!("power cycle for {owner}: its output goes for 5 s, the others carry the load");
        self.log(EventKind::PowerCycle, Severity::Warning, &format!("psu {number}"), message);
        Ok(cycling)
    }

    /// Puts the intent on record, looks at everything once more, and sends it. Gives the intent, which is open then, and what
    /// the register held before.
    async fn command_power_cycle(
        &mut self,
        owner: &Owner,
        slot: Slot,
        why: &'static str,
    ) -> Result<(Intent, u16), GateError> {
        let by = owner.by();
        let (intent, settings) = self.power_cycles.intend(slot, &by, why).await?;
        // Unlocking and the record took their time, up to seconds on a slow disk.
        let looked = self.look_again(owner, slot, settings).await;
        let cycles = &self.power_cycles;
        let sent = match (looked, cycles.target(slot)) {
            (Err(error), _) | (_, Err(error)) => Err(error),
            (Ok(()), Ok(to)) => match cycles.writer.send(to, &intent).await {
                // Without an answer it may have been taken: whether it goes is seen.
                Err(error) if !perhaps_taken(&error) => Err(device(slot.slot, error)),
                _ => Ok(()),
            },
        };
        match sent {
            Ok(()) => Ok((intent, settings)),
            Err(error) => {
                let outcome = Outcome::Failed { reason: error.to_string() };
                cycles.conclude(by, why, intent, outcome).await;
                Err(error)
            }
        }
    }

    /// Clears the write-enable bit that was set for a power cycle. A PSU that booted may have cleared it itself.
    async fn lock_after_power_cycle(&mut self, slot: Slot) {
        let cycles = &self.power_cycles;
        let Ok(to) = cycles.target(slot) else { return };
        if let Err(error) = cycles.writer.lock(to, psu::SETPOINT, WHY).await {
            tracing::warn!(psu = slot.slot, %error, "the write-enable bit stays set, and is cleared later");
            self.psus.opened(slot);
        }
    }
}
