//! The DPO block as register words, made from a snapshot.

use std::time::{Duration, SystemTime};

use dpo_registers::codec::{Exception, Text};
use dpo_registers::device::Device;
use dpo_registers::generated::dpo_pmi::{self, Capabilities, LeaseHolder, State, reg};
use dpo_registers::map::MapInfo;
use dpo_registers::register::{Register, WordsMut, write};
use dpo_registers::units::Seconds;

use super::session::Session;
use super::{PmiError, PmiIdentity};
use crate::gateway::{Owner, ShelfState, Snapshot};
use crate::shelf::reading::{DeviceView, Presence};

const MAGIC: u32 = 0x4450_4F31;

/// Identity strings in register form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identity {
    manufacturer: Text<16>,
    model: Text<16>,
    serial: Text<16>,
    firmware: Text<16>,
}

impl Identity {
    pub fn new(identity: &PmiIdentity) -> Result<Self, PmiError> {
        let text = |field, text: &str| {
            Text::new(text).ok_or_else(|| PmiError::Identity { field, text: text.to_owned() })
        };
        Ok(Self {
            manufacturer: text("manufacturer", &identity.manufacturer)?,
            model: text("model", &identity.model)?,
            serial: text("serial", &identity.serial)?,
            firmware: text("firmware", &identity.firmware)?,
        })
    }
}

/// Where a block comes from.
pub(super) struct Source<'a> {
    pub identity: &'a Identity,
    pub snapshot: &'a Snapshot,
    pub session: Session,
    pub uptime: Duration,
    /// Writes that were refused before they reached the gate.
    pub refused_here: u32,
}

/// The registers of the block at one instant.
#[derive(Debug)]
pub(super) struct Block {
    identity: Identity,
    words: Vec<u16>,
}

fn first_address() -> u16 {
    dpo_pmi::REGISTERS.first().map_or(0, |r| r.address)
}

fn length() -> u16 {
    let end = dpo_pmi::REGISTERS.last().map_or(0, |r| r.end());
    u16::try_from(end - u32::from(first_address())).unwrap_or(u16::MAX)
}

impl Block {
    pub fn new(source: &Source<'_>) -> Self {
        let mut block = Self { identity: *source.identity, words: vec![0; length().into()] };
        block.fill_absent();
        block.fill_identity(source);
        block.fill_control(source);
        block.fill_readings(source.snapshot);
        block.fill_state(source);
        block
    }

    /// Sets a register. A value that its format cannot show (a voltage above the range, not a number) is
    /// shown as not available, never as another value.
    fn put<R: Register>(&mut self, value: Option<R::Value>) {
        if write::<R>(value.as_ref(), self).is_err() {
            let _ = write::<R>(None, self);
        }
    }

    /// What this gateway does not have reads as not available, or 0 where there is no such value.
    fn fill_absent(&mut self) {
        for info in dpo_pmi::REGISTERS {
            let mut words = [0; 4];
            let Some(words) = words.get_mut(..usize::from(info.words)) else { continue };
            if info.not_available.is_some_and(|raw| info.set_raw(raw, words).is_ok()) {
                for (address, word) in (info.address..).zip(words.iter()) {
                    self.set_word(address, *word);
                }
            }
        }
    }

    fn fill_identity(&mut self, source: &Source<'_>) {
        let (major, minor, _) = dpo_pmi::MAP.version;
        self.put::<reg::BlockMagic>(Some(MAGIC));
        self.put::<reg::MapVersionMajor>(Some(major));
        self.put::<reg::MapVersionMinor>(Some(minor));
        self.put::<reg::BlockWords>(Some(length()));
        self.put::<reg::Manufacturer>(Some(source.identity.manufacturer));
        self.put::<reg::Model>(Some(source.identity.model));
        self.put::<reg::Serial>(Some(source.identity.serial));
        self.put::<reg::Firmware>(Some(source.identity.firmware));
        let all = [
            Capabilities::LEASE,
            Capabilities::INPUT_POWER_LIMIT,
            Capabilities::BBU_DISCHARGE,
            Capabilities::MEASUREMENTS,
            Capabilities::EVENT_COUNTERS,
        ];
        self.put::<reg::Capabilities>(all.into_iter().reduce(Capabilities::union));
        let snapshot = source.snapshot;
        self.put::<reg::PsuSlots>(u16::try_from(snapshot.psus.len()).ok());
        self.put::<reg::BbuSlots>(u16::try_from(snapshot.bbus.len()).ok());
        self.put::<reg::PsusPresent>(present(&snapshot.psus));
        self.put::<reg::BbusPresent>(present(&snapshot.bbus));
        self.put::<reg::RatedPower>(Some(snapshot.totals.rated_power));
    }

    fn fill_control(&mut self, source: &Source<'_>) {
        let Source { snapshot, session, .. } = source;
        let lease = &snapshot.lease;
        self.put::<reg::LeaseDuration>(Some(Seconds(session.duration_s.into())));
        self.put::<reg::LeaseHolder>(Some(match lease.owner {
            None => LeaseHolder::None,
            Some(Owner::Modbus { .. }) => LeaseHolder::Modbus,
            Some(Owner::Redfish { .. }) => LeaseHolder::Redfish,
            Some(Owner::Local { .. }) => LeaseHolder::Local,
        }));
        let remaining = match lease.owner {
            // The snapshot says what was left when it was taken.
            Some(_) => lease.remaining.saturating_sub(age(snapshot)),
            None => Duration::ZERO,
        };
        self.put::<reg::LeaseRemaining>(Some(Seconds(remaining.as_secs_f64())));
        let limit = &snapshot.input_power_limit;
        self.put::<reg::InputPowerLimit>(limit.requested);
        self.put::<reg::InputPowerLimitApplied>(limit.applied);
        self.put::<reg::InputPowerLimitMin>(Some(limit.minimum));
        self.put::<reg::InputPowerLimitMax>(Some(limit.maximum));
        let discharge = &snapshot.bbu_discharge;
        self.put::<reg::BbuDischarge>(discharge.requested);
        self.put::<reg::BbuDischargeApplied>(discharge.applied);
        self.put::<reg::BbuDischargeMax>(Some(discharge.maximum));
        self.put::<reg::SetpointResult>(Some(session.result));
    }

    fn fill_readings(&mut self, snapshot: &Snapshot) {
        let (totals, energy) = (&snapshot.totals, &snapshot.energy);
        self.put::<reg::InputVoltage>(totals.input_voltage);
        self.put::<reg::InputFrequency>(totals.input_frequency);
        self.put::<reg::InputPower>(totals.input_power);
        self.put::<reg::OutputPower>(totals.output_power);
        self.put::<reg::BusVoltage>(totals.bus_voltage);
        self.put::<reg::StateOfCharge>(energy.state_of_charge);
        self.put::<reg::BatteryPower>(totals.battery_power);
        self.put::<reg::StoredEnergy>(energy.stored);
        self.put::<reg::TimeLeft>(energy.time_left);
    }

    fn fill_state(&mut self, source: &Source<'_>) {
        let snapshot = source.snapshot;
        self.put::<reg::State>(Some(match snapshot.state {
            ShelfState::Normal => State::Normal,
            ShelfState::SagDetected => State::SagDetected,
            ShelfState::Supporting => State::Supporting,
            ShelfState::Recovering => State::Recovering,
            ShelfState::Recharging => State::Recharging,
            ShelfState::FailSafe => State::FailSafe,
        }));
        self.put::<reg::Uptime>(Some(Seconds(source.uptime.as_secs_f64().floor())));
        // Counters roll over.
        self.put::<reg::SnapshotSequence>(Some(snapshot.sequence as u32));
        self.put::<reg::SnapshotAge>(Some(Seconds(age(snapshot).as_secs_f64())));
        let counters = &snapshot.counters;
        self.put::<reg::Polls>(Some(counters.polls as u32));
        self.put::<reg::BusErrors>(Some(counters.bus_errors));
        self.put::<reg::DevicesLost>(Some(counters.devices_lost));
        self.put::<reg::DevicesReturned>(Some(counters.devices_returned));
        self.put::<reg::WritesRefused>(Some(counters.writes_refused.wrapping_add(source.refused_here)));
        self.put::<reg::SetpointsApplied>(Some(counters.setpoints_applied));
        self.put::<reg::FailSafes>(Some(counters.fail_safes));
        self.put::<reg::LeaseGrants>(Some(snapshot.lease.grants));
        self.put::<reg::LeaseExpiries>(Some(snapshot.lease.expiries));
        self.put::<reg::Sags>(Some(counters.sags));
        self.put::<reg::Events>(Some(counters.events as u32));
    }
}

/// Age of a snapshot; zero if the clock was set back since.
fn age(snapshot: &Snapshot) -> Duration {
    SystemTime::now().duration_since(snapshot.time).unwrap_or_default()
}

fn present<T>(devices: &[DeviceView<T>]) -> Option<u16> {
    u16::try_from(devices.iter().filter(|d| d.presence == Presence::Present).count()).ok()
}

impl WordsMut for Block {
    fn set_word(&mut self, address: u16, word: u16) -> bool {
        let slot = address.checked_sub(first_address()).and_then(|i| self.words.get_mut(usize::from(i)));
        slot.map(|slot| *slot = word).is_some()
    }
}

impl Device for Block {
    fn map(&self) -> &'static MapInfo {
        &dpo_pmi::MAP
    }

    fn word(&mut self, address: u16) -> Result<u16, Exception> {
        let index = address.checked_sub(first_address()).ok_or(Exception::IllegalDataAddress)?;
        self.words.get(usize::from(index)).copied().ok_or(Exception::IllegalDataAddress)
    }

    fn apply(&mut self, _address: u16, _words: &[u16]) -> Result<(), Exception> {
        // Writes go through the gate, not into this picture of the past.
        Err(Exception::ServerDeviceFailure)
    }

    fn identity(&self, object: u8) -> Option<&[u8]> {
        match object {
            0 => Some(self.identity.manufacturer.as_bytes()),
            1 => Some(self.identity.model.as_bytes()),
            2 => Some(self.identity.firmware.as_bytes()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dpo_registers::generated::dpo_pmi::Image;
    use dpo_registers::register::Words;
    use dpo_registers::units::{Hertz, Joules, Percent, Volts, Watts};

    impl Words for Block {
        fn word(&self, address: u16) -> Option<u16> {
            self.words.get(usize::from(address.checked_sub(first_address())?)).copied()
        }
    }

    fn block(snapshot: &Snapshot) -> Block {
        let identity = Identity::new(&PmiIdentity::default()).unwrap();
        Block::new(&Source {
            identity: &identity,
            snapshot,
            session: Session::default(),
            uptime: Duration::from_millis(61_900),
            refused_here: 2,
        })
    }

    fn image(snapshot: &Snapshot) -> Image {
        Image::read(&block(snapshot))
    }

    fn words(snapshot: &Snapshot, address: u16, count: u16) -> Vec<u16> {
        let block = block(snapshot);
        (address..address + count).map(|at| Words::word(&block, at).unwrap()).collect()
    }

    #[test]
    fn nothing_known_is_shown_as_not_available() {
        let image = image(&Snapshot::empty());
        assert_eq!(image.block_magic, Some(MAGIC));
        let last = dpo_pmi::REGISTERS.last().unwrap();
        assert_eq!(image.block_words, u16::try_from(last.end() - 0x2000).ok());
        assert_eq!(image.model.unwrap().to_string(), "DPO Gateway");
        assert_eq!(image.lease_holder, Some(LeaseHolder::None));
        assert_eq!(image.input_power_limit, None);
        assert_eq!(image.input_power, None);
        assert_eq!(image.battery_power, None);
        assert_eq!(image.uptime, Some(Seconds(61.0)));
        assert_eq!(image.writes_refused, Some(2));
    }

    #[test]
    fn a_snapshot_is_shown_in_the_units_of_the_map() {
        let mut snapshot = Snapshot::empty();
        snapshot.state = ShelfState::Supporting;
        snapshot.totals.input_voltage = Some(Volts(230.12));
        snapshot.totals.input_frequency = Some(Hertz(49.98));
        snapshot.totals.input_power = Some(Watts(12_345.4));
        snapshot.totals.bus_voltage = Some(Volts(47.512));
        snapshot.totals.battery_power = Some(Watts(-1_500.0));
        snapshot.energy.stored = Some(Joules(4.0e6));
        snapshot.energy.state_of_charge = Some(Percent(87.5));
        snapshot.input_power_limit.requested = Some(Watts(15_000.0));
        snapshot.lease.owner = Some(Owner::Redfish { user: "admin".to_owned() });
        snapshot.lease.remaining = Duration::from_secs(3600);
        snapshot.counters.polls = (1 << 32) + 5;
        snapshot.psus = vec![DeviceView::default(); 6];
        snapshot.psus[2].presence = Presence::Present;
        let image = image(&snapshot);
        assert_eq!(image.state, Some(State::Supporting));
        assert_eq!(words(&snapshot, 0x2070, 2), [23_012, 4_998]);
        assert_eq!(image.input_power, Some(Watts(12_345.0)));
        assert_eq!(words(&snapshot, 0x2076, 1), [47_512]);
        assert_eq!(image.battery_power, Some(Watts(-1_500.0)));
        assert_eq!(image.stored_energy, Some(Joules(4.0e6)));
        assert_eq!(image.state_of_charge, Some(Percent(87.5)));
        assert_eq!(image.input_power_limit, Some(Watts(15_000.0)));
        assert_eq!(image.lease_holder, Some(LeaseHolder::Redfish));
        assert!(matches!(image.lease_remaining, Some(Seconds(s)) if s > 3_500.0 && s <= 3_600.0));
        assert_eq!(image.polls, Some(5));
        assert_eq!((image.psu_slots, image.psus_present), (Some(6), Some(1)));
    }

    #[test]
    fn a_value_beyond_its_format_is_not_available_and_spoils_nothing_else() {
        let mut snapshot = Snapshot::empty();
        snapshot.totals.input_voltage = Some(Volts(1_000.0));
        snapshot.totals.input_power = Some(Watts(f64::NAN));
        snapshot.totals.output_power = Some(Watts(-5.0));
        snapshot.totals.bus_voltage = Some(Volts(50.0));
        let image = image(&snapshot);
        assert_eq!(image.input_voltage, None);
        assert_eq!(image.input_power, None);
        assert_eq!(image.output_power, None);
        assert_eq!(image.bus_voltage, Some(Volts(50.0)));
    }

    #[test]
    fn identity_strings_must_fit() {
        let long = PmiIdentity { serial: "12345678901234567".to_owned(), ..PmiIdentity::default() };
        let error = Identity::new(&long).unwrap_err().to_string();
        assert!(error.starts_with("pmi.identity.serial: \"12345678901234567\" is not"), "{error}");
    }
}
